/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file system on a RAM disk: one that wants to know before a page of a file gets dirty, and
 * writes it back.  It is an ext2 of one group, which ext4 takes, for there is no mkfs
 * (Documentation/filesystems/ext2.rst).
 */
#ifndef SELFTEST_DISK_H
#define SELFTEST_DISK_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "vm.h"

#define DISK		"/dev/ram0"
#define DISK_FOLDER	"/tmp/arm_vcpu_disk"
#define NO_DISK		"kernel: no RAM disks, or no ext4"

/* In blocks: superblock, group, bitmaps, inodes, the root folder */
#define BLOCK		4096
#define BLOCKS		1024
#define INODES		32	/* a block of them */
#define INODES_USED	10	/* reserved, the root's among them */
enum { BLOCK_SUPER, BLOCK_GROUP, BLOCK_BLOCKS, BLOCK_INODES, BLOCK_TABLE, BLOCK_ROOT, USED };

struct folder_entry {
	u32 inode;
	u16 length, name_length;
	char name[4];
};

/* Used up to @used, and from @end on there is nothing */
static void fill_bitmap(char *bitmap, u32 used, u32 end)
{
	u32 i;

	for (i = 0; i < 8 * BLOCK; i++)
		bitmap[i / 8] |= (i < used || i >= end) << i % 8;
}

static void disk_make(char disk[USED][BLOCK])
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

/* At DISK_FOLDER, with nothing in it.  False: there can't be one. */
static bool disk_mount(void)
{
	static char disk[USED][BLOCK];
	int fd = open(DISK, O_RDWR | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return false;
	memset(disk, 0, sizeof(disk));
	disk_make(disk);
	if (write(fd, disk, sizeof(disk)) != sizeof(disk) || fsync(fd))
		die("can't write " DISK);
	close(fd);
	mkdir(DISK_FOLDER, 0700);
	if (!mount(DISK, DISK_FOLDER, "ext4", 0, NULL))
		return true;
	if (errno != ENODEV)
		die("can't mount " DISK ": %s", strerror(errno));
	return false;
}

/* A file of as many zeroes, mapped shared, and open */
static char *disk_file(size_t length, int *file)
{
	char *user;

	*file = open(DISK_FOLDER "/guest", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*file < 0 || ftruncate(*file, (off_t)length))
		die("no file on " DISK);
	user = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
	if (user == MAP_FAILED)
		die("a file on " DISK " can't be mapped");
	return user;
}

#endif
