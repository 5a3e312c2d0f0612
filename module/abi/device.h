/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/arm_vcpu.
 */
#ifndef ARM_VCPU_DEVICE_H
#define ARM_VCPU_DEVICE_H

#include <linux/fs.h>

extern const struct file_operations device_fops;

#endif /* ARM_VCPU_DEVICE_H */
