// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the interrupt lines: IRQ and FIQ reach the guest's vectors when it has them
 * unmasked, pend while it hasn't, are levels, and interrupt EL0 as well as EL1.
 */
#include "kselftest_harness.h"
#include "vm.h"

FIXTURE(lines) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_VARIANT(lines) {
	u32 line;
	u64 mask;	/* in PSTATE and ISR_EL1 */
	u32 vector;
};

FIXTURE_VARIANT_ADD(lines, irq)
{
	.line = ARM_VCPU_LINE_IRQ, .mask = PSR_I, .vector = VECTOR_IRQ,
};

FIXTURE_VARIANT_ADD(lines, fiq)
{
	.line = ARM_VCPU_LINE_FIQ, .mask = PSR_F, .vector = VECTOR_FIQ,
};

/* Tells the VMM, which may take the line down */
static void __guest guest_interrupt(struct guest_frame *frame, u64 vector)
{
	guest_call(0x77, vector, frame->spsr, read_sysreg(isr_el1), 0);
}

FIXTURE_SETUP(lines)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	vm_handler(&self->vm, variant->vector, guest_interrupt);
	vm_handler(&self->vm, variant->vector + 4, guest_interrupt);
	vm_handler(&self->vm, VECTOR_EL0_SYNC, guest_el0_sync);
}

FIXTURE_TEARDOWN(lines)
{
	vm_destroy(&self->vm);
}

static u64 __guest guest_unmasks(u64 mask)
{
	guest_sync(0);
	write_sysreg(PSR_DAIF & ~mask, daif);
	guest_sync(1);
	write_sysreg(PSR_DAIF, daif);
	guest_sync(2);
	return 0;
}

TEST_F(lines, a_line_interrupts_a_guest_that_has_it_unmasked)
{
	vcpu_call(self->vcpu, guest_unmasks, variant->mask, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	vcpu_expect_call(self->vcpu, CALL_SYNC);	/* unmasked, no line */
	EXPECT_EQ(1, self->run->x[0]);
	self->run->lines = variant->line;
	vcpu_expect_call(self->vcpu, 0x77);
	EXPECT_EQ(variant->vector, self->run->x[0]);
	EXPECT_EQ(0, self->run->x[1] & variant->mask);
	EXPECT_EQ(PSR_EL1H, self->run->x[1] & 0x1f);
	self->run->lines = 0;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(2, self->run->x[0]);
}

TEST_F(lines, a_line_pends_while_masked)
{
	vcpu_call(self->vcpu, guest_unmasks, variant->mask, 0);
	self->run->lines = variant->line;
	vcpu_expect_call(self->vcpu, CALL_SYNC);	/* masked: nothing happens */
	EXPECT_EQ(0, self->run->x[0]);
	vcpu_expect_call(self->vcpu, 0x77);		/* unmasked: before anything else */
	self->run->lines = 0;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(1, self->run->x[0]);
}

TEST_F(lines, a_line_is_a_level)
{
	int i;

	vcpu_call(self->vcpu, guest_unmasks, variant->mask, 0);
	self->run->lines = variant->line;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	for (i = 0; i < 5; i++)				/* as long as it is up */
		vcpu_expect_call(self->vcpu, 0x77);
	self->run->lines = 0;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(1, self->run->x[0]);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(2, self->run->x[0]);
}

TEST_F(lines, a_line_taken_down_before_it_is_unmasked_is_not_seen)
{
	vcpu_call(self->vcpu, guest_unmasks, variant->mask, 0);
	self->run->lines = variant->line;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->run->lines = 0;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(1, self->run->x[0]);
}

GUEST_ASM(guest_isr, "mrs x0, isr_el1\n hvc #1\n b guest_isr");

TEST_F(lines, isr_shows_the_line_and_nothing_else)
{
	vcpu_enter(self->vcpu, guest_isr, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->run->x[0]);
	self->run->lines = variant->line;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(variant->mask, self->run->x[0]);
	self->run->lines = 0;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->run->x[0]);
}

TEST_F(lines, a_running_guest_gets_a_line_with_a_kick)
{
	vcpu_call(self->vcpu, guest_unmasks, variant->mask, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->run->pc = vm_gpa(guest_spin);
	vcpu_start(self->vcpu);
	sleep_ms(20);
	WRITE_ONCE(self->run->lines, variant->line);
	vm_kick(self->vcpu->fd);
	/* Something else may have taken it out of the guest just before the kick */
	if (vcpu_join(self->vcpu) == ARM_VCPU_EXIT_KICKED) {
		vcpu_expect_call(self->vcpu, 0x77);
	} else {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, self->vcpu->result);
		EXPECT_EQ(0x77, self->run->call.immediate);
		vcpu_expect(self->vcpu, KICKED);
	}
}

static void __guest guest_el0_spins(void)
{
	asm volatile("1: b 1b");
}

static u64 __guest guest_goes_to_el0(u64 mask)
{
	write_sysreg(PSR_DAIF & ~mask, daif);
	guest_sync(0);
	return guest_el0_call(guest_el0_spins, 0, 0);
}

TEST_F(lines, a_line_interrupts_el0)
{
	int tries;

	vcpu_call(self->vcpu, guest_goes_to_el0, variant->mask, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	for (tries = 0; tries < 20; tries++) {
		vcpu_start(self->vcpu);
		sleep_ms(20);
		vm_kick(self->vcpu->fd);
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
		if ((self->run->pstate & 0x1f) == PSR_EL0T)
			break;
	}
	EXPECT_EQ(PSR_EL0T, self->run->pstate & 0x1f);
	self->run->lines = variant->line;
	vcpu_expect_call(self->vcpu, 0x77);
	EXPECT_EQ(variant->vector + 4, self->run->x[0]);
	EXPECT_EQ(PSR_EL0T, self->run->x[1] & 0x1f);
}

TEST_F(lines, each_vcpu_has_its_own)
{
	struct vcpu *other = vcpu_create(&self->vm);

	vcpu_enter(self->vcpu, guest_isr, 0, 0);
	vcpu_enter(other, guest_isr, 0, 0);
	pin_to(cpu_nth(0));
	self->run->lines = variant->line;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(variant->mask, self->run->x[0]);
	vcpu_expect_call(other, 1);
	EXPECT_EQ(0, other->run->x[0]);
}

TEST_HARNESS_MAIN
