// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the log of the pages that a guest writes to: it has those and no others, once; it is
 * given out and cleared in parts, begins and ends in place, and has what the kernel writes.
 */
#include <errno.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "dirty.h"
#include "huge.h"
#include "lpi.h"
#include "pages.h"
#include "tables.h"

#define BASE	(1UL << 36)	/* guest-physical */
#define WORDS	4UL
#define PAGES	200UL		/* three words and a part of one */
#define GUARD	0x5a5a5a5a5a5a5a5aUL

#define LOG	ARM_VCPU_MEMORY_LOG_DIRTY
#define KEEP	ARM_VCPU_DIRTY_KEEP
#define CLEAR	ARM_VCPU_DIRTY_CLEAR

/* A word behind it is none of the kernel's */
struct bits {
	u64 word[WORDS + 1];
};

FIXTURE(dirty) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page;
	char *user;
};

FIXTURE_SETUP(dirty)
{
	self->page = page_size();
	self->user = map_pages(PAGES * self->page);
	madvise(self->user, PAGES * self->page, MADV_NOHUGEPAGE);
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	ASSERT_EQ(0, vm_memory(self->vm.fd, LOG, BASE, PAGES * self->page, self->user));
	pages_warm_up(self->vcpu);
}

FIXTURE_TEARDOWN(dirty)
{
	vm_destroy(&self->vm);
}

static const struct bits none = { .word[WORDS] = GUARD };

static struct bits some_bits(const u64 *pages, u64 nr)
{
	struct bits bits = none;
	u64 i;

	for (i = 0; i < nr; i++)
		dirty_set(bits.word, pages[i]);
	return bits;
}

#define SOME(...) some_bits((const u64[]) { __VA_ARGS__ },			\
			    sizeof((const u64[]) { __VA_ARGS__ }) / sizeof(u64))

#define EXPECT_BITS(expected, seen) do {					\
	struct bits e_ = (expected), s_ = (seen);				\
	unsigned int n_;							\
	for (n_ = 0; n_ <= WORDS; n_++)						\
		EXPECT_EQ(e_.word[n_], s_.word[n_]) TH_LOG("word %u", n_);	\
} while (0)

/* What a command gives out, of all or of a part */
static struct bits part_of_log(FIXTURE_DATA(dirty) *self, u64 flags, u64 first, u64 pages)
{
	struct bits bits;
	int ret;

	memset(&bits, 0x5a, sizeof(bits));
	ret = dirty_get(&self->vm, flags, BASE + first * self->page, pages, bits.word);
	if (ret)
		die("GET_DIRTY: %s", strerror(-ret));
	return bits;
}

static struct bits whole_log(FIXTURE_DATA(dirty) *self, u64 flags)
{
	return part_of_log(self, flags, 0, PAGES);
}

/* Writes to the pages in the bitmap, or reads them */
static u64 __guest guest_touches(u64 page_size, u64 writes)
{
	const u64 *bits = (u64 *)(GUEST_SHARED + 0x1000);
	u64 i, *word;

	for (i = 0; i < PAGES; i++) {
		if (!(bits[i / DIRTY_WORD] >> i % DIRTY_WORD & 1))
			continue;
		word = (u64 *)(BASE + i * page_size + 8 * i);
		if (writes)
			WRITE_ONCE(*word, READ_ONCE(*word) + 1);
		else
			READ_ONCE(*word);
	}
	return 0;
}

static void touch(FIXTURE_DATA(dirty) *self, struct bits bits, u64 writes)
{
	*(struct bits *)vm_host(&self->vm, GUEST_SHARED + 0x1000) = bits;
	vcpu_call(self->vcpu, guest_touches, self->page, writes);
	vcpu_expect_call(self->vcpu, CALL_DONE);
}

#define STORE(...)	touch(self, SOME(__VA_ARGS__), 1)
#define ALL		((struct bits)						\
	{ { ~0UL, ~0UL, ~0UL, (1UL << PAGES % DIRTY_WORD) - 1, GUARD } })

