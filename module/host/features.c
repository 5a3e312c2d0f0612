// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this CPU has, needs and suffers from, as data for the world switch.
 *
 * Errata that only a hypervisor handles are looked up by MIDR here, since a kernel without
 * KVM doesn't know them, and doesn't check late CPUs for those that it knows.
 */
#include <linux/arm-smccc.h>
#include <linux/cpu.h>
#include <asm/cpufeature.h>
#include <asm/cputype.h>
#include <asm/sysreg.h>

#include "hyp/smccc.h"
#include "compat.h"
#include "features.h"
#include "ids.h"

#define ID_AA64PFR0	sys_reg(3, 0, 0, 4, 0)
#define ID_AA64PFR1	sys_reg(3, 0, 0, 4, 1)
#define ID_AA64PFR2	sys_reg(3, 0, 0, 4, 2)
#define ID_AA64DFR0	sys_reg(3, 0, 0, 5, 0)
#define ID_AA64ISAR1	sys_reg(3, 0, 0, 6, 1)
#define ID_AA64ISAR2	sys_reg(3, 0, 0, 6, 2)
#define ID_AA64MMFR0	sys_reg(3, 0, 0, 7, 0)
#define ID_AA64MMFR1	sys_reg(3, 0, 0, 7, 1)
#define ICC_SRE_EL1	sys_reg(3, 0, 12, 12, 5)
#define PMBIDR_EL1	sys_reg(3, 0, 9, 10, 7)
#define TRBIDR_EL1	sys_reg(3, 0, 9, 11, 7)
#define MPAMIDR_EL1	sys_reg(3, 0, 10, 4, 4)

/* A field of four bits of an ID register of this CPU, which need not be every CPU's */
#define FIELD(reg, shift)	ids_field(read_sysreg_s(reg), shift)

#define ISAR1_APA	4
#define ISAR1_API	8
#define ISAR2_APA3	12
#define ISAR2_CLRBHB	28

#define MIDR_MODEL(midr)	((midr) & 0xff00fff0) /* implementer and part */
#define ARM(part)		(0x41000000 | (part) << 4)
#define HISILICON(part)		(0x48000000 | (part) << 4)
#define QUALCOMM(part)		(0x51000000 | (part) << 4)
#define AMPERE(part)		(0xc0000000 | (part) << 4)
#define CAVIUM(part)		(0x43000000 | (part) << 4)

/* Branches that fill the branch history, by model */
static const struct {
	u32 model;
	u8 loops;
} bhb_loops[] = {
	{ ARM(0xd07), 8 }, /* Cortex-A57 */
	{ ARM(0xd08), 8 }, /* Cortex-A72 */
	{ ARM(0xd0b), 24 }, /* Cortex-A76 */
	{ ARM(0xd0e), 24 }, /* Cortex-A76AE */
	{ ARM(0xd0d), 24 }, /* Cortex-A77 */
	{ ARM(0xd0c), 24 }, /* Neoverse N1 */
	{ ARM(0xd41), 32 }, /* Cortex-A78 */
	{ ARM(0xd42), 32 }, /* Cortex-A78AE */
	{ ARM(0xd4b), 32 }, /* Cortex-A78C */
	{ ARM(0xd44), 32 }, /* Cortex-X1 */
	{ ARM(0xd4c), 32 }, /* Cortex-X1C */
	{ ARM(0xd47), 32 }, /* Cortex-A710 */
	{ ARM(0xd48), 32 }, /* Cortex-X2 */
	{ ARM(0xd49), 32 }, /* Neoverse N2 */
	{ ARM(0xd40), 32 }, /* Neoverse V1 */
	{ ARM(0xd4d), 38 }, /* Cortex-A715 */
	{ ARM(0xd81), 38 }, /* Cortex-A720 */
	{ ARM(0xd4e), 132 }, /* Cortex-X3 */
	{ ARM(0xd4f), 132 }, /* Neoverse V2 */
	{ HISILICON(0xd01), 32 }, /* TSV110 */
	{ HISILICON(0xd02), 24 }, /* HIP09 */
	{ QUALCOMM(0x804), 24 }, /* Kryo 4xx Gold */
	{ AMPERE(0xac3), 11 }, /* AmpereOne */
};

