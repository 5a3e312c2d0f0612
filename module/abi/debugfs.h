/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters in debugfs.
 */
#ifndef ARM_VCPU_DEBUGFS_H
#define ARM_VCPU_DEBUGFS_H

#include "guest/guest.h"

void debugfs_init(void);
void debugfs_exit(void);
void debugfs_add_vm(struct vm *vm);
void debugfs_remove_vm(struct vm *vm);
void debugfs_add_vcpu(struct vcpu *vcpu);
void debugfs_remove_vcpu(struct vcpu *vcpu);

#endif /* ARM_VCPU_DEBUGFS_H */
