// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_stage2: counts how often a fault of the process tgid= asks for a page.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static int tgid;
module_param(tgid, int, 0400);
static int nr;
module_param(nr, int, 0400);
MODULE_PARM_DESC(nr, "how often it was");

static int count(struct kprobe *probe, struct pt_regs *regs)
{
	/* One thread of it at a time */
	if (current->tgid == tgid)
		nr++;
	return 0;
}

static struct kprobe fast = { .symbol_name = "get_user_pages_fast_only", .pre_handler = count };
static struct kprobe slow = { .symbol_name = "get_user_pages_unlocked", .pre_handler = count };
static struct kprobe *probes[] = { &fast, &slow };

static int __init gups_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}

static void __exit gups_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

module_init(gups_init);
module_exit(gups_exit);
MODULE_DESCRIPTION("Counts pages that are asked for, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
