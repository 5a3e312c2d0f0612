// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest code that several tests share.
 */
#include "guest.h"

void __guest guest_skip(struct guest_frame *frame, u64 vector)
{
	(void)vector;
	frame->x[0] = frame->esr | GUEST_TRAPPED;
	frame->elr += 4;
}

void __guest guest_el0_sync(struct guest_frame *frame, u64 vector)
{
	if (ESR_EC(frame->esr) != EC_SVC) {
		guest_skip(frame, vector);
		return;
	}
	frame->elr = (u64)guest_el0_return;
	frame->spsr = (frame->spsr & PSR_DAIF) | PSR_EL1H;
}

/*
 * 39 bits of virtual address, the table that vm_tables() made, caches on.  The flags of
 * TCR_EL1: T0SZ 25, write-back and inner shareable walks, none by TTBR1.
 */
void __guest guest_mmu_on(u64 table)
{
	u64 range = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	if (range > 5)
		range = 5;
	write_sysreg(0xff00, mair_el1);
	write_sysreg(25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | range << 32, tcr_el1);
	write_sysreg(table, ttbr0_el1);
	asm volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
	write_sysreg(read_sysreg(sctlr_el1) | 1 | 1 << 2 | 1 << 12, sctlr_el1);
}
