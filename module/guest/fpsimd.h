/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Floating-point and vector registers.
 */
#ifndef ARM_VCPU_FPSIMD_H
#define ARM_VCPU_FPSIMD_H

#include "guest.h"

void fpsimd_flush_host(struct vcpu *vcpu);
bool fpsimd_nobodys(const struct vcpu *vcpu);

/**
 * fpsimd_expect() - flush the host's FP registers early
 * @vcpu: about to RUN
 *
 * The way to user space has loaded the host's registers.  A guest that used FP in the last
 * RUN will in this one: spare it the exit that it takes to find out.
 *
 * Context: process, interrupts are on
 */
static inline void fpsimd_expect(struct vcpu *vcpu)
{
	/* Counted for another task, or before a stay in user space */
	vcpu->fp_flushed = false;
	if (!vcpu->hyp->fp_used)
		return;
	fpsimd_flush_host(vcpu);
	vcpu->hyp->fp_used = false;
}

/**
 * fpsimd_usable() - the guest may have the FP registers of this CPU
 * @vcpu: about to be entered by this thread
 *
 * Context: interrupts are off.  Holds until they come on.
 *
 * Return: they are nobody's.
 */
static inline bool fpsimd_usable(const struct vcpu *vcpu)
{
	return vcpu->fp_flushed && fpsimd_nobodys(vcpu);
}

#endif /* ARM_VCPU_FPSIMD_H */
