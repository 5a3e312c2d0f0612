/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How faults and the MMU notifier keep out of each other's way.
 */
#ifndef ARM_VCPU_NOTIFIER_H
#define ARM_VCPU_NOTIFIER_H

#include "guest/guest.h"

/* An invalidation under way may take the memory at @user_addr away: don't map it */
static inline bool notifier_covers(struct stage2 *s2, unsigned long user_addr)
{
	lockdep_assert_held(&s2->lock);

	return s2->notifier_busy &&
	       user_addr >= s2->busy_start && user_addr < s2->busy_end;
}

int notifier_wait(struct stage2 *s2);

#endif /* ARM_VCPU_NOTIFIER_H */
