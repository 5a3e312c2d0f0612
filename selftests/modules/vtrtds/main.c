// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_gic_dir: while it is loaded, arm_vcpu takes the CPUs for ones that can't trap
 * ICC_DIR_EL1 alone.
 */
#include <linux/bits.h>
#include <linux/kprobes.h>
#include <linux/module.h>

#define ICH_VTR_TDS	BIT(19)

static int hide_it(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	regs->regs[0] &= ~ICH_VTR_TDS;
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "vgic_vtr",
	.handler = hide_it,
	.maxactive = 64,
};

static int __init vtrtds_init(void)
{
	return register_kretprobe(&probe);
}

static void __exit vtrtds_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(vtrtds_init);
module_exit(vtrtds_exit);
MODULE_DESCRIPTION("Hides a feature of the GIC, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
