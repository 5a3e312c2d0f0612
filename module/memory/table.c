// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 translation tables: what stands in them.
 *
 * All is done under the stage 2 lock, by a walk from the root to one entry.  Nobody but
 * us changes an entry, except for the access flag, which CPUs may set by themselves.
 *
 * An entry that is cleared or loses a permission is out of all TLBs before the lock is
 * dropped.  Else a second invalidation of the same page would find nothing to do, and
 * its caller would free a page that a guest still reaches.
 *
 * The order for that is break-before-make's (D8.14.1): write the entry, DSB so that all
 * walkers see it, TLBI, DSB.  The latter two are el2_tlb_flush_*().
 */
#include <asm/barrier.h>

#include "host/cache.h"
#include "host/el2.h"
#include "table.h"
#include "table_format.h"

/* What may change in a leaf without break-before-make */
#define DESC_RELAXED		(DESC_WRITE | DESC_XN | DESC_AF | DESC_HOST_WRITE)

/**
 * table_walk - walk from the root
 * @s2: locked
 * @ipa: guest-physical address
 * @deepest: level to stop at
 * @level: gets the one that it comes to
 *
 * Return: the entry for @ipa there: a leaf, a hole, or at @deepest a table, too.
 */
u64 *table_walk(struct stage2 *s2, u64 ipa, unsigned int deepest, unsigned int *level)
{
	u64 *entry = entry_of(s2, s2->tables.root, ipa, s2->tables.start_level);

	lockdep_assert_held(&s2->lock);

	for (*level = s2->tables.start_level; *level < deepest && is_table(*entry, *level); )
		entry = entry_of(s2, target_of(*entry), ipa, ++*level);
	return entry;
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
	u64 desc = *table_find(s2, ipa, &leaf.level);

	if (desc & DESC_VALID) {
		leaf.mapped = true;
		leaf.perm = (desc & DESC_WRITE ? TABLE_WRITE : 0) |
			    (desc & DESC_HOST_WRITE ? TABLE_HOST_WRITE : 0) |
			    (desc & DESC_FOREIGN ? TABLE_FOREIGN : 0) |
			    (desc & DESC_XN ? 0 : TABLE_EXEC);
	}
	leaf.going = is_going(desc);
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
	u64 *entry = table_find(s2, ipa, &level);

	if (!(*entry & DESC_VALID) || *entry & DESC_AF)
		return false;
	WRITE_ONCE(*entry, *entry | DESC_AF);
	/* Walkers see it before the guest tries again */
	dsb(ishst);
	return true;
}

/* Stage 1 can make it stronger, and with FEAT_S2FWB weaker neither (D8.6.4, D8.6.5) */
static u64 memory_type(unsigned int perm)
{
	if (perm & TABLE_DEVICE)
		return DESC_DEVICE;
	if (perm & TABLE_UNCACHED)
		return DESC_NORMAL_NC;
	return cache_is_forced() ? DESC_FORCED_WB : DESC_NORMAL_WB;
}

static u64 leaf_desc(phys_addr_t pa, unsigned int level, unsigned int perm)
{
	u64 desc = desc_to(pa) | DESC_VALID | DESC_READ | DESC_AF;

	/* With VTCR_EL2.DS, SH0 there is in the place of SH (D8.3) */
	desc |= (DESC_SH_INNER & ~table_addr_high) | memory_type(perm);
	if (level == TABLE_PAGE_LEVEL)
		desc |= DESC_TABLE;
	if (perm & TABLE_WRITE)
		desc |= DESC_WRITE;
	if (perm & TABLE_HOST_WRITE)
		desc |= DESC_HOST_WRITE;
	if (perm & TABLE_FOREIGN)
		desc |= DESC_FOREIGN;
	if (!(perm & TABLE_EXEC))
		desc |= DESC_XN;
	return desc;
}

/* A block gives way to a table of its parts, with the same rights: break before make (D8.14.1) */
static void split(struct stage2 *s2, u64 ipa, u64 *entry, unsigned int level, u64 *table)
{
	u64 part = *entry | (level + 1 == TABLE_PAGE_LEVEL ? DESC_TABLE : 0);
	struct unflushed u = { };
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		table[i] = part + i * level_size(level + 1);
	WRITE_ONCE(*entry, 0);
	note_unflushed(&u, ipa);
	table_flush(s2, &u);
}

static bool any_going(const u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		if (is_going(table[i]) ||
		    (is_table(table[i], level) && any_going(target_of(table[i]), level + 1)))
			return true;
	return false;
}

/*
 * A table, and all below it, gives way to a block, in one locked step: no walker finds the table
 * and no TLB or walk cache holds what it had before the block stands there (D8.14.1).
 */
