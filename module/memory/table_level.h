/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Levels of stage 2 translation tables.
 */
#ifndef ARM_VCPU_TABLE_LEVEL_H
#define ARM_VCPU_TABLE_LEVEL_H

#include <linux/mm.h>

/*
 * The level of pages.  Blocks stand at lower ones: with 4K pages of 1 GiB and 2 MiB, else of
 * 32 MiB (16K) or 512 MiB (64K); what is larger needs FEAT_LPA or FEAT_LPA2 (D8.3).
 */
#define TABLE_PAGE_LEVEL	3
#define TABLE_BLOCK_LEVEL	(PAGE_SHIFT == 12 ? 1U : 2U)

/* A table is a page of entries of 8 bytes; a proof has smaller ones (selftests/proof) */
#ifndef TABLE_INDEX_BITS
#define TABLE_INDEX_BITS	(PAGE_SHIFT - 3)
#endif

/* An entry of @level translates so many bits of address */
static inline unsigned int table_level_shift(unsigned int level)
{
	return PAGE_SHIFT + (TABLE_PAGE_LEVEL - level) * TABLE_INDEX_BITS;
}

static inline u64 level_size(unsigned int level)
{
	return 1ULL << table_level_shift(level);
}

#endif /* ARM_VCPU_TABLE_LEVEL_H */
