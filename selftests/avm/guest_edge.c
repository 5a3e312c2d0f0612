// SPDX-License-Identifier: MIT
/*
 * Accesses at both ends of RAM.  One across an end isn't aligned, so RAM is normal memory here,
 * and so is what lies below and above.
 */
#include "guest.h"

/* 256 MiB, avm's default */
#define RAM_END		(RAM + 0x10000000UL)

/* What lies below RAM and RAM itself once more, as normal memory: RAM's start is at GIB(3) */
#define GIB(n)		((unsigned long)(n) << 30)

/* Blocks of 1 GiB, with the access flag: MAIR_EL1's attribute 0 is a device, 1 is normal memory */
#define BLOCK_DEVICE	0x401UL
#define BLOCK_NORMAL	0x405UL
#define MAIR		0x4400UL

/* T0SZ 25, no table by TTBR1, 36 bits of address */
#define TCR		(25UL | 1UL << 23 | 1UL << 32)
#define SCTLR_M		1UL

static unsigned long table[512] __attribute__((aligned(4096)));

static void mmu_on(void)
{
	unsigned long sctlr;

	table[0] = BLOCK_DEVICE;
	table[1] = GIB(1) | BLOCK_NORMAL;
	table[2] = BLOCK_NORMAL;
	table[3] = GIB(1) | BLOCK_NORMAL;
	asm volatile("msr mair_el1, %0\n\tmsr tcr_el1, %1\n\tmsr ttbr0_el1, %2\n\tisb\n\t"
		     "tlbi vmalle1\n\tdsb nsh\n\tisb"
		     : : "r" (MAIR), "r" (TCR), "r" (table) : "memory");
	asm volatile("mrs %0, sctlr_el1" : "=r" (sctlr));
	asm volatile("msr sctlr_el1, %0\n\tisb" : : "r" (sctlr | SCTLR_M) : "memory");
}

static unsigned long load(unsigned long addr)
{
	unsigned long value;

	asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (addr) : "memory");
	return value;
}

static void store(unsigned long addr, unsigned long value)
{
	asm volatile("str %0, [%1]" : : "r" (value), "r" (addr) : "memory");
}

static void store_moving(unsigned long addr, unsigned long value)
{
	asm volatile("str %w1, [%0], #8" : "+r" (addr) : "r" (value) : "memory");
}

/* What is on one side alone is as ever.  A key says what more; that doesn't come back. */
void do_edge(void)
{
	mmu_on();
	store(RAM_END - 16, 0);
	store(RAM_END - 8, 0x1122334455667788);
	EXPECT(load(RAM_END - 8) == 0x1122334455667788);
	EXPECT(load(RAM_END - 12) == 0x5566778800000000);
	EXPECT(!load(RAM_END));
	store(RAM_END, 1);
	EXPECT(!load(GIB(3) - 8));
	EXPECT(load(GIB(3)) == load(RAM));

	switch (uart_get()) {
	case 'l':
		load(RAM_END - 4);
		break;
	case 's':
		store(RAM_END - 1, 0);
		break;
	case 'm':
		store_moving(RAM_END - 2, 0);
		break;
	case 'b':
		load(GIB(3) - 4);
		break;
	default:
		return;
	}
	EXPECT(0);
}
