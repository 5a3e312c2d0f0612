/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guest code is written with.
 *
 * A function marked __guest is part of the guest: vm_create() copies all of them, as one
 * block that doesn't care where it lies, to GUEST_CODE.  Such code has no static data and
 * no string; it calls __guest functions only, and what it shares with the host lies in
 * guest memory from GUEST_SHARED on.  The MMU is off unless guest_mmu_on() was called.
 */
#ifndef SELFTEST_GUEST_H
#define SELFTEST_GUEST_H

/* Guest-physical addresses, see vm_create() */
#define GUEST_CODE	0x40000000UL
#define GUEST_HANDLERS	0x40080000UL /* exception handlers: a function each vector */
#define GUEST_TABLES	0x40090000UL /* translation tables, see vm_tables() */
#define GUEST_SHARED	0x40100000UL /* 1 MiB that a test uses as it likes */
#define GUEST_STACKS	0x40200000UL
#define GUEST_STACK	0x4000UL     /* a vCPU's */
#define GUEST_RAM	GUEST_CODE
#define GUEST_RAM_SIZE	0x400000UL
#define GUEST_MMIO	0x09000000UL /* no region: accesses are exits */

/* Virtual addresses with guest_mmu_on(GUEST_TABLES) */
#define GUEST_ALIAS	0x80000000UL  /* physical 0 */
#define GUEST_NOTABLE	0x100000000UL /* its translation table lies at GUEST_NOWHERE */
#define GUEST_NOWHERE	0x20000000UL

/* What a guest says with HVC; other numbers are the tests' own */
#define CALL_SYNC	0x5510 /* x0 to x3 are for the host */
#define CALL_DONE	0x5511 /* the guest's function has returned x0 */
#define CALL_ASSERT	0x5512 /* x0: line, x1 and x2: what was compared */
#define CALL_EXCEPTION	0x5513 /* no handler: x0: ESR, x1: ELR, x2: FAR, x3: vector */

/* Indices of the exception vectors */
#define VECTOR_SYNC	4 /* from EL1 with SP_EL1 */
#define VECTOR_IRQ	5
#define VECTOR_FIQ	6
#define VECTOR_EL0_SYNC	8
#define VECTOR_EL0_IRQ	9
#define NR_VECTORS	16

#define PSR_EL0T	0x0UL
#define PSR_EL1T	0x4UL
#define PSR_EL1H	0x5UL
#define PSR_F		(1UL << 6)
#define PSR_I		(1UL << 7)
#define PSR_A		(1UL << 8)
#define PSR_D		(1UL << 9)
#define PSR_DAIF	(PSR_D | PSR_A | PSR_I | PSR_F)
#define PSR_IL		(1UL << 20)
#define PSR_SS		(1UL << 21)
#define PSR_NZCV	(0xfUL << 28)

#define ESR_EC(esr)	((unsigned int)((esr) >> 26) & 0x3f)
#define EC_UNKNOWN	0x00
#define EC_WFX		0x01
#define EC_FP		0x07
#define EC_ILLEGAL	0x0e
#define EC_SVC		0x15
#define EC_HVC		0x16
#define EC_SMC		0x17
#define EC_SYSREG	0x18
#define EC_SVE		0x19
#define EC_IABT_LOWER	0x20
#define EC_DABT_LOWER	0x24
#define EC_DABT		0x25

#ifdef __ASSEMBLER__

/* guest_asm NAME: a piece of guest code in assembly, up to end_guest_asm */
.macro guest_asm name
	.pushsection guest_text, "ax"
	.balign	8
	.global	\name
	.type	\name, %function
\name:
.endm

.macro end_guest_asm
	.popsection
.endm

#else /* !__ASSEMBLER__ */

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#define __guest		__attribute__((noipa, used, section("guest_text")))
#define __guest_inline	static inline __attribute__((always_inline, unused))

