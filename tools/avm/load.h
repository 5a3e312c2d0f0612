/* SPDX-License-Identifier: MIT */
/* Images into memory */
#ifndef AVM_LOAD_H
#define AVM_LOAD_H

#include <linux/types.h>

#include "blob.h"
#include "options.h"

/* What is neither an Image nor an ELF program goes here, from the start of RAM */
#define RAW_OFFSET	0x80000

/**
 * struct ram - the guest's memory
 * @host: where it is in this process
 * @base: guest-physical address
 * @size: in bytes
 */
struct ram {
	unsigned char *host;
	__u64 base;
	__u64 size;
};

/**
 * struct images - the files that a guest is made of
 * @kernel: --kernel, decompressed
 * @initrd: --initrd
 * @firmware: --firmware
 */
struct images {
	struct blob kernel;
	struct blob initrd;
	struct blob firmware;
};

/**
 * struct boot - guest-physical addresses that matter at the start
 * @entry: first instruction
 * @end: first address above the kernel
 * @dtb: device tree
 * @initrd: initial RAM disk
 * @initrd_end: first address above it; 0: there is none
 */
struct boot {
	__u64 entry;
	__u64 end;
	__u64 dtb;
	__u64 initrd;
	__u64 initrd_end;
};

/**
 * ram_at() - guest-physical to host address
 * @ram: the guest's memory
 * @addr: guest-physical address
 * @size: bytes that are wanted there
 *
 * Return: NULL when not all of it is RAM.
 */
void *ram_at(const struct ram *ram, __u64 addr, __u64 size);

/**
 * load_files() - read the files that the options name
 * @images: is filled in
 * @options: the command line
 *
 * Return: 0, or -1 after a message.
 */
int load_files(struct images *images, const struct options *options);

/**
 * load_boot() - put kernel and initial RAM disk into memory, and choose a place for
 * the device tree
 * @boot: is filled in
 * @ram: the guest's memory, all zero
 * @images: from load_files()
 *
 * Return: 0, or -1 after a message.
 */
int load_boot(struct boot *boot, const struct ram *ram, const struct images *images);

/**
 * elf_is() - whether a file says it is ELF
 * @file: the file
 */
bool elf_is(const struct blob *file);

/**
 * elf_load() - put the segments of an ELF program at their physical addresses
 * @file: the program
 * @ram: the guest's memory
 * @boot: entry and end are filled in
 *
 * Return: 0, or -1 after a message.
 */
int elf_load(const struct blob *file, const struct ram *ram, struct boot *boot);

#endif /* AVM_LOAD_H */
