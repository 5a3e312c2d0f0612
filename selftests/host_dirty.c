// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a page of a file gets dirty by a guest only after its file system was asked:
 * not by a fault that has got the page, and comes too late with it.  A file system that is
 * frozen shows it, for it lets nobody make a page dirty.
 */
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "disk.h"
#include "host_memory.h"
#include "module.h"
#include "vm.h"

#define HOLDGUP_KO	"ARM_VCPU_HOLDGUP_KO", "/holdgup.ko"
#define HELD		"/sys/module/holdgup/parameters/held"
#define GO		"/sys/module/holdgup/parameters/go"

#define BASE		(GUEST_RAM + 0x10000000UL)

#define KPF_DIRTY	(1UL << 4)	/* /proc/kpageflags */

FIXTURE(dirty) {
	struct vm vm;
	struct vcpu *vcpu;
	int file;
	u64 *user;		/* its page, at BASE */
	u64 pfn;
};

static bool is_dirty(FIXTURE_DATA(dirty) *self)
{
	return page_entry("/proc/kpageflags", self->pfn) & KPF_DIRTY;
}

FIXTURE_SETUP(dirty)
{
	if (!disk_mount())
		SKIP(return, NO_DISK);
	self->user = (u64 *)disk_file(page_size(), &self->file);
	*self->user = 1;
	self->pfn = pfn_of(self->user);
	ASSERT_NE(0, self->pfn);

	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, page_size(), self->user));
}

FIXTURE_TEARDOWN(dirty)
{
	if (!self->user)
		return;
	vm_destroy(&self->vm);
	munmap(self->user, page_size());
	close(self->file);
	EXPECT_EQ(0, umount(DISK_FOLDER));
}

GUEST_ASM(guest_store, "str x0, [x1]\n hvc #1\n b .");

static bool says_yes(const char *path)
{
	char answer = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (read(fd, &answer, 1) != 1)
		die("can't read %s", path);
	close(fd);
	return answer == 'Y';
}

/*
 * The page is the process's to write when the fault gets it, and isn't any more when the
 * fault goes on.
 */
TEST_F(dirty, a_fault_that_comes_too_late_leaves_a_page_of_a_frozen_file_system_clean)
{
	char parameters[64];
	int i;

	snprintf(parameters, sizeof(parameters), "tgid=%d address=%lu", getpid(),
		 (unsigned long)self->user);
	ASSERT_EQ(0, module_load_with(HOLDGUP_KO, parameters));
	vcpu_enter(self->vcpu, guest_store, 2, BASE);
	vcpu_start(self->vcpu);
	ASSERT_TRUE(wait_for(says_yes(HELD)));
	ASSERT_TRUE(is_dirty(self));
	ASSERT_EQ(0, ioctl(self->file, FIFREEZE, 0));
	EXPECT_FALSE(is_dirty(self));

	ASSERT_EQ(0, write_file(GO, "1"));
	for (i = 0; i < 300 && !is_dirty(self); i++)
		sleep_ms(1);
	EXPECT_FALSE(is_dirty(self));
	EXPECT_EQ(1, READ_ONCE(*self->user));
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu->result));

	ASSERT_EQ(0, ioctl(self->file, FITHAW, 0));
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	EXPECT_EQ(2, READ_ONCE(*self->user));
	EXPECT_TRUE(is_dirty(self));
	EXPECT_EQ(0, module_unload("holdgup"));
}

/* What the guest writes is found and written back, again and again */
TEST_F(dirty, what_a_guest_writes_makes_the_page_dirty_each_time)
{
	u64 i;

	for (i = 2; i < 20; i++) {
		ASSERT_EQ(0, msync(self->user, page_size(), MS_SYNC));
		EXPECT_FALSE(is_dirty(self));
		vcpu_enter(self->vcpu, guest_store, i, BASE);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_TRUE(is_dirty(self));
		EXPECT_EQ(i, READ_ONCE(*self->user));
	}
}

TEST_HARNESS_MAIN
