// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory regions, looked up.
 *
 * All of them are in an array by guest address, which is replaced as a whole (region_set.c): under
 * the stage 2 lock, for those who change something by what they find; others need RCU alone, for an
 * access to a device asks, too, and those of many vCPUs shouldn't wait for each other.
 */
#include <linux/mm.h>
#include <linux/rcupdate.h>

#include "region.h"
#include "table_level.h"

static struct regions *locked(struct stage2 *s2)
{
	return rcu_dereference_protected(s2->regions, lockdep_is_held(&s2->lock));
}

/* The first region that ends behind @from: it contains that, or begins behind it */
static struct region *next(const struct regions *all, u64 from)
{
	unsigned int low = 0, high = all ? all->nr : 0;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		const struct region *region = all->at[middle];

		if (from < region->guest_addr + region->length)
			high = middle;
		else
			low = middle + 1;
	}
	return all && low < all->nr ? all->at[low] : NULL;
}

static struct region *at(const struct regions *all, u64 ipa)
{
	struct region *region = next(all, ipa);

	return region && region->guest_addr <= ipa ? region : NULL;
}

static bool allows(const struct region *region, bool write)
{
	return region && !READ_ONCE(region->going) && !(write && READ_ONCE(region->readonly));
}

/**
 * region_next - the first region that ends behind an address
 * @s2: locked
 * @from: guest-physical address
 *
 * It contains @from, or begins behind it.
 *
 * Return: the region, or NULL.
 */
struct region *region_next(struct stage2 *s2, u64 from)
{
	return next(locked(s2), from);
}

/**
 * region_at - the region that contains an address
 * @s2: locked
 * @ipa: guest-physical address
 *
 * Return: the region, or NULL.
 */
struct region *region_at(struct stage2 *s2, u64 ipa)
{
	return at(locked(s2), ipa);
}

/**
 * region_for - the region that an access is to, if there is one that allows it
 * @s2: locked
 * @ipa: guest-physical address
 * @write: it is a store
 *
 * Return: the region, or NULL.
 */
struct region *region_for(struct stage2 *s2, u64 ipa, bool write)
{
	struct region *region = region_at(s2, ipa);

	return allows(region, write) ? region : NULL;
}

/**
 * region_allows() - whether there is a region at an address, which allows an access
 * @s2: not locked
 * @ipa: guest-physical address
 * @write: it is a store
 *
 * Return: whether there was one just now.
 */
bool region_allows(struct stage2 *s2, u64 ipa, bool write)
{
	bool ret;

	rcu_read_lock();
	ret = allows(at(rcu_dereference(s2->regions), ipa), write);
	rcu_read_unlock();
	return ret;
}

/**
 * region_any - is there memory in a range
 * @s2: not locked
 * @addr: guest-physical address
 * @length: in bytes, not 0
 *
 * Return: whether there was some just now.
 */
bool region_any(struct stage2 *s2, u64 addr, u64 length)
{
	const struct region *first;
	bool any;

	rcu_read_lock();
	first = next(rcu_dereference(s2->regions), addr);
	any = first && first->guest_addr < addr + length;
	rcu_read_unlock();
	return any;
}

/**
 * region_fits() - the largest leaf that a region has room for
 * @s2: locked
 * @region: whose
 * @ipa: guest-physical address in it
 *
 * Both addresses of the memory have to be aligned to it, and all of it is the region's.  While
 * writes are logged, it is by page.
 *
 * Return: level.
 */
unsigned int region_fits(const struct stage2 *s2, const struct region *region, u64 ipa)
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
