// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows how a guest of a virtual GICv3 gets what the VMM puts into list registers: by group
 * and priority, not while it is masked, one in the middle of another, and ended in one step
 * or in two.
 */
#include "kselftest_harness.h"
#include "vgic.h"

#define ID	40UL

FIXTURE(vgic) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_gic *gic;
	struct vgic_shared *shared;
	u32 lrs;
};

FIXTURE_VARIANT(vgic) {
	u64 group;
	u64 mask;	/* of PSTATE */
};

FIXTURE_VARIANT_ADD(vgic, group0)
{
	.group = GROUP0, .mask = PSR_F,
};

FIXTURE_VARIANT_ADD(vgic, group1)
{
	.group = GROUP1, .mask = PSR_I,
};

FIXTURE_SETUP(vgic)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	vgic_vm(&self->vm, 0);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->gic = &self->run->gic;
	self->shared = vm_host(&self->vm, GUEST_SHARED);
	self->lrs = vgic_lrs();
}

FIXTURE_TEARDOWN(vgic)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

#define EXPECT_TAKEN(id, priority) \
	vgic_expect(self->vcpu, CALL_TAKEN, id, vgic_vector(variant->group), priority)
#define EXPECT_ENDED(id, priority) \
	vgic_expect(self->vcpu, CALL_ENDED, id, vgic_vector(variant->group), priority)
#define EXPECT_IDLE() do {							\
	vcpu_expect_call(self->vcpu, CALL_IDLE);				\
	vcpu_expect_call(self->vcpu, CALL_IDLE);				\
} while (0)

/* Active priorities of the variant's group, and of the other */
#define AP(group)	((group) == GROUP1 ? self->gic->ap1r : self->gic->ap0r)
#define OTHER(group)	((group) ^ GROUP0 ^ GROUP1)

static bool back_at(struct vcpu *vcpu, const void *code)
{
	vcpu_start(vcpu);
	sleep_ms(2);
	vm_kick(vcpu->fd);
	return vcpu_join(vcpu) == ARM_VCPU_EXIT_KICKED && vcpu->run->pc == vm_gpa(code);
}

TEST_F(vgic, an_interrupt_is_taken_and_ended)
{
	u64 lr = vgic_pending(ID, 0x80, variant->group);

	vgic_listen(self->vcpu);
	EXPECT_TRUE(vgic_idle(self->gic));
	self->gic->lr[0] = lr;
	EXPECT_TAKEN(ID, 0x80);
	EXPECT_EQ(ICH_LR_ACTIVE, ICH_LR_STATE(self->gic->lr[0]));
	EXPECT_EQ(lr ^ ICH_LR_PENDING ^ ICH_LR_ACTIVE, self->gic->lr[0]);
	EXPECT_TRUE(vgic_active(AP(variant->group), 0x80));
	EXPECT_FALSE(vgic_active(AP(OTHER(variant->group)), 0x80));
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[0]));
	EXPECT_TRUE(vgic_idle(self->gic));
	EXPECT_IDLE();
}

/* One by one, and with the highest INTID that every GIC has */
TEST_F(vgic, every_list_register_works)
{
	u32 i;

	vgic_listen(self->vcpu);
	for (i = 0; i < self->lrs; i++) {
		u64 id = i & 1 ? 1019 : 0;

		self->gic->lr[i] = vgic_pending(id, 0x40, variant->group);
		EXPECT_TAKEN(id, 0x40);
		EXPECT_EQ(ICH_LR_ACTIVE, ICH_LR_STATE(self->gic->lr[i]));
		EXPECT_ENDED(id, RPR_IDLE);
		EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[i]));
		self->gic->lr[i] = 0;
		EXPECT_IDLE();
	}
}

TEST_F(vgic, the_highest_priority_comes_first)
{
	u32 i;

	vgic_listen(self->vcpu);
	/* All at once, the last list register first */
	for (i = 0; i < self->lrs; i++)
		self->gic->lr[i] = vgic_pending(ID + i, 0xf0 - 8 * i, variant->group);
	for (i = self->lrs; i--;) {
		EXPECT_TAKEN(ID + i, 0xf0 - 8 * i);
		EXPECT_ENDED(ID + i, RPR_IDLE);
	}
	EXPECT_IDLE();
	/* and the other way round */
	for (i = 0; i < self->lrs; i++)
		self->gic->lr[i] = vgic_pending(ID + i, 8 * i, variant->group);
	for (i = 0; i < self->lrs; i++) {
		EXPECT_TAKEN(ID + i, 8 * i);
		EXPECT_ENDED(ID + i, RPR_IDLE);
	}
	EXPECT_IDLE();
}

