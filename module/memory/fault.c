// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage 2 faults: what isn't mapped yet, or not with enough rights, comes from the
 * process's memory.
 *
 * A fault looks at the region and the tables under the lock, gets the page with the lock
 * dropped, and maps it under the lock again if nothing has changed in the meantime.  If
 * something has, it begins again a few times; getting the page may change it already, when
 * it is copied on write.  In the end, or when a signal has interrupted it, it just lets the
 * guest try again: the guest repeats the access, and RUN looks at signals before it enters.
 *
 * The page isn't pinned: its reference is put once it is mapped, and from then on the MMU
 * notifier takes the mapping away before the page goes.
 *
 * What a driver has mapped, foreign memory, has no page to refer to: it is the notifier that tells
 * from the first look on whether it is still there.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>

#include "host/cache.h"
#include "compat.h"
#include "dirty.h"
#include "fault.h"
#include "host_leaf.h"
#include "notifier.h"
#include "region.h"
#include "stage2.h"
#include "table.h"

/* How often a fault begins again before the guest does */
#define FAULT_TRIES	3

/**
 * struct fault - a fault on its way
 * @s2: whose
 * @ipa: page of the guest
 * @write: the guest wants to write
 * @exec: the guest wants to execute
 * @walk: the CPU wants to read or update a table of the guest's
 * @may_be_foreign: the VM may be given what isn't RAM
 * @region: which; it is there as long as notifier_seq is what it was
 * @user_addr: page of the process
 * @may_write: the region isn't read-only
 * @fits: level of the largest leaf that can be there
 * @seq: notifier_seq when we looked
 * @ended: invalidations_ended then
 * @there: what stands in the tables: a hole, or a leaf with too few rights
 * @page: the page, with a reference, unless the memory is foreign
 * @pfn: its number, or that of foreign memory
 * @foreign: how that is to be mapped: TABLE_FOREIGN and so on
 * @writable: the host would let the process write to it
 * @level: of the leaf that it becomes
 */
struct fault {
	struct stage2 *s2;
	u64 ipa;
	bool write;
	bool exec;
	bool walk;
	bool may_be_foreign;
	struct region *region;
	unsigned long user_addr;
	bool may_write;
	unsigned int fits;
	unsigned long seq;
	unsigned long ended;
	struct table_leaf there;
	struct page *page;
	unsigned long pfn;
	unsigned int foreign;
	bool writable;
	unsigned int level;
};

enum look {
	LOOK_DEAD,	/* the address space is gone */
	LOOK_DONE,	/* another vCPU was faster, or the access flag or the log lacked it */
	LOOK_NONE,	/* no region, or a write to a read-only one */
	LOOK_WAIT,	/* the host is taking the memory away right now */
	LOOK_GET,	/* get the page */
};

static enum look look_up(struct fault *f)
{
	struct stage2 *s2 = f->s2;
	struct table_leaf leaf;
	struct region *region;

	lockdep_assert_held(&s2->lock);

	region = region_for(s2, f->ipa, f->write);
	if (!region)
		return LOOK_NONE;

	leaf = table_look(s2, f->ipa);
	if (leaf.mapped && (!f->write || leaf.perm & TABLE_WRITE) &&
	    (!f->exec || leaf.perm & TABLE_EXEC) && !(f->walk && leaf.perm & TABLE_FOREIGN)) {
		table_touch(s2, f->ipa);
		return LOOK_DONE;
	}
	if (f->write && dirty_again(s2, region, f->ipa, &leaf))
		return LOOK_DONE;

	f->region = region;
	f->user_addr = region->user_addr + (f->ipa - region->guest_addr);
	f->may_write = !region->readonly;
	f->fits = region_fits(s2, region, f->ipa);
	f->seq = s2->notifier_seq;
	f->ended = s2->invalidations_ended;
	f->there = leaf;
	return leaf.going || notifier_covers(s2, f->user_addr, PAGE_SIZE) ? LOOK_WAIT : LOOK_GET;
}

/* The right to write comes with the first write alone: the driver may want to see that */
static int get_foreign(struct fault *f)
{
	f->page = NULL;
	f->writable = f->write;
	return f->may_be_foreign ? host_map_foreign(f->user_addr, f->write) : -EFAULT;
}

