/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of the pages that a guest writes to.
 */
#ifndef SELFTEST_DIRTY_H
#define SELFTEST_DIRTY_H

#include "vm.h"

#define DIRTY_WORD	64UL	/* pages */

/* Of @pages from @gpa on; @bitmap has as many words as they need */
static inline int dirty_get(struct vm *vm, u64 flags, u64 gpa, u64 pages, void *bitmap)
{
	struct arm_vcpu_dirty dirty = {
		.size = sizeof(dirty), .flags = flags, .guest_addr = gpa,
		.length = pages * page_size(), .bitmap = (u64)bitmap,
	};

	return vm_ioctl(vm->fd, ARM_VCPU_GET_DIRTY, &dirty);
}

static inline bool dirty_is(const u64 *bitmap, u64 page)
{
	return bitmap[page / DIRTY_WORD] >> page % DIRTY_WORD & 1;
}

static inline void dirty_set(u64 *bitmap, u64 page)
{
	bitmap[page / DIRTY_WORD] |= 1UL << page % DIRTY_WORD;
}

#endif