TEST_F(vgic, a_mask_holds_it_back)
{
	u64 vmcr, lr = vgic_pending(ID, 0x80, variant->group);

	vgic_listen(self->vcpu);
	vmcr = self->gic->vmcr;

	/* by the priority: only what is higher gets through */
	self->gic->vmcr = (vmcr & ~ICH_VMCR_VPMR(0xff)) | ICH_VMCR_VPMR(0x80);
	self->gic->lr[0] = lr;
	EXPECT_IDLE();
	EXPECT_EQ(lr, self->gic->lr[0]);
	self->gic->vmcr = (vmcr & ~ICH_VMCR_VPMR(0xff)) | ICH_VMCR_VPMR(0x88);
	EXPECT_TAKEN(ID, 0x80);
	EXPECT_ENDED(ID, RPR_IDLE);

	/* by the group */
	self->gic->vmcr = vmcr & ~vgic_enable(variant->group);
	self->gic->lr[0] = lr;
	EXPECT_IDLE();
	self->gic->vmcr = vmcr;
	EXPECT_TAKEN(ID, 0x80);
	EXPECT_ENDED(ID, RPR_IDLE);

	/* by PSTATE */
	EXPECT_IDLE();
	self->gic->lr[0] = lr;
	self->run->pstate |= variant->mask;
	EXPECT_IDLE();
	EXPECT_EQ(lr, self->gic->lr[0]);
	self->run->pstate &= ~variant->mask;
	EXPECT_TAKEN(ID, 0x80);
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_IDLE();
}

TEST_F(vgic, the_other_group_is_not_masked_with_it)
{
	u64 other = OTHER(variant->group);

	vgic_listen(self->vcpu);
	self->run->pstate |= variant->mask;
	self->gic->lr[0] = vgic_pending(ID, 0x40, variant->group);
	EXPECT_IDLE();
	self->run->pstate &= ~variant->mask;
	self->gic->vmcr &= ~vgic_enable(variant->group);
	self->gic->lr[1] = vgic_pending(ID + 1, 0x80, other);
	vgic_expect(self->vcpu, CALL_TAKEN, ID + 1, vgic_vector(other), 0x80);
	EXPECT_EQ(ICH_LR_PENDING, ICH_LR_STATE(self->gic->lr[0]));
}

/* The VMM adds a higher one in the middle of a handler, and a higher one in that one's */
TEST_F(vgic, a_higher_priority_preempts)
{
	u64 other = OTHER(variant->group), other_vector = vgic_vector(other);

	vgic_listen(self->vcpu);
	self->shared->nests = 1;
	self->gic->lr[2] = vgic_pending(ID, 0xc0, variant->group);
	EXPECT_TAKEN(ID, 0xc0);
	self->gic->lr[0] = vgic_pending(ID + 1, 0x80, variant->group);
	EXPECT_TAKEN(ID + 1, 0x80);
	EXPECT_EQ(ICH_LR_ACTIVE, ICH_LR_STATE(self->gic->lr[0]));
	EXPECT_EQ(ICH_LR_ACTIVE, ICH_LR_STATE(self->gic->lr[2]));
	EXPECT_TRUE(vgic_active(AP(variant->group), 0xc0));
	EXPECT_TRUE(vgic_active(AP(variant->group), 0x80));
	self->gic->lr[1] = vgic_pending(ID + 2, 0x20, other);
	vgic_expect(self->vcpu, CALL_TAKEN, ID + 2, other_vector, 0x20);
	EXPECT_TRUE(vgic_active(AP(other), 0x20));
	EXPECT_FALSE(vgic_active(AP(variant->group), 0x20));
	/* back again, each with the running priority of the one that it had interrupted */
	vgic_expect(self->vcpu, CALL_ENDED, ID + 2, other_vector, 0x80);
	EXPECT_FALSE(vgic_active(AP(other), 0x20));
	EXPECT_ENDED(ID + 1, 0xc0);
	EXPECT_FALSE(vgic_active(AP(variant->group), 0x80));
	EXPECT_EQ(ICH_LR_ACTIVE, ICH_LR_STATE(self->gic->lr[2]));
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_TRUE(vgic_idle(self->gic));
	EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[0] | self->gic->lr[1] | self->gic->lr[2]));
	EXPECT_IDLE();
}

TEST_F(vgic, one_that_is_not_higher_waits)
{
	vgic_listen(self->vcpu);
	self->shared->nests = 1;
	self->gic->lr[0] = vgic_pending(ID, 0x80, variant->group);
	EXPECT_TAKEN(ID, 0x80);
	self->gic->lr[1] = vgic_pending(ID + 1, 0x80, variant->group);
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_EQ(ICH_LR_PENDING, ICH_LR_STATE(self->gic->lr[1]));
	EXPECT_TAKEN(ID + 1, 0x80);
	EXPECT_ENDED(ID + 1, RPR_IDLE);
	EXPECT_IDLE();
}

/* One bit of group priority, for either group: what differs in the others waits */
TEST_F(vgic, the_binary_point_says_what_preempts)
{
	vgic_listen(self->vcpu);
	self->shared->nests = 1;
	self->gic->vmcr |= variant->group == GROUP1 ? ICH_VMCR_VBPR1(7) : ICH_VMCR_VBPR0(7);
	if (variant->group == GROUP0)
		self->gic->vmcr ^= ICH_VMCR_VBPR0(1);
	self->gic->lr[0] = vgic_pending(ID, 0xc0, variant->group);
	EXPECT_TAKEN(ID, 0x80);
	self->gic->lr[1] = vgic_pending(ID + 1, 0x90, variant->group);
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_TAKEN(ID + 1, 0x80);
	self->gic->lr[2] = vgic_pending(ID + 2, 0x70, variant->group);
	EXPECT_TAKEN(ID + 2, 0);
	EXPECT_ENDED(ID + 2, 0x80);
	EXPECT_ENDED(ID + 1, RPR_IDLE);
	EXPECT_IDLE();
}

