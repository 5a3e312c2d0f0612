/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tests of a vCPU's timers, for timer.c and host_timer.c: the emulated physical one of nVHE
 * hosts and the hardware must not differ.
 */
#ifndef SELFTEST_TIMER_H
#define SELFTEST_TIMER_H

#include <errno.h>
#include "kselftest_harness.h"
#include "vm.h"

#define LATE (15000 * MS)	/* for what comes too late: only what hangs takes so long */

/* CNTx_CTL_EL0 */
#define ENABLE	1
#define IMASK	2
#define ISTATUS	4

/* x0: ticks, x1: control; then it spins, and goes on when pc is moved */
GUEST_ASM(guest_virtual, "msr cntv_tval_el0, x0\n msr cntv_ctl_el0, x1\n isb\n b .");
GUEST_ASM(guest_physical, "msr cntp_tval_el0, x0\n msr cntp_ctl_el0, x1\n isb\n b .");
GUEST_ASM(guest_read_virtual, "isb\n mrs x0, cntvct_el0\n mrs x1, cntv_cval_el0\n"
	  "mrs x2, cntv_ctl_el0\n hvc #1\n b .");
GUEST_ASM(guest_read_physical, "isb\n mrs x0, cntpct_el0\n mrs x1, cntp_cval_el0\n"
	  "mrs x2, cntp_ctl_el0\n hvc #1\n b .");
GUEST_ASM(guest_set_virtual, "msr cntv_tval_el0, x0\n msr cntv_ctl_el0, x1\n isb\n hvc #2\n b .");
GUEST_ASM(guest_set_physical, "msr cntp_tval_el0, x0\n msr cntp_ctl_el0, x1\n isb\n hvc #2\n b .");
GUEST_ASM(guest_poll_virtual, "msr cntv_tval_el0, x0\n msr cntv_ctl_el0, x1\n 1: isb\n"
	  "mrs x2, cntv_ctl_el0\n tbz x2, #2, 1b\n hvc #3\n b .");
GUEST_ASM(guest_poll_physical, "msr cntp_tval_el0, x0\n msr cntp_ctl_el0, x1\n 1: isb\n"
	  "mrs x2, cntp_ctl_el0\n tbz x2, #2, 1b\n hvc #3\n b .");

FIXTURE(timer) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_VARIANT(timer) {
	u32 level;
	const void *spin, *read, *set, *poll;
};

FIXTURE_VARIANT_ADD(timer, virtual)
{
	.level = ARM_VCPU_TIMER_VIRTUAL, .spin = guest_virtual, .read = guest_read_virtual,
	.set = guest_set_virtual, .poll = guest_poll_virtual,
};

FIXTURE_VARIANT_ADD(timer, physical)
{
	.level = ARM_VCPU_TIMER_PHYSICAL, .spin = guest_physical, .read = guest_read_physical,
	.set = guest_set_physical, .poll = guest_poll_physical,
};

/* A VM whose timers are to be tested */
static void timer_begin(struct vm *vm);
static void timer_end(void);

FIXTURE_SETUP(timer)
{
	timer_begin(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(timer)
{
	vm_destroy(&self->vm);
	timer_end();
}

static u64 ticks(u64 ms)
{
	return read_sysreg(cntfrq_el0) / 1000 * ms;
}

/* The guest goes on at @code */
static void go(struct vcpu *vcpu, const void *code, u64 x0, u64 x1)
{
	vcpu->run->pc = vm_gpa(code);
	vcpu->run->x[0] = x0;
	vcpu->run->x[1] = x1;
}

/* The timer that @code sets goes off in @ms, which isn't before the guest is out again */
static void set_ahead(struct vcpu *vcpu, const void *code, u64 ms)
{
	do {
		vcpu_enter(vcpu, code, ticks(ms), ENABLE);
	} while (vcpu_next(vcpu) == ARM_VCPU_EXIT_TIMER || vcpu->run->timers);
	if (vcpu->run->exit_reason != ARM_VCPU_EXIT_HYPERCALL)
		die("%s instead of a call", exit_name(vcpu->run->exit_reason));
}

TEST_F(timer, fires_with_its_level_and_not_early)
{
	u64 begin = now_ns(), took;

	vcpu_enter(self->vcpu, variant->spin, ticks(40), ENABLE);
	vcpu_expect(self->vcpu, TIMER);
	took = now_ns() - begin;
	EXPECT_EQ(variant->level, self->run->timers);
	EXPECT_LE(39 * MS, took);
	EXPECT_GE(LATE, took) TH_LOG("%llu ns", (unsigned long long)took);
	go(self->vcpu, variant->read, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_GE(self->run->x[0], self->run->x[1]);
	EXPECT_EQ(ENABLE | ISTATUS, self->run->x[2]);
	EXPECT_EQ(variant->level, self->run->timers);
}

TEST_F(timer, a_level_that_stays_up_is_one_exit)
{
	int i;

	vcpu_enter(self->vcpu, variant->spin, ticks(1), ENABLE);
	vcpu_expect(self->vcpu, TIMER);
	vcpu_start(self->vcpu);
	sleep_ms(100);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu->result));
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	EXPECT_EQ(variant->level, self->run->timers);
	for (i = 0; i < 3; i++) {
		go(self->vcpu, variant->read, 0, 0);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(variant->level, self->run->timers);
	}
}

TEST_F(timer, level_falls_when_the_guest_reprograms_and_rises_again)
{
	int i;

	vcpu_enter(self->vcpu, variant->spin, ticks(1), ENABLE);
	vcpu_expect(self->vcpu, TIMER);
	for (i = 0; i < 3; i++) {
		go(self->vcpu, variant->set, ticks(5000), ENABLE);
		do {	/* the fall may be an exit of its own */
			vcpu_next(self->vcpu);
		} while (self->run->exit_reason == ARM_VCPU_EXIT_TIMER);
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, self->run->exit_reason);
		EXPECT_EQ(0, self->run->timers);
		go(self->vcpu, variant->spin, ticks(5), ENABLE);
		vcpu_expect(self->vcpu, TIMER);
		EXPECT_EQ(variant->level, self->run->timers);
	}
}

