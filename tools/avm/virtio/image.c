// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/falloc.h>
#include <linux/fs.h>

#include "say.h"
#include "util.h"

#define SECTOR		512
#define BLOCK_MAX	65536

static int refuse(const char *path, const char *why)
{
	say("%s can't be a disk: %s", path, why);
	return -1;
}

/* Of a block device stat() doesn't know */
static int measure(struct image *image, const struct stat *stat)
{
	unsigned int block = stat->st_blksize;

	image->device = S_ISBLK(stat->st_mode);
	image->size = stat->st_size;
	if (image->device && (ioctl(image->fd, BLKGETSIZE64, &image->size) ||
			      ioctl(image->fd, BLKPBSZGET, &block)))
		return -1;
	if (block < SECTOR || block > BLOCK_MAX || (block & (block - 1)))
		block = SECTOR;
	image->block = block;
	image->size = ALIGN_DOWN(image->size, SECTOR);
	return 0;
}

int image_open(struct image *image, const char *path, bool read_only)
{
	struct stat stat;

	image->read_only = read_only;
	image->fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (image->fd < 0 && (errno == EACCES || errno == EROFS) && !read_only)
		return refuse(path, "it can't be written; with ',ro' the guest won't");
	if (image->fd < 0 || fstat(image->fd, &stat))
		return refuse(path, strerror(errno));
	if (!S_ISREG(stat.st_mode) && !S_ISBLK(stat.st_mode))
		return refuse(path, "it is neither a file nor a block device");
	if (measure(image, &stat))
		return refuse(path, strerror(errno));
	if (!image->size)
		return refuse(path, "it has less than 512 bytes: 'truncate -s 1G' enlarges it");
	if (flock(image->fd, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB))
		return refuse(path, "another machine has it; only with ',ro' they can share it");
	return 0;
}

int image_read(const struct image *image, struct iovs *iovs, __u64 offset)
{
	ssize_t done;

	while (iovs->bytes) {
		done = preadv(image->fd, iovs->iov, iovs->count, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;	/* the file has become shorter */
		iovs_skip(iovs, done);
		offset += done;
	}
	return 0;
}

int image_write(const struct image *image, struct iovs *iovs, __u64 offset, bool sync)
{
	ssize_t done;

	while (iovs->bytes) {
		done = pwritev2(image->fd, iovs->iov, iovs->count, offset, sync ? RWF_DSYNC : 0);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		iovs_skip(iovs, done);
		offset += done;
	}
	return 0;
}

int image_flush(const struct image *image)
{
	return fdatasync(image->fd) ? -errno : 0;
}

static int change(const struct image *image, int how, __u64 offset, __u64 size)
{
	int rc;

	do
		rc = fallocate(image->fd, how | FALLOC_FL_KEEP_SIZE, offset, size);
	while (rc && errno == EINTR);
	return rc ? -errno : 0;
}

int image_discard(const struct image *image, __u64 offset, __u64 size)
{
	const __u64 range[] = { offset, size };
	int rc;

	if (image->device)
		rc = ioctl(image->fd, BLKDISCARD, range) ? -errno : 0;
	else
		rc = change(image, FALLOC_FL_PUNCH_HOLE, offset, size);
	return rc == -EOPNOTSUPP ? 0 : rc;
}

/* Where the host has no way to say it */
static int write_zeros(const struct image *image, __u64 offset, __u64 size)
{
	static const __u8 zeros[BLOCK_MAX];
	int rc = 0;

	for (__u64 part; size && !rc; offset += part, size -= part) {
		struct iovec iov = { .iov_base = (void *)zeros };
		struct iovs iovs = { .iov = &iov, .count = 1 };

		part = size < sizeof(zeros) ? size : sizeof(zeros);
		iov.iov_len = part;
		iovs.bytes = part;
		rc = image_write(image, &iovs, offset, false);
	}
	return rc;
}

int image_clear(const struct image *image, __u64 offset, __u64 size, bool unmap)
{
	int rc = change(image, unmap ? FALLOC_FL_PUNCH_HOLE : FALLOC_FL_ZERO_RANGE, offset, size);

	return rc == -EOPNOTSUPP ? write_zeros(image, offset, size) : rc;
}
