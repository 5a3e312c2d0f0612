// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of the host's own a guest can have, and who may give it.
 *
 * Three have to agree: whoever loads the module, by its parameter; the program's own rights; and
 * the kernel, which isn't locked down.  A kernel that is refuses the parameter already.
 */
#include <linux/capability.h>
#include <linux/moduleparam.h>
#include <linux/security.h>

#include "hyp/hyp.h"
#include "el2.h"
#include "features.h"
#include "passthrough.h"
#include "ppi.h"
#include "../../uapi/linux/arm_vcpu.h"

static bool passthrough;
module_param_hw(passthrough, bool, other, 0444);
MODULE_PARM_DESC(passthrough,
		 "let programs with CAP_SYS_RAWIO hand hardware and firmware to guests (default: no)");

/**
 * passthrough_offered() - was the module loaded for it
 *
 * Return: whether it was.
 */
bool passthrough_offered(void)
{
	return passthrough;
}

/**
 * passthrough_permitted() - may the calling program do it
 *
 * Return: 0, -EOPNOTSUPP if it isn't offered, -EPERM.
 */
int passthrough_permitted(void)
{
	if (!passthrough)
		return -EOPNOTSUPP;
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return security_locked_down(LOCKDOWN_MODULE_PARAMETERS);
}

static bool timer_can_pass(void)
{
	return el2_mode() == ARM_VCPU_EL2_VHE || ppi_lends_ptimer();
}

/**
 * passthrough_config_flags() - what CONFIGURE may be asked for
 *
 * The CPU interface of a GICv2 is memory of the kernel's own, and isn't mapped for a guest.
 *
 * Return: ARM_VCPU_CONFIG_PASSTHROUGH_*
 */
u64 passthrough_config_flags(void)
{
	if (!passthrough)
		return 0;
	return ARM_VCPU_CONFIG_PASSTHROUGH_MEMORY |
	       (timer_can_pass() ? ARM_VCPU_CONFIG_PASSTHROUGH_TIMER : 0) |
	       (features_gicv3() ? ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS : 0);
}

/**
 * passthrough_check() - may a VM be configured so
 * @config_flags: ARM_VCPU_CONFIG_*, of which all are offered
 *
 * Return: 0, or -EPERM.
 */
int passthrough_check(u64 config_flags)
{
	return config_flags & passthrough_config_flags() ? passthrough_permitted() : 0;
}

/**
 * passthrough_hyp() - what the world switch has to do for it
 * @config_flags: ARM_VCPU_CONFIG_*, which passthrough_check() has let pass
 *
 * Return: HYP_PASS_*
 */
u64 passthrough_hyp(u64 config_flags)
{
	bool timer = config_flags & ARM_VCPU_CONFIG_PASSTHROUGH_TIMER;
	bool interrupts = config_flags & ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS;

	return (interrupts ? HYP_PASS_INTERRUPTS : 0) |
	       (timer && el2_mode() == ARM_VCPU_EL2_NVHE ? HYP_PASS_PTIMER : 0);
}
