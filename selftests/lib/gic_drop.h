/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guests with EOImode 1, whose interrupts are dropped by their handler and deactivated later, by
 * anybody.
 */
#ifndef SELFTEST_GIC_DROP_H
#define SELFTEST_GIC_DROP_H

#include "gic_vm.h"

static u64 __guest guest_splits(u64 mask, u64 groups)
{
	write_sysreg(ICC_CTLR_EOIMODE, ICC_CTLR);
	return guest_serves(mask, groups);
}

static void __guest guest_drops(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	write_sysreg(id, ICC_EOIR1);
	VGIC_SHARED->taken++;
}

#endif
