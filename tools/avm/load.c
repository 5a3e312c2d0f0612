// SPDX-License-Identifier: MIT
#include "load.h"

#include <string.h>

#include "dtb.h"
#include "say.h"

#define PAGE		0x1000ULL

/* Device tree and initrd are in this much of RAM, whatever there is above it */
#define LOW_RAM		SIZE_GIB(1)

/* Documentation/arm64/booting.rst */
struct image_header {
	__u32 code[2];
	__u64 text_offset;
	__u64 image_size;
	__u64 flags;
	__u64 reserved[3];
	__u32 magic;
	__u32 pe_offset;
};

#define IMAGE_MAGIC		0x644d5241	/* "ARM\x64" */
#define IMAGE_FLAG_BIG_ENDIAN	1

/* Where a kernel from before text_offset meant something has its own */
#define IMAGE_OLD_TEXT_OFFSET	0x80000

/* A compressed EFI application: "MZ", and "zimg" at offset 4 */
#define ZIMG_MAGIC		0x676d697a

void *ram_at(const struct ram *ram, __u64 addr, __u64 size)
{
	if (addr < ram->base || addr - ram->base > ram->size ||
	    size > ram->size - (addr - ram->base))
		return NULL;
	return ram->host + (addr - ram->base);
}

int load_files(struct images *images, const struct options *options)
{
	if (options->kernel && blob_read(&images->kernel, options->kernel, true))
		return -1;
	if (options->initrd && blob_read(&images->initrd, options->initrd, false))
		return -1;
	if (options->firmware && blob_read(&images->firmware, options->firmware, false))
		return -1;
	return 0;
}

static int load_at(const struct blob *file, const struct ram *ram, struct boot *boot,
		   __u64 addr, __u64 size)
{
	if (size < file->size)
		size = file->size;
	if (!ram_at(ram, addr, size)) {
		say("%s needs %llu MiB of memory: give it more with --mem", file->path,
		    (unsigned long long)((addr + size - ram->base) >> 20) + 1);
		return -1;
	}
	memcpy(ram_at(ram, addr, size), file->data, file->size);
	boot->entry = addr;
	boot->end = addr + size;
	return 0;
}

static int load_kernel(const struct blob *file, const struct ram *ram, struct boot *boot)
{
	struct image_header header = { 0 };
	__u64 offset;

	if (elf_is(file))
		return elf_load(file, ram, boot);

	if (file->size >= sizeof(header))
		memcpy(&header, file->data, sizeof(header));
	if (header.code[1] == ZIMG_MAGIC) {
		say("%s is a compressed EFI program: decompress it to an arm64 Image", file->path);
		return -1;
	}
	if (header.magic != IMAGE_MAGIC)
		return load_at(file, ram, boot, ram->base + RAW_OFFSET, file->size);

	if (header.flags & IMAGE_FLAG_BIG_ENDIAN) {
		say("%s is a big-endian kernel, which avm doesn't run", file->path);
		return -1;
	}
	offset = header.image_size ? header.text_offset : IMAGE_OLD_TEXT_OFFSET;
	if (offset > ram->size || header.image_size > ram->size) {
		say("%s doesn't fit into memory: give it more with --mem, or get it anew",
		    file->path);
		return -1;
	}
	return load_at(file, ram, boot, ram->base + offset, header.image_size);
}

/*
 * The device tree takes the last 2 MiB of low RAM, which it mustn't cross the
 * boundary of, and the initrd lies below it: as far from the kernel as can be.
 */
static int place_high(struct boot *boot, const struct ram *ram, const struct blob *initrd)
{
	__u64 top = ram->base + (ram->size < LOW_RAM ? ram->size : LOW_RAM);
	__u64 low;

	boot->dtb = ALIGN_DOWN(top - DTB_MAX_SIZE, DTB_MAX_SIZE);
	low = boot->dtb;
	if (initrd->size) {
		if (initrd->size > low - ram->base)
			goto too_large;
		boot->initrd = ALIGN_DOWN(low - initrd->size, PAGE);
		boot->initrd_end = boot->initrd + initrd->size;
		low = boot->initrd;
	}
	if (boot->end <= low) {
		if (initrd->size)
			memcpy(ram_at(ram, low, initrd->size), initrd->data, initrd->size);
		return 0;
	}
too_large:
	say("kernel, initrd and device tree don't fit into memory: give them more with --mem");
	return -1;
}

int load_boot(struct boot *boot, const struct ram *ram, const struct images *images)
{
	memset(boot, 0, sizeof(*boot));
	if (images->firmware.size) {
		/* QEMU's convention: the device tree is the first thing in RAM */
		boot->entry = memory_map[MAP_FLASH0].base;
		boot->dtb = ram->base;
		return 0;
	}
	if (load_kernel(&images->kernel, ram, boot))
		return -1;
	return place_high(boot, ram, &images->initrd);
}
