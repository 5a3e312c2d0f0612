/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines in the kernel log.
 */
#ifndef ARM_VCPU_LOG_H
#define ARM_VCPU_LOG_H

#include <linux/printk.h>

#define log_err(fmt, ...)	printk(KERN_ERR "arm_vcpu: " fmt, ##__VA_ARGS__)
#define log_info(fmt, ...)	printk(KERN_INFO "arm_vcpu: " fmt, ##__VA_ARGS__)

#endif /* ARM_VCPU_LOG_H */
