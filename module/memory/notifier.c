// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MMU notifier: stage 2 follows the process's memory.
 *
 * What the host takes away from the process, or changes (reclaim, migration, copy on
 * write, KSM, mprotect, munmap), is unmapped from the guest before it happens, and comes
 * back by faults.  An invalidation is a bracket: from its start to its end nothing of its
 * range is mapped, and a fault that has looked the memory up before the end begins again,
 * which it notices by notifier_seq.
 *
 * The hooks are called with locks of the host's memory management held, mmap_lock or a
 * page table's lock among them.  So: nobody waits for one of those under the stage 2
 * lock, and nobody takes vm->setup in here.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "give_way.h"
#include "notifier.h"
#include "region.h"
#include "table.h"

static struct stage2 *to_stage2(struct mmu_notifier *mn)
{
	return container_of(mn, struct stage2, notifier);
}

/* The guest addresses behind which a region has memory from @start to @end */
static bool overlap(const struct region *region, unsigned long start, unsigned long end,
		    u64 *guest_start, u64 *guest_end)
{
	unsigned long region_end = region->user_addr + region->length;

	start = max(start, region->user_addr);
	end = min(end, region_end);
	if (start >= end)
		return false;

	*guest_start = region->guest_addr + (start - region->user_addr);
	*guest_end = region->guest_addr + (end - region->user_addr);
	return true;
}

/*
 * Several regions may have the same memory.  They are found by address one after the
 * other, since the tree may change when table_unmap() drops the lock.  A region that
 * comes in the meantime has nothing mapped that matters: the invalidation is under way.
 */
static void unmap_user_range(struct stage2 *s2, unsigned long start, unsigned long end,
			     struct give_way *way)
{
	struct region *region;
	u64 from = 0;

	while ((region = region_next(s2, from))) {
		u64 guest_start, guest_end;

		from = region->guest_addr + region->length;
		if (overlap(region, start, end, &guest_start, &guest_end))
			table_unmap(s2, guest_start, guest_end, way);
	}
}

/* Some region has memory in the range */
static bool concerns(struct stage2 *s2, unsigned long start, unsigned long end)
{
	struct region *region;
	u64 from = 0;

	while ((region = region_next(s2, from))) {
		if (start < region->user_addr + region->length && region->user_addr < end)
			return true;
		from = region->guest_addr + region->length;
	}
	return false;
}

static void invalidation_begins(struct invalidations *now, unsigned long start, unsigned long end)
{
	if (now->nr < INVALIDATIONS_APART) {
		now->range[now->nr].start = start;
		now->range[now->nr].end = end;
		now->nr++;
	} else if (!now->others++) {
		now->others_start = start;
		now->others_end = end;
	} else {
		now->others_start = min(now->others_start, start);
		now->others_end = max(now->others_end, end);
	}
}

/* Of two that have the same range, it doesn't matter which goes */
static void invalidation_ends(struct invalidations *now, unsigned long start, unsigned long end)
{
	unsigned int i;

	for (i = 0; i < now->nr; i++) {
		if (now->range[i].start == start && now->range[i].end == end) {
			now->range[i] = now->range[--now->nr];
			return;
		}
	}
	/* mprotect() of a page at 0 begins what it doesn't end; nothing does the reverse */
	if (!WARN_ON_ONCE(!now->others))
		now->others--;
}

/* Unmaps in any case.  Where it may not block, it only doesn't schedule. */
static int invalidate_range_start(struct mmu_notifier *mn,
				  const struct mmu_notifier_range *range)
{
	struct give_way way = { .may_not_block = !mmu_notifier_range_blockable(range) };
	struct stage2 *s2 = to_stage2(mn);

	spin_lock(&s2->lock);
	invalidation_begins(&s2->invalidations, range->start, range->end);
	unmap_user_range(s2, range->start, range->end, &way);
	spin_unlock(&s2->lock);
	return 0;
}

static void invalidate_range_end(struct mmu_notifier *mn,
				 const struct mmu_notifier_range *range)
{
	struct stage2 *s2 = to_stage2(mn);

	spin_lock(&s2->lock);
	/*
	 * Both at once: a fault sees the range covered, or that it has to begin again.  It needn't
	 * for what no region has: one that comes finds the range covered, and one that has gone
	 * has been counted.
	 */
	if (concerns(s2, range->start, range->end))
		s2->notifier_seq++;
	invalidation_ends(&s2->invalidations, range->start, range->end);
	WRITE_ONCE(s2->invalidations_ended, s2->invalidations_ended + 1);
	spin_unlock(&s2->lock);

	if (wq_has_sleeper(&s2->notifier_wait))
		wake_up_all(&s2->notifier_wait);
}