/* Variant and revision as one number: r1p2 is 0x12 */
#define MIDR_RXPY(midr)		(((((midr) >> 20) & 0xf) << 4) | ((midr) & 0xf))

bool features_gicv3(void)
{
	return FIELD(ID_AA64PFR0, PFR0_GIC) && (read_sysreg_s(ICC_SRE_EL1) & 1);
}

/**
 * features_gicv5() - is the host's interrupt controller a GICv5
 *
 * Its instructions and ICC_* registers trap by ICH_HFG*_EL2 alone, which a kernel opens.
 *
 * Return: whether this CPU has the interface of one.
 */
bool features_gicv5(void)
{
	return ids_gicv5(read_sysreg_s(ID_AA64PFR2));
}

/**
 * features_ras() - is there FEAT_RAS, and so DISR_EL1, for a vCPU
 *
 * A CPU that has it alone has HYP_CPU_RAS all the same: what its vectors defer is there.
 *
 * Return: whether all CPUs have it.
 */
bool features_ras(void)
{
	return read_sanitised_ftr_reg(SYS_ID_AA64PFR0_EL1) >> PFR0_RAS & 0xf;
}

/**
 * features_tpidr2() - can guests reach TPIDR2_EL0
 *
 * It comes with FEAT_SME, which isn't offered.  Only fine-grained traps stop a guest that
 * uses it all the same.
 *
 * Return: whether they can, on all CPUs.
 */
bool features_tpidr2(void)
{
	return (read_sanitised_ftr_reg(SYS_ID_AA64PFR1_EL1) >> PFR1_SME & 0xf) &&
	       !(read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1) >> MMFR0_FGT & 0xf);
}

/* 834220: a stage 2 fault can be reported with the address of a stage 1 fault */
static bool erratum_834220(u64 midr)
{
	return MIDR_MODEL(midr) == ARM(0xd07) && MIDR_RXPY(midr) <= 0x12;
}

/* AC04_CPU_23 of AmpereOne: a write of HCR_EL2 needs barriers around it */
static bool erratum_ampere_hcr(u64 midr)
{
	return MIDR_MODEL(midr) == AMPERE(0xac4);
}

/* 30115 of Cavium's: what a guest does to its CPU interface can stop the host's interrupts */
static bool erratum_cavium_list_regs(u64 midr)
{
	switch (MIDR_MODEL(midr)) {
	case CAVIUM(0xa1): /* ThunderX */
		return MIDR_RXPY(midr) <= 0x12;
	case CAVIUM(0xa2): /* ThunderX 81xx */
		return MIDR_RXPY(midr) <= 0x02;
	case CAVIUM(0xa3): /* ThunderX 83xx */
		return MIDR_RXPY(midr) == 0x00;
	}
	return false;
}

/* What a VMM needs to know of ICH_VTR_EL2: ListRegs, TDS, IDbits, PREbits, PRIbits */
#define VTR_SHOWN	(GENMASK_ULL(31, 23) | HYP_ICH_VTR_TDS | HYP_ICH_VTR_LISTREGS(~0ULL))

/**
 * features_ich_vtr() - list registers that a guest may have
 * @cpu: this CPU's; EL2 is taken
 *
 * With SEIS, a guest that misuses its CPU interface makes the CPU raise an SError, perhaps when
 * the host runs already.
 *
 * Return: ICH_VTR_EL2, in part; or 0: there are none, or they'd do harm.
 */
u64 features_ich_vtr(const struct hyp_cpu *cpu)
{
	if (cpu->ich_vtr & HYP_ICH_VTR_SEIS || erratum_cavium_list_regs(read_cpuid_id()))
		return 0;
	return cpu->ich_vtr & VTR_SHOWN;
}

