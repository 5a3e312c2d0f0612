// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stepping over an instruction that was emulated.
 *
 * AArch32 at EL0 isn't offered, but HCR_EL2 can't forbid it: where the CPU has it, a guest can
 * get there, and its instructions have two lengths, conditions and IT blocks.
 */
#include "skip.h"

/* SPSR_EL2 of an exception from AArch32, C5.2.19 */
#define A32_V		BIT(28)
#define A32_C		BIT(29)
#define A32_Z		BIT(30)
#define A32_N		BIT(31)
#define A32_T		BIT(5)
#define A32_IT_LOW	(3ULL << 25) /* IT[1:0] */
#define A32_IT_HIGH	(0x3fULL << 10) /* IT[7:2] */

/* ISS of a trapped AArch32 instruction */
#define ISS_CV		BIT(24)
#define ISS_COND(esr)	((esr) >> 20 & 0xf)

static unsigned int a32_it(u64 pstate)
{
	return (pstate >> 25 & 3) | (pstate >> 8 & 0xfc);
}

static u64 a32_set_it(u64 pstate, unsigned int it)
{
	pstate &= ~(A32_IT_LOW | A32_IT_HIGH);
	return pstate | (u64)(it & 3) << 25 | (u64)(it & 0xfc) << 8;
}

/* AArch32.ITAdvance() of the manual: the last instruction of a block leaves it */
static u64 a32_advance_it(u64 pstate)
{
	unsigned int it = a32_it(pstate);

	if (it & 7)
		it = (it & 0xe0) | (it << 1 & 0x1f);
	else
		it = 0;
	return a32_set_it(pstate, it);
}

/* ConditionHolds() of the manual: pairs of a test and its opposite; 0xf holds as 0xe does */
static bool a32_condition(u64 pstate, unsigned int cond)
{
	bool n = pstate & A32_N, z = pstate & A32_Z, c = pstate & A32_C, v = pstate & A32_V;
	bool holds;

	switch (cond >> 1) {
	case 0:
		holds = z;
		break;
	case 1:
		holds = c;
		break;
	case 2:
		holds = n;
		break;
	case 3:
		holds = v;
		break;
	case 4:
		holds = c && !z;
		break;
	case 5:
		holds = n == v;
		break;
	case 6:
		holds = n == v && !z;
		break;
	default:
		return true;
	}
	return cond & 1 ? !holds : holds;
}

/**
 * skip_condition_fails() - would the instruction not have been executed at all
 * @vcpu: whose
 * @esr: of its trap, of a class that has CV and COND
 *
 * A CPU may trap an AArch32 instruction before it looks at the condition (G1.16.2).
 * Without CV, the condition is the IT block's.
 *
 * Return: true: step over it, and that is all.
 */
bool skip_condition_fails(const struct vcpu *vcpu, u64 esr)
{
	u64 pstate = vcpu->hyp->pstate;
	unsigned int cond = 0xe;

	if (!vcpu_is_aarch32(vcpu))
		return false;
	if (esr & ISS_CV)
		cond = ISS_COND(esr);
	else if (pstate & A32_T && a32_it(pstate))
		cond = a32_it(pstate) >> 4;
	return !a32_condition(pstate, cond);
}

/**
 * skip_instruction() - move pc past the instruction that was emulated
 * @vcpu: whose; it isn't running
 * @esr: of its trap
 *
 * What its execution does to PSTATE: SS is consumed, so that a step of the guest's own
 * debugger ends here (D2.11.4), and a branch target is checked no more (BTYPE).
 */
void skip_instruction(struct vcpu *vcpu, u64 esr)
{
	struct hyp_vcpu *hyp = vcpu->hyp;

	if (vcpu_is_aarch32(vcpu)) {
		hyp->pc = (u32)(hyp->pc + (esr & HYP_ESR_IL ? 4 : 2));
		hyp->pstate = a32_advance_it(hyp->pstate);
	} else {
		hyp->pc += 4;
		hyp->pstate &= ~HYP_PSR_BTYPE;
	}
	hyp->pstate &= ~HYP_PSR_SS;
}
