// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 tables (memory/table.c, table_unmap.c, table_mem.c), in small: two entries a table, two
 * levels, four pages.  From whatever tables there can be, one step leads to what a map from pages
 * to memory says.  While the lock is dropped nobody else does anything.
 *
 * Each table is in one place, and none is lost.  What changes is broken before it is made
 * (D8.14.1), and nothing is in a TLB any more that isn't in the tables when the lock is dropped.
 * What a guest wrote past the caches is cleaned when it can't write any more; foreign memory never.
 * Its type is what it was said to be.
 */
#include "kernel.h"
#include "table_model.h"

#include "memory/table.c"
#include "memory/table_mem.c"
#include "memory/table_unmap.c"

#define ROOT_LEVEL	2
#define MEMORY_END	(1UL << 47)

static struct stage2 s2 = { .tables = { .root = root, .start_level = ROOT_LEVEL,
					.root_pages = 1 } };
static struct table_cache cache;
static bool forced;

/* What the guest finds at each page: a descriptor as of a page, or 0; and the leaf's level */
struct view {
	u64 desc[PAGES];
	unsigned int level[PAGES];
};

static struct view before, after;

/* By which a TLB may hold something else than what is in @entry */
static u64 *stale_of(u64 *entry)
{
	return entry + ENTRIES;
}

static bool is_block_or_page(u64 desc)
{
	return desc & DESC_VALID && ((desc & DESC_ADDR) < TABLES_PA ||
				     (desc & DESC_ADDR) >= TABLES_PA + TABLES * PAGE_SIZE);
}

/* Without its access flag, a leaf isn't in a TLB */
static bool may_be_cached(u64 desc)
{
	return desc & DESC_VALID && (desc & DESC_AF || !is_block_or_page(desc));
}

static unsigned int table_number(u64 desc)
{
	u64 number = ((desc & DESC_ADDR) - TABLES_PA) >> PAGE_SHIFT;

	prove(number < TABLES);
	return number;
}

static void write_entry(unsigned long *entry, unsigned long value)
{
	u64 old = *entry, *stale = stale_of(entry);

	prove(s2.lock.held);
	if (value & DESC_VALID) {
		prove(!*stale || !((*stale ^ value) & ~DESC_RELAXED));
		prove(!(old & DESC_VALID) || !((old ^ value) & ~DESC_RELAXED));
	}
	if (old != value && may_be_cached(old) && !*stale)
		*stale = old;
	*entry = value;
}

static bool nothing_is_stale(void)
{
	unsigned int i;

	for (i = 0; i < TABLES; i++)
		if (tables[i][ENTRIES] || tables[i][ENTRIES + 1])
			return false;
	return true;
}

void el2_tlb_flush_vmid(const struct hyp_stage2 *hw)
{
	unsigned int i;

	for (i = 0; i < TABLES; i++) {
		tables[i][ENTRIES] = 0;
		tables[i][ENTRIES + 1] = 0;
	}
}

/* Leaves alone: what leads to a table stays in walk caches */
void el2_tlb_flush_ipa(const struct hyp_stage2 *hw, u64 ipa)
{
	u64 *entry = &root[ipa >> 13 & 1];
	unsigned int level;

	for (level = ROOT_LEVEL; ; level++) {
		if (is_block_or_page(*stale_of(entry)))
			*stale_of(entry) = 0;
		if (level == TABLE_PAGE_LEVEL || (*entry & 3) != 3)
			break;
		entry = (u64 *)phys_to_virt(*entry & DESC_ADDR) + (ipa >> PAGE_SHIFT & 1);
	}
}

bool cache_is_forced(void)
{
	return forced;
}

/* Pages that are clean; memory is at the address that the guest has for it, plus this */
#define MEMORY		(1UL << 40)

static bool clean[PAGES];

void cache_clean_inval(const void *start, size_t size)
{
	u64 page = ((u64)start - MEMORY) >> PAGE_SHIFT, n;

	prove(s2.lock.held && nothing_is_stale());
	for (n = 0; n < PAGES; n++)
		if (n >= page && n < page + (size >> PAGE_SHIFT)) {
			prove(!(before.desc[n] & DESC_FOREIGN));
			clean[n] = true;
		}
}

void give_way(struct stage2 *stage2, const struct give_way *way)
{
	prove(nothing_is_stale());
	spin_unlock(&stage2->lock);
	spin_lock(&stage2->lock);
}

static unsigned long size_of(unsigned int level)
{
	return PAGE_SIZE << (TABLE_PAGE_LEVEL - level);
}

/* MemAttr (D8.6.4; with FEAT_S2FWB D8.6.5), and whether it is foreign */
#define TYPE	(0xfUL << 2 | DESC_FOREIGN)

