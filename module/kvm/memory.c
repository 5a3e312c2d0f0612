// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory slots: regions that have a number.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "kvm.h"

#define SLOT_FLAGS	(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY)
/* So that the number of pages is an int: KVM's limit */
#define MAX_PAGES	((1UL << 31) - 1)

/**
 * struct kvm_slot - one of a VM's memory slots
 * @addr: guest-physical address
 * @size: in bytes, not 0
 * @user: where it is for the process
 * @flags: KVM_MEM_*
 */
struct kvm_slot {
	u64 addr;
	u64 size;
	u64 user;
	u32 flags;
};

static long map(struct kvm_vm *vm, const struct kvm_slot *slot)
{
	struct arm_vcpu_memory memory = {
		.size = sizeof(memory),
		.flags = (slot->flags & KVM_MEM_READONLY ? ARM_VCPU_MEMORY_READONLY : 0) |
			 (slot->flags & KVM_MEM_LOG_DIRTY_PAGES ? ARM_VCPU_MEMORY_LOG_DIRTY : 0),
		.guest_addr = slot->addr,
		.length = slot->size,
		.user_addr = slot->user,
	};

	return arm_vcpu_vm_command(vm->core, ARM_VCPU_SET_MEMORY, &memory);
}

static long unmap(struct kvm_vm *vm, const struct kvm_slot *slot)
{
	struct arm_vcpu_memory memory = { .size = sizeof(memory), .guest_addr = slot->addr };

	return arm_vcpu_vm_command(vm->core, ARM_VCPU_SET_MEMORY, &memory);
}

static void forget(struct kvm_vm *vm, u32 number)
{
	kfree(xa_erase(&vm->slots, number));
}

static long add(struct kvm_vm *vm, u32 number, const struct kvm_slot *new)
{
	struct kvm_slot *slot = kmemdup(new, sizeof(*new), GFP_KERNEL_ACCOUNT);
	long ret;

	if (!slot)
		return -ENOMEM;
	ret = xa_insert(&vm->slots, number, slot, GFP_KERNEL_ACCOUNT);
	if (ret) {
		kfree(slot);
		return ret;
	}
	ret = map(vm, slot);
	if (ret)
		forget(vm, number);
	return ret;
}

static long take_away(struct kvm_vm *vm, u32 number, struct kvm_slot *slot)
{
	long ret = unmap(vm, slot);

	if (!ret)
		forget(vm, number);
	return ret;
}

/* A slot that can't go there stays where it was, or is no more if it can't do that either */
static long move(struct kvm_vm *vm, u32 number, struct kvm_slot *slot, const struct kvm_slot *new)
{
	long ret = unmap(vm, slot);

	if (ret)
		return ret;
	ret = map(vm, new);
	if (!ret)
		*slot = *new;
	else if (map(vm, slot))
		forget(vm, number);
	return ret;
}

/* Only its address and its log can change */
static long change(struct kvm_vm *vm, u32 number, struct kvm_slot *slot,
		   const struct kvm_slot *new)
{
	long ret = 0;

	if (new->size != slot->size || new->user != slot->user ||
	    (new->flags ^ slot->flags) & KVM_MEM_READONLY)
		return -EINVAL;
	if (new->addr != slot->addr)
		return move(vm, number, slot, new);
	if (new->flags != slot->flags)
		ret = map(vm, new);
	if (!ret)
		*slot = *new;
	return ret;
}

static long check(const struct kvm_vm *vm, const struct kvm_userspace_memory_region *m)
{
	u64 end;

	if (m->slot >= kvm_host.max_regions || m->flags & ~SLOT_FLAGS)
		return -EINVAL;
	if (!PAGE_ALIGNED(m->guest_phys_addr) || !PAGE_ALIGNED(m->memory_size) ||
	    !PAGE_ALIGNED(m->userspace_addr) || m->memory_size >> PAGE_SHIFT > MAX_PAGES)
		return -EINVAL;
	if (check_add_overflow(m->guest_phys_addr, m->memory_size, &end))
		return -EINVAL;
	return m->memory_size && end > 1ULL << vm->ipa_bits ? -EFAULT : 0;
}

/* What the longer struct has more is for a flag that isn't there */
static_assert(offsetof(struct kvm_userspace_memory_region2, guest_memfd_offset) ==
	      sizeof(struct kvm_userspace_memory_region));

