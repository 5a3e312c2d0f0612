// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a page of 1 GiB of hugetlbfs is a guest's in one block, or in as large ones as the
 * region has room for; and that it gives way to pages, over two levels of tables, and comes back.
 * And that 1 GiB of the usual large pages is there by few faults.
 */
#include <errno.h>
#include <sys/sysinfo.h>
#include "kselftest_harness.h"
#include "dirty.h"
#include "huge.h"
#include "pages.h"
#include "tables.h"

#define BASE	(1UL << 36)	/* guest-physical */
#define GIB	(1UL << 30)
#define POOL	"/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages"

#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT	26
#endif

FIXTURE(gigabyte) {
	struct vm vm;
	struct vcpu *vcpu;
	char *user;
	u64 huge, nr;		/* the next smaller block, and how many there are */
	u64 pages;
	u64 *bits;
};

FIXTURE_SETUP(gigabyte)
{
	char *space = huge_space(2 * GIB);
	u64 i;

	if (page_size() != 4096)
		SKIP(return, "hardware: blocks of 1 GiB are those of pages of 4 KiB");
	space = (char *)(((u64)space + GIB - 1) & ~(GIB - 1));
	if (write_file(POOL, "1") ||
	    mmap(space, GIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		 MAP_FIXED | 30 << MAP_HUGE_SHIFT, -1, 0) != space)
		SKIP(return, "hardware: it hasn't got 1 GiB side by side");
	self->user = space;
	self->huge = huge_size();
	self->nr = GIB / self->huge;
	self->pages = GIB / page_size();
	self->bits = calloc(self->pages / DIRTY_WORD, 8);
	for (i = 0; i < self->nr; i++)
		*pages_word(self->user, self->huge, i) = guest_pattern(7, i) + 1;
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	pages_warm_up(self->vcpu);
}

FIXTURE_TEARDOWN(gigabyte)
{
	if (!self->user)
		return;
	vm_destroy(&self->vm);
	munmap(self->user, GIB);
	write_file(POOL, "0");
}

static int set_flags(FIXTURE_DATA(gigabyte) *self, u64 flags)
{
	return vm_memory(self->vm.fd, flags, BASE, GIB, self->user);
}

/* A page of each smaller block; returns the faults */
static u64 use(FIXTURE_DATA(gigabyte) *self, u64 first, u64 end, u64 generation, u64 add)
{
	return PAGES_USE(self->vcpu, .base = BASE, .page_size = self->huge, .first = first,
			 .end = end, .generation = generation, .add = add);
}

static u64 wrong(FIXTURE_DATA(gigabyte) *self, u64 first, u64 end, u64 generation)
{
	u64 i, nr = 0;

	for (i = first; i < end; i++)
		nr += *pages_word(self->user, self->huge, i) != guest_pattern(7, i) + generation;
	return nr;
}

TEST_F(gigabyte, takes_one_fault)
{
	ASSERT_EQ(0, set_flags(self, 0));
	EXPECT_EQ(1, use(self, 0, self->nr, 1, 1));
	EXPECT_EQ(0, wrong(self, 0, self->nr, 2));
	EXPECT_EQ(0, use(self, 0, self->nr, 2, 1));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
}

TEST_F(gigabyte, is_smaller_blocks_where_the_region_has_a_part_of_it)
{
	u64 half = self->nr / 2;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, GIB / 2, self->user));
	EXPECT_EQ(half, use(self, 0, half, 1, 1));
	EXPECT_EQ(0, wrong(self, 0, half, 2));
	EXPECT_EQ(0, wrong(self, half, self->nr, 1));
}

TEST_F(gigabyte, gives_way_to_pages_and_comes_back)
{
	u64 before, block, i, dirty = 0, odd = 300;

	before = host_tables();
	ASSERT_EQ(0, set_flags(self, 0));
	use(self, 0, self->nr, 1, 1);
	block = host_tables();
	EXPECT_EQ(before, block);
	ASSERT_EQ(0, set_flags(self, ARM_VCPU_MEMORY_LOG_DIRTY));
	EXPECT_EQ(0, use(self, 0, self->nr, 2, 0));
	EXPECT_EQ(1, use(self, odd, odd + 1, 2, 1));
	EXPECT_EQ(block + 2, host_tables());
	EXPECT_EQ(0, use(self, 0, odd, 2, 0));
	EXPECT_EQ(0, use(self, odd + 1, self->nr, 2, 0));
	ASSERT_EQ(0, dirty_get(&self->vm, 0, BASE, self->pages, self->bits));
	for (i = 0; i < self->pages; i++)
		dirty += dirty_is(self->bits, i);
	EXPECT_EQ(1, dirty);
	EXPECT_TRUE(dirty_is(self->bits, odd * self->huge / page_size()));
	EXPECT_EQ(0, wrong(self, odd, odd + 1, 3));

	ASSERT_EQ(0, set_flags(self, 0));
	EXPECT_EQ(1, use(self, odd, odd + 1, 3, 1));
	EXPECT_EQ(0, use(self, 0, odd, 2, 1));
	EXPECT_EQ(0, use(self, odd + 1, self->nr, 2, 1));
	EXPECT_EQ(0, wrong(self, 0, odd, 3));
	EXPECT_EQ(block, host_tables());
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	EXPECT_EQ(before, host_tables());
}

FIXTURE(large) {
	struct vm vm;
	struct vcpu *vcpu;
	char *user;
};

FIXTURE_VARIANT(large) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(large, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(large, hugetlb) { .kind = HUGE_TLB };

/* Half of it more, for what is there in small pages */
static bool has_room(void)
{
	struct sysinfo info;

	return !sysinfo(&info) && info.freeram * info.mem_unit > GIB + GIB / 2;
}

FIXTURE_SETUP(large)
{
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	if (!has_room())
		SKIP(return, "hardware: it hasn't got 1 GiB");
	if (huge_is_tlb(variant->kind))
		huge_pool((unsigned int)(GIB / huge_size()));
	self->user = huge_map(GIB, variant->kind);
	pages_fill(self->user, 0, GIB / page_size(), 1);
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	pages_warm_up(self->vcpu);
}

FIXTURE_TEARDOWN(large)
{
	if (!self->user)
		return;
	vm_destroy(&self->vm);
	munmap(self->user, GIB);
	if (huge_is_tlb(variant->kind))
		huge_pool(0);
}

TEST_F_TIMEOUT(large, a_gibibyte_of_them_is_there_by_less_than_600_faults, 90)
{
	u64 pages = GIB / page_size(), faults;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, GIB, self->user));
	faults = PAGES_USE(self->vcpu, .base = BASE, .end = pages, .generation = 1, .add = 1);
	TH_LOG("%lu faults", faults);
	EXPECT_GT(600, faults);
	EXPECT_EQ(0, pages_wrong(self->user, 0, pages, 2));
}

TEST_HARNESS_MAIN
