/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long work under the stage 2 lock gives way to who waits for the lock or for the CPU.
 */
#ifndef ARM_VCPU_GIVE_WAY_H
#define ARM_VCPU_GIVE_WAY_H

#include <linux/sched.h>

#include "guest/guest.h"

/*
 * spin_needbreak() knows of waiters on preemptible kernels alone; and the lock that sleeps,
 * of PREEMPT_RT, tells nobody of those that don't outrank its holder.
 */
static inline bool lock_is_wanted(spinlock_t *lock)
{
#ifdef CONFIG_PREEMPT_RT
	return READ_ONCE(lock->lock.waiters.rb_root.rb_node);
#else
	return spin_is_contended(lock);
#endif
}

/* Flushing, and taking the lock again, cost more than a few entries: 64 KiB in pages of 4 KiB */
#define GIVE_WAY_AFTER	16

static inline bool others_wait(struct stage2 *s2, unsigned int entries)
{
	return !(entries % GIVE_WAY_AFTER) && (need_resched() || lock_is_wanted(&s2->lock));
}

static inline void give_way(struct stage2 *s2)
{
	spin_unlock(&s2->lock);
	cond_resched();
	spin_lock(&s2->lock);
}

#endif /* ARM_VCPU_GIVE_WAY_H */