TEST_F(dirty, has_exactly_what_the_guest_has_written_to)
{
	struct bits sets[] = {
		SOME(0), SOME(63), SOME(64), SOME(PAGES - 1), SOME(5, 6, 7, 62, 65, 127, 128, 190),
		ALL, SOME(1),
	};
	unsigned int i, again;

	/* The host would let the guest write to what it reads */
	memset(self->user, 1, PAGES * self->page);
	touch(self, ALL, 0);
	EXPECT_BITS(none, whole_log(self, 0));
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		for (again = 0; again < 2; again++) {
			touch(self, sets[i], 1);
			EXPECT_BITS(sets[i], whole_log(self, 0));
			EXPECT_BITS(none, whole_log(self, 0));
			touch(self, ALL, 0);
			EXPECT_BITS(none, whole_log(self, 0));
		}
	}
	memset(self->user, 1, PAGES * self->page);
	EXPECT_BITS(none, whole_log(self, 0));
	EXPECT_BITS(none, whole_log(self, KEEP));
}

/* Once it is writable again: no more than a fault each time */
TEST_F(dirty, a_page_costs_one_fault_each_time)
{
	u64 faults;
	int i;

	STORE(9);
	faults = vcpu_stat(self->vcpu, ARM_VCPU_STAT_FAULT);
	for (i = 1; i <= 10; i++) {
		EXPECT_BITS(SOME(9), whole_log(self, 0));
		STORE(9);
		STORE(9);
		EXPECT_EQ(faults + i, vcpu_stat(self->vcpu, ARM_VCPU_STAT_FAULT));
	}
}

TEST_F(dirty, is_kept_and_cleared_apart)
{
	struct bits bits;

	STORE(1, 2, 70, 199);
	EXPECT_BITS(SOME(1, 2, 70, 199), whole_log(self, KEEP));
	EXPECT_BITS(SOME(1, 2, 70, 199), whole_log(self, KEEP));
	/* What isn't set there is no harm, and what is behind the end isn't looked at */
	bits = SOME(2, 3, 199, PAGES, PAGES + 1);
	ASSERT_EQ(0, dirty_get(&self->vm, CLEAR, BASE, PAGES, bits.word));
	EXPECT_BITS(SOME(2, 3, 199, PAGES, PAGES + 1), bits);
	EXPECT_BITS(SOME(1, 70), whole_log(self, KEEP));
	STORE(2, 70, 199);
	EXPECT_BITS(SOME(1, 2, 70, 199), whole_log(self, KEEP));
	bits = ALL;
	ASSERT_EQ(0, dirty_get(&self->vm, CLEAR, BASE, PAGES, bits.word));
	EXPECT_BITS(none, whole_log(self, 0));
	STORE(1);
	EXPECT_BITS(SOME(1), whole_log(self, 0));
}

TEST_F(dirty, is_given_out_in_parts)
{
	struct bits bits;

	STORE(0, 63, 64, 130, 191, 192, 199);
	bits = part_of_log(self, 0, 64, 64);
	EXPECT_EQ(1, bits.word[0]);
	EXPECT_EQ(GUARD, bits.word[1]);
	bits = part_of_log(self, KEEP, 192, PAGES - 192);
	EXPECT_EQ(1 | 1 << 7, bits.word[0]);
	EXPECT_EQ(GUARD, bits.word[1]);
	bits = part_of_log(self, 0, 128, PAGES - 128);
	EXPECT_EQ(1UL << 63 | 1 << 2, bits.word[0]);
	EXPECT_EQ(1 | 1 << 7, bits.word[1]);
	EXPECT_EQ(GUARD, bits.word[2]);
	STORE(64);
	bits = SOME(0);
	ASSERT_EQ(0, dirty_get(&self->vm, CLEAR, BASE + 64 * self->page, 64, bits.word));
	EXPECT_BITS(SOME(0, 63), whole_log(self, 0));
}

static int get_raw(FIXTURE_DATA(dirty) *self, struct arm_vcpu_dirty dirty)
{
	struct bits bits;

	dirty.size = sizeof(dirty);
	dirty.bitmap = (u64)bits.word;
	return vm_ioctl(self->vm.fd, ARM_VCPU_GET_DIRTY, &dirty);
}

