/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions that the guest's EL1 takes.
 */
#ifndef ARM_VCPU_INJECT_H
#define ARM_VCPU_INJECT_H

#include "guest.h"

void inject_sync(struct vcpu *vcpu, u64 esr, u64 far);
void inject_undef(struct vcpu *vcpu);
void inject_abort(struct vcpu *vcpu, bool fetch, u64 iss, u64 far);
void inject_serror(struct vcpu *vcpu, u64 syndrome);

#endif /* ARM_VCPU_INJECT_H */
