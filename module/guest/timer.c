// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's timers: the virtual one is hardware in both modes, the physical one on VHE;
 * on nVHE the host ticks on it, and the guest's is emulated.
 *
 * Their outputs are levels: up while the timer is enabled, unmasked and past its compare
 * value (D11.2.4).
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <asm/arch_timer.h>

#include "host/counter.h"
#include "host/cpu.h"
#include "host/el2.h"
#include "compat.h"
#include "halt.h"
#include "timer.h"

#define NEVER	U64_MAX

static bool can_fire(const struct hyp_timer *timer)
{
	return (timer->ctl & (HYP_CNT_ENABLE | HYP_CNT_IMASK)) == HYP_CNT_ENABLE;
}

static bool past(const struct hyp_timer *timer, u64 now)
{
	return now >= timer->cval;
}

/* The physical timer is one that the host keeps */
static bool ptimer_is_emulated(const struct vm *vm)
{
	return el2_mode() == ARM_VCPU_EL2_NVHE && !(vm->passthrough & HYP_PASS_PTIMER);
}

/* Outputs that concern the VMM: not those of hardware whose interrupts the guest takes itself */
static u32 levels_shown(const struct vm *vm)
{
	if (likely(!(vm->passthrough & HYP_PASS_INTERRUPTS)))
		return ARM_VCPU_TIMER_VIRTUAL | ARM_VCPU_TIMER_PHYSICAL;
	return ptimer_is_emulated(vm) ? ARM_VCPU_TIMER_PHYSICAL : 0;
}

/* timer_levels(), when at least one is enabled */
u32 timer_levels_now(struct vcpu *vcpu)
{
	const struct hyp_vcpu *hyp = vcpu->hyp;
	u64 now = counter_now();
	u32 levels = 0;

	if (can_fire(&hyp->vtimer) && past(&hyp->vtimer, now - hyp->cntvoff))
		levels |= ARM_VCPU_TIMER_VIRTUAL;
	if (can_fire(&hyp->ptimer) && past(&hyp->ptimer, now))
		levels |= ARM_VCPU_TIMER_PHYSICAL;
	return levels & levels_shown(vcpu->vm);
}

/* CLOCK_MONOTONIC ns at which a counter that lags the physical one by @offset comes to @counter */
static u64 counter_to_ns(u64 counter, u64 offset)
{
	u64 now_ns = ktime_get_ns();
	u64 now = counter_now() - offset;
	u64 hz = arch_timer_get_cntfrq();
	u64 seconds, rest;

	if (counter <= now)
		return now_ns;
	seconds = div64_u64_rem(counter - now, hz, &rest);
	if (seconds >= KTIME_SEC_MAX / 2)
		return NEVER;
	/* Rounded up: to wake early is to find that nothing has happened */
	return now_ns + seconds * NSEC_PER_SEC + div64_u64(rest * NSEC_PER_SEC, hz) + 1;
}

static u64 fires_at(const struct hyp_timer *timer, u64 offset)
{
	return can_fire(timer) ? counter_to_ns(timer->cval, offset) : NEVER;
}

/**
 * timer_deadline_ns() - when a timer's output rises next
 * @vcpu: not in the guest
 *
 * An output that is up already, and that the VMM knows of, doesn't count.  One that has fallen
 * since rises again.
 *
 * Return: CLOCK_MONOTONIC in ns; all ones for never
 */
u64 timer_deadline_ns(struct vcpu *vcpu)
{
	const struct hyp_vcpu *hyp = vcpu->hyp;
	u32 up = vcpu->timers_seen & timer_levels(vcpu);
	u64 deadline = NEVER;

	if (!(up & ARM_VCPU_TIMER_VIRTUAL))
		deadline = fires_at(&hyp->vtimer, hyp->cntvoff);
	if (!(up & ARM_VCPU_TIMER_PHYSICAL))
		deadline = min(deadline, fires_at(&hyp->ptimer, 0));
	return deadline;
}

u64 timer_counter_ns(struct vcpu *vcpu, u64 cntvct)
{
	return counter_to_ns(cntvct, vcpu->hyp->cntvoff);
}

/* The emulated timer has expired: the vCPU finds out when it looks */
static enum hrtimer_restart ptimer_expired(struct hrtimer *soft)
{
	halt_end(container_of(soft, struct vcpu, ptimer_soft));
	return HRTIMER_NORESTART;
}

void timer_init(struct vcpu *vcpu)
{
	hrtimer_setup(&vcpu->ptimer_soft, ptimer_expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_HARD);
}

void timer_exit(struct vcpu *vcpu)
{
	hrtimer_cancel(&vcpu->ptimer_soft);
}