#define GET(...)	get_raw(self, (struct arm_vcpu_dirty) { __VA_ARGS__ })

TEST_F(dirty, wrong_arguments_are_errors)
{
	struct vm empty = { .fd = vm_open() };
	u64 page = self->page, all = PAGES * page, word = DIRTY_WORD * page, bit;

	STORE(3);
	EXPECT_EQ(-EINVAL, GET(.guest_addr = BASE + 8, .length = all));
	EXPECT_EQ(-EINVAL, GET(.guest_addr = BASE, .length = all - 8));
	EXPECT_EQ(-EINVAL, GET(.guest_addr = BASE, .length = all, .reserved = 1));
	EXPECT_EQ(-EINVAL, GET(.guest_addr = BASE, .length = all, .flags = KEEP | CLEAR));
	EXPECT_EQ(-EOPNOTSUPP, GET(.guest_addr = BASE, .length = all, .flags = 4));
	EXPECT_EQ(-EOPNOTSUPP, GET(.guest_addr = BASE, .length = all, .flags = 1UL << 63));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE, .length = all + page));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE, .length = 0UL - page));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE, .length = all - page));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE + page, .length = all - page));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE + all, .length = word));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE - word, .length = word));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = GUEST_RAM, .length = GUEST_RAM_SIZE));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = GUEST_RAM));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE + all));
	EXPECT_EQ(0, GET(.guest_addr = BASE));
	EXPECT_EQ(-ENOENT, dirty_get(&empty, 0, BASE, PAGES, &bit));
	EXPECT_BITS(SOME(3), whole_log(self, KEEP));

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, all, self->user));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE, .length = all));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	EXPECT_EQ(-ENOENT, GET(.guest_addr = BASE, .length = all));
	close(empty.fd);
}

TEST_F(dirty, is_another_address_spaces)
{
	struct bits bits;
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(-dirty_get(&self->vm, 0, BASE, PAGES, bits.word));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(EIO, WEXITSTATUS(status));
}

TEST_F(dirty, what_cannot_be_given_out_is_given_out_next_time)
{
	char *room = map_pages(2 * self->page);

	ASSERT_EQ(0, mprotect(room + self->page, self->page, PROT_NONE));
	STORE(1, 64, 199);
	EXPECT_EQ(-EFAULT, dirty_get(&self->vm, 0, BASE, PAGES, NULL));
	EXPECT_EQ(-EFAULT, dirty_get(&self->vm, KEEP, BASE, PAGES, room + self->page));
	EXPECT_EQ(-EFAULT, dirty_get(&self->vm, CLEAR, BASE, PAGES, room + self->page - 8));
	EXPECT_EQ(-EFAULT, dirty_get(&self->vm, 0, BASE, PAGES, room + self->page - 16));
	STORE(2);
	EXPECT_BITS(SOME(1, 2, 64, 199), whole_log(self, 0));
	EXPECT_BITS(none, whole_log(self, 0));
}

/* In place: what was written before isn't in it, and what it had is lost */
TEST_F(dirty, begins_and_ends_in_place)
{
	u64 all = PAGES * self->page;
	int i;

	for (i = 0; i < 3; i++) {
		STORE(1, 100);
		ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, all, self->user));
		STORE(2, 100);
		ASSERT_EQ(0, vm_memory(self->vm.fd, LOG, BASE, all, self->user));
		EXPECT_BITS(none, whole_log(self, KEEP));
		STORE(1, 2, 3);
		EXPECT_BITS(SOME(1, 2, 3), whole_log(self, 0));
	}
	/* It must be the very region, and the flags others */
	EXPECT_EQ(-EEXIST, vm_memory(self->vm.fd, LOG, BASE, all, self->user));
	EXPECT_EQ(-EEXIST, vm_memory(self->vm.fd, 0, BASE, all - self->page, self->user));
	EXPECT_EQ(-EEXIST, vm_memory(self->vm.fd, 0, BASE, all, self->user + self->page));
	EXPECT_EQ(-EEXIST, vm_memory(self->vm.fd, 0, BASE + self->page, all, self->user));
	EXPECT_EQ(-EOPNOTSUPP, vm_memory(self->vm.fd, 4, BASE, all, self->user));
	STORE(7);
	EXPECT_BITS(SOME(7), whole_log(self, 0));
}

