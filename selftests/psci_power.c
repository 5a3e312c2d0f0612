// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the power of vCPUs where PSCI is the kernel's: off they wait in RUN, and what ends that;
 * one that is switched on is as after a reset; of several that do it at once one succeeds; off
 * and on again a thousand times; and how the VMM sees and sets it.
 */
#include <errno.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "psci.h"
#include "reg.h"

#define SCTLR		REG(3, 0, 1, 0, 0)
#define VBAR		REG(3, 0, 12, 0, 0)
#define TPIDR_EL1	REG(3, 0, 13, 0, 4)
#define SCTLR_EE	(1UL << 25)
#define CYCLES		1000

struct shared {
	u64 begun;
	u64 context;
};

FIXTURE(psci_power) {
	struct vm vm;
	struct vcpu *vcpu;
	struct vcpu *target;
	volatile struct shared *shared;
};

FIXTURE_SETUP(psci_power)
{
	psci_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->target = vcpu_create(&self->vm);
	self->shared = vm_host(&self->vm, GUEST_SHARED);
}

FIXTURE_TEARDOWN(psci_power)
{
	vm_destroy(&self->vm);
}

static bool is_asleep(struct vcpu *vcpu)
{
	return vcpu_stat(vcpu, ARM_VCPU_STAT_SLEEP);
}

/* In a thread, up to where it sleeps */
static void start_asleep(struct __test_metadata *_metadata, struct vcpu *vcpu)
{
	vcpu_start(vcpu);
	ASSERT_TRUE(wait_for(is_asleep(vcpu)));
	ASSERT_EQ(-EAGAIN, READ_ONCE(vcpu->result));
}

GUEST_ASM(guest_begun, "hvc #2\n b .");
GUEST_ASM(guest_off, "movz x0, #0x8400, lsl #16\n movk x0, #2\n hvc #0\n hvc #3\n b .");
/* Counts that it has begun, and what it was given, and goes off again */
GUEST_ASM(guest_counts, "movz x1, #(" STR(GUEST_SHARED) " >> 16 & 0xffff), lsl #16\n"
	  "ldr x2, [x1]\n add x2, x2, #1\n str x0, [x1, #8]\n stlr x2, [x1]\n"
	  "movz x0, #0x8400, lsl #16\n movk x0, #2\n hvc #0\n hvc #3\n b .");

static s64 cpu_on(FIXTURE_DATA(psci_power) *self, const void *entry, u64 context)
{
	return psci(self->vcpu, CPU_ON, self->target->index, vm_gpa(entry), context);
}

TEST_F(psci_power, a_new_vcpu_is_off_and_cpu_on_has_it_begin)
{
	EXPECT_EQ(ARM_VCPU_POWER_OFF, vcpu_power(self->vcpu));
	start_asleep(_metadata, self->target);
	EXPECT_EQ(ARM_VCPU_POWER_OFF, vcpu_power(self->target));

	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 0x123456789abcdef0));
	EXPECT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->target));
	EXPECT_EQ(2, self->target->run->call.immediate);
	EXPECT_EQ(0x123456789abcdef0, self->target->run->x[0]);
	EXPECT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->target));
	EXPECT_EQ(ALREADY_ON, cpu_on(self, guest_begun, 0));
}

TEST_F(psci_power, one_that_nobody_runs_is_pending)
{
	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 7));
	EXPECT_EQ(ARM_VCPU_POWER_ON_PENDING, vcpu_power(self->target));
	EXPECT_EQ(ON_PENDING, cpu_on(self, guest_off, 8));
	vcpu_expect_call(self->target, 2);
	EXPECT_EQ(7, self->target->run->x[0]);
}

/* What a life leaves behind is gone in the next */
TEST_F(psci_power, a_vcpu_that_was_switched_on_is_as_after_a_reset)
{
	struct arm_vcpu_run *run = self->target->run;
	u64 sctlr;
	int i;

	ASSERT_EQ(0, vcpu_set_entry(self->target, vm_gpa(guest_off), 0, 0, 0, 0));
	sctlr = reg_get(self->target, SCTLR);
	reg_set(self->target, SCTLR, sctlr | SCTLR_EE);
	reg_set(self->target, VBAR, 0x12345800);
	reg_set(self->target, TPIDR_EL1, 42);
	reg_set(self->target, CNTV_CTL, 1);
	for (i = 0; i < 31; i++)
		run->x[i] = 1000 + i;
	run->pstate = PSR_EL1H;
	vcpu_run_until_off(self->target);
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, run->exit_reason);

	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 9));
	run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->target));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, run->exit_reason);
	EXPECT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->target));
	EXPECT_EQ(vm_gpa(guest_begun), run->pc);
	EXPECT_EQ(PSR_EL1H | PSR_DAIF, run->pstate);
	EXPECT_EQ(9, run->x[0]);
	for (i = 1; i < 31; i++)
		EXPECT_EQ(0, run->x[i]);
	EXPECT_EQ(sctlr, reg_get(self->target, SCTLR));
	EXPECT_EQ(0, reg_get(self->target, TPIDR_EL1));
	EXPECT_EQ(0, reg_get(self->target, CNTV_CTL));
	EXPECT_NE(0x12345800, reg_get(self->target, VBAR));
}

