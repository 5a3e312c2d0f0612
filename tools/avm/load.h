/* SPDX-License-Identifier: MIT */
/* Images into memory */
#ifndef AVM_LOAD_H
#define AVM_LOAD_H

#include <linux/types.h>

#include "blob.h"
#include "options.h"
#include "ram.h"

/* What is neither an Image nor an ELF program goes here, from the start of RAM */
#define RAW_OFFSET	0x80000

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
 * @dtb: device tree
 * @initrd: initial RAM disk
 * @initrd_end: first address above it; 0: there is none
 * @dtb_at_base: whether the kernel looks for the device tree at the start of RAM
 */
struct boot {
	__u64 entry;
	__u64 dtb;
	__u64 initrd;
	__u64 initrd_end;
	bool dtb_at_base;
};

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
 * @ram: the guest's memory, all zero and free
 * @images: from load_files()
 *
 * Return: 0, or -1 after a message.
 */
int load_boot(struct boot *boot, struct ram *ram, const struct images *images);

/**
 * load_dtb_copy() - put the device tree at the start of RAM as well, if that is wanted
 * @boot: from load_boot(), and the device tree is at its place
 * @ram: the guest's memory
 * @size: of the device tree
 *
 * Nothing happens where the kernel itself leaves no room.
 */
void load_dtb_copy(const struct boot *boot, const struct ram *ram, __u64 size);

/**
 * load_take() - take memory for a part of a kernel
 * @file: the kernel
 * @ram: the guest's memory
 * @addr: guest-physical address
 * @size: in bytes
 *
 * Return: 0, or -1 after a message.
 */
int load_take(const struct blob *file, struct ram *ram, __u64 addr, __u64 size);

/**
 * elf_is() - whether a file says it is ELF
 * @file: the file
 */
bool elf_is(const struct blob *file);

/**
 * elf_take() - take the memory that the segments of an ELF program want
 * @file: the program
 * @ram: the guest's memory
 * @entry: is filled in
 *
 * Return: 0, or -1 after a message.
 */
int elf_take(const struct blob *file, struct ram *ram, __u64 *entry);

/**
 * elf_put() - put the segments of an ELF program at their physical addresses
 * @file: the program; elf_take() had nothing against it
 * @ram: the guest's memory
 */
void elf_put(const struct blob *file, const struct ram *ram);

#endif /* AVM_LOAD_H */
