// SPDX-License-Identifier: GPL-2.0-only
/*
 * Regions (memory/region.c, region_set.c): of up to two regions, in order and apart wherever they
 * are, each look-up finds what a search through all of them does, and a leaf that fits is the
 * largest one in its region.  SET_MEMORY, of regions up to 32 MiB, leads to such regions again,
 * loses none and no memory, and returns what the ABI's header says.  What region_check() lets
 * pass doesn't overflow in any of this, for any address size.
 */
#include "kernel.h"

#define MOST	2

/* CBMC's own: they may fail, and memory is freed once, isn't used then, and isn't lost */
void *malloc(size_t size);
void *calloc(size_t nr, size_t size);
void free(void *memory);

static void *kmalloc(size_t size, gfp_t flags);

#define kzalloc(size, flags)	calloc(1, size)
#define kfree(memory)		free(memory)
#define kvfree(memory)		free(memory)
#define kfree_rcu(memory, rcu)	free(memory)
#define untagged_addr(address)	((u64)((long)((address) << 8) >> 8))
#define access_ok(start, size)	((u64)(start) <= USER_END && (size) <= USER_END - (u64)(start))
#define u64_to_user_ptr(value)	((void *)(value))
#define USER_END		(1UL << 48)

#include "guest/guest.h"
#undef VM_MAX_REGIONS
#define VM_MAX_REGIONS		MOST

#include "memory/region.c"
#include "memory/region_set.c"

/* By case, for a size that is known makes a proof short */
static void *kmalloc(size_t size, gfp_t flags)
{
	unsigned int i;

	for (i = 0; i <= MOST; i++)
		if (size == sizeof(struct regions) + i * sizeof(struct region *))
			return malloc(sizeof(struct regions) + i * sizeof(struct region *));
	prove(!"a size of regions");
	return NULL;
}

static struct stage2 s2;
static unsigned int ipa_bits;

/* How the tables are, and the log, is others' proof: of these, which range they are asked for */
static u64 unmapped_from, unmapped_to;

int dirty_create(u64 length, unsigned long **log)
{
	*log = kzalloc(1, GFP_KERNEL_ACCOUNT);
	return *log ? 0 : -ENOMEM;
}

u64 table_protect(struct stage2 *stage2, u64 start, u64 end, struct unflushed *u)
{
	u64 behind = nondet_u64();

	prove(stage2->lock.held && start < end);
	assume(behind >= end);
	return behind;
}

void table_flush(struct stage2 *stage2, struct unflushed *u)
{
	prove(stage2->lock.held);
}

void table_unmap(struct stage2 *stage2, u64 start, u64 end, struct give_way *way)
{
	prove(stage2->lock.held);
	unmapped_from = start;
	unmapped_to = end;
}

u64 *table_prune(struct stage2 *stage2, u64 start, u64 end)
{
	prove(stage2->lock.held && start == unmapped_from && end == unmapped_to);
	return NULL;
}

void table_free_dead(u64 *dead)
{
	prove(!s2.lock.held);
}

static struct arm_vcpu_memory any_memory(void)
{
	struct arm_vcpu_memory m = { };

	m.size = sizeof(m);
	m.flags = nondet_u64();
	m.guest_addr = nondet_u64();
	m.length = nondet_u64();
	m.user_addr = nondet_u64();
	m.reserved = nondet_u64();
	return m;
}

/* A region as it was, for when it may be gone */
struct was {
	u64 start;
	u64 end;
	unsigned long user;
	u64 flags;
};

static struct was was[MOST];
static unsigned int nr_was;

static struct region *any_region(u64 from)
{
	struct region *region = calloc(1, sizeof(*region));

	assume(region);
	region->guest_addr = nondet_u64();
	region->length = nondet_u64();
	region->user_addr = nondet_u64();
	region->readonly = nondet_bool();
	if (nondet_bool())
		region->dirty = calloc(1, 1);
	assume(PAGE_ALIGNED(region->guest_addr) && PAGE_ALIGNED(region->length));
	assume(PAGE_ALIGNED(region->user_addr) && region->user_addr <= USER_END);
	assume(region->length && region->guest_addr >= from);
	assume(region->guest_addr <= 1UL << ipa_bits);
	assume(region->length <= (1UL << ipa_bits) - region->guest_addr);
	return region;
}

static void any_regions(void)
{
	struct regions *all = calloc(1, sizeof(*all) + MOST * sizeof(all->at[0]));
	unsigned int i;
	u64 from = 0;

	ipa_bits = nondet_u32();
	nr_was = nondet_u32();
	assume(all && ipa_bits >= 32 && ipa_bits <= 48 && nr_was <= MOST);
	all->nr = nr_was;
	for (i = 0; i < nr_was; i++) {
		all->at[i] = any_region(from);
		from = all->at[i]->guest_addr + all->at[i]->length;
		was[i] = (struct was) { all->at[i]->guest_addr, from, all->at[i]->user_addr,
					flags_of(all->at[i]) };
	}
	s2.regions = all;
}

