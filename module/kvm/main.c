// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm_vcpu_kvm: /dev/kvm on kernels that have no KVM of their own.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "compat.h"
#include "kvm.h"

/* udev knows the node by its name, and gives it to a group: so the mode alone isn't enough */
static bool everyone;
module_param(everyone, bool, 0444);
MODULE_PARM_DESC(everyone, "whom the node's mode allows, and not root alone");

static int kvm_open(struct inode *inode, struct file *file)
{
	return everyone || capable(CAP_SYS_ADMIN) ? 0 : -EACCES;
}

static long get_api_version(void *object, void *arg, unsigned long user)
{
	return user ? -EINVAL : KVM_API_VERSION;
}

static long create_vm(void *object, void *arg, unsigned long user)
{
	return kvm_vm_open(user);
}

static long check_extension(void *object, void *arg, unsigned long user)
{
	return kvm_check_extension(user);
}

static long get_vcpu_mmap_size(void *object, void *arg, unsigned long user)
{
	return user ? -EINVAL : PAGE_SIZE;
}

static const struct kvm_command commands[] = {
	{ KVM_GET_API_VERSION, get_api_version },
	{ KVM_CREATE_VM, create_vm },
	{ KVM_CHECK_EXTENSION, check_extension },
	{ KVM_GET_VCPU_MMAP_SIZE, get_vcpu_mmap_size },
};

static long kvm_ioctl(struct file *file, unsigned int number, unsigned long arg)
{
	return kvm_dispatch(commands, ARRAY_SIZE(commands), NULL, number, arg);
}

static const struct file_operations kvm_fops = {
	.owner = THIS_MODULE,
	.open = kvm_open,
	.unlocked_ioctl = kvm_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice kvm_device = {
	.minor = KVM_MINOR,
	.name = "kvm",
	.fops = &kvm_fops,
	.mode = 0600,
};

static int __init arm_vcpu_kvm_init(void)
{
	int ret = kvm_ask_host();

	if (ret)
		return ret;
	kvm_fix_regs();
	ret = misc_register(&kvm_device);
	if (ret == -EBUSY)
		pr_err("there is a /dev/kvm already: minor %u is taken\n", KVM_MINOR);
	if (ret)
		return ret;
	pr_info("/dev/kvm is arm_vcpu's: KVM's ABI, without KVM\n");
	return 0;
}

/* No VM is left: each holds a reference on the module */
static void __exit arm_vcpu_kvm_exit(void)
{
	misc_deregister(&kvm_device);
}

module_init(arm_vcpu_kvm_init);
module_exit(arm_vcpu_kvm_exit);

MODULE_AUTHOR("the arm_vcpu project");
MODULE_DESCRIPTION("KVM's ABI on arm_vcpu");
MODULE_LICENSE("GPL");
MODULE_VERSION(ARM_VCPU_VERSION);
MODULE_IMPORT_NS(COMPAT_NAMESPACE);
