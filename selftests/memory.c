// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows guest memory: it is the process's, comes on demand, keeps what was written on both
 * sides, can be added, removed and aliased while vCPUs run, and read-only regions are read
 * and executed but never written.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include "kselftest_harness.h"
#include "code.h"
#include "vm.h"

#define BASE	(GUEST_RAM + 0x10000000UL)
#define PAGES	512UL

FIXTURE(memory) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	size_t page;
	u64 *user;
};

FIXTURE_SETUP(memory)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->page = page_size();
	self->user = map_pages(PAGES * self->page);
}

FIXTURE_TEARDOWN(memory)
{
	vm_destroy(&self->vm);
	munmap(self->user, PAGES * self->page);
}

static u64 *word(FIXTURE_DATA(memory) *self, u64 page)
{
	return self->user + page * self->page / 8 + page % 512;
}

/* Adds 1 to a word of each page, which must hold its pattern, and writes one beside it */
static u64 __guest guest_works(u64 pages, u64 page_size)
{
	u64 i, *p;

	for (i = 0; i < pages; i++) {
		p = (u64 *)(BASE + i * page_size) + i % 512;
		GUEST_ASSERT_EQ(*p, guest_pattern(7, i));
		WRITE_ONCE(*p, *p + 1);
	}
	return pages;
}

TEST_F(memory, holds_what_host_and_guest_write)
{
	u64 i, round;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, PAGES * self->page, self->user));
	for (round = 0; round < 2; round++) {
		for (i = 0; i < PAGES; i++)
			*word(self, i) = guest_pattern(7, i);
		vcpu_call(self->vcpu, guest_works, PAGES, self->page);
		vcpu_expect_call(self->vcpu, CALL_DONE);
		for (i = 0; i < PAGES; i++)
			ASSERT_EQ(guest_pattern(7, i) + 1, *word(self, i));
	}
}

/* How many of the pages are there, by /proc/self/pagemap */
static u64 present(FIXTURE_DATA(memory) *self)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	u64 i, n = 0, entry;

	for (i = 0; i < PAGES; i++) {
		u64 address = (u64)self->user + i * self->page;

		if (pread(fd, &entry, 8, (off_t)(address / self->page * 8)) == 8)
			n += entry >> 63;
	}
	close(fd);
	return n;
}

GUEST_ASM(guest_store, "str x1, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

TEST_F(memory, comes_on_demand)
{
	madvise(self->user, PAGES * self->page, MADV_NOHUGEPAGE);	/* if there are any */
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, PAGES * self->page, self->user));
	EXPECT_EQ(0, present(self));
	vcpu_enter(self->vcpu, guest_store, 0, BASE + 7 * self->page);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(1, present(self));
	EXPECT_EQ(BASE + 7 * self->page, self->user[7 * self->page / 8]);
}

TEST_F(memory, untouched_memory_reads_zero_and_can_be_written_then)
{
	u64 *there = self->user + 3 * self->page / 8;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, PAGES * self->page, self->user));
	vcpu_enter(self->vcpu, guest_load, 1, BASE + 3 * self->page);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->run->x[0]);
	vcpu_enter(self->vcpu, guest_store, 0, BASE + 3 * self->page);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(BASE + 3 * self->page, *there);
	*there = 5;
	vcpu_enter(self->vcpu, guest_load, 1, BASE + 3 * self->page);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(5, self->run->x[0]);
	/* The zero page of the host is still zero */
	vcpu_enter(self->vcpu, guest_load, 1, BASE + 4 * self->page);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->run->x[0]);
}

TEST_F(memory, shared_files_work_as_well)
{
	int fd = (int)syscall(SYS_memfd_create, "guest", 0);
	u64 *a, *b;

	ASSERT_EQ(0, ftruncate(fd, (off_t)self->page));
	a = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	b = mmap(NULL, self->page, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page, a));
	vcpu_enter(self->vcpu, guest_store, 0, BASE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(BASE, b[0]);
}

TEST_F(memory, regions_may_alias)
{
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page, self->user));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE + (1UL << 30), self->page, self->user));
	vcpu_enter(self->vcpu, guest_store, 0, BASE);
	vcpu_expect_call(self->vcpu, 1);
	vcpu_enter(self->vcpu, guest_load, 0, BASE + (1UL << 30));
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(BASE, self->run->x[0]);
}

TEST_F(memory, the_edges_of_the_address_space_work)
{
	struct arm_vcpu_info info;
	u64 last;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	last = (1UL << info.ipa_bits_default) - self->page;
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, last, self->page, self->user));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, 0, self->page, self->user + self->page / 8));
	vcpu_enter(self->vcpu, guest_store, 0, last + self->page - 8);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(last + self->page - 8, self->user[self->page / 8 - 1]);
	self->user[self->page / 8] = 9;
	vcpu_enter(self->vcpu, guest_load, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(9, self->run->x[0]);
}