/* GUEST_ASM(name, "instructions"): the same from C; call it, or enter it with vcpu_enter() */
#define GUEST_ASM(name, text)						\
	extern void name(void);						\
	asm(".pushsection guest_text, \"ax\"\n"				\
	    ".balign 8\n.global " #name "\n.type " #name ", %function\n"\
	    #name ":\n" text "\n.popsection\n")

#define STR_(x)		#x
#define STR(x)		STR_(x)

#define read_sysreg(reg) ({						\
	u64 value_;							\
	asm volatile("mrs %0, " STR(reg) : "=r" (value_) : : "memory");	\
	value_;								\
})

#define write_sysreg(value, reg) do {					\
	u64 value_ = (value);						\
	asm volatile("msr " STR(reg) ", %0\n\tisb" : : "r" (value_) : "memory"); \
} while (0)

#define barrier()	asm volatile("" : : : "memory")
#define isb()		asm volatile("isb" : : : "memory")
#define dsb()		asm volatile("dsb sy" : : : "memory")
#define dmb()		asm volatile("dmb sy" : : : "memory")
#define wfi()		asm volatile("wfi" : : : "memory")
/* IRQs are masked but here, lest one comes between the look and the WFI */
#define wfi_take_irq() \
	asm volatile("wfi\n msr daifclr, #2\n isb\n msr daifset, #2" : : : "memory")

#define READ_ONCE(x)		(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile typeof(x) *)&(x) = (v))

/* guest_call(imm, ...): HVC with x0 to x3; returns x0 */
#define guest_call(imm, a0, a1, a2, a3) ({				\
	register u64 x0_ asm("x0") = (u64)(a0);				\
	register u64 x1_ asm("x1") = (u64)(a1);				\
	register u64 x2_ asm("x2") = (u64)(a2);				\
	register u64 x3_ asm("x3") = (u64)(a3);				\
	asm volatile("hvc " STR(imm)					\
		     : "+r" (x0_), "+r" (x1_), "+r" (x2_), "+r" (x3_)	\
		     : : "memory");					\
	x0_;								\
})

#define guest_sync(a0)	guest_call(CALL_SYNC, a0, 0, 0, 0)

#define GUEST_ASSERT_EQ(a, b) do {					\
	u64 a_ = (u64)(a), b_ = (u64)(b);				\
	if (a_ != b_)							\
		guest_call(CALL_ASSERT, __LINE__, a_, b_, 0);		\
} while (0)

#define GUEST_ASSERT(cond) do {						\
	if (!(cond))							\
		guest_call(CALL_ASSERT, __LINE__, 0, 0, 0);		\
} while (0)

__guest_inline u32 guest_read32(u64 addr)
{
	u32 value;

	asm volatile("ldr %w0, [%1]" : "=r" (value) : "r" (addr) : "memory");
	return value;
}

__guest_inline void guest_write32(u64 addr, u32 value)
{
	asm volatile("str %w0, [%1]" : : "r" (value), "r" (addr) : "memory");
}

/* What an exception handler gets; it may change all of it */
struct guest_frame {
	u64 x[31];
	u64 elr;
	u64 spsr;
	u64 esr;
	u64 far;
	u64 vector;
};

/* guest_lib.S and guest_lib.c */
extern void guest_start(void);
extern void guest_spin(void);		/* b . */
extern void guest_hvc(void);		/* hvc CALL_SYNC, again and again */
extern void guest_leaves(void);		/* for x0, with PSTATE x1, and 0 in both */
u64 guest_el0_call(void *fn, u64 arg, u64 sp);
void guest_el0_return(void);
void guest_mmu_on(u64 table);

/* Handlers: step over the instruction with x0 = ESR | GUEST_TRAPPED ... */
#define GUEST_TRAPPED	(1UL << 63)
void guest_skip(struct guest_frame *frame, u64 vector);
/* ... and, for VECTOR_EL0_SYNC, end guest_el0_call() at an SVC */
void guest_el0_sync(struct guest_frame *frame, u64 vector);

/* A pattern that differs for each seed and index */
__guest_inline u64 guest_pattern(u64 seed, u64 index)
{
	u64 value = (seed + 1) * 0x9e3779b97f4a7c15UL + index * 0xbf58476d1ce4e5b9UL;

	return value ^ (value >> 29);
}

#endif /* !__ASSEMBLER__ */
#endif /* SELFTEST_GUEST_H */