static int join(struct stage2 *s2, u64 *entry, unsigned int level, struct table_cache *cache)
{
	u64 *table = target_of(*entry);

	if (any_going(table, level + 1))
		return -EAGAIN;
	WRITE_ONCE(*entry, 0);
	table_flush_walks(s2);
	cache->dead = table_bury(table, level + 1, cache->dead);
	return 0;
}

/* The entry for a leaf of @level at @ipa, with the tables down to there put in */
static u64 *reach(struct stage2 *s2, u64 ipa, unsigned int level, struct table_cache *cache)
{
	unsigned int at;
	u64 *entry = table_walk(s2, ipa, level, &at);

	if (is_going(*entry))
		return ERR_PTR(-EAGAIN);

	for (; at < level; at++) {
		u64 *table;

		if (!cache->nr)
			return ERR_PTR(-EAGAIN);
		table = cache->pages[--cache->nr];
		if (*entry & DESC_VALID)
			split(s2, ipa, entry, at, table);
		/* Walkers see what is in the table before they see that it is there */
		dsb(ishst);
		WRITE_ONCE(*entry, desc_to(virt_to_phys(table)) | DESC_TABLE | DESC_VALID);
		entry = entry_of(s2, table, ipa, at + 1);
	}
	if (is_table(*entry, level) && join(s2, entry, level, cache))
		return ERR_PTR(-EAGAIN);
	return entry;
}

/**
 * table_map - let a guest address lead to memory, or to the same memory with more rights
 * @s2: locked
 * @ipa: guest-physical address
 * @pa: physical address, clean to the point of coherency if it is RAM
 * @level: TABLE_PAGE_LEVEL, or lower for a block; both addresses are aligned to its size
 * @perm: TABLE_*; rights that the same memory has there already, in a leaf of that size, are kept
 * @cache: tables to put in; those that aren't needed stay in it
 *
 * Where a block stands and @level is deeper, the rest of it stays, in parts; where smaller leaves
 * stand, they go.
 *
 * Return: 0, or -EAGAIN (@cache doesn't reach, or what stood there is being taken away).
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

		note_unflushed(&u, ipa);
		if ((old ^ desc) & ~DESC_RELAXED) {
			/* Other memory: break before make (D8.14.1) */
			WRITE_ONCE(*entry, 0);
			table_flush(s2, &u);
		} else {
			desc |= old & (DESC_WRITE | DESC_HOST_WRITE);
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

/**
 * table_let_write - let the guest write to a page that it was kept from by table_protect()
 * @s2: locked
 * @ipa: guest-physical address; its leaf has TABLE_HOST_WRITE
 *
 * A flush follows, as in table_map().
 */
void table_let_write(struct stage2 *s2, u64 ipa)
{
	struct unflushed u = { };
	unsigned int level;
	u64 *entry = table_find(s2, ipa, &level);

	WRITE_ONCE(*entry, *entry | DESC_WRITE | DESC_AF);
	note_unflushed(&u, ipa);
	table_flush(s2, &u);
}

/**
 * table_protect - have the guest's next write to each leaf of a range be a fault
 * @s2: locked
 * @start: guest-physical address
 * @end: behind it
 * @u: gets what was changed: writes are faults once it is flushed
 *
 * The right to write changes without break-before-make (D8.14.1).
 *
 * Return: behind what was looked at, which is more than the range where a leaf or a hole is.
 */
u64 table_protect(struct stage2 *s2, u64 start, u64 end, struct unflushed *u)
{
	unsigned int level;
	u64 ipa;

	for (ipa = start; ipa < end; ipa = level_next(ipa, level)) {
		u64 *entry = table_find(s2, ipa, &level);

		if ((*entry & (DESC_VALID | DESC_WRITE)) != (DESC_VALID | DESC_WRITE))
			continue;
		WRITE_ONCE(*entry, *entry & ~DESC_WRITE);
		note_unflushed(u, ipa);
	}
	return ipa;
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
 * The access flag changes without break-before-make (D8.14.1).  CPUs may set it at any moment: what
 * one has set since we looked is lost here, as it is in whatever else writes an entry that is
 * valid.  Then memory looks unused that was used just now, which costs it no more than its age.
 *
 * Return: whether it was used.
 */
bool table_age(struct stage2 *s2, u64 start, u64 end, bool clear, struct unflushed *u)
{
	unsigned int level;
	bool used = false;
	u64 ipa;

	for (ipa = start; ipa < end; ipa = level_next(ipa, level)) {
		u64 *entry = table_find(s2, ipa, &level);

		if (!(*entry & DESC_VALID) || !(*entry & DESC_AF))
			continue;
		used = true;
		if (!clear)
			break;
		WRITE_ONCE(*entry, *entry & ~DESC_AF);
		note_unflushed(u, ipa);
	}
	return used;
}
