// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_gic_vcpus: while it is loaded, each call of a function takes longer, that
 * others may come in between.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "its name");

static unsigned int ms;
module_param(ms, uint, 0444);
MODULE_PARM_DESC(ms, "how much longer it takes");

static int delay(struct kprobe *probe, struct pt_regs *regs)
{
	mdelay(ms);
	return 0;
}

static struct kprobe probe = {
	.pre_handler = delay,
};

static int __init delays_init(void)
{
	probe.symbol_name = function;
	return register_kprobe(&probe);
}

static void __exit delays_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(delays_init);
module_exit(delays_exit);
MODULE_DESCRIPTION("Makes a race certain, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
