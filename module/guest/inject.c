// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that the guest's EL1 takes: AArch64.TakeException() of the manual, done in
 * memory.
 */
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "host/cpu.h"
#include "idreg.h"
#include "inject.h"
#include "stat.h"
#include "trace.h"

/* SCTLR_EL1.DSSBS: what PSTATE.SSBS becomes */
#define SCTLR_DSSBS		BIT_ULL(44)

/* Offsets into the vector table, by where the exception comes from (D1.3.1) */
#define VECTOR_CURRENT_SP0	0x000
#define VECTOR_CURRENT_SPX	0x200
#define VECTOR_LOWER_64		0x400
#define VECTOR_LOWER_32		0x600

#define EC_CURRENT		1 /* the class from EL0, plus this: from EL1 */

#define MTE2			2
#define PFR1_MTE_SHIFT		8

static u64 vector_offset(const struct vcpu *vcpu)
{
	switch (vcpu->hyp->pstate & (HYP_PSR_nRW | HYP_PSR_M_MASK)) {
	case HYP_PSR_EL1t:
		return VECTOR_CURRENT_SP0;
	case HYP_PSR_EL1h:
		return VECTOR_CURRENT_SPX;
	case HYP_PSR_EL0t:
		return VECTOR_LOWER_64;
	default:
		return VECTOR_LOWER_32;
	}
}

/* A CPU with MTE checks no tags in a handler until it wants to, even if the guest has no MTE */
static bool cpu_has_tco(void)
{
	return (read_sanitised_ftr_reg(SYS_ID_AA64PFR1_EL1) >> PFR1_MTE_SHIFT & 0xf) >= MTE2;
}

/*
 * PSTATE in the handler.  Flags and DIT stay; D, A, I and F are masked; PAN is set unless
 * SCTLR_EL1.SPAN says to leave it; SSBS comes from SCTLR_EL1.DSSBS.  The rest is clear: IL,
 * SS, UAO, BTYPE, and what belonged to AArch32.
 */
static u64 handler_pstate(u64 old, u64 sctlr)
{
	u64 new = old & (HYP_PSR_NZCV | HYP_PSR_DIT | HYP_PSR_PAN);

	new |= HYP_PSR_D | HYP_PSR_A | HYP_PSR_I | HYP_PSR_F | HYP_PSR_EL1h;
	if (idreg_has_pan() && !(sctlr & HYP_SCTLR_SPAN))
		new |= HYP_PSR_PAN;
	if (sctlr & SCTLR_DSSBS)
		new |= HYP_PSR_SSBS;
	if (cpu_has_tco())
		new |= HYP_PSR_TCO;
	return new;
}

/* FAR_EL1 belongs to aborts, misaligned pc and watchpoints; else it is left alone */
static bool class_has_far(u64 esr)
{
	switch (HYP_ESR_EC(esr)) {
	case HYP_EC_IABT_LOW:
	case HYP_EC_IABT_LOW + EC_CURRENT:
	case HYP_EC_PC_ALIGN:
	case HYP_EC_DABT_LOW:
	case HYP_EC_DABT_LOW + EC_CURRENT:
	case HYP_EC_WATCHPT_LOW:
	case HYP_EC_WATCHPT_LOW + EC_CURRENT:
		return true;
	default:
		return false;
	}
}

/**
 * inject_sync() - have EL1 take a synchronous exception at the current pc
 * @vcpu: whose; it isn't running
 * @esr: ESR_EL1
 * @far: FAR_EL1, for the classes that have one
 */
void inject_sync(struct vcpu *vcpu, u64 esr, u64 far)
{
	struct hyp_vcpu *hyp = vcpu->hyp;
	u64 *regs = hyp->regs;

	trace_arm_vcpu_inject(vcpu, esr, far);
	stat_count(vcpu, ARM_VCPU_STAT_INJECTED);
	pcpu_evict(hyp);
	regs[HYP_REG_ELR_EL1] = hyp->pc;
	regs[HYP_REG_SPSR_EL1] = hyp->pstate;
	regs[HYP_REG_ESR_EL1] = esr;
	if (class_has_far(esr))
		regs[HYP_REG_FAR_EL1] = far;

	/* VBAR_EL1[10:0] are RES0, and reading them may give anything */
	hyp->pc = (regs[HYP_REG_VBAR_EL1] & ~0x7ffULL) + vector_offset(vcpu);
	hyp->pstate = handler_pstate(hyp->pstate, regs[HYP_REG_SCTLR_EL1]);
}

/**
 * inject_undef() - the instruction doesn't exist
 * @vcpu: whose; it isn't running
 *
 * IL is set in this class whatever the length (D19.2.37).
 */
void inject_undef(struct vcpu *vcpu)
{
	inject_sync(vcpu, (u64)HYP_EC_UNKNOWN << HYP_ESR_EC_SHIFT | HYP_ESR_IL, 0);
}

/**
 * inject_abort() - an instruction or data abort
 * @vcpu: whose; it isn't running
 * @fetch: instruction abort
 * @iss: of the syndrome; ISV is clear, so IL is set
 * @far: address
 */
void inject_abort(struct vcpu *vcpu, bool fetch, u64 iss, u64 far)
{
	u64 class = fetch ? HYP_EC_IABT_LOW : HYP_EC_DABT_LOW;

	if (!vcpu_at_el0(vcpu))
		class += EC_CURRENT;
	inject_sync(vcpu, class << HYP_ESR_EC_SHIFT | HYP_ESR_IL | iss, far);
}

/**
 * inject_serror() - a virtual SError, which EL1 takes when it is unmasked
 * @vcpu: whose; it isn't running
 * @syndrome: IDS and ISS of its ESR_EL1, with RAS
 *
 * The CPU clears HCR_EL2.VSE when it is taken, and the world switch keeps that.
 */
void inject_serror(struct vcpu *vcpu, u64 syndrome)
{
	u64 esr = (u64)HYP_EC_SERROR << HYP_ESR_EC_SHIFT | HYP_ESR_IL | syndrome;

	trace_arm_vcpu_inject(vcpu, esr, 0);
	stat_count(vcpu, ARM_VCPU_STAT_INJECTED);
	vcpu->hyp->vsesr = syndrome;
	vcpu->hyp->hcr |= HYP_HCR_VSE;
}
