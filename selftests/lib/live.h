/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of tests of the log of what guests write while they do: memory of two large pages,
 * or of as many small ones, and vCPUs that write all over it.
 */
#ifndef SELFTEST_LIVE_H
#define SELFTEST_LIVE_H

#include "kselftest_harness.h"
#include "dirty.h"
#include "large.h"

#define NR	2UL		/* large pages */
#define LOG	ARM_VCPU_MEMORY_LOG_DIRTY

struct live {
	struct large m;
	u64 *bits;
};

static void set_up(struct live *live, enum huge_kind kind)
{
	large_create(&live->m, NR, kind);
	live->bits = calloc(live->m.all / DIRTY_WORD, 8);
}

FIXTURE(live) {
	struct live live;
};

FIXTURE_VARIANT(live) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(live, pages) { .kind = HUGE_NOT };
FIXTURE_VARIANT_ADD(live, hugetlb) { .kind = HUGE_TLB };

FIXTURE_SETUP(live)
{
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	set_up(&self->live, variant->kind);
}

FIXTURE_TEARDOWN(live)
{
	large_destroy(&self->live.m);
}

static u64 harvest(struct live *live, u64 flags)
{
	u64 n, nr = 0;
	int ret = dirty_get(&live->m.vm, flags, BASE, live->m.all, live->bits);

	if (ret)
		die("GET_DIRTY: %s", strerror(-ret));
	for (n = 0; n < live->m.all; n++)
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
	volatile struct control *control = vm_host(&live->m.vm, GUEST_SHARED);
	struct vcpu *vcpu;
	unsigned int i;

	memset((void *)control, 0, sizeof(*control));
	control->pages = pages;
	control->page_size = live->m.page;
	for (i = 0; i < WRITERS; i++) {
		vcpu = i ? vcpu_create(&live->m.vm) : live->m.vcpu;
		vcpu_call(vcpu, guest_counts, i, 0);
		pthread_create(&thread[i], NULL, persist, vcpu);
	}
}

/* Whether all have come to their ends */
static bool stop_writers(struct live *live, pthread_t *thread)
{
	volatile struct control *control = vm_host(&live->m.vm, GUEST_SHARED);
	bool ended = true;
	unsigned int i;

	control->end = 1;
	for (i = 0; i < WRITERS; i++) {
		pthread_join(thread[i], NULL);
		ended &= live->m.vm.vcpus[i].result == ARM_VCPU_EXIT_HYPERCALL &&
			 live->m.vm.vcpus[i].run->call.immediate == CALL_DONE;
	}
	return ended;
}

#endif
