// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest loses nothing when the host moves its memory to other pages: to another node,
 * and by compaction.
 */
#include <errno.h>
#include <linux/mempolicy.h>
#include "busy.h"
#include "host_memory.h"
#include "huge.h"

#define PAGES	128UL
#define NODES	2

FIXTURE(migrate) {
	struct busy busy;
	size_t length;
};

FIXTURE_VARIANT(migrate) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(migrate, pages) { .kind = HUGE_NOT };
FIXTURE_VARIANT_ADD(migrate, transparent) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(migrate, hugetlb) { .kind = HUGE_TLB };

FIXTURE_SETUP(migrate)
{
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	if (access("/sys/devices/system/node/node1", R_OK))
		SKIP(return, "hardware: its memory is one node");
	if (huge_is_tlb(variant->kind))
		huge_pool(NODES);
	self->length = variant->kind == HUGE_NOT ? PAGES * page_size() : huge_size();
	busy_create(&self->busy, huge_map(self->length, variant->kind),
		    self->length / page_size());
}

FIXTURE_TEARDOWN(migrate)
{
	if (!self->length)
		return;
	vm_destroy(&self->busy.vm);
	munmap(self->busy.user, self->length);
	if (huge_is_tlb(variant->kind))
		huge_pool(0);
}

/* How many of its pages, or of its large ones, are on a node that they weren't on */
static u64 move_to(struct busy *busy, int node, u64 step)
{
	void *page[PAGES];
	int nodes[PAGES], status[PAGES];
	u64 i, nr = 0, moved = 0;

	for (i = 0; i < busy->pages; i += step, nr++) {
		page[nr] = busy->user + i * page_size();
		nodes[nr] = node;
	}
	if (syscall(SYS_move_pages, 0, nr, page, NULL, status, 0))
		die("move_pages: %s", strerror(errno));
	for (i = 0; i < nr; i++)
		moved += status[i] >= 0 && status[i] != node;
	if (syscall(SYS_move_pages, 0, nr, page, nodes, status, MPOL_MF_MOVE) < 0)
		die("move_pages: %s", strerror(errno));
	for (i = 0; i < nr; i++)
		moved -= status[i] != node && moved;
	return moved;
}

TEST_F(migrate, to_another_node_and_back)
{
	u64 step = variant->kind == HUGE_NOT ? 1 : self->length / page_size(), moved = 0;
	u64 enough = 2 * self->length / page_size() / step;
	struct busy *busy = &self->busy;
	int node = 0;

	busy_start(busy);
	busy_for(busy, thorough(1000), moved > enough) {
		node = !node;
		moved += move_to(busy, node, step);
	}
	EXPECT_TRUE(busy_end(busy));
	TH_LOG("%lu moved", moved);
	EXPECT_LT(enough, moved);
}

/* The process's, all of it: guest code, tables and stacks as well */
TEST_F(migrate, all_of_the_process)
{
	u64 enough = vmstat("pgmigrate_success") + 2 * BUSY_VCPUS;
	unsigned long from, to;
	struct busy *busy = &self->busy;
	int node = 0;

	busy_start(busy);
	busy_for(busy, thorough(1000), vmstat("pgmigrate_success") > enough) {
		node = !node;
		from = 1UL << !node;
		to = 1UL << node;
		ASSERT_LE(0, syscall(SYS_migrate_pages, 0, NODES + 1, &from, &to));
	}
	EXPECT_TRUE(busy_end(busy));
	EXPECT_LT(enough, vmstat("pgmigrate_success"));
}

#define JUNK	31UL		/* pages between two */

/* Apart from each other, with nothing in between */
static char *map_scattered(void)
{
	size_t page = page_size(), i, n;
	char *user = map_pages(PAGES * page), *junk = map_pages(PAGES * JUNK * page);

	madvise(user, PAGES * page, MADV_NOHUGEPAGE);
	madvise(junk, PAGES * JUNK * page, MADV_NOHUGEPAGE);
	for (i = 0; i < PAGES; i++) {
		*(u64 *)(user + i * page) = 0;
		for (n = 0; n < JUNK; n++)
			*(u64 *)(junk + (i * JUNK + n) * page) = 1;
	}
	munmap(junk, PAGES * JUNK * page);
	return user;
}

TEST(compaction_moves_pages)
{
	u64 first[PAGES], i, moved = 0;
	struct busy busy;

	if (access("/proc/sys/vm/compact_memory", W_OK))
		SKIP(return, "kernel: no compaction");
	busy_create(&busy, map_scattered(), PAGES);
	for (i = 0; i < PAGES; i++)
		first[i] = pfn_of(busy.user + i * page_size());
	busy_start(&busy);
	busy_for(&busy, thorough(1000), true)
		ASSERT_EQ(0, write_file("/proc/sys/vm/compact_memory", "1"));
	EXPECT_TRUE(busy_end(&busy));
	for (i = 0; i < PAGES; i++)
		moved += first[i] != pfn_of(busy.user + i * page_size());
	TH_LOG("%lu moved", moved);
	EXPECT_LT(0, moved);
	vm_destroy(&busy.vm);
}

TEST_HARNESS_MAIN
