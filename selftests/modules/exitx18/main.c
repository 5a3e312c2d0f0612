// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_breakdown: what x18 was when the last exit from a guest came to be handled,
 * as the parameter x18.  In a kernel with a shadow call stack it points there.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static unsigned long x18;
module_param(x18, ulong, 0444);

static int note(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(x18, regs->regs[18]);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "exit_handle",
	.pre_handler = note,
};

static int __init exitx18_init(void)
{
	return register_kprobe(&probe);
}

static void __exit exitx18_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(exitx18_init);
module_exit(exitx18_exit);

MODULE_DESCRIPTION("Shows a register of the host's, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
