/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of EL2 that a hypervisor which comes and goes has to put back.
 *
 * EVERY: found the same afterwards on any host.  NVHE: the stub's, on hosts whose kernel
 * runs at EL1; a VHE kernel changes them itself.
 */
#ifndef EL2REGS_LIST_H
#define EL2REGS_LIST_H

#define EVERY_REGS(X)				\
	X(VBAR_EL2,	s3_4_c12_c0_0)		\
	X(HCR_EL2,	s3_4_c1_c1_0)		\
	X(VTTBR_EL2,	s3_4_c2_c1_0)		\
	X(VTCR_EL2,	s3_4_c2_c1_2)		\
	X(CNTVOFF_EL2,	s3_4_c14_c0_3)		\
	X(HSTR_EL2,	s3_4_c1_c1_3)		\
	X(VPIDR_EL2,	s3_4_c0_c0_0)		\
	X(VMPIDR_EL2,	s3_4_c0_c0_5)

#define NVHE_REGS(X)				\
	X(SCTLR_EL2,	s3_4_c1_c0_0)		\
	X(ACTLR_EL2,	s3_4_c1_c0_1)		\
	X(CPTR_EL2,	s3_4_c1_c1_2)		\
	X(MDCR_EL2,	s3_4_c1_c1_1)		\
	X(HACR_EL2,	s3_4_c1_c1_7)		\
	X(TTBR0_EL2,	s3_4_c2_c0_0)		\
	X(TCR_EL2,	s3_4_c2_c0_2)		\
	X(MAIR_EL2,	s3_4_c10_c2_0)		\
	X(TPIDR_EL2,	s3_4_c13_c0_2)		\
	X(CNTHCTL_EL2,	s3_4_c14_c1_0)		\
	X(CNTHP_CTL_EL2, s3_4_c14_c2_1)		\
	X(CNTHP_CVAL_EL2, s3_4_c14_c2_2)

/* Only with the system-register interface of a GICv3: EL2's, and what the host uses */
#define GIC_REGS(X)				\
	X(ICH_HCR_EL2,	s3_4_c12_c11_0)		\
	X(ICH_VMCR_EL2,	s3_4_c12_c11_7)		\
	X(ICH_AP0R0_EL2, s3_4_c12_c8_0)		\
	X(ICH_AP1R0_EL2, s3_4_c12_c9_0)		\
	X(ICH_LR0_EL2,	s3_4_c12_c12_0)		\
	X(ICC_SRE_EL2,	s3_4_c12_c9_5)		\
	X(ICC_PMR_EL1,	s3_0_c4_c6_0)		\
	X(ICC_AP1R0_EL1, s3_0_c12_c9_0)		\
	X(ICC_BPR1_EL1,	s3_0_c12_c12_3)		\
	X(ICC_CTLR_EL1,	s3_0_c12_c12_4)		\
	X(ICC_IGRPEN1_EL1, s3_0_c12_c12_7)

#endif
