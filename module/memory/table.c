// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 translation tables: what stands in them.
 *
 * All is done under the stage 2 lock, by a walk from the root to one entry.  Nobody but
 * us changes an entry: the CPU's own updates of access flag and dirty state are off.
 *
 * An entry that is cleared or loses a permission is out of all TLBs before the lock is
 * dropped.  Else a second invalidation of the same page would find nothing to do, and
 * its caller would free a page that a guest still reaches.
 *
 * The order for that is break-before-make's (D8.14.1): write the entry, DSB so that all
 * walkers see it, TLBI, DSB.  The latter two are el2_tlb_flush_*().
 */
#include <linux/sched/signal.h>

#include <asm/barrier.h>

#include "host/cache.h"
#include "host/el2.h"
#include "table.h"
#include "table_format.h"

/* What may change in a leaf without break-before-make */
#define DESC_RELAXED		(DESC_WRITE | DESC_XN | DESC_AF)

/* Memory that was a guest's to write, and is in no table any more */
#define TAKEN_AT_ONCE	32

struct taken {
	struct unflushed unflushed;
	unsigned int nr;
	struct {
		const void *start;
		size_t size;
	} memory[TAKEN_AT_ONCE];
};

/* The leaf or the hole at @ipa */
static u64 *find(struct stage2 *s2, u64 ipa, unsigned int *level)
{
	u64 *entry = entry_of(s2, s2->tables.root, ipa, s2->tables.start_level);

	lockdep_assert_held(&s2->lock);

	for (*level = s2->tables.start_level; is_table(*entry, *level); )
		entry = entry_of(s2, target_of(*entry), ipa, ++*level);
	return entry;
}

static void note(struct unflushed *u, u64 ipa)
{
	u->count++;
	u->ipa = ipa;
}

/**
 * table_flush - have TLBs lose what leaves were
 * @s2: locked
 * @u: the leaves; none of them is afterwards
 *
 * A flush by address takes all of the VMID's stage 1 with it, so only one is worth it.
 */
void table_flush(struct stage2 *s2, struct unflushed *u)
{
	if (!u->count)
		return;

	/* Walkers see the entries before TLBs lose what they were read from (D8.14.1) */
	dsb(ishst);
	if (u->count == 1)
		el2_tlb_flush_ipa(&s2->tables.hw, u->ipa);
	else
		el2_tlb_flush_vmid(&s2->tables.hw);
	u->count = 0;
}

/**
 * table_look - what stands at a guest address
 * @s2: locked
 * @ipa: guest-physical address
 *
 * Return: what it is.
 */
struct table_leaf table_look(struct stage2 *s2, u64 ipa)
{
	struct table_leaf leaf = { };
	u64 desc = *find(s2, ipa, &leaf.level);

	if (desc & DESC_VALID) {
		leaf.mapped = true;
		leaf.perm = (desc & DESC_WRITE ? TABLE_WRITE : 0) |
			    (desc & DESC_XN ? 0 : TABLE_EXEC);
	}
	return leaf;
}

/**
 * table_touch - set the access flag of a leaf
 * @s2: locked
 * @ipa: guest-physical address
 *
 * An entry whose access flag is 0 isn't in any TLB (D8.13): nothing to flush.
 *
 * Return: whether it was clear.
 */
bool table_touch(struct stage2 *s2, u64 ipa)
{
	unsigned int level;
	u64 *entry = find(s2, ipa, &level);

	if (!(*entry & DESC_VALID) || *entry & DESC_AF)
		return false;
	WRITE_ONCE(*entry, *entry | DESC_AF);
	/* Walkers see it before the guest tries again */
	dsb(ishst);
	return true;
}

static u64 leaf_desc(phys_addr_t pa, unsigned int level, unsigned int perm)
{
	u64 desc = pa | DESC_VALID | DESC_NORMAL_WB | DESC_READ | DESC_SH_INNER | DESC_AF;

	if (level == TABLE_PAGE_LEVEL)
		desc |= DESC_TABLE;
	if (perm & TABLE_WRITE)
		desc |= DESC_WRITE;
	if (!(perm & TABLE_EXEC))
		desc |= DESC_XN;
	return desc;
}

/* The entry for @ipa at @level, with the tables down to there put in */
static u64 *reach(struct stage2 *s2, u64 ipa, unsigned int level, struct table_cache *cache)
{
	struct unflushed u = { };
	unsigned int at;
	u64 *entry = find(s2, ipa, &at);

	for (; at < level; at++) {
		void *table;

		if (!cache->nr)
			return ERR_PTR(-EAGAIN);

		/* A block gives way to a table; its parts come back by faults (D8.14.1) */
		if (*entry & DESC_VALID) {
			WRITE_ONCE(*entry, 0);
			note(&u, ipa);
			table_flush(s2, &u);
		}

		table = cache->pages[--cache->nr];
		/* Walkers see the table empty before they see that it is there */
		dsb(ishst);
		WRITE_ONCE(*entry, virt_to_phys(table) | DESC_TABLE | DESC_VALID);
		entry = entry_of(s2, table, ipa, at + 1);
	}
	return at == level ? entry : ERR_PTR(-EEXIST);
}

/**
 * table_map - let a guest address lead to memory, or to the same memory with more rights
 * @s2: locked
 * @ipa: guest-physical address
 * @pa: physical address, clean to the point of coherency
 * @level: TABLE_PAGE_LEVEL, or lower for a block; both addresses are aligned to its size
 * @perm: TABLE_*; rights that the same memory has there already are kept
 * @cache: tables to put in; those that aren't needed stay in it
 *
 * Return: 0, -EAGAIN (@cache doesn't reach), -EEXIST (smaller leaves stand there).
 */
