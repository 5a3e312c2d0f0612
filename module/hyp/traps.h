/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest may do: the control registers of EL2 for a stay, and the host's again.
 */
#ifndef ARM_VCPU_HYP_TRAPS_H
#define ARM_VCPU_HYP_TRAPS_H

#include "access.h"

static __hyp_inline u64 cptr_traps(const struct hyp_vcpu *vcpu)
{
	if (hyp_is_vhe())
		return HYP_CPTR_E2H_TTA | HYP_CPTR_TAM |
		       (vcpu->fp_loaded ? HYP_CPTR_E2H_FPEN : 0);
	return HYP_CPTR_RES1 | HYP_CPTR_TZ | HYP_CPTR_TTA | HYP_CPTR_TAM |
	       (vcpu->fp_loaded ? 0 : HYP_CPTR_TFP);
}

/*
 * The guest's memory accesses are in the partitions that the host has for its thread: at EL0 in
 * that of user space, at EL1 on nVHE in the kernel's.  A VHE host doesn't use MPAM1_EL1, which
 * is unknown at reset: there EL1 is in the same as EL0.  What it calls MPAM1_EL1 is MPAM2_EL2,
 * and changes with each task.
 */
static __hyp_inline void mpam_enter(struct hyp_cpu *cpu)
{
	if (cpu->features & HYP_CPU_MPAM) {
		u64 traps = HYP_MPAM2_TRAPS;

		if (cpu->features & HYP_CPU_MPAM_TIDR)
			traps |= HYP_MPAM2_TIDR;
		if (cpu->features & HYP_CPU_MPAM_HCR)
			hyp_write(HYP_MPAMHCR_EL2, cpu->host_mpamhcr | HYP_MPAMHCR_TRAP_IDR);
		if (hyp_is_vhe()) {
			cpu->host_mpam = hyp_read(HYP_MPAM2_EL2);
			hyp_write(HYP_MPAM1_EL12, hyp_read(HYP_MPAM0_EL1));
		}
		hyp_write(HYP_MPAM2_EL2, (cpu->host_mpam & ~HYP_MPAM2_ENMPAMSM) | traps);
	}
}

static __hyp_inline void mpam_leave(const struct hyp_cpu *cpu)
{
	if (cpu->features & HYP_CPU_MPAM) {
		hyp_write(HYP_MPAM2_EL2, cpu->host_mpam);
		if (cpu->features & HYP_CPU_MPAM_HCR)
			hyp_write(HYP_MPAMHCR_EL2, cpu->host_mpamhcr);
	}
}

/* What the guest may do: control registers of EL2, the host's values kept for the way back */
static __hyp_inline void traps_enter(struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu)
{
	/* All others were read when EL2 was taken: a host doesn't change them, on nVHE it can't */
	if (hyp_is_vhe()) {
		cpu->host_vectors = hyp_read(HYP_VBAR_EL2);
		cpu->host_mdcr = hyp_read(HYP_MDCR_EL2);
		cpu->host_cptr = hyp_read(HYP_CPTR_EL2);
		cpu->host_cnthctl = hyp_read(HYP_CNTHCTL_EL2);
	}

	/* HPMN isn't a trap: it says how many counters the host has, and stays */
	hyp_write(HYP_MDCR_EL2, (cpu->host_mdcr & HYP_MDCR_HPMN) | vcpu->mdcr_traps);
	hyp_write(HYP_CPTR_EL2, cptr_traps(vcpu));
	/* The physical counter is free to read.  The timer is the guest's own on VHE only. */
	if (hyp_is_vhe())
		hyp_write(HYP_CNTHCTL_EL2, cpu->host_cnthctl | HYP_CNTHCTL_E2H_EL1PCTEN |
			  HYP_CNTHCTL_E2H_EL1PTEN);
	else
		hyp_write(HYP_CNTHCTL_EL2, HYP_CNTHCTL_EL1PCTEN);
	if (cpu->features & HYP_CPU_AARCH32)
		hyp_write(HYP_HSTR_EL2, HYP_HSTR_TRAPS);
	if (cpu->features & HYP_CPU_HCX)
		hyp_write(HYP_HCRX_EL2, HYP_HCRX_GUEST);
	mpam_enter(cpu);
	if (!hyp_is_vhe() && (cpu->features & HYP_CPU_FGT))
		fgt_enter(cpu);
	if (!hyp_is_vhe() && (cpu->features & HYP_CPU_GICV3)) {
		/* On VHE these don't concern the host, and are set for as long as we own EL2 */
		hyp_write(HYP_ICC_SRE_EL2, HYP_ICC_SRE_GUEST);
		hyp_write(HYP_ICH_HCR_EL2, HYP_ICH_HCR_TRAP_ALL);
	}
	if (cpu->features & HYP_CPU_RAS) {
		hyp_write(HYP_VDISR_EL2, vcpu->vdisr);
		if (vcpu->hcr & HYP_HCR_VSE)
			hyp_write(HYP_VSESR_EL2, vcpu->vsesr);
	}
	hyp_write_hcr(cpu, vcpu->hcr | vcpu->lines);
}

/* The guest's SError: HCR_EL2.VSE clears by itself when it is taken, VDISR_EL2 defers it */
static __hyp_inline void serror_save(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	if (vcpu->hcr & HYP_HCR_VSE)
		vcpu->hcr &= hyp_read(HYP_HCR_EL2) | ~HYP_HCR_VSE;
	if (cpu->features & HYP_CPU_RAS)
		vcpu->vdisr = hyp_read(HYP_VDISR_EL2);
}

static __hyp_inline void traps_leave(const struct hyp_cpu *cpu)
{
	hyp_write_hcr(cpu, cpu->host_hcr);
	if (!hyp_is_vhe() && (cpu->features & HYP_CPU_GICV3)) {
		hyp_write(HYP_ICH_HCR_EL2, 0);
		hyp_write(HYP_ICC_SRE_EL2, cpu->host_icc_sre);
	}
	if (!hyp_is_vhe() && (cpu->features & HYP_CPU_FGT))
		fgt_leave(cpu);
	mpam_leave(cpu);
	if (cpu->features & HYP_CPU_HCX)
		hyp_write(HYP_HCRX_EL2, cpu->host_hcrx);
	if (cpu->features & HYP_CPU_AARCH32)
		hyp_write(HYP_HSTR_EL2, cpu->host_hstr);
	hyp_write(HYP_CNTHCTL_EL2, cpu->host_cnthctl);
	hyp_write(HYP_CPTR_EL2, cpu->host_cptr);
	hyp_write(HYP_MDCR_EL2, cpu->host_mdcr);
}

#endif /* ARM_VCPU_HYP_TRAPS_H */
