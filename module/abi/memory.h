/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands about a VM's memory.
 */
#ifndef ARM_VCPU_ABI_MEMORY_H
#define ARM_VCPU_ABI_MEMORY_H

#include "guest/guest.h"

long memory_set_command(struct vm *vm, void *arg);
long memory_dirty_command(struct vm *vm, const struct arm_vcpu_dirty *d);

#endif /* ARM_VCPU_ABI_MEMORY_H */
