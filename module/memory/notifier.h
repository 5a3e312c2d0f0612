/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How faults and the MMU notifier keep out of each other's way.
 */
#ifndef ARM_VCPU_NOTIFIER_H
#define ARM_VCPU_NOTIFIER_H

#include "guest/guest.h"

int notifier_register(struct stage2 *s2);
bool notifier_covers(struct stage2 *s2, unsigned long start, u64 length);
int notifier_wait(struct stage2 *s2, unsigned long ended);

#endif /* ARM_VCPU_NOTIFIER_H */
