// SPDX-License-Identifier: MIT
/*
 * Commands of avm's test guest: where nothing is, and what can't be done at a device, it
 * gets the aborts that a bus gives, and goes on.
 */
#include "guest.h"

#define DABT		0x96000000UL	/* ESR_EL1: of EL1, IL */
#define IABT		0x86000000UL
#define EXTERNAL	0x10
#define WALK(level)	(0x14 + (level))

#define GIB		0x40000000UL
#define VALID		1UL
#define TABLE		2UL
#define BLOCK		(VALID | 1UL << 10)	/* AF, MAIR's attribute 0: Device */
#define NORMAL		(1UL << 2)		/* attribute 1: not cached */
#define TCR		(25UL | 25UL << 16 | 2UL << 30 | 1UL << 32) /* 39 bits, 4 KiB */

#define MISSING		(2 * GIB)		/* what the missing table of level 2 is for */
#define UPPER		0xffffff8000000000UL	/* and the one of level 1 */

static unsigned long table[512] __attribute__((aligned(4096)));

static void expect_abort(int (*access)(unsigned long addr, unsigned long *taken),
			 unsigned long addr, unsigned long esr)
{
	unsigned long taken[3];

	if (!access(addr, taken)) {
		EXPECT(!"an abort");
		return;
	}
	if (taken[0] != esr)
		print_value("esr", taken[0]);
	EXPECT(taken[0] == esr);
	EXPECT(taken[1] == addr);
	if (access == try_jump)
		EXPECT(taken[2] == addr);
}

static void set_mmu(unsigned long on)
{
	unsigned long sctlr;

	asm volatile("mrs %0, sctlr_el1" : "=r" (sctlr));
	sctlr = (sctlr & ~1UL) | on;
	asm volatile("dsb sy\n tlbi vmalle1\n dsb sy\n msr sctlr_el1, %0\n isb"
		     : : "r" (sctlr) : "memory");
}

/* Device and RAM where they are; then two tables that aren't in memory */
static void walk_aborts(void)
{
	unsigned long *entry = table;

	entry[0] = BLOCK;
	entry[1] = GIB | BLOCK | NORMAL;
	entry[MISSING / GIB] = NOWHERE | TABLE | VALID;
	asm volatile("msr mair_el1, %0\n msr tcr_el1, %1\n msr ttbr0_el1, %2\n msr ttbr1_el1, %3"
		     : : "r" (0x4400UL), "r" (TCR), "r" (table), "r" (NOWHERE));
	set_mmu(1);
	expect_abort(try_load, MISSING + 0x120, DABT | WALK(2));
	expect_abort(try_pair, MISSING + 0x12340, DABT | WALK(2));
	expect_abort(try_jump, MISSING + 0x12340, IABT | WALK(2));
	expect_abort(try_load, UPPER + 0x120, DABT | WALK(1));
	expect_abort(try_jump, UPPER, IABT | WALK(1));
	expect_abort(try_jump, NOWHERE, IABT | EXTERNAL);
	set_mmu(0);
}

void do_aborts(void)
{
	asm volatile("msr vbar_el1, %0\n msr cpacr_el1, %1\n isb"
		     : : "r" (vectors), "r" (3UL << 20));
	expect_abort(try_jump, NOWHERE, IABT | EXTERNAL);
	expect_abort(try_jump, UART, IABT | EXTERNAL);
	expect_abort(try_pair, NOWHERE + 0xff8, DABT | EXTERNAL);
	expect_abort(try_vector, RTC, DABT | EXTERNAL);
	walk_aborts();
}
