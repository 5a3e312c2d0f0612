// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the log of what guests write while they do: pages that are copied whenever the log has
 * them are the guest's memory in the end; and blocks give way to it, and come back.
 */
#include <errno.h>
#include "live.h"
#include "tables.h"

FIXTURE(large) {
	struct live live;
};

FIXTURE_VARIANT(large) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(large, transparent) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(large, hugetlb) { .kind = HUGE_TLB };

FIXTURE_SETUP(large)
{
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	set_up(&self->live, variant->kind);
}

FIXTURE_TEARDOWN(large)
{
	large_destroy(&self->live.m);
}

/* The guest writes to one page, or to all, or reads all; returns the faults */
static u64 use(struct live *live, u64 first, u64 end, u64 generation, u64 add)
{
	return PAGES_USE(live->m.vcpu, .base = BASE, .first = first, .end = end,
			 .generation = generation, .add = add);
}

/* A part of a block has its rights and its memory; the rest isn't asked for again */
TEST_F(large, blocks_give_way_to_it_and_come_back)
{
	struct live *live = &self->live;
	u64 odd = live->m.pages + 77, blocks, before;

	pages_fill(live->m.user, 0, live->m.all, 1);
	before = host_tables();
	ASSERT_EQ(0, large_region(&live->m, 0));
	EXPECT_EQ(NR, use(live, 0, live->m.all, 1, 1));
	blocks = host_tables();

	ASSERT_EQ(0, large_region(&live->m, LOG));
	EXPECT_EQ(0, use(live, 0, live->m.all, 2, 0));
	EXPECT_EQ(0, harvest(live, 0));
	EXPECT_EQ(1, use(live, odd, odd + 1, 2, 1));
	EXPECT_EQ(0, pages_wrong(live->m.user, 0, odd, 2));
	EXPECT_EQ(0, pages_wrong(live->m.user, odd, odd + 1, 3));
	EXPECT_EQ(1, harvest(live, 0));
	EXPECT_TRUE(dirty_is(live->bits, odd));
	EXPECT_EQ(0, use(live, 0, odd, 2, 0));
	EXPECT_EQ(0, use(live, odd + 1, live->m.all, 2, 0));
	EXPECT_EQ(0, harvest(live, 0));
	EXPECT_EQ(blocks + 1, host_tables());

	EXPECT_EQ(1, use(live, odd, odd + 1, 3, 1));
	pages_fill(live->m.user, 0, live->m.all, 5);
	EXPECT_EQ(live->m.all - 1, use(live, 0, live->m.all, 5, 1));
	EXPECT_EQ(live->m.all, harvest(live, 0));
	EXPECT_EQ(0, pages_wrong(live->m.user, 0, live->m.all, 6));
	EXPECT_EQ(blocks + NR, host_tables());

	ASSERT_EQ(0, large_region(&live->m, 0));
	EXPECT_EQ(NR, use(live, 0, live->m.all, 6, 1));
	EXPECT_EQ(0, pages_wrong(live->m.user, 0, live->m.all, 7));
	EXPECT_EQ(blocks, host_tables());
	ASSERT_EQ(0, vm_memory(live->m.vm.fd, 0, BASE, 0, NULL));
	EXPECT_EQ(before, host_tables());
}

/* The guest reads each page before it writes to it */
TEST_F(large, a_region_that_begins_with_it_is_by_page)
{
	struct live *live = &self->live;

	pages_fill(live->m.user, 0, live->m.all, 1);
	ASSERT_EQ(0, large_region(&live->m, LOG));
	EXPECT_EQ(2 * live->m.all, use(live, 0, live->m.all, 1, 1));
	EXPECT_EQ(live->m.all, harvest(live, 0));
	EXPECT_EQ(live->m.all, use(live, 0, live->m.all, 2, 1));
	EXPECT_EQ(live->m.all, harvest(live, ARM_VCPU_DIRTY_KEEP));
}

static u64 copy_pages(struct live *live, char *shadow)
{
	u64 n, nr = 0;

	for (n = 0; n < live->m.all; n++) {
		if (!dirty_is(live->bits, n))
			continue;
		memcpy(shadow + n * live->m.page, live->m.user + n * live->m.page, live->m.page);
		nr++;
	}
	return nr;
}

/* Cleared with what is given out, or before the pages are copied */
static u64 harvest_and_copy(struct live *live, char *shadow, bool apart)
{
	harvest(live, apart ? ARM_VCPU_DIRTY_KEEP : 0);
	if (apart && dirty_get(&live->m.vm, ARM_VCPU_DIRTY_CLEAR, BASE, live->m.all, live->bits))
		die("CLEAR failed");
	return copy_pages(live, shadow);
}

static u64 sum_of(struct live *live, unsigned int writer)
{
	u64 n, sum = 0;

	for (n = 0; n < live->m.all; n++)
		sum += *(u64 *)(live->m.user + n * live->m.page + 8 * writer);
	return sum;
}

TEST_F(live, what_is_copied_by_it_is_the_memory_in_the_end)
{
	struct live *live = &self->live;
	volatile struct control *control = vm_host(&live->m.vm, GUEST_SHARED);
	pthread_t thread[WRITERS];
	char *shadow = map_pages(live->m.length);
	u64 end, rounds, copied = 0;
	unsigned int i;

	memset(live->m.user, 0, live->m.length);
	ASSERT_EQ(0, large_region(&live->m, 0));
	start_writers(live, thread, live->m.all);
	ASSERT_TRUE(wait_for(control->written[WRITERS - 1] > 1000));
	/* As live migration does: the log, and then all of it */
	ASSERT_EQ(0, large_region(&live->m, LOG));
	memcpy(shadow, live->m.user, live->m.length);
	end = now_ns() + 3 * SECOND;
	for (rounds = 0; now_ns() < end; rounds++)
		copied += harvest_and_copy(live, shadow, rounds % 2);
	EXPECT_TRUE(stop_writers(live, thread));
	harvest_and_copy(live, shadow, false);

	TH_LOG("%lu pages in %lu rounds", (unsigned long)copied, (unsigned long)rounds);
	EXPECT_LT(100, copied);
	EXPECT_EQ(0, memcmp(shadow, live->m.user, live->m.length));
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(control->written[i], sum_of(live, i));
}

TEST_HARNESS_MAIN
