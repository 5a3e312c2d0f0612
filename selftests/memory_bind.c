// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a VM's first command may fail while the process's memory changes: the VM works
 * afterwards, and no fault of its guest waits for what is over.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "vm.h"

#define BASE	(GUEST_RAM + 0x10000000UL)

GUEST_ASM(guest_store, "str x0, [x1]\n hvc #1\n b .");

/* A thread that invalidates its pages all the time */
struct storm {
	pthread_t thread;
	char *pages;
	size_t length;
	bool stop;
};

static void *invalidate(void *arg)
{
	struct storm *storm = arg;

	while (!READ_ONCE(storm->stop)) {
		memset(storm->pages, 7, storm->length);
		madvise(storm->pages, storm->length, MADV_DONTNEED);
	}
	return NULL;
}

/* Whatever a VM's first command has come to, invalidations of that time are over */
static void guest_works(struct __test_metadata *_metadata, int fd, struct storm *storm)
{
	struct vm vm = { .fd = fd };
	struct vcpu *vcpu;

	vm_fill(&vm);
	vcpu = vcpu_create(&vm);
	ASSERT_EQ(0, vm_memory(fd, 0, BASE, storm->length, storm->pages));
	vcpu_enter(vcpu, guest_store, 5, BASE + storm->length - page_size());
	vcpu_start(vcpu);
	if (!wait_for(READ_ONCE(vcpu->result) != -EAGAIN))
		die("the guest waits for memory");
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(vcpu));
	vm_destroy(&vm);
}

TEST(a_first_command_that_fails_leaves_no_invalidation_behind)
{
	struct storm storm = { .length = 4 * page_size() };
	int vm = vm_open(), i;

	storm.pages = map_pages(storm.length);
	pthread_create(&storm.thread, NULL, invalidate, &storm);
	for (i = 0; i < 1000; i++)
		ASSERT_EQ(-EINVAL, vm_configure(vm, 7, 0));
	ASSERT_EQ(0, vm_configure(vm, 0, 0));
	WRITE_ONCE(storm.stop, true);
	pthread_join(storm.thread, NULL);
	guest_works(_metadata, vm, &storm);
}

TEST_HARNESS_MAIN