/**
 * kvm_set_memory() - the commands KVM_SET_USER_MEMORY_REGION and KVM_SET_USER_MEMORY_REGION2
 * @object: struct kvm_vm
 * @arg: struct kvm_userspace_memory_region, which the other one's begins with; a size of 0
 *       deletes the slot
 * @user: not used
 *
 * Return: 0, -EINVAL, -EFAULT (beyond the address space), -EEXIST, -ENOMEM, -EIO, -EINTR.
 */
long kvm_set_memory(void *object, void *arg, unsigned long user)
{
	const struct kvm_userspace_memory_region *m = arg;
	const struct kvm_slot new = {
		.addr = m->guest_phys_addr,
		.size = m->memory_size,
		.user = m->userspace_addr,
		.flags = m->flags,
	};
	struct kvm_vm *vm = object;
	struct kvm_slot *slot;
	long ret = check(vm, m);

	if (ret)
		return ret;
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	slot = xa_load(&vm->slots, m->slot);
	if (!slot)
		ret = new.size ? add(vm, m->slot, &new) : -EINVAL;
	else if (new.size)
		ret = change(vm, m->slot, slot, &new);
	else
		ret = take_away(vm, m->slot, slot);
	mutex_unlock(&vm->lock);
	return ret;
}

/*
 * A range of the log of a slot, which stays as it is meanwhile.  A slot's region has its addresses.
 */
static long log_command(struct kvm_vm *vm, u32 number, struct arm_vcpu_dirty *log, u64 first,
			u64 pages)
{
	const struct kvm_slot *slot = xa_load(&vm->slots, number);
	u64 all;

	lockdep_assert_held(&vm->lock);

	if (!slot || !(slot->flags & KVM_MEM_LOG_DIRTY_PAGES))
		return -ENOENT;
	all = slot->size >> PAGE_SHIFT;
	pages = pages ?: all;
	if (first % 64 || first > all || pages > all - first ||
	    (pages % 64 && pages != all - first))
		return -EINVAL;
	log->size = sizeof(*log);
	log->guest_addr = slot->addr + (first << PAGE_SHIFT);
	log->length = pages << PAGE_SHIFT;
	return arm_vcpu_vm_command(vm->core, ARM_VCPU_GET_DIRTY, log);
}

/**
 * kvm_get_dirty_log() - the command KVM_GET_DIRTY_LOG
 * @object: struct kvm_vm
 * @arg: struct kvm_dirty_log
 * @user: not used
 *
 * What is given out is cleared, unless that is KVM_CLEAR_DIRTY_LOG's.
 *
 * Return: 0, -EINVAL, -ENOENT (there is no such slot, or it has no log), -EFAULT, -EINTR.
 */
long kvm_get_dirty_log(void *object, void *arg, unsigned long user)
{
	const struct kvm_dirty_log *log = arg;
	struct kvm_vm *vm = object;
	struct arm_vcpu_dirty dirty = {
		.flags = READ_ONCE(vm->clears_log) ? ARM_VCPU_DIRTY_KEEP : 0,
		.bitmap = (unsigned long)log->dirty_bitmap,
	};
	long ret;

	if (log->slot >= kvm_host.max_regions)
		return -EINVAL;
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	ret = log_command(vm, log->slot, &dirty, 0, 0);
	mutex_unlock(&vm->lock);
	return ret;
}

/**
 * kvm_clear_dirty_log() - the command KVM_CLEAR_DIRTY_LOG
 * @object: struct kvm_vm
 * @arg: struct kvm_clear_dirty_log: clears what is set in its bitmap, of some pages
 * @user: not used
 *
 * Return: 0, -EINVAL (also pages that don't begin or end at a multiple of 64, or the slot's end),
 * -ENOENT (there is no such slot, or it has no log), -EFAULT, -EINTR.
 */
long kvm_clear_dirty_log(void *object, void *arg, unsigned long user)
{
	const struct kvm_clear_dirty_log *log = arg;
	struct kvm_vm *vm = object;
	struct arm_vcpu_dirty dirty = {
		.flags = ARM_VCPU_DIRTY_CLEAR,
		.bitmap = (unsigned long)log->dirty_bitmap,
	};
	long ret;

	if (log->slot >= kvm_host.max_regions)
		return -EINVAL;
	if (!log->num_pages)
		return 0;
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	ret = log_command(vm, log->slot, &dirty, log->first_page, log->num_pages);
	mutex_unlock(&vm->lock);
	return ret;
}

/**
 * kvm_forget_memory() - free what is known of the slots
 * @vm: nobody else can reach it
 */
void kvm_forget_memory(struct kvm_vm *vm)
{
	struct kvm_slot *slot;
	unsigned long number;

	xa_for_each(&vm->slots, number, slot)
		kfree(slot);
	xa_destroy(&vm->slots);
}
