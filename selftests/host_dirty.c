// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a page of a file gets dirty by a guest only after its file system was asked:
 * not by a fault that has got the page, and comes too late with it.  A file system that is
 * frozen shows it, for it lets nobody make a page dirty.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <string.h>
#include "kselftest_harness.h"
#include "module.h"
#include "vm.h"

#define HOLDGUP_KO	"ARM_VCPU_HOLDGUP_KO", "/holdgup.ko"
#define HELD		"/sys/module/holdgup/parameters/held"
#define GO		"/sys/module/holdgup/parameters/go"

#define BASE		(GUEST_RAM + 0x10000000UL)
#define DISK		"/dev/ram0"
#define FOLDER		"/tmp/arm_vcpu_dirty"

/* /proc/self/pagemap and /proc/kpageflags (Documentation/admin-guide/mm/pagemap.rst) */
#define PAGEMAP_PRESENT	(1UL << 63)
#define PAGEMAP_PFN	((1UL << 55) - 1)
#define KPF_DIRTY	(1UL << 4)

/*
 * An ext2 of one group, in blocks: superblock, group, bitmaps, inodes, the root folder
 * (Documentation/filesystems/ext2.rst)
 */
#define BLOCK		4096
#define BLOCKS		64
#define INODES		32	/* a block of them */
#define INODES_USED	10	/* reserved, the root's among them */
enum { BLOCK_SUPER, BLOCK_GROUP, BLOCK_BLOCKS, BLOCK_INODES, BLOCK_TABLE, BLOCK_ROOT, USED };

struct folder_entry {
	u32 inode;
	u16 length, name_length;
	char name[4];
};

static char disk[BLOCKS][BLOCK];

/* Used up to @used, and from @end on there is nothing */
static void fill_bitmap(char *bitmap, u32 used, u32 end)
{
	u32 i;

	for (i = 0; i < 8 * BLOCK; i++)
		bitmap[i / 8] |= (i < used || i >= end) << i % 8;
}

static void make_disk(void)
{
	u32 *super = (u32 *)&disk[BLOCK_SUPER][1024], *group = (u32 *)disk[BLOCK_GROUP];
	u32 *root = (u32 *)&disk[BLOCK_TABLE][128];
	struct folder_entry *self = (void *)disk[BLOCK_ROOT], *parent = self + 1;

	super[0] = INODES;
	super[1] = BLOCKS;
	super[3] = BLOCKS - USED;
	super[4] = INODES - INODES_USED;
	super[6] = 2;				/* blocks of 1024 << 2, */
	super[7] = 2;				/* and fragments */
	super[8] = 8 * BLOCK;			/* of a group */
	super[9] = 8 * BLOCK;
	super[10] = INODES;
	super[13] = 0xffff0000;			/* mounts without a check */
	super[14] = 0x1ef53;			/* clean */
	super[15] = 1;				/* errors don't matter */
	group[0] = BLOCK_BLOCKS;
	group[1] = BLOCK_INODES;
	group[2] = BLOCK_TABLE;
	group[3] = (BLOCKS - USED) | (INODES - INODES_USED) << 16;
	group[4] = 1;				/* folder */
	fill_bitmap(disk[BLOCK_BLOCKS], USED, BLOCKS);
	fill_bitmap(disk[BLOCK_INODES], INODES_USED, INODES);
	root[0] = S_IFDIR | 0700;
	root[1] = BLOCK;
	root[6] = 2 << 16;			/* links */
	root[7] = BLOCK / 512;
	root[10] = BLOCK_ROOT;
	*self = (struct folder_entry) { 2, sizeof(*self), 1, "." };
	*parent = (struct folder_entry) { 2, BLOCK - sizeof(*self), 2, ".." };
}

FIXTURE(dirty) {
	struct vm vm;
	struct vcpu *vcpu;
	int file;
	u64 *user;		/* its page, at BASE */
	u64 pfn;
};

/* 0, or the errno for which there is no file system */
static int mount_disk(void)
{
	int fd = open(DISK, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	make_disk();
	if (write(fd, disk, sizeof(disk)) != sizeof(disk) || fsync(fd))
		die("can't write " DISK);
	close(fd);
	mkdir(FOLDER, 0700);
	return mount(DISK, FOLDER, "ext4", 0, NULL) ? errno : 0;
}

static u64 entry_of(const char *path, u64 index)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	u64 entry;

	if (pread(fd, &entry, sizeof(entry), (off_t)(index * sizeof(entry))) != sizeof(entry))
		die("can't read %s", path);
	close(fd);
	return entry;
}

static bool is_dirty(FIXTURE_DATA(dirty) *self)
{
	return entry_of("/proc/kpageflags", self->pfn) & KPF_DIRTY;
}

FIXTURE_SETUP(dirty)
{
	u64 entry;
	int ret = mount_disk();

	if (ret == ENOENT || ret == ENODEV)
		SKIP(return, "kernel: no RAM disks, or no ext4");
	ASSERT_EQ(0, ret);
	self->file = open(FOLDER "/guest", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT_EQ(0, ftruncate(self->file, (off_t)page_size()));
	self->user = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, self->file, 0);
	ASSERT_NE(MAP_FAILED, self->user);
	*self->user = 1;
	entry = entry_of("/proc/self/pagemap", (u64)self->user / page_size());
	ASSERT_NE(0, entry & PAGEMAP_PRESENT);
	self->pfn = entry & PAGEMAP_PFN;

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
	EXPECT_EQ(0, umount(FOLDER));
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
