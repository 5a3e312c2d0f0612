/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How large a leaf of stage 2 can be.
 */
#ifndef ARM_VCPU_BLOCK_H
#define ARM_VCPU_BLOCK_H

#include <linux/mm.h>

#include "guest/guest.h"
#include "region.h"

unsigned int block_fits(const struct stage2 *s2, const struct region *region, u64 ipa);
unsigned int block_of_host(struct page *page, unsigned long user_addr, unsigned int fits);

#endif /* ARM_VCPU_BLOCK_H */
