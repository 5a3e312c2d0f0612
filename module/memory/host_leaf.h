/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host's own page table has.
 */
#ifndef ARM_VCPU_HOST_LEAF_H
#define ARM_VCPU_HOST_LEAF_H

#include <linux/types.h>

/* How the host accesses memory */
enum host_memory {
	HOST_WRITE_BACK,	/* Normal Write-Back: all that programs have but for drivers */
	HOST_UNCACHED,		/* Normal Non-cacheable */
	HOST_DEVICE,		/* Device, of any kind */
	HOST_UNKNOWN,
};

/**
 * struct host_leaf - what maps an address for the process
 * @level: as stage 2's
 * @pfn: the page's, not the leaf's
 * @memory: what it is for the host
 */
struct host_leaf {
	unsigned int level;
	unsigned long pfn;
	enum host_memory memory;
};

bool host_leaf_at(unsigned long user_addr, struct host_leaf *leaf);
int host_map_foreign(unsigned long user_addr, bool write);

#endif /* ARM_VCPU_HOST_LEAF_H */
