// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest with as many LPIs pending as it can have costs the host no more time with
 * interrupts off than others.
 */
#include "lpi.h"

#define ALL		8192U
#define TRIES		200

/* How long it takes a vCPU to look at its interrupts and go on, at best */
static u64 look_ns(FIXTURE_DATA(lpi) *self)
{
	u64 best = ~0UL, began, ns;
	int i;

	for (i = 0; i < TRIES; i++) {
		SEND();
		began = now_ns();
		gic_idle(self->vcpu[1]);
		ns = now_ns() - began;
		best = ns < best ? ns : best;
	}
	return best;
}

/*
 * With gic->lock held: there isn't one after another to be looked at.
 *
 * Group 0 is off, for QEMU 7.2 has the maintenance interrupt VGrp0D by VENG1.
 */
TEST_F(lpi, a_look_at_all_of_them_is_short)
{
	u64 few, all;

	/* The guest takes none */
	vcpu_call(self->vcpu[1], guest_serves, 0, GROUP1);
	gic_idle(self->vcpu[1]);
	few = look_ns(self);
	memset(vm_host(&self->vm, ITS_CONFIG), LPI_ENABLED | 0x80, ALL);
	memset((char *)vm_host(&self->vm, ITS_PENDING(1)) + LPI / 8, 0xff, ALL / 8);
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, 0);
	memset((char *)vm_host(&self->vm, ITS_PENDING(1)) + LPI / 8, 0xff, ALL / 8);
	its_enable_lpis(self->vcpu[0], 1, 0);
	gic_idle(self->vcpu[1]);
	all = look_ns(self);
	TH_LOG("%lu us, with all pending %lu us", few / 1000, all / 1000);
	EXPECT_GT(4 * few, all);
	/* They are all there */
	vcpu_call(self->vcpu[1], guest_serves, 0xff, GROUP1);
	gic_comes(self->vcpu[1], LPI, 0x80);
	gic_comes(self->vcpu[1], LPI + 1, 0x80);
}

TEST_HARNESS_MAIN
