/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's timers for a stay.
 *
 * They count only while it runs: outside, timer.c watches, and an output that stayed up would
 * interrupt the host for ever.  So CTL is 0 there, and until CVAL is right.  On VHE, where the
 * host has timers of its own, CVAL stays in the CPU with the rest (hyp_load()).
 */
#ifndef ARM_VCPU_HYP_TIMERS_H
#define ARM_VCPU_HYP_TIMERS_H

#include "access.h"

/* What another owner may have left */
static __hyp_inline void timers_off(void)
{
	hyp_write(HYP_CNTV_CTL, 0);
	if (hyp_is_vhe())
		hyp_write(HYP_CNTP_CTL, 0);
}

static __hyp_inline void timers_load(const struct hyp_vcpu *vcpu)
{
	hyp_write(HYP_CNTV_CVAL, vcpu->vtimer.cval);
	hyp_write(HYP_CNTP_CVAL, vcpu->ptimer.cval);
}

static __hyp_inline void timers_put(struct hyp_vcpu *vcpu)
{
	vcpu->vtimer.cval = hyp_read(HYP_CNTV_CVAL);
	vcpu->ptimer.cval = hyp_read(HYP_CNTP_CVAL);
}

/* Most often one of the two is off, if not both: CTL is 0 already */
static __hyp_inline void timers_enter(const struct hyp_vcpu *vcpu)
{
	if (!hyp_is_vhe())
		hyp_write(HYP_CNTV_CVAL, vcpu->vtimer.cval);
	if (vcpu->vtimer.ctl)
		hyp_write(HYP_CNTV_CTL, vcpu->vtimer.ctl);
	if (hyp_is_vhe() && vcpu->ptimer.ctl)
		hyp_write(HYP_CNTP_CTL, vcpu->ptimer.ctl);
}

/* At CVAL of one that is off nobody looks but who has had the vCPU evicted */
static __hyp_inline void timers_leave(struct hyp_vcpu *vcpu)
{
	vcpu->vtimer.ctl = hyp_read(HYP_CNTV_CTL) & ~HYP_CNT_ISTATUS;
	if (!hyp_is_vhe() || vcpu->vtimer.ctl)
		vcpu->vtimer.cval = hyp_read(HYP_CNTV_CVAL);
	if (vcpu->vtimer.ctl)
		hyp_write(HYP_CNTV_CTL, 0);
	if (!hyp_is_vhe())
		return;
	vcpu->ptimer.ctl = hyp_read(HYP_CNTP_CTL) & ~HYP_CNT_ISTATUS;
	if (vcpu->ptimer.ctl) {
		vcpu->ptimer.cval = hyp_read(HYP_CNTP_CVAL);
		hyp_write(HYP_CNTP_CTL, 0);
	}
}

#endif /* ARM_VCPU_HYP_TIMERS_H */
