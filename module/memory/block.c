// SPDX-License-Identifier: GPL-2.0-only
/*
 * How large a leaf of stage 2 can be.
 *
 * A block stands only where the host has one in its own page table.  That a page is part of a
 * large folio is no proof: the folio may be mapped in part, and the rest isn't the process's.
 */
#include <linux/align.h>
#include <linux/irqflags.h>
#include <linux/pgtable.h>

#include "block.h"
#include "table_level.h"

/**
 * block_fits() - the largest leaf that a region has room for
 * @s2: locked
 * @region: whose
 * @ipa: guest-physical address in it
 *
 * Both addresses of the memory have to be aligned to it, and all of it is the region's.  While
 * writes are logged, it is by page.
 *
 * Return: level.
 */
unsigned int block_fits(const struct stage2 *s2, const struct region *region, u64 ipa)
{
	unsigned int level = max(TABLE_BLOCK_LEVEL, s2->tables.start_level);

	if (region->dirty)
		return TABLE_PAGE_LEVEL;
	for (; level < TABLE_PAGE_LEVEL; level++) {
		u64 size = level_size(level);
		u64 start = ALIGN_DOWN(ipa, size);

		if (!((region->guest_addr ^ region->user_addr) & (size - 1)) &&
		    start >= region->guest_addr &&
		    start + size <= region->guest_addr + region->length)
			break;
	}
	return level;
}

/* The host's levels have the numbers of stage 2's.  The walk is with interrupts off. */
static unsigned int walk(struct mm_struct *mm, unsigned long addr, unsigned long *pfn)
{
	pgd_t *pgdp = pgd_offset(mm, addr);
	p4d_t *p4dp;
	pud_t *pudp, pud;
	pmd_t *pmdp, pmd;

	if (pgd_none(READ_ONCE(*pgdp)))
		return TABLE_PAGE_LEVEL;
	p4dp = p4d_offset(pgdp, addr);
	if (p4d_none(READ_ONCE(*p4dp)))
		return TABLE_PAGE_LEVEL;
	pudp = pud_offset(p4dp, addr);
	pud = READ_ONCE(*pudp);
	if (pud_none(pud) || !pud_present(pud))
		return TABLE_PAGE_LEVEL;
	if (pud_leaf(pud)) {
		*pfn = pud_pfn(pud);
		return 1;
	}
	pmdp = pmd_offset(pudp, addr);
	pmd = READ_ONCE(*pmdp);
	if (pmd_present(pmd) && pmd_leaf(pmd)) {
		*pfn = pmd_pfn(pmd);
		return 2;
	}
	return TABLE_PAGE_LEVEL;
}

/**
 * block_of_host() - the largest leaf that the host's page table allows
 * @page: that the process, which is the current one, has at @user_addr
 * @user_addr: its address
 * @fits: from block_fits(): no larger than that
 *
 * With interrupts off no table goes away that the walk is in.  What it says holds while no
 * invalidation of the memory has begun: under the stage 2 lock, once notifier_seq was compared.
 *
 * Return: level.
 */
unsigned int block_of_host(struct page *page, unsigned long user_addr, unsigned int fits)
{
	unsigned long flags, pfn = 0;
	unsigned int level;

	/* Spares most faults the walk */
	if (fits == TABLE_PAGE_LEVEL || !PageCompound(page))
		return TABLE_PAGE_LEVEL;

	local_irq_save(flags);
	level = walk(current->mm, user_addr, &pfn);
	local_irq_restore(flags);

	level = max(level, fits);
	if (level < TABLE_PAGE_LEVEL &&
	    (page_to_pfn(page) ^ pfn) >> (table_level_shift(level) - PAGE_SHIFT))
		return TABLE_PAGE_LEVEL;
	return level;
}
