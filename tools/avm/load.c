// SPDX-License-Identifier: MIT
#include "load.h"

#include <string.h>

#include "dtb.h"
#include "filetype.h"
#include "say.h"

#define PAGE		0x1000ULL

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

int load_files(struct images *images, const struct options *options)
{
	if (options->kernel && (blob_read(&images->kernel, options->kernel, true) ||
				filetype_refuse(&images->kernel, false)))
		return -1;
	if (options->initrd && blob_read(&images->initrd, options->initrd, false))
		return -1;
	if (options->firmware && (blob_read(&images->firmware, options->firmware, false) ||
				  filetype_refuse(&images->firmware, true)))
		return -1;
	return 0;
}

int load_take(const struct blob *file, struct ram *ram, __u64 addr, __u64 size)
{
	const struct map_entry *map = &memory_map[MAP_RAM];

	if (ram_take(ram, addr, size))
		return 0;
	say("%s wants %#llx to %#llx, and RAM can be at %#llx to %#llx: is it for QEMU's virt?",
	    file->path, (unsigned long long)addr, (unsigned long long)(addr + size),
	    (unsigned long long)map->base, (unsigned long long)(map->base + map->size));
	return -1;
}

/* What isn't ELF goes there in one piece, and begins with its first instruction */
static int take_whole(const struct blob *file, struct ram *ram, struct boot *boot,
		      __u64 offset, __u64 size)
{
	boot->entry = ram->base + offset;
	return load_take(file, ram, boot->entry, size < file->size ? file->size : size);
}

static int take_kernel(const struct blob *file, struct ram *ram, struct boot *boot)
{
	struct image_header header = { 0 };

	if (elf_is(file)) {
		/* as QEMU has it, whose x0 is 0 then */
		boot->dtb_at_base = true;
		return elf_take(file, ram, &boot->entry);
	}

	if (file->size >= sizeof(header))
		memcpy(&header, file->data, sizeof(header));
	if (header.magic != IMAGE_MAGIC)
		return take_whole(file, ram, boot, RAW_OFFSET, file->size);

	if (header.flags & IMAGE_FLAG_BIG_ENDIAN) {
		say("%s is a big-endian kernel, which avm doesn't run", file->path);
		return -1;
	}
	return take_whole(file, ram, boot,
			  header.image_size ? header.text_offset : IMAGE_OLD_TEXT_OFFSET,
			  header.image_size);
}

static void put_kernel(const struct blob *file, const struct ram *ram, const struct boot *boot)
{
	if (elf_is(file))
		elf_put(file, ram);
	else
		memcpy(ram_at(ram, boot->entry, file->size), file->data, file->size);
}

static void say_too_large(const char *path, __u64 needed)
{
	const __u64 most = memory_map[MAP_RAM].size;

	if (needed > most)
		say("%s doesn't fit into the largest memory that a guest can have, %llu GiB", path,
		    (unsigned long long)most >> 30);
	else
		say("%s, initrd and device tree don't fit into memory: give them more, --mem %llu",
		    path, (unsigned long long)needed >> 20);
}

/*
 * Device tree and initrd are one block, with the tree at its end: that takes 2 MiB, which
 * it mustn't cross the boundary of.  So a block's room above the kernel is always enough.
 */
static int place_block(struct boot *boot, struct ram *ram, const struct images *images)
{
	const struct blob *initrd = &images->initrd;
	__u64 size = ALIGN_UP(initrd->size, PAGE) + DTB_MAX_SIZE;
	__u64 top = ram_top(ram), addr = ram_place(ram, size, DTB_MAX_SIZE);

	if (!addr || !ram_at(ram, ram->base, top - ram->base)) {
		say_too_large(images->kernel.path, ALIGN_UP(top + size, DTB_MAX_SIZE) - ram->base);
		return -1;
	}
	boot->dtb = addr + size - DTB_MAX_SIZE;
	if (initrd->size) {
		boot->initrd = addr;
		boot->initrd_end = addr + initrd->size;
		memcpy(ram_at(ram, addr, initrd->size), initrd->data, initrd->size);
	}
	return 0;
}

int load_boot(struct boot *boot, struct ram *ram, const struct images *images)
{
	memset(boot, 0, sizeof(*boot));
	if (images->firmware.size) {
		/* QEMU's convention: the device tree is the first thing in RAM */
		boot->entry = memory_map[MAP_FLASH0].base;
		boot->dtb = ram->base;
		return 0;
	}
	if (take_kernel(&images->kernel, ram, boot) || place_block(boot, ram, images))
		return -1;
	put_kernel(&images->kernel, ram, boot);
	return 0;
}

void load_dtb_copy(const struct boot *boot, const struct ram *ram, __u64 size)
{
	if (boot->dtb_at_base && ram_is_free(ram, ram->base, size))
		memcpy(ram_at(ram, ram->base, size), ram_at(ram, boot->dtb, size), size);
}