TEST_F(memory, a_read_only_region_is_read_and_its_writes_are_exits)
{
	int i;

	self->user[1] = 0x1234;
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_READONLY, BASE, self->page,
			       self->user));
	for (i = 0; i < 3; i++) {
		vcpu_enter(self->vcpu, guest_load, 0, BASE + 8);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(0x1234, self->run->x[0]);
		vcpu_enter(self->vcpu, guest_store, 0, BASE + 8);
		vcpu_expect(self->vcpu, MMIO_WRITE);
		EXPECT_EQ(BASE + 8, self->run->mmio.addr);
		EXPECT_EQ(BASE + 8, self->run->mmio.data);
		EXPECT_EQ(8, self->run->mmio.width);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(0x1234, self->user[1]);
	}
	self->user[1] = 0x4321;		/* the host may */
	vcpu_enter(self->vcpu, guest_load, 0, BASE + 8);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x4321, self->run->x[0]);
}

GUEST_ASM(guest_store_pair, "stp x1, x1, [x1]\n hvc #1\n b .");

TEST_F(memory, a_write_without_syndrome_to_a_read_only_region_is_a_fault)
{
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_READONLY, BASE, self->page,
			       self->user));
	vcpu_enter(self->vcpu, guest_store_pair, 0, BASE + 8);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	EXPECT_EQ(ARM_VCPU_ACCESS_WRITE, self->run->fault.access);
	EXPECT_EQ(BASE + 8, self->run->fault.addr);
	EXPECT_EQ(0, self->user[1]);
}

TEST_F(memory, a_read_only_region_is_executed)
{
	memcpy(self->user, (char *)vm_host(&self->vm, vm_gpa(guest_hvc)), 8);
	ASSERT_EQ(0, mprotect(self->user, self->page, PROT_READ));
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_READONLY, BASE, self->page,
			       self->user));
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, BASE, 0, 0, 0, 0));
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(BASE + 4, self->run->pc);
}

TEST_F(memory, code_that_the_host_rewrites_is_executed_anew)
{
	u32 i;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page, self->user));
	write_code(self->user, 0);
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, BASE, 0, 0, 0, 0));
	for (i = 0; i < 50; i++) {
		write_code(self->user, i);
		vcpu_expect_call(self->vcpu, 1);
		ASSERT_EQ(i, self->run->x[0]);
	}
}

TEST_F(memory, a_region_added_while_running_is_used_at_once)
{
	u64 base = GUEST_MMIO & ~(self->page - 1);
	u32 i;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page, self->user));
	for (i = 0; i < 20; i++) {
		vcpu_enter(self->vcpu, guest_load, 0, base);
		vcpu_expect(self->vcpu, MMIO_READ);
		self->run->mmio.data = 1;
		vcpu_expect_call(self->vcpu, 1);
		*self->user = 100 + i;
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, base, self->page, self->user));
		vcpu_enter(self->vcpu, guest_load, 0, base);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(100 + i, self->run->x[0]);
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, base, 0, NULL));
	}
}

GUEST_ASM(guest_count, "1: add x0, x0, #1\n str x0, [x1]\n b 1b");

TEST_F(memory, a_region_removed_while_running_is_out_of_reach_when_the_call_returns)
{
	volatile u64 *count = self->user;
	u64 seen;
	int i;

	for (i = 0; i < 20; i++) {
		*count = 0;
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page, self->user));
		vcpu_enter(self->vcpu, guest_count, 0, BASE);
		vcpu_start(self->vcpu);
		ASSERT_TRUE(wait_for(*count > 100));
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
		seen = *count;
		sleep_ms(5);
		ASSERT_EQ(seen, *count);
		ASSERT_EQ(ARM_VCPU_EXIT_MMIO_WRITE, vcpu_join(self->vcpu));
		EXPECT_EQ(BASE, self->run->mmio.addr);
		EXPECT_EQ(seen + 1, self->run->mmio.data);
	}
}

TEST_F(memory, a_region_replaced_by_another_shows_the_new_memory)
{
	u64 i;

	for (i = 0; i < 20; i++) {
		*word(self, i) = 0;
		self->user[i * self->page / 8] = i + 1;
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page,
				       self->user + i * self->page / 8));
		vcpu_enter(self->vcpu, guest_load, 0, BASE);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(i + 1, self->run->x[0]);
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	}
}

TEST_F(memory, two_vms_with_the_same_addresses_have_their_own)
{
	struct vcpu *other;
	struct vm vm;
	int i;

	vm_create(&vm);
	other = vcpu_create(&vm);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page, self->user));
	ASSERT_EQ(0, vm_memory(vm.fd, 0, BASE, self->page, self->user + self->page / 8));
	pin_to(cpu_nth(0));
	for (i = 0; i < 20; i++) {
		self->user[0] = (u64)i;
		self->user[self->page / 8] = 1000 + (u64)i;
		vcpu_enter(self->vcpu, guest_load, 0, BASE);
		vcpu_enter(other, guest_load, 0, BASE);
		vcpu_expect_call(self->vcpu, 1);
		vcpu_expect_call(other, 1);
		EXPECT_EQ(i, self->run->x[0]);
		EXPECT_EQ(1000 + i, other->run->x[0]);
	}
	vm_destroy(&vm);
}

TEST_HARNESS_MAIN
