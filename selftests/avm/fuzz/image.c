// SPDX-License-Identifier: MIT
/*
 * Kernels, plain and gzipped, and firmware, into memory: the first byte says what the rest is, and
 * the second how many pages the initial RAM disk has.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filetype.h"
#include "fuzz.h"
#include "load.h"
#include "util.h"

#define FIRMWARE	1
#define DTB_SIZE	0x4000

static struct ram ram;

/* Behind its last byte there is nothing any more */
static void cut(struct blob *blob)
{
	unsigned char *data = blob->size ? realloc(blob->data, blob->size) : NULL;

	if (data)
		blob->data = data;
}

static bool load_all(struct images *images, const struct options *options, struct boot *boot)
{
	if (load_files(images, options))
		return false;
	cut(&images->kernel);
	cut(&images->initrd);
	cut(&images->firmware);
	return !load_boot(boot, &ram, images);
}

static void load(const struct options *options)
{
	struct images images = { 0 };
	struct boot boot;

	if (load_all(&images, options, &boot)) {
		load_dtb_copy(&boot, &ram, DTB_SIZE);
		if (boot.initrd_end &&
		    !ram_at(&ram, boot.initrd, boot.initrd_end - boot.initrd))
			abort();
		if (!ram_at(&ram, boot.dtb, DTB_SIZE))
			abort();
	}
	if (images.kernel.data)
		filetype_needs_gic(&images.kernel);
	blob_free(&images.kernel);
	blob_free(&images.initrd);
	blob_free(&images.firmware);
	ram_clear(&ram);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options = { 0 };
	char path[32], initrd[32];
	int fd, initrd_fd;

	if (size < 2 || (!ram.host && ram_allocate(&ram, SIZE_MIB(16))))
		return 0;
	fd = fuzz_file(data + 2, size - 2, path);
	initrd_fd = fuzz_file(data, 0, initrd);
	if (data[0] & FIRMWARE)
		options.firmware = path;
	else
		options.kernel = path;
	if (data[1] && !ftruncate(initrd_fd, data[1] * 4096L))
		options.initrd = initrd;
	load(&options);
	close(initrd_fd);
	close(fd);
	return 0;
}
