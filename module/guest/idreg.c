// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest may know of the CPU: the ID registers.
 *
 * One list of the fields that are shown, each with the newest value whose meaning we have
 * checked against DDI 0487 (J.a): a feature is shown when all of its state is switched or is none.
 * What isn't in the list is 0: a field, a register, or the whole space of the registers
 * that later versions of the architecture will name.
 *
 * On top of read_sanitised_ftr_reg(), what all CPUs of the host have, and only for the
 * registers that Linux 6.1 knows.
 *
 * What isn't shown, and why:
 *  - EL2, EL3, VH, NV, VMIDBits, XNX, FWB, TWED, EVT, HCX, FGT, ECV, TGran*_2: a
 *    hypervisor's, and the guest isn't one
 *  - AArch32: EL0 tells AArch64 alone, and the AArch32 registers (CRm 1 to 3) are 0
 *  - SVE, SME, MTE, GCS, S1PIE, S1POE, TCR2, MPAM, AMU, RAS, SCXTNUM (CSV2 above 1), LOR,
 *    PMU, SPE, TRBE, BRBE, trace: registers that aren't switched; they are trapped
 *  - GIC: the same, but for VGIC and PASSTHROUGH_INTERRUPTS
 *  - MOPS, LS64, XS, SYSREG128, D128, NMI, ALLINT: need HCRX_EL2, which is 0
 *  - CCIDX: CCSIDR_EL1 is made up (cachereg.c) in the old format
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "idreg.h"
#include "sysreg_row.h"

/* A register by CRm and op2: its place in shown[] */
#define ID(crm, op2)	((crm) << 3 | (op2))
#define PFR0		ID(4, 0)
#define PFR1		ID(4, 1)
#define DFR0		ID(5, 0)
#define ISAR0		ID(6, 0)
#define ISAR1		ID(6, 1)
#define ISAR2		ID(6, 2)
#define MMFR0		ID(7, 0)
#define MMFR1		ID(7, 1)
#define MMFR2		ID(7, 2)

#define PFR0_GIC_SHIFT		24
/* APA, API, GPA, GPI; GPA3, APA3, PAC_frac */
#define ISAR1_PAUTH		(0xffULL << 4 | 0xffULL << 24)
#define ISAR2_PAUTH		(0xffULL << 8 | 0xfULL << 24)
#define DFR0_BRPS_SHIFT		12
#define DFR0_WRPS_SHIFT		20
#define DFR0_DOUBLELOCK_SHIFT	36
#define MMFR0_TGRAN16_SHIFT	20
#define MMFR0_TGRAN4_SHIFT	28
#define MMFR1_PAN_SHIFT		20

/**
 * struct idreg_field - a field that a guest may see
 * @reg: register
 * @shift: its lowest bit
 * @newest: greatest value shown; above, this one is
 * @is_signed: below 0 is "not there" (D19.1.3)
 */
struct idreg_field {
	u8 reg;
	u8 shift;
	u8 newest;
	bool is_signed;
};

