// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 translation tables: what is taken away, and the caches over what is mapped.
 *
 * What a guest has written past the caches can lie beneath lines that CPUs have fetched by
 * speculation, through the host's map, since the memory was cleaned.  Whoever has it next reads
 * through the caches: the lines go (B2.8), as soon as no TLB lets a guest write on, and before
 * the lock is dropped for good.  With FEAT_S2FWB no guest writes past them.  What isn't RAM
 * has no such lines, nor an address to find them by.
 */
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include <asm/barrier.h>

#include "host/cache.h"
#include "table.h"
#include "table_format.h"

/* Pages that were a guest's to write, and are in no table any more */
#define TAKEN_AT_ONCE	32

struct taken {
	struct unflushed unflushed;
	unsigned int nr;
	const void *pages[TAKEN_AT_ONCE];
};

static bool needs_cleaning(u64 desc)
{
	return (desc & (DESC_HOST_WRITE | DESC_FOREIGN)) == DESC_HOST_WRITE && !cache_is_forced();
}

static void let_go(struct stage2 *s2, struct taken *taken)
{
	unsigned int i;

	table_flush(s2, &taken->unflushed);
	for (i = 0; i < taken->nr; i++)
		cache_clean_inval(taken->pages[i], PAGE_SIZE);
	taken->nr = 0;
}

static void take_page(struct stage2 *s2, struct taken *taken, u64 ipa, u64 *entry)
{
	u64 desc = *entry;

	WRITE_ONCE(*entry, 0);
	note_unflushed(&taken->unflushed, ipa);
	if (!needs_cleaning(desc))
		return;
	taken->pages[taken->nr] = target_of(desc);
	if (++taken->nr == TAKEN_AT_ONCE)
		let_go(s2, taken);
}

/* Up to where memory is cleaned before somebody else may have the lock */
static u64 next_piece(u64 ipa, unsigned int level)
{
	return min(level_next(ipa, level), ALIGN_DOWN(ipa, SZ_64K) + SZ_64K);
}

/* The memory behind @ipa, in a leaf of @level */
static const void *memory_at(u64 desc, u64 ipa, unsigned int level)
{
	return (const void *)target_of(desc) + (ipa & (level_size(level) - 1));
}

/* Blocks that go side by side, for one flush */
#define GOING_AT_ONCE	32

/*
 * The block at @ipa stops being the guest's, as those behind it in the range do.  They stand there
 * as going until they are cleaned, for which faults wait; where nothing has to be, none is left.
 */
static void begin_blocks(struct stage2 *s2, u64 ipa, u64 end)
{
	struct unflushed u = { };
	unsigned int level;

	for (; ipa < end && u.count < GOING_AT_ONCE; ipa = level_next(ipa, level)) {
		u64 *entry = table_find(s2, ipa, &level);
		u64 desc = *entry;

		if (!(desc & DESC_VALID) || level == TABLE_PAGE_LEVEL)
			break;
		WRITE_ONCE(*entry, needs_cleaning(desc) ? desc & ~DESC_VALID : 0);
		note_unflushed(&u, ipa);
	}
	table_flush(s2, &u);
}

/* Whether the block is still there, going, and nobody else has cleaned it meanwhile */
static bool give_way_in_block(struct stage2 *s2, u64 ipa, u64 going, struct give_way *way)
{
	unsigned int level;

	give_way(s2, way);
	return *table_find(s2, ipa, &level) == going;
}

/*
 * While a block is cleaned the lock may be dropped.  Another that takes away meets the block then,
 * and cleans it, too, from its beginning: for either may return when all of it is clean, and not
 * before.  Whoever is done first has the other stop, since the memory may be somebody else's then.
 */
static void clean_block(struct stage2 *s2, u64 at, struct give_way *way)
{
	unsigned int level;
	u64 going = *table_find(s2, at, &level);
	u64 end = level_next(at, level);
	u64 ipa, next;

	for (ipa = ALIGN_DOWN(at, level_size(level)); ipa < end; ipa = next) {
		next = next_piece(ipa, level);
		if (others_wait(s2, way, next - ipa) && !give_way_in_block(s2, at, going, way))
			return;
		cache_clean_inval(memory_at(going, ipa, level), next - ipa);
	}
	/* A table with such an entry isn't empty, nor becomes a block: it is still there */
	WRITE_ONCE(*table_find(s2, at, &level), 0);
}

/* It goes as a whole; what of it isn't in the range comes back by faults */
static void take_block(struct stage2 *s2, u64 ipa, u64 end, struct give_way *way)
{
	unsigned int level;
	u64 *entry = table_find(s2, ipa, &level);

	if (!is_going(*entry))
		begin_blocks(s2, ipa, end);
	if (*entry)
		clean_block(s2, ipa, way);
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
		u64 *entry = table_find(s2, ipa, &level);

		if (others_wait(s2, way, PAGE_SIZE)) {
			let_go(s2, &taken);
			give_way(s2, way);
			entry = table_find(s2, ipa, &level);
		}
		if (level == TABLE_PAGE_LEVEL && *entry) {
			take_page(s2, &taken, ipa, entry);
		} else if (*entry) {
			/* It may drop the lock, and whoever wants the pages then finds them gone */
			let_go(s2, &taken);
			take_block(s2, ipa, end, way);
		}
	}
	let_go(s2, &taken);
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
	u64 ipa, next;

	for (ipa = start; ipa < end && !signal_pending(current); ipa = next) {
		unsigned int level;
		u64 desc = *table_find(s2, ipa, &level);

		if (others_wait(s2, way, desc ? next_piece(ipa, level) - ipa : PAGE_SIZE)) {
			give_way(s2, way);
			desc = *table_find(s2, ipa, &level);
		}
		next = level_next(ipa, level);
		if ((desc & (DESC_VALID | DESC_FOREIGN)) != DESC_VALID)
			continue;
		next = next_piece(ipa, level);
		cache_clean_inval(memory_at(desc, ipa, level), next - ipa);
	}
	return min(ipa, end);
}
