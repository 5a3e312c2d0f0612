// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that memory that a guest alone uses follows its vCPUs to their node when the host balances
 * its nodes (NUMA balancing), and that the guest loses nothing by that.
 */
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include "busy.h"
#include "host_memory.h"
#include "huge.h"

#define PAGES		64UL
#define HERE		0		/* nodes */
#define THERE		1
#define BALANCING	"/proc/sys/kernel/numa_balancing"
#define SCAN		"/sys/kernel/debug/sched/numa_balancing/scan_"

FIXTURE(balance) {
	struct busy busy;
	size_t length;
	u64 step;		/* pages that move at once */
};

FIXTURE_VARIANT(balance) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(balance, pages) { .kind = HUGE_NOT };
FIXTURE_VARIANT_ADD(balance, transparent) { .kind = HUGE_ANONYMOUS };

static void allocate_on(int node)
{
	unsigned long nodes = 1UL << node;

	if (syscall(SYS_set_mempolicy, node < 0 ? MPOL_DEFAULT : MPOL_BIND,
		    node < 0 ? NULL : &nodes, node < 0 ? 0 : 8 * sizeof(nodes)))
		die("set_mempolicy: %s", strerror(errno));
}

/* This thread, and those that it makes */
static void run_on(int node)
{
	char path[64];
	int cpu;

	for (cpu = 0;; cpu++) {
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/cpu%d", node, cpu);
		if (!access(path, F_OK))
			break;
		if (cpu == cpu_count())
			die("no CPU on node %d", node);
	}
	pin_to(cpu);
}

/* Pages, or large ones, that are on a node */
static u64 pages_on(FIXTURE_DATA(balance) *self, int node)
{
	u64 i, nr = 0;

	for (i = 0; i < self->busy.pages; i += self->step) {
		void *page = self->busy.user + i * page_size();
		int status = -1;

		if (syscall(SYS_move_pages, 0, 1UL, &page, NULL, &status, 0))
			die("move_pages: %s", strerror(errno));
		nr += status == node;
	}
	return nr;
}

FIXTURE_SETUP(balance)
{
	char *user;
	size_t i;

	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	if (access("/sys/devices/system/node/node1", R_OK))
		SKIP(return, "hardware: its memory is one node");
	if (access(BALANCING, W_OK) || access(SCAN "delay_ms", W_OK))
		SKIP(return, "hardware: nobody balances its nodes");
	self->length = variant->kind == HUGE_NOT ? PAGES * page_size() : huge_size();
	self->step = variant->kind == HUGE_NOT ? 1 : self->length / page_size();
	run_on(HERE);
	allocate_on(THERE);
	user = huge_map(self->length, variant->kind);
	for (i = 0; i < self->length; i += page_size())
		*(u64 *)(user + i) = 0;
	allocate_on(-1);
	busy_create(&self->busy, user, self->length / page_size());
	ASSERT_EQ(0, write_file(SCAN "delay_ms", "0"));
	ASSERT_EQ(0, write_file(SCAN "period_min_ms", "20"));
	ASSERT_EQ(0, write_file(SCAN "period_max_ms", "50"));
	ASSERT_EQ(0, write_file(BALANCING, "1"));
	ASSERT_EQ(self->busy.pages / self->step, pages_on(self, THERE));
}

FIXTURE_TEARDOWN(balance)
{
	if (!self->length)
		return;
	write_file(BALANCING, "0");
	write_file(SCAN "delay_ms", "1000");
	write_file(SCAN "period_max_ms", "60000");
	write_file(SCAN "period_min_ms", "1000");
	vm_destroy(&self->busy.vm);
	munmap(self->busy.user, self->length);
}

/* The host doesn't touch it meanwhile: it is by the guest's accesses that it comes */
static void expect_to_come(struct __test_metadata *_metadata, FIXTURE_DATA(balance) *self)
{
	u64 all = self->busy.pages / self->step, faults = vmstat("numa_hint_faults");
	u64 migrated = vmstat("numa_pages_migrated");

	EXPECT_TRUE(wait_for(pages_on(self, HERE) > all / 2));
	EXPECT_TRUE(busy_wait(&self->busy, 1));
	EXPECT_LT(faults, vmstat("numa_hint_faults"));
	EXPECT_LT(migrated, vmstat("numa_pages_migrated"));
	TH_LOG("%lu of %lu here; %lu and %lu rounds", pages_on(self, HERE), all,
	       self->busy.control->rounds[0], self->busy.control->rounds[1]);
}

TEST_F(balance, what_a_guest_writes_to_comes_to_it)
{
	busy_start(&self->busy);
	expect_to_come(_metadata, self);
	EXPECT_TRUE(busy_end(&self->busy));
}

/* What the host has written last */
static u64 __guest guest_reads(u64 me)
{
	volatile struct busy_control *control = (void *)GUEST_SHARED;
	u64 i;

	guest_mmu_on(GUEST_TABLES);
	while (!control->end) {
		for (i = 0; i < control->pages; i++)
			GUEST_ASSERT_EQ(*busy_word(BUSY_BASE, control->page_size, i, BUSY_HOST),
					control->host);
		control->rounds[me] = control->rounds[me] + 1;
	}
	return 0;
}

TEST_F(balance, what_a_guest_only_reads_comes_to_it)
{
	struct busy *busy = &self->busy;
	u64 i;

	busy_round(busy);
	for (i = 0; i < BUSY_VCPUS; i++) {
		vcpu_call(busy->vcpu[i], guest_reads, i, 0);
		vcpu_start_persistent(busy->vcpu[i]);
	}
	expect_to_come(_metadata, self);
	busy->control->end = 1;
	for (i = 0; i < BUSY_VCPUS; i++)
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(busy->vcpu[i]));
}

TEST_HARNESS_MAIN