/* A read is mapped writable too where that costs nothing; it spares a second fault */
static int get_page_of(struct fault *f)
{
	unsigned int flags = FOLL_INTERRUPTIBLE | FOLL_HWPOISON | FOLL_HONOR_NUMA_FAULT;
	phys_addr_t pa;
	long got;

	f->writable = f->may_write;
	got = f->may_write &&
	      get_user_pages_fast_only(f->user_addr, 1, FOLL_WRITE | FOLL_HONOR_NUMA_FAULT,
				       &f->page) == 1;
	if (!got) {
		f->writable = f->write;
		flags |= f->write ? FOLL_WRITE : 0;
		got = get_user_pages_unlocked(f->user_addr, 1, &f->page, flags);
	}
	if (got == -EFAULT)
		return get_foreign(f);
	if (got < 0)
		return got;
	if (!got)
		return -EFAULT;

	/* Only RAM has a kernel address for cache maintenance, and is Normal for all */
	pa = page_to_phys(f->page);
	f->pfn = PHYS_PFN(pa);
	if (!pfn_is_map_memory(f->pfn) || pa >> stage2_ipa_bits_max()) {
		put_page(f->page);
		return -EFAULT;
	}
	return 0;
}

/*
 * Foreign memory is the guest's as it is the host's, or stronger: a guest must not be the one who
 * brings it into the caches (mismatched attributes, B2.8), and nobody could clean it there.  So
 * where it is in the caches, the guest has to go through them, too.  It isn't executed: the
 * instruction cache couldn't be looked after, and the CPU would fetch ahead from a device.
 */
static int foreign_kind(struct fault *f, enum host_memory memory)
{
	f->foreign = TABLE_FOREIGN;
	if (f->exec || PFN_PHYS(f->pfn) >> stage2_ipa_bits_max())
		return -EFAULT;
	switch (memory) {
	case HOST_WRITE_BACK:
		return cache_is_forced() ? 0 : -EFAULT;
	case HOST_UNCACHED:
		f->foreign |= TABLE_UNCACHED;
		return 0;
	case HOST_DEVICE:
		f->foreign |= TABLE_DEVICE;
		/* The CPU reads tables when it likes (HCR_EL2.PTW) */
		return f->walk ? -EFAULT : 0;
	case HOST_UNKNOWN:
		break;
	}
	return -EFAULT;
}

/* How large the host's leaf is, and of which kind: for a guest RAM is Write-Back */
static int look_at_host(struct fault *f)
{
	struct host_leaf leaf;

	if (!host_leaf_at(f->user_addr, &leaf) || (f->page && leaf.pfn != f->pfn))
		return -EAGAIN;
	f->pfn = leaf.pfn;
	f->level = max(leaf.level, f->fits);
	f->foreign = 0;
	if (!f->page)
		return foreign_kind(f, leaf.memory);
	return leaf.memory == HOST_WRITE_BACK ? 0 : -EFAULT;
}

/*
 * Before the memory can be mapped, the caches have to be in order.
 *
 * The guest's caches may be off, so memory that it doesn't have yet goes to the point of
 * coherency, unless FEAT_S2FWB has it go through the caches all the same.  What was fetched from
 * it in an earlier life goes before the guest can execute it; and what the process has written
 * since it was mapped goes to where instructions are fetched from.  The reference is to all of a
 * large page, and only a task that is killed leaves half way.
 *
 * Foreign memory isn't in the caches, or always accessed through them.
 */