GUEST_ASM(guest_big_endian_cpu_on, "mrs x4, sctlr_el1\n orr x4, x4, #(1 << 25)\n"
	  "msr sctlr_el1, x4\n isb\n hvc #0\n hvc #2\n b .");

TEST_F(psci_power, data_are_big_endian_when_the_callers_are)
{
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, vm_gpa(guest_big_endian_cpu_on), CPU_ON,
				    self->target->index, vm_gpa(guest_begun), 0));
	vcpu_expect_call(self->vcpu, 2);
	ASSERT_EQ(SUCCESS, self->vcpu->run->x[0]);
	vcpu_expect_call(self->target, 2);
	EXPECT_NE(0, reg_get(self->target, SCTLR) & SCTLR_EE);
}

TEST_F(psci_power, cpu_off_ends_run_once_and_the_next_waits)
{
	vcpu_enter(self->target, guest_off, 0, 0);
	vcpu_run_until_off(self->target);
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->target->run->exit_reason);
	EXPECT_EQ(0, self->target->run->pending);
	EXPECT_EQ(ARM_VCPU_POWER_OFF, vcpu_power(self->target));
	EXPECT_EQ(0, vcpu_stat(self->target, ARM_VCPU_STAT_SLEEP));
	EXPECT_EQ(1, vcpu_stat(self->target, ARM_VCPU_STAT_HVC_USER));
	start_asleep(_metadata, self->target);
	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 0));
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->target));
	EXPECT_EQ(2, self->target->run->call.immediate);
}

/* Whatever it is that wakes one that waits for an interrupt */
TEST_F(psci_power, lines_and_timers_are_nothing_to_one_that_is_off)
{
	self->target->run->lines = ARM_VCPU_LINE_IRQ | ARM_VCPU_LINE_FIQ;
	ASSERT_EQ(0, vcpu_set_entry(self->target, vm_gpa(guest_off), 0, 0, 0, 0));
	reg_set(self->target, CNTV_CVAL, 0);
	reg_set(self->target, CNTV_CTL, 1);
	vcpu_run_until_off(self->target);
	start_asleep(_metadata, self->target);
	sleep_ms(100);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->target->result));
	EXPECT_EQ(1, vcpu_stat(self->target, ARM_VCPU_STAT_SLEEP));
	ASSERT_EQ(0, vm_kick(self->target->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->target));
}

TEST_F(psci_power, a_kick_ends_run_of_one_that_is_off)
{
	int i;

	for (i = 0; i < 20; i++) {
		if (i % 2)
			ASSERT_EQ(0, vm_kick(i % 4 == 1 ? self->target->fd : self->vm.fd));
		vcpu_start(self->target);
		if (i % 2 == 0) {
			sleep_ms(i);
			ASSERT_EQ(0, vm_kick(self->target->fd));
		}
		EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->target));
		EXPECT_EQ(ARM_VCPU_POWER_OFF, vcpu_power(self->target));
	}
	EXPECT_EQ(20, vcpu_stat(self->target, ARM_VCPU_STAT_KICKED));
}

TEST_F(psci_power, a_signal_ends_run_of_one_that_is_off)
{
	catch_signal(SIGUSR1, 0);
	vcpu_start_once(self->target);
	ASSERT_TRUE(wait_for(is_asleep(self->target)));
	pthread_kill(self->target->thread, SIGUSR1);
	EXPECT_EQ(-EINTR, vcpu_join(self->target));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->target->run->exit_reason);
	EXPECT_EQ(ARM_VCPU_POWER_OFF, vcpu_power(self->target));
	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 0));
	vcpu_expect_call(self->target, 2);
}

