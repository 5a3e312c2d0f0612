/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long work under the stage 2 lock gives way to who waits for the lock or for the CPU.
 */
#ifndef ARM_VCPU_GIVE_WAY_H
#define ARM_VCPU_GIVE_WAY_H

#include <linux/sched.h>
#include <linux/sizes.h>

#include "guest/guest.h"

/**
 * struct give_way - of one piece of work
 * @done: bytes that it has gone through since it looked
 * @may_not_block: it may let go of the lock, and be preempted then, but not sleep
 */
struct give_way {
	u64 done;
	bool may_not_block;
};

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

/*
 * Without sleep it is spin_unlock() that lets another task run, on a preemptible kernel.  On
 * others nothing does, until the work is done.
 */
static inline bool cpu_is_wanted(const struct give_way *way)
{
	return need_resched() && (IS_ENABLED(CONFIG_PREEMPTION) || !way->may_not_block);
}

/*
 * Whether others wait, asked before the next @bytes.  To flush and to take the lock again is
 * worth some work first.
 */
static inline bool others_wait(struct stage2 *s2, struct give_way *way, u64 bytes)
{
	bool look = way->done >= SZ_64K;

	way->done = look ? bytes : way->done + bytes;
	return look && (lock_is_wanted(&s2->lock) || cpu_is_wanted(way));
}

void give_way(struct stage2 *s2, const struct give_way *way);

#endif /* ARM_VCPU_GIVE_WAY_H */
