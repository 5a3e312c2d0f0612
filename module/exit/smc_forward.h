/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMCs of a guest's that the host's firmware answers.
 */
#ifndef ARM_VCPU_SMC_FORWARD_H
#define ARM_VCPU_SMC_FORWARD_H

#include "guest/guest.h"

u32 smc_forward_max(void);
int smc_forward_check(const u32 *functions);
bool smc_forward(struct vcpu *vcpu);

#endif /* ARM_VCPU_SMC_FORWARD_H */