static u64 type_of(unsigned int perm)
{
	u64 foreign = perm & TABLE_FOREIGN ? DESC_FOREIGN : 0;

	if (perm & TABLE_DEVICE)
		return foreign;
	if (perm & TABLE_UNCACHED)
		return foreign | 5UL << 2;
	return foreign | (forced ? 6UL << 2 : 15UL << 2);
}

/* Only foreign memory is anything but Write-Back */
static unsigned int any_perm(void)
{
	unsigned int perm = nondet_u32() & 63;

	assume(perm & TABLE_FOREIGN || !(perm & (TABLE_UNCACHED | TABLE_DEVICE)));
	return perm;
}

/* A block is going as long as it has to be cleaned */
static u64 any_leaf(unsigned int level, u64 ipa)
{
	u64 desc = DESC_READ | DESC_SH_INNER | type_of(any_perm());
	u64 free = DESC_AF | DESC_XN | DESC_HOST_WRITE | DESC_WRITE;

	desc |= (nondet_u64() & free) | (MEMORY + ipa);
	if (level == TABLE_PAGE_LEVEL)
		desc |= DESC_TABLE | DESC_VALID;
	else if (!needs_cleaning(desc) || nondet_bool())
		desc |= DESC_VALID;
	assume(!(desc & DESC_WRITE) || desc & DESC_HOST_WRITE);
	return desc;
}

/* An entry of @level: nothing, a leaf, or the table that has its place there */
static u64 any_entry(unsigned int level, u64 ipa, unsigned int table)
{
	if (nondet_bool())
		return 0;
	if (level < TABLE_PAGE_LEVEL && nondet_bool())
		return (TABLES_PA + table * PAGE_SIZE) | DESC_TABLE | DESC_VALID;
	return any_leaf(level, ipa);
}

/* Which table is where makes no difference: so each place has its own */
static void any_tables(void)
{
	unsigned int i;

	forced = nondet_bool();
	for (i = 0; i < ENTRIES; i++)
		root[i] = any_entry(2, 0x2000 * i, 1 + i);
	for (i = 0; i < ENTRIES; i++) {
		low[i] = any_entry(3, 0x1000 * i, 0);
		high[i] = any_entry(3, 0x2000 + 0x1000 * i, 0);
	}
	spin_lock(&s2.lock);
}

static void look_at(struct view *view)
{
	unsigned int page;

	for (page = 0; page < PAGES; page++) {
		u64 desc = root[page >> 1];
		unsigned int level = ROOT_LEVEL;

		if ((desc & 3) == 3) {
			desc = ((u64 *)phys_to_virt(desc & DESC_ADDR))[page & 1];
			level = TABLE_PAGE_LEVEL;
		}
		view->level[page] = level;
		view->desc[page] = desc ? (desc & ~DESC_TABLE) +
					  (page * PAGE_SIZE & (size_of(level) - 1)) : 0;
	}
}

/* In how many places each table is: the tree, the cache, the chain of what was taken out */
static void count_tables(unsigned int *places, u64 *dead)
{
	unsigned int i, n;

	for (i = 0; i < TABLES; i++)
		places[i] = 0;
	for (i = 0; i < ENTRIES; i++)
		if (is_table(root[i], ROOT_LEVEL))
			places[table_number(root[i])]++;
	for (i = 0; i < cache.nr; i++)
		places[table_number(virt_to_phys(cache.pages[i]))]++;
	for (n = 0; dead && n < TABLES; n++) {
		i = table_number(virt_to_phys(dead));
		places[i]++;
		dead = (u64 *)tables[i][0];
	}
	prove(!dead);
}

static unsigned int places_before[TABLES], places_after[TABLES];

static void begin(void)
{
	any_tables();
	look_at(&before);
	count_tables(places_before, NULL);
}

/* What is true after each step */
static void end(u64 *dead)
{
	unsigned int i;

	prove(s2.lock.held);
	prove(nothing_is_stale());
	look_at(&after);
	count_tables(places_after, dead);
	for (i = 1; i < TABLES; i++)
		prove(places_after[i] == places_before[i]);
}

/* A range of pages that a step is about */
static unsigned int first, behind;

static void any_range(void)
{
	first = nondet_u32();
	behind = nondet_u32();
	assume(first <= behind && behind <= PAGES);
}

/* Whether the leaf that @page was in has a page in that range */
static bool was_met(unsigned int page)
{
	unsigned int pages = 1U << (TABLE_PAGE_LEVEL - before.level[page]);
	unsigned int start = page & ~(pages - 1);

	return first < behind && start < behind && start + pages > first;
}

