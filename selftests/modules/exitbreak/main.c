// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_breakdown: the next exit from a guest is one that can't be, which ends
 * the VM.  Unlike el2break it does so on VHE hosts too.
 *
 * Knows that exit_handle()'s second argument is what EL2 says of the exit.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

#define NO_SUCH_EXIT	0xff

static atomic_t exits;

static int break_it(struct kprobe *probe, struct pt_regs *regs)
{
	if (!atomic_fetch_inc(&exits))
		regs->regs[1] = NO_SUCH_EXIT;
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "exit_handle",
	.pre_handler = break_it,
};

static int __init exitbreak_init(void)
{
	return register_kprobe(&probe);
}

static void __exit exitbreak_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(exitbreak_init);
module_exit(exitbreak_exit);
MODULE_DESCRIPTION("Has a VM end, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
