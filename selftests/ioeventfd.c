// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows IOEVENTFD: which stores signal an eventfd, that all others are what they are without, what
 * is refused, and that none is lost or counted twice while vCPUs run.
 */
#include <fcntl.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "eventfds.h"
#include "gic_vm.h"

#define ADDR		(GUEST_MMIO + 0x40)
#define MATCH		ARM_VCPU_IOEVENTFD_DATAMATCH
#define REMOVE		ARM_VCPU_IOEVENTFD_REMOVE
#define NR		2
#define STORES		20000U

/* x1 to where x0 points, in all its ways */
GUEST_ASM(guest_store1, "strb w1, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_store2, "strh w1, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_store4, "str w1, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_store8, "str x1, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_pair, "stp w1, w1, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_write_back, "str w1, [x0], #4\n hvc #1\n b .");
GUEST_ASM(guest_vector,
	  ".arch_extension simd\n mov x2, #3 << 20\n msr cpacr_el1, x2\n isb\n"
	  "str q0, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_load, "ldr w1, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_big_endian,
	  "mrs x2, sctlr_el1\n orr x2, x2, #1 << 25\n msr sctlr_el1, x2\n isb\n"
	  "str w1, [x0]\n hvc #1\n b .");
GUEST_ASM(guest_stores, "1: str w1, [x0]\n sub x1, x1, #1\n cbnz x1, 1b\n hvc #1\n b .");

FIXTURE(io) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	int fd;
	int other;
};

FIXTURE_SETUP(io)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->fd = event_new();
	self->other = event_new();
}

FIXTURE_TEARDOWN(io)
{
	vm_destroy(&self->vm);
	close(self->fd);
	close(self->other);
}

#define add(addr, length, fd)	ioeventfd_add(&self->vm, addr, length, fd)
#define set(flags, addr, length, fd, data) \
	ioeventfd(&self->vm, flags, addr, length, fd, data)

/* Whether the store was an exit */
static bool stores(FIXTURE_DATA(io) *self, u32 width, u64 addr, u64 data)
{
	const void *code = width == 1 ? guest_store1 : width == 2 ? guest_store2 :
			   width == 4 ? guest_store4 : guest_store8;
	u64 before = vcpu_stat(self->vcpu, ARM_VCPU_STAT_IOEVENTFD);
	u64 count;

	vcpu_enter(self->vcpu, code, addr, data);
	if (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_MMIO_WRITE) {
		if (self->run->mmio.addr != addr || self->run->mmio.width != width)
			die("an exit of another store");
		return true;
	}
	count = vcpu_stat(self->vcpu, ARM_VCPU_STAT_IOEVENTFD) - before;
	if (self->run->exit_reason != ARM_VCPU_EXIT_HYPERCALL || count != 1)
		die("%s after a store, counted %lu times", exit_name(self->run->exit_reason),
		    count);
	return false;
}

TEST_F(io, of_each_length)
{
	u32 length, width;

	for (length = 1; length <= 8; length *= 2) {
		ASSERT_EQ(0, add(ADDR, length, self->fd));
		for (width = 1; width <= 8; width *= 2) {
			EXPECT_EQ(width != length, stores(self, width, ADDR, 0x1234));
			EXPECT_EQ(width == length, event_count(self->fd));
			EXPECT_TRUE(stores(self, width, ADDR + 8, 0));
			EXPECT_TRUE(stores(self, width, ADDR - 8, 0));
		}
		EXPECT_EQ(0, ioeventfd_remove(&self->vm, ADDR, length, self->fd));
		EXPECT_TRUE(stores(self, length, ADDR, 0));
		EXPECT_EQ(0, event_count(self->fd));
	}
}

