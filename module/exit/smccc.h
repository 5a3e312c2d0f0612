/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest calls by HVC and SMC.
 */
#ifndef ARM_VCPU_SMCCC_H
#define ARM_VCPU_SMCCC_H

#include "guest/guest.h"

int smccc_exit(struct vcpu *vcpu, u64 esr);

#endif /* ARM_VCPU_SMCCC_H */
