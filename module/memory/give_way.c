// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long work under the stage 2 lock gives way to who waits for the lock or for the CPU.
 */
#include <linux/delay.h>

#include "give_way.h"

/*
 * On PREEMPT_RT a task that runs takes the lock back before the one that was woken for it
 * does, unless that has a higher priority: so it rests, for as long as it takes to wake up.
 */
static void rest(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		usleep_range(20, 50);
	else
		cond_resched();
}

/**
 * give_way() - let others have the stage 2 lock, and the CPU
 * @s2: locked, and again on return; anything can have changed
 * @way: of the work that is interrupted
 */
void give_way(struct stage2 *s2, const struct give_way *way)
	__must_hold(&s2->lock)
{
	spin_unlock(&s2->lock);
	if (!way->may_not_block)
		rest();
	spin_lock(&s2->lock);
}