TEST_F(io, of_any_length)
{
	u32 width;

	ASSERT_EQ(0, add(ADDR, 0, self->fd));
	for (width = 1; width <= 8; width *= 2)
		EXPECT_FALSE(stores(self, width, ADDR, width));
	EXPECT_EQ(4, event_count(self->fd));
	EXPECT_TRUE(stores(self, 1, ADDR + 1, 0));
	/* Where it needn't be aligned */
	ASSERT_EQ(0, add(ADDR + 9, 0, self->fd));
	EXPECT_FALSE(stores(self, 1, ADDR + 9, 0));
	EXPECT_EQ(1, event_count(self->fd));
}

TEST_F(io, of_data_of_each_length)
{
	u64 data = 0x8877665544332291;
	u32 length;

	for (length = 1; length <= 8; length *= 2) {
		u64 stored = length == 8 ? data : data & ((1UL << 8 * length) - 1);

		ASSERT_EQ(0, set(MATCH, ADDR, length, self->fd, stored));
		ASSERT_EQ(0, set(MATCH, ADDR, length, self->other, 0));
		/* What is above isn't stored */
		EXPECT_FALSE(stores(self, length, ADDR, data));
		EXPECT_EQ(1, event_count(self->fd));
		EXPECT_EQ(0, event_count(self->other));
		EXPECT_TRUE(stores(self, length, ADDR, data ^ 1UL << (8 * length - 1)));
		EXPECT_TRUE(stores(self, length, ADDR, data ^ 1));
		EXPECT_FALSE(stores(self, length, ADDR, 0));
		EXPECT_EQ(0, event_count(self->fd));
		EXPECT_EQ(1, event_count(self->other));
	}
}

/* On the bus, the other way round */
TEST_F(io, of_big_endian_data)
{
	ASSERT_EQ(0, set(MATCH, ADDR, 4, self->fd, 0x11223344));
	vcpu_enter(self->vcpu, guest_big_endian, ADDR, 0x44332211);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(1, event_count(self->fd));
	vcpu_enter(self->vcpu, guest_big_endian, ADDR, 0x11223344);
	vcpu_expect(self->vcpu, MMIO_WRITE);
	EXPECT_EQ(0x44332211, self->run->mmio.data);
	EXPECT_EQ(0, event_count(self->fd));
}

TEST_F(io, others_are_exits_as_they_were)
{
	ASSERT_EQ(0, add(ADDR, 0, self->fd));
	vcpu_enter(self->vcpu, guest_pair, ADDR, 0);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	vcpu_enter(self->vcpu, guest_write_back, ADDR, 0);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	vcpu_enter(self->vcpu, guest_vector, ADDR, 0);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	vcpu_enter(self->vcpu, guest_load, ADDR, 0);
	vcpu_expect(self->vcpu, MMIO_READ);
	EXPECT_EQ(0, event_count(self->fd));
}

TEST_F(io, a_step_over_one_is_a_step)
{
	struct arm_vcpu_debug debug = { .size = sizeof(debug), .flags = ARM_VCPU_DEBUG_STEP };

	ASSERT_EQ(0, add(ADDR, 4, self->fd));
	vcpu_enter(self->vcpu, guest_store4, ADDR, 0);
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_DEBUG, &debug));
	vcpu_expect(self->vcpu, DEBUG);
	EXPECT_EQ(vm_gpa(guest_store4) + 4, self->run->pc);
	EXPECT_EQ(1, event_count(self->fd));
}

