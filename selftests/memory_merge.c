// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest loses nothing when the host makes one page of many that are alike (KSM), and
 * many of one again, and when it splits and collapses large pages: and that it never writes to a
 * page that others have as well.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "busy.h"
#include "host_memory.h"
#include "huge.h"

#define KSM	"/sys/kernel/mm/ksm/"
#define PAGES	128UL
#define EPOCHS	5

/* In GUEST_SHARED */
struct control {
	u64 end;
	u64 page_size;
	u64 epoch;
	u64 done[BUSY_VCPUS];
};

FIXTURE(merge) {
	struct vm vm;
	char *user;		/* PAGES at BUSY_BASE, all alike */
	volatile struct control *control;
};

/* Every second page has the epoch, which is followed when it changes */
static u64 __guest guest_follows(u64 me)
{
	volatile struct control *control = (void *)GUEST_SHARED;
	u64 epoch = 1, next, i;
	volatile u64 *word;

	while (!control->end) {
		next = control->epoch;
		for (i = me; i < PAGES; i += BUSY_VCPUS) {
			word = (u64 *)(BUSY_BASE + i * control->page_size);
			GUEST_ASSERT_EQ(*word, epoch);
			if (next != epoch)
				*word = next;
		}
		epoch = next;
		control->done[me] = epoch;
	}
	return 0;
}

FIXTURE_SETUP(merge)
{
	size_t length = PAGES * page_size(), i;

	if (access(KSM "run", W_OK))
		SKIP(return, "kernel: no KSM");
	self->user = map_pages(length);
	madvise(self->user, length, MADV_NOHUGEPAGE);
	for (i = 0; i < length; i += page_size())
		*(u64 *)(self->user + i) = 1;
	vm_create(&self->vm);
	self->control = vm_host(&self->vm, GUEST_SHARED);
	self->control->page_size = page_size();
	self->control->epoch = 1;
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BUSY_BASE, length, self->user));
	ASSERT_EQ(0, madvise(self->user, length, MADV_MERGEABLE));
	ASSERT_EQ(0, write_file(KSM "sleep_millisecs", "1"));
	ASSERT_EQ(0, write_file(KSM "pages_to_scan", "512"));
	ASSERT_EQ(0, write_file(KSM "run", "1"));
}

FIXTURE_TEARDOWN(merge)
{
	if (!self->user)
		return;
	write_file(KSM "run", "2");
	write_file(KSM "run", "0");
	vm_destroy(&self->vm);
	munmap(self->user, PAGES * page_size());
}

/* Pages that are no more, for they are another */
static u64 shared(void)
{
	FILE *file = fopen(KSM "pages_sharing", "r");
	unsigned long nr;

	if (!file || fscanf(file, "%lu", &nr) != 1)
		die("KSM says nothing");
	fclose(file);
	return nr;
}

static u64 wrong(FIXTURE_DATA(merge) *self)
{
	u64 i, nr = 0;

	for (i = 0; i < PAGES; i++)
		nr += *(volatile u64 *)(self->user + i * page_size()) != self->control->epoch;
	return nr;
}

static void starts(FIXTURE_DATA(merge) *self)
{
	struct vcpu *vcpu;
	u64 i;

	for (i = 0; i < BUSY_VCPUS; i++) {
		vcpu = vcpu_create(&self->vm);
		vcpu_call(vcpu, guest_follows, i, 0);
		vcpu_start_persistent(vcpu);
	}
}

static bool is_followed(FIXTURE_DATA(merge) *self)
{
	u64 epoch = self->control->epoch;

	return self->control->done[0] == epoch && self->control->done[1] == epoch;
}

TEST_F(merge, a_page_that_others_have_is_not_written_to)
{
	u64 i;

	starts(self);
	while (self->control->epoch < EPOCHS) {
		ASSERT_TRUE(wait_for(shared() > PAGES * 3 / 4));
		EXPECT_EQ(0, wrong(self));
		self->control->epoch = self->control->epoch + 1;
		ASSERT_TRUE(wait_for(is_followed(self)));
		EXPECT_EQ(0, wrong(self));
	}
	ASSERT_TRUE(wait_for(shared() > PAGES * 3 / 4));
	ASSERT_EQ(0, write_file(KSM "run", "2"));
	EXPECT_EQ(0, shared());
	EXPECT_EQ(0, wrong(self));
	self->control->epoch = self->control->epoch + 1;
	EXPECT_TRUE(wait_for(is_followed(self)));
	EXPECT_EQ(0, wrong(self));
	self->control->end = 1;
	for (i = 0; i < BUSY_VCPUS; i++)
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(&self->vm.vcpus[i]));
}

#define SPLIT	"/sys/kernel/debug/split_huge_pages"
#define NR	2UL		/* large pages */

FIXTURE(large) {
	struct busy busy;
	size_t length;
};

FIXTURE_VARIANT(large) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(large, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(large, shared) { .kind = HUGE_SHARED };

FIXTURE_SETUP(large)
{
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	if (access(SPLIT, W_OK))
		SKIP(return, "kernel: no " SPLIT);
	self->length = NR * huge_size();
	busy_create(&self->busy, huge_map(self->length, variant->kind),
		    self->length / page_size());
}

FIXTURE_TEARDOWN(large)
{
	if (!self->length)
		return;
	vm_destroy(&self->busy.vm);
	munmap(self->busy.user, self->length);
}

TEST_F(large, are_split_and_collapsed)
{
	u64 before = vmstat("thp_split_page"), collapsed = 0;
	struct busy *busy = &self->busy;
	char range[64];

	snprintf(range, sizeof(range), "%d,0x%lx,0x%lx", getpid(), (unsigned long)busy->user,
		 (unsigned long)busy->user + self->length);
	busy_start(busy);
	busy_for(busy, thorough(1000), collapsed > 1 && vmstat("thp_split_page") > before) {
		ASSERT_EQ(0, write_file(SPLIT, range));
		busy_round(busy);
		collapsed += !madvise(busy->user, self->length, MADV_COLLAPSE);
	}
	EXPECT_TRUE(busy_end(busy));
	TH_LOG("%lu splits, %lu collapses", vmstat("thp_split_page") - before, collapsed);
	EXPECT_LT(before, vmstat("thp_split_page"));
	EXPECT_LT(1, collapsed);
}

TEST_HARNESS_MAIN
