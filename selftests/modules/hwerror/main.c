// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_errors, a hardware error, since emulation has none.
 *
 * disr=: the next RUN enters with this in DISR_EL1, as the barrier in EL2's vectors leaves it when
 * it defers an SError.  esr=: the next abort that EL2 hands over has this syndrome.
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

static int __init hwerror_init(void)
{
	if (disr && !(read_cpuid(ID_AA64PFR0_EL1) >> PFR0_RAS_SHIFT & 0xf))
		return -ENXIO;
	return register_kprobes(probes, ARRAY_SIZE(probes));
}

static void __exit hwerror_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

module_init(hwerror_init);
module_exit(hwerror_exit);

MODULE_DESCRIPTION("Makes hardware errors, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
