// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows EXTERNAL_INTERRUPT: with the flag, an interrupt of the host that takes a vCPU out of
 * the guest is an exit, and the guest goes on where it was; without the flag there is none;
 * and a kick, a timer of the guest's and a signal stay what they are.
 */
#include <errno.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "vm.h"

/* Counts in x0, and nothing else */
GUEST_ASM(guest_counts, "1: add x0, x0, #1\n b 1b");
/* x0: ticks */
GUEST_ASM(guest_timer, "msr cntv_tval_el0, x0\n mov x1, #1\n msr cntv_ctl_el0, x1\n isb\n"
	  "1: add x2, x2, #1\n b 1b");

FIXTURE(interrupt) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(interrupt)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->run->flags = ARM_VCPU_RUN_EXTERNAL_INTERRUPT;
}

FIXTURE_TEARDOWN(interrupt)
{
	vm_destroy(&self->vm);
}

/* Wakes up a thread that shares the CPU: a timer's interrupt each time */
static void *disturb(void *arg)
{
	const bool *stop = arg;

	pin_to(cpu_nth(0));
	while (!READ_ONCE(*stop))
		sleep_ms(2);
	return NULL;
}

TEST_F(interrupt, is_an_exit_and_the_guest_goes_on)
{
	u64 last = 0, pc = vm_gpa(guest_counts);
	bool stop = false;
	pthread_t thread;
	int n;

	vcpu_enter(self->vcpu, guest_counts, 0, 0);
	pin_to(cpu_nth(0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, disturb, &stop));
	for (n = 0; n < 20; n++) {
		vcpu_expect(self->vcpu, EXTERNAL_INTERRUPT);
		EXPECT_LE(pc, self->run->pc);
		EXPECT_GE(pc + 4, self->run->pc);
		EXPECT_EQ(0, self->run->pending);
		EXPECT_LE(last, self->run->x[0]);
		last = self->run->x[0];
	}
	EXPECT_LT(0, last);
	stop = true;
	pthread_join(thread, NULL);
}

TEST_F(interrupt, is_no_exit_without_the_flag)
{
	bool stop = false;
	pthread_t thread;
	u64 begin;

	self->run->flags = 0;
	vcpu_enter(self->vcpu, guest_timer, read_sysreg(cntfrq_el0) / 10, 0);
	pin_to(cpu_nth(0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, disturb, &stop));
	begin = now_ns();
	vcpu_expect(self->vcpu, TIMER);
	EXPECT_LE(99 * MS, now_ns() - begin);
	stop = true;
	pthread_join(thread, NULL);
}

/* Interrupts of the host before it don't count */
static u32 next(struct vcpu *vcpu)
{
	u32 reason;

	do {
		reason = vcpu_next(vcpu);
	} while (reason == ARM_VCPU_EXIT_EXTERNAL_INTERRUPT);
	return reason;
}

static void *kick_later(void *arg)
{
	sleep_ms(30);
	vm_kick(((struct vcpu *)arg)->fd);
	return NULL;
}

TEST_F(interrupt, a_kick_is_kicked)
{
	pthread_t thread;
	u64 begin;

	vcpu_enter(self->vcpu, guest_counts, 0, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, kick_later, self->vcpu));
	begin = now_ns();
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, next(self->vcpu));
	EXPECT_GT(20 * SECOND, now_ns() - begin);
	pthread_join(thread, NULL);
	/* Exactly one: the next exit is another */
	vcpu_expect(self->vcpu, EXTERNAL_INTERRUPT);
}

TEST_F(interrupt, a_timer_of_the_guest_is_timer)
{
	vcpu_enter(self->vcpu, guest_timer, read_sysreg(cntfrq_el0) / 50, 0);
	EXPECT_EQ(ARM_VCPU_EXIT_TIMER, next(self->vcpu));
	EXPECT_EQ(ARM_VCPU_TIMER_VIRTUAL, self->run->timers);
	/* It is up and known: the guest runs on */
	vcpu_expect(self->vcpu, EXTERNAL_INTERRUPT);
}

#define ALARMS	20

static volatile unsigned int alarms;

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

TEST_F(interrupt, a_signal_is_eintr)
{
	struct sigaction action = { .sa_handler = on_alarm };
	int ret, n;

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	vcpu_enter(self->vcpu, guest_counts, 0, 0);
	for (n = 0; n < ALARMS; n++) {
		/* Again and again: one may come between two RUNs */
		ualarm(10000, 10000);
		do {
			ret = vcpu_run(self->vcpu);
		} while (!ret);
		ualarm(0, 0);
		EXPECT_EQ(-EINTR, ret);
		EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	}
	/* But most don't */
	EXPECT_GT(3 * ALARMS, alarms);
	vcpu_expect(self->vcpu, EXTERNAL_INTERRUPT);
}

TEST_HARNESS_MAIN