TEST_F(io, arguments)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), bit;
	struct arm_vcpu_ioeventfd arg = { .size = sizeof(arg), .guest_addr = ADDR };
	struct arm_vcpu_info info;
	u32 length;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	EXPECT_EQ(REMOVE | MATCH, info.ioeventfd_flags);
	for (bit = 2; bit < 64; bit++)
		EXPECT_EQ(-EOPNOTSUPP, set(1UL << bit, ADDR, 4, self->fd, 0));
	for (length = 3; length < 40; length++)
		if (length != 4 && length != 8)
			EXPECT_EQ(-EINVAL, add(ADDR, length, self->fd));
	EXPECT_EQ(-EINVAL, add(ADDR, 1U << 31, self->fd));
	EXPECT_EQ(-EINVAL, add(ADDR + 1, 2, self->fd));
	EXPECT_EQ(-EINVAL, add(ADDR + 2, 4, self->fd));
	EXPECT_EQ(-EINVAL, add(ADDR + 4, 8, self->fd));
	EXPECT_EQ(-EINVAL, add(1UL << info.ipa_bits_default, 0, self->fd));
	EXPECT_EQ(-EINVAL, add(~7UL, 8, self->fd));
	EXPECT_EQ(0, add((1UL << info.ipa_bits_default) - 8, 8, self->fd));
	EXPECT_EQ(-EINVAL, set(MATCH, ADDR, 0, self->fd, 0));
	EXPECT_EQ(-EINVAL, set(MATCH, ADDR, 1, self->fd, 0x100));
	EXPECT_EQ(-EINVAL, set(MATCH, ADDR, 4, self->fd, 1UL << 63));
	EXPECT_EQ(-EINVAL, set(0, ADDR, 4, self->fd, 1));
	EXPECT_EQ(-EBADF, add(ADDR, 4, -1));
	EXPECT_EQ(-EBADF, add(ADDR, 4, 1 << 20));
	EXPECT_EQ(-EINVAL, add(ADDR, 4, null));
	EXPECT_EQ(-EINVAL, add(ADDR, 4, self->vm.fd));
	EXPECT_EQ(-EBADF, ioeventfd_remove(&self->vm, ADDR, 4, -1));
	EXPECT_EQ(-EINVAL, ioeventfd_remove(&self->vm, ADDR, 4, null));
	arg.fd = self->fd;
	arg.reserved = 1;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vm.fd, ARM_VCPU_IOEVENTFD, &arg));
	EXPECT_EQ(-EFAULT, vm_ioctl(self->vm.fd, ARM_VCPU_IOEVENTFD, NULL));
	EXPECT_TRUE(stores(self, 4, ADDR, 0));
	/* Without what is zero */
	arg.size = offsetof(struct arm_vcpu_ioeventfd, reserved);
	EXPECT_EQ(0, vm_ioctl(self->vm.fd, ARM_VCPU_IOEVENTFD, &arg));
	EXPECT_FALSE(stores(self, 4, ADDR, 0));
	close(null);
}

TEST_F(io, one_for_a_store)
{
	ASSERT_EQ(0, add(ADDR, 4, self->fd));
	EXPECT_EQ(-EEXIST, add(ADDR, 4, self->other));
	EXPECT_EQ(-EEXIST, add(ADDR, 0, self->other));
	EXPECT_EQ(-EEXIST, set(MATCH, ADDR, 4, self->other, 1));
	EXPECT_EQ(0, add(ADDR, 8, self->other));
	EXPECT_EQ(0, set(MATCH, ADDR, 2, self->fd, 1));
	EXPECT_EQ(0, set(MATCH, ADDR, 2, self->fd, 2));
	EXPECT_EQ(-EEXIST, set(MATCH, ADDR, 2, self->other, 2));
	EXPECT_EQ(-EEXIST, add(ADDR, 2, self->other));
	ASSERT_EQ(0, add(ADDR + 8, 0, self->fd));
	EXPECT_EQ(-EEXIST, add(ADDR + 8, 0, self->fd));
	EXPECT_EQ(-EEXIST, add(ADDR + 8, 1, self->fd));
	EXPECT_FALSE(stores(self, 8, ADDR, 0));
	EXPECT_EQ(1, event_count(self->other));
}

