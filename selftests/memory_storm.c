// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nothing of a guest's memory is lost or old while the host does everything to it that
 * it can, by pages and by large pages: rights, copies, migration, collapse, reclaim, other
 * addresses, and a log of what is written that begins and ends.
 */
#include <errno.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "dirty.h"
#include "huge.h"

#define BASE	(1UL << 36)	/* guest-physical */
#define NR	2UL		/* large pages */
#define VCPUS	2UL
#define SECONDS	thorough(2)

/* In GUEST_SHARED */
struct control {
	u64 end;
	u64 pages, page_size;
	u64 rounds[VCPUS];
};

FIXTURE(storm) {
	enum huge_kind kind;
	struct vm vm;
	struct vcpu *vcpu[VCPUS];
	size_t page, huge, length;
	u64 pages;
	char *user, *spare;	/* somewhere else for a large page */
	u64 *bits;
	volatile struct control *control;
	u64 seed;
	u64 collapsed, moved, harvested;
};

FIXTURE_VARIANT(storm) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(storm, anonymous) { .kind = HUGE_ANONYMOUS };
FIXTURE_VARIANT_ADD(storm, shared) { .kind = HUGE_SHARED };
FIXTURE_VARIANT_ADD(storm, hugetlb) { .kind = HUGE_TLB };

FIXTURE_SETUP(storm)
{
	u64 i;

	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	if (huge_is_tlb(variant->kind))
		huge_pool(2 * NR);
	self->kind = variant->kind;
	self->page = page_size();
	self->huge = huge_size();
	self->length = NR * self->huge;
	self->pages = self->length / self->page;
	self->spare = huge_space(self->huge);
	self->user = huge_map(self->length, variant->kind);
	self->bits = calloc(self->pages / DIRTY_WORD, 8);
	vm_create(&self->vm);
	self->control = vm_host(&self->vm, GUEST_SHARED);
	self->control->pages = self->pages;
	self->control->page_size = self->page;
	for (i = 0; i < VCPUS; i++)
		self->vcpu[i] = vcpu_create(&self->vm);
}

FIXTURE_TEARDOWN(storm)
{
	if (!self->user)
		return;
	vm_destroy(&self->vm);
	munmap(self->user, self->length);
	if (huge_is_tlb(variant->kind))
		huge_pool(0);
}

/* Each round adds 1 to a word of its own in all pages, that must have what the last one left */
static u64 __guest guest_adds(u64 me)
{
	volatile struct control *control = (void *)GUEST_SHARED;
	u64 i, round, *word;

	for (round = 0; !control->end; round++) {
		for (i = 0; i < control->pages; i++) {
			word = (u64 *)(BASE + i * control->page_size) + i % 256 + 256 * me;
			GUEST_ASSERT_EQ(READ_ONCE(*word), round);
			WRITE_ONCE(*word, round + 1);
		}
		control->rounds[me] = round + 1;
	}
	return round;
}

static u64 next(FIXTURE_DATA(storm) *self)
{
	return guest_pattern(self->seed++, 11);
}

static void change_rights(FIXTURE_DATA(storm) *self, u64 r)
{
	u64 first = r % self->pages, some = 1 + (r >> 32) % (self->pages - first);
	char *p = self->user + first * self->page;

	/* Most are few */
	if (r >> 60)
		some = 1 + some % 8;
	mprotect(p, some * self->page, r >> 59 & 1 ? PROT_READ : PROT_NONE);
	mprotect(p, some * self->page, PROT_READ | PROT_WRITE);
}

static void move_away_and_back(FIXTURE_DATA(storm) *self, u64 r)
{
	char *p = self->user + r % NR * self->huge;

	if (mremap(p, self->huge, self->huge, MREMAP_MAYMOVE | MREMAP_FIXED, self->spare) !=
	    self->spare)
		return;
	sleep_ms(1);
	if (mremap(self->spare, self->huge, self->huge, MREMAP_MAYMOVE | MREMAP_FIXED, p) != p)
		die("memory can't come back: %s", strerror(errno));
	self->moved++;
}

static void fork_and_exit(u64 r)
{
	pid_t pid = fork();

	if (!pid) {
		sleep_ms(r % 8);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* The log begins, is read, and ends */
static void toggle_log(FIXTURE_DATA(storm) *self, u64 r)
{
	u64 flags = r & 1 ? ARM_VCPU_MEMORY_LOG_DIRTY : 0;

	vm_memory(self->vm.fd, flags, BASE, self->length, self->user);
	self->harvested += !dirty_get(&self->vm, 0, BASE, self->pages, self->bits);
}

static void act(FIXTURE_DATA(storm) *self, u64 r)
{
	char *huge = self->user + (r >> 8) % NR * self->huge;
	char *page = self->user + (r >> 8) % self->pages * self->page;

	switch (r % 10) {
	case 0:
	case 1:
		change_rights(self, r >> 4);
		break;
	case 2:
	case 3:
		self->collapsed += !madvise(huge, self->huge, MADV_COLLAPSE);
		break;
	case 4:
		madvise(page, self->page, MADV_COLD);
		break;
	case 5:
		madvise(r >> 60 ? page : huge, r >> 60 ? self->page : self->huge, MADV_PAGEOUT);
		break;
	case 6:
		fork_and_exit(r >> 8);
		break;
	case 7:
		write_file("/proc/sys/vm/compact_memory", "1");
		break;
	case 8:
		move_away_and_back(self, r >> 8);
		break;
	default:
		toggle_log(self, r >> 8);
	}
}

static u64 wrong_words(FIXTURE_DATA(storm) *self, u64 me)
{
	u64 i, wrong = 0;

	for (i = 0; i < self->pages; i++)
		wrong += ((u64 *)(self->user + i * self->page))[i % 256 + 256 * me] !=
			 self->control->rounds[me];
	return wrong;
}

static bool all_has_happened(const FIXTURE_DATA(storm) *self)
{
	return self->harvested && (huge_is_tlb(self->kind) || (self->collapsed && self->moved));
}

TEST_F_TIMEOUT(storm, nothing_is_lost_or_old, 60)
{
	u64 begin = now_ns(), end = begin + SECONDS * SECOND;
	u64 late = begin + 6 * SECONDS * SECOND * slowness(), i, acts = 0;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->length, self->user));
	for (i = 0; i < VCPUS; i++) {
		vcpu_call(self->vcpu[i], guest_adds, i, 0);
		vcpu_start_persistent(self->vcpu[i]);
	}
	for (; now_ns() < end || (!all_has_happened(self) && now_ns() < late); acts++)
		act(self, next(self));
	self->control->end = 1;
	for (i = 0; i < VCPUS; i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[i]));
		EXPECT_EQ(CALL_DONE, self->vcpu[i]->run->call.immediate);
		EXPECT_EQ(0, wrong_words(self, i));
		EXPECT_LT(0, self->control->rounds[i]);
	}
	TH_LOG("%lu acts: %lu collapses, %lu moves, %lu logs; %lu and %lu rounds", acts,
	       self->collapsed, self->moved, self->harvested, self->control->rounds[0],
	       self->control->rounds[1]);
	EXPECT_TRUE(all_has_happened(self));
}

TEST_HARNESS_MAIN
