/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PSCI (DEN 0022).
 */
#ifndef ARM_VCPU_PSCI_H
#define ARM_VCPU_PSCI_H

#include "guest/guest.h"

bool psci_exit(struct vcpu *vcpu, u32 function, u32 conduit);
bool psci_answers(const struct vcpu *vcpu, u32 function);
int psci_call(struct vcpu *vcpu, u32 function);

#endif /* ARM_VCPU_PSCI_H */