static bool was_going(unsigned int page)
{
	return before.desc[page] && !(before.desc[page] & DESC_VALID);
}

/* What the first page of a new leaf is, with the rights that the same memory has */
static u64 mapped_to(u64 pa, unsigned int level, unsigned int perm)
{
	u64 old = before.desc[first];
	u64 desc = pa | DESC_VALID | DESC_READ | DESC_SH_INNER | DESC_AF | type_of(perm);

	if (old & DESC_VALID && before.level[first] <= level && (old & DESC_ADDR) == pa &&
	    !((old ^ desc) & TYPE)) {
		desc |= old & (DESC_WRITE | DESC_HOST_WRITE);
		if (!(old & DESC_XN))
			perm |= TABLE_EXEC;
	}
	return desc | (perm & TABLE_WRITE ? DESC_WRITE : 0) |
	       (perm & TABLE_HOST_WRITE ? DESC_HOST_WRITE : 0) |
	       (perm & TABLE_EXEC ? 0 : DESC_XN);
}

static void map(unsigned int level)
{
	unsigned int perm = any_perm(), nr = nondet_u32(), page;
	unsigned long pa = nondet_u64();
	bool going = false;
	int ret;

	first = nondet_u32();
	behind = first + (1U << (TABLE_PAGE_LEVEL - level));
	assume(first < PAGES && !(first & (behind - first - 1)));
	assume(pa >= MEMORY && pa < MEMORY_END && !(pa & (size_of(level) - 1)));
	assume(nr <= 1);
	cache.nr = nr;
	cache.pages[0] = tables[CACHED];
	begin();
	for (page = 0; page < PAGES; page++)
		going |= page >= first && page < behind && was_going(page);

	ret = table_map(&s2, first * PAGE_SIZE, pa, level, perm, &cache);

	end(cache.dead);
	prove(ret == 0 || (ret == -EAGAIN && (going || !nr)));
	prove(!going || ret);
	for (page = 0; page < PAGES; page++)
		if (!ret && page >= first && page < behind)
			prove(after.level[page] == level &&
			      after.desc[page] == mapped_to(pa, level, perm) +
						  (page - first) * PAGE_SIZE);
		else
			prove(after.desc[page] == before.desc[page]);
}

void proof_map_page(void)
{
	map(3);
}

void proof_map_block(void)
{
	map(2);
}

void proof_unmap(void)
{
	struct give_way way = { .done = nondet_u64() };
	unsigned int page;

	any_range();
	begin();
	table_unmap(&s2, first * PAGE_SIZE, behind * PAGE_SIZE, &way);
	end(NULL);
	for (page = 0; page < PAGES; page++)
		if (was_met(page)) {
			prove(!after.desc[page]);
			prove(!(before.desc[page] & DESC_HOST_WRITE) || forced || clean[page] ||
			      before.desc[page] & DESC_FOREIGN);
		} else {
			prove(after.desc[page] == before.desc[page]);
		}
}

void proof_prune(void)
{
	unsigned int page;

	any_range();
	begin();
	end(table_prune(&s2, first * PAGE_SIZE, behind * PAGE_SIZE));
	for (page = 0; page < PAGES; page++) {
		prove(after.desc[page] == before.desc[page]);
		/* What is there, or beside it, needs the table that it is in */
		if (page >= first && page < behind && after.level[page] == TABLE_PAGE_LEVEL)
			prove(after.desc[page] || after.desc[page ^ 1]);
	}
}

void proof_protect(void)
{
	struct unflushed u = { };
	unsigned int page;

	any_range();
	begin();
	prove(table_protect(&s2, first * PAGE_SIZE, behind * PAGE_SIZE, &u) >= behind * PAGE_SIZE);
	table_flush(&s2, &u);
	end(NULL);
	for (page = 0; page < PAGES; page++)
		prove(after.desc[page] ==
		      (was_met(page) && !was_going(page) ? before.desc[page] & ~DESC_WRITE :
							   before.desc[page]));
}

void proof_age(void)
{
	bool clear = nondet_bool(), used = false;
	struct unflushed u = { };
	unsigned int page;

	any_range();
	begin();
	for (page = 0; page < PAGES; page++)
		used |= was_met(page) && !was_going(page) && before.desc[page] & DESC_AF;
	prove(table_age(&s2, first * PAGE_SIZE, behind * PAGE_SIZE, clear, &u) == used);
	table_flush(&s2, &u);
	end(NULL);
	for (page = 0; page < PAGES; page++)
		prove(after.desc[page] ==
		      (clear && was_met(page) && !was_going(page) ?
		       before.desc[page] & ~DESC_AF : before.desc[page]));
}
