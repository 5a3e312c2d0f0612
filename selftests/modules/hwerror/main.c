// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_errors, a hardware error, since emulation has none.
 *
 * disr=: the next RUN enters with this in DISR_EL1, as the barrier in EL2's vectors leaves it when
 * it defers an SError.  esr=: the next abort that EL2 hands over has this syndrome.  mixed=1: as
 * if some other CPU had no FEAT_RAS, for who asks the kernel what all have.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>

#define PFR0_RAS_SHIFT	28
#define DISR		sys_reg(3, 0, 12, 1, 1)

static unsigned long disr;
module_param(disr, ulong, 0);
static unsigned long esr;
module_param(esr, ulong, 0);
static bool mixed;
module_param(mixed, bool, 0);

static int defer(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long once = xchg(&disr, 0);

	if (once)
		write_sysreg_s(once, DISR);
	return 0;
}

static int change(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long once = xchg(&esr, 0);

	if (once)
		regs->regs[1] = once;
	return 0;
}

static struct kprobe at_entry = {
	.symbol_name = "exit_complete",
	.pre_handler = defer,
};

static struct kprobe at_abort = {
	.symbol_name = "abort_exit",
	.pre_handler = change,
};

static struct kprobe *probes[] = { &at_entry, &at_abort };

static int ask(struct kretprobe_instance *asked, struct pt_regs *regs)
{
	return (u32)regs->regs[0] != SYS_ID_AA64PFR0_EL1;
}

static int answer(struct kretprobe_instance *asked, struct pt_regs *regs)
{
	regs->regs[0] &= ~(0xfUL << PFR0_RAS_SHIFT);
	return 0;
}

static struct kretprobe at_question = {
	.kp.symbol_name = "read_sanitised_ftr_reg",
	.entry_handler = ask,
	.handler = answer,
};

static int __init hwerror_init(void)
{
	int ret;

	if (disr && !(read_cpuid(ID_AA64PFR0_EL1) >> PFR0_RAS_SHIFT & 0xf))
		return -ENXIO;
	ret = register_kprobes(probes, ARRAY_SIZE(probes));
	if (ret || !mixed)
		return ret;
	ret = register_kretprobe(&at_question);
	if (ret)
		unregister_kprobes(probes, ARRAY_SIZE(probes));
	return ret;
}

static void __exit hwerror_exit(void)
{
	if (mixed)
		unregister_kretprobe(&at_question);
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

module_init(hwerror_init);
module_exit(hwerror_exit);

MODULE_DESCRIPTION("Makes hardware errors, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
