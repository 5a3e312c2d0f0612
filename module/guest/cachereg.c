// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers and instructions by which a guest learns of caches, cleans them, and
 * switches them on and off.
 *
 * Maintenance by set and way can't be passed on: it reaches one CPU's caches, and a vCPU
 * moves.  It means all of the guest's memory, so that is what is cleaned.  For this reason
 * the caches that a guest sees are small: one set and one way of one level, and a loop
 * over them is one instruction.
 *
 * What is owed is noted (VCPU_UNCLEAN), and done before the vCPU is entered again, in as many
 * pieces as signals make of it: memory/stage2.c.
 */
#include "host/cpu.h"
#include "cachereg.h"
#include "idreg.h"

/* CSSELR_EL1, D19.2.35 */
#define CSSELR_IND	BIT(0)
#define CSSELR_LEVEL	(7 << 1)
/* CTR_EL0, D19.2.36: line sizes are the logarithm of 4-byte words */
#define CTR_IMINLINE(ctr)	((ctr) & 0xf)
#define CTR_DMINLINE(ctr)	((ctr) >> 16 & 0xf)

/* With FEAT_S2FWB the guest's memory is cacheable even while it thinks it isn't */
static bool coherent(const struct vcpu *vcpu)
{
	return vcpu->hyp->hcr & HYP_HCR_FWB;
}

/* Data accesses may allocate in caches (D8.2.12): else they go straight to memory */
static bool caches_on(u64 sctlr)
{
	return (sctlr & HYP_SCTLR_M) && (sctlr & HYP_SCTLR_C);
}

static void owe_cleaning(struct vcpu *vcpu)
{
	vcpu->clean_from = 0;
	set_bit(VCPU_UNCLEAN, &vcpu->unready);
}

/**
 * cachereg_ctr() - CTR_EL0, as it holds for all CPUs of the host
 * @vcpu: whose
 * @row: unused
 * @access: to it
 *
 * Return: SYSREG_DONE.
 */
enum sysreg_result cachereg_ctr(struct vcpu *vcpu, const struct sysreg_row *row,
				struct sysreg_access *access)
{
	access->value = idreg_ctr();
	return SYSREG_DONE;
}

/**
 * cachereg_ccsidr() - CCSIDR_EL1: the cache that CSSELR_EL1 names
 * @vcpu: whose
 * @row: unused
 * @access: to it
 *
 * Sets and ways are stored less one: 0.  LineSize is the logarithm of 16 bytes.  What is
 * read for a cache that isn't there is UNKNOWN.
 *
 * Return: SYSREG_DONE.
 */
enum sysreg_result cachereg_ccsidr(struct vcpu *vcpu, const struct sysreg_row *row,
				   struct sysreg_access *access)
{
	u64 ctr = idreg_ctr();
	u64 words = vcpu->csselr & CSSELR_IND ? CTR_IMINLINE(ctr) : CTR_DMINLINE(ctr);

	access->value = vcpu->csselr & CSSELR_LEVEL || words < 2 ? 0 : words - 2;
	return SYSREG_DONE;
}

/**
 * cachereg_csselr() - CSSELR_EL1
 * @vcpu: whose
 * @row: unused
 * @access: to it
 *
 * Return: SYSREG_DONE.
 */
enum sysreg_result cachereg_csselr(struct vcpu *vcpu, const struct sysreg_row *row,
				   struct sysreg_access *access)
{
	if (access->write)
		vcpu->csselr = access->value & (CSSELR_LEVEL | CSSELR_IND);
	else
		access->value = vcpu->csselr;
	return SYSREG_DONE;
}

/**
 * cachereg_set_way() - DC ISW, DC CSW, DC CISW
 * @vcpu: whose
 * @row: unused
 * @access: its value doesn't matter
 *
 * From here on, HCR_EL2.TVM shows when the guest switches its caches, and all is cleaned again
 * then.  Until it writes SCTLR_EL1 with its caches on, further instructions have nothing to do,
 * be they of the same loop or of a later one.  This spares a guest that means well; one that
 * writes SCTLR_EL1 each time has all cleaned as often as it likes.  It holds nobody up by that:
 * the cleaning gives way, and a signal ends it.
 *
 * Return: SYSREG_CLEAN, or SYSREG_DONE when it was done already.
 */
enum sysreg_result cachereg_set_way(struct vcpu *vcpu, const struct sysreg_row *row,
				    struct sysreg_access *access)
{
	struct hyp_vcpu *hyp = vcpu->hyp;

	if (coherent(vcpu) || hyp->hcr & HYP_HCR_TVM)
		return SYSREG_DONE;
	hyp->hcr |= HYP_HCR_TVM;
	owe_cleaning(vcpu);
	return SYSREG_CLEAN;
}

/**
 * cachereg_vm() - the registers of address translation that HCR_EL2.TVM traps
 * @vcpu: whose
 * @row: its argument is the HYP_REG_* of the register
 * @access: to it
 *
 * When caches go on, lines that the host has left behind would hide what the guest wrote
 * to memory meanwhile; when they go off, lines of the guest's would hide in them from it:
 * what is mapped is cleaned both times.  Once SCTLR_EL1 was written with the caches on there is
 * nothing to watch.
 *
 * Return: SYSREG_DONE or SYSREG_CLEAN.
 */
enum sysreg_result cachereg_vm(struct vcpu *vcpu, const struct sysreg_row *row,
			       struct sysreg_access *access)
{
	struct hyp_vcpu *hyp = vcpu->hyp;
	bool before, after;

	pcpu_evict(hyp);
	if (!access->write) {
		access->value = hyp->regs[row->arg];
		return SYSREG_DONE;
	}

	before = caches_on(hyp->regs[HYP_REG_SCTLR_EL1]);
	hyp->regs[row->arg] = access->value;
	after = caches_on(hyp->regs[HYP_REG_SCTLR_EL1]);

	if (after && row->arg == HYP_REG_SCTLR_EL1)
		hyp->hcr &= ~HYP_HCR_TVM;
	if (before == after || coherent(vcpu))
		return SYSREG_DONE;
	owe_cleaning(vcpu);
	return SYSREG_CLEAN;
}

/**
 * cachereg_set_sctlr() - set SCTLR_EL1 from outside
 * @vcpu: whose; its registers aren't resident
 * @value: any
 *
 * It is as if the guest had done it, and is watched as after a reset while its caches are off.
 */
void cachereg_set_sctlr(struct vcpu *vcpu, u64 value)
{
	struct hyp_vcpu *hyp = vcpu->hyp;
	bool before = caches_on(hyp->regs[HYP_REG_SCTLR_EL1]);
	bool after = caches_on(value);

	hyp->regs[HYP_REG_SCTLR_EL1] = value;
	if (coherent(vcpu))
		return;
	if (after)
		hyp->hcr &= ~HYP_HCR_TVM;
	else
		hyp->hcr |= HYP_HCR_TVM;
	if (before != after)
		owe_cleaning(vcpu);
}

/**
 * cachereg_reset() - caches are off, and the guest is watched until they are on
 * @vcpu: whose; VCPU_NO_ENTRY is set if this is its first reset
 *
 * After a former life all is cleaned: what was written to memory meanwhile, by a VMM that loads
 * it again, and what that life has left, lies over what this one sees with its caches off, or
 * fetches.
 */
void cachereg_reset(struct vcpu *vcpu)
{
	vcpu->csselr = 0;
	if (!coherent(vcpu))
		vcpu->hyp->hcr |= HYP_HCR_TVM;
	if (!test_bit(VCPU_NO_ENTRY, &vcpu->unready))
		owe_cleaning(vcpu);
}
