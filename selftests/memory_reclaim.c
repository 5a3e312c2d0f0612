// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest loses nothing when the host takes memory back that isn't needed: what is cold
 * or paged out on demand, beyond a cgroup's limit, or given up (MADV_FREE) and then written to; and
 * that what is locked stays.
 */
#include <errno.h>
#include <sys/mman.h>
#include "busy.h"
#include "cgroup.h"
#include "host_memory.h"
#include "huge.h"
#include "pages.h"
#include "swap.h"

#define PAGES	256UL

FIXTURE(reclaim) {
	struct busy busy;
	size_t length;
};

FIXTURE_SETUP(reclaim)
{
	char *user;

	if (!swap_on())
		SKIP(return, NO_SWAP);
	self->length = PAGES * page_size();
	user = map_pages(self->length);
	madvise(user, self->length, MADV_NOHUGEPAGE);
	busy_create(&self->busy, user, PAGES);
}

FIXTURE_TEARDOWN(reclaim)
{
	if (!self->length)
		return;
	vm_destroy(&self->busy.vm);
	munmap(self->busy.user, self->length);
	swap_off();
}

TEST_F(reclaim, what_is_cold_or_paged_out_comes_back)
{
	u64 out = vmstat("pswpout"), in = vmstat("pswpin"), i = 0;
	struct busy *busy = &self->busy;
	size_t part = self->length / 4;

	busy_start(busy);
	busy_for(busy, thorough(1000), vmstat("pswpin") > in + PAGES / 4) {
		ASSERT_EQ(0, madvise(busy->user + i % 4 * part, part, MADV_COLD));
		ASSERT_EQ(0, madvise(busy->user + (i + 1) % 4 * part, part, MADV_PAGEOUT));
		i++;
	}
	EXPECT_TRUE(busy_end(busy));
	out = vmstat("pswpout") - out;
	in = vmstat("pswpin") - in;
	TH_LOG("%lu pages out, %lu in", out, in);
	EXPECT_LT(PAGES / 4, out);
	EXPECT_LT(PAGES / 4, in);
}

/* When each page has been written to since it was given up, none of them may go */
TEST_F(reclaim, what_is_given_up_and_written_to_is_kept)
{
	u64 end = now_ns() + thorough(1000) * MS, rounds = 0;
	struct busy *busy = &self->busy;

	busy_start(busy);
	for (; now_ns() < end || rounds < 2; rounds++) {
		ASSERT_TRUE(busy_wait(busy, 1));
		ASSERT_EQ(0, madvise(busy->user, self->length, MADV_FREE));
		ASSERT_TRUE(busy_wait(busy, 1));
		ASSERT_EQ(0, madvise(busy->user, self->length, MADV_PAGEOUT));
	}
	EXPECT_TRUE(busy_end(busy));
	TH_LOG("%lu rounds", rounds);
	EXPECT_LT(1, rounds);
}

TEST_F(reclaim, beyond_the_limit_of_a_cgroup_pages_go_and_come)
{
	struct busy *busy = &self->busy;
	u64 out = vmstat("pswpout");

	if (!cgroup_create())
		SKIP(return, NO_CGROUP);
	cgroup_enter();
	busy_round(busy);
	cgroup_set(CGROUP "/memory.high", self->length * 3 / 4);
	busy_start(busy);
	busy_for(busy, thorough(1000), vmstat("pswpout") > out + PAGES / 4)
		;
	EXPECT_TRUE(busy_end(busy));
	cgroup_destroy();
	out = vmstat("pswpout") - out;
	TH_LOG("%lu pages out", out);
	EXPECT_LT(PAGES / 4, out);
}

static u64 faults(struct busy *busy, u64 generation)
{
	return PAGES_USE(busy->vcpu[0], .base = BUSY_BASE, .end = PAGES, .generation = generation,
			 .add = 1);
}

static bool reclaim(void)
{
	/* Less than that isn't an error here */
	int ret = write_file(CGROUP "/memory.reclaim", "16M");

	return !ret || ret == -EAGAIN;
}

TEST_F(reclaim, what_is_locked_stays)
{
	struct busy *busy = &self->busy;

	if (!cgroup_create())
		SKIP(return, NO_CGROUP);
	cgroup_enter();
	pages_fill(busy->user, 0, PAGES, 1);
	pages_warm_up(busy->vcpu[0]);
	ASSERT_EQ(0, mlockall(MCL_CURRENT));
	EXPECT_EQ(PAGES, faults(busy, 1));
	EXPECT_NE(0, madvise(busy->user, self->length, MADV_PAGEOUT));
	EXPECT_TRUE(reclaim());
	EXPECT_EQ(0, faults(busy, 2));

	ASSERT_EQ(0, munlockall());
	EXPECT_TRUE(reclaim());
	EXPECT_LT(0, faults(busy, 3));
	EXPECT_EQ(0, pages_wrong(busy->user, 0, PAGES, 4));
	cgroup_destroy();
}

TEST_HARNESS_MAIN
