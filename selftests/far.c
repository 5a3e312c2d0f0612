// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that the host's memory beyond 48 bits of address is a guest's as any other, and that the
 * tables that lead to it can be there.  The scenario far has such a host.
 */
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "code.h"
#include "host_memory.h"
#include "huge.h"
#include "pages.h"

#define BASE	(1UL << 36)	/* guest-physical */
#define NR	64UL		/* pages */

FIXTURE(far) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page;
};

FIXTURE_VARIANT(far) {
	bool largest;		/* addresses: the root is larger, and aligned to that */
};

FIXTURE_VARIANT_ADD(far, default_size) { .largest = false };
FIXTURE_VARIANT_ADD(far, largest_size) { .largest = true };

/* On the node that has nothing else for what the kernel likes best for its tables */
FIXTURE_SETUP(far)
{
	struct arm_vcpu_info info;

	pin_to(cpu_nth(0));
	vm_create(&self->vm);
	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	vm_replace(&self->vm, variant->largest ? info.ipa_bits_max : 0, 0);
	self->vcpu = vcpu_create(&self->vm);
	self->page = page_size();
	pages_warm_up(self->vcpu);
}

FIXTURE_TEARDOWN(far)
{
	vm_destroy(&self->vm);
}

static bool is_far(const char *user)
{
	return pfn_of(user) * page_size() >> 48;
}

GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

TEST_F(far, pages_are_a_guests)
{
	char *user = map_pages(NR * self->page);
	u64 i;

	madvise(user, NR * self->page, MADV_NOHUGEPAGE);
	pages_fill(user, 0, NR, 1);
	for (i = 0; i < NR; i++)
		ASSERT_TRUE(is_far(user + i * self->page));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, NR * self->page, user));
	EXPECT_EQ(NR, PAGES_USE(self->vcpu, .base = BASE, .end = NR, .generation = 1, .add = 1));
	EXPECT_EQ(0, pages_wrong(user, 0, NR, 2));

	write_code(user, 7);
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, BASE, 0, 0, 0, 0));
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(7, self->vcpu->run->x[0]);

	/* Taken away, and another page in its place */
	ASSERT_EQ(0, madvise(user, NR * self->page, MADV_DONTNEED));
	vcpu_enter(self->vcpu, guest_load, 1, BASE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->vcpu->run->x[0]);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	munmap(user, NR * self->page);
}

TEST_F(far, blocks_are_a_guests_and_give_way_to_pages)
{
	size_t huge = huge_size();
	u64 pages = huge / self->page;
	char *user;

	if (huge_missing(HUGE_ANONYMOUS))
		SKIP(return, NO_THP);
	user = huge_map(huge, HUGE_ANONYMOUS);
	ASSERT_TRUE(is_far(user));
	pages_fill(user, 0, pages, 1);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, huge, user));
	EXPECT_EQ(1, PAGES_USE(self->vcpu, .base = BASE, .end = pages, .generation = 1, .add = 1));
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_LOG_DIRTY, BASE, huge, user));
	EXPECT_EQ(pages, PAGES_USE(self->vcpu, .base = BASE, .end = pages, .generation = 2,
				   .add = 1));
	EXPECT_EQ(0, pages_wrong(user, 0, pages, 3));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	munmap(user, huge);
}

TEST_HARNESS_MAIN
