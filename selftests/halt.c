// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what WFI and its kin do: with the HALT flag an exit with its kind and the time when
 * a timer ends it; without it a sleep in the kernel that costs no CPU time and ends with a
 * timer, a kick, a line or a signal.
 */
#include <errno.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "vm.h"

#define LATE_MS 15000	/* for what comes too late: only what hangs takes so long */
#define WFX_TI(esr) ((esr) & 3)

FIXTURE(halt) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(halt)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(halt)
{
	vm_destroy(&self->vm);
}

GUEST_ASM(guest_wfi, "wfi\n hvc #1\n b .");
GUEST_ASM(guest_wfe, "sevl\n wfe\n wfe\n hvc #1\n b .");
/* WFIT x2 and WFET x2, which the assembler may not know; x0: ticks from now */
GUEST_ASM(guest_wfit, "mrs x2, cntvct_el0\n add x2, x2, x0\n .inst 0xd5031022\n hvc #1\n b .");
GUEST_ASM(guest_wfet, "mrs x2, cntvct_el0\n add x2, x2, x0\n sevl\n wfe\n .inst 0xd5031002\n"
	  "hvc #1\n b .");
/* x0: ticks, x1: CNTV_CTL or CNTP_CTL */
GUEST_ASM(guest_virtual_wfi, "msr cntv_tval_el0, x0\n msr cntv_ctl_el0, x1\n isb\n"
	  "wfi\n hvc #1\n b .");
GUEST_ASM(guest_physical_wfi, "msr cntp_tval_el0, x0\n msr cntp_ctl_el0, x1\n isb\n"
	  "wfi\n hvc #1\n b .");
/* The same in a loop: x2 counts how often WFI ended */
GUEST_ASM(guest_virtual_wait, "msr cntv_tval_el0, x0\n msr cntv_ctl_el0, x1\n isb\n"
	  "1: wfi\n add x2, x2, #1\n b 1b");
GUEST_ASM(guest_physical_wait, "msr cntp_tval_el0, x0\n msr cntp_ctl_el0, x1\n isb\n"
	  "1: wfi\n add x2, x2, #1\n b 1b");
GUEST_ASM(guest_isar2, "mrs x0, s3_0_c0_c6_2\n hvc #1\n b .");

static u64 ticks(u64 ms)
{
	return read_sysreg(cntfrq_el0) / 1000 * ms;
}

TEST_F(halt, wfi_is_an_exit_with_the_flag)
{
	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	self->run->flags = ARM_VCPU_RUN_HALT;
	vcpu_expect(self->vcpu, HALT);
	EXPECT_EQ(ARM_VCPU_HALT_WFI, self->run->halt.kind);
	EXPECT_EQ(~0UL, self->run->halt.deadline);
	EXPECT_EQ(vm_gpa(guest_wfi) + 4, self->run->pc);
	EXPECT_EQ(EC_WFX, ESR_EC(self->run->esr));
	EXPECT_EQ(0, self->run->pending);
	vcpu_expect_call(self->vcpu, 1);
}

TEST_F(halt, wfe_is_an_exit_with_the_flag)
{
	u32 reason;

	vcpu_enter(self->vcpu, guest_wfe, 0, 0);
	self->run->flags = ARM_VCPU_RUN_HALT;
	reason = vcpu_next(self->vcpu);
	if (reason == ARM_VCPU_EXIT_HYPERCALL)
		SKIP(return, "hardware: this CPU doesn't trap WFE");
	EXPECT_EQ(ARM_VCPU_EXIT_HALT, reason);
	EXPECT_EQ(ARM_VCPU_HALT_WFE, self->run->halt.kind);
}

TEST_F(halt, wfe_is_not_an_exit_without_the_flag)
{
	u32 reason;

	vcpu_enter(self->vcpu, guest_wfe, 0, 0);
	vcpu_start(self->vcpu);
	sleep_ms(20);
	vm_kick(self->vcpu->fd);	/* a WFE may wait for an event */
	reason = vcpu_join(self->vcpu);
	/* The return to the guest is such an event */
	if (reason == ARM_VCPU_EXIT_KICKED)
		reason = vcpu_next(self->vcpu);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, reason);
}

