// SPDX-License-Identifier: GPL-2.0-only
/*
 * What EL2 may answer of the SMC Calling Convention by itself (hyp/smccc.h).
 */
#include <linux/cpu.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>

#include "host/el2.h"
#include "hyp/smccc.h"
#include "smccc_flags.h"

/**
 * smccc_flags() - what a vCPU is told of firmware's workarounds
 * @vm: its VM
 *
 * A capability of the host's says that one of its CPUs is affected.  The branch predictor
 * and the branch history are cleaned on each entry to EL2, where this CPU's vectors do;
 * if they don't, the guest is told that nothing helps.  About speculative store bypass
 * EL2 does nothing: a guest has PSTATE.SSBS, or is told so too.
 *
 * Return: HYP_SMCCC_*
 */
u32 smccc_flags(const struct vm *vm)
{
	u32 flags = vm->config_flags & (ARM_VCPU_CONFIG_SMCCC | ARM_VCPU_CONFIG_PSCI) ?
		    HYP_SMCCC_CALLS : 0;
	enum hyp_spectre spectre;

	preempt_disable();
	spectre = __this_cpu_read(el2_cpu)->spectre;
	preempt_enable();

	if (!cpus_have_cap(ARM64_SPECTRE_V2))
		flags |= HYP_SMCCC_UNAFFECTED(1);
	else if (spectre == HYP_SPECTRE_WA1 || spectre == HYP_SPECTRE_WA3)
		flags |= HYP_SMCCC_HELPS(1);
	if (!cpus_have_cap(ARM64_SPECTRE_V4))
		flags |= HYP_SMCCC_UNAFFECTED(2);
	if (!cpus_have_cap(ARM64_SPECTRE_BHB))
		flags |= HYP_SMCCC_UNAFFECTED(3);
	else if (spectre != HYP_SPECTRE_NONE)
		flags |= HYP_SMCCC_HELPS(3);
	return flags;
}