/**
 * notifier_covers - is the memory at an address being taken away
 * @s2: locked
 * @start: address of the process
 * @length: in bytes
 *
 * Return: an invalidation under way has some of it: don't map it.
 */
bool notifier_covers(struct stage2 *s2, unsigned long start, u64 length)
{
	const struct invalidations *now = &s2->invalidations;
	unsigned long end = start + length;
	unsigned int i;

	lockdep_assert_held(&s2->lock);

	for (i = 0; i < now->nr; i++)
		if (end > now->range[i].start && start < now->range[i].end)
			return true;
	return now->others && end > now->others_start && start < now->others_end;
}

/**
 * notifier_wait - wait until an invalidation has ended
 * @s2: not locked
 * @ended: its invalidations_ended when one was seen to be under way
 *
 * Which one it was, the caller finds out when it looks again.
 *
 * Sleeping, rather than trying again, lets the invalidating task run when a vCPU's thread
 * has a higher real-time priority.
 *
 * Return: 0, or -ERESTARTSYS when a signal is pending.
 */
int notifier_wait(struct stage2 *s2, unsigned long ended)
{
	return wait_event_interruptible(s2->notifier_wait,
					READ_ONCE(s2->invalidations_ended) != ended);
}

/* Any number of regions may have the same page: they are flushed at once */
static bool age_user_range(struct mmu_notifier *mn, unsigned long start, unsigned long end,
			   bool clear, bool flush_tlb)
{
	struct stage2 *s2 = to_stage2(mn);
	struct unflushed u = { };
	struct region *region;
	bool used = false;
	u64 from = 0;

	spin_lock(&s2->lock);
	while ((clear || !used) && (region = region_next(s2, from))) {
		u64 guest_start, guest_end;

		from = region->guest_addr + region->length;
		if (overlap(region, start, end, &guest_start, &guest_end))
			used |= table_age(s2, guest_start, guest_end, clear, &u);
	}
	if (flush_tlb)
		table_flush(s2, &u);
	spin_unlock(&s2->lock);
	return used;
}

static COMPAT_YOUNG clear_flush_young(struct mmu_notifier *mn, struct mm_struct *mm,
				      unsigned long start, unsigned long end)
{
	return age_user_range(mn, start, end, true, true);
}

static COMPAT_YOUNG clear_young(struct mmu_notifier *mn, struct mm_struct *mm,
				unsigned long start, unsigned long end)
{
	return age_user_range(mn, start, end, true, false);
}

static COMPAT_YOUNG test_young(struct mmu_notifier *mn, struct mm_struct *mm,
			       unsigned long address)
{
	return age_user_range(mn, address, address + PAGE_SIZE, false, false);
}

/*
 * The address space goes, with no further invalidations: its pages are freed when this
 * returns.  No task has it any more that could RUN a vCPU; @dead makes that certain.  Also
 * called when the VM goes first.
 */
static void release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct stage2 *s2 = to_stage2(mn);
	struct give_way way = { };

	spin_lock(&s2->lock);
	WRITE_ONCE(container_of(s2, struct vm, stage2)->dead, true);
	/* Faults that are under way find that they have to begin again, and then @dead */
	s2->notifier_seq++;
	table_unmap(s2, 0, 1ULL << s2->tables.ipa_bits, &way);
	spin_unlock(&s2->lock);
}

static const struct mmu_notifier_ops notifier_ops = {
	.release = release,
	.clear_flush_young = clear_flush_young,
	.clear_young = clear_young,
	.test_young = test_young,
	.invalidate_range_start = invalidate_range_start,
	.invalidate_range_end = invalidate_range_end,
};

/**
 * notifier_register - follow the memory of the current task's address space
 * @s2: has its root table, and nothing mapped
 *
 * Takes mmap_lock to write.
 *
 * Return: 0, -EINTR, -ENOMEM.
 */
int notifier_register(struct stage2 *s2)
{
	s2->notifier.ops = &notifier_ops;
	return mmu_notifier_register(&s2->notifier, current->mm);
}
