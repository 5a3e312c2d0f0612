/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of tests of LPIs: a VM whose GIC has an ITS that is set up, three vCPUs that serve,
 * and an event of a device that vCPU 1 takes.
 */
#ifndef SELFTEST_LPI_H
#define SELFTEST_LPI_H

#include "kselftest_harness.h"
#include "its.h"

#define NR		3
#define DEV		5U
#define EVENT		3U
#define OTHER		6U	/* another event */

FIXTURE(lpi) {
	struct vm vm;
	struct vcpu *vcpu[NR];
	struct vgic_shared *shared;
};

/* Vcpu 1 takes the event, as LPI + EVENT, with priority 0x80 */
FIXTURE_SETUP(lpi)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	its_vm(&self->vm);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	self->shared = vm_host(&self->vm, GUEST_SHARED);
	its_enable(self->vcpu[0], ITS_FLAT);
	its_configure(&self->vm, LPI + EVENT, LPI_ENABLED | 0x80);
	its_do(self->vcpu[0], ITS_MAPD(DEV, ITS_ITT, 5),
	       ITS_MAPTI(DEV, EVENT, LPI + EVENT, 1), ITS_SYNC(1));
}

FIXTURE_TEARDOWN(lpi)
{
	if (self->vcpu[0])
		vm_destroy(&self->vm);
}

/* Nothing comes */
#define EXPECT_IDLE(n) do {							\
	gic_idle(self->vcpu[n]);						\
	gic_idle(self->vcpu[n]);						\
} while (0)

#define SEND()		its_msi(&self->vm, DEV, EVENT)
#define DO(...)		its_do(self->vcpu[0], __VA_ARGS__)
#define COMES(n)	gic_comes(self->vcpu[n], LPI + EVENT, 0x80)

#endif
