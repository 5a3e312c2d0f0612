// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that an interrupt that comes alone, and so goes beside what is in list registers, comes
 * once, and in its turn.
 */
#include "kselftest_harness.h"
#include "gic_vm.h"

#define FIRST	(GIC_SPI + 8U)
#define MANY	16U	/* more than list registers */
#define SPI	(FIRST + MANY)
#define OTHER	(SPI + 1)

FIXTURE(append) {
	struct vm vm;
	struct vcpu *vcpu;
};

FIXTURE_SETUP(append)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	gic_serve(self->vcpu);
	gic_write32(self->vcpu, GIC_DIST + GICD_CTLR, 3);
}

FIXTURE_TEARDOWN(append)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

/* When one has ended there is room for it, but others wait that are more urgent */
TEST_F(append, one_that_comes_waits_for_those_that_wait)
{
	u32 i;

	for (i = 0; i < MANY; i++) {
		gic_make_edge(self->vcpu, FIRST + i);
		gic_enable(self->vcpu, FIRST + i, 8 * (i + 1));
	}
	for (i = 0; i < MANY - 1; i++)
		gic_line(&self->vm, FIRST + i, 1);
	gic_taken(self->vcpu, FIRST, 8);
	gic_ended(self->vcpu, FIRST, RPR_IDLE);
	gic_line(&self->vm, FIRST + MANY - 1, 1);
	for (i = 1; i < MANY; i++) {
		gic_taken(self->vcpu, FIRST + i, 8 * (i + 1));
		gic_ended(self->vcpu, FIRST + i, RPR_IDLE);
	}
	gic_idle(self->vcpu);
	gic_idle(self->vcpu);
}

/* While the first one is pending in a list register */
TEST_F(append, an_edge_that_comes_again_is_one)
{
	gic_make_edge(self->vcpu, SPI);
	gic_make_edge(self->vcpu, OTHER);
	gic_enable(self->vcpu, SPI, 0x40);
	gic_enable(self->vcpu, OTHER, 0x80);
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu, SPI, 0x40);
	gic_line(&self->vm, OTHER, 1);
	gic_line(&self->vm, OTHER, 0);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	gic_line(&self->vm, OTHER, 1);
	gic_taken(self->vcpu, OTHER, 0x80);
	gic_ended(self->vcpu, OTHER, RPR_IDLE);
	gic_idle(self->vcpu);
	gic_idle(self->vcpu);
}

TEST_HARNESS_MAIN
