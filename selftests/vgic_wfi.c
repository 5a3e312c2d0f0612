// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that WFI ends with an interrupt of a virtual GICv3 that the guest could take, were it not
 * for PSTATE, and waits while there is none: in the kernel, or in the VMM, for who asks.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "vgic.h"

#define ID	40UL
#define OPEN	(ICH_VMCR_VPMR(0xff) | ICH_VMCR_VENG0 | ICH_VMCR_VENG1)

FIXTURE(wfi) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_gic *gic;
};

FIXTURE_VARIANT(wfi) {
	u64 group;
};

FIXTURE_VARIANT_ADD(wfi, group0) { GROUP0 };
FIXTURE_VARIANT_ADD(wfi, group1) { GROUP1 };

FIXTURE_SETUP(wfi)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	vgic_vm(&self->vm, 0);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->gic = &self->run->gic;
}

FIXTURE_TEARDOWN(wfi)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

GUEST_ASM(guest_wfi, "msr daifset, #3\n wfi\n hvc #1\n b guest_wfi");

TEST_F(wfi, goes_on_with_one)
{
	u32 i, last = vgic_lrs() - 1;

	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	self->gic->vmcr = OPEN;
	self->gic->lr[last] = vgic_pending(ID, 0x80, variant->group);
	for (i = 0; i < 10; i++) {
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(ICH_LR_PENDING, ICH_LR_STATE(self->gic->lr[last]));
	}
}

/* The emulator's WFI isn't trapped while an interrupt of the host's is pending: then the next is */
GUEST_ASM(guest_wfi_loop, "msr daifset, #3\n 1: wfi\n b 1b");

/* Nothing that the guest could take: WFI sleeps until a kick, and is an exit for who asks */
static void waits(struct __test_metadata *_metadata, FIXTURE_DATA(wfi) *self, const char *why)
{
	u64 slept = vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP), used;
	struct arm_vcpu_gic gic = *self->gic;

	vcpu_enter(self->vcpu, guest_wfi_loop, 0, 0);
	*self->gic = gic;
	vcpu_start(self->vcpu);
	ASSERT_TRUE(wait_for(vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP) > slept)) TH_LOG("%s", why);
	sleep_ms(10);
	used = vcpu_cpu_time(self->vcpu);
	sleep_ms(50);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu->result)) TH_LOG("%s", why);
	EXPECT_GE(5 * MS, vcpu_cpu_time(self->vcpu) - used) TH_LOG("%s", why);
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu)) TH_LOG("%s", why);
	vcpu_enter(self->vcpu, guest_wfi_loop, 0, 0);
	*self->gic = gic;
	self->run->flags = ARM_VCPU_RUN_HALT;
	EXPECT_EQ(ARM_VCPU_EXIT_HALT, vcpu_next(self->vcpu)) TH_LOG("%s", why);
	self->run->flags = 0;
}

TEST_F(wfi, waits_while_none_can_be_taken)
{
	u64 lr = vgic_pending(ID, 0x80, variant->group);

	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	self->gic->vmcr = OPEN;
	waits(_metadata, self, "nothing there");
	self->gic->lr[1] = lr;
	self->gic->vmcr = OPEN & ~ICH_VMCR_VPMR(0x7f);	/* 0x80 */
	waits(_metadata, self, "masked by priority");
	self->gic->vmcr = OPEN & ~vgic_enable(variant->group);
	waits(_metadata, self, "its group is off");
	self->gic->vmcr = OPEN;
	self->gic->lr[1] = lr ^ ICH_LR_PENDING ^ ICH_LR_ACTIVE;
	waits(_metadata, self, "active already");
}

TEST_HARNESS_MAIN
