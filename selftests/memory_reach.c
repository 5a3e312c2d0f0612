// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows guest-physical addresses of every size that there is: a VM has memory from the first page
 * to the last, each bit of an address counts, in what is mapped and in what a fault tells, and
 * nothing is reached beyond.
 */
#include <errno.h>
#include <stdio.h>
#include "kselftest_harness.h"
#include "code.h"
#include "huge.h"
#include "pages.h"

#define MIDR		"/sys/devices/system/cpu/cpu0/regs/identification/midr_el1"
#define MIDR_QEMU_MAX	0xf0510UL /* all that QEMU has: FEAT_LPA and FEAT_LPA2 too */
#define MOST_BITS	52

FIXTURE(reach) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_info info;
	size_t page;
	char *user;		/* a page for each bit of an address */
};

FIXTURE_SETUP(reach)
{
	vm_create(&self->vm);
	ASSERT_EQ(0, vm_info(self->vm.fd, &self->info));
	self->page = page_size();
	self->user = map_pages(MOST_BITS * self->page);
}

FIXTURE_TEARDOWN(reach)
{
	vm_destroy(&self->vm);
	munmap(self->user, MOST_BITS * self->page);
}

static void with_bits(FIXTURE_DATA(reach) *self, u32 bits)
{
	vm_replace(&self->vm, bits, 0);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

static u64 *page_of(FIXTURE_DATA(reach) *self, u32 number)
{
	return (u64 *)(self->user + number * self->page);
}

GUEST_ASM(guest_store, "str x1, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_load_pair, "ldp x2, x3, [x1]\n hvc #1\n b .");

TEST_F(reach, the_cpu_that_has_all_has_52_bits)
{
	unsigned long midr = 0;
	FILE *file = fopen(MIDR, "re");

	if (!file || fscanf(file, "%lx", &midr) != 1)
		midr = 0;
	if (file)
		fclose(file);
	if ((midr & ~0xfUL) != MIDR_QEMU_MAX)
		SKIP(return, "hardware: another CPU");
	EXPECT_EQ(self->page == 0x4000 ? 51 : 52, self->info.ipa_bits_max);
}

TEST_F(reach, the_first_page_and_the_last_are_memory)
{
	size_t page = self->page;
	u32 bits;

	for (bits = self->info.ipa_bits_min; bits <= self->info.ipa_bits_max; bits++) {
		u64 last = (1UL << bits) - page;

		with_bits(self, bits);
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, 0, page, page_of(self, 0)));
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, last, page, page_of(self, 1)));
		*page_of(self, 0) = bits;
		vcpu_enter(self->vcpu, guest_load, 0, 0);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(bits, self->run->x[0]);
		vcpu_enter(self->vcpu, guest_store, 0, last + page - 8);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(last + page - 8, page_of(self, 2)[-1]);

		write_code(page_of(self, 1), bits);
		ASSERT_EQ(0, vcpu_set_entry(self->vcpu, last, 0, 0, 0, 0));
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(bits, self->run->x[0]);
		EXPECT_EQ(last + 8, self->run->pc);
	}
}

TEST_F(reach, nothing_is_reached_beyond)
{
	u32 bits;

	for (bits = self->info.ipa_bits_min; bits <= self->info.ipa_bits_max; bits++) {
		u64 end = 1UL << bits;

		with_bits(self, bits);
		EXPECT_EQ(-EINVAL, vm_memory(self->vm.fd, 0, end, self->page, self->user));
		EXPECT_EQ(-EINVAL, vm_memory(self->vm.fd, 0, end - self->page, 2 * self->page,
					     self->user));
		/* An address that no physical one is as large as, the guest's own MMU refuses */
		if (bits == self->info.ipa_bits_max)
			continue;
		vcpu_enter(self->vcpu, guest_load_pair, 0, end + 0x48);
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_EQ(end + 0x48, self->run->fault.addr);
	}
}

TEST_F(reach, each_bit_is_in_what_a_fault_tells)
{
	u32 n;

	with_bits(self, self->info.ipa_bits_max);
	for (n = 32; n < self->info.ipa_bits_max; n++) {
		u64 addr = 1UL << n | 0x5048;

		vcpu_enter(self->vcpu, guest_load_pair, 0, addr);
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_EQ(addr, self->run->fault.addr);
		EXPECT_EQ(addr, self->run->ipa);
		vcpu_enter(self->vcpu, guest_load, 0, addr);
		vcpu_expect(self->vcpu, MMIO_READ);
		EXPECT_EQ(addr, self->run->mmio.addr);
		vcpu_expect_call(self->vcpu, 1);
		ASSERT_EQ(0, vcpu_set_entry(self->vcpu, addr, 0, 0, 0, 0));
		vcpu_expect(self->vcpu, MEMORY_FAULT);
		EXPECT_EQ(addr, self->run->fault.addr);
		EXPECT_EQ(ARM_VCPU_ACCESS_EXEC, self->run->fault.access);
	}
}

/* Each page at an address with one bit of its own, and what is in it */
static void all_hold(struct __test_metadata *_metadata, FIXTURE_DATA(reach) *self, u32 gone)
{
	u32 n;

	for (n = 32; n < self->info.ipa_bits_max; n++) {
		vcpu_enter(self->vcpu, guest_load, 0, 1UL << n);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(n == gone ? 0 : 1UL << n, self->run->x[0]);
	}
}

TEST_F(reach, each_bit_counts_in_what_is_mapped)
{
	u32 n;

	with_bits(self, self->info.ipa_bits_max);
	for (n = 32; n < self->info.ipa_bits_max; n++) {
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, 1UL << n, self->page, page_of(self, n)));
		vcpu_enter(self->vcpu, guest_store, 0, 1UL << n);
		vcpu_expect_call(self->vcpu, 1);
	}
	for (n = 32; n < self->info.ipa_bits_max; n++)
		EXPECT_EQ(1UL << n, *page_of(self, n));
	all_hold(_metadata, self, 0);

	/* And in what is taken away */
	for (n = 32; n < self->info.ipa_bits_max; n++) {
		ASSERT_EQ(0, madvise(page_of(self, n), self->page, MADV_DONTNEED));
		all_hold(_metadata, self, n);
		*page_of(self, n) = 1UL << n;
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, 1UL << n, 0, NULL));
		vcpu_enter(self->vcpu, guest_load, 0, 1UL << n);
		vcpu_expect(self->vcpu, MMIO_READ);
		vcpu_expect_call(self->vcpu, 1);
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, 1UL << n, self->page, page_of(self, n)));
	}
}

TEST_F(reach, blocks_are_where_addresses_end)
{
	size_t huge = huge_size();
	u64 pages = huge / self->page;
	char *user;
	u32 bits;

	if (huge_missing(HUGE_ANONYMOUS))
		SKIP(return, NO_THP);
	user = huge_map(huge, HUGE_ANONYMOUS);
	for (bits = self->info.ipa_bits_min; bits <= self->info.ipa_bits_max; bits++) {
		u64 base = (1UL << bits) - huge;

		with_bits(self, bits);
		pages_warm_up(self->vcpu);
		pages_fill(user, 0, pages, bits);
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, base, huge, user));
		EXPECT_EQ(1, PAGES_USE(self->vcpu, .base = base, .end = pages, .generation = bits,
				       .add = 1));
		EXPECT_EQ(0, pages_wrong(user, 0, pages, bits + 1));
	}
	munmap(user, huge);
}

TEST_HARNESS_MAIN
