// SPDX-License-Identifier: GPL-2.0-only
/*
 * arm_vcpu: virtual machines on arm64 hosts whose EL2 is free.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/miscdevice.h>
#include <linux/module.h>

#include "abi/debugfs.h"
#include "abi/mitigations.h"
#include "abi/device.h"
#include "exit/eventfd.h"
#include "guest/sysreg.h"
#include "host/cpu.h"
#include "host/el2.h"
#include "memory/stage2.h"

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "arm_vcpu",
	.fops = &device_fops,
	.mode = 0600,
	.groups = mitigations_groups,
};

static int __init arm_vcpu_init(void)
{
	int ret;

	/* What is known of the CPUs, before anything is taken */
	ret = stage2_setup();
	if (!ret)
		ret = sysreg_init();
	if (!ret)
		ret = eventfd_init();
	if (ret)
		return ret;

	ret = el2_init();
	if (ret)
		goto exit_eventfd;
	ret = pcpu_init();
	if (ret)
		goto exit_el2;
	debugfs_init();
	ret = misc_register(&device);
	if (ret)
		goto exit_debugfs;

	pr_info("EL2 is ours (%s), guests have up to %u bits of physical address\n",
		el2_mode() == ARM_VCPU_EL2_VHE ? "VHE" : "nVHE", stage2_ipa_bits_max());
	return 0;

exit_debugfs:
	debugfs_exit();
	pcpu_exit();
exit_el2:
	el2_exit();
exit_eventfd:
	eventfd_exit();
	return ret;
}

/* No VM is left: each holds a reference on the module */
static void __exit arm_vcpu_exit(void)
{
	misc_deregister(&device);
	debugfs_exit();
	pcpu_exit();
	el2_exit();
	eventfd_exit();
}

module_init(arm_vcpu_init);
module_exit(arm_vcpu_exit);

MODULE_AUTHOR("the arm_vcpu project");
MODULE_DESCRIPTION("Virtual machines on arm64 hosts whose EL2 is free");
MODULE_LICENSE("GPL");
MODULE_VERSION(ARM_VCPU_VERSION);