static void read_ids(struct cpu_ids *ids)
{
	*ids = (struct cpu_ids) {
		.pfr0 = read_sysreg_s(ID_AA64PFR0),
		.pfr1 = read_sysreg_s(ID_AA64PFR1),
		.dfr0 = read_sysreg_s(ID_AA64DFR0),
		.mmfr0 = read_sysreg_s(ID_AA64MMFR0),
		.mmfr1 = read_sysreg_s(ID_AA64MMFR1),
		.kernel_pan = cpus_have_cap(ARM64_HAS_PAN),
		.kernel_sme = read_sanitised_ftr_reg(SYS_ID_AA64PFR1_EL1) >> PFR1_SME & 0xf,
		.kernel_fgt2 = COMPAT_KNOWS_FGT2,
		.kernel_mpam = compat_uses_mpam(),
		.kernel_brbe = IS_ENABLED(CONFIG_ARM64_BRBE),
	};
	if (ids_field(ids->dfr0, DFR0_PMSVER))
		ids->pmbidr = read_sysreg_s(PMBIDR_EL1);
	if (ids_field(ids->dfr0, DFR0_TRACEBUFFER))
		ids->trbidr = read_sysreg_s(TRBIDR_EL1);
	if (ids->kernel_mpam)
		ids->mpamidr = read_sysreg_s(MPAMIDR_EL1);
}

static u64 errata(void)
{
	u32 midr = read_cpuid_id();
	u64 f = 0;

	if (cpus_have_cap(ARM64_WORKAROUND_SPECULATIVE_AT))
		f |= HYP_CPU_SPECULATIVE_AT;
	if (cpus_have_cap(COMPAT_REPEAT_TLBI))
		f |= HYP_CPU_REPEAT_TLBI;
	if (erratum_834220(midr))
		f |= HYP_CPU_HPFAR_BY_AT;
	if (erratum_ampere_hcr(midr))
		f |= HYP_CPU_HCR_BARRIERS;
	return f;
}

static u64 hyp_features(void)
{
	struct cpu_ids ids;

	read_ids(&ids);
	return ids_features(&ids) | errata() | (features_gicv3() ? HYP_CPU_GICV3 : 0);
}

/* Whether firmware offers a workaround, by SMC: KVM's question, and the host's own */
static bool firmware_has(u32 function)
{
	struct arm_smccc_res res;

	if (arm_smccc_get_version() < ARM_SMCCC_VERSION_1_1)
		return false;
	arm_smccc_1_1_smc(ARM_SMCCC_ARCH_FEATURES_FUNC_ID, function, &res);
	return (s32)res.a0 == 0;
}

static u64 loops_of_this_cpu(void)
{
	u32 model = MIDR_MODEL(read_cpuid_id());
	int i;

	for (i = 0; i < ARRAY_SIZE(bhb_loops); i++)
		if (bhb_loops[i].model == model)
			return bhb_loops[i].loops;
	return 0;
}

/*
 * What this CPU has to do on entry from a guest; @loops is its row in the table, or 0.
 *
 * The host kernel's own order: a CPU whose predictor can be trained across contexts (no
 * CSV2) needs firmware's workaround 1, and where there is none, protecting the branch
 * history alone has no point.  Else the history: by hardware (ECBHB), by the CPU's
 * instruction, by the loop, by firmware's workaround 3.
 */
static enum hyp_spectre choose_spectre(u64 loops)
{
	if (cpu_mitigations_off())
		return HYP_SPECTRE_NONE;
	if (!FIELD(ID_AA64PFR0, PFR0_CSV2) && cpus_have_cap(ARM64_SPECTRE_V2)) {
		if (firmware_has(HYP_SMCCC_WORKAROUND_3))
			return HYP_SPECTRE_WA3;
		return firmware_has(HYP_SMCCC_WORKAROUND_1) ? HYP_SPECTRE_WA1 :
							     HYP_SPECTRE_NONE;
	}
	if (!cpus_have_cap(ARM64_SPECTRE_BHB) || FIELD(ID_AA64MMFR1, MMFR1_ECBHB))
		return HYP_SPECTRE_NONE;
	if (FIELD(ID_AA64ISAR2, ISAR2_CLRBHB))
		return HYP_SPECTRE_CLRBHB;
	if (loops)
		return HYP_SPECTRE_LOOP;
	return firmware_has(HYP_SMCCC_WORKAROUND_3) ? HYP_SPECTRE_WA3 : HYP_SPECTRE_NONE;
}

