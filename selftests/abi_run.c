// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what RUN refuses: a vCPU without an entry, one that runs already, and a run page
 * whose contents can't be entered (FAIL_ENTRY), after which everything is as before; and
 * that SET_ENTRY is a power-on.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "vm.h"

FIXTURE(run) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(run)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(run)
{
	vm_destroy(&self->vm);
}

TEST_F(run, without_an_entry_is_enoexec)
{
	EXPECT_EQ(-ENOEXEC, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	EXPECT_EQ(-ENOEXEC, vcpu_run(self->vcpu));
	self->run->flags = 0;
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

/* x0: counts; x1: where to */
GUEST_ASM(guest_count, "1: add x0, x0, #1\n str x0, [x1]\n b 1b");

TEST_F(run, of_a_running_vcpu_is_ebusy)
{
	u64 *count = vm_host(&self->vm, GUEST_SHARED);

	vcpu_enter(self->vcpu, guest_count, 0, GUEST_SHARED);
	vcpu_start(self->vcpu);
	ASSERT_TRUE(wait_for(READ_ONCE(*count) > 0));
	EXPECT_EQ(-EBUSY, vcpu_run(self->vcpu));
	EXPECT_EQ(-EBUSY, vcpu_set_entry(self->vcpu, GUEST_CODE, 0, 0, 0, 0));
	EXPECT_EQ(0, vm_kick(self->vcpu->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	EXPECT_EQ(0, vcpu_set_entry(self->vcpu, GUEST_CODE, 0, 0, 0, 0));
}

TEST_F(run, set_entry_sets_pc_and_x0_to_x3_and_clears_the_rest)
{
	u64 pc = vm_gpa(guest_hvc);
	int n;

	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	for (n = 0; n < 31; n++)
		self->run->x[n] = ~0UL;
	self->run->pstate = 0;
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, pc, 11, 22, 33, 44));
	EXPECT_EQ(pc, self->run->pc);
	EXPECT_EQ(PSR_EL1H | PSR_DAIF, self->run->pstate);
	EXPECT_EQ(11, self->run->x[0]);
	EXPECT_EQ(22, self->run->x[1]);
	EXPECT_EQ(33, self->run->x[2]);
	EXPECT_EQ(44, self->run->x[3]);
	for (n = 4; n < 31; n++)
		EXPECT_EQ(0, self->run->x[n]);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(11, self->run->x[0]);
	EXPECT_EQ(44, self->run->x[3]);
}

GUEST_ASM(guest_smc_then_call, "smc #1\n hvc #1\n b .");

TEST_F(run, set_entry_leaves_nothing_pending)
{
	vcpu_enter(self->vcpu, guest_smc_then_call, 0, 0);
	vcpu_expect(self->vcpu, SMC);
	ASSERT_NE(0, self->run->pending);
	vcpu_enter(self->vcpu, guest_smc_then_call, 0, 0);
	EXPECT_EQ(0, self->run->pending);
	vcpu_expect(self->vcpu, SMC);		/* not stepped over */
	EXPECT_EQ(vm_gpa(guest_smc_then_call), self->run->pc);
}

static u64 __guest guest_junk(void)
{
	write_sysreg(~0UL, sp_el0);
	write_sysreg(~0UL, tpidr_el0);
	write_sysreg(~0UL, tpidr_el1);
	write_sysreg(0x1000, elr_el1);
	write_sysreg(0xff00, mair_el1);
	write_sysreg(1 << 20 | 1 << 21, cpacr_el1);
	write_sysreg(1 << 12, mdscr_el1);
	write_sysreg(0x1234, contextidr_el1);
	write_sysreg(1000, cntv_tval_el0);
	write_sysreg(1, cntv_ctl_el0);
	return 0;
}

static u64 __guest guest_reads_reset(void)
{
	/* M, C and I are 0 at reset, and so are an enabled timer and OS-visible debug */
	GUEST_ASSERT_EQ(read_sysreg(sctlr_el1) & (1 | 1 << 2 | 1 << 12), 0);
	GUEST_ASSERT_EQ(read_sysreg(cntv_ctl_el0) & 1, 0);
	GUEST_ASSERT_EQ(read_sysreg(cntp_ctl_el0) & 1, 0);
	GUEST_ASSERT_EQ(read_sysreg(mdscr_el1) & 1 << 12, 0);
	GUEST_ASSERT_EQ(read_sysreg(cpacr_el1), 0);
	GUEST_ASSERT_EQ(read_sysreg(daif), PSR_DAIF);
	GUEST_ASSERT_EQ(read_sysreg(currentel), 4);
	GUEST_ASSERT_EQ(read_sysreg(spsel), 1);
	/* UNKNOWN by the architecture, but neither the last life's nor the host's */
	GUEST_ASSERT_EQ(read_sysreg(tpidr_el0), 0);
	GUEST_ASSERT_EQ(read_sysreg(tpidr_el1), 0);
	GUEST_ASSERT_EQ(read_sysreg(sp_el0), 0);
	GUEST_ASSERT_EQ(read_sysreg(contextidr_el1), 0);
	GUEST_ASSERT_EQ(read_sysreg(ttbr1_el1), 0);
	return 0;
}

TEST_F(run, set_entry_is_a_power_on)
{
	vcpu_call(self->vcpu, guest_junk, 0, 0);
	while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_TIMER)
		;
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, self->run->exit_reason);
	sleep_ms(5);	/* its timer has fired by now */
	vcpu_call(self->vcpu, guest_reads_reset, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_DONE);
	EXPECT_EQ(0, self->run->timers);
}

