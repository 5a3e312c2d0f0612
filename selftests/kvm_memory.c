// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows KVM's memory slots on regions: they are made, moved and deleted by number, with KVM's
 * errors; what a guest stores to read-only ones is an exit; and the log says what a guest has
 * written to, and is cleared with that, or by hand.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "kvm.h"

#define SLOT	1
#define ADDRESS	(GUEST_RAM + GUEST_RAM_SIZE)
#define SIZE	0x20000UL
#define VALUE	0x51075107

/* Linux 6.8's; the headers here may be older */
#define CAP_USER_MEMORY2	231
#define MEM_GUEST_MEMFD		(1 << 2)

/* A word at x0 is told; a word is stored at x0, and one behind it told */
GUEST_ASM(guest_reads, "ldr w4, [x0]\n str w4, [x1]\n b .");
GUEST_ASM(guest_writes, "str w2, [x0]\n ldr w4, [x0]\n str w4, [x1]\n b .");

FIXTURE(kvm_memory) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	u32 *memory;
};

FIXTURE_SETUP(kvm_memory)
{
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
	self->memory = map_pages(SIZE);
	self->memory[0] = VALUE;
}

FIXTURE_TEARDOWN(kvm_memory)
{
	kvm_end(&self->kvm);
	munmap(self->memory, SIZE);
}

static int set(FIXTURE_DATA(kvm_memory) *self, u32 slot, u32 flags, u64 address, u64 size)
{
	return kvm_memory(self->kvm.fd, slot, flags, address, size, self->memory);
}

/* What the guest reads there; or its load is an exit */
static u32 seen(FIXTURE_DATA(kvm_memory) *self, u64 address)
{
	kvm_enter(&self->vcpu, guest_reads, address, GUEST_MMIO, 0);
	return kvm_told(&self->vcpu);
}

static bool is_exit(FIXTURE_DATA(kvm_memory) *self, u64 address)
{
	kvm_enter(&self->vcpu, guest_reads, address, GUEST_MMIO, 0);
	if (kvm_next(&self->vcpu) != KVM_EXIT_MMIO)
		die("exit %u", self->vcpu.run->exit_reason);
	return !self->vcpu.run->mmio.is_write && self->vcpu.run->mmio.phys_addr == address;
}

TEST_F(kvm_memory, a_slot_is_made_moved_and_deleted)
{
	ASSERT_EQ(0, set(self, SLOT, 0, ADDRESS, SIZE));
	EXPECT_EQ(VALUE, seen(self, ADDRESS));
	ASSERT_EQ(0, set(self, SLOT, 0, ADDRESS + SIZE, SIZE));
	EXPECT_EQ(VALUE, seen(self, ADDRESS + SIZE));
	EXPECT_TRUE(is_exit(self, ADDRESS));
	ASSERT_EQ(0, set(self, SLOT, 0, 0, 0));
	EXPECT_TRUE(is_exit(self, ADDRESS + SIZE));
	EXPECT_EQ(-EINVAL, set(self, SLOT, 0, 0, 0));
	ASSERT_EQ(0, set(self, SLOT, 0, ADDRESS, SIZE));
	EXPECT_EQ(VALUE, seen(self, ADDRESS));
}

TEST_F(kvm_memory, a_longer_command_does_the_same)
{
	struct { struct kvm_userspace_memory_region m; u64 more[16]; } region2 = {
		.m = { .slot = SLOT, .guest_phys_addr = ADDRESS, .memory_size = SIZE,
		       .userspace_addr = (u64)self->memory },
	};
	unsigned long set2 = _IOC(_IOC_WRITE, KVMIO, 0x49, sizeof(region2));

	ASSERT_LT(0, kvm_check(self->kvm.fd, CAP_USER_MEMORY2));
	region2.m.flags = MEM_GUEST_MEMFD;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, set2, &region2));
	region2.m.flags = 0;
	ASSERT_EQ(0, vm_ioctl(self->kvm.fd, set2, &region2));
	EXPECT_EQ(VALUE, seen(self, ADDRESS));
	EXPECT_EQ(-EEXIST, set(self, SLOT + 1, 0, ADDRESS, SIZE));
	ASSERT_EQ(0, set(self, SLOT, 0, 0, 0));
}

