/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Into the guest and back.  Assembly owns the general registers, SP_EL0, the PAuth keys,
 * the vectors while the guest runs, SError containment and ERET; all else is switch.c's.
 *
 * While the guest runs, SP_EL2 points at the frame of __guest_enter():
 *
 *	+0	struct hyp_vcpu, the host's SP_EL0
 *	+16	x19 to x30 of the caller
 *	+112	x18 of the caller, which is the host's shadow call stack if it has any
 *	+128	what the vectors put aside: the guest's x0 to x3
 *
 * and stays there until the host's vectors are back: whatever goes wrong meanwhile finds it.
 * In __guest_at() it doesn't, where the AT alone can.
 */
#include <linux/linkage.h>

#include "hyp.h"

#ifdef HYP_NVHE
	.section .text, "ax"
#else
	.section .noinstr.text, "ax"
#endif

/* The run page begins with x0 to x30 */
#define RUN_X(n)	(8 * (n))

#define FRAME_VCPU	0
#define FRAME_X(n)	(16 + 8 * ((n) - 19))
#define FRAME_X18	(16 + 12 * 8)
#define FRAME_GUEST_X(n)	(FRAME_X18 + 16 + 8 * (n))
#define FRAME_SIZE	FRAME_GUEST_X(4)

/* By encoding, since older assemblers don't know the names */
#define DISR_EL1	S3_0_C12_C1_1
#define SET_PAN		.inst 0xd500419f /* msr pan, #1 */
#define CLEAR_PAN	.inst 0xd500409f /* msr pan, #0 */
#define ESB		hint #16
#define CLRBHB		hint #22

#define SMCCC_ARCH_WORKAROUND_1	0x80008000
#define SMCCC_ARCH_WORKAROUND_3	0x80003fff

#define ISR_A_BIT	8

	/* A PAuth key is a pair of registers: CRm and op2 of its low half, op2 of the high */
	.macro	key_save, base, lo, hi, crm, op2_lo, op2_hi
	mrs	\lo, S3_0_C2_\crm\()_\op2_lo
	mrs	\hi, S3_0_C2_\crm\()_\op2_hi
	stp	\lo, \hi, [\base], #16
	.endm

	.macro	key_load, base, lo, hi, crm, op2_lo, op2_hi
	ldp	\lo, \hi, [\base], #16
	msr	S3_0_C2_\crm\()_\op2_lo, \lo
	msr	S3_0_C2_\crm\()_\op2_hi, \hi
	.endm

	.macro	keys, do, base, lo, hi
	\do	\base, \lo, \hi, C1, 0, 1 /* APIA */
	\do	\base, \lo, \hi, C1, 2, 3 /* APIB */
	\do	\base, \lo, \hi, C2, 0, 1 /* APDA */
	\do	\base, \lo, \hi, C2, 2, 3 /* APDB */
	\do	\base, \lo, \hi, C3, 0, 1 /* APGA */
	.endm

/*
 * u64 __guest_enter(struct hyp_vcpu *vcpu)
 *
 * Called as C at EL2, in both modes, with everything else of the guest in place.  Returns
 * HYP_EXIT_*, with the guest's x0 to x30 in the run page, and pc, pstate and SP_EL0 in
 * @vcpu.  The ERET is the context synchronisation event for all that was written before
 * (EOS is set; D1.4.4).
 */