static int prepare_memory(struct fault *f)
{
	bool known = cache_is_forced() || (f->there.mapped && f->there.level <= f->level);
	u64 size = level_size(f->level), piece = min_t(u64, size, SZ_64K);
	void *start;
	u64 done;

	if (f->foreign || (known && !f->exec))
		return 0;
	start = page_address(f->page) - (f->user_addr & (size - 1));
	for (done = 0; done < size; done += piece) {
		cache_clean_inval(start + done, piece);
		if (f->exec)
			cache_inval_icache(start + done, piece);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/* What is a guest's to write is in the log, or it is kept from it */
static unsigned int perm(const struct fault *f)
{
	unsigned int perm = f->foreign | (f->exec ? TABLE_EXEC : 0);

	if (f->writable)
		perm |= TABLE_HOST_WRITE;
	if (f->writable && (f->write || !f->region->dirty))
		perm |= TABLE_WRITE;
	return perm;
}

/*
 * No invalidation has begun since it was looked up, and for a block the host has one.  Foreign
 * memory is looked at again.
 */
static bool still_so(const struct fault *f)
{
	u64 size = level_size(f->level);
	struct host_leaf leaf;

	if (f->s2->notifier_seq != f->seq ||
	    notifier_covers(f->s2, ALIGN_DOWN(f->user_addr, size), size))
		return false;
	return (f->level == TABLE_PAGE_LEVEL && !f->foreign) ||
	       (host_leaf_at(f->user_addr, &leaf) && leaf.level <= f->level && leaf.pfn == f->pfn);
}

/*
 * Nothing has changed: what was looked up is what is there.
 *
 * The guest writes unseen, so a page that it can write to is dirty from here on.  It is marked
 * under the lock: a file system that cleans the page and takes the right to write away, to be
 * asked first the next time (page_mkwrite), does so through the notifier, before this or behind
 * it.  A page's table lock does the same for the kernel, and under that one set_page_dirty()
 * is called as well.
 */
static int map_memory(struct fault *f, struct table_cache *cache)
{
	struct stage2 *s2 = f->s2;
	u64 size = level_size(f->level);
	int ret = -EAGAIN;

	spin_lock(&s2->lock);
	if (still_so(f))
		ret = table_map(s2, ALIGN_DOWN(f->ipa, size),
				ALIGN_DOWN(PFN_PHYS(f->pfn), size), f->level, perm(f), cache);
	if (!ret && f->page && f->writable)
		set_page_dirty(f->page);
	if (!ret && f->write)
		dirty_mark(f->region, f->ipa);
	spin_unlock(&s2->lock);
	return ret;
}

static int bring_in(struct fault *f)
{
	struct table_cache cache = { };
	int ret;

	ret = get_page_of(f);
	if (ret)
		return ret;

	ret = look_at_host(f);
	if (!ret && f->level > f->there.level)
		ret = table_cache_fill(&cache, f->level - f->there.level);
	if (!ret)
		ret = prepare_memory(f);
	if (!ret)
		ret = map_memory(f, &cache);
	if (!ret && f->page)
		mark_page_accessed(f->page);
	if (f->page)
		put_page(f->page);
	table_cache_drain(&cache);
	return ret;
}

static int try_once(struct vm *vm, struct fault *f)
{
	enum look next;

	spin_lock(&f->s2->lock);
	next = READ_ONCE(vm->dead) ? LOOK_DEAD : look_up(f);
	spin_unlock(&f->s2->lock);

	switch (next) {
	case LOOK_DEAD:
		return -EIO;
	case LOOK_NONE:
		return -ENOENT;
	case LOOK_WAIT:
		return notifier_wait(f->s2, f->ended) ? -EINTR : -EAGAIN;
	case LOOK_GET:
		return bring_in(f);
	case LOOK_DONE:
		break;
	}
	return 0;
}

static noinline int fault_in(struct vcpu *vcpu, u64 ipa, u32 access)
{
	struct fault f = {
		.s2 = &vcpu->vm->stage2,
		.ipa = ipa & PAGE_MASK,
		.write = access & ARM_VCPU_ACCESS_WRITE,
		.exec = access & ARM_VCPU_ACCESS_EXEC,
		.walk = access & ARM_VCPU_ACCESS_TABLE_WALK,
		.may_be_foreign = vcpu->vm->config_flags & ARM_VCPU_CONFIG_PASSTHROUGH_MEMORY,
	};
	unsigned int tries;
	int ret;

	for (tries = 0; tries < FAULT_TRIES; tries++) {
		ret = try_once(vcpu->vm, &f);
		if (ret != -EAGAIN || signal_pending(current))
			break;
	}

	/* A task that is being killed may see any error */
	if (ret == -EINTR || ret == -EAGAIN || fatal_signal_pending(current))
		return 0;
	return ret;
}

/**
 * stage2_fault - a vCPU met a stage 2 fault
 * @vcpu: which; the current task is in its VM's address space
 * @ipa: guest-physical address
 * @access: ARM_VCPU_ACCESS_*: WRITE and EXEC count, all the rest reads
 *
 * For translation, permission and access flag faults.  May sleep.  A cache maintenance
 * instruction (CM) only needs to read, although its syndrome says write.
 *
 * Zero says that the guest can try again.  This is so as well when the attempt was
 * interrupted or something has changed in the meantime.  It never means to loop with a
 * signal pending: the caller looks at signals before it enters the guest again, as it
 * does after any exit, and gives -EINTR to user space with nothing changed.
 *
 * Return: 0, -ENOENT (no region, or a write to a read-only one), or why the region has
 * no usable memory there: -EFAULT, -EHWPOISON, -ENOMEM, -EIO (the VM is dead).
 */
int stage2_fault(struct vcpu *vcpu, u64 ipa, u32 access)
{
	bool write = access & ARM_VCPU_ACCESS_WRITE;

	/* Most aborts are accesses to devices: those need nothing of what a fault does */
	return region_allows(&vcpu->vm->stage2, ipa, write) ? fault_in(vcpu, ipa, access) : -ENOENT;
}
