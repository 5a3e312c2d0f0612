// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the kernel's GIC on CPUs that can't trap DIR alone (ICH_VTR_EL2.TDS): it deactivates what
 * it names, wherever that is, and what traps with it is as ever.  vtrtds.ko makes CPUs such ones.
 */
#include "kselftest_harness.h"
#include "gic_drop.h"
#include "module.h"

#define SPI		40U
#define OTHER		77U

FIXTURE(dir) {
	struct vm vm;
	struct vcpu *vcpu[2];
	struct vgic_shared *shared;
};

FIXTURE_SETUP(dir)
{
	int i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	ASSERT_EQ(0, module_load("ARM_VCPU_VTRTDS_KO", "/vtrtds.ko"));
	EXPECT_EQ(0, vgic_vtr() & ICH_VTR_TDS);
	gic_vm(&self->vm);
	self->shared = vm_host(&self->vm, GUEST_SHARED);
	for (i = 0; i < 2; i++) {
		self->vcpu[i] = vcpu_create(&self->vm);
		gic_serve(self->vcpu[i]);
	}
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_enable(self->vcpu[0], SPI, 0x80);
	gic_enable(self->vcpu[0], OTHER, 0x40);
}

FIXTURE_TEARDOWN(dir)
{
	if (!self->vcpu[0])
		return;
	vm_destroy(&self->vm);
	EXPECT_EQ(0, module_unload("vtrtds"));
}

/* By another vCPU than that which has taken it */
TEST_F(dir, of_another_ones)
{
	int i;

	vm_handler(&self->vm, VECTOR_IRQ, guest_drops);
	for (i = 0; i < 2; i++) {
		vcpu_call(self->vcpu[i], guest_splits, 0xff, GROUP1);
		gic_idle(self->vcpu[i]);
	}
	gic_line(&self->vm, SPI, 1);
	for (i = 1; i < 4; i++) {
		gic_idle(self->vcpu[0]);
		gic_idle(self->vcpu[0]);
		EXPECT_EQ(i, self->shared->taken);
		gic_dir(self->vcpu[1], SPI);
	}
}

/* ICC_RPR_EL1 is in what the handler tells, also of one in the middle of another */
TEST_F(dir, the_running_priority)
{
	self->shared->nests = 1;
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu[0], SPI, 0x80);
	gic_line(&self->vm, OTHER, 1);
	gic_taken(self->vcpu[0], OTHER, 0x40);
	gic_line(&self->vm, OTHER, 0);
	gic_ended(self->vcpu[0], OTHER, 0x80);
	gic_line(&self->vm, SPI, 0);
	gic_ended(self->vcpu[0], SPI, RPR_IDLE);
	gic_idle(self->vcpu[0]);
}

/* Bits that there aren't are written, too */
static u64 __guest guest_writes_common(u64 mask)
{
	u64 fixed = read_sysreg(ICC_CTLR), wrong = fixed & (ICC_CTLR_CBPR | ICC_CTLR_EOIMODE);

	write_sysreg(~0UL, ICC_CTLR);
	isb();
	wrong |= read_sysreg(ICC_CTLR) ^ (fixed | ICC_CTLR_CBPR | ICC_CTLR_EOIMODE);
	write_sysreg(ICC_CTLR_CBPR, ICC_CTLR);
	isb();
	wrong |= read_sysreg(ICC_CTLR) ^ (fixed | ICC_CTLR_CBPR);
	wrong |= read_sysreg(ICC_PMR);
	write_sysreg(~0UL, ICC_PMR);
	isb();
	wrong |= read_sysreg(ICC_PMR) ^ mask;
	return wrong;
}

TEST_F(dir, control_and_mask)
{
	u64 mask = 0xff & ~0UL << (8 - ICH_VTR_PRI_BITS(vgic_vtr()));

	vcpu_call(self->vcpu[0], guest_writes_common, mask, 0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	EXPECT_EQ(0, self->vcpu[0]->run->x[0]);
	/* What is masked waits */
	vcpu_call(self->vcpu[0], guest_serves, 0x80, GROUP1);
	gic_idle(self->vcpu[0]);
	gic_line(&self->vm, SPI, 1);
	gic_idle(self->vcpu[0]);
	gic_line(&self->vm, OTHER, 1);
	gic_taken(self->vcpu[0], OTHER, 0x40);
}

TEST_HARNESS_MAIN
