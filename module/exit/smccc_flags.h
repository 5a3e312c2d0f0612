/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What EL2 may answer of the SMC Calling Convention by itself.
 */
#ifndef ARM_VCPU_SMCCC_FLAGS_H
#define ARM_VCPU_SMCCC_FLAGS_H

#include "guest/guest.h"

u32 smccc_flags(const struct vm *vm);

#endif /* ARM_VCPU_SMCCC_FLAGS_H */
