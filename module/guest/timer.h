/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's timers.
 */
#ifndef ARM_VCPU_TIMER_H
#define ARM_VCPU_TIMER_H

#include "guest.h"

void timer_init(struct vcpu *vcpu);
void timer_exit(struct vcpu *vcpu);
void timer_reset(struct vcpu *vcpu);
void timer_changed(struct vcpu *vcpu);
u64 timer_counter(const struct vcpu *vcpu);
int timer_set_counter(struct vcpu *vcpu, u64 value);
void timer_take_offset(struct vcpu *vcpu);
u64 timer_passes(const struct vcpu *vcpu, u32 levels);
u32 timer_levels_now(struct vcpu *vcpu);

/**
 * timer_levels() - outputs of a vCPU's timers
 * @vcpu: not in the guest
 *
 * Return: ARM_VCPU_TIMER_*
 */
static inline u32 timer_levels(struct vcpu *vcpu)
{
	const struct hyp_vcpu *hyp = vcpu->hyp;

	/* A look at the counter is dear */
	if (!((hyp->vtimer.ctl | hyp->ptimer.ctl) & HYP_CNT_ENABLE))
		return 0;
	return timer_levels_now(vcpu);
}

/*
 * The emulated physical timer (nVHE): CNTP_TVAL_EL0, CNTP_CTL_EL0 and CNTP_CVAL_EL0 by the
 * op2 of their encodings: 0, 1 and 2.  Reads of CTL have ISTATUS.
 */
u64 timer_get(struct vcpu *vcpu, unsigned int op2);
void timer_set(struct vcpu *vcpu, unsigned int op2, u64 value);

/* CLOCK_MONOTONIC ns at which a timer of the guest's fires next; all ones for never */
u64 timer_deadline_ns(struct vcpu *vcpu);

/* CLOCK_MONOTONIC ns at which the guest reads @cntvct in CNTVCT_EL0; all ones if beyond */
u64 timer_counter_ns(struct vcpu *vcpu, u64 cntvct);

#endif /* ARM_VCPU_TIMER_H */
