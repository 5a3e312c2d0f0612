/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Floating-point and vector registers.
 */
#ifndef ARM_VCPU_FPSIMD_H
#define ARM_VCPU_FPSIMD_H

#include "guest.h"

bool fpsimd_usable(const struct vcpu *vcpu);
void fpsimd_allow(struct vcpu *vcpu);
void fpsimd_expect(struct vcpu *vcpu);

#endif /* ARM_VCPU_FPSIMD_H */