TEST_F(vgic, el0_is_interrupted)
{
	vm_handler(&self->vm, vgic_vector(variant->group) + 4, guest_interrupt);
	vgic_listen(self->vcpu);
	self->run->pc = vm_gpa(guest_spin);
	self->run->pstate = PSR_EL0T;
	self->gic->lr[0] = vgic_pending(ID, 0x80, variant->group);
	vgic_expect(self->vcpu, CALL_TAKEN, ID, vgic_vector(variant->group) + 4, 0x80);
	vgic_expect(self->vcpu, CALL_ENDED, ID, vgic_vector(variant->group) + 4, RPR_IDLE);
	EXPECT_TRUE(wait_for(back_at(self->vcpu, guest_spin)));
	EXPECT_EQ(PSR_EL0T, self->run->pstate & 0x1f);
}

TEST_F(vgic, pending_and_active_is_taken_again)
{
	vgic_listen(self->vcpu);
	self->shared->nests = 1;
	self->gic->lr[0] = vgic_pending(ID, 0x80, variant->group);
	EXPECT_TAKEN(ID, 0x80);
	self->gic->lr[0] |= ICH_LR_PENDING;
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_EQ(ICH_LR_PENDING, ICH_LR_STATE(self->gic->lr[0]));
	EXPECT_TAKEN(ID, 0x80);
	EXPECT_EQ(ICH_LR_ACTIVE, ICH_LR_STATE(self->gic->lr[0]));
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[0]));
	EXPECT_IDLE();
}

TEST_F(vgic, ended_in_two_steps)
{
	vgic_listen(self->vcpu);
	self->gic->vmcr |= ICH_VMCR_VEOIM;
	self->gic->lr[1] = vgic_pending(ID, 0x80, variant->group);
	EXPECT_TAKEN(ID, 0x80);
	vgic_expect(self->vcpu, CALL_DROPPED, ID, vgic_vector(variant->group), RPR_IDLE);
	EXPECT_EQ(ICH_LR_ACTIVE, ICH_LR_STATE(self->gic->lr[1]));
	EXPECT_TRUE(vgic_idle(self->gic));
	EXPECT_ENDED(ID, RPR_IDLE);
	EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[1]));
	EXPECT_IDLE();
}

/* An LPI is never active */
TEST_F(vgic, an_lpi)
{
	vgic_listen(self->vcpu);
	self->gic->lr[0] = vgic_pending(INTID_LPI + 5, 0x80, variant->group);
	EXPECT_TAKEN(INTID_LPI + 5, 0x80);
	EXPECT_ENDED(INTID_LPI + 5, RPR_IDLE);
	EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[0]));
	EXPECT_IDLE();
}

TEST_F(vgic, a_running_guest_gets_one_with_a_kick)
{
	int i;

	vgic_listen(self->vcpu);
	for (i = 0; i < 10; i++) {
		u64 resume = self->run->pc;

		self->run->pc = vm_gpa(guest_spin);
		vcpu_start(self->vcpu);
		sleep_ms(10);
		vm_kick(self->vcpu->fd);
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
		EXPECT_EQ(vm_gpa(guest_spin), self->run->pc);
		self->gic->lr[0] = vgic_pending(ID + i, 0x80, variant->group);
		EXPECT_TAKEN(ID + i, 0x80);
		EXPECT_ENDED(ID + i, RPR_IDLE);
		/* back from its handler, to where it waits */
		EXPECT_TRUE(wait_for(back_at(self->vcpu, guest_spin)));
		self->run->pc = resume;
		EXPECT_IDLE();
	}
}

/* ISR_EL1 shows it, whether or not it is masked, and lines beside it work */
GUEST_ASM(guest_isr, "mrs x0, isr_el1\n hvc #1\n b guest_isr");

TEST_F(vgic, isr_shows_it_and_the_lines)
{
	u64 other = PSR_I ^ PSR_F ^ variant->mask;

	vcpu_enter(self->vcpu, guest_isr, 0, 0);
	self->gic->vmcr = ICH_VMCR_VPMR(0xff) | ICH_VMCR_VENG0 | ICH_VMCR_VENG1;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->run->x[0]);
	self->gic->lr[0] = vgic_pending(ID, 0x80, variant->group);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(variant->mask, self->run->x[0]);
	self->run->lines = other == PSR_I ? ARM_VCPU_LINE_IRQ : ARM_VCPU_LINE_FIQ;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(PSR_I | PSR_F, self->run->x[0]);
	self->gic->lr[0] = 0;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(other, self->run->x[0]);
}

TEST_HARNESS_MAIN
