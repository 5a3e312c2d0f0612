/* SPDX-License-Identifier: MIT */
/*
 * The guest's stage 1 translation, for a VMM that has to look at what the guest sees at a
 * virtual address, or at why the guest sees nothing there.
 */
#ifndef ARMVCPU_TRANSLATE_H
#define ARMVCPU_TRANSLATE_H

#include <stddef.h>
#include <linux/types.h>

/**
 * struct armvcpu_stage1 - registers that control stage 1
 * @sctlr: SCTLR_EL1
 * @tcr: TCR_EL1
 * @ttbr0: TTBR0_EL1
 * @ttbr1: TTBR1_EL1
 */
struct armvcpu_stage1 {
	__u64 sctlr;
	__u64 tcr;
	__u64 ttbr0;
	__u64 ttbr1;
};

/**
 * typedef armvcpu_memory - find the guest's memory
 * @context: the caller's own
 * @addr: guest-physical address
 * @size: in bytes
 *
 * Return: where it is in this process, or NULL when not all of it is memory.
 */
typedef const void *armvcpu_memory(void *context, __u64 addr, size_t size);

/**
 * armvcpu_translate() - from a virtual address to a guest-physical one
 * @stage1: registers
 * @memory: where the tables are
 * @context: for @memory
 * @va: virtual address, without a tag
 * @pa: is filled in
 *
 * Granules of 4, 16 and 64 KiB, both halves of the address space, and the MMU off.  Not asked:
 * permissions, the access flag.  Not known: physical addresses of more than 48 bits.
 *
 * Return: 0; -EFAULT: there is no translation, or a table isn't in memory; -EOPNOTSUPP
 */
int armvcpu_translate(const struct armvcpu_stage1 *stage1, armvcpu_memory *memory,
		      void *context, __u64 va, __u64 *pa);

/**
 * armvcpu_missing_level() - at which level of the guest's tables one isn't in memory
 * @stage1: registers
 * @memory: where the tables are
 * @context: for @memory
 * @va: virtual address that is looked up, without a tag
 *
 * Return: 0 to 3; -ENOENT: all that are needed are there, or it isn't known.
 */
int armvcpu_missing_level(const struct armvcpu_stage1 *stage1, armvcpu_memory *memory,
			  void *context, __u64 va);

#endif /* ARMVCPU_TRANSLATE_H */
