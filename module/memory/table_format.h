/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The format of stage 2 translation tables, for table.c and table_mem.c.
 */
#ifndef ARM_VCPU_TABLE_FORMAT_H
#define ARM_VCPU_TABLE_FORMAT_H

#include <linux/mm.h>

#include "guest/guest.h"
#include "table_level.h"

/* Stage 2 descriptors, D8.3 */
#define DESC_VALID		BIT_ULL(0)
#define DESC_TABLE		BIT_ULL(1) /* a table, or at the last level a page */
#define DESC_NORMAL_WB		(0xfULL << 2) /* MemAttr: what stage 1 says */
#define DESC_FORCED_WB		(0x6ULL << 2) /* the same with HCR_EL2.FWB: Write-Back */
#define DESC_NORMAL_NC		(0x5ULL << 2) /* with FWB too: Non-cacheable, or stage 1's Device */
#define DESC_DEVICE		(0x0ULL << 2) /* with FWB too: Device-nGnRnE */
#define DESC_READ		BIT_ULL(6) /* S2AP[0] */
#define DESC_WRITE		BIT_ULL(7) /* S2AP[1] */
#define DESC_SH_INNER		(3ULL << 8)
#define DESC_AF			BIT_ULL(10)
#define DESC_XN			BIT_ULL(54) /* XN[1:0] = 0b10: neither EL1 nor EL0 */
#define DESC_HOST_WRITE		BIT_ULL(55) /* for software: TABLE_HOST_WRITE */
#define DESC_FOREIGN		BIT_ULL(56) /* for software: TABLE_FOREIGN */

/*
 * An address stands where it is, but for the upper bits of one that has 52: with pages of 64K,
 * 51:48 are in 15:12 (FEAT_LPA); else, with VTCR_EL2.DS, 51:50 in 9:8 (FEAT_LPA2).
 */
#define DESC_ADDR		GENMASK_ULL(PAGE_SHIFT == 16 ? 47 : 49, PAGE_SHIFT)
#define DESC_ADDR_HIGH		(PAGE_SHIFT == 16 ? GENMASK_ULL(15, 12) : GENMASK_ULL(9, 8))
#define DESC_ADDR_DOWN		(PAGE_SHIFT == 16 ? 36 : 42)

#define TABLE_ENTRIES		BIT(TABLE_INDEX_BITS)

/* First address behind the entry of @level that translates @ipa */
static inline u64 level_next(u64 ipa, unsigned int level)
{
	return (ipa | (level_size(level) - 1)) + 1;
}

static inline bool is_table(u64 desc, unsigned int level)
{
	return level < TABLE_PAGE_LEVEL &&
	       (desc & (DESC_VALID | DESC_TABLE)) == (DESC_VALID | DESC_TABLE);
}

/*
 * A block on its way out: no walker can use it, and its memory is being cleaned, with the lock
 * dropped now and then.  So it stays, that whoever wants the memory back meanwhile finds it.
 */
static inline bool is_going(u64 desc)
{
	return desc && !(desc & DESC_VALID);
}

/* DESC_ADDR_HIGH, or 0 where addresses have 48 bits; set at load */
extern u64 table_addr_high;

static inline u64 desc_to(phys_addr_t pa)
{
	return (pa & DESC_ADDR) | (pa >> DESC_ADDR_DOWN & table_addr_high);
}

static inline u64 *target_of(u64 desc)
{
	return phys_to_virt((desc & DESC_ADDR) | (desc & table_addr_high) << DESC_ADDR_DOWN);
}

/* The root has an index of its own width, as it can be several tables side by side */
static inline u64 *entry_of(struct stage2 *s2, u64 *table, u64 ipa, unsigned int level)
{
	u64 index = ipa >> table_level_shift(level);

	return table + (level == s2->tables.start_level ? index : index % TABLE_ENTRIES);
}

u64 *table_walk(struct stage2 *s2, u64 ipa, unsigned int deepest, unsigned int *level);
void table_flush_walks(struct stage2 *s2);
u64 *table_bury(u64 *table, unsigned int level, u64 *dead);

/* The leaf or the hole at @ipa */
static inline u64 *table_find(struct stage2 *s2, u64 ipa, unsigned int *level)
{
	return table_walk(s2, ipa, TABLE_PAGE_LEVEL, level);
}

#endif /* ARM_VCPU_TABLE_FORMAT_H */
