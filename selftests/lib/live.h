/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of tests of the log of what guests write while they do: memory of two large pages,
 * or of as many small ones, and vCPUs that write all over it.
 */
#ifndef SELFTEST_LIVE_H
#define SELFTEST_LIVE_H

#include "kselftest_harness.h"
#include "dirty.h"
#include "huge.h"
#include "pages.h"

#define BASE	(1UL << 36)	/* guest-physical */
#define NR	2UL		/* large pages */
#define LOG	ARM_VCPU_MEMORY_LOG_DIRTY

struct live {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page, huge, length;
	u64 pages, all;		/* in a large one, and in all of them */
	char *user;
	u64 *bits;
};

static char *map_small(size_t length)
{
	char *p = huge_space(length);

	huge_map_at(p, length, HUGE_ANONYMOUS);
	madvise(p, length, MADV_NOHUGEPAGE);
	return p;
}

static void set_up(struct live *live, bool large, enum huge_kind kind)
{
	live->page = page_size();
	live->huge = huge_size();
	live->length = NR * live->huge;
	live->pages = live->huge / live->page;
	live->all = NR * live->pages;
	if (large && huge_is_tlb(kind))
		huge_pool(2 * NR);	/* also for a child's copies */
	live->user = large ? huge_map(live->length, kind) : map_small(live->length);
	live->bits = calloc(live->all / DIRTY_WORD, 8);
	vm_create(&live->vm);
	live->vcpu = vcpu_create(&live->vm);
	pages_warm_up(live->vcpu);
}

static void tear_down(struct live *live, bool large, enum huge_kind kind)
{
	if (!live->user)
		return;
	vm_destroy(&live->vm);
	munmap(live->user, live->length);
	if (large && huge_is_tlb(kind))
		huge_pool(0);
}

FIXTURE(live) {
	struct live live;
};

FIXTURE_VARIANT(live) {
	bool large;
};

FIXTURE_VARIANT_ADD(live, pages) { .large = false };
FIXTURE_VARIANT_ADD(live, hugetlb) { .large = true };

FIXTURE_SETUP(live)
{
	if (variant->large && huge_missing(HUGE_TLB))
		SKIP(return, NO_HUGETLB);
	set_up(&self->live, variant->large, HUGE_TLB);
}

FIXTURE_TEARDOWN(live)
{
	tear_down(&self->live, variant->large, HUGE_TLB);
}

static int set_flags(struct live *live, u64 flags)
{
	return vm_memory(live->vm.fd, flags, BASE, live->length, live->user);
}

static u64 harvest(struct live *live, u64 flags)
{
	u64 n, nr = 0;
	int ret = dirty_get(&live->vm, flags, BASE, live->all, live->bits);

	if (ret)
		die("GET_DIRTY: %s", strerror(-ret));
	for (n = 0; n < live->all; n++)
		nr += dirty_is(live->bits, n);
	return nr;
}

#define WRITERS	4U

/* In GUEST_SHARED */
struct control {
	u64 end;
	u64 pages, page_size;
	u64 written[WRITERS];
};

/* A word of its own in each page, which has to be as it was left: in no order, until the end */
static u64 __guest guest_counts(u64 me)
{
	volatile struct control *control = (void *)GUEST_SHARED;
	u64 seed = me, page, *word;

	while (!control->end) {
		seed = seed * 6364136223846793005UL + 1442695040888963407UL;
		page = (seed >> 33) % control->pages;
		/* Some are written to more often, and some seldom */
		if (seed >> 62)
			page %= 32;
		word = (u64 *)(BASE + page * control->page_size + 8 * me);
		WRITE_ONCE(*word, READ_ONCE(*word) + 1);
		control->written[me] = control->written[me] + 1;
	}
	return 0;
}

/* One that writes, and goes on where nothing is */
static void *persist(void *arg)
{
	struct vcpu *vcpu = arg;
	u32 reason;

	do {
		reason = vcpu_next(vcpu);
	} while (reason == ARM_VCPU_EXIT_MMIO_WRITE || reason == ARM_VCPU_EXIT_MMIO_READ ||
		 reason == ARM_VCPU_EXIT_MEMORY_FAULT);
	vcpu->result = (int)reason;
	return NULL;
}

/* To the first pages */
static void start_writers(struct live *live, pthread_t *thread, u64 pages)
{
	volatile struct control *control = vm_host(&live->vm, GUEST_SHARED);
	struct vcpu *vcpu;
	unsigned int i;

	memset((void *)control, 0, sizeof(*control));
	control->pages = pages;
	control->page_size = live->page;
	for (i = 0; i < WRITERS; i++) {
		vcpu = i ? vcpu_create(&live->vm) : live->vcpu;
		vcpu_call(vcpu, guest_counts, i, 0);
		pthread_create(&thread[i], NULL, persist, vcpu);
	}
}

/* Whether all have come to their ends */
static bool stop_writers(struct live *live, pthread_t *thread)
{
	volatile struct control *control = vm_host(&live->vm, GUEST_SHARED);
	bool ended = true;
	unsigned int i;

	control->end = 1;
	for (i = 0; i < WRITERS; i++) {
		pthread_join(thread[i], NULL);
		ended &= live->vm.vcpus[i].result == ARM_VCPU_EXIT_HYPERCALL &&
			 live->vm.vcpus[i].run->call.immediate == CALL_DONE;
	}
	return ended;
}

#endif
