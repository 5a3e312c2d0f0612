/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2 faults.
 */
#ifndef ARM_VCPU_FAULT_H
#define ARM_VCPU_FAULT_H

#include "guest/guest.h"

int stage2_fault(struct vcpu *vcpu, u64 ipa, u32 access);

#endif /* ARM_VCPU_FAULT_H */
