/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of tests that change memory of some kind while two vCPUs and the host use it
 * (busy.h): small pages, or large ones.
 */
#ifndef SELFTEST_CHANGE_H
#define SELFTEST_CHANGE_H

#include <errno.h>
#include <fcntl.h>
#include "busy.h"
#include "huge.h"

#define PAGES	64UL

struct change {
	struct busy busy;
	enum huge_kind kind;
	size_t length;
	size_t unit;		/* changes at once */
	char *alias;		/* of a file: the same */
	char *spare, *store;	/* of a unit: somewhere else, and what was in it */
	int file;		/* < 0: none */
	int mem;		/* all memory, without asking for rights */
};

static inline bool is_transparent(const struct change *c)
{
	return c->kind == HUGE_ANONYMOUS || c->kind == HUGE_SHARED;
}

/* Two, or as many as the guest has a table for (vm_tables()) */
static inline u64 change_large(void)
{
	return huge_size() > 128UL << 20 ? 1 : 2;
}

/* In the place of what is there, without anything in it */
static inline int map_at(struct change *c, char *p, size_t length, int prot)
{
	int flags = MAP_FIXED | (c->file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);
	off_t at = c->file < 0 ? 0 : p - c->busy.user;

	if (c->kind == HUGE_TLB)
		flags |= MAP_HUGETLB;
	if (mmap(p, length, prot, flags, c->file, at) != p)
		return -1;
	if (!huge_is_tlb(c->kind))
		madvise(p, length, c->kind == HUGE_NOT ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
	return 0;
}

/* What can be large is */
static inline void make_large(struct change *c, char *p, size_t length)
{
	if (is_transparent(c))
		madvise(p, length, MADV_COLLAPSE);
}

/* Returns NULL, or what is missing for it */
static inline const char *change_create(struct change *c, enum huge_kind kind)
{
	if (huge_missing(kind))
		return huge_missing(kind);
	c->kind = kind;
	c->unit = kind == HUGE_NOT ? page_size() : huge_size();
	c->length = kind == HUGE_NOT ? PAGES * page_size() : change_large() * huge_size();
	if (huge_is_tlb(kind))
		huge_pool(2 * (unsigned int)change_large());	/* also for a child's copies */
	c->file = huge_file(kind, c->length);
	c->busy.user = huge_space(c->length);
	if (map_at(c, c->busy.user, c->length, PROT_READ | PROT_WRITE))
		die("no memory: %s", strerror(errno));
	memset(c->busy.user, 0, c->length);
	make_large(c, c->busy.user, c->length);
	if (c->file >= 0)
		c->alias = mmap(NULL, c->length, PROT_READ | PROT_WRITE, MAP_SHARED, c->file, 0);
	c->spare = huge_space(c->unit);
	c->store = map_pages(c->unit);
	c->mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (c->alias == MAP_FAILED || c->mem < 0)
		die("memory isn't there twice");
	busy_create(&c->busy, c->busy.user, c->length / page_size());
	return NULL;
}

/* Nothing, if the test was skipped */
static inline void change_destroy(struct change *c)
{
	if (!c->length)
		return;
	vm_destroy(&c->busy.vm);
	munmap(c->busy.user, c->length);
	munmap(c->spare, c->unit);
	munmap(c->store, c->unit);
	if (c->alias)
		munmap(c->alias, c->length);
	close(c->file);
	close(c->mem);
	if (huge_is_tlb(c->kind))
		huge_pool(0);
}

/* Its variants say of which kinds it is */
#define CHANGE_FIXTURE(name)						\
	FIXTURE(name) {							\
		struct change c;					\
	};								\
	FIXTURE_VARIANT(name) {						\
		enum huge_kind kind;					\
	};								\
	FIXTURE_SETUP(name)						\
	{								\
		const char *missing = change_create(&self->c, variant->kind);	\
									\
		if (missing)						\
			SKIP(return, "%s", missing);			\
	}								\
	FIXTURE_TEARDOWN(name)						\
	{								\
		change_destroy(&self->c);				\
	}								\
	struct change

#endif