TEST_F(psci_power, run_of_one_that_is_off_looks_at_its_flags)
{
	struct arm_vcpu_run *run = self->target->run;

	run->flags = ARM_VCPU_RUN_NO_ENTER;
	run->pstate = ~0UL;	/* what it has isn't entered */
	ASSERT_EQ(0, vcpu_run(self->target));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, run->exit_reason);
	run->flags = 1U << 31;
	ASSERT_EQ(0, vcpu_run(self->target));
	EXPECT_EQ(ARM_VCPU_EXIT_FAIL_ENTRY, run->exit_reason);
	EXPECT_EQ(ARM_VCPU_FAIL_FLAGS, run->fail.reason);
	run->flags = 0;
	run->lines = 1U << 31;
	ASSERT_EQ(0, vcpu_run(self->target));
	EXPECT_EQ(ARM_VCPU_EXIT_FAIL_ENTRY, run->exit_reason);
	run->lines = 0;
	start_asleep(_metadata, self->target);
	EXPECT_EQ(-EBUSY, vcpu_run(self->target));
	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 0));
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->target));
}

/* Switches the target on, and waits until it is off again */
static u64 __guest guest_cycles(u64 entry, u64 times)
{
	struct shared *shared = (void *)GUEST_SHARED;
	u64 i, result;

	for (i = 1; i <= times; i++) {
		GUEST_ASSERT_EQ(guest_call(0, CPU_ON, 1, entry, i), 0);
		do {
			result = guest_call(0, AFFINITY_INFO, 1, 0, 0);
			GUEST_ASSERT(result <= 2);
		} while (result != 1);
		GUEST_ASSERT_EQ(READ_ONCE(shared->begun), i);
		GUEST_ASSERT_EQ(READ_ONCE(shared->context), i);
	}
	return 0;
}

TEST_F_TIMEOUT(psci_power, off_and_on_a_thousand_times, 90)
{
	vcpu_start(self->target);
	vcpu_call(self->vcpu, guest_cycles, vm_gpa(guest_counts), CYCLES);
	vcpu_expect_call(self->vcpu, CALL_DONE);
	EXPECT_EQ(CYCLES, self->shared->begun);
	ASSERT_EQ(0, vm_kick(self->target->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->target));
	EXPECT_EQ(CYCLES, vcpu_stat(self->target, ARM_VCPU_STAT_HVC_USER));
}

TEST_F(psci_power, the_vmm_sees_and_sets_it)
{
	u64 state;

	EXPECT_EQ(-ENOEXEC, vcpu_set_power(self->target, ARM_VCPU_POWER_ON));
	EXPECT_EQ(-EINVAL, vcpu_set_power(self->target, ARM_VCPU_POWER_ON_PENDING));
	EXPECT_EQ(-EINVAL, vcpu_set_power(self->target, ~0UL));
	EXPECT_EQ(0, vcpu_set_power(self->target, ARM_VCPU_POWER_OFF));

	/* Off and on again, its registers are those that it had */
	ASSERT_EQ(0, vcpu_set_entry(self->target, vm_gpa(guest_begun), 5, 0, 0, 0));
	EXPECT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->target));
	reg_set(self->target, TPIDR_EL1, 42);
	EXPECT_EQ(0, vcpu_set_power(self->target, ARM_VCPU_POWER_OFF));
	EXPECT_EQ(1, psci(self->vcpu, AFFINITY_INFO, 1, 0, 0));
	start_asleep(_metadata, self->target);
	EXPECT_EQ(-EBUSY, vcpu_set_power(self->target, ARM_VCPU_POWER_ON));
	EXPECT_EQ(0, vcpu_get_power(self->target, &state));
	ASSERT_EQ(0, vm_kick(self->target->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->target));
	EXPECT_EQ(0, vcpu_set_power(self->target, ARM_VCPU_POWER_ON));
	EXPECT_EQ(0, psci(self->vcpu, AFFINITY_INFO, 1, 0, 0));
	vcpu_expect_call(self->target, 2);
	EXPECT_EQ(5, self->target->run->x[0]);
	EXPECT_EQ(42, reg_get(self->target, TPIDR_EL1));

	/* What was pending is no more */
	EXPECT_EQ(0, vcpu_set_power(self->target, ARM_VCPU_POWER_OFF));
	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 6));
	EXPECT_EQ(0, vcpu_set_power(self->target, ARM_VCPU_POWER_OFF));
	EXPECT_EQ(ARM_VCPU_POWER_OFF, vcpu_power(self->target));
	EXPECT_EQ(SUCCESS, cpu_on(self, guest_begun, 7));
	vcpu_expect_call(self->target, 2);
	EXPECT_EQ(7, self->target->run->x[0]);
}

TEST_F(psci_power, without_the_flag_there_is_none)
{
	u64 state;

	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_SMCCC);
	self->vcpu = vcpu_create(&self->vm);
	EXPECT_EQ(-ENODEV, vcpu_get_power(self->vcpu, &state));
	EXPECT_EQ(-ENODEV, vcpu_set_power(self->vcpu, ARM_VCPU_POWER_OFF));
	EXPECT_EQ(-ENOEXEC, vcpu_run(self->vcpu));
}

TEST_HARNESS_MAIN
