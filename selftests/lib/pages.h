/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages whose contents host and guest agree on: a word in each, at another place in each, which
 * is a pattern and a generation.  A guest that uses them expects one, and can leave the next.
 */
#ifndef SELFTEST_PAGES_H
#define SELFTEST_PAGES_H

#include "vm.h"

/* In GUEST_SHARED: what guest_uses_pages() is to do */
struct pages_use {
	u64 base;		/* guest-physical */
	u64 page_size;		/* from one to the next; 0: the host's */
	u64 first, end;		/* pages */
	u64 generation;
	u64 add;		/* 0: it only reads */
};

__guest_inline u64 *pages_word(void *base, u64 page_size, u64 page)
{
	return (u64 *)((char *)base + page * page_size) + page % 512;
}

static u64 __guest guest_uses_pages(void)
{
	const struct pages_use use = *(struct pages_use *)GUEST_SHARED;
	u64 i, *word;

	for (i = use.first; i < use.end; i++) {
		word = pages_word((void *)use.base, use.page_size, i);
		GUEST_ASSERT_EQ(READ_ONCE(*word), guest_pattern(7, i) + use.generation);
		if (use.add)
			WRITE_ONCE(*word, guest_pattern(7, i) + use.generation + use.add);
	}
	return use.end - use.first;
}

/* Has the guest use them; returns the stage 2 faults that it took */
static inline u64 pages_use(struct vcpu *vcpu, struct pages_use use)
{
	u64 before = vcpu_stat(vcpu, ARM_VCPU_STAT_FAULT);

	use.page_size = use.page_size ?: page_size();
	*(struct pages_use *)vm_host(vcpu->vm, GUEST_SHARED) = use;
	vcpu_call(vcpu, guest_uses_pages, 0, 0);
	vcpu_expect_call(vcpu, CALL_DONE);
	return vcpu_stat(vcpu, ARM_VCPU_STAT_FAULT) - before;
}

#define PAGES_USE(vcpu, ...)	pages_use(vcpu, (struct pages_use) { __VA_ARGS__ })

/* No page: afterwards the guest has its own code and stack */
static inline void pages_warm_up(struct vcpu *vcpu)
{
	PAGES_USE(vcpu, .end = 0);
}

static inline void pages_fill(char *user, u64 first, u64 end, u64 generation)
{
	u64 i;

	for (i = first; i < end; i++)
		WRITE_ONCE(*pages_word(user, page_size(), i), guest_pattern(7, i) + generation);
}

/* How many of them aren't so */
static inline u64 pages_wrong(char *user, u64 first, u64 end, u64 generation)
{
	u64 i, wrong = 0;

	for (i = first; i < end; i++)
		wrong += READ_ONCE(*pages_word(user, page_size(), i)) !=
			 guest_pattern(7, i) + generation;
	return wrong;
}

#endif