static bool has_wfxt(FIXTURE_DATA(halt) *self)
{
	vcpu_enter(self->vcpu, guest_isar2, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	return (self->run->x[0] & 0xf) >= 2;
}

static void deadline(struct __test_metadata *_metadata, FIXTURE_DATA(halt) *self,
		     const void *code)
{
	u64 before, after, ms = 800;
	u32 reason;

	self->run->flags = ARM_VCPU_RUN_HALT;
	do {	/* On a busy host its time may be up before it has got to its WFI */
		before = now_ns();
		vcpu_enter(self->vcpu, code, ticks(ms), 1);
		reason = vcpu_next(self->vcpu);
	} while (reason == ARM_VCPU_EXIT_TIMER);
	after = now_ns();
	ASSERT_EQ(ARM_VCPU_EXIT_HALT, reason);
	/* The guest has set its timer between the two */
	EXPECT_LE(before + ms * MS - MS, self->run->halt.deadline);
	EXPECT_GE(after + ms * MS + MS, self->run->halt.deadline);
}

/* Whether the guest's CPU says which of the two a WFIT is */
static bool tells_wfit(FIXTURE_DATA(halt) *self)
{
	bool tells;

	vcpu_enter(self->vcpu, guest_wfit, ticks(500), 0);
	self->run->flags = ARM_VCPU_RUN_HALT;
	vcpu_expect(self->vcpu, HALT);
	tells = WFX_TI(self->run->esr) == ARM_VCPU_HALT_WFIT;
	self->run->flags = 0;
	return tells;
}

TEST_F(halt, wfit_and_wfet_are_exits_with_their_own_deadline)
{
	if (!has_wfxt(self))
		SKIP(return, "hardware: no FEAT_WFxT");
	if (!tells_wfit(self))
		SKIP(return, "hardware: this CPU calls a trapped WFIT a WFI");
	deadline(_metadata, self, guest_wfit);
	EXPECT_EQ(ARM_VCPU_HALT_WFIT, self->run->halt.kind);
	vcpu_enter(self->vcpu, guest_wfet, ticks(500), 0);
	if (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_HYPERCALL)
		return;		/* no trap of these */
	deadline(_metadata, self, guest_wfet);
	EXPECT_EQ(ARM_VCPU_HALT_WFET, self->run->halt.kind);
}

/*
 * Asleep for 300 ms: less than a tenth of it spent on the CPU.  On a host that is emulated, a
 * CPU that isn't let run counts as used, so it is one such time that has to be found.
 */
static void sleeps(struct __test_metadata *_metadata, FIXTURE_DATA(halt) *self)
{
	u64 used = ~0UL;
	int tries;

	EXPECT_TRUE(wait_for(vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP) > 0));
	for (tries = 0; tries < 10 && used >= 30 * MS; tries++) {
		used = vcpu_cpu_time(self->vcpu);
		sleep_ms(300);
		used = vcpu_cpu_time(self->vcpu) - used;
	}
	EXPECT_GT(30 * MS, used) TH_LOG("%llu ns used", (unsigned long long)used);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu->result));
}

TEST_F(halt, wfit_sleeps_until_its_time_has_come)
{
	u64 begin, took, ms = 3000;

	if (!has_wfxt(self))
		SKIP(return, "hardware: no FEAT_WFxT");
	if (!tells_wfit(self))
		SKIP(return, "hardware: this CPU calls a trapped WFIT a WFI");
	begin = now_ns();
	vcpu_enter(self->vcpu, guest_wfit, ticks(ms), 0);
	vcpu_start(self->vcpu);
	sleeps(_metadata, self);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	took = now_ns() - begin;
	EXPECT_LE(ms * MS - MS, took);
	EXPECT_GE((ms + LATE_MS) * MS, took) TH_LOG("%llu ns", (unsigned long long)took);
}

