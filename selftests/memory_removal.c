// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nobody waits while a big region is taken away, which takes its time: a VM is
 * kicked, its counters are read, and another region gets its memory meanwhile.
 */
#include <fcntl.h>
#include <stdio.h>
#include "kselftest_harness.h"
#include "vm.h"

#define BASE	(GUEST_RAM + 0x10000000UL)
#define LENGTH	(32UL << 20)
#define OTHER	(BASE + (1UL << 30))

FIXTURE(removal) {
	struct vm vm;
	struct vcpu *vcpu;
	char *user;		/* LENGTH at BASE */
	char *other;		/* a page at OTHER */
	pthread_t thread;
	u64 took;		/* 0 while it lasts */
};

FIXTURE_SETUP(removal)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->user = map_pages(LENGTH);
	self->other = map_pages(page_size());
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, OTHER, page_size(), self->other));
}

FIXTURE_TEARDOWN(removal)
{
	vm_destroy(&self->vm);
	munmap(self->user, LENGTH);
	munmap(self->other, page_size());
}

static void *take_away(void *arg)
{
	FIXTURE_DATA(removal) *self = arg;
	u64 begin = now_ns();

	pin_to(cpu_nth(1));
	if (vm_memory(self->vm.fd, 0, BASE, 0, NULL))
		die("SET_MEMORY failed");
	WRITE_ONCE(self->took, now_ns() - begin);
	return NULL;
}

static u64 __guest guest_touches(u64 page_size)
{
	u64 i;

	for (i = 0; i < LENGTH; i += page_size)
		*(volatile u64 *)(BASE + i) = i;
	return 0;
}

static void kick(FIXTURE_DATA(removal) *self)
{
	if (vm_kick(self->vm.fd))
		die("KICK failed");
}

static void read_counters(FIXTURE_DATA(removal) *self)
{
	char text[2048];
	int fd = open("/sys/kernel/debug/arm_vcpu/stats", O_RDONLY | O_CLOEXEC);

	(void)self;
	if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
		die("can't read the counters");
	close(fd);
}

GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

static void fault(FIXTURE_DATA(removal) *self)
{
	if (madvise(self->other, page_size(), MADV_DONTNEED))
		die("madvise failed");
	vcpu_enter(self->vcpu, guest_load, 1, OTHER);
	vcpu_expect_call(self->vcpu, 1);
}

/* The longest that @what takes meanwhile, of the time that the removal takes */
static bool is_held_up(FIXTURE_DATA(removal) *self, void (*what)(FIXTURE_DATA(removal) *self))
{
	u64 longest = 0, begin, took;

	if (vm_memory(self->vm.fd, 0, BASE, LENGTH, self->user))
		die("SET_MEMORY failed");
	vcpu_call(self->vcpu, guest_touches, page_size(), 0);
	while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_KICKED)
		;
	self->took = 0;
	pthread_create(&self->thread, NULL, take_away, self);
	while (!READ_ONCE(self->took)) {
		begin = now_ns();
		what(self);
		took = now_ns() - begin;
		if (took > longest)
			longest = took;
	}
	pthread_join(self->thread, NULL);
	printf("# %lu us of %lu\n", (unsigned long)longest / 1000,
	       (unsigned long)self->took / 1000);
	return longest > self->took / 3;
}

/* One that waits does so each time; others may, once in a while, for a CPU */
static void goes_on(struct __test_metadata *_metadata, FIXTURE_DATA(removal) *self,
		    void (*what)(FIXTURE_DATA(removal) *self))
{
	int i;

	pin_to(cpu_nth(0));
	for (i = 0; i < 5 && is_held_up(self, what); i++)
		;
	EXPECT_GT(5, i);
}

TEST_F(removal, a_kick_of_the_vm_does_not_wait)
{
	goes_on(_metadata, self, kick);
}

TEST_F(removal, who_reads_counters_does_not_wait)
{
	if (access("/sys/kernel/debug/arm_vcpu", F_OK))
		SKIP(return, "kernel: no debugfs");
	goes_on(_metadata, self, read_counters);
}

TEST_F(removal, a_fault_of_other_memory_does_not_wait)
{
	goes_on(_metadata, self, fault);
}

TEST_HARNESS_MAIN