static void ptimer_arm(struct vcpu *vcpu)
{
	u64 ns = fires_at(&vcpu->hyp->ptimer, 0);

	if (ns == NEVER)
		hrtimer_cancel(&vcpu->ptimer_soft);
	else
		hrtimer_start(&vcpu->ptimer_soft, ns_to_ktime(ns), HRTIMER_MODE_ABS_HARD);
}

/**
 * timer_reset() - both timers off, as after power-on
 * @vcpu: not in the guest
 */
void timer_reset(struct vcpu *vcpu)
{
	vcpu->hyp->vtimer = (struct hyp_timer) { };
	vcpu->hyp->ptimer = (struct hyp_timer) { };
	hrtimer_cancel(&vcpu->ptimer_soft);
}

/**
 * timer_changed() - a timer's registers were written from outside
 * @vcpu: not in the guest
 */
void timer_changed(struct vcpu *vcpu)
{
	if (ptimer_is_emulated(vcpu->vm))
		ptimer_arm(vcpu);
}

/**
 * timer_counter() - CNTVCT_EL0
 * @vcpu: whose
 *
 * Return: what its guest reads there now.
 */
u64 timer_counter(const struct vcpu *vcpu)
{
	return counter_now() - READ_ONCE(vcpu->vm->cntvoff);
}

/**
 * timer_set_counter() - set CNTVCT_EL0 of a VM
 * @vcpu: one of its vCPUs, which isn't running
 * @value: what it is now
 *
 * A guest that moves between its CPUs must not see time go back, so all of them have one
 * offset.  A vCPU that is in RUN takes it over at its next.
 *
 * Return: 0, or -EINVAL if the counter is the host's.
 */
int timer_set_counter(struct vcpu *vcpu, u64 value)
{
	struct vm *vm = vcpu->vm;
	struct vcpu *other;

	if (vm->config_flags & ARM_VCPU_CONFIG_PASSTHROUGH_TIMER)
		return -EINVAL;
	mutex_lock(&vm->lock);
	WRITE_ONCE(vm->cntvoff, counter_now() - value);
	/* Pairs with the barrier in timer_take_offset() */
	smp_mb__before_atomic();
	list_for_each_entry(other, &vm->vcpus, node)
		set_bit(VCPU_OLD_TIME, &other->unready);
	mutex_unlock(&vm->lock);
	return 0;
}

/**
 * timer_take_offset() - count as the VM does
 * @vcpu: not running, with its lock held
 */
void timer_take_offset(struct vcpu *vcpu)
{
	clear_bit(VCPU_OLD_TIME, &vcpu->unready);
	/* Pairs with the barrier in timer_set_counter(): the new offset, or the bit again */
	smp_mb__after_atomic();
	/* CNTVOFF_EL2 stays in the CPU with the rest */
	pcpu_evict(vcpu->hyp);
	vcpu->hyp->cntvoff = READ_ONCE(vcpu->vm->cntvoff);
}

/**
 * timer_passes() - what of the CPU's own a guest has for a stay
 * @vcpu: about to be entered
 * @levels: of its timers, as the VMM knows them
 *
 * A physical timer whose output stays up would interrupt the host again and again, and on
 * nVHE its interrupt is the host's tick, and isn't masked.  So it is emulated until the guest
 * has written it.
 *
 * Return: HYP_PASS_*
 */
u64 timer_passes(const struct vcpu *vcpu, u32 levels)
{
	u64 what = vcpu->vm->passthrough;

	return levels & ARM_VCPU_TIMER_PHYSICAL ? what & ~HYP_PASS_PTIMER : what;
}

/* TVAL is CVAL as seen from now: signed, 32 bits (D11.2.4) */
u64 timer_get(struct vcpu *vcpu, unsigned int op2)
{
	const struct hyp_timer *timer = &vcpu->hyp->ptimer;
	u64 now = counter_now();

	switch (op2) {
	case 0:
		return (u32)(timer->cval - now);
	case 1:
		return timer->ctl |
		       ((timer->ctl & HYP_CNT_ENABLE) && past(timer, now) ? HYP_CNT_ISTATUS : 0);
	default:
		return timer->cval;
	}
}

void timer_set(struct vcpu *vcpu, unsigned int op2, u64 value)
{
	struct hyp_timer *timer = &vcpu->hyp->ptimer;

	switch (op2) {
	case 0:
		timer->cval = counter_now() + (s32)value;
		break;
	case 1:
		timer->ctl = value & (HYP_CNT_ENABLE | HYP_CNT_IMASK);
		break;
	default:
		timer->cval = value;
		break;
	}
	timer_changed(vcpu);
}
