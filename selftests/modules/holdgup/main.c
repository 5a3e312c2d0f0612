// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_dirty: a fault of the process tgid= stops when it has got the page at
 * address=, until the test says go.  Whoever has a page may be preempted there for as long.
 *
 * The probe's handler mustn't sleep, so it has the caller go to a function that may.
 */
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>

static int tgid;
module_param(tgid, int, 0400);
static ulong address;
module_param(address, ulong, 0400);
static bool held;
module_param(held, bool, 0400);
static bool go;
module_param(go, bool, 0600);

static atomic_t calls;

/* Takes the place of the first call */
static int get_and_wait(unsigned long start, int nr_pages, unsigned int flags,
			struct page **pages)
{
	int ret = get_user_pages_fast_only(start, nr_pages, flags, pages);

	WRITE_ONCE(held, true);
	while (!READ_ONCE(go) && !fatal_signal_pending(current))
		msleep(20);
	return ret;
}

static int divert(struct kprobe *probe, struct pt_regs *regs)
{
	if (current->tgid != tgid || regs->regs[0] != address || atomic_fetch_inc(&calls))
		return 0;
	regs->pc = (unsigned long)get_and_wait;
	return 1;
}

static struct kprobe probe = {
	.symbol_name = "get_user_pages_fast_only",
	.pre_handler = divert,
};

static int __init holdgup_init(void)
{
	return register_kprobe(&probe);
}

static void __exit holdgup_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(holdgup_init);
module_exit(holdgup_exit);
MODULE_DESCRIPTION("Holds a fault that has its page, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