/* RUN must fail with @reason and change nothing; then the vCPU goes on */
static void refused(struct __test_metadata *_metadata, FIXTURE_DATA(run) *self, u32 reason)
{
	struct arm_vcpu_run before = *self->run;

	ASSERT_EQ(0, vcpu_run(self->vcpu));
	ASSERT_EQ(ARM_VCPU_EXIT_FAIL_ENTRY, self->run->exit_reason) {
		TH_LOG("%s, pstate %#llx", exit_name(self->run->exit_reason), before.pstate);
	}
	EXPECT_EQ(reason, self->run->fail.reason);
	EXPECT_EQ(before.pc, self->run->pc);
	EXPECT_EQ(before.pstate, self->run->pstate);
	EXPECT_EQ(0, memcmp(before.x, self->run->x, sizeof(before.x)));
}

TEST_F(run, only_three_modes_of_pstate_can_be_entered)
{
	u64 mode;

	vcpu_enter(self->vcpu, guest_hvc, 5, 0);
	for (mode = 0; mode < 32; mode++) {
		if (mode == PSR_EL0T || mode == PSR_EL1T || mode == PSR_EL1H)
			continue;
		self->run->pstate = mode | PSR_DAIF;
		refused(_metadata, self, ARM_VCPU_FAIL_PSTATE);
	}
	self->run->pstate = PSR_EL1T | PSR_DAIF;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(PSR_EL1T, self->run->pstate & 0x1f);
	self->run->pstate = PSR_EL1H | PSR_DAIF;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(PSR_EL1H, self->run->pstate & 0x1f);
}

GUEST_ASM(guest_current_el, "mrs x0, currentel\n hvc #1\n b .");
GUEST_ASM(guest_el0_svc, "mov x0, #3\n svc #0\n b .");

static void __guest guest_got_svc(struct guest_frame *frame, u64 vector)
{
	guest_call(CALL_SYNC, frame->x[0], vector, frame->esr, frame->spsr);
}

static u64 __guest guest_nothing(void)
{
	return 0;
}

TEST_F(run, el0_can_be_entered)
{
	vm_handler(&self->vm, VECTOR_EL0_SYNC, guest_got_svc);
	vcpu_call(self->vcpu, guest_nothing, 0, 0);	/* sets sp and vbar */
	vcpu_expect_call(self->vcpu, CALL_DONE);
	self->run->pc = vm_gpa(guest_el0_svc);
	self->run->pstate = PSR_EL0T | PSR_DAIF;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(3, self->run->x[0]);
	EXPECT_EQ(VECTOR_EL0_SYNC, self->run->x[1]);
	EXPECT_EQ(EC_SVC, ESR_EC(self->run->x[2]));
	EXPECT_EQ(PSR_EL0T, self->run->x[3] & 0x1f);
}

TEST_F(run, the_guest_is_at_el1)
{
	vcpu_enter(self->vcpu, guest_current_el, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(1 << 2, self->run->x[0]);
}

TEST_F(run, unknown_flags_fail_the_entry)
{
	struct arm_vcpu_info info;
	int bit;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	vcpu_enter(self->vcpu, guest_hvc, 5, 0);
	for (bit = 0; bit < 32; bit++) {
		if (info.run_flags & 1U << bit)
			continue;
		self->run->flags = 1U << bit;
		refused(_metadata, self, ARM_VCPU_FAIL_FLAGS);
	}
	self->run->flags = 0;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

TEST_F(run, unknown_lines_fail_the_entry)
{
	struct arm_vcpu_info info;
	int bit;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	vcpu_enter(self->vcpu, guest_hvc, 5, 0);
	for (bit = 0; bit < 32; bit++) {
		if (info.lines & 1U << bit)
			continue;
		self->run->lines = 1U << bit;
		refused(_metadata, self, ARM_VCPU_FAIL_FLAGS);
	}
	self->run->lines = 0;
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

TEST_F(run, no_enter_returns_none_and_runs_nothing)
{
	u64 pc = vm_gpa(guest_hvc);

	vcpu_enter(self->vcpu, guest_hvc, 5, 0);
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	EXPECT_EQ(pc, self->run->pc);
}

TEST_F(run, an_illegal_state_bit_is_the_guests_own_exception_or_refused)
{
	vm_handler(&self->vm, VECTOR_SYNC, guest_got_svc);
	vcpu_call(self->vcpu, guest_nothing, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_DONE);
	self->run->pc = vm_gpa(guest_current_el);
	self->run->pstate = PSR_EL1H | PSR_DAIF | PSR_IL;
	if (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_HYPERCALL) {
		EXPECT_EQ(EC_ILLEGAL, ESR_EC(self->run->x[2]));
	} else {
		EXPECT_EQ(ARM_VCPU_EXIT_FAIL_ENTRY, self->run->exit_reason);
	}
}

TEST_HARNESS_MAIN
