/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stepping over an instruction that was emulated.
 */
#ifndef ARM_VCPU_SKIP_H
#define ARM_VCPU_SKIP_H

#include "guest.h"

void skip_instruction(struct vcpu *vcpu, u64 esr);
bool skip_condition_fails(const struct vcpu *vcpu, u64 esr);

#endif /* ARM_VCPU_SKIP_H */
