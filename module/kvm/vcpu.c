// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that is a vCPU.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "compat.h"
#include "kvm.h"

/* Settled, it is on or off */
static long get_mp_state(void *object, void *arg, unsigned long user)
{
	struct arm_vcpu_power power = { .size = sizeof(power) };
	struct kvm_mp_state *state = arg;
	struct kvm_cpu *cpu = object;
	long ret = arm_vcpu_command(cpu->core, ARM_VCPU_GET_POWER, &power);

	state->mp_state = power.state == ARM_VCPU_POWER_OFF ? KVM_MP_STATE_STOPPED :
							      KVM_MP_STATE_RUNNABLE;
	return ret;
}

static long set_mp_state(void *object, void *arg, unsigned long user)
{
	struct arm_vcpu_power power = { .size = sizeof(power) };
	const struct kvm_mp_state *state = arg;
	struct kvm_cpu *cpu = object;

	switch (state->mp_state) {
	case KVM_MP_STATE_RUNNABLE:
		power.state = ARM_VCPU_POWER_ON;
		break;
	case KVM_MP_STATE_STOPPED:
		power.state = ARM_VCPU_POWER_OFF;
		break;
	default:
		return -EINVAL;
	}
	return arm_vcpu_command(cpu->core, ARM_VCPU_SET_POWER, &power);
}

static const struct kvm_command commands[] = {
	{ KVM_RUN, kvm_run },
	{ KVM_GET_ONE_REG, kvm_get_reg },
	{ KVM_SET_ONE_REG, kvm_set_reg },
	{ KVM_GET_REG_LIST, kvm_list_regs },
	{ KVM_ARM_VCPU_INIT, kvm_cpu_init },
	{ KVM_GET_MP_STATE, get_mp_state },
	{ KVM_SET_MP_STATE, set_mp_state },
	{ KVM_GET_VCPU_EVENTS, kvm_get_events },
	{ KVM_SET_VCPU_EVENTS, kvm_set_events },
	{ KVM_SET_GUEST_DEBUG, kvm_set_debug },
	{ KVM_SET_DEVICE_ATTR, kvm_set_cpu_attr },
	{ KVM_GET_DEVICE_ATTR, kvm_get_cpu_attr },
	{ KVM_HAS_DEVICE_ATTR, kvm_has_cpu_attr },
	{ KVM_SET_SIGNAL_MASK, kvm_set_signal_mask, .fetches = true },
};

static long cpu_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	struct kvm_cpu *cpu = file->private_data;
	long ret;

	if (mutex_lock_killable(&cpu->lock))
		return -EINTR;
	ret = number == KVM_RUN ? 0 : kvm_settle(cpu);
	if (!ret)
		ret = kvm_dispatch(commands, ARRAY_SIZE(commands), cpu, number, arg);
	mutex_unlock(&cpu->lock);
	return ret;
}

static int cpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct kvm_cpu *cpu = file->private_data;

	if (vma->vm_pgoff || vma_pages(vma) != 1)
		return -EINVAL;
	vm_flags_mod(vma, VM_DONTEXPAND, 0);
	return vm_insert_page(vma, vma->vm_start, virt_to_page(cpu->run));
}

static void cpu_free(struct kvm_cpu *cpu)
{
	free_page((unsigned long)cpu->run);
	kfree(cpu);
}

static int cpu_release(struct inode *inode, struct file *file)
{
	struct kvm_cpu *cpu = file->private_data;
	struct kvm_vm *vm = cpu->vm;

	mutex_lock(&vm->gic.lock);
	xa_erase(&vm->cpus, cpu->id);
	mutex_unlock(&vm->gic.lock);
	arm_vcpu_destroy(cpu->core);
	cpu_free(cpu);
	kvm_vm_put(vm);
	return 0;
}

static const struct file_operations cpu_fops = {
	.owner = THIS_MODULE,
	.release = cpu_release,
	.unlocked_ioctl = cpu_ioctl,
	.mmap = cpu_mmap,
	.llseek = noop_llseek,
};

static struct kvm_cpu *cpu_alloc(struct kvm_vm *vm, unsigned int id)
{
	struct kvm_cpu *cpu = kzalloc(sizeof(*cpu), GFP_KERNEL_ACCOUNT);

	BUILD_BUG_ON(sizeof(*cpu->run) > PAGE_SIZE);
	if (!cpu)
		return ERR_PTR(-ENOMEM);
	cpu->vm = vm;
	cpu->id = id;
	mutex_init(&cpu->lock);
	cpu->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	cpu->core = cpu->run ? arm_vcpu_create(vm->core, kvm_mpidr(id)) : ERR_PTR(-ENOMEM);
	if (IS_ERR(cpu->core)) {
		void *ret = cpu->core;

		cpu_free(cpu);
		return ret;
	}
	cpu->page = arm_vcpu_run_page(cpu->core);
	return cpu;
}

/**
 * kvm_cpu_open() - the command KVM_CREATE_VCPU
 * @vm: whose
 * @id: its number
 *
 * Return: a new descriptor, or -EINVAL, -EEXIST, -ENOMEM, -EMFILE, -EIO.
 */
long kvm_cpu_open(struct kvm_vm *vm, unsigned long id)
{
	struct kvm_cpu *cpu;
	char name[32];
	long ret;

	if (id >= kvm_host.max_vcpus)
		return -EINVAL;
	cpu = cpu_alloc(vm, id);
	if (IS_ERR(cpu))
		return PTR_ERR(cpu);
	ret = xa_insert(&vm->cpus, id, cpu, GFP_KERNEL_ACCOUNT);
	if (ret)
		goto destroy;
	kref_get(&vm->ref);
	snprintf(name, sizeof(name), "kvm-vcpu:%lu", id);
	ret = anon_inode_getfd(name, &cpu_fops, cpu, O_RDWR | O_CLOEXEC);
	if (ret >= 0)
		return ret;
	xa_erase(&vm->cpus, id);
	kvm_vm_put(vm);
destroy:
	arm_vcpu_destroy(cpu->core);
	cpu_free(cpu);
	return ret;
}
