// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest loses nothing with a page that the host takes out of use in time (soft
 * offline), and that one which is broken is a MEMORY_FAULT with EHWPOISON, until the VMM puts
 * another there; the rest of its memory isn't concerned.
 */
#include <errno.h>
#include <signal.h>
#include "busy.h"
#include "host_memory.h"
#include "huge.h"

#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif

#define PAGES	32UL
#define SOFT	8UL		/* pages that the host won't have again until it boots */
#define BAD	(1UL << 36)

FIXTURE(failure) {
	struct busy busy;
	struct vcpu *vcpu;
	u64 *bad;		/* at BAD */
	size_t page;		/* a large one, if they are */
	size_t length;
	u64 soft;		/* pages */
};

FIXTURE_VARIANT(failure) {
	enum huge_kind kind;
};

FIXTURE_VARIANT_ADD(failure, pages) { .kind = HUGE_NOT };
FIXTURE_VARIANT_ADD(failure, hugetlb) { .kind = HUGE_TLB };

FIXTURE_SETUP(failure)
{
	if (access("/proc/sys/vm/memory_failure_recovery", R_OK))
		SKIP(return, "kernel: no memory failure");
	if (huge_missing(variant->kind))
		SKIP(return, "%s", huge_missing(variant->kind));
	self->soft = variant->kind == HUGE_NOT ? SOFT : 1;
	self->page = variant->kind == HUGE_NOT ? page_size() : huge_size();
	self->length = variant->kind == HUGE_NOT ? PAGES * self->page : self->page;
	/* One is in use, and one takes the place of one that is bad */
	if (huge_is_tlb(variant->kind))
		huge_pool(4);
	busy_create(&self->busy, huge_map(self->length, variant->kind),
		    self->length / page_size());
	self->vcpu = vcpu_create(&self->busy.vm);
	self->bad = (u64 *)huge_map(self->page, variant->kind);
	ASSERT_EQ(0, vm_memory(self->busy.vm.fd, 0, BAD, self->page, self->bad));
}

FIXTURE_TEARDOWN(failure)
{
	if (!self->page)
		return;
	vm_destroy(&self->busy.vm);
	munmap(self->busy.user, self->length);
	munmap(self->bad, self->page);
	if (huge_is_tlb(variant->kind))
		huge_pool(0);
}

TEST_F(failure, a_page_that_goes_in_time_is_another_with_the_same_in_it)
{
	struct busy *busy = &self->busy;
	u64 first, i, moved = 0;
	char *page;

	busy_start(busy);
	/* A page may be busy */
	for (i = 0; i < 8 * SOFT && moved < self->soft; i++) {
		page = busy->user + i * 3 * self->page % self->length;
		first = pfn_of(page);
		if (madvise(page, self->page, MADV_SOFT_OFFLINE))
			continue;
		ASSERT_NE(first, pfn_of(page));
		moved++;
		ASSERT_TRUE(busy_wait(busy, 1));
		busy_round(busy);
	}
	EXPECT_TRUE(busy_end(busy));
	EXPECT_EQ(self->soft, moved);
}

/* x0: counts; x1: where to */
GUEST_ASM(guest_count, "1: add x0, x0, #1\n str x0, [x1]\n b 1b");
GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

static void expect_broken(struct __test_metadata *_metadata, FIXTURE_DATA(failure) *self,
			  u32 access)
{
	struct arm_vcpu_run *run = self->vcpu->run;

	EXPECT_EQ(ARM_VCPU_EXIT_MEMORY_FAULT, run->exit_reason);
	EXPECT_EQ(BAD, run->fault.addr);
	EXPECT_EQ(access, run->fault.access);
	EXPECT_EQ(EHWPOISON, run->fault.error);
	EXPECT_EQ(0, run->pending);
}

TEST_F(failure, a_page_that_is_broken_is_a_fault_until_another_is_there)
{
	struct busy *busy = &self->busy;

	catch_signal(SIGBUS, 0);	/* who injects it may be told of it */
	busy_start(busy);
	vcpu_enter(self->vcpu, guest_count, 0, BAD);
	vcpu_start(self->vcpu);
	ASSERT_TRUE(wait_for(READ_ONCE(*self->bad) > 100));
	ASSERT_EQ(0, madvise(self->bad, self->page, MADV_HWPOISON)) {
		TH_LOG("%s", strerror(errno));
	}
	EXPECT_EQ(ARM_VCPU_EXIT_MEMORY_FAULT, vcpu_join(self->vcpu));
	expect_broken(_metadata, self, ARM_VCPU_ACCESS_WRITE);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	expect_broken(_metadata, self, ARM_VCPU_ACCESS_WRITE);
	vcpu_enter(self->vcpu, guest_load, 0, BAD);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	expect_broken(_metadata, self, ARM_VCPU_ACCESS_READ);
	EXPECT_TRUE(busy_wait(busy, 1));

	huge_map_at((char *)self->bad, self->page, variant->kind);
	*self->bad = 77;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(77, self->vcpu->run->x[0]);
	busy_round(busy);
	EXPECT_TRUE(busy_end(busy));
}

TEST_HARNESS_MAIN