/**
 * features_fill() - write down what the world switch has to know of this CPU
 * @cpu: this CPU's
 *
 * Context: the task stays on the CPU.
 */
void features_fill(struct hyp_cpu *cpu)
{
	u64 loops = loops_of_this_cpu();

	cpu->features = hyp_features();
	cpu->spectre = choose_spectre(loops);
	cpu->bhb_loops = cpu->spectre == HYP_SPECTRE_LOOP ? loops : 0;
	cpu->pauth = FIELD(ID_AA64ISAR1, ISAR1_APA) || FIELD(ID_AA64ISAR1, ISAR1_API) ||
		     FIELD(ID_AA64ISAR2, ISAR2_APA3);
	cpu->brps = FIELD(ID_AA64DFR0, DFR0_BRPS) + 1;
	cpu->wrps = FIELD(ID_AA64DFR0, DFR0_WRPS) + 1;
}

/* What all CPUs had when the module was loaded: VMs are made to fit */
static struct {
	u64 mmfr0;
	u64 mmfr1;
} at_load;

#define MMFR0_PARANGE	0
#define MMFR0_TGRAN_2	(PAGE_SHIFT == 16 ? 36 : PAGE_SHIFT == 14 ? 32 : 40)
#define TGRAN_2_NONE	1
#define TGRAN_2_LPA2	3
#define MMFR0_TGRAN	(PAGE_SHIFT == 14 ? 20 : 28) /* of stage 1 */
#define TGRAN_LPA2	(PAGE_SHIFT == 14 ? 2 : 1)
#define PARANGE_48	5
#define PARANGE_52	6
#define MMFR1_VMIDBITS	4

/* 0 is "as stage 1", which the host uses */
bool features_granule(u64 mmfr0)
{
	return ((mmfr0 >> MMFR0_TGRAN_2) & 0xf) != TGRAN_2_NONE;
}

/* Can stage 2 have 52 bits of address: with pages of 64K by FEAT_LPA, with others by FEAT_LPA2 */
static bool has_lpa(u64 mmfr0)
{
	unsigned int stage2 = ids_field(mmfr0, MMFR0_TGRAN_2);

	return PAGE_SHIFT == 16 || stage2 == TGRAN_2_LPA2 ||
	       (!stage2 && ids_field(mmfr0, MMFR0_TGRAN) == TGRAN_LPA2);
}

/**
 * features_parange() - how large the addresses are that stage 2 can have
 * @mmfr0: ID_AA64MMFR0_EL1
 *
 * Return: as PARange has it, up to 52 bits.
 */
unsigned int features_parange(u64 mmfr0)
{
	return min_t(unsigned int, ids_field(mmfr0, MMFR0_PARANGE),
		     has_lpa(mmfr0) ? PARANGE_52 : PARANGE_48);
}

void features_setup(void)
{
	at_load.mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);
	at_load.mmfr1 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR1_EL1);
}

/**
 * features_fit() - may vCPUs run on this CPU
 *
 * A kernel without KVM doesn't look at what only a hypervisor needs when a CPU comes late.
 *
 * Return: 0, or -EOPNOTSUPP
 */
int features_fit(void)
{
	u64 mmfr0 = read_sysreg_s(ID_AA64MMFR0);

	if (!features_granule(mmfr0) ||
	    features_parange(mmfr0) < features_parange(at_load.mmfr0) ||
	    FIELD(ID_AA64MMFR1, MMFR1_VMIDBITS) < ((at_load.mmfr1 >> MMFR1_VMIDBITS) & 0xf))
		return -EOPNOTSUPP;
	return 0;
}