int table_map(struct stage2 *s2, u64 ipa, phys_addr_t pa, unsigned int level,
	      unsigned int perm, struct table_cache *cache)
{
	u64 *entry = reach(s2, ipa, level, cache);
	u64 desc = leaf_desc(pa, level, perm);
	struct unflushed u = { };

	if (IS_ERR(entry))
		return PTR_ERR(entry);

	if (*entry & DESC_VALID) {
		u64 old = *entry;

		note(&u, ipa);
		if ((old ^ desc) & ~DESC_RELAXED) {
			/* Other memory: break before make (D8.14.1) */
			WRITE_ONCE(*entry, 0);
			table_flush(s2, &u);
		} else {
			desc |= old & DESC_WRITE;
			desc &= old | ~DESC_XN;
		}
	}

	WRITE_ONCE(*entry, desc);
	/*
	 * TLBs may hold the entry with fewer rights: only when that is gone on all CPUs
	 * can a fault that finds the rights in the table be taken for one that crossed us.
	 */
	table_flush(s2, &u);
	/* Walkers see it before the guest tries again */
	dsb(ishst);
	return 0;
}

/*
 * What a guest has written past the caches can lie beneath lines that CPUs have fetched by
 * speculation, through the host's map, since the page was cleaned.  Whoever has it next
 * reads through the caches: the lines go (B2.8), as soon as no TLB lets a guest write on.
 */
static void let_go(struct stage2 *s2, struct taken *taken)
{
	unsigned int i;

	table_flush(s2, &taken->unflushed);
	for (i = 0; i < taken->nr; i++)
		cache_clean_inval(taken->memory[i].start, taken->memory[i].size);
	taken->nr = 0;
}

static void take_away(struct stage2 *s2, struct taken *taken, u64 ipa, u64 *entry,
		      unsigned int level)
{
	u64 desc = *entry;

	WRITE_ONCE(*entry, 0);
	note(&taken->unflushed, ipa);
	if (!(desc & DESC_WRITE))
		return;
	taken->memory[taken->nr].start = target_of(desc);
	taken->memory[taken->nr].size = level_size(level);
	if (++taken->nr == TAKEN_AT_ONCE)
		let_go(s2, taken);
}

/* What it takes to go past an entry: a page's worth, or a block's */
static u64 work(u64 desc, unsigned int level)
{
	return desc & DESC_VALID ? level_size(level) : PAGE_SIZE;
}

/**
 * table_unmap - take away what stands in a range
 * @s2: locked; the lock may be dropped meanwhile.  The caller sees to it that nothing is mapped
 *	into the range then.
 * @start: guest-physical address
 * @end: behind it
 * @way: of this work; ranges that belong together have one
 *
 * A block is taken away as a whole; what of it isn't in the range comes back by faults.
 * What the guest has written is there for accesses through the caches.
 */
void table_unmap(struct stage2 *s2, u64 start, u64 end, struct give_way *way)
{
	struct taken taken;
	unsigned int level;
	u64 ipa;

	taken.unflushed.count = 0;
	taken.nr = 0;
	for (ipa = start; ipa < end; ipa = level_next(ipa, level)) {
		u64 *entry;

		entry = find(s2, ipa, &level);
		if (others_wait(s2, way, work(*entry, level))) {
			let_go(s2, &taken);
			give_way(s2, way);
			entry = find(s2, ipa, &level);
		}
		if (*entry & DESC_VALID)
			take_away(s2, &taken, ipa, entry, level);
	}
	let_go(s2, &taken);
}

/**
 * table_age - whether a range was used since its access flags were cleared
 * @s2: locked
 * @start: guest-physical address
 * @end: behind it
 * @clear: clear them now
 * @u: gets what was cleared: when it is flushed, each use from then on is seen; else one of a
 *	page that a TLB holds isn't
 *
 * The access flag changes without break-before-make (D8.14.1).
 *
 * Return: whether it was used.
 */
bool table_age(struct stage2 *s2, u64 start, u64 end, bool clear, struct unflushed *u)
{
	unsigned int level;
	bool used = false;
	u64 ipa;

	for (ipa = start; ipa < end; ipa = level_next(ipa, level)) {
		u64 *entry = find(s2, ipa, &level);

		if (!(*entry & DESC_VALID) || !(*entry & DESC_AF))
			continue;
		used = true;
		if (!clear)
			break;
		WRITE_ONCE(*entry, *entry & ~DESC_AF);
		note(u, ipa);
	}
	return used;
}

/**
 * table_flush_caches - clean and invalidate all that is mapped in a range
 * @s2: locked; the lock is dropped when somebody waits
 * @start: guest-physical address
 * @end: behind it
 * @way: of this work
 *
 * Return: @end, or an address before it when a signal is pending: what is mapped from there on
 * isn't clean.
 */
u64 table_flush_caches(struct stage2 *s2, u64 start, u64 end, struct give_way *way)
{
	unsigned int level;
	u64 ipa;

	for (ipa = start; ipa < end && !signal_pending(current); ipa = level_next(ipa, level)) {
		u64 *entry = find(s2, ipa, &level);

		if (others_wait(s2, way, work(*entry, level))) {
			give_way(s2, way);
			entry = find(s2, ipa, &level);
		}
		if (*entry & DESC_VALID)
			cache_clean_inval(target_of(*entry), level_size(level));
	}
	return min(ipa, end);
}
