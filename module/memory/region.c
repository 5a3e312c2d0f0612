// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory regions: SET_MEMORY, and who looks regions up.
 *
 * The tree changes under vm->setup, which makes changes wait for each other, and the
 * stage 2 lock, which faults and the MMU notifier look under.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dirty.h"
#include "region.h"
#include "table.h"

static struct region *to_region(struct rb_node *node)
{
	return rb_entry(node, struct region, node);
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
	struct rb_node *node = s2->regions.rb_node;
	struct region *found = NULL;

	lockdep_assert_held(&s2->lock);

	while (node) {
		struct region *region = to_region(node);

		if (from < region->guest_addr + region->length) {
			found = region;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * region_any - is there memory in a range
 * @s2: not locked
 * @addr: guest-physical address
 * @length: in bytes
 *
 * Return: whether there is.
 */
bool region_any(struct stage2 *s2, u64 addr, u64 length)
{
	const struct region *next;
	bool there;

	spin_lock(&s2->lock);
	next = region_next(s2, addr);
	there = next && next->guest_addr < addr + length;
	spin_unlock(&s2->lock);
	return there;
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
	struct region *region = region_next(s2, ipa);

	return region && region->guest_addr <= ipa ? region : NULL;
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

	return region && !region->going && !(write && region->readonly) ? region : NULL;
}

/**
 * region_covers() - whether there is a region at an address
 * @s2: not locked
 * @ipa: guest-physical address
 *
 * Return: whether there was one just now.
 */
bool region_covers(struct stage2 *s2, u64 ipa)
{
	bool covers;

	spin_lock(&s2->lock);
	covers = region_at(s2, ipa);
	spin_unlock(&s2->lock);
	return covers;
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

static void insert(struct stage2 *s2, struct region *new)
{
	struct rb_node **link = &s2->regions.rb_node;
	struct rb_node *parent = NULL;

	lockdep_assert_held(&s2->lock);

	while (*link) {
		parent = *link;
		if (new->guest_addr < to_region(parent)->guest_addr)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&new->node, parent, link);
	rb_insert_color(&new->node, &s2->regions);
	s2->nr_regions++;
}

/**
 * region_check - whether SET_MEMORY can mean anything
 * @m: from user space
 * @ipa_bits: guest-physical address size
 *
 * Return: 0, -EOPNOTSUPP, -EINVAL.
 */
int region_check(const struct arm_vcpu_memory *m, unsigned int ipa_bits)
{
	u64 end;

	if (m->flags & ~REGION_FLAGS)
		return -EOPNOTSUPP;
	if (m->reserved)
		return -EINVAL;
	if (!PAGE_ALIGNED(m->guest_addr) || !PAGE_ALIGNED(m->length) ||
	    !PAGE_ALIGNED(m->user_addr))
		return -EINVAL;
	if (check_add_overflow(m->guest_addr, m->length, &end) || end > 1ULL << ipa_bits)
		return -EINVAL;

	/* Invalidations name addresses without a tag; so do regions */
	if (m->length && (untagged_addr(m->user_addr) != m->user_addr ||
			  !access_ok(u64_to_user_ptr(m->user_addr), m->length)))
		return -EINVAL;
	return 0;
}

static void free_region(struct region *region)
{
	kvfree(region->dirty);
	kfree(region);
}

static int add(struct stage2 *s2, const struct arm_vcpu_memory *m)
{
	struct region *new, *next;
	int ret = 0;

	new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	if (m->flags & ARM_VCPU_MEMORY_LOG_DIRTY)
		ret = dirty_create(m->length, &new->dirty);
	if (ret)
		goto out;
	new->guest_addr = m->guest_addr;
	new->length = m->length;
	new->user_addr = m->user_addr;
	new->readonly = m->flags & ARM_VCPU_MEMORY_READONLY;

	spin_lock(&s2->lock);
	next = region_next(s2, new->guest_addr);
	if (next && next->guest_addr < new->guest_addr + new->length)
		ret = -EEXIST;
	else if (s2->nr_regions == VM_MAX_REGIONS)
		ret = -ENOSPC;
	else
		insert(s2, new);
	spin_unlock(&s2->lock);
out:
	if (ret)
		free_region(new);
	return ret;
}

/* So much of a region at once that nobody has to wait for long */
#define PROTECT_AT_ONCE	(SZ_4K * PAGE_SIZE)

static void protect(struct stage2 *s2, const struct region *region)
{
	u64 start, end = region->guest_addr + region->length;
	struct unflushed u = { };

	for (start = region->guest_addr; start < end; start += PROTECT_AT_ONCE) {
		spin_lock(&s2->lock);
		table_protect(s2, start, min(start + PROTECT_AT_ONCE, end), &u);
		table_flush(s2, &u);
		spin_unlock(&s2->lock);
		cond_resched();
	}
}

static u64 flags_of(const struct region *region)
{
	return (region->readonly ? ARM_VCPU_MEMORY_READONLY : 0) |
	       (region->dirty ? ARM_VCPU_MEMORY_LOG_DIRTY : 0);
}

/*
 * Faults that have found the region as it was look again.  What guests can write to by then is
 * taken from them afterwards, piece by piece; what they write to from now on is in the log, which
 * they lose nothing of.
 */
static int change(struct stage2 *s2, struct region *region, u64 flags)
{
	u64 more = flags & ~flags_of(region);
	unsigned long *log = NULL;
	int ret = 0;

	if (more & ARM_VCPU_MEMORY_LOG_DIRTY)
		ret = dirty_create(region->length, &log);
	if (ret)
		return ret;
	spin_lock(&s2->lock);
	region->readonly = flags & ARM_VCPU_MEMORY_READONLY;
	if (!region->dirty == !!(flags & ARM_VCPU_MEMORY_LOG_DIRTY))
		swap(region->dirty, log);
	s2->notifier_seq++;
	spin_unlock(&s2->lock);

	kvfree(log);
	if (more)
		protect(s2, region);
	return 0;
}

/* The very region, if its flags are to be others */
static struct region *to_change(struct stage2 *s2, const struct arm_vcpu_memory *m)
{
	struct region *region;

	spin_lock(&s2->lock);
	region = region_at(s2, m->guest_addr);
	spin_unlock(&s2->lock);
	/* It can't go: vm->setup */
	return region && region->guest_addr == m->guest_addr && region->length == m->length &&
	       region->user_addr == m->user_addr && flags_of(region) != m->flags ? region : NULL;
}

/*
 * While the lock is dropped to let others run, the region has to stay in the tree, since
 * an invalidation must find what is still mapped; and nothing may be mapped into it.
 */
static int take_away(struct stage2 *s2, u64 guest_addr)
{
	struct give_way way = { };
	struct region *region;
	u64 *dead;

	spin_lock(&s2->lock);
	region = region_at(s2, guest_addr);
	if (!region || region->guest_addr != guest_addr) {
		spin_unlock(&s2->lock);
		return -ENOENT;
	}

	region->going = true;
	/* A fault that found the region before this is asked to look again */
	s2->notifier_seq++;
	table_unmap(s2, region->guest_addr, region->guest_addr + region->length, &way);
	dead = table_prune(s2, region->guest_addr, region->guest_addr + region->length);
	rb_erase(&region->node, &s2->regions);
	s2->nr_regions--;
	spin_unlock(&s2->lock);

	table_free_dead(dead);
	/* A copy that found the region before this has ended */
	down_write(&s2->copies);
	up_write(&s2->copies);
	free_region(region);
	return 0;
}

/**
 * region_set - add a region, change its flags, or take it away
 * @s2: whose; the caller holds vm->setup
 * @m: passed region_check()
 *
 * Return: 0, or what the ABI header says about SET_MEMORY.
 */
int region_set(struct stage2 *s2, const struct arm_vcpu_memory *m)
{
	struct region *region;

	if (!m->length)
		return take_away(s2, m->guest_addr);
	region = to_change(s2, m);
	return region ? change(s2, region, m->flags) : add(s2, m);
}

/**
 * region_free_all - forget all regions
 * @s2: nobody else can reach it
 */
void region_free_all(struct stage2 *s2)
{
	struct region *region, *tmp;

	rbtree_postorder_for_each_entry_safe(region, tmp, &s2->regions, node)
		free_region(region);
	s2->regions = RB_ROOT;
	s2->nr_regions = 0;
}
