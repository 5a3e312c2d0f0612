/* SPDX-License-Identifier: MIT */
/* What a disk's contents are: a raw file or a block device of the host */
#ifndef AVM_IMAGE_H
#define AVM_IMAGE_H

#include "iovs.h"

/**
 * struct image - a raw file or a block device
 * @fd: it, open
 * @device: it is a block device
 * @read_only: it can't be written
 * @size: in bytes, whole sectors
 * @block: bytes that are best written at a time
 */
struct image {
	int fd;
	bool device;
	bool read_only;
	__u64 size;
	__u32 block;
};

/**
 * image_open() - open it, and keep others from writing to it
 * @image: is filled in
 * @path: of the file
 * @read_only: it is not to be written
 *
 * Return: 0, or -1 after a message.
 */
int image_open(struct image *image, const char *path, bool read_only);

/*
 * Each returns 0 or a negative errno.  A range lies within the image; memory is taken from the
 * front as it is read or written.
 */

/**
 * image_read() - fill memory
 * @image: the image
 * @iovs: memory
 * @offset: where to begin
 */
int image_read(const struct image *image, struct iovs *iovs, __u64 offset);

/**
 * image_write() - write what is in memory
 * @image: the image
 * @iovs: memory
 * @offset: where to begin
 * @sync: it is to last when this returns, whatever becomes of the host
 */
int image_write(const struct image *image, struct iovs *iovs, __u64 offset, bool sync);

/**
 * image_flush() - what was written is to last
 * @image: the image
 */
int image_flush(const struct image *image);

/**
 * image_discard() - what is there isn't needed any more; may do nothing
 * @image: the image
 * @offset: where to begin
 * @size: in bytes
 */
int image_discard(const struct image *image, __u64 offset, __u64 size);

/**
 * image_clear() - have zeros there
 * @image: the image
 * @offset: where to begin
 * @size: in bytes
 * @unmap: the host may give the space to others
 */
int image_clear(const struct image *image, __u64 offset, __u64 size, bool unmap);

#endif /* AVM_IMAGE_H */
