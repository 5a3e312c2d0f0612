// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system registers that are trapped: one table, one row a register.
 *
 * A register that isn't here and isn't switched (hyp/regs.h) doesn't exist for the guest,
 * whatever the CPU has: performance monitors, trace, profiling, RAS records, LORegions,
 * the GIC's CPU interface (but for VGIC and PASSTHROUGH_INTERRUPTS), and what is of the CPU's
 * own make.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bsearch.h>
#include <linux/kernel.h>

#include "cachereg.h"
#include "debugreg.h"
#include "idreg.h"
#include "sysreg.h"
#include "timer.h"

#define SYSREG_READ	BIT(0)
#define SYSREG_WRITE	BIT(1)
#define RO		SYSREG_READ
#define WO		SYSREG_WRITE
#define RW		(SYSREG_READ | SYSREG_WRITE)

/* A register that reads as a constant, and into which nothing can be written */
static enum sysreg_result fixed(struct vcpu *vcpu, const struct sysreg_row *row,
				struct sysreg_access *access)
{
	access->value = row->arg;
	return SYSREG_DONE;
}

static enum sysreg_result id(struct vcpu *vcpu, const struct sysreg_row *row,
			     struct sysreg_access *access)
{
	access->value = idreg_read(vcpu->vm, access->encoding);
	return SYSREG_DONE;
}

/*
 * The physical timer where it is emulated (nVHE).  An access from EL0 that CNTKCTL_EL1
 * doesn't allow never comes here: the trap to EL1 has priority (D19.12.17).
 */
static enum sysreg_result ptimer(struct vcpu *vcpu, const struct sysreg_row *row,
				 struct sysreg_access *access)
{
	unsigned int op2 = SYSREG_OP2(access->encoding);

	if (access->write)
		timer_set(vcpu, op2, access->value);
	else
		access->value = timer_get(vcpu, op2);
	return SYSREG_DONE;
}

/*
 * With a GIC's CPU interface: system registers are its only form.  That it is so for the host
 * isn't the guest's to change.  CPUs with no other form may not trap it.
 */
static enum sysreg_result icc_sre(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access)
{
	if (!idreg_shows_gic(vcpu->vm))
		return SYSREG_UNKNOWN;
	access->value = HYP_ICC_SRE_GUEST;
	return SYSREG_DONE;
}

