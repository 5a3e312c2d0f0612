// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that give a VM memory, and tell what was written to it.
 */
#include <linux/mm.h>

#include "gic/device.h"
#include "memory/dirty.h"
#include "memory/region.h"
#include "memory.h"
#include "vm.h"

/**
 * memory_set_command() - the command SET_MEMORY
 * @vm: with vm->setup held
 * @arg: struct arm_vcpu_memory
 *
 * Return: as the command.
 */
long memory_set_command(struct vm *vm, void *arg)
{
	const struct arm_vcpu_memory *memory = arg;
	unsigned int ipa_bits = vm_ipa_bits(vm);
	int ret = region_check(memory, ipa_bits);

	if (ret)
		return ret;
	if (!memory->length && !vm->mm)
		return -ENOENT;
	if (memory->length && gic_overlaps(vm, memory->guest_addr, memory->length))
		return -EEXIST;
	return vm_bind(vm, ipa_bits) ?: region_set(&vm->stage2, memory);
}

/**
 * memory_dirty_command() - the command GET_DIRTY
 * @vm: without a lock: regions that change meanwhile are none of this one's
 * @d: its argument
 *
 * Return: as the command.
 */
long memory_dirty_command(struct vm *vm, const struct arm_vcpu_dirty *d)
{
	const struct mm_struct *mm = READ_ONCE(vm->mm);

	if (d->flags & ~DIRTY_FLAGS)
		return -EOPNOTSUPP;
	if (d->reserved || d->flags == DIRTY_FLAGS || !PAGE_ALIGNED(d->guest_addr) ||
	    !PAGE_ALIGNED(d->length))
		return -EINVAL;
	if (!mm)
		return -ENOENT;
	return mm == current->mm ? dirty_get(&vm->stage2, d) : -EIO;
}