/* The number of a page has 31 bits */
TEST(one_that_is_too_large_is_refused)
{
	u64 length = page_size() << 31;
	struct arm_vcpu_info info;
	int fd = vm_open();

	ASSERT_EQ(0, vm_info(fd, &info));
	if (length >> info.ipa_bits_max)
		SKIP(return, "hardware: its addresses are too small");
	ASSERT_EQ(0, vm_configure(fd, info.ipa_bits_max, 0));
	EXPECT_EQ(-ENOMEM, vm_memory(fd, LOG, 0, length, NULL));
	EXPECT_EQ(0, vm_memory(fd, LOG, 0, page_size(), NULL));
	EXPECT_EQ(0, vm_memory(fd, 0, 0, 0, NULL));
	EXPECT_EQ(0, vm_memory(fd, 0, 0, length, NULL));
	EXPECT_EQ(-ENOMEM, vm_memory(fd, LOG, 0, length, NULL));
	close(fd);
}

GUEST_ASM(guest_store, "str x1, [x1]\n hvc #1\n b .");

TEST_F(dirty, read_only_begins_and_ends_in_place)
{
	u64 all = PAGES * self->page, gpa = BASE + 3 * self->page, i;
	static const u64 logs[] = { 0, LOG, LOG };

	for (i = 0; i < ARRAY_SIZE(logs); i++) {
		STORE(3);
		ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_READONLY | logs[i], BASE, all,
				       self->user));
		touch(self, ALL, 0);
		*(u64 *)(self->user + 3 * self->page) = i;
		vcpu_enter(self->vcpu, guest_store, 0, gpa);
		vcpu_expect(self->vcpu, MMIO_WRITE);
		EXPECT_EQ(gpa, self->vcpu->run->mmio.addr);
		EXPECT_EQ(i, *(u64 *)(self->user + 3 * self->page));
		ASSERT_EQ(0, vm_memory(self->vm.fd, LOG, BASE, all, self->user));
		whole_log(self, 0);
		vcpu_enter(self->vcpu, guest_store, 0, gpa);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(gpa, *(u64 *)(self->user + 3 * self->page));
		EXPECT_BITS(SOME(3), whole_log(self, 0));
	}
}

/* The kernel writes tables into the guest's memory, and pending LPIs */
TEST_F(lpi, what_the_kernel_saves_is_in_the_log)
{
	u64 pages = GUEST_RAM_SIZE / page_size(), bits[GUEST_RAM_SIZE / 4096 / DIRTY_WORD];
	char *before = map_pages(GUEST_RAM_SIZE), *ram = self->vm.ram;
	u64 i, changed = 0, logged = 0;

	memset(vm_host(&self->vm, ITS_DEVICES), 0xff, ITS_PAGE);
	memset(vm_host(&self->vm, ITS_COLLECTIONS), 0xff, ITS_PAGE);
	memset(vm_host(&self->vm, ITS_ITT), 0xff, ITS_PAGE);
	ASSERT_EQ(0, vm_memory(self->vm.fd, LOG, GUEST_RAM, GUEST_RAM_SIZE, ram));
	ASSERT_EQ(0, dirty_get(&self->vm, 0, GUEST_RAM, pages, bits));
	memcpy(before, ram, GUEST_RAM_SIZE);
	SEND();
	ASSERT_EQ(0, its_save(&self->vm));
	ASSERT_EQ(0, dirty_get(&self->vm, 0, GUEST_RAM, pages, bits));
	for (i = 0; i < pages; i++) {
		logged += dirty_is(bits, i);
		if (!memcmp(before + i * page_size(), ram + i * page_size(), page_size()))
			continue;
		changed++;
		EXPECT_TRUE(dirty_is(bits, i)) TH_LOG("page %lu", (unsigned long)i);
	}
	EXPECT_LE(4, changed);
	EXPECT_GT(pages / 2, logged);
}

TEST_HARNESS_MAIN
