// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long work under the stage 2 lock gives way to who waits for the lock or for the CPU.
 */
#include "give_way.h"

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
		cond_resched();
	spin_lock(&s2->lock);
}