void proof_look_up(void)
{
	u64 from = nondet_u64(), length = nondet_u64();
	struct region *first = NULL, *in = NULL;
	bool write = nondet_bool(), allowed;
	unsigned int i;

	any_regions();
	assume(length && length <= 1UL << 48 && from <= 1UL << 48);
	for (i = nr_was; i-- > 0; ) {
		if (was[i].end > from)
			first = s2.regions->at[i];
		if (was[i].start <= from && from < was[i].end)
			in = s2.regions->at[i];
	}
	allowed = in && !(write && in->readonly);
	prove(region_allows(&s2, from, write) == allowed);
	prove(region_any(&s2, from, length) == (first && first->guest_addr < from + length));
	spin_lock(&s2.lock);
	prove(region_next(&s2, from) == first);
	prove(region_at(&s2, from) == in);
	prove(region_for(&s2, from, write) == (allowed ? in : NULL));
	region_free_all(&s2);
}

static bool fits(const struct region *region, u64 ipa, unsigned int level)
{
	u64 size = level_size(level), start = ipa / size * size;

	return start >= region->guest_addr &&
	       start + size <= region->guest_addr + region->length &&
	       region->guest_addr % size == region->user_addr % size;
}

void proof_fits(void)
{
	u64 ipa = nondet_u64();
	struct region *region;
	unsigned int level;

	s2.tables.start_level = nondet_u32();
	assume(s2.tables.start_level <= 2);
	ipa_bits = 48;
	region = any_region(0);
	assume(ipa >= region->guest_addr && ipa - region->guest_addr < region->length);
	level = region_fits(&s2, region, ipa);
	prove(level <= TABLE_PAGE_LEVEL && fits(region, ipa, level));
	if (region->dirty)
		prove(level == TABLE_PAGE_LEVEL);
	else if (level > 1 && level > s2.tables.start_level)
		prove(!fits(region, ipa, level - 1));
	kvfree(region->dirty);
	kfree(region);
}

/* Those that were there are, but for @without; in order and apart */
static void check_regions(unsigned int nr, unsigned int without)
{
	unsigned int i, n, found = 0;
	u64 from = 0;

	prove(region_count(&s2) == nr);
	for (i = 0; i < nr; i++) {
		const struct region *region = s2.regions->at[i];

		prove(region->length && region->guest_addr >= from && !region->going);
		from = region->guest_addr + region->length;
		prove(from <= 1UL << ipa_bits);
		for (n = 0; n < nr_was; n++)
			found += n != without && was[n].start == region->guest_addr &&
				 was[n].end == from && was[n].user == region->user_addr;
	}
	prove(found == nr_was - (without < nr_was));
}

void proof_set_memory(void)
{
	struct arm_vcpu_memory m = any_memory();
	unsigned int i, begins = MOST, changes_at = MOST;
	bool overlaps = false;
	int ret;

	any_regions();
	assume(!region_check(&m, ipa_bits));
	for (i = 0; i < nr_was; i++) {
		assume(was[i].end - was[i].start <= 2 * PROTECT_AT_ONCE);
		if (was[i].start == m.guest_addr)
			begins = i;
		overlaps |= was[i].start < m.guest_addr + m.length && m.guest_addr < was[i].end;
	}
	if (begins < nr_was && m.length == was[begins].end - m.guest_addr &&
	    m.user_addr == was[begins].user && m.flags != was[begins].flags)
		changes_at = begins;

	ret = region_set(&s2, &m);

	prove(!s2.lock.held && !s2.copies.held);
	if (!m.length && begins == MOST)
		prove(ret == -ENOENT);
	else if (m.length && changes_at == MOST && overlaps)
		prove(ret == -EEXIST || ret == -ENOMEM);
	else if (m.length && changes_at == MOST && nr_was == MOST)
		prove(ret == -ENOSPC || ret == -ENOMEM);
	else
		prove(!ret || ret == -ENOMEM);

	if (ret || changes_at < MOST) {
		check_regions(nr_was, MOST);
	} else if (m.length) {
		check_regions(nr_was + 1, MOST);
	} else {
		check_regions(nr_was - 1, begins);
		prove(unmapped_from == was[begins].start && unmapped_to == was[begins].end);
	}
	if (!ret && m.length) {
		spin_lock(&s2.lock);
		prove(region_at(&s2, m.guest_addr)->length == m.length);
		prove(flags_of(region_at(&s2, m.guest_addr)) == m.flags);
	}
	region_free_all(&s2);
}

void proof_check(void)
{
	struct arm_vcpu_memory m = any_memory();

	ipa_bits = nondet_u32();
	assume(ipa_bits >= 32 && ipa_bits <= 48);
	if (region_check(&m, ipa_bits))
		return;
	prove(m.guest_addr <= 1UL << 48 && m.length <= (1UL << ipa_bits) - m.guest_addr);
	prove(!((m.guest_addr | m.length | m.user_addr) & (PAGE_SIZE - 1)));
	prove(!m.length || m.user_addr + m.length <= USER_END);
}
