// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest calls by HVC and SMC: the SMC Calling Convention (DEN 0028).
 *
 * An SMC reaches firmware only by smc_forward.c.  Both come from EL1 in AArch64 alone: at EL0
 * they are UNDEFINED, and EL1 isn't AArch32.
 */
#include "guest/skip.h"
#include "guest/stat.h"
#include "hyp/smccc.h"
#include "psci.h"
#include "smc_forward.h"
#include "smccc.h"
#include "smccc_filter.h"
#include "trng.h"

static void count(struct vcpu *vcpu, bool smc, bool user)
{
	if (smc)
		stat_count(vcpu, user ? ARM_VCPU_STAT_SMC_USER : ARM_VCPU_STAT_SMC);
	else
		stat_count(vcpu, user ? ARM_VCPU_STAT_HVC_USER : ARM_VCPU_STAT_HVC);
}

/* With ARM_VCPU_CONFIG_PSCI, if the VMM hasn't said otherwise */
static bool is_ours(const struct vcpu *vcpu, u32 function)
{
	if (!(vcpu->vm->config_flags & ARM_VCPU_CONFIG_PSCI))
		return false;
	switch (smccc_filter_action(vcpu->vm, function)) {
	case ARM_VCPU_SMCCC_DENY:
		return true;
	case ARM_VCPU_SMCCC_EXIT:
		return false;
	default:
		return psci_answers(vcpu, function) || trng_answers(function);
	}
}

/* pc is past the call, which is_ours() */
static int answer(struct vcpu *vcpu, u32 function)
{
	if (smccc_filter_action(vcpu->vm, function) == ARM_VCPU_SMCCC_DENY) {
		vcpu_set_x(vcpu, 0, HYP_SMCCC_NOT_SUPPORTED);
		return 1;
	}
	if (psci_answers(vcpu, function))
		return psci_call(vcpu, function);
	trng_call(vcpu, function);
	return 1;
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
	u64 nr = vcpu_get_x(vcpu, 0);
	u64 result;
	int ret;

	if (hyp_smccc_call(vcpu->hyp->smccc, immediate, nr, vcpu_get_x(vcpu, 1), &result)) {
		count(vcpu, smc, false);
		vcpu_set_x(vcpu, 0, result);
		if (smc)
			skip_instruction(vcpu, esr);
		return 1;
	}
	if (smc && !immediate && smc_forward(vcpu)) {
		count(vcpu, smc, false);
		skip_instruction(vcpu, esr);
		return 1;
	}
	if (!immediate && is_ours(vcpu, nr)) {
		if (smc)
			skip_instruction(vcpu, esr);
		ret = answer(vcpu, nr);
		count(vcpu, smc, !ret);
		return ret;
	}

	count(vcpu, smc, true);
	if (smc)
		vcpu->pending = PENDING_STEP;
	if (!immediate && psci_exit(vcpu, nr, conduit))
		return 0;
	vcpu->run->exit_reason = smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL;
	vcpu->run->call.nr = nr;
	vcpu->run->call.immediate = immediate;
	return 0;
}
