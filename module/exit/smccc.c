// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest calls by HVC and SMC: the SMC Calling Convention (DEN 0028) and PSCI
 * (DEN 0022).
 *
 * An SMC reaches firmware only by smc_forward.c.  Both come from EL1 in AArch64 alone: at EL0
 * they are UNDEFINED, and EL1 isn't AArch32.
 */
#include <linux/arm-smccc.h>
#include <linux/cpu.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <uapi/linux/psci.h>

#include "guest/skip.h"
#include "guest/stat.h"
#include "host/el2.h"
#include "hyp/smccc.h"
#include "smc_forward.h"
#include "smccc.h"

/**
 * struct psci_call - a function of PSCI that is an exit of its own
 * @function: its id
 * @exit: ARM_VCPU_EXIT_*
 * @system: for SYSTEM_DOWN: its type
 */
struct psci_call {
	u32 function;
	u32 exit;
	u32 system;
};

static const struct psci_call psci_calls[] = {
	{ PSCI_0_2_FN_CPU_OFF, ARM_VCPU_EXIT_CPU_DOWN },
	{ PSCI_0_2_FN_CPU_ON, ARM_VCPU_EXIT_CPU_UP },
	{ PSCI_0_2_FN64_CPU_ON, ARM_VCPU_EXIT_CPU_UP },
	{ PSCI_0_2_FN_SYSTEM_OFF, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_OFF },
	{ PSCI_0_2_FN_SYSTEM_RESET, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_RESET },
	{ PSCI_1_1_FN_SYSTEM_RESET2, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_RESET },
	{ PSCI_1_1_FN64_SYSTEM_RESET2, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_RESET },
	{ PSCI_1_0_FN_SYSTEM_SUSPEND, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_SUSPEND },
	{ PSCI_1_0_FN64_SYSTEM_SUSPEND, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_SUSPEND },
};

static const struct psci_call *psci_find(u32 function)
{
	const struct psci_call *call;

	for (call = psci_calls; call < psci_calls + ARRAY_SIZE(psci_calls); call++)
		if (call->function == function)
			return call;
	return NULL;
}

/* SYSTEM_RESET2: bit 31 is for vendors, and of the others there is one (DEN 0022) */
static bool reset_type_reserved(struct vcpu *vcpu, u32 function)
{
	u32 type = vcpu_get_x(vcpu, 1);

	if (function != PSCI_1_1_FN_SYSTEM_RESET2 && function != PSCI_1_1_FN64_SYSTEM_RESET2)
		return false;
	return type > PSCI_1_1_RESET_TYPE_SYSTEM_WARM_RESET &&
	       type < PSCI_1_1_RESET_TYPE_VENDOR_START;
}

static u64 argument(struct vcpu *vcpu, u32 function, unsigned int n)
{
	u64 value = vcpu_get_x(vcpu, n);

	return ARM_SMCCC_IS_64(function) ? value : (u32)value;
}

static void psci_exit(struct vcpu *vcpu, const struct psci_call *call, u32 conduit)
{
	struct arm_vcpu_run *run = vcpu->run;

	run->exit_reason = call->exit;
	switch (call->exit) {
	case ARM_VCPU_EXIT_CPU_UP:
		run->cpu_up.target = argument(vcpu, call->function, 1);
		run->cpu_up.entry = argument(vcpu, call->function, 2);
		run->cpu_up.arg = argument(vcpu, call->function, 3);
		run->cpu_up.conduit = conduit;
		break;
	case ARM_VCPU_EXIT_CPU_DOWN:
		run->cpu_down.conduit = conduit;
		break;
	default:
		run->system.type = call->system;
		run->system.conduit = conduit;
	}
}

/**
 * smccc_exit() - an HVC or an SMC
 * @vcpu: whose; it isn't running
 * @esr: of the trap
 *
 * After an HVC, pc is past it: it is an exception of its own.  An SMC is trapped before it
 * is executed: pc is at it, and the next RUN steps over it.
 *
 * Return: 1 when it was answered, 0 for an exit.
 */
int smccc_exit(struct vcpu *vcpu, u64 esr)
{
	bool smc = HYP_ESR_EC(esr) == HYP_EC_SMC64;
	u32 conduit = smc ? ARM_VCPU_CONDUIT_SMC : ARM_VCPU_CONDUIT_HVC;
	u32 immediate = hyp_smccc_immediate(esr);
	const struct psci_call *call;
	u64 nr = vcpu_get_x(vcpu, 0);
	u64 result;

	if (hyp_smccc_call(vcpu->hyp->smccc, immediate, nr, vcpu_get_x(vcpu, 1), &result)) {
		stat_count(vcpu, smc ? ARM_VCPU_STAT_SMC : ARM_VCPU_STAT_HVC);
		vcpu_set_x(vcpu, 0, result);
		if (smc)
			skip_instruction(vcpu, esr);
		return 1;
	}
	if (smc && !immediate && smc_forward(vcpu)) {
		stat_count(vcpu, ARM_VCPU_STAT_SMC);
		skip_instruction(vcpu, esr);
		return 1;
	}

	stat_count(vcpu, smc ? ARM_VCPU_STAT_SMC_USER : ARM_VCPU_STAT_HVC_USER);
	if (smc)
		vcpu->pending = PENDING_STEP;
	call = immediate ? NULL : psci_find(nr);
	/* A VMM that looks at the type alone mustn't take it for a reset */
	if (call && !reset_type_reserved(vcpu, call->function)) {
		psci_exit(vcpu, call, conduit);
		return 0;
	}
	vcpu->run->exit_reason = smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL;
	vcpu->run->call.nr = nr;
	vcpu->run->call.immediate = immediate;
	return 0;
}

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
	u32 flags = vm->config_flags & ARM_VCPU_CONFIG_SMCCC ? HYP_SMCCC_CALLS : 0;
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