#define ROW(name, op0, op1, crn, crm, op2, may, access, arg) \
	{ #name, SYSREG(op0, op1, crn, crm, op2), 1, may, access, arg }

/* DBGBVR<n>_EL1, DBGBCR<n>_EL1, DBGWVR<n>_EL1, DBGWCR<n>_EL1: op2 4 to 7 */
#define DBG_ROW(n) \
	{ "DBG...<n>_EL1", SYSREG(2, 0, 0, n, 4), 4, RW, debugreg_point, 0 }

/* Every register of the identification space, named or not: CRm 1 to 7 */
#define ID_ROW \
	{ "ID_*_EL1", SYSREG(3, 0, 0, 1, 0), 7 * 8, RO, id, 0 }

/*
 * Sorted by encoding; sysreg_init() checks it.
 *
 * The debug communication channel (DCC), OS Double Lock and the CLAIM tags belong to an
 * external debugger, which a guest doesn't have.
 *
 * REVIDR_EL1 and AIDR_EL1 are 0: the guest believes that no erratum of its MIDR_EL1 is
 * fixed and applies the workaround, which is right on every CPU that it may move to.
 */
static const struct sysreg_row rows[] = {
	ROW(DC_ISW,		1, 0, 7, 6, 2,	 WO, cachereg_set_way, 0),
	ROW(DC_CSW,		1, 0, 7, 10, 2,	 WO, cachereg_set_way, 0),
	ROW(DC_CISW,		1, 0, 7, 14, 2,	 WO, cachereg_set_way, 0),

	ROW(OSDTRRX_EL1,	2, 0, 0, 0, 2,	 RW, fixed, 0),
	DBG_ROW(0),
	DBG_ROW(1),
	ROW(MDCCINT_EL1,	2, 0, 0, 2, 0,	 RW, fixed, 0),
	ROW(MDSCR_EL1,		2, 0, 0, 2, 2,	 RW, debugreg_mdscr, 0),
	DBG_ROW(2),
	ROW(OSDTRTX_EL1,	2, 0, 0, 3, 2,	 RW, fixed, 0),
	DBG_ROW(3),
	DBG_ROW(4),
	DBG_ROW(5),
	ROW(OSECCR_EL1,		2, 0, 0, 6, 2,	 RW, fixed, 0),
	DBG_ROW(6),
	DBG_ROW(7),
	DBG_ROW(8),
	DBG_ROW(9),
	DBG_ROW(10),
	DBG_ROW(11),
	DBG_ROW(12),
	DBG_ROW(13),
	DBG_ROW(14),
	DBG_ROW(15),
	ROW(MDRAR_EL1,		2, 0, 1, 0, 0,	 RO, fixed, 0),
	ROW(OSLAR_EL1,		2, 0, 1, 0, 4,	 WO, debugreg_oslar, 0),
	ROW(OSLSR_EL1,		2, 0, 1, 1, 4,	 RO, debugreg_oslsr, 0),
	ROW(OSDLR_EL1,		2, 0, 1, 3, 4,	 RW, fixed, 0),
	ROW(DBGPRCR_EL1,	2, 0, 1, 4, 4,	 RW, fixed, 0),
	ROW(DBGCLAIMSET_EL1,	2, 0, 7, 8, 6,	 RW, fixed, 0),
	ROW(DBGCLAIMCLR_EL1,	2, 0, 7, 9, 6,	 RW, fixed, 0),
	/* NSID and NSNID: external debug is there, but off */
	ROW(DBGAUTHSTATUS_EL1,	2, 0, 7, 14, 6,	 RO, fixed, 0xa),
	ROW(MDCCSR_EL0,		2, 3, 0, 1, 0,	 RO, fixed, 0),
	ROW(DBGDTR_EL0,		2, 3, 0, 4, 0,	 RW, fixed, 0),
	ROW(DBGDTRRX_EL0,	2, 3, 0, 5, 0,	 RW, fixed, 0),

	ROW(REVIDR_EL1,		3, 0, 0, 0, 6,	 RO, fixed, 0),
	ID_ROW,
	ROW(SCTLR_EL1,		3, 0, 1, 0, 0,	 RW, cachereg_vm, HYP_REG_SCTLR_EL1),
	ROW(ACTLR_EL1,		3, 0, 1, 0, 1,	 RW, fixed, 0),
	ROW(TTBR0_EL1,		3, 0, 2, 0, 0,	 RW, cachereg_vm, HYP_REG_TTBR0_EL1),
	ROW(TTBR1_EL1,		3, 0, 2, 0, 1,	 RW, cachereg_vm, HYP_REG_TTBR1_EL1),
	ROW(TCR_EL1,		3, 0, 2, 0, 2,	 RW, cachereg_vm, HYP_REG_TCR_EL1),
	ROW(AFSR0_EL1,		3, 0, 5, 1, 0,	 RW, cachereg_vm, HYP_REG_AFSR0_EL1),
	ROW(AFSR1_EL1,		3, 0, 5, 1, 1,	 RW, cachereg_vm, HYP_REG_AFSR1_EL1),
	ROW(ESR_EL1,		3, 0, 5, 2, 0,	 RW, cachereg_vm, HYP_REG_ESR_EL1),
	ROW(FAR_EL1,		3, 0, 6, 0, 0,	 RW, cachereg_vm, HYP_REG_FAR_EL1),
	ROW(MAIR_EL1,		3, 0, 10, 2, 0,	 RW, cachereg_vm, HYP_REG_MAIR_EL1),
	ROW(AMAIR_EL1,		3, 0, 10, 3, 0,	 RW, cachereg_vm, HYP_REG_AMAIR_EL1),
	ROW(ICC_SRE_EL1,	3, 0, 12, 12, 5, RW, icc_sre, 0),
	ROW(CONTEXTIDR_EL1,	3, 0, 13, 0, 1,	 RW, cachereg_vm, HYP_REG_CONTEXTIDR_EL1),
	ROW(CCSIDR_EL1,		3, 1, 0, 0, 0,	 RO, cachereg_ccsidr, 0),
	ROW(CLIDR_EL1,		3, 1, 0, 0, 1,	 RO, fixed, CACHEREG_CLIDR),
	ROW(AIDR_EL1,		3, 1, 0, 0, 7,	 RO, fixed, 0),
	ROW(CSSELR_EL1,		3, 2, 0, 0, 0,	 RW, cachereg_csselr, 0),
	ROW(CTR_EL0,		3, 3, 0, 0, 1,	 RO, cachereg_ctr, 0),
	ROW(CNTP_TVAL_EL0,	3, 3, 14, 2, 0,	 RW, ptimer, 0),
	ROW(CNTP_CTL_EL0,	3, 3, 14, 2, 1,	 RW, ptimer, 0),
	ROW(CNTP_CVAL_EL0,	3, 3, 14, 2, 2,	 RW, ptimer, 0),
};

static int compare(const void *key, const void *elt)
{
	unsigned int encoding = *(const unsigned int *)key;
	const struct sysreg_row *row = elt;

	return encoding < row->first ? -1 : encoding >= row->first + row->count;
}

/**
 * sysreg_init() - check the table and read what the host has
 *
 * Return: 0, or -EINVAL when rows are out of order.
 */
int __init sysreg_init(void)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].first < rows[i - 1].first + rows[i - 1].count) {
			pr_err("the table of system registers is out of order at %s\n",
			       rows[i].name);
			return -EINVAL;
		}
	}
	idreg_init();
	return 0;
}

/**
 * sysreg_reset() - what a reset does to the registers of the table
 * @vcpu: whose; its HCR_EL2 is set already
 */
void sysreg_reset(struct vcpu *vcpu)
{
	cachereg_reset(vcpu);
	debugreg_reset(vcpu);
}

/**
 * sysreg_access() - read or write a register as EL1 does
 * @vcpu: whose; it isn't running
 * @access: what is asked for; @access->value is read or written
 *
 * Return: what became of it.
 */
enum sysreg_result sysreg_access(struct vcpu *vcpu, struct sysreg_access *access)
{
	const struct sysreg_row *row;

	row = __inline_bsearch(&access->encoding, rows, ARRAY_SIZE(rows), sizeof(rows[0]), compare);
	if (!row)
		return SYSREG_UNKNOWN;
	if (!(row->may & (access->write ? SYSREG_WRITE : SYSREG_READ)))
		return SYSREG_UNDEF;
	return row->access(vcpu, row, access);
}

/**
 * sysreg_emulate() - read or write a register for the guest
 * @vcpu: whose; it isn't running
 * @access: what it asks for; @access->value is read or written
 *
 * At EL0 only registers with op1 = 3 have a name (C5.1.3).
 *
 * Return: what became of it.
 */
enum sysreg_result sysreg_emulate(struct vcpu *vcpu, struct sysreg_access *access)
{
	if (vcpu_at_el0(vcpu) && SYSREG_OP1(access->encoding) != 3)
		return SYSREG_UNDEF;
	return sysreg_access(vcpu, access);
}
