/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hardware errors while a guest ran.
 */
#ifndef ARM_VCPU_RAS_H
#define ARM_VCPU_RAS_H

#include "guest/guest.h"

void ras_serror(struct vcpu *vcpu, u64 syndrome);
void ras_abort(struct vcpu *vcpu, u64 esr);

#endif /* ARM_VCPU_RAS_H */
