/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM with one vCPU, and memory of some large pages for it: of which kind they are, or that they
 * are small ones, is a variant of the test's.
 */
#ifndef SELFTEST_LARGE_H
#define SELFTEST_LARGE_H

#include "huge.h"
#include "pages.h"

#define BASE	(1UL << 36)	/* guest-physical */

struct large {
	enum huge_kind kind;
	struct vm vm;
	struct vcpu *vcpu;
	size_t page, huge, length;
	u64 pages, all;		/* in a large one, and in all of them */
	char *user;		/* no region has it yet */
};

static inline void large_create(struct large *m, u64 nr, enum huge_kind kind)
{
	m->kind = kind;
	m->page = page_size();
	m->huge = huge_size();
	m->length = nr * m->huge;
	m->pages = m->huge / m->page;
	m->all = nr * m->pages;
	if (huge_is_tlb(kind))
		huge_pool(2 * (unsigned int)nr);	/* also for a child's copies */
	m->user = huge_map(m->length, kind);
	vm_create(&m->vm);
	m->vcpu = vcpu_create(&m->vm);
	pages_warm_up(m->vcpu);
}

/* Nothing, if the test was skipped */
static inline void large_destroy(struct large *m)
{
	if (!m->user)
		return;
	vm_destroy(&m->vm);
	munmap(m->user, m->length);
	if (huge_is_tlb(m->kind))
		huge_pool(0);
}

/* Adds a region with all of it, or changes that one's flags */
static inline int large_region(struct large *m, u64 flags)
{
	return vm_memory(m->vm.fd, flags, BASE, m->length, m->user);
}

#endif
