/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that is a VM.
 */
#ifndef ARM_VCPU_VM_H
#define ARM_VCPU_VM_H

#include <linux/fs.h>

#include "guest/guest.h"

extern const struct file_operations vm_fops;

void vm_put(struct vm *vm);

#endif /* ARM_VCPU_VM_H */
