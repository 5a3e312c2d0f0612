/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU as power-on leaves it.
 */
#ifndef ARM_VCPU_RESET_H
#define ARM_VCPU_RESET_H

#include "guest/guest.h"

void reset_vcpu(struct vcpu *vcpu, const struct arm_vcpu_entry *entry);

#endif /* ARM_VCPU_RESET_H */
