/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands about a VM's GIC.
 */
#ifndef ARM_VCPU_ABI_GIC_H
#define ARM_VCPU_ABI_GIC_H

#include "guest/guest.h"

int gic_flags_check(u64 flags);
long gic_add_command(struct vm *vm, void *arg);
long gic_setup_command(struct vm *vm, void *arg);
long gic_state_command(struct vm *vm, struct arm_vcpu_gic_state *state, bool write);

#endif /* ARM_VCPU_ABI_GIC_H */
