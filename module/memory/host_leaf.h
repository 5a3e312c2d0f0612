/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host's own page table has.
 */
#ifndef ARM_VCPU_HOST_LEAF_H
#define ARM_VCPU_HOST_LEAF_H

#include <linux/types.h>

/**
 * struct host_leaf - what maps an address for the process
 * @level: as stage 2's
 * @pfn: the page's, not the leaf's
 * @cacheable: it is Normal Write-Back memory for the host
 */
struct host_leaf {
	unsigned int level;
	unsigned long pfn;
	bool cacheable;
};

bool host_leaf_at(unsigned long user_addr, struct host_leaf *leaf);

#endif /* ARM_VCPU_HOST_LEAF_H */
