/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How EL2 takes another CPU out of its guest.
 */
#ifndef ARM_VCPU_KICK_H
#define ARM_VCPU_KICK_H

#include <linux/types.h>

u64 kick_sgi(void);

#endif /* ARM_VCPU_KICK_H */
