/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RUN.
 */
#ifndef ARM_VCPU_RUN_H
#define ARM_VCPU_RUN_H

#include "guest/guest.h"

#define RUN_FLAGS	(ARM_VCPU_RUN_NO_ENTER | ARM_VCPU_RUN_HALT | \
			 ARM_VCPU_RUN_EXTERNAL_INTERRUPT)
#define RUN_LINES	(ARM_VCPU_LINE_IRQ | ARM_VCPU_LINE_FIQ)

long run_ready(struct vcpu *vcpu);
long run_unready(struct vcpu *vcpu);

/* The command RUN */
static inline long run_vcpu(struct vcpu *vcpu)
{
	return likely(!READ_ONCE(vcpu->unready)) ? run_ready(vcpu) : run_unready(vcpu);
}

#endif /* ARM_VCPU_RUN_H */
