/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Floating-point and vector registers.
 */
#ifndef ARM_VCPU_FPSIMD_H
#define ARM_VCPU_FPSIMD_H

#include "guest.h"

/*
 * The guest used FP while the host's registers were live: flush those, so that the next
 * entry may give the registers to the guest.  Interrupts are on.
 */
void fpsimd_allow(struct vcpu *vcpu);

#endif /* ARM_VCPU_FPSIMD_H */