TEST_F(timer, a_masked_timer_has_its_status_and_no_exit)
{
	vcpu_enter(self->vcpu, variant->poll, ticks(10), ENABLE | IMASK);
	vcpu_expect_call(self->vcpu, 3);
	EXPECT_EQ(ENABLE | IMASK | ISTATUS, self->run->x[2]);
	EXPECT_EQ(0, self->run->timers);
}

TEST_F(timer, unmasking_a_due_timer_raises_its_level)
{
	vcpu_enter(self->vcpu, variant->poll, ticks(1), ENABLE | IMASK);
	vcpu_expect_call(self->vcpu, 3);
	go(self->vcpu, variant->spin, 0, ENABLE);
	vcpu_expect(self->vcpu, TIMER);
	EXPECT_EQ(variant->level, self->run->timers);
}

TEST_F(timer, a_disabled_timer_does_nothing)
{
	vcpu_enter(self->vcpu, variant->spin, ticks(1), 0);
	vcpu_start(self->vcpu);
	sleep_ms(50);
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	EXPECT_EQ(0, self->run->timers);
}

TEST_F(timer, fires_while_the_vcpu_is_out_of_run)
{
	set_ahead(self->vcpu, variant->set, 200);
	sleep_ms(250);
	vcpu_expect(self->vcpu, TIMER);
	EXPECT_EQ(variant->level, self->run->timers);
}

TEST_F(timer, registers_are_kept_over_exits)
{
	u64 compare;
	int i;

	vcpu_enter(self->vcpu, variant->set, ticks(100000), ENABLE | IMASK);
	vcpu_expect_call(self->vcpu, 2);
	go(self->vcpu, variant->read, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	compare = self->run->x[1];
	for (i = 0; i < 10; i++) {
		pin_to(cpu_nth(i));
		go(self->vcpu, variant->read, 0, 0);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(compare, self->run->x[1]);
		EXPECT_EQ(ENABLE | IMASK, self->run->x[2]);
	}
}

TEST_F(timer, belongs_to_one_vcpu)
{
	struct vcpu *other = vcpu_create(&self->vm);

	pin_to(cpu_nth(0));
	set_ahead(self->vcpu, variant->set, 300);
	vcpu_enter(other, variant->read, 0, 0);
	vcpu_expect_call(other, 1);
	EXPECT_EQ(0, other->run->x[2] & ENABLE);
	vcpu_enter(other, guest_spin, 0, 0);
	other->cpu = cpu_nth(0);
	vcpu_start(other);
	sleep_ms(350);
	EXPECT_EQ(-EAGAIN, READ_ONCE(other->result));
	vm_kick(other->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(other));
	EXPECT_EQ(0, other->run->timers);
	vcpu_expect(self->vcpu, TIMER);
	EXPECT_EQ(variant->level, self->run->timers);
}

TEST_F(timer, fires_often_and_is_never_lost)
{
	int i, cpus = cpu_count();

	vcpu_enter(self->vcpu, variant->spin, ticks(1), ENABLE);
	for (i = 0; i < 100; i++) {
		pin_to(cpu_nth(i % cpus));
		vcpu_expect(self->vcpu, TIMER);
		ASSERT_EQ(variant->level, self->run->timers);
		go(self->vcpu, variant->set, ticks(1000), ENABLE);
		while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_TIMER)
			;
		go(self->vcpu, variant->spin, ticks(1), ENABLE);
	}
}

#endif
