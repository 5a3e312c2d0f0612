/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the CPUs' errata have us do, as a file.
 */
#ifndef ARM_VCPU_MITIGATIONS_H
#define ARM_VCPU_MITIGATIONS_H

#include <linux/sysfs.h>

/* Of the device */
extern const struct attribute_group *mitigations_groups[];

#endif /* ARM_VCPU_MITIGATIONS_H */
