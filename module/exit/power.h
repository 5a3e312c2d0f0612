/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's power, with ARM_VCPU_CONFIG_PSCI.
 */
#ifndef ARM_VCPU_POWER_H
#define ARM_VCPU_POWER_H

#include "guest/guest.h"

void power_init(struct vcpu *vcpu);
bool power_begin(struct vcpu *vcpu);
void power_off(struct vcpu *vcpu);
long power_on(struct vm *vm, u64 mpidr, const struct power_on *begin);
long power_info(struct vm *vm, u64 mpidr, u64 mask);
int power_set(struct vcpu *vcpu, u64 state);

#endif /* ARM_VCPU_POWER_H */
