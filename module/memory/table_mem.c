// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 translation tables: the pages that they take.
 *
 * A table is allocated before the lock is taken, and put in by table_map().  An empty
 * one stays until its region goes, or the VM.  It is freed only when no walker can reach
 * it and no walk cache holds it.
 */
#include <linux/gfp.h>
#include <linux/string.h>

#include <asm/barrier.h>

#include "host/el2.h"
#include "table_format.h"

static void *alloc_table(void)
{
	void *table = (void *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);

	/* 48 bits of output address are what the descriptors have (no LPA, no LPA2) */
	if (table && virt_to_phys(table) & ~DESC_ADDR) {
		free_page((unsigned long)table);
		return NULL;
	}
	return table;
}

/**
 * table_cache_fill - allocate tables
 * @cache: where to; empty
 * @nr: how many
 *
 * Return: 0, or -ENOMEM with what there is in the cache.
 */
int table_cache_fill(struct table_cache *cache, unsigned int nr)
{
	while (cache->nr < nr) {
		cache->pages[cache->nr] = alloc_table();
		if (!cache->pages[cache->nr])
			return -ENOMEM;
		cache->nr++;
	}
	return 0;
}

/**
 * table_cache_drain - free the tables that weren't used
 * @cache: whose
 */
void table_cache_drain(struct table_cache *cache)
{
	while (cache->nr)
		free_page((unsigned long)cache->pages[--cache->nr]);
}

/**
 * table_create - allocate the root
 * @s2: with start_level and root_pages set
 *
 * VTTBR_EL2 wants it aligned to its size (D8.2), which is how the page allocator does it.
 *
 * Return: 0 or -ENOMEM.
 */
int table_create(struct stage2 *s2)
{
	unsigned int order = get_order(s2->root_pages * PAGE_SIZE);

	s2->root = (u64 *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, order);
	if (!s2->root)
		return -ENOMEM;
	if (virt_to_phys(s2->root) & ~DESC_ADDR) {
		free_pages((unsigned long)s2->root, order);
		s2->root = NULL;
		return -ENOMEM;
	}
	return 0;
}

static void free_below(u64 *table, unsigned int level, unsigned long entries)
{
	unsigned long i;

	for (i = 0; i < entries; i++) {
		if (!is_table(table[i], level))
			continue;
		free_below(target_of(table[i]), level + 1, TABLE_ENTRIES);
		free_page((unsigned long)target_of(table[i]));
		cond_resched();
	}
}

/**
 * table_destroy - free all tables
 * @s2: no CPU uses it, and no TLB holds an entry of its VMID
 */
void table_destroy(struct stage2 *s2)
{
	if (!s2->root)
		return;
	free_below(s2->root, s2->start_level, s2->root_pages * TABLE_ENTRIES);
	free_pages((unsigned long)s2->root, get_order(s2->root_pages * PAGE_SIZE));
	s2->root = NULL;
}

/*
 * Take out the tables on the way to @ipa that have become empty, and add them to @dead:
 * a chain through their first words.  A walker that still reads a dead table meets an
 * invalid entry there as well, since pages are aligned (bit 0 is 0).
 */
static u64 *detach_empty(struct stage2 *s2, u64 ipa, u64 *dead, unsigned int *level)
{
	u64 *way[TABLE_PAGE_LEVEL + 1];
	unsigned int at = s2->start_level;

	lockdep_assert_held(&s2->lock);

	way[at] = entry_of(s2, s2->root, ipa, at);
	while (is_table(*way[at], at)) {
		way[at + 1] = entry_of(s2, target_of(*way[at]), ipa, at + 1);
		at++;
	}
	/* The caller goes on behind the last table, or hole, that was found */
	*level = at > s2->start_level ? at - 1 : at;

	for (; at > s2->start_level; at--) {
		u64 *table = target_of(*way[at - 1]);

		if (memchr_inv(table, 0, PAGE_SIZE))
			break;
		WRITE_ONCE(*way[at - 1], 0);
		*(u64 **)table = dead;
		dead = table;
	}
	return dead;
}

static void free_dead(struct stage2 *s2, u64 *dead)
{
	if (!dead)
		return;

	/* As in flush(); walk caches hold tables, and are emptied with the VMID */
	dsb(ishst);
	el2_tlb_flush_vmid(&s2->hw);
	while (dead) {
		u64 *next = *(u64 **)dead;

		free_page((unsigned long)dead);
		dead = next;
	}
}

/**
 * table_prune - free the tables that a range doesn't need any more
 * @s2: locked; the lock may be dropped meanwhile
 * @start: guest-physical address
 * @end: behind it
 */
void table_prune(struct stage2 *s2, u64 start, u64 end)
{
	unsigned int level;
	u64 *dead = NULL;
	u64 ipa;

	for (ipa = start; ipa < end; ipa = level_next(ipa, level)) {
		if (resched_wanted(s2)) {
			free_dead(s2, dead);
			dead = NULL;
			cond_resched_lock(&s2->lock);
		}
		dead = detach_empty(s2, ipa, dead, &level);
	}
	free_dead(s2, dead);
}
