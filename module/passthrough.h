/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may hand to a guest what is the host's own.
 */
#ifndef ARM_VCPU_PASSTHROUGH_H
#define ARM_VCPU_PASSTHROUGH_H

#include <linux/types.h>

bool passthrough_offered(void);
int passthrough_permitted(void);

#endif /* ARM_VCPU_PASSTHROUGH_H */
