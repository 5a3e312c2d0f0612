// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory regions: SET_MEMORY.
 *
 * They change under vm->setup, which makes changes wait for each other, and the stage 2 lock, which
 * faults and the MMU notifier look under.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dirty.h"
#include "region.h"
#include "table.h"

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

/* All regions but @without, and @with in its place; the caller holds vm->setup */
static struct regions *regions_with(struct stage2 *s2, struct region *with,
				    const struct region *without)
{
	const struct regions *old = rcu_dereference_protected(s2->regions, true);
	unsigned int i, n = 0, nr_old = old ? old->nr : 0;
	unsigned int nr = nr_old + !!with - !!without;
	struct regions *all = kmalloc(struct_size(all, at, nr), GFP_KERNEL_ACCOUNT);

	if (!all)
		return NULL;
	all->nr = nr;
	for (i = 0; i < nr_old; i++) {
		if (old->at[i] == without)
			continue;
		if (with && with->guest_addr < old->at[i]->guest_addr) {
			all->at[n++] = with;
			with = NULL;
		}
		all->at[n++] = old->at[i];
	}
	if (with)
		all->at[n] = with;
	return all;
}

static void publish(struct stage2 *s2, struct regions *all)
{
	struct regions *old = rcu_dereference_protected(s2->regions,
							lockdep_is_held(&s2->lock));

	rcu_assign_pointer(s2->regions, all);
	kfree_rcu(old, rcu);
}

static int insert(struct stage2 *s2, struct region *new)
{
	struct regions *all;

	if (region_any(s2, new->guest_addr, new->length))
		return -EEXIST;
	if (region_count(s2) == VM_MAX_REGIONS)
		return -ENOSPC;
	all = regions_with(s2, new, NULL);
	if (!all)
		return -ENOMEM;
	spin_lock(&s2->lock);
	publish(s2, all);
	spin_unlock(&s2->lock);
	return 0;
}

static int add(struct stage2 *s2, const struct arm_vcpu_memory *m)
{
	struct region *new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	int ret = 0;

	if (!new)
		return -ENOMEM;
	if (m->flags & ARM_VCPU_MEMORY_LOG_DIRTY)
		ret = dirty_create(m->length, &new->dirty);
	new->guest_addr = m->guest_addr;
	new->length = m->length;
	new->user_addr = m->user_addr;
	new->readonly = m->flags & ARM_VCPU_MEMORY_READONLY;
	ret = ret ?: insert(s2, new);
	if (ret) {
		kvfree(new->dirty);
		kfree(new);
	}
	return ret;
}

/* So much of a region at once that nobody has to wait for long */
#define PROTECT_AT_ONCE	(SZ_4K * PAGE_SIZE)

static void protect(struct stage2 *s2, const struct region *region)
{
	u64 start, end = region->guest_addr + region->length;
	struct unflushed u = { };

	for (start = region->guest_addr; start < end; ) {
		spin_lock(&s2->lock);
		start = table_protect(s2, start, min(start + PROTECT_AT_ONCE, end), &u);
		table_flush(s2, &u);
		spin_unlock(&s2->lock);
		cond_resched();
	}
}

/* Devices' copies that have found a region as it was have ended */
static void wait_for_copies(struct stage2 *s2)
{
	down_write(&s2->copies);
	up_write(&s2->copies);
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
	WRITE_ONCE(region->readonly, flags & ARM_VCPU_MEMORY_READONLY);
	if (!region->dirty == !!(flags & ARM_VCPU_MEMORY_LOG_DIRTY))
		swap(region->dirty, log);
	s2->notifier_seq++;
	spin_unlock(&s2->lock);

	kvfree(log);
	if (more)
		protect(s2, region);
	wait_for_copies(s2);
	return 0;
}

/* The region that begins at an address, which can't go: the caller holds vm->setup */
static struct region *begins_at(struct stage2 *s2, u64 guest_addr)
{
	struct region *region;

	spin_lock(&s2->lock);
	region = region_at(s2, guest_addr);
	spin_unlock(&s2->lock);
	return region && region->guest_addr == guest_addr ? region : NULL;
}

/*
 * While the lock is dropped to let others run, the region has to stay among the others, since
 * an invalidation must find what is still mapped; and nothing may be mapped into it.
 */
static int take_away(struct stage2 *s2, struct region *region)
{
	struct regions *rest = regions_with(s2, NULL, region);
	struct give_way way = { };
	u64 *dead;

	if (!rest)
		return -ENOMEM;
	spin_lock(&s2->lock);
	WRITE_ONCE(region->going, true);
	/* A fault that found the region before this is asked to look again */
	s2->notifier_seq++;
	table_unmap(s2, region->guest_addr, region->guest_addr + region->length, &way);
	dead = table_prune(s2, region->guest_addr, region->guest_addr + region->length);
	publish(s2, rest);
	spin_unlock(&s2->lock);

	table_free_dead(dead);
	wait_for_copies(s2);
	kvfree(region->dirty);
	kfree_rcu(region, rcu);
	return 0;
}

/* The very memory, with other flags */
static bool changes(const struct region *region, const struct arm_vcpu_memory *m)
{
	return region->length == m->length && region->user_addr == m->user_addr &&
	       flags_of(region) != m->flags;
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
	struct region *region = begins_at(s2, m->guest_addr);

	if (!m->length)
		return region ? take_away(s2, region) : -ENOENT;
	return region && changes(region, m) ? change(s2, region, m->flags) : add(s2, m);
}

/**
 * region_count() - how many there are
 * @s2: whose; the caller holds vm->setup
 *
 * Return: regions.
 */
unsigned int region_count(const struct stage2 *s2)
{
	const struct regions *all = rcu_dereference_protected(s2->regions, true);

	return all ? all->nr : 0;
}

/**
 * region_free_all - forget all regions
 * @s2: nobody else can reach it
 */
void region_free_all(struct stage2 *s2)
{
	struct regions *all = rcu_dereference_protected(s2->regions, true);
	unsigned int i;

	for (i = 0; i < region_count(s2); i++) {
		kvfree(all->at[i]->dirty);
		kfree(all->at[i]);
	}
	kfree(all);
	RCU_INIT_POINTER(s2->regions, NULL);
}
