// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows CPU_SUSPEND where PSCI is the kernel's: it waits as WFI does, of either type, ends with
 * SUCCESS by whatever ends that, and is an exit HALT where WFI is one.
 */
#include <errno.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "psci.h"

#define POWER_DOWN	0x10000UL

FIXTURE(psci_suspend) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	const void *guest;
};

FIXTURE_VARIANT(psci_suspend) {
	u64 state;
	bool smc;
};

FIXTURE_VARIANT_ADD(psci_suspend, standby_by_hvc) { 0, false };
FIXTURE_VARIANT_ADD(psci_suspend, standby_by_smc) { 0, true };
FIXTURE_VARIANT_ADD(psci_suspend, power_down_by_hvc) { POWER_DOWN, false };
FIXTURE_VARIANT_ADD(psci_suspend, power_down_by_smc) { POWER_DOWN, true };

/* Sets up the virtual timer with x4 and x5 first */
GUEST_ASM(guest_timer_hvc, "msr cntv_tval_el0, x4\n msr cntv_ctl_el0, x5\n isb\n hvc #0\n"
	  "hvc #" STR(CALL_ANSWERED) "\n b .");
GUEST_ASM(guest_timer_smc, "msr cntv_tval_el0, x4\n msr cntv_ctl_el0, x5\n isb\n smc #0\n"
	  "hvc #" STR(CALL_ANSWERED) "\n b .");

static void enter(FIXTURE_DATA(psci_suspend) *self, u64 state)
{
	if (vcpu_set_entry(self->vcpu, vm_gpa(self->guest), CPU_SUSPEND, state, GUEST_CODE, 0))
		die("SET_ENTRY failed");
}

FIXTURE_SETUP(psci_suspend)
{
	psci_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->guest = variant->smc ? guest_timer_smc : guest_timer_hvc;
	enter(self, variant->state);
}

FIXTURE_TEARDOWN(psci_suspend)
{
	vm_destroy(&self->vm);
}

static bool is_asleep(struct vcpu *vcpu)
{
	return vcpu_stat(vcpu, ARM_VCPU_STAT_SLEEP);
}

static void goes_on(struct __test_metadata *_metadata, FIXTURE_DATA(psci_suspend) *self)
{
	EXPECT_EQ(0, self->run->pending);
	vcpu_expect_call(self->vcpu, CALL_ANSWERED);
	EXPECT_EQ(SUCCESS, self->run->x[0]);
	EXPECT_EQ(vm_gpa(self->guest) + 5 * 4, self->run->pc);
}

TEST_F(psci_suspend, a_kick_ends_it)
{
	vcpu_start(self->vcpu);
	ASSERT_TRUE(wait_for(is_asleep(self->vcpu)));
	EXPECT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->vcpu));
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	goes_on(_metadata, self);
}

TEST_F(psci_suspend, a_signal_ends_it)
{
	catch_signal(SIGUSR1, 0);
	vcpu_start_once(self->vcpu);
	ASSERT_TRUE(wait_for(is_asleep(self->vcpu)));
	pthread_kill(self->vcpu->thread, SIGUSR1);
	EXPECT_EQ(-EINTR, vcpu_join(self->vcpu));
	goes_on(_metadata, self);
}

TEST_F(psci_suspend, a_timer_ends_it)
{
	self->run->x[4] = read_sysreg(cntfrq_el0);
	self->run->x[5] = 1;
	vcpu_expect(self->vcpu, TIMER);
	EXPECT_EQ(ARM_VCPU_TIMER_VIRTUAL, self->run->timers);
	EXPECT_LE(1, vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP));
	goes_on(_metadata, self);
}

TEST_F(psci_suspend, a_line_that_is_up_leaves_nothing_to_wait_for)
{
	self->run->lines = ARM_VCPU_LINE_FIQ;
	goes_on(_metadata, self);
	EXPECT_EQ(0, vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP));
}

TEST_F(psci_suspend, it_is_an_exit_where_wfi_is_one)
{
	u32 stat = variant->smc ? ARM_VCPU_STAT_SMC_USER : ARM_VCPU_STAT_HVC_USER;

	self->run->flags = ARM_VCPU_RUN_HALT;
	vcpu_expect(self->vcpu, HALT);
	EXPECT_EQ(ARM_VCPU_HALT_WFI, self->run->halt.kind);
	EXPECT_EQ(~0UL, self->run->halt.deadline);
	EXPECT_EQ(1, vcpu_stat(self->vcpu, stat));
	goes_on(_metadata, self);
}

TEST_F(psci_suspend, a_step_does_not_wait)
{
	struct arm_vcpu_debug debug = { .size = sizeof(debug), .flags = ARM_VCPU_DEBUG_STEP };
	int i;

	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_DEBUG, &debug));
	for (i = 1; i <= 4; i++) {
		vcpu_expect(self->vcpu, DEBUG);
		EXPECT_EQ(vm_gpa(self->guest) + i * 4, self->run->pc);
	}
	EXPECT_EQ(SUCCESS, self->run->x[0]);
}

TEST_HARNESS_MAIN
