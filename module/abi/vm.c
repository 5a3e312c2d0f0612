// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's life: it is made by open(), belongs to the address space that first sets it up, and
 * dies with the last reference.
 *
 * Locks, outside in: vcpu->lock or vm->setup, vm->lock, then stage 2's.
 */
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "exit/ioeventfd.h"
#include "gic/device.h"
#include "host/counter.h"
#include "host/cpu.h"
#include "memory/stage2.h"
#include "debugfs.h"
#include "irqfd.h"
#include "vm.h"

/**
 * vm_create() - make a VM, which has nothing yet
 *
 * Return: it, with the one reference, or -ENODEV (the host is going down), -ENOMEM.
 */
struct vm *vm_create(void)
{
	struct vm *vm;

	if (pcpu_host_dying())
		return ERR_PTR(-ENODEV);
	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	vm->last_ran = alloc_percpu_gfp(u32, GFP_KERNEL_ACCOUNT);
	if (!vm->last_ran) {
		kfree(vm);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&vm->ref);
	mutex_init(&vm->setup);
	mutex_init(&vm->lock);
	INIT_LIST_HEAD(&vm->vcpus);
	vm->cntvoff = counter_now();
	debugfs_add_vm(vm);
	return vm;
}

/**
 * vm_set_up_begin() - begin a command that sets a VM up
 * @vm: which
 *
 * Return: 0 with vm->setup held, or -EINTR (a fatal signal), -ENODEV (the host is going down),
 * -EIO (the VM is dead, or another address space's).
 */
int vm_set_up_begin(struct vm *vm)
{
	int ret = 0;

	if (mutex_lock_killable(&vm->setup))
		return -EINTR;
	if (pcpu_host_dying())
		ret = -ENODEV;
	else if (READ_ONCE(vm->dead) || (vm->mm && vm->mm != current->mm))
		ret = -EIO;
	if (ret)
		mutex_unlock(&vm->setup);
	return ret;
}

void vm_set_up_end(struct vm *vm)
{
	mutex_unlock(&vm->setup);
}

/**
 * vm_bind() - have a VM belong to the current address space
 * @vm: may belong to it already; the caller holds vm->setup, and has checked its arguments
 * @ipa_bits: guest-physical address size, if it doesn't
 *
 * The address space is the one that first sets the VM up, so that a launcher may open it and
 * pass the descriptor on.  It stays so, whatever becomes of the command: to give memory up
 * again would be to leave in the middle of other threads' invalidations.
 *
 * Return: 0, -ENOSPC (no VMID left, or the user has his share), -ENOMEM, -EINTR.
 */
int vm_bind(struct vm *vm, unsigned int ipa_bits)
{
	int ret;

	lockdep_assert_held(&vm->setup);

	if (vm->mm)
		return 0;
	ret = stage2_create(&vm->stage2, ipa_bits);
	if (ret)
		return ret;
	mmgrab(current->mm);
	vm->mm = current->mm;
	return 0;
}

/**
 * vm_ipa_bits() - guest-physical address size
 * @vm: with vm->setup held
 *
 * Return: bits; what it will be, if it has no memory yet.
 */
unsigned int vm_ipa_bits(const struct vm *vm)
{
	return vm->mm ? vm->stage2.tables.ipa_bits : stage2_ipa_bits_default();
}

static bool mpidr_taken(struct vm *vm, u64 mpidr)
{
	struct vcpu *vcpu;
	bool taken = false;

	mutex_lock(&vm->lock);
	list_for_each_entry(vcpu, &vm->vcpus, node)
		taken |= (vcpu->hyp->vmpidr & MPIDR_AFFINITY) == mpidr;
	mutex_unlock(&vm->lock);
	return taken;
}

/**
 * vm_admit() - whether one more vCPU can be made
 * @vm: with vm->setup held; it is bound, if it wasn't
 * @mpidr: the affinity that it is to have
 *
 * Return: 0, -EEXIST, -ENOSPC, or as vm_bind().
 */
int vm_admit(struct vm *vm, u64 mpidr)
{
	int ret = vm_bind(vm, vm_ipa_bits(vm));

	if (ret)
		return ret;
	if (mpidr_taken(vm, mpidr))
		return -EEXIST;
	return READ_ONCE(vm->nr_vcpus) < VM_MAX_VCPUS ? 0 : -ENOSPC;
}

static void vm_free(struct kref *ref)
{
	struct vm *vm = container_of(ref, struct vm, ref);

	debugfs_remove_vm(vm);
	irqfd_destroy(vm);
	ioeventfd_destroy(vm);
	gic_destroy(vm);
	if (vm->mm) {
		stage2_destroy(&vm->stage2, vm->mm);
		mmdrop(vm->mm);
	}
	free_percpu(vm->last_ran);
	kfree(vm);
}

/**
 * vm_put() - let go of a VM
 * @vm: dies with its last reference
 */
void vm_put(struct vm *vm)
{
	kref_put(&vm->ref, vm_free);
}
