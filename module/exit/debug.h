/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMM debugs the guest: SET_DEBUG, and what comes of it.
 */
#ifndef ARM_VCPU_DEBUG_H
#define ARM_VCPU_DEBUG_H

#include "guest/guest.h"

#define DEBUG_FLAGS	(ARM_VCPU_DEBUG_BRK | ARM_VCPU_DEBUG_STEP | ARM_VCPU_DEBUG_POINTS)

long debug_set(struct vcpu *vcpu, void *arg);
void debug_step_begin(struct vcpu *vcpu);
void debug_step_end(struct vcpu *vcpu);
int debug_exit(struct vcpu *vcpu, u64 esr);

#endif /* ARM_VCPU_DEBUG_H */
