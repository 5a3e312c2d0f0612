/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which optional registers of EL2 and EL1 may be reached on a CPU: a function of what its ID
 * registers say and of what the kernel knows, so that selftests/features.c can ask it about CPUs
 * that no emulator has.
 *
 * A register that an ID field announces may still belong to EL3: an access is a trap to firmware
 * then, which stops the machine.  Where the kernel's boot protocol doesn't oblige firmware to
 * open it, the field alone isn't enough (world-switch.rst has the table).
 */
#ifndef ARM_VCPU_IDS_H
#define ARM_VCPU_IDS_H

#include <linux/types.h>

#include "hyp/cpu_features.h"

/**
 * struct cpu_ids - what is known of a CPU
 * @pfr0: ID_AA64PFR0_EL1
 * @pfr1: ID_AA64PFR1_EL1
 * @dfr0: ID_AA64DFR0_EL1
 * @mmfr0: ID_AA64MMFR0_EL1
 * @mmfr1: ID_AA64MMFR1_EL1
 * @pmbidr: PMBIDR_EL1, with SPE
 * @trbidr: TRBIDR_EL1, with TRBE
 * @mpamidr: MPAMIDR_EL1, where the kernel uses MPAM
 * @kernel_pan: the kernel runs with PSTATE.PAN set
 * @kernel_sme: the kernel uses SME
 * @kernel_fgt2: the kernel knows FEAT_FGT2
 * @kernel_mpam: the kernel uses MPAM
 * @kernel_brbe: the kernel has a driver for BRBE
 */
struct cpu_ids {
	u64 pfr0;
	u64 pfr1;
	u64 dfr0;
	u64 mmfr0;
	u64 mmfr1;
	u64 pmbidr;
	u64 trbidr;
	u64 mpamidr;
	bool kernel_pan;
	bool kernel_sme;
	bool kernel_fgt2;
	bool kernel_mpam;
	bool kernel_brbe;
};

#define PFR0_EL0	0
#define PFR0_GIC	24
#define PFR0_RAS	28
#define PFR0_CSV2	56
#define PFR1_SME	24
#define PFR2_GCIE	12
#define DFR0_BRPS	12
#define DFR0_WRPS	20
#define DFR0_PMSVER	32
#define DFR0_TRACEFILT	40
#define DFR0_TRACEBUFFER 44
#define DFR0_BRBE	52
#define MMFR0_FGT	56
#define MMFR1_PAN	20
#define MMFR1_HCX	40
#define MMFR1_ECBHB	60

#define PMBIDR_P	_BITULL(4) /* the buffer is a higher EL's */
#define TRBIDR_P	_BITULL(4)
#define MPAMIDR_HAS_HCR	_BITULL(17)
#define MPAMIDR_HAS_TIDR _BITULL(58)

/* A field of four bits */
static inline unsigned int ids_field(u64 reg, unsigned int shift)
{
	return reg >> shift & 0xf;
}

/* EL3's traps for these are MDCR_EL3.{NSPB, NSTB, TTRF, SBRBE}: closed by default */
static inline u64 ids_profiling(const struct cpu_ids *ids)
{
	u64 f = 0;

	if (ids_field(ids->dfr0, DFR0_PMSVER) && !(ids->pmbidr & PMBIDR_P))
		f |= HYP_CPU_SPE;
	if (ids_field(ids->dfr0, DFR0_TRACEBUFFER) && !(ids->trbidr & TRBIDR_P)) {
		f |= HYP_CPU_TRBE;
		/* It proves nothing of EL3's trap for these: profiling.c waits for who fills it */
		if (ids_field(ids->dfr0, DFR0_TRACEFILT))
			f |= HYP_CPU_TRF;
	}
	/* Only kernels that have the driver ask firmware for it, and nobody else records */
	if (ids_field(ids->dfr0, DFR0_BRBE) && ids->kernel_brbe)
		f |= HYP_CPU_BRBE;
	return f;
}

static inline u64 ids_partitions(const struct cpu_ids *ids)
{
	u64 f = HYP_CPU_MPAM;

	if (!ids->kernel_mpam)
		return 0;
	if (ids->mpamidr & MPAMIDR_HAS_HCR)
		f |= HYP_CPU_MPAM_HCR;
	if (ids->mpamidr & MPAMIDR_HAS_TIDR)
		f |= HYP_CPU_MPAM_TIDR;
	return f;
}

/**
 * ids_features() - what may be reached on a CPU
 * @ids: what is known of it
 *
 * Return: HYP_CPU_*, without GICV3 and errata.
 */
static inline u64 ids_features(const struct cpu_ids *ids)
{
	unsigned int fgt = ids_field(ids->mmfr0, MMFR0_FGT);
	u64 f = ids_profiling(ids) | ids_partitions(ids);

	if (ids_field(ids->pfr0, PFR0_RAS))
		f |= HYP_CPU_RAS;
	if (ids_field(ids->pfr0, PFR0_EL0) == 2)
		f |= HYP_CPU_AARCH32;
	if (ids_field(ids->mmfr1, MMFR1_PAN))
		f |= ids->kernel_pan ? HYP_CPU_PAN : HYP_CPU_PAN_UNUSED;
	if (ids_field(ids->mmfr1, MMFR1_HCX))
		f |= HYP_CPU_HCX;
	if (fgt)
		f |= HYP_CPU_FGT;
	if (fgt >= 2 && ids->kernel_fgt2)
		f |= HYP_CPU_FGT2;
	if (!fgt && ids_field(ids->pfr1, PFR1_SME) && ids->kernel_sme)
		f |= HYP_CPU_TPIDR2;
	return f;
}

/**
 * ids_gicv5() - has a CPU the interface of a GICv5
 * @pfr2: its ID_AA64PFR2_EL1
 *
 * Return: whether it has, be it that of a GICv3 too.
 */
static inline bool ids_gicv5(u64 pfr2)
{
	return ids_field(pfr2, PFR2_GCIE);
}

#endif /* ARM_VCPU_IDS_H */
