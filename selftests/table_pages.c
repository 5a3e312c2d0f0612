// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a region that goes gives back the translation tables that it took, whatever
 * holes were between them; and that they are counted, as the process's and as the host's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "kselftest_harness.h"
#include "tables.h"
#include "vm.h"

#define BASE		(1UL << 36)	/* guest-physical */
#define CGROUPS		"/tmp/arm_vcpu_cgroups"
#define CGROUP		CGROUPS "/arm_vcpu_tables"
#define MANY		1000UL		/* tables */
#define FEW		300UL		/* pages that each CPU may have in advance */

/* What a table of pages translates, and one above it */
static u64 table_span(void)
{
	return page_size() * page_size() / 8;
}

FIXTURE(tables) {
	struct vm vm;
	struct vcpu *vcpu;
	bool counted;		/* the process is in a memory cgroup of its own */
};

FIXTURE_SETUP(tables)
{
	mkdir(CGROUPS, 0700);
	if (!mount("none", CGROUPS, "cgroup2", 0, NULL)) {
		write_file(CGROUPS "/cgroup.subtree_control", "+memory");
		mkdir(CGROUP, 0700);
		self->counted = !access(CGROUP "/memory.current", R_OK) &&
				!write_file(CGROUP "/cgroup.procs", "0");
	}
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
}

FIXTURE_TEARDOWN(tables)
{
	vm_destroy(&self->vm);
	if (self->counted)
		write_file(CGROUPS "/cgroup.procs", "0");
	rmdir(CGROUP);
	umount(CGROUPS);
}

/* Pages that the process has, and the kernel for it; memory.stat would lag */
static u64 pages(void)
{
	unsigned long long bytes;
	FILE *file = fopen(CGROUP "/memory.current", "re");

	if (!file || fscanf(file, "%llu", &bytes) != 1)
		die("no memory.current");
	fclose(file);
	return bytes / page_size();
}

/* x0: first address, x1: from one to the next, x2: how many */
GUEST_ASM(guest_touch, "1: str x0, [x0]\n add x0, x0, x1\n subs x2, x2, #1\n b.ne 1b\n"
	  "hvc #1\n b .");

static void touch(struct vcpu *vcpu, u64 stride)
{
	if (vcpu_set_entry(vcpu, vm_gpa(guest_touch), BASE, stride, MANY, 0))
		die("SET_ENTRY failed");
	vcpu_expect_call(vcpu, 1);
}

/* Only addresses, but for what is touched */
static char *map_space(u64 length)
{
	char *p = mmap(NULL, length, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("no address space");
	return p;
}

/*
 * A page each @stride: between the tables for them are holes of each size.  The host has
 * touched them first, so its own tables don't count.
 */
static void come_and_go(struct __test_metadata *_metadata, FIXTURE_DATA(tables) *self,
			u64 stride)
{
	u64 length = stride * MANY, before, with, after, i;
	char *space = map_space(length);

	madvise(space, length, MADV_NOHUGEPAGE);
	for (i = 0; i < MANY; i++)
		space[i * stride] = 1;
	before = pages();
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, length, space));
	touch(self->vcpu, stride);
	with = pages();
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	after = pages();
	/* It stays mapped: the host's own tables would go later, and in the midst of the next */

	TH_LOG("a table each %#lx: %ld pages, then %ld", (unsigned long)stride,
	       (long)(with - before), (long)(after - before));
	EXPECT_LE(before + MANY, with + FEW);
	EXPECT_GE(before + FEW, after);
}

TEST_F(tables, all_go_with_their_region_whatever_is_between_them)
{
	static const u64 apart[] = { 1, 2, 3, 5, 16 };
	u64 i;

	if (!self->counted)
		SKIP(return, "kernel: no memory cgroups");
	for (i = 0; i < ARRAY_SIZE(apart); i++)
		come_and_go(_metadata, self, apart[i] * table_span());
}

TEST_F(tables, are_the_hosts_secondary_page_tables)
{
	u64 length = MANY * table_span(), before, with;
	char *space = map_space(length);

	/* Its code has tables too */
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	before = host_tables();
	madvise(space, length, MADV_NOHUGEPAGE);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, length, space));
	touch(self->vcpu, table_span());
	with = host_tables();
	EXPECT_LE(before + MANY, with);
	EXPECT_GE(before + MANY + FEW, with);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	EXPECT_EQ(before, host_tables());
	vm_destroy(&self->vm);
	EXPECT_TRUE(wait_for(host_tables() < before));
	vm_create(&self->vm);
}

TEST_HARNESS_MAIN
