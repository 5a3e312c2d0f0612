/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instruction and data aborts of the guest's that stage 2 took.
 */
#ifndef ARM_VCPU_ABORT_H
#define ARM_VCPU_ABORT_H

#include "guest/guest.h"

int abort_exit(struct vcpu *vcpu, u64 esr);

#endif /* ARM_VCPU_ABORT_H */
