// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 translation tables: the pages that they take.
 *
 * A table is allocated before the lock is taken, and put in by table_map().  An empty
 * one stays until its region goes, or the VM.  It is freed only when no walker can reach
 * it and no walk cache holds it.
 */
#include <linux/gfp.h>
#include <linux/memcontrol.h>
#include <linux/string.h>

#include <asm/barrier.h>

#include "host/el2.h"
#include "table.h"
#include "table_format.h"

u64 table_addr_high __ro_after_init;

/**
 * table_setup() - learn how large addresses are; at load
 * @addr_bits: of physical addresses
 */
void __init table_setup(unsigned int addr_bits)
{
	table_addr_high = addr_bits > 48 ? DESC_ADDR_HIGH : 0;
}

/*
 * Tables of @pages pages, side by side, counted as what they are: SecPageTables in
 * /proc/meminfo, sec_pagetables in the memory controller.
 */
static void *alloc_tables(unsigned int pages)
{
	unsigned int order = get_order(pages * PAGE_SIZE);
	void *table = (void *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, order);

	/* Where the host has memory that the descriptors can't name */
	if (table && virt_to_phys(table) >> (table_addr_high ? 52 : 48)) {
		free_pages((unsigned long)table, order);
		return NULL;
	}
	if (table)
		mod_lruvec_page_state(virt_to_page(table), NR_SECONDARY_PAGETABLE, 1 << order);
	return table;
}

static void free_tables(void *table, unsigned int pages)
{
	unsigned int order = get_order(pages * PAGE_SIZE);

	mod_lruvec_page_state(virt_to_page(table), NR_SECONDARY_PAGETABLE, -(1 << order));
	free_pages((unsigned long)table, order);
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
		cache->pages[cache->nr] = alloc_tables(1);
		if (!cache->pages[cache->nr])
			return -ENOMEM;
		cache->nr++;
	}
	return 0;
}

/**
 * table_cache_drain - free the tables that weren't used, and those that were taken out
 * @cache: whose
 */
void table_cache_drain(struct table_cache *cache)
{
	while (cache->nr)
		free_tables(cache->pages[--cache->nr], 1);
	table_free_dead(cache->dead);
}

/**
 * table_create - allocate the root
 * @t: with start_level and root_pages set
 *
 * VTTBR_EL2 wants it aligned to its size (D8.2), which is how the page allocator does it.
 *
 * Return: 0 or -ENOMEM.
 */
int table_create(struct stage2_tables *t)
{
	t->root = alloc_tables(t->root_pages);
	return t->root ? 0 : -ENOMEM;
}

static void free_below(u64 *table, unsigned int level, unsigned long entries)
{
	unsigned long i;

	for (i = 0; i < entries; i++) {
		if (!is_table(table[i], level))
			continue;
		free_below(target_of(table[i]), level + 1, TABLE_ENTRIES);
		free_tables(target_of(table[i]), 1);
		cond_resched();
	}
}

/**
 * table_destroy - free all tables
 * @t: no CPU uses it, and no TLB holds an entry of its VMID
 */
void table_destroy(struct stage2_tables *t)
{
	free_below(t->root, t->start_level, t->root_pages * TABLE_ENTRIES);
	free_tables(t->root, t->root_pages);
}

/*
 * Take out the tables on the way to @ipa that have become empty, and add them to @dead:
 * a chain through their first words.  A walker that still reads a dead table meets an
 * invalid entry there as well, since pages are aligned (bit 0 is 0).
 */
static u64 *detach_empty(struct stage2 *s2, u64 ipa, u64 *dead, unsigned int *level)
{
	u64 *way[TABLE_PAGE_LEVEL + 1];
	unsigned int at = s2->tables.start_level;

	lockdep_assert_held(&s2->lock);

	way[at] = entry_of(s2, s2->tables.root, ipa, at);
	while (is_table(*way[at], at)) {
		way[at + 1] = entry_of(s2, target_of(*way[at]), ipa, at + 1);
		at++;
	}
	for (; at > s2->tables.start_level; at--) {
		u64 *table = target_of(*way[at - 1]);

		if (memchr_inv(table, 0, PAGE_SIZE))
			break;
		WRITE_ONCE(*way[at - 1], 0);
		*(u64 **)table = dead;
		dead = table;
	}
	/* Behind the hole that is there now, or the last table of pages, which isn't empty */
	*level = min(at, TABLE_PAGE_LEVEL - 1u);
	return dead;
}

/**
 * table_flush_walks - have walk caches lose tables
 * @s2: locked
 *
 * As table_flush() does; walk caches hold tables, and are emptied with the VMID.
 */
void table_flush_walks(struct stage2 *s2)
{
	dsb(ishst);
	el2_tlb_flush_vmid(&s2->tables.hw);
}

/**
 * table_prune - take out the tables that a range doesn't need any more
 * @s2: locked; the lock may be dropped meanwhile
 * @start: guest-physical address
 * @end: behind it
 *
 * There can be any number of them.  So they are left for table_free_dead(), for which nobody
 * has to wait.
 *
 * Return: a chain of tables that no walker finds, and no walk cache holds; or NULL.
 */
u64 *table_prune(struct stage2 *s2, u64 start, u64 end)
{
	u64 *dead = NULL, *flushed = NULL;
	struct give_way way = { };
	unsigned int level;
	u64 ipa;

	for (ipa = start; ipa < end; ipa = level_next(ipa, level)) {
		if (others_wait(s2, &way, PAGE_SIZE)) {
			/* Before another table can stand where one was (break before make) */
			if (dead != flushed)
				table_flush_walks(s2);
			flushed = dead;
			give_way(s2, &way);
		}
		dead = detach_empty(s2, ipa, dead, &level);
	}
	if (dead != flushed)
		table_flush_walks(s2);
	return dead;
}

/**
 * table_bury - add a table, and all below it, to those to be freed
 * @table: no walker finds it, and no walk cache holds it
 * @level: of its entries
 * @dead: the chain so far
 *
 * Return: the chain.
 */
u64 *table_bury(u64 *table, unsigned int level, u64 *dead)
{
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		if (is_table(table[i], level))
			dead = table_bury(target_of(table[i]), level + 1, dead);
	*(u64 **)table = dead;
	return table;
}

/**
 * table_free_dead - free tables
 * @dead: from table_prune(); its stage 2 isn't locked
 */
void table_free_dead(u64 *dead)
{
	while (dead) {
		u64 *next = *(u64 **)dead;

		free_tables(dead, 1);
		dead = next;
		cond_resched();
	}
}
