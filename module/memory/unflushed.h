/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leaves that were changed while TLBs may still hold what they were.
 */
#ifndef ARM_VCPU_UNFLUSHED_H
#define ARM_VCPU_UNFLUSHED_H

#include <linux/types.h>

/**
 * struct unflushed - some of them, for table_flush()
 * @count: how many
 * @ipa: the last of them
 */
struct unflushed {
	unsigned int count;
	u64 ipa;
};

static inline void note_unflushed(struct unflushed *u, u64 ipa)
{
	u->count++;
	u->ipa = ipa;
}

#endif /* ARM_VCPU_UNFLUSHED_H */
