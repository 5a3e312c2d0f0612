/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of the pages that a guest writes to.
 */
#ifndef ARM_VCPU_DIRTY_H
#define ARM_VCPU_DIRTY_H

#include "guest/guest.h"
#include "region.h"
#include "table.h"

#define DIRTY_FLAGS	(ARM_VCPU_DIRTY_KEEP | ARM_VCPU_DIRTY_CLEAR)

int dirty_create(u64 length, unsigned long **log);
void dirty_mark(struct region *region, u64 ipa);
bool dirty_again(struct stage2 *s2, struct region *region, u64 ipa,
		 const struct table_leaf *leaf);
int dirty_get(struct stage2 *s2, const struct arm_vcpu_dirty *d);

#endif /* ARM_VCPU_DIRTY_H */
