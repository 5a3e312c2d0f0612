// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU that waits for an interrupt, or to be switched on, and what ends its wait or takes it
 * out of the guest.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "halt.h"
#include "stat.h"
#include "trace.h"

#define LINES	(ARM_VCPU_LINE_IRQ | ARM_VCPU_LINE_FIQ)

/* One that is off has no interrupts */
static bool is_woken(struct vcpu *vcpu)
{
	u32 power = READ_ONCE(vcpu->power);

	if (power != ARM_VCPU_POWER_ON)
		return power == ARM_VCPU_POWER_ON_PENDING;
	return (READ_ONCE(vcpu->run->lines) & LINES) || vcpu_must_look(vcpu);
}

static bool has_work(struct vcpu *vcpu)
{
	return atomic_read(&vcpu->kicked) || is_woken(vcpu) || READ_ONCE(vcpu->vm->dead);
}

/**
 * halt_wait() - sleep as WFI does, or as one that is off
 * @vcpu: whose thread this is
 * @deadline_ns: CLOCK_MONOTONIC; all ones for never.  It says all of the vCPU's timers, which
 *	nobody sets while it waits.
 *
 * Ends when an interrupt line is up, somebody kicks, the VM dies, or the deadline has come; of
 * a vCPU that is off, when it is switched on, and not by its lines.
 *
 * Return: 0, or -EINTR
 */
int halt_wait(struct vcpu *vcpu, u64 deadline_ns)
{
	ktime_t expires = ns_to_ktime(min_t(u64, deadline_ns, KTIME_MAX));
	u64 began = trace_arm_vcpu_wakeup_enabled() ? ktime_get_ns() : 0;
	int ret = 0;

	prepare_to_rcuwait(&vcpu->wait);
	for (;;) {
		/* Pairs with the barrier in halt_end(): work, then the task's state */
		set_current_state(TASK_INTERRUPTIBLE);
		if (has_work(vcpu) || ktime_get_ns() >= deadline_ns)
			break;
		if (signal_pending(current)) {
			stat_count(vcpu, ARM_VCPU_STAT_SIGNAL);
			ret = -EINTR;
			break;
		}
		stat_count(vcpu, ARM_VCPU_STAT_SLEEP);
		/* Without a timer, where it would never fire */
		schedule_hrtimeout(expires == KTIME_MAX ? NULL : &expires, HRTIMER_MODE_ABS);
	}
	finish_rcuwait(&vcpu->wait);
	if (began)
		trace_arm_vcpu_wakeup(vcpu, ktime_get_ns() - began);
	return ret;
}

/**
 * halt_end() - have a vCPU look again at what it has to do
 * @vcpu: from any thread, or a hard interrupt
 *
 * Wakes it when it sleeps in halt_wait(), and takes it out of the guest when it is there.
 */
void halt_end(struct vcpu *vcpu)
{
	struct task_struct *runner;

	rcuwait_wake_up(&vcpu->wait);

	/*
	 * Pairs with the barrier in RUN between in_guest and its last look at what there is
	 * to do: either it sees that, or we see in_guest.
	 */
	smp_mb();
	rcu_read_lock();
	runner = READ_ONCE(vcpu->runner);
	if (runner && READ_ONCE(vcpu->in_guest))
		kick_process(runner);
	rcu_read_unlock();
}
