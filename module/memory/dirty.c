// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of the pages that a guest writes to.
 *
 * In a region that has one, each leaf that a guest can write to is a page whose bit is set.  So
 * a page's bit is cleared together with the right to write, under the stage 2 lock, and TLBs are
 * flushed before the bit is given out: what the guest writes later is a fault that sets it again.
 * What the host allows is kept in the leaf, and so that fault doesn't ask the host.
 */
#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "dirty.h"

/* A bitmap's words; as many at once as the lock is held for */
#define WORD_PAGES	64
#define PIECE_WORDS	64

/* As KVM's: so that the number of a page is an int */
#define MAX_PAGES	((1UL << 31) - 1)

/**
 * dirty_create() - an empty log
 * @length: of the region, in bytes
 * @log: gets it, for kvfree()
 *
 * Return: 0, or -ENOMEM.
 */
int dirty_create(u64 length, unsigned long **log)
{
	u64 pages = length >> PAGE_SHIFT;

	if (pages > MAX_PAGES)
		return -ENOMEM;
	*log = kvcalloc(BITS_TO_LONGS(pages), sizeof(long), GFP_KERNEL_ACCOUNT);
	return *log ? 0 : -ENOMEM;
}

/**
 * dirty_mark() - a page is written to
 * @region: which has it; locked; it needn't have a log
 * @ipa: guest-physical address
 */
void dirty_mark(struct region *region, u64 ipa)
{
	if (region->dirty)
		__set_bit((ipa - region->guest_addr) >> PAGE_SHIFT, region->dirty);
}

/**
 * dirty_again() - let the guest write to a page that it was kept from for the log alone
 * @s2: locked
 * @region: which has it
 * @ipa: guest-physical address
 * @leaf: what stands there
 *
 * A block isn't let be written: it is by page that writes are logged.
 *
 * Return: whether that was all that the guest lacked.
 */
bool dirty_again(struct stage2 *s2, struct region *region, u64 ipa, const struct table_leaf *leaf)
{
	if (!region->dirty || !leaf->mapped || leaf->level != TABLE_PAGE_LEVEL ||
	    !(leaf->perm & TABLE_HOST_WRITE))
		return false;
	dirty_mark(region, ipa);
	table_let_write(s2, ipa);
	return true;
}

/* The region with the range, if it has a log and the range begins and ends where it can */
static struct region *logged(struct stage2 *s2, const struct arm_vcpu_dirty *d)
{
	struct region *region = region_for(s2, d->guest_addr, false);
	u64 from, end;

	if (!region || !region->dirty)
		return NULL;
	from = d->guest_addr - region->guest_addr;
	end = from + d->length;
	if (end < from || end > region->length || from % (WORD_PAGES * PAGE_SIZE))
		return NULL;
	return end == region->length || !(d->length % (WORD_PAGES * PAGE_SIZE)) ? region : NULL;
}

/* Bits of a word that stand for pages of the range */
static u64 word_mask(u64 pages)
{
	return pages < WORD_PAGES ? GENMASK_ULL(pages - 1, 0) : ~0ULL;
}

static void protect_pages(struct stage2 *s2, u64 ipa, u64 pages, struct unflushed *u)
{
	u64 at;

	for (; pages; pages &= pages - 1) {
		at = ipa + ((u64)__ffs64(pages) << PAGE_SHIFT);
		table_protect(s2, at, at + PAGE_SIZE, u);
	}
}

/**
 * struct piece - some words of a log, on their way
 * @at: guest-physical address that they begin at
 * @pages: that they are for
 * @words: of the bitmap
 */
struct piece {
	u64 at;
	u64 pages;
	u64 words[PIECE_WORDS];
};

static unsigned int nr_words(const struct piece *p)
{
	return DIV_ROUND_UP(p->pages, WORD_PAGES);
}

/* Where they stand in the log */
static u64 *words_of(const struct region *region, const struct piece *p)
{
	return (u64 *)region->dirty + ((p->at - region->guest_addr) >> PAGE_SHIFT) / WORD_PAGES;
}

/*
 * What is to be given out, or what of it is to be cleared; with neither flag both.  The range
 * was checked when it began, and the region can be another by now.
 */
static int take(struct stage2 *s2, const struct arm_vcpu_dirty *d, struct piece *p)
{
	struct unflushed u = { };
	struct region *region;
	unsigned int i;
	u64 *log;

	spin_lock(&s2->lock);
	region = logged(s2, d);
	if (!region) {
		spin_unlock(&s2->lock);
		return -ENOENT;
	}
	log = words_of(region, p);
	for (i = 0; i < nr_words(p); i++) {
		u64 mask = word_mask(p->pages - i * WORD_PAGES);

		if (d->flags & ARM_VCPU_DIRTY_CLEAR)
			mask &= p->words[i];
		p->words[i] = log[i] & mask;
		if (d->flags & ARM_VCPU_DIRTY_KEEP)
			continue;
		log[i] &= ~mask;
		protect_pages(s2, p->at + ((u64)i * WORD_PAGES << PAGE_SHIFT), p->words[i], &u);
	}
	table_flush(s2, &u);
	spin_unlock(&s2->lock);
	return 0;
}

/* What couldn't be told isn't lost; a region that is another's by now has no use for it */
static void give_back(struct stage2 *s2, const struct arm_vcpu_dirty *d, const struct piece *p)
{
	struct region *region;
	unsigned int i;
	u64 *log;

	spin_lock(&s2->lock);
	region = logged(s2, d);
	if (region) {
		log = words_of(region, p);
		for (i = 0; i < nr_words(p); i++)
			log[i] |= p->words[i];
	}
	spin_unlock(&s2->lock);
}

static int do_piece(struct stage2 *s2, const struct arm_vcpu_dirty *d, struct piece *p,
		    void __user *bitmap)
{
	size_t size = nr_words(p) * sizeof(u64);
	int ret;

	if (d->flags & ARM_VCPU_DIRTY_CLEAR && copy_from_user(p->words, bitmap, size))
		return -EFAULT;
	ret = take(s2, d, p);
	if (ret || d->flags & ARM_VCPU_DIRTY_CLEAR || !copy_to_user(bitmap, p->words, size))
		return ret;
	if (!d->flags)
		give_back(s2, d, p);
	return -EFAULT;
}

/**
 * dirty_get() - the command GET_DIRTY
 * @s2: of a VM of the current address space
 * @d: from user space; its flags are DIRTY_FLAGS', and its addresses aligned
 *
 * Return: 0, or what the ABI header says.
 */
int dirty_get(struct stage2 *s2, const struct arm_vcpu_dirty *d)
{
	u64 pages = d->length >> PAGE_SHIFT, done = 0;
	void __user *bitmap = u64_to_user_ptr(d->bitmap);
	struct piece p;
	int ret;

	/* A range of no pages is looked for as well */
	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		p.at = d->guest_addr + (done << PAGE_SHIFT);
		p.pages = min_t(u64, pages - done, PIECE_WORDS * WORD_PAGES);
		ret = do_piece(s2, d, &p, bitmap + done / 8);
		done += p.pages;
	} while (done < pages && !ret);
	return ret;
}