TEST_F(kvm_memory, a_slot_that_cannot_move_stays)
{
	ASSERT_EQ(0, set(self, SLOT, 0, ADDRESS, SIZE));
	EXPECT_EQ(-EEXIST, set(self, SLOT, 0, GUEST_RAM, SIZE));
	EXPECT_EQ(VALUE, seen(self, ADDRESS));
	EXPECT_EQ(-EINVAL, set(self, SLOT, 0, ADDRESS, SIZE / 2));
	EXPECT_EQ(-EINVAL, set(self, SLOT, KVM_MEM_READONLY, ADDRESS, SIZE));
	EXPECT_EQ(-EINVAL, kvm_memory(self->kvm.fd, SLOT, 0, ADDRESS, SIZE, self->kvm.ram));
	EXPECT_EQ(VALUE, seen(self, ADDRESS));
	EXPECT_EQ(0, set(self, SLOT, 0, ADDRESS, SIZE));
}

TEST_F(kvm_memory, what_cannot_be_is_refused)
{
	u64 beyond = 1UL << 40;
	int slots = kvm_check(self->kvm.fd, KVM_CAP_NR_MEMSLOTS);

	EXPECT_EQ(-EEXIST, set(self, SLOT, 0, GUEST_RAM, SIZE));
	EXPECT_EQ(-EINVAL, set(self, SLOT, 1 << 4, ADDRESS, SIZE));
	EXPECT_EQ(-EINVAL, set(self, SLOT, 0, ADDRESS + 1, SIZE));
	EXPECT_EQ(-EINVAL, set(self, SLOT, 0, ADDRESS, SIZE + 1));
	EXPECT_EQ(-EINVAL, set(self, SLOT, 0, -SIZE, 2 * SIZE));
	EXPECT_EQ(-EINVAL, kvm_memory(self->kvm.fd, SLOT, 0, ADDRESS, SIZE,
				      (char *)self->memory + 1));
	EXPECT_EQ(-EINVAL, set(self, (u32)slots, 0, ADDRESS, SIZE));
	EXPECT_EQ(-EINVAL, set(self, 1 << 16, 0, ADDRESS, SIZE));
	EXPECT_EQ(-EFAULT, set(self, SLOT, 0, beyond, SIZE));
	EXPECT_EQ(-EFAULT, set(self, SLOT, 0, beyond - SIZE / 2, SIZE));
	EXPECT_EQ(0, set(self, (u32)slots - 1, 0, beyond - SIZE, SIZE));
}

TEST_F(kvm_memory, a_store_to_a_read_only_slot_is_an_exit)
{
	struct kvm_run *run = self->vcpu.run;

	ASSERT_EQ(0, set(self, SLOT, KVM_MEM_READONLY, ADDRESS, SIZE));
	EXPECT_EQ(VALUE, seen(self, ADDRESS));
	kvm_enter(&self->vcpu, guest_writes, ADDRESS, GUEST_MMIO, 0x1234);
	ASSERT_EQ(KVM_EXIT_MMIO, kvm_next(&self->vcpu));
	EXPECT_EQ(ADDRESS, run->mmio.phys_addr);
	EXPECT_EQ(1, run->mmio.is_write);
	EXPECT_EQ(4, run->mmio.len);
	EXPECT_EQ(0, memcmp(run->mmio.data, "\x34\x12\0\0\0\0\0\0", 8));
	EXPECT_EQ(VALUE, kvm_told(&self->vcpu));
	EXPECT_EQ(VALUE, self->memory[0]);
}

static int log_of(FIXTURE_DATA(kvm_memory) *self, u32 slot, void *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return vm_ioctl(self->kvm.fd, KVM_GET_DIRTY_LOG, &log);
}

/* The guest writes to the start of a page */
static void store(FIXTURE_DATA(kvm_memory) *self, u64 page)
{
	kvm_enter(&self->vcpu, guest_writes, ADDRESS + page * page_size(), GUEST_MMIO, VALUE);
	if (kvm_told(&self->vcpu) != VALUE)
		die("the guest's memory doesn't keep what is written");
}

