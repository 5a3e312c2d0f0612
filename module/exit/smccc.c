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
#include "outcome.h"
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

enum answerer {
	BY_VMM,
	BY_NOBODY,
	BY_PSCI,
	BY_TRNG,
};

/* Who answers a call: with ARM_VCPU_CONFIG_PSCI the kernel, if the VMM hasn't said otherwise */
static enum answerer answerer_of(const struct vcpu *vcpu, u32 function)
{
	if (!(vcpu->vm->config_flags & ARM_VCPU_CONFIG_PSCI))
		return BY_VMM;
	switch (smccc_filter_action(vcpu->vm, function)) {
	case ARM_VCPU_SMCCC_DENY:
		return BY_NOBODY;
	case ARM_VCPU_SMCCC_EXIT:
		return BY_VMM;
	}
	if (psci_answers(vcpu, function))
		return BY_PSCI;
	return trng_answers(function) ? BY_TRNG : BY_VMM;
}

/* pc is past the call, and it isn't the VMM's */
static int answer(struct vcpu *vcpu, u32 function, enum answerer answerer)
{
	switch (answerer) {
	case BY_PSCI:
		return psci_call(vcpu, function);
	case BY_TRNG:
		trng_call(vcpu, function);
		return ENTER_AGAIN;
	default:
		vcpu_set_x(vcpu, 0, HYP_SMCCC_NOT_SUPPORTED);
		return ENTER_AGAIN;
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
	u64 nr = vcpu_get_x(vcpu, 0);
	enum answerer answerer;
	u64 result;
	int ret;

	if (hyp_smccc_call(vcpu->hyp->smccc, immediate, nr, vcpu_get_x(vcpu, 1), &result)) {
		count(vcpu, smc, false);
		vcpu_set_x(vcpu, 0, result);
		if (smc)
			skip_instruction(vcpu, esr);
		return ENTER_AGAIN;
	}
	if (smc && !immediate && smc_forward(vcpu)) {
		count(vcpu, smc, false);
		skip_instruction(vcpu, esr);
		return ENTER_AGAIN;
	}
	answerer = immediate ? BY_VMM : answerer_of(vcpu, nr);
	if (answerer != BY_VMM) {
		if (smc)
			skip_instruction(vcpu, esr);
		ret = answer(vcpu, nr, answerer);
		count(vcpu, smc, ret == TO_USER);
		return ret;
	}

	count(vcpu, smc, true);
	if (smc)
		vcpu->pending = PENDING_STEP;
	if (!immediate && psci_exit(vcpu, nr, conduit))
		return TO_USER;
	vcpu->run->exit_reason = smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL;
	vcpu->run->call.nr = nr;
	vcpu->run->call.immediate = immediate;
	return TO_USER;
}