static const struct idreg_field fields[] = {
	{ PFR0,  0, 1 },	/* EL0: AArch64 */
	{ PFR0,  4, 1 },	/* EL1: AArch64 */
	{ PFR0, 16, 1, true },	/* FP: half precision; switched */
	{ PFR0, 20, 1, true },	/* AdvSIMD */
	{ PFR0, 48, 1 },	/* DIT: PSTATE */
	{ PFR0, 56, 1 },	/* CSV2, without SCXTNUM_ELx */
	{ PFR0, 60, 1 },	/* CSV3 */

	{ PFR1,  0, 1 },	/* BT: PSTATE, SCTLR_EL1 */
	{ PFR1,  4, 2 },	/* SSBS: PSTATE, SCTLR_EL1 */

	{ DFR0,  0, 8 },	/* DebugVer: v8.2; later ones have more registers */
	{ DFR0, DFR0_BRPS_SHIFT, 15 },
	{ DFR0, DFR0_WRPS_SHIFT, 15 },
	{ DFR0, 28, 15 },	/* CTX_CMPs */

	/* Instructions, without state but for FPCR and PSTATE */
	{ ISAR0,  4, 2 },	/* AES, PMULL */
	{ ISAR0,  8, 1 },	/* SHA1 */
	{ ISAR0, 12, 2 },	/* SHA2 */
	{ ISAR0, 16, 1 },	/* CRC32 */
	{ ISAR0, 20, 3 },	/* Atomic: LSE, LSE128 */
	{ ISAR0, 28, 1 },	/* RDM */
	{ ISAR0, 32, 1 },	/* SHA3 */
	{ ISAR0, 36, 1 },	/* SM3 */
	{ ISAR0, 40, 1 },	/* SM4 */
	{ ISAR0, 44, 1 },	/* DP */
	{ ISAR0, 48, 1 },	/* FHM */
	{ ISAR0, 52, 2 },	/* TS */
	{ ISAR0, 56, 2 },	/* TLB: outer shareable, ranges; VMID-tagged as all TLBI */
	{ ISAR0, 60, 1 },	/* RNDR: a random number is nobody's state */
	{ ISAR1,  0, 2 },	/* DPB */
	{ ISAR1,  4, 5 },	/* APA: keys are switched; above 5 is PAuth_LR */
	{ ISAR1,  8, 5 },	/* API */
	{ ISAR1, 12, 1 },	/* JSCVT */
	{ ISAR1, 16, 1 },	/* FCMA */
	{ ISAR1, 20, 3 },	/* LRCPC */
	{ ISAR1, 24, 1 },	/* GPA */
	{ ISAR1, 28, 1 },	/* GPI */
	{ ISAR1, 32, 1 },	/* FRINTTS */
	{ ISAR1, 36, 1 },	/* SB */
	{ ISAR1, 40, 1 },	/* SPECRES: acts on the guest's own context (C6.2.58) */
	{ ISAR1, 44, 2 },	/* BF16 */
	{ ISAR1, 48, 1 },	/* DGH */
	{ ISAR1, 52, 1 },	/* I8MM */
	{ ISAR2,  0, 2 },	/* WFxT: exit.c knows the deadline */
	{ ISAR2,  4, 1 },	/* RPRES: FPCR */
	{ ISAR2,  8, 1 },	/* GPA3 */
	{ ISAR2, 12, 5 },	/* APA3 */
	{ ISAR2, 20, 1 },	/* BC */
	{ ISAR2, 24, 1 },	/* PAC_frac */
	{ ISAR2, 28, 1 },	/* CLRBHB */
	{ ISAR2, 40, 1 },	/* PRFMSLC */
	{ ISAR2, 48, 1 },	/* RPRFM */
	{ ISAR2, 52, 1 },	/* CSSC */

	{ MMFR0,  0, 6 },	/* PARange: the VM's, see mmfr0_for() */
	{ MMFR0,  4, 2 },	/* ASIDBits */
	{ MMFR0,  8, 1 },	/* BigEnd: SCTLR_EL1; MMIO is swapped accordingly */
	{ MMFR0, 16, 1 },	/* BigEndEL0 */
	{ MMFR0, MMFR0_TGRAN16_SHIFT, 2 },	/* 2 is LPA2: see mmfr0_for() */
	{ MMFR0, 24, 0, true },	/* TGran64 */
	{ MMFR0, MMFR0_TGRAN4_SHIFT, 1, true },	/* 1 is LPA2 */
	{ MMFR0, 44, 1 },	/* ExS: SCTLR_EL1 */
	{ MMFR1,  0, 2 },	/* HAFDBS: stage 2 sees its writes as any others */
	{ MMFR1, 12, 2 },	/* HPDS: TCR_EL1 */
	{ MMFR1, MMFR1_PAN_SHIFT, 3 },
	{ MMFR1, 24, 1 },	/* SpecSEI: a property of the CPU, no choice */
	{ MMFR1, 36, 2 },	/* ETS: memory ordering */
	{ MMFR1, 44, 1 },	/* AFP: FPCR */
	{ MMFR1, 48, 1 },	/* nTLBPA */
	{ MMFR1, 60, 1 },	/* ECBHB */
	{ MMFR2,  0, 1 },	/* CnP: for TTBRn_EL1, within our VMID */
	{ MMFR2,  4, 1 },	/* UAO: PSTATE */
	{ MMFR2,  8, 1 },	/* LSM: SCTLR_EL1 */
	{ MMFR2, 16, 1 },	/* VARange: 52 bits with 64K pages */
	{ MMFR2, 28, 1 },	/* ST: TCR_EL1 */
	{ MMFR2, 32, 1 },	/* AT: unaligned atomics */
	{ MMFR2, 36, 1 },	/* IDS: traps to EL1 have EC 0x18 */
	{ MMFR2, 48, 1 },	/* TTL: a hint in stage 1 TLBI */
	{ MMFR2, 52, 2 },	/* BBM: stage 1 tables */
	{ MMFR2, 60, 1 },	/* E0PD: TCR_EL1 */
};

/* Bits of physical address by PARange */
static const u8 pa_bits[] = { 32, 36, 40, 42, 44, 48, 52 };

static u64 shown[ID(8, 0)] __ro_after_init;
static u64 ctr __ro_after_init;

static unsigned int shown_field(unsigned int reg, unsigned int shift)
{
	return shown[reg] >> shift & 0xf;
}

/**
 * idreg_init() - read what the host has, once
 */