/* The bits of the slot's log: its pages are no more than a word has */
static u64 logged(FIXTURE_DATA(kvm_memory) *self)
{
	u64 bitmap[2] = { ~0UL, 0x77 };

	if (log_of(self, SLOT, bitmap) || bitmap[1] != 0x77)
		die("the log can't be read, or has more than a word");
	return bitmap[0];
}

TEST_F(kvm_memory, the_log_has_what_the_guest_has_written_since)
{
	u64 last = SIZE / page_size() - 1, bitmap;

	EXPECT_EQ(-ENOENT, log_of(self, SLOT, &bitmap));
	ASSERT_EQ(0, set(self, SLOT, 0, ADDRESS, SIZE));
	EXPECT_EQ(-ENOENT, log_of(self, SLOT, &bitmap));
	store(self, 1);
	ASSERT_EQ(0, set(self, SLOT, KVM_MEM_LOG_DIRTY_PAGES, ADDRESS, SIZE));
	EXPECT_EQ(0, logged(self));
	EXPECT_EQ(VALUE, seen(self, ADDRESS));
	self->memory[1] = VALUE;
	EXPECT_EQ(0, logged(self));
	store(self, 1);
	store(self, last);
	EXPECT_EQ(-EFAULT, log_of(self, SLOT, NULL));
	EXPECT_EQ(1UL << 1 | 1UL << last, logged(self));
	EXPECT_EQ(0, logged(self));
	store(self, 1);
	EXPECT_EQ(1UL << 1, logged(self));
	EXPECT_EQ(-EINVAL, log_of(self, 1 << 16, &bitmap));

	store(self, 1);
	ASSERT_EQ(0, set(self, SLOT, 0, ADDRESS, SIZE));
	EXPECT_EQ(-ENOENT, log_of(self, SLOT, &bitmap));
	store(self, 0);
	ASSERT_EQ(0, set(self, SLOT, KVM_MEM_LOG_DIRTY_PAGES, ADDRESS, SIZE));
	EXPECT_EQ(0, logged(self));
	ASSERT_EQ(0, set(self, SLOT, 0, ADDRESS + SIZE, SIZE));
	EXPECT_EQ(-ENOENT, log_of(self, SLOT, &bitmap));
}

static int clear(FIXTURE_DATA(kvm_memory) *self, u32 slot, u64 first, u32 pages, u64 bits)
{
	struct kvm_clear_dirty_log log = {
		.slot = slot, .first_page = first, .num_pages = pages, .dirty_bitmap = &bits,
	};

	return vm_ioctl(self->kvm.fd, KVM_CLEAR_DIRTY_LOG, &log);
}

TEST_F(kvm_memory, a_log_that_is_cleared_by_hand_keeps_what_it_gives_out)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, .args = { 1 } };
	u32 pages = (u32)(SIZE / page_size());

	ASSERT_EQ(0, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
	EXPECT_EQ(-ENOENT, clear(self, SLOT, 0, pages, 1));
	ASSERT_EQ(0, set(self, SLOT, KVM_MEM_LOG_DIRTY_PAGES, ADDRESS, SIZE));
	store(self, 0);
	store(self, 1);
	EXPECT_EQ(3, logged(self));
	EXPECT_EQ(3, logged(self));
	EXPECT_EQ(0, clear(self, SLOT, 0, pages, 2));
	EXPECT_EQ(1, logged(self));
	store(self, 1);
	EXPECT_EQ(3, logged(self));
	EXPECT_EQ(0, clear(self, SLOT, 0, pages, ~0UL));
	EXPECT_EQ(0, logged(self));

	EXPECT_EQ(-EINVAL, clear(self, 1 << 16, 0, pages, 1));
	EXPECT_EQ(-EINVAL, clear(self, SLOT, 1, pages - 1, 1));
	EXPECT_EQ(-EINVAL, clear(self, SLOT, 0, pages - 1, 1));
	EXPECT_EQ(-EINVAL, clear(self, SLOT, 0, pages + 1, 1));
	EXPECT_EQ(-EINVAL, clear(self, SLOT, 64, 64, 1));

	cap.args[0] = 0;
	ASSERT_EQ(0, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
	store(self, 0);
	EXPECT_EQ(1, logged(self));
	EXPECT_EQ(0, logged(self));
	cap.args[0] = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | KVM_DIRTY_LOG_INITIALLY_SET;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
}

TEST_HARNESS_MAIN