SYM_CODE_START(__guest_enter)
	mrs	x1, sp_el0
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp, #FRAME_VCPU]
	stp	x19, x20, [sp, #FRAME_X(19)]
	stp	x21, x22, [sp, #FRAME_X(21)]
	stp	x23, x24, [sp, #FRAME_X(23)]
	stp	x25, x26, [sp, #FRAME_X(25)]
	stp	x27, x28, [sp, #FRAME_X(27)]
	stp	x29, x30, [sp, #FRAME_X(29)]
	str	x18, [sp, #FRAME_X18]

	ldr	x1, [x0, #HYP_VCPU_CPU]
	ldr	x2, [x1, #HYP_CPU_PAUTH]
	cbz	x2, 1f
	add	x2, x1, #HYP_CPU_KEYS
	keys	key_save, x2, x3, x4
SYM_INNER_LABEL(guest_keys_begin, SYM_L_LOCAL)
	add	x2, x0, #HYP_VCPU_KEYS
	keys	key_load, x2, x3, x4
1:
	ldp	x2, x3, [x0, #HYP_VCPU_PC]
	msr	elr_el2, x2
	msr	spsr_el2, x3
	ldp	x29, x4, [x0, #HYP_VCPU_RUN]
	msr	sp_el0, x4
	ldr	x2, [x1, #HYP_CPU_VECTORS]
	msr	vbar_el2, x2

	ldp	x0, x1, [x29, #RUN_X(0)]
	ldp	x2, x3, [x29, #RUN_X(2)]
	ldp	x4, x5, [x29, #RUN_X(4)]
	ldp	x6, x7, [x29, #RUN_X(6)]
	ldp	x8, x9, [x29, #RUN_X(8)]
	ldp	x10, x11, [x29, #RUN_X(10)]
	ldp	x12, x13, [x29, #RUN_X(12)]
	ldp	x14, x15, [x29, #RUN_X(14)]
	ldp	x16, x17, [x29, #RUN_X(16)]
	ldp	x18, x19, [x29, #RUN_X(18)]
	ldp	x20, x21, [x29, #RUN_X(20)]
	ldp	x22, x23, [x29, #RUN_X(22)]
	ldp	x24, x25, [x29, #RUN_X(24)]
	ldp	x26, x27, [x29, #RUN_X(26)]
	ldr	x30, [x29, #RUN_X(30)]
	ldp	x28, x29, [x29, #RUN_X(28)]
	eret
	/* No speculation past the ERET: SB's older equal */
	dsb	nsh
	isb
SYM_CODE_END(__guest_enter)

/*
 * All exceptions from the guest come here, with HYP_EXIT_* in x0 and, in the frame, the guest's
 * x0 and x1.
 */
SYM_CODE_START_LOCAL(guest_exit)
	ldr	x1, [sp, #FRAME_VCPU]
	ldr	x1, [x1, #HYP_VCPU_RUN]
	stp	x2, x3, [x1, #RUN_X(2)]
	stp	x4, x5, [x1, #RUN_X(4)]
	stp	x6, x7, [x1, #RUN_X(6)]
	stp	x8, x9, [x1, #RUN_X(8)]
	stp	x10, x11, [x1, #RUN_X(10)]
	stp	x12, x13, [x1, #RUN_X(12)]
	stp	x14, x15, [x1, #RUN_X(14)]
	stp	x16, x17, [x1, #RUN_X(16)]
	stp	x18, x19, [x1, #RUN_X(18)]
	stp	x20, x21, [x1, #RUN_X(20)]
	stp	x22, x23, [x1, #RUN_X(22)]
	stp	x24, x25, [x1, #RUN_X(24)]
	stp	x26, x27, [x1, #RUN_X(26)]
	stp	x28, x29, [x1, #RUN_X(28)]
	ldp	x2, x3, [sp, #FRAME_GUEST_X(0)]
	str	x30, [x1, #RUN_X(30)]
	stp	x2, x3, [x1, #RUN_X(0)]

	ldp	x1, x2, [sp, #FRAME_VCPU]
	ldr	x3, [x1, #HYP_VCPU_CPU]
	mrs	x4, sp_el0
	str	x4, [x1, #HYP_VCPU_SP_EL0]
	msr	sp_el0, x2
	mrs	x4, elr_el2
	mrs	x5, spsr_el2
	stp	x4, x5, [x1, #HYP_VCPU_PC]

	ldr	x4, [x3, #HYP_CPU_PAUTH]
	cbz	x4, 1f
	add	x4, x1, #HYP_VCPU_KEYS
	keys	key_save, x4, x5, x6
	add	x4, x3, #HYP_CPU_KEYS
	keys	key_load, x4, x5, x6
1:
SYM_INNER_LABEL(guest_contained, SYM_L_LOCAL)
	ldr	x4, [x3, #HYP_CPU_FEATURES]
#ifndef HYP_NVHE
	/* TGE was clear: the exception left PSTATE.PAN as the guest had it (D8.4.4) */
	tbz	x4, #HYP_CPU_PAN_BIT, 3f
	SET_PAN
2:
#endif
	/*
	 * An SError that the guest caused must not reach the host.  With RAS, the ESB in
	 * the vector has deferred it to DISR_EL1.  Without, wait for what may still be
	 * under way, and if one is pending, take it here, by our own vectors.
	 */
	tbz	x4, #HYP_CPU_RAS_BIT, 4f
	mrs	x5, DISR_EL1
	cbz	x5, 6f
	msr	DISR_EL1, xzr
	str	x5, [x1, #HYP_VCPU_SERROR]
	orr	x0, x0, #HYP_EXIT_WITH_SERROR
	b	6f
4:
	dsb	sy
	isb
	mrs	x5, isr_el1
	tbz	x5, #ISR_A_BIT, 6f
	mrs	x5, esr_el2
SYM_INNER_LABEL(guest_serror_begin, SYM_L_LOCAL)
	msr	daifclr, #4
	isb
	msr	daifset, #4
SYM_INNER_LABEL(guest_serror_end, SYM_L_LOCAL)
	tbz	x0, #HYP_EXIT_WITH_SERROR_BIT, 6f
	mrs	x4, esr_el2
	str	x4, [x1, #HYP_VCPU_SERROR]
	msr	esr_el2, x5
6:
	ldr	x4, [x3, #HYP_CPU_HOST_VECTORS]
	msr	vbar_el2, x4
	isb

	ldp	x19, x20, [sp, #FRAME_X(19)]
	ldp	x21, x22, [sp, #FRAME_X(21)]
	ldp	x23, x24, [sp, #FRAME_X(23)]
	ldp	x25, x26, [sp, #FRAME_X(25)]
	ldp	x27, x28, [sp, #FRAME_X(27)]
	ldp	x29, x30, [sp, #FRAME_X(29)]
	ldr	x18, [sp, #FRAME_X18]
	add	sp, sp, #FRAME_SIZE
	ret

#ifndef HYP_NVHE
	/* A kernel that never sets PAN doesn't clear it either before it reaches for user memory */
3:
	tbz	x4, #HYP_CPU_PAN_UNUSED_BIT, 2b
	CLEAR_PAN
	b	2b
#endif
SYM_CODE_END(guest_exit)

/*
 * u64 __guest_at(const struct hyp_cpu *cpu, u64 va)
 *
 * PAR_EL1 of AT S1E1R, or just its F bit: the walk can abort, and does so at EL2.  The host's
 * vectors know nothing of the guest whose regime is in place.
 *
 * The guest's vectors do for it.  While they are there, PSTATE masks all but synchronous
 * exceptions, and no instruction but the AT reaches for memory: its abort is the only one that
 * comes, and comes once, for el2_exit goes on behind it.  ESR_EL2, FAR_EL2 and what an ERET
 * uses are free by now: the exit's are in struct hyp_vcpu.
 *
 * The walk can fail by an SError, too.  With RAS, ESB defers that to DISR_EL1 for switch.c.
 */
SYM_CODE_START(__guest_at)
	ldr	x2, [x0, #HYP_CPU_VECTORS]
	ldr	x3, [x0, #HYP_CPU_HOST_VECTORS]
	msr	vbar_el2, x2
	isb
SYM_INNER_LABEL(guest_at, SYM_L_LOCAL)
	at	s1e1r, x1
	isb
	mrs	x0, par_el1
SYM_INNER_LABEL(guest_at_done, SYM_L_LOCAL)
	ESB
	msr	vbar_el2, x3
	isb
	ret
SYM_CODE_END(__guest_at)

/*
 * An exception at EL2 while our guest vectors are in place.  A refused ERET (illegal
 * state) comes with the guest's registers loaded and SP at the frame, just as an exit
 * does, and so is one, of its own kind.
 *
 * A data abort of the AT above isn't one.  The class has to be looked at as well: the
 * address of a refused ERET is the guest's pc, which may be any.
 */
SYM_CODE_START_LOCAL(el2_exit)
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el2
	ubfx	x0, x0, #HYP_ESR_EC_SHIFT, #6
	cmp	x0, #HYP_EC_ILL
	b.eq	1f
	cmp	x0, #HYP_EC_DABT
	b.ne	el2_broken
	mrs	x0, elr_el2
	adr	x1, guest_at
	cmp	x0, x1
	b.ne	el2_broken
	adr	x0, guest_at_done
	msr	elr_el2, x0
	ldp	x0, x1, [sp], #16
	mov	x0, #HYP_PAR_F
	eret
	dsb	nsh
	isb
1:
	ldp	x0, x1, [sp], #16
	stp	x0, x1, [sp, #FRAME_GUEST_X(0)]
	mov	x0, #HYP_EXIT_EL2
	b	guest_exit
SYM_CODE_END(el2_exit)

/*
 * EL2's own code has failed, with x0 and x1 on the stack.  No general register says whose CPU it
 * is, for any may be the guest's.  On nVHE TPIDR_EL2 does, and the call ends.  On VHE the frame
 * does, and what is left of the way out is done: first the host's SP_EL0, by which it knows its
 * task, and its keys, then its vectors.
 */
SYM_CODE_START_LOCAL(el2_broken)
#ifdef HYP_NVHE
	b	el2_panic
#else
	add	sp, sp, #16
	ldp	x1, x2, [sp, #FRAME_VCPU]
	ldr	x3, [x1, #HYP_VCPU_CPU]
	msr	sp_el0, x2
	ldr	x4, [x3, #HYP_CPU_PAUTH]
	cbz	x4, 1f
	add	x4, x3, #HYP_CPU_KEYS
	keys	key_load, x4, x5, x6
1:
	mov	x0, #HYP_EXIT_EL2
	b	guest_contained
#endif
SYM_CODE_END(el2_broken)

#ifdef HYP_NVHE
/*
 * void __keys_abandon(struct hyp_cpu *cpu, u64 pc)
 *
 * EL2 broke down at @pc.  Between the two labels, vectors included, the guest's keys, or some
 * of them, may be in the CPU, and the host's are in memory.  Elsewhere the host's never left it.
 */
SYM_CODE_START(__keys_abandon)
	ldr	x2, [x0, #HYP_CPU_PAUTH]
	cbz	x2, 1f
	adr	x2, guest_keys_begin
	cmp	x1, x2
	b.lo	1f
	adr	x2, guest_keys_end
	cmp	x1, x2
	b.hs	1f
	add	x2, x0, #HYP_CPU_KEYS
	keys	key_load, x2, x3, x4
	isb
1:
	ret
SYM_CODE_END(__keys_abandon)
#endif

/* An SError at EL2: expected in one place only */
SYM_CODE_START_LOCAL(el2_serror)
	stp	x0, x1, [sp, #-16]!
	mrs	x0, elr_el2
	adr	x1, guest_serror_begin
	cmp	x0, x1
	b.lo	el2_broken
	adr	x1, guest_serror_end
	cmp	x0, x1
	b.hi	el2_broken
	ldp	x0, x1, [sp], #16
	orr	x0, x0, #HYP_EXIT_WITH_SERROR
	eret
	dsb	nsh
	isb
SYM_CODE_END(el2_serror)

	/*
	 * What has to be done before the first branch that the guest could have trained,
	 * by the CPU's need (struct hyp_cpu.vectors chooses): x0 and x1 are free.
	 */
	.macro	spectre_none
	.endm

	/* Overwrite the branch history by as many taken branches as the CPU remembers */
	.macro	spectre_loop
	ldr	x0, [sp, #FRAME_VCPU]
	ldr	x0, [x0, #HYP_VCPU_CPU]
	ldr	x0, [x0, #HYP_CPU_BHB_LOOPS]
.Lbhb\@:
	b	. + 4
	subs	x0, x0, #1
	b.ne	.Lbhb\@
	dsb	nsh
	isb
	.endm

	.macro	spectre_clrbhb
	CLRBHB
	isb
	.endm

	/* SMCCC 1.1: firmware keeps all but x0 to x3 */
	.macro	spectre_smc, function
	stp	x2, x3, [sp, #FRAME_GUEST_X(2)]
	mov	w0, #(\function & 0xffff)
	movk	w0, #(\function >> 16), lsl #16
	smc	#0
	ldp	x2, x3, [sp, #FRAME_GUEST_X(2)]
	.endm

	.macro	spectre_wa1
	spectre_smc SMCCC_ARCH_WORKAROUND_1
	.endm

	.macro	spectre_wa3
	spectre_smc SMCCC_ARCH_WORKAROUND_3
	.endm

	.macro	guest_vector, mitigation, code
	.align	7
	ESB
	stp	x0, x1, [sp, #FRAME_GUEST_X(0)]
	\mitigation
	mov	x0, #\code
	b	guest_exit
	.endm

	.macro	el2_vector, handler
	.align	7
	b	\handler
	.endm

	.macro	guest_vectors, name, mitigation
	.align	11
SYM_CODE_START(\name)
	.rept	2 /* EL2 with SP_EL0, which we don't use, and with SP_EL2 */
	el2_vector el2_exit
	el2_vector el2_exit
	el2_vector el2_exit
	el2_vector el2_serror
	.endr
	.rept	2 /* AArch64 and AArch32 below */
	guest_vector \mitigation, HYP_EXIT_SYNC
	guest_vector \mitigation, HYP_EXIT_IRQ
	guest_vector \mitigation, HYP_EXIT_FIQ
	guest_vector \mitigation, HYP_EXIT_SERROR
	.endr
SYM_CODE_END(\name)
	.endm

	guest_vectors guest_vectors_none, spectre_none
	guest_vectors guest_vectors_loop, spectre_loop
	guest_vectors guest_vectors_clrbhb, spectre_clrbhb
	guest_vectors guest_vectors_wa1, spectre_wa1
	guest_vectors guest_vectors_wa3, spectre_wa3
SYM_INNER_LABEL(guest_keys_end, SYM_L_LOCAL)
