/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/arm_vcpu.
 */
#ifndef ARM_VCPU_DEVICE_H
#define ARM_VCPU_DEVICE_H

#include <linux/fs.h>

#include "guest/guest.h"

long device_command(struct vm *vm, unsigned int number, void *arg);
long device_send_msi(struct vm *vm, const struct arm_vcpu_msi *msi);

extern const struct file_operations device_fops;

#endif /* ARM_VCPU_DEVICE_H */