void __init idreg_init(void)
{
	const struct idreg_field *field;

	for (field = fields; field < fields + ARRAY_SIZE(fields); field++) {
		u32 sys_id = sys_reg(3, 0, 0, field->reg >> 3, field->reg & 7);
		u64 value = read_sanitised_ftr_reg(sys_id) >> field->shift & 0xf;
		bool absent = field->is_signed && value & 8;

		if (!absent && value > field->newest)
			value = field->newest;
		shown[field->reg] |= value << field->shift;
	}
	/* OSDLR_EL1 does nothing here (sysreg.c): that is told by all ones */
	shown[DFR0] |= 0xfULL << DFR0_DOUBLELOCK_SHIFT;
	/* TminLine, above bit 31, is about allocation tags */
	ctr = (u32)read_sanitised_ftr_reg(SYS_CTR_EL0);
}

/**
 * idreg_shows_gic() - has the guest the CPU interface of a GICv3
 * @vm: its VM
 *
 * Return: whether it has, be it a virtual one or the CPU's.
 */
bool idreg_shows_gic(const struct vm *vm)
{
	return vm->config_flags & VM_GIC_FLAGS;
}

/**
 * idreg_shows_pauth() - has the guest pointer authentication
 * @vm: its VM
 *
 * Where it hasn't, HCR_EL2.{API, APK} are clear and its instructions are traps or NOPs.
 *
 * Return: whether it has: all CPUs do, and the VMM doesn't hide it.
 */
bool idreg_shows_pauth(const struct vm *vm)
{
	return idreg_has_pauth() && !(vm->config_flags & ARM_VCPU_CONFIG_NO_PAUTH);
}

/*
 * PARange is the smallest that reaches all of the VM's addresses.  LPA2 is for who has more than
 * 48 bits of them: else a guest would take it for another level of tables to walk.
 */
static u64 mmfr0_for(unsigned int ipa_bits)
{
	u64 value = shown[MMFR0];
	unsigned int pa_range = 0;

	while (pa_range < (value & 0xf) && pa_bits[pa_range] < ipa_bits)
		pa_range++;
	value = (value & ~0xfULL) | pa_range;
	if (ipa_bits > 48)
		return value;
	if (shown_field(MMFR0, MMFR0_TGRAN16_SHIFT) == 2)
		value -= 1ULL << MMFR0_TGRAN16_SHIFT;
	if (shown_field(MMFR0, MMFR0_TGRAN4_SHIFT) == 1)
		value -= 1ULL << MMFR0_TGRAN4_SHIFT;
	return value;
}

/**
 * idreg_read() - what a guest reads in an ID register
 * @vm: its VM
 * @encoding: SYSREG() with op0 3, op1 0, CRn 0 and CRm 1 to 7
 *
 * Return: the value.
 */
u64 idreg_read(const struct vm *vm, unsigned int encoding)
{
	unsigned int reg = ID(SYSREG_CRM(encoding) & 7, SYSREG_OP2(encoding));
	u64 value;

	if (reg == MMFR0)
		return mmfr0_for(vm->stage2.tables.ipa_bits);
	value = shown[reg];
	if (reg == PFR0 && idreg_shows_gic(vm))
		value |= 1ULL << PFR0_GIC_SHIFT;
	if (reg == ISAR1 && !idreg_shows_pauth(vm))
		value &= ~ISAR1_PAUTH;
	if (reg == ISAR2 && !idreg_shows_pauth(vm))
		value &= ~ISAR2_PAUTH;
	return value;
}

/**
 * idreg_fill() - the same of all of them, and CTR_EL0, for EL2
 * @vm: its VM
 * @ids: HYP_ID_REGS of them, by CRm and op2; CRm 0 has CTR_EL0 alone
 */
void idreg_fill(const struct vm *vm, u64 *ids)
{
	unsigned int reg;

	ids[ID(0, 1)] = ctr;
	for (reg = ID(1, 0); reg < ID(8, 0); reg++)
		ids[reg] = idreg_read(vm, SYSREG(3, 0, 0, reg >> 3, reg & 7));
}

/**
 * idreg_ctr() - CTR_EL0 as it holds for all CPUs
 *
 * Return: its value.
 */
u64 idreg_ctr(void)
{
	return ctr;
}

/**
 * idreg_breakpoints() - breakpoints that every CPU has
 *
 * Return: their number.
 */
unsigned int idreg_breakpoints(void)
{
	return shown_field(DFR0, DFR0_BRPS_SHIFT) + 1;
}

/**
 * idreg_watchpoints() - watchpoints that every CPU has
 *
 * Return: their number.
 */
unsigned int idreg_watchpoints(void)
{
	return shown_field(DFR0, DFR0_WRPS_SHIFT) + 1;
}

/**
 * idreg_has_pauth() - can guests have pointer authentication
 *
 * They can when all CPUs have it, with the same algorithm.
 *
 * Return: whether they can.
 */
bool idreg_has_pauth(void)
{
	return shown_field(ISAR1, 4) || shown_field(ISAR1, 8) || shown_field(ISAR2, 12);
}

/**
 * idreg_has_pan() - does PSTATE.PAN exist
 *
 * Return: whether it does, on all CPUs.
 */
bool idreg_has_pan(void)
{
	return shown_field(MMFR1, MMFR1_PAN_SHIFT);
}
