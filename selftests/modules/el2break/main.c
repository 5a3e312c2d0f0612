// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_breakdown: the next RUN of a vCPU finds its run page where EL2 has
 * nothing mapped, so that EL2 itself takes an exception in the middle of the world switch.
 * Nothing that a guest or a VMM can do has this effect; a bug of arm_vcpu's could.
 *
 * Knows that struct vcpu begins with a pointer to struct hyp_vcpu, and that with the address
 * of the run page as EL2 follows it.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>

static unsigned long page;
static u64 *broken;
static u64 before;

static int break_it(struct kprobe *probe, struct pt_regs *regs)
{
	u64 **vcpu = (u64 **)regs->regs[0];

	if (!broken) {
		broken = *vcpu;
		before = *broken;
		*broken = virt_to_phys((void *)page);
	}
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "exit_complete",
	.pre_handler = break_it,
};

static int __init el2break_init(void)
{
	int ret;

	if (is_kernel_in_hyp_mode())
		return -ENXIO;
	page = get_zeroed_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	ret = register_kprobe(&probe);
	if (ret)
		free_page(page);
	return ret;
}

/* The vCPU is still there: the test closes it after this */
static void __exit el2break_exit(void)
{
	unregister_kprobe(&probe);
	if (broken)
		*broken = before;
	free_page(page);
}

module_init(el2break_init);
module_exit(el2break_exit);

MODULE_DESCRIPTION("Has EL2 break down, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
