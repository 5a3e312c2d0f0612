// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's debug registers: break- and watchpoints, single step, the OS lock.
 *
 * Every access is trapped (MDCR_EL2.TDA, TDRA, TDOSA) and lands in vcpu->debug.  The world
 * switch loads hyp->debug: the guest's, or the VMM's while it debugs the guest.
 */
#include <linux/string.h>

#include "debugreg.h"
#include "idreg.h"

/* DBGBCR<n>_EL1, D19.3.2, and DBGWCR<n>_EL1, D19.3.11 */
#define POINT_E		BIT(0)
#define BCR_PMC		(3 << 1)
#define BCR_BAS		(0xf << 5)
#define BCR_LBN		(0xf << 16)
#define BCR_BT		(0xf << 20)
#define BCR_BT_EL2	BIT(23)
#define WCR_PAC		(3 << 1)
#define WCR_LSC		(3 << 3)
#define WCR_BAS		(0xff << 5)
#define WCR_LBN		(0xf << 16)
#define WCR_WT		BIT(20)
#define WCR_MASK	(0x1f << 24)

/* MDSCR_EL1, D19.3.20: what isn't there belongs to external debug or to newer features */
#define MDSCR_TDCC	BIT(12)
#define MDSCR_EVENTS	(HYP_MDSCR_SS | HYP_MDSCR_KDE | HYP_MDSCR_MDE)
#define MDSCR_SHOWN	(MDSCR_EVENTS | MDSCR_TDCC)

#define OSLSR_OSLM	BIT(3) /* the OS lock is there */
#define OSLSR_OSLK	BIT(1)

/**
 * debugreg_bcr() - what of a DBGBCR<n>_EL1 may be in the CPU
 * @value: as it was asked for
 *
 * HMC and SSC stay 0: with them, the point would match in EL2, EL3 or another security
 * state (table D2-9).  PMC can then name EL1 and EL0 alone.  A breakpoint whose type has the
 * top bit matches VMIDs or EL2's context, which a guest without EL2 doesn't have: a reserved
 * type, and such a point is off.
 *
 * Return: @value without the rest.
 */
u64 debugreg_bcr(u64 value)
{
	if (value & BCR_BT_EL2)
		value &= ~(u64)POINT_E;
	return value & (POINT_E | BCR_PMC | BCR_BAS | BCR_LBN | BCR_BT);
}

/**
 * debugreg_wcr() - the same of a DBGWCR<n>_EL1
 * @value: as it was asked for
 *
 * Return: @value without the rest.
 */
u64 debugreg_wcr(u64 value)
{
	return value & (POINT_E | WCR_PAC | WCR_LSC | WCR_BAS | WCR_LBN | WCR_WT | WCR_MASK);
}

/**
 * debugreg_update() - bring what is in force in line
 * @vcpu: its @vcpu->debug, @vcpu->oslock or @vcpu->debugger has changed; it isn't running
 *
 * While the VMM debugs, all debug exceptions come to EL2 (MDCR_EL2.TDE): enabled at EL1 and
 * EL0 whatever PSTATE.D and KDE are, and at EL2 only with KDE (D2.4).  The guest's own are
 * held back.
 *
 * Under the OS lock no breakpoint, watchpoint or step is taken (D2.3.1).  The CPU's own OS
 * lock is the host's, so it is MDSCR_EL1 that holds them back.
 */
void debugreg_update(struct vcpu *vcpu)
{
	struct hyp_vcpu *hyp = vcpu->hyp;

	if (vcpu->debugger.flags) {
		hyp->debug = vcpu->debugger.regs;
		hyp->debug.mdscr |= vcpu->debug.mdscr & MDSCR_TDCC;
		hyp->mdcr_traps |= HYP_MDCR_TDE;
	} else {
		hyp->debug = vcpu->debug;
		if (vcpu->oslock)
			hyp->debug.mdscr &= ~MDSCR_EVENTS;
		hyp->mdcr_traps &= ~HYP_MDCR_TDE;
	}
	hyp->debug_active = hyp->debug.mdscr & HYP_MDSCR_MDE;
}

/**
 * debugreg_point() - DBGBVR<n>_EL1, DBGBCR<n>_EL1, DBGWVR<n>_EL1, DBGWCR<n>_EL1
 * @vcpu: whose
 * @row: unused
 * @access: n is CRm, and op2 which of the four
 *
 * Return: SYSREG_UNDEF beyond the number that ID_AA64DFR0_EL1 tells.
 */
enum sysreg_result debugreg_point(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access)
{
	struct hyp_debug *debug = &vcpu->debug;
	unsigned int n = SYSREG_CRM(access->encoding);
	unsigned int op2 = SYSREG_OP2(access->encoding);
	u64 *reg;

	if (n >= (op2 < 6 ? idreg_breakpoints() : idreg_watchpoints()))
		return SYSREG_UNDEF;

	switch (op2) {
	case 4:
		reg = &debug->bvr[n];
		break;
	case 5:
		reg = &debug->bcr[n];
		access->value = debugreg_bcr(access->value);
		break;
	case 6:
		reg = &debug->wvr[n];
		break;
	default:
		reg = &debug->wcr[n];
		access->value = debugreg_wcr(access->value);
	}
	if (access->write) {
		*reg = access->value;
		debugreg_update(vcpu);
	} else {
		access->value = *reg;
	}
	return SYSREG_DONE;
}

/**
 * debugreg_mdscr() - MDSCR_EL1
 * @vcpu: whose
 * @row: unused
 * @access: to it
 *
 * Return: SYSREG_DONE.
 */
enum sysreg_result debugreg_mdscr(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access)
{
	if (access->write) {
		vcpu->debug.mdscr = access->value & MDSCR_SHOWN;
		debugreg_update(vcpu);
	} else {
		access->value = vcpu->debug.mdscr;
	}
	return SYSREG_DONE;
}

/**
 * debugreg_oslar() - OSLAR_EL1: take or release the OS lock
 * @vcpu: whose
 * @row: unused
 * @access: to it
 *
 * Return: SYSREG_DONE.
 */
enum sysreg_result debugreg_oslar(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access)
{
	vcpu->oslock = access->value & 1;
	debugreg_update(vcpu);
	return SYSREG_DONE;
}

/**
 * debugreg_oslsr() - OSLSR_EL1: is the OS lock taken
 * @vcpu: whose
 * @row: unused
 * @access: to it
 *
 * Return: SYSREG_DONE.
 */
enum sysreg_result debugreg_oslsr(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access)
{
	access->value = OSLSR_OSLM | (vcpu->oslock ? OSLSR_OSLK : 0);
	return SYSREG_DONE;
}

/**
 * debugreg_reset() - debug registers as a power-on leaves them: the OS lock is taken
 * @vcpu: whose; what the VMM debugs with stays
 */
void debugreg_reset(struct vcpu *vcpu)
{
	memset(&vcpu->debug, 0, sizeof(vcpu->debug));
	vcpu->oslock = true;
	debugreg_update(vcpu);
}
