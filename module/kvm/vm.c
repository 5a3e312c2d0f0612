// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that is a VM.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "compat.h"
#include "kvm.h"

#define DEFAULT_IPA_BITS	40

static void vm_free(struct kref *ref)
{
	struct kvm_vm *vm = container_of(ref, struct kvm_vm, ref);

	kvm_forget_memory(vm);
	kvm_forget_routing(vm);
	xa_destroy(&vm->cpus);
	arm_vcpu_vm_put(vm->core);
	kfree(vm);
}

/**
 * kvm_vm_put() - let go of a VM
 * @vm: dies with its last reference
 */
void kvm_vm_put(struct kvm_vm *vm)
{
	kref_put(&vm->ref, vm_free);
}

static int vm_release(struct inode *inode, struct file *file)
{
	kvm_vm_put(file->private_data);
	return 0;
}

static long check_extension(void *object, void *arg, unsigned long user)
{
	return kvm_check_extension(user);
}

/* A GIC that is initialised has a part for each that there is */
static long create_vcpu(void *object, void *arg, unsigned long user)
{
	struct kvm_vm *vm = object;
	long ret;

	if (mutex_lock_killable(&vm->gic.lock))
		return -EINTR;
	ret = vm->gic.initialised ? -EBUSY : kvm_cpu_open(vm, user);
	mutex_unlock(&vm->gic.lock);
	return ret;
}

static long enable_cap(void *object, void *arg, unsigned long user)
{
	const struct kvm_enable_cap *cap = arg;
	struct kvm_vm *vm = object;

	if (cap->flags)
		return -EINVAL;
	switch (cap->cap) {
	case KVM_CAP_ARM_NISV_TO_USER:
		WRITE_ONCE(vm->nisv, true);
		return 0;
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
		if (cap->args[0] & ~(u64)KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)
			return -EINVAL;
		WRITE_ONCE(vm->clears_log, cap->args[0]);
		return 0;
	}
	return -EINVAL;
}

/* One for all: vCPUs may move between CPUs that aren't alike */
static long preferred_target(void *object, void *arg, unsigned long user)
{
	struct kvm_vcpu_init *init = arg;

	init->target = KVM_ARM_TARGET_GENERIC_V8;
	return 0;
}

static const struct kvm_command commands[] = {
	{ KVM_IRQ_LINE, kvm_irq_line },
	{ KVM_CHECK_EXTENSION, check_extension },
	{ KVM_ENABLE_CAP, enable_cap },
	{ KVM_SET_USER_MEMORY_REGION, kvm_set_memory },
	{ KVM_SET_USER_MEMORY_REGION2, kvm_set_memory },
	{ KVM_GET_DIRTY_LOG, kvm_get_dirty_log },
	{ KVM_CLEAR_DIRTY_LOG, kvm_clear_dirty_log },
	{ KVM_CREATE_VCPU, create_vcpu },
	{ KVM_ARM_PREFERRED_TARGET, preferred_target },
	{ KVM_IOEVENTFD, kvm_ioeventfd },
	{ KVM_CREATE_DEVICE, kvm_create_device },
};

/* On hosts that have a GIC for guests */
static const struct kvm_command gic_commands[] = {
	{ KVM_CREATE_IRQCHIP, kvm_create_irqchip },
	{ KVM_IRQFD, kvm_irqfd },
	{ KVM_SET_GSI_ROUTING, kvm_set_routing },
	{ KVM_SIGNAL_MSI, kvm_signal_msi },
};

static long vm_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	long ret = kvm_dispatch(commands, ARRAY_SIZE(commands), file->private_data, number, arg);

	if (ret != -ENOTTY || !kvm_has_gic())
		return ret;
	return kvm_dispatch(gic_commands, ARRAY_SIZE(gic_commands), file->private_data, number,
			    arg);
}

static const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
	.llseek = noop_llseek,
};

static struct kvm_vm *vm_create(unsigned int ipa_bits)
{
	struct arm_vcpu_config config = {
		.size = sizeof(config),
		.ipa_bits = ipa_bits,
		.flags = ARM_VCPU_CONFIG_PSCI |
			 (kvm_host.config_flags & ARM_VCPU_CONFIG_PASSTHROUGH_MEMORY),
	};
	struct kvm_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	long ret;

	if (!vm)
		return ERR_PTR(-ENOMEM);
	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	mutex_init(&vm->routing);
	kvm_gic_init(&vm->gic);
	xa_init(&vm->slots);
	xa_init(&vm->cpus);
	vm->ipa_bits = ipa_bits;
	vm->core = arm_vcpu_vm_create();
	if (IS_ERR(vm->core)) {
		ret = PTR_ERR(vm->core);
		kfree(vm);
		return ERR_PTR(ret);
	}
	/* KVM knows no right to what drivers have mapped: who has it gets it unasked */
	ret = arm_vcpu_vm_command(vm->core, ARM_VCPU_CONFIGURE, &config);
	if (ret == -EPERM) {
		config.flags &= ~ARM_VCPU_CONFIG_PASSTHROUGH_MEMORY;
		ret = arm_vcpu_vm_command(vm->core, ARM_VCPU_CONFIGURE, &config);
	}
	if (ret) {
		kvm_vm_put(vm);
		return ERR_PTR(ret);
	}
	return vm;
}

/**
 * kvm_vm_open() - the command KVM_CREATE_VM
 * @type: bits of guest-physical address; 0 for the default
 *
 * Return: a new descriptor, or -EINVAL and what else there may be.
 */
long kvm_vm_open(unsigned long type)
{
	struct kvm_vm *vm;
	int fd;

	if (type & ~KVM_VM_TYPE_ARM_IPA_SIZE_MASK)
		return -EINVAL;
	vm = vm_create(type ?: DEFAULT_IPA_BITS);
	if (IS_ERR(vm))
		return PTR_ERR(vm);
	fd = anon_inode_getfd("kvm-vm", &vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		kvm_vm_put(vm);
	return fd;
}