TEST_F(io, remove_takes_that_away_and_no_other)
{
	ASSERT_EQ(0, set(MATCH, ADDR, 4, self->fd, 5));
	EXPECT_EQ(-ENOENT, set(REMOVE | MATCH, ADDR, 4, self->fd, 6));
	EXPECT_EQ(-ENOENT, set(REMOVE | MATCH, ADDR, 8, self->fd, 5));
	EXPECT_EQ(-ENOENT, set(REMOVE | MATCH, ADDR + 4, 4, self->fd, 5));
	EXPECT_EQ(-ENOENT, set(REMOVE | MATCH, ADDR, 4, self->other, 5));
	EXPECT_EQ(-ENOENT, set(REMOVE, ADDR, 4, self->fd, 0));
	EXPECT_FALSE(stores(self, 4, ADDR, 5));
	EXPECT_EQ(0, set(REMOVE | MATCH, ADDR, 4, self->fd, 5));
	EXPECT_TRUE(stores(self, 4, ADDR, 5));
	EXPECT_EQ(-ENOENT, set(REMOVE | MATCH, ADDR, 4, self->fd, 5));
	/* What it has counted is there */
	EXPECT_EQ(1, event_count(self->fd));
}

TEST_F(io, not_where_memory_is)
{
	u64 page = page_size();
	u64 *user = map_pages(page);

	EXPECT_EQ(-EEXIST, add(GUEST_RAM, 8, self->fd));
	EXPECT_EQ(-EEXIST, add(GUEST_RAM + GUEST_RAM_SIZE - 1, 0, self->fd));
	EXPECT_EQ(0, add(GUEST_RAM + GUEST_RAM_SIZE, 8, self->fd));
	EXPECT_EQ(0, add(GUEST_RAM - 8, 8, self->fd));
	/* What comes later is in front of it */
	ASSERT_EQ(0, add(GUEST_MMIO, 8, self->fd));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, GUEST_MMIO, page, user));
	vcpu_enter(self->vcpu, guest_store8, GUEST_MMIO, 0x77);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, event_count(self->fd));
	EXPECT_EQ(0x77, *user);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, GUEST_MMIO, 0, NULL));
	EXPECT_FALSE(stores(self, 8, GUEST_MMIO, 0x78));
	EXPECT_EQ(1, event_count(self->fd));
	EXPECT_EQ(0x77, *user);
	munmap(user, page);
}

TEST_F(io, not_where_the_gic_is)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	vm_destroy(&self->vm);
	gic_vm(&self->vm);
	EXPECT_EQ(-EEXIST, add(GIC_DIST, 4, self->fd));
	EXPECT_EQ(-EEXIST, add(GIC_DIST + 0xfff8, 8, self->fd));
	EXPECT_EQ(-EEXIST, add(GIC_REDIST + 0x10, 0, self->fd));
	EXPECT_EQ(0, add(GIC_DIST + 0x10000, 4, self->fd));
}

TEST_F(io, belongs_to_the_address_space)
{
	struct vm fresh = { .fd = vm_open() };
	pid_t pid;
	int status;

	/* It binds the VM as well */
	ASSERT_EQ(0, ioeventfd_add(&fresh, ADDR, 4, self->fd));
	pid = fork();
	if (!pid)
		_exit(add(ADDR, 4, self->fd) != -EIO ||
		      ioeventfd_remove(&fresh, ADDR, 4, self->fd) != -EIO);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, ioeventfd_remove(&fresh, ADDR, 4, self->fd));
	close(fresh.fd);
}

TEST_F(io, as_many_as_get_info_says)
{
	struct arm_vcpu_info info;
	u32 i;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	ASSERT_LE(512, info.max_ioeventfds);
	for (i = 0; i < info.max_ioeventfds; i++)
		ASSERT_EQ(0, add(ADDR + 8 * i, 8, self->fd));
	EXPECT_EQ(-ENOSPC, add(ADDR + 8 * i, 8, self->fd));
	for (i = 0; i < info.max_ioeventfds; i += 37)
		EXPECT_FALSE(stores(self, 8, ADDR + 8 * i, i));
	EXPECT_EQ((info.max_ioeventfds + 36) / 37, event_count(self->fd));
	EXPECT_EQ(0, ioeventfd_remove(&self->vm, ADDR, 8, self->fd));
	EXPECT_EQ(0, add(ADDR + 8 * i, 8, self->fd));
}