TEST_F(halt, deadline_is_when_the_virtual_timer_fires)
{
	deadline(_metadata, self, guest_virtual_wfi);
}

TEST_F(halt, deadline_is_when_the_physical_timer_fires)
{
	deadline(_metadata, self, guest_physical_wfi);
}

TEST_F(halt, a_masked_or_disabled_timer_has_no_deadline)
{
	vcpu_enter(self->vcpu, guest_virtual_wfi, ticks(100), 3);
	self->run->flags = ARM_VCPU_RUN_HALT;
	vcpu_expect(self->vcpu, HALT);
	EXPECT_EQ(~0UL, self->run->halt.deadline);
	vcpu_enter(self->vcpu, guest_physical_wfi, ticks(100), 0);
	vcpu_expect(self->vcpu, HALT);
	EXPECT_EQ(~0UL, self->run->halt.deadline);
}

TEST_F(halt, wfi_sleeps_and_a_kick_ends_it)
{
	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	vcpu_start(self->vcpu);
	sleeps(_metadata, self);
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
}

static void wakes_by_timer(struct __test_metadata *_metadata, FIXTURE_DATA(halt) *self,
			   const void *code, u32 timer)
{
	u64 begin = now_ns(), ms = 120, took;

	vcpu_enter(self->vcpu, code, ticks(ms), 1);
	vcpu_expect(self->vcpu, TIMER);
	took = now_ns() - begin;
	EXPECT_EQ(timer, self->run->timers);
	EXPECT_LE(ms * MS - MS, took);
	EXPECT_GE((ms + LATE_MS) * MS, took) TH_LOG("%llu ns", (unsigned long long)took);
	EXPECT_GE(2, self->run->x[2]);		/* it didn't wake for nothing */
}

TEST_F(halt, wfi_ends_when_the_virtual_timer_fires)
{
	wakes_by_timer(_metadata, self, guest_virtual_wait, ARM_VCPU_TIMER_VIRTUAL);
}

TEST_F(halt, wfi_ends_when_the_physical_timer_fires)
{
	wakes_by_timer(_metadata, self, guest_physical_wait, ARM_VCPU_TIMER_PHYSICAL);
}

TEST_F(halt, wfi_doesnt_sleep_when_the_timer_is_due_already)
{
	/* The VMM hears of it first, and answers with the line */
	vcpu_enter(self->vcpu, guest_virtual_wfi, 0, 1);
	while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_TIMER)
		self->run->lines = ARM_VCPU_LINE_IRQ;
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, self->run->exit_reason);
}

TEST_F(halt, wfi_doesnt_sleep_when_a_line_is_up)
{
	u32 lines[] = { ARM_VCPU_LINE_IRQ, ARM_VCPU_LINE_FIQ }, i;

	for (i = 0; i < 2; i++) {
		vcpu_enter(self->vcpu, guest_wfi, 0, 0);	/* interrupts masked */
		self->run->lines = lines[i];
		vcpu_expect_call(self->vcpu, 1);
	}
}

TEST_F(halt, wfi_ends_when_a_line_is_raised)
{
	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	vcpu_start(self->vcpu);
	EXPECT_TRUE(wait_for(vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP) > 0));
	sleep_ms(30);
	WRITE_ONCE(self->run->lines, ARM_VCPU_LINE_IRQ);
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	vcpu_expect_call(self->vcpu, 1);
}

TEST_F(halt, a_signal_ends_wfi_with_eintr_and_run_can_be_called_again)
{
	catch_signal(SIGUSR1, SA_RESTART);
	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	self->run->exit_reason = 77;
	vcpu_start_once(self->vcpu);
	sleep_ms(100);
	/* Not one only: it may come just outside RUN */
	while (READ_ONCE(self->vcpu->result) == -EAGAIN) {
		pthread_kill(self->vcpu->thread, SIGUSR1);
		sleep_ms(5);
	}
	EXPECT_EQ(-EINTR, vcpu_join(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	self->run->lines = ARM_VCPU_LINE_IRQ;
	vcpu_expect_call(self->vcpu, 1);
}

TEST_HARNESS_MAIN
