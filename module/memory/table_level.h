/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Levels of stage 2 translation tables.
 */
#ifndef ARM_VCPU_TABLE_LEVEL_H
#define ARM_VCPU_TABLE_LEVEL_H

#include <linux/mm.h>

/* The level of pages.  Blocks stand at lower ones. */
#define TABLE_PAGE_LEVEL	3

/* An entry of @level translates so many bits of address */
static inline unsigned int table_level_shift(unsigned int level)
{
	return PAGE_SHIFT + (TABLE_PAGE_LEVEL - level) * (PAGE_SHIFT - 3);
}

#endif /* ARM_VCPU_TABLE_LEVEL_H */
