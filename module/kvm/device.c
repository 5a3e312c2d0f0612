// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_CREATE_DEVICE: files that are a device of a VM's.  What they are belongs to the VM, and stays
 * when they are closed.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "kvm.h"

/**
 * struct kvm_kind - a kind of device
 * @number: KVM_DEV_TYPE_*
 * @name: of its files
 * @create: of a VM
 * @attr: have a look at an attribute, read or write it
 */
struct kvm_kind {
	u32 number;
	const char *name;
	long (*create)(struct kvm_vm *vm);
	kvm_attr *attr;
};

static const struct kvm_kind kinds[] = {
	{ KVM_DEV_TYPE_ARM_VGIC_V3, "kvm-arm-vgic-v3", kvm_gic_create, kvm_gic_attr },
	{ KVM_DEV_TYPE_ARM_VGIC_ITS, "kvm-arm-vgic-its", kvm_its_create, kvm_its_attr },
};

/**
 * struct kvm_device - a file
 * @vm: whose device it is; it holds a reference
 * @kind: which
 */
struct kvm_device {
	struct kvm_vm *vm;
	const struct kvm_kind *kind;
};

/**
 * kvm_attr_fetch() - the value that an attribute is to have
 * @attr: which
 * @op: if this is KVM_ATTR_SET; else it is 0
 * @size: of it, 4 or 8 bytes
 * @value: becomes it
 *
 * Return: 0 or -EFAULT.
 */
long kvm_attr_fetch(const struct kvm_device_attr *attr, enum kvm_attr_op op, size_t size,
		    u64 *value)
{
	u32 half;

	*value = 0;
	if (op != KVM_ATTR_SET)
		return 0;
	if (size == sizeof(*value))
		return get_user(*value, (u64 __user *)u64_to_user_ptr(attr->addr));
	if (get_user(half, (u32 __user *)u64_to_user_ptr(attr->addr)))
		return -EFAULT;
	*value = half;
	return 0;
}

/**
 * kvm_attr_answer() - the value that an attribute has
 * @attr: which
 * @op: if this is KVM_ATTR_GET
 * @size: of it, 4 or 8 bytes
 * @value: it
 *
 * Return: 0 or -EFAULT.
 */
long kvm_attr_answer(const struct kvm_device_attr *attr, enum kvm_attr_op op, size_t size,
		     u64 value)
{
	if (op != KVM_ATTR_GET)
		return 0;
	if (size == sizeof(value))
		return put_user(value, (u64 __user *)u64_to_user_ptr(attr->addr));
	return put_user((u32)value, (u32 __user *)u64_to_user_ptr(attr->addr));
}

static enum kvm_attr_op op_of(unsigned int number)
{
	switch (number) {
	case KVM_HAS_DEVICE_ATTR:
		return KVM_ATTR_HAS;
	case KVM_GET_DEVICE_ATTR:
		return KVM_ATTR_GET;
	case KVM_SET_DEVICE_ATTR:
		return KVM_ATTR_SET;
	default:
		return KVM_ATTR_NONE;
	}
}

static void unlock_cpus(struct kvm_vm *vm, unsigned long end)
{
	struct kvm_cpu *cpu;
	unsigned long id;

	xa_for_each_range(&vm->cpus, id, cpu, 0, end - 1)
		mutex_unlock(&cpu->lock);
}

/*
 * Nobody uses a vCPU while devices change; who wants to waits.  With the GIC's lock held: so none
 * comes or goes.
 */
static long lock_cpus(struct kvm_vm *vm)
{
	struct kvm_cpu *cpu;
	unsigned long id;

	xa_for_each(&vm->cpus, id, cpu) {
		if (mutex_trylock(&cpu->lock))
			continue;
		if (id)
			unlock_cpus(vm, id);
		return -EBUSY;
	}
	return 0;
}

static long change(struct kvm_vm *vm, const struct kvm_kind *kind,
		   const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	long ret = lock_cpus(vm);

	if (ret)
		return ret;
	ret = op == KVM_ATTR_NONE ? kind->create(vm) : kind->attr(vm, attr, op);
	unlock_cpus(vm, kvm_host.max_vcpus);
	return ret;
}

static long device_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	enum kvm_attr_op op = op_of(number);
	const struct kvm_device *device = file->private_data;
	struct kvm_vm *vm = device->vm;
	struct kvm_device_attr attr;
	long ret;

	if (op == KVM_ATTR_NONE)
		return -ENOTTY;
	if (copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
		return -EFAULT;
	if (mutex_lock_killable(&vm->gic.lock))
		return -EINTR;
	if (op == KVM_ATTR_HAS)
		ret = device->kind->attr(vm, &attr, op);
	else
		ret = change(vm, device->kind, &attr, op);
	mutex_unlock(&vm->gic.lock);
	return ret;
}

static int device_release(struct inode *inode, struct file *file)
{
	struct kvm_device *device = file->private_data;

	kvm_vm_put(device->vm);
	kfree(device);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
	.llseek = noop_llseek,
};

static struct file *open_file(struct kvm_vm *vm, const struct kvm_kind *kind)
{
	struct kvm_device *device = kmalloc(sizeof(*device), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!device)
		return ERR_PTR(-ENOMEM);
	device->vm = vm;
	device->kind = kind;
	file = anon_inode_getfile(kind->name, &device_fops, device, O_RDWR | O_CLOEXEC);
	if (IS_ERR(file))
		kfree(device);
	else
		kref_get(&vm->ref);
	return file;
}

static long create(struct kvm_vm *vm, const struct kvm_kind *kind)
{
	long ret;

	if (mutex_lock_killable(&vm->gic.lock))
		return -EINTR;
	ret = change(vm, kind, NULL, KVM_ATTR_NONE);
	mutex_unlock(&vm->gic.lock);
	return ret;
}

/* The device comes last, for it can't go any more */
static long open_device(struct kvm_vm *vm, const struct kvm_kind *kind)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *file;
	long ret;

	if (fd < 0)
		return fd;
	file = open_file(vm, kind);
	ret = IS_ERR(file) ? PTR_ERR(file) : create(vm, kind);
	if (ret) {
		if (!IS_ERR(file))
			fput(file);
		put_unused_fd(fd);
		return ret;
	}
	fd_install(fd, file);
	return fd;
}

/**
 * kvm_create_device() - the command KVM_CREATE_DEVICE
 * @object: struct kvm_vm
 * @arg: struct kvm_create_device
 * @user: not used
 *
 * Return: 0, -ENODEV (there is no such device on this host), -EEXIST, -EBUSY (a vCPU has run),
 * -ENOMEM, -EMFILE, -EINTR.
 */
long kvm_create_device(void *object, void *arg, unsigned long user)
{
	const struct kvm_kind *kind;
	struct kvm_create_device *to = arg;
	long ret;

	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++) {
		if (kind->number != to->type || !kvm_has_gic())
			continue;
		if (to->flags & KVM_CREATE_DEVICE_TEST)
			return 0;
		ret = open_device(object, kind);
		to->fd = max(ret, 0L);
		return min(ret, 0L);
	}
	return -ENODEV;
}
