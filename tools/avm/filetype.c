// SPDX-License-Identifier: MIT
#define _GNU_SOURCE	/* memmem() */
#include "filetype.h"

#include <ctype.h>
#include <string.h>

#include "say.h"
#include "util.h"

/* So much of a file is looked at to tell whether it is text: code has a byte in it that isn't */
#define TEXT_SIZE	256

/**
 * struct filetype - a kind of file
 * @magic: what is in each such file; '*' stands for any byte
 * @size: of @magic
 * @offset: where it is
 * @name: what it is, with an article
 * @cure: what to do about it
 */
struct filetype {
	const char *magic;
	size_t size;
	size_t offset;
	const char *name;
	const char *cure;
};

#define MAGIC(bytes)	.magic = (bytes), .size = sizeof(bytes) - 1

#define TAKE_IMAGE	"give avm the Image or ELF program that is in it"
#define FOR_ARM64	"get one for arm64"
#define TO_KERNEL	"give it to --kernel"
#define UNPACK		"unpack it"
#define TO_DISK		"give it to --disk, and EDK2 to --firmware, which starts what is on it"

/* The first one that fits counts */
static const struct filetype filetypes[] = {
	{ MAGIC("\x1f\x8b\x08"), 0, "a gzip file", "decompress it with gzip -d" },
	{ MAGIC("\x28\xb5\x2f\xfd"), 0, "a zstd file", "decompress it with zstd -d" },
	{ MAGIC("\3757zXZ\0"), 0, "an xz file", "decompress it with xz -d" },
	{ MAGIC("\x5d\0\0**\xff\xff\xff\xff\xff\xff\xff\xff"), 0, "an lzma file",
	  "decompress it with xz -d" },
	{ MAGIC("BZh*1AY&SY"), 0, "a bzip2 file", "decompress it with bzip2 -d" },
	{ MAGIC("\x04\x22\x4d\x18"), 0, "an lz4 file", "decompress it with lz4 -d" },
	{ MAGIC("\x02\x21\x4c\x18"), 0, "an lz4 file", "decompress it with lz4 -d" },
	{ MAGIC("\x89LZO\0"), 0, "an lzop file", "decompress it with lzop -d" },

	{ MAGIC("\x27\x05\x19\x56"), 0, "a U-Boot uImage", TAKE_IMAGE },
	{ MAGIC("\xd0\x0d\xfe\xed"), 0, "a device tree or a FIT image", TAKE_IMAGE },
	{ MAGIC("ANDROID!"), 0, "an Android boot image", TAKE_IMAGE },
	{ MAGIC("MZ**zimg"), 0, "a compressed EFI program (zboot)", TAKE_IMAGE },

	{ MAGIC("HdrS"), 0x202, "a Linux kernel for x86", FOR_ARM64 },
	{ MAGIC("RSC\x05"), 0x38, "a kernel for RISC-V", FOR_ARM64 },
	{ MAGIC("\x18\x28\x6f\x01"), 0x24, "a Linux kernel for 32-bit Arm", FOR_ARM64 },
	{ MAGIC("MZ"), 0, "an EFI program", "EDK2, as --firmware, starts it from a --disk" },

	{ MAGIC("0707"), 0, "an initial RAM disk", "give it to --initrd" },
	{ MAGIC("PK\3\4"), 0, "a zip archive", UNPACK },
	{ MAGIC("!<arch>\n"), 0, "a package or an archive", UNPACK },
	{ MAGIC("ustar"), 257, "a tar archive", UNPACK },
	{ MAGIC("QFI\xfb"), 0, "a qcow2 disk image",
	  "qemu-img convert -O raw makes one for --disk of it" },
	{ MAGIC("EFI PART"), 512, "a disk image", TO_DISK },
	{ MAGIC("CD001"), 0x8001, "a CD image", TO_DISK },
	{ MAGIC("#!"), 0, "a script", "give avm the guest itself" },
};

static const struct filetype text = { .name = "a text file", .cure = "give avm the guest itself" };

/* What avm takes for a kernel is wrong as firmware alone */
static const struct filetype image = { MAGIC("ARM\x64"), 0x38, "Linux", TO_KERNEL };
static const struct filetype elf = { MAGIC("\177ELF"), 0, "an ELF program", TO_KERNEL };

/* A firmware volume behind the page of the reset vector, as QEMU's virt machine has it */
static const struct filetype edk2 = { MAGIC("_FVH"), 0x1028 };

static bool has_magic(const struct blob *file, const struct filetype *type)
{
	if (type->offset > file->size || file->size - type->offset < type->size)
		return false;
	for (size_t i = 0; i < type->size; i++)
		if (type->magic[i] != '*' && type->magic[i] != (char)file->data[type->offset + i])
			return false;
	return true;
}

static bool is_text(const struct blob *file)
{
	for (size_t i = 0; i < file->size && i < TEXT_SIZE; i++)
		if (!isprint(file->data[i]) && !isspace(file->data[i]))
			return false;
	return true;
}

/* Its banner, which is in every one of them */
static bool is_linux(const struct blob *file)
{
	static const char banner[] = "Linux version ";
	const size_t size = sizeof(banner) - 1;
	const unsigned char *at = file->data, *end = file->data + file->size;

	while ((at = memmem(at, end - at, banner, size))) {
		at += size;
		if (at < end && isdigit(*at))
			return true;
	}
	return false;
}

/* What it is, if that is nothing to run */
static const struct filetype *wrong_type(const struct blob *file, bool firmware)
{
	/* an EFI program as well, maybe; and U-Boot can be one */
	if (has_magic(file, &image))
		return firmware && is_linux(file) ? &image : NULL;
	if (has_magic(file, &elf))
		return firmware ? &elf : NULL;
	for (unsigned int i = 0; i < ARRAY_SIZE(filetypes); i++)
		if (has_magic(file, &filetypes[i]))
			return &filetypes[i];
	return is_text(file) ? &text : NULL;
}

bool filetype_refuse(const struct blob *file, bool firmware)
{
	const struct filetype *type = wrong_type(file, firmware);

	if (type)
		say("%s is %s: %s", file->path, type->name, type->cure);
	return type;
}

const char *filetype_needs_gic(const struct blob *file)
{
	if (is_linux(file))
		return "Linux";
	return has_magic(file, &edk2) ? "EDK2" : NULL;
}
