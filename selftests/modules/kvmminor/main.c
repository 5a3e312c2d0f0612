// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test kvm_load: something else has the minor number of /dev/kvm, as a KVM has.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static const struct file_operations fops = {
	.owner = THIS_MODULE,
};

static struct miscdevice device = {
	.minor = KVM_MINOR,
	.name = "kvmminor",
	.fops = &fops,
};

module_misc_device(device);

MODULE_DESCRIPTION("Takes the minor number of /dev/kvm, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