/* Nobody could read it any more: the store is an exit again, and nothing is left of it */
TEST_F(io, ends_with_the_last_descriptor)
{
	int fd = event_new(), again = dup(fd), number = event_number(fd);

	ASSERT_EQ(0, add(ADDR, 4, fd));
	ASSERT_EQ(0, add(ADDR + 4, 4, fd));
	ASSERT_EQ(0, add(ADDR + 8, 4, self->fd));
	close(fd);
	sleep_ms(20);
	EXPECT_FALSE(stores(self, 4, ADDR, 0));
	EXPECT_EQ(1, event_count(again));
	close(again);
	EXPECT_TRUE(wait_for(stores(self, 4, ADDR, 0)));
	EXPECT_TRUE(wait_for(stores(self, 4, ADDR + 4, 0)));
	EXPECT_TRUE(event_number_is_free(number));
	EXPECT_FALSE(stores(self, 4, ADDR + 8, 0));
	EXPECT_EQ(0, add(ADDR, 0, self->fd));
}

TEST_F(io, ends_with_the_vm)
{
	int fd = event_new(), number = event_number(fd), i;
	struct vm vm;

	for (i = 0; i < 50; i++) {
		vm.fd = vm_open();
		ASSERT_EQ(0, ioeventfd_add(&vm, ADDR, 4, fd));
		/* Either may be first */
		close(i % 2 ? fd : vm.fd);
		close(i % 2 ? vm.fd : fd);
		ASSERT_TRUE(event_number_is_free(number));
		fd = event_new();
	}
	close(fd);
}

struct storing {
	struct vcpu *vcpu;
	pthread_t thread;
	u64 exits;
};

static void *store_all(void *arg)
{
	struct storing *storing = arg;

	while (vcpu_next(storing->vcpu) == ARM_VCPU_EXIT_MMIO_WRITE)
		storing->exits++;
	return NULL;
}

/* Each store is an exit or a signal */
TEST_F_TIMEOUT(io, comes_and_goes_while_vcpus_store, 100)
{
	struct storing storing[NR] = { { .vcpu = self->vcpu },
				       { .vcpu = vcpu_create(&self->vm) } };
	u64 signals = 0, exits = 0, count, rounds = 0;
	int i;

	for (i = 0; i < NR; i++) {
		vcpu_enter(storing[i].vcpu, guest_stores, ADDR, STORES);
		if (pthread_create(&storing[i].thread, NULL, store_all, &storing[i]))
			die("can't create a thread");
	}
	do {
		ASSERT_EQ(0, add(ADDR, rounds % 2 ? 4 : 0, self->fd));
		sleep_ms(1);
		ASSERT_EQ(0, ioeventfd_remove(&self->vm, ADDR, rounds % 2 ? 4 : 0, self->fd));
		count = event_count(self->fd);
		signals += count;
		/* None that is under way is still to come */
		sleep_ms(1);
		ASSERT_EQ(0, event_count(self->fd));
		rounds++;
		exits = READ_ONCE(storing[0].exits) + READ_ONCE(storing[1].exits);
	} while (signals + exits < NR * STORES && rounds < 5000);
	for (i = 0; i < NR; i++)
		pthread_join(storing[i].thread, NULL);
	exits = storing[0].exits + storing[1].exits;
	TH_LOG("%lu rounds, %lu signals, %lu exits", rounds, signals, exits);
	EXPECT_EQ(NR * STORES, signals + exits);
	EXPECT_LT(0, signals);
	EXPECT_LT(0, exits);
	EXPECT_LT(2, rounds);
}

TEST_HARNESS_MAIN
