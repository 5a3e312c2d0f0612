/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Architectural constants of DDI 0487 that hyp/ and its callers need.
 *
 * Our own, because the kernel's names for them come and go between versions and
 * some of its headers can't be used for code at EL2.
 */
#ifndef ARM_VCPU_HYP_ARCH_H
#define ARM_VCPU_HYP_ARCH_H

#include <linux/const.h>

/* HCR_EL2, D19.2.48 */
#define HYP_HCR_VM		_BITULL(0)
#define HYP_HCR_SWIO		_BITULL(1)
#define HYP_HCR_PTW		_BITULL(2)
#define HYP_HCR_FMO		_BITULL(3)
#define HYP_HCR_IMO		_BITULL(4)
#define HYP_HCR_AMO		_BITULL(5)
#define HYP_HCR_VF		_BITULL(6)
#define HYP_HCR_VI		_BITULL(7)
#define HYP_HCR_VSE		_BITULL(8)
#define HYP_HCR_FB		_BITULL(9)
#define HYP_HCR_BSU_IS		_BITULL(10)
#define HYP_HCR_TWI		_BITULL(13)
#define HYP_HCR_TWE		_BITULL(14)
#define HYP_HCR_TID1		_BITULL(16)
#define HYP_HCR_TID2		_BITULL(17)
#define HYP_HCR_TID3		_BITULL(18)
#define HYP_HCR_TSC		_BITULL(19)
#define HYP_HCR_TIDCP		_BITULL(20)
#define HYP_HCR_TACR		_BITULL(21)
#define HYP_HCR_TSW		_BITULL(22)
#define HYP_HCR_TVM		_BITULL(26)
#define HYP_HCR_TGE		_BITULL(27)
#define HYP_HCR_RW		_BITULL(31)
#define HYP_HCR_E2H		_BITULL(34)
#define HYP_HCR_TLOR		_BITULL(35)
#define HYP_HCR_TERR		_BITULL(36)
#define HYP_HCR_TEA		_BITULL(37)
#define HYP_HCR_APK		_BITULL(40)
#define HYP_HCR_API		_BITULL(41)
#define HYP_HCR_FWB		_BITULL(46)
#define HYP_HCR_TID5		_BITULL(58)

/* MDCR_EL2, D19.3.18 */
#define HYP_MDCR_HPMN		0x1fULL
#define HYP_MDCR_TPMCR		_BITULL(5)
#define HYP_MDCR_TPM		_BITULL(6)
#define HYP_MDCR_TDE		_BITULL(8)
#define HYP_MDCR_TDA		_BITULL(9)
#define HYP_MDCR_TDOSA		_BITULL(10)
#define HYP_MDCR_TDRA		_BITULL(11)
#define HYP_MDCR_TPMS		_BITULL(14)
#define HYP_MDCR_TTRF		_BITULL(19)
#define HYP_MDCR_TDCC		_BITULL(27)

/* CPTR_EL2 while E2H is 0, D19.2.34 */
#define HYP_CPTR_RES1		0x32ffULL /* SME's TSM, bit 12, and TZ, bit 8, trap when set */
#define HYP_CPTR_TZ		_BITULL(8)
#define HYP_CPTR_TFP		_BITULL(10)
#define HYP_CPTR_TTA		_BITULL(20)
/* CPTR_EL2 while E2H is 1: the layout of CPACR_EL1; ZEN and SMEN trap when 0 */
#define HYP_CPTR_E2H_FPEN	(3ULL << 20)
#define HYP_CPTR_E2H_TTA	_BITULL(28)
/* CPTR_EL2 in both layouts */
#define HYP_CPTR_TAM		_BITULL(30)

/* CNTHCTL_EL2: access of EL1 to the physical counter and timer, by E2H */
#define HYP_CNTHCTL_EL1PCTEN		_BITULL(0)
#define HYP_CNTHCTL_EL1PCEN		_BITULL(1)
#define HYP_CNTHCTL_E2H_EL1PCTEN	_BITULL(10)
#define HYP_CNTHCTL_E2H_EL1PTEN		_BITULL(11)

/*
 * HCRX_EL2: what would have to be enabled isn't offered to guests; TALLINT traps writes of
 * PSTATE.ALLINT
 */
#define HYP_HCRX_GUEST		_BITULL(6)

/* HSTR_EL2: CP15 of AArch32 at EL0: performance monitors, DMA, TCM and what is the CPU's own */
#define HYP_HSTR_TRAPS		(_BITULL(9) | _BITULL(10) | _BITULL(11) | _BITULL(15))

/* ICH_HCR_EL2: TC, TALL0, TALL1, TDIR: no ICC_* register of the guest's without a trap */
#define HYP_ICH_HCR_TC		_BITULL(10)
#define HYP_ICH_HCR_TALL0	_BITULL(11)
#define HYP_ICH_HCR_TRAP_ALL	(HYP_ICH_HCR_TC | HYP_ICH_HCR_TALL0 | _BITULL(12) | _BITULL(14))
#define HYP_ICH_HCR_EN		_BITULL(0)
#define HYP_ICH_HCR_LRENPIE	_BITULL(2)
#define HYP_ICH_HCR_NPIE	_BITULL(3)
#define HYP_ICH_HCR_VGRP0EIE	_BITULL(4)
#define HYP_ICH_HCR_VGRP0DIE	_BITULL(5)
#define HYP_ICH_HCR_VGRP1EIE	_BITULL(6)
#define HYP_ICH_HCR_VGRP1DIE	_BITULL(7)
#define HYP_ICH_HCR_TDIR	_BITULL(14)
/* What asks for maintenance interrupts: UIE to VGrp1DIE */
#define HYP_ICH_HCR_ASKS	GENMASK_ULL(7, 1)
#define HYP_ICH_HCR_EOICOUNT	GENMASK_ULL(31, 27)

/* ICH_VTR_EL2: ListRegs, and bits of preemption, both less one; bits of vINTID */
#define HYP_ICH_VTR_LISTREGS(vtr)	((vtr) & 0x1f)
#define HYP_ICH_VTR_ALL_LISTREGS(vtr)	GENMASK(HYP_ICH_VTR_LISTREGS(vtr), 0)
#define HYP_ICH_VTR_PREBITS(vtr)	((vtr) >> 26 & 7)
#define HYP_ICH_VTR_PRIBITS(vtr)	((vtr) >> 29 & 7)
#define HYP_ICH_VTR_IDBITS(vtr)	((vtr) >> 23 & 7 ? 24 : 16)
#define HYP_ICH_VTR_TDS		_BITULL(19)
#define HYP_ICH_VTR_A3V		_BITULL(21)
#define HYP_ICH_VTR_SEIS	_BITULL(22)

/* ICH_VMCR_EL2 */
#define HYP_ICH_VMCR_VENG0	_BITULL(0)
#define HYP_ICH_VMCR_VENG1	_BITULL(1)
#define HYP_ICH_VMCR_VFIQEN	_BITULL(3) /* RES1 where there is no other form than registers */
#define HYP_ICH_VMCR_VCBPR	_BITULL(4)
#define HYP_ICH_VMCR_VEOIM	_BITULL(9)
#define HYP_ICH_VMCR_VBPR1	GENMASK_ULL(20, 18)
#define HYP_ICH_VMCR_VBPR0	GENMASK_ULL(23, 21)
#define HYP_ICH_VMCR_VPMR	GENMASK_ULL(31, 24)
#define HYP_ICH_VMCR		(HYP_ICH_VMCR_VENG0 | HYP_ICH_VMCR_VENG1 |	\
				 HYP_ICH_VMCR_VFIQEN | HYP_ICH_VMCR_VCBPR | HYP_ICH_VMCR_VEOIM | \
				 HYP_ICH_VMCR_VBPR1 | HYP_ICH_VMCR_VBPR0 | HYP_ICH_VMCR_VPMR)

/* ICH_LR<n>_EL2: without HW and what belongs to it, and without vINTID */
#define HYP_ICH_LR		(GENMASK_ULL(63, 62) | HYP_ICH_LR_GROUP1 |	\
				 GENMASK_ULL(55, 48) | HYP_ICH_LR_EOI)
#define HYP_ICH_LR_STATE(lr)	((lr) >> 62)
#define HYP_ICH_LR_PENDING	1 /* and not active */
#define HYP_ICH_LR_STATE_PENDING	_BITULL(62)
#define HYP_ICH_LR_GROUP1	_BITULL(60)
#define HYP_ICH_LR_PRIORITY_SHIFT	48
#define HYP_ICH_LR_PRIORITY(lr)	((lr) >> 48 & 0xff)
#define HYP_ICH_LR_EOI		_BITULL(41)
/* With HW there is no EOI, but the physical interrupt that is ended, too */
#define HYP_ICH_LR_HW		_BITULL(61)
#define HYP_ICH_LR_PINTID(n)	((n) * _BITULL(32))
#define HYP_ICH_LR_VINTID(lr)	((lr) & GENMASK_ULL(31, 0))
/* ICC_SGI<n>R_EL1 */
#define HYP_ICC_SGI_INTID(value)	((value) >> 24 & 0xf)
#define HYP_ICC_SGI_INTIDS	GENMASK_ULL(27, 24)
#define HYP_ICC_SGI_LIST	GENMASK_ULL(15, 0)
/* ICC_SRE_EL2: SRE, DFB, DIB; with Enable clear, ICC_SRE_EL1 traps */
#define HYP_ICC_SRE_GUEST	7ULL
/* ICC_CTLR_EL1: CBPR, EOImode: what a guest can write */
#define HYP_ICC_CTLR_CBPR	_BITULL(0)
#define HYP_ICC_CTLR_GUEST	3ULL

/* ISR_EL1: an SError is pending */
#define HYP_ISR_A		_BITULL(8)

/* BRBCR_EL1: E0BRE, E1BRE: branches at EL0 and EL1 are recorded */
#define HYP_BRBCR_RECORDS	(_BITULL(0) | _BITULL(1))

/*
 * MPAM2_EL2: MPAM1_EL1, MPAM0_EL1 and, by EnMPAMSM clear, MPAMSM_EL1 trap; MPAMIDR_EL1 by TIDR, or
 * by MPAMHCR_EL2.TRAP_MPAMIDR_EL1
 */
#define HYP_MPAM2_TRAPS		(_BITULL(48) | _BITULL(49))
#define HYP_MPAM2_ENMPAMSM	_BITULL(50)
#define HYP_MPAM2_TIDR		_BITULL(58)
#define HYP_MPAMHCR_TRAP_IDR	_BITULL(31)

/* CNTV_CTL_EL0 and CNTP_CTL_EL0 */
#define HYP_CNT_ENABLE		_BITULL(0)
#define HYP_CNT_IMASK		_BITULL(1)
#define HYP_CNT_ISTATUS		_BITULL(2)

/* SCTLR_EL1 and SCTLR_EL2 */
#define HYP_SCTLR_M		_BITULL(0)
#define HYP_SCTLR_C		_BITULL(2)
#define HYP_SCTLR_SA		_BITULL(3)
#define HYP_SCTLR_EOS		_BITULL(11)
#define HYP_SCTLR_I		_BITULL(12)
#define HYP_SCTLR_WXN		_BITULL(19)
#define HYP_SCTLR_EIS		_BITULL(22)
#define HYP_SCTLR_SPAN		_BITULL(23)
#define HYP_SCTLR_E0E		_BITULL(24) /* data is big-endian at EL0, at EL1 */
#define HYP_SCTLR_EE		_BITULL(25)
#define HYP_SCTLR_EL1_RES1	0x30d00800ULL /* as a CPU with no optional feature */
#define HYP_SCTLR_EL2_RES1	0x30c50830ULL

/* TCR_EL1: no walks from TTBR0 and TTBR1 */
#define HYP_TCR_EPD0		_BITULL(7)
#define HYP_TCR_EPD1		_BITULL(23)

/* PAR_EL1: no address */
#define HYP_PAR_F		_BITULL(0)

/* MDSCR_EL1 */
#define HYP_MDSCR_SS		_BITULL(0)
#define HYP_MDSCR_KDE		_BITULL(13)
#define HYP_MDSCR_MDE		_BITULL(15)

/* PSTATE in SPSR_EL2, C5.2.19 */
#define HYP_PSR_M_MASK		0xfULL
#define HYP_PSR_EL0t		0x0ULL
#define HYP_PSR_EL1t		0x4ULL
#define HYP_PSR_EL1h		0x5ULL
#define HYP_PSR_nRW		_BITULL(4)
#define HYP_PSR_F		_BITULL(6)
#define HYP_PSR_I		_BITULL(7)
#define HYP_PSR_A		_BITULL(8)
#define HYP_PSR_D		_BITULL(9)
#define HYP_PSR_BTYPE		(3ULL << 10)
#define HYP_PSR_SSBS		_BITULL(12)
#define HYP_PSR_IL		_BITULL(20)
#define HYP_PSR_SS		_BITULL(21)
#define HYP_PSR_PAN		_BITULL(22)
#define HYP_PSR_UAO		_BITULL(23)
#define HYP_PSR_DIT		_BITULL(24)
#define HYP_PSR_TCO		_BITULL(25)
#define HYP_PSR_NZCV		(0xfULL << 28)

/* VSESR_EL2: IDS and ISS of the ESR_EL1 of a virtual SError */
#define HYP_VSESR_BITS		0x1ffffffULL

/* ESR_ELx, D19.2.37 */
#define HYP_ESR_EC_SHIFT	26
#define HYP_ESR_EC(esr)		(((esr) >> HYP_ESR_EC_SHIFT) & 0x3f)
#define HYP_ESR_IL		_BITULL(25)
#define HYP_EC_UNKNOWN		0x00
#define HYP_EC_WFX		0x01
#define HYP_EC_CP15_32		0x03
#define HYP_EC_CP15_64		0x04
#define HYP_EC_CP14_32		0x05
#define HYP_EC_CP14_LS		0x06
#define HYP_EC_FP		0x07
#define HYP_EC_CP10_ID		0x08
#define HYP_EC_PAC		0x09
#define HYP_EC_OTHER		0x0a /* LD64B and friends */
#define HYP_EC_CP14_64		0x0c
#define HYP_EC_ILL		0x0e
#define HYP_EC_HVC32		0x12
#define HYP_EC_SMC32		0x13
#define HYP_EC_HVC64		0x16
#define HYP_EC_SMC64		0x17
#define HYP_EC_SYS64		0x18
#define HYP_EC_SVE		0x19
#define HYP_EC_SME		0x1d
#define HYP_EC_IABT_LOW		0x20
#define HYP_EC_PC_ALIGN		0x22
#define HYP_EC_DABT_LOW		0x24
#define HYP_EC_DABT		0x25
#define HYP_EC_SERROR		0x2f
#define HYP_EC_BREAKPT_LOW	0x30
#define HYP_EC_SOFTSTP_LOW	0x32
#define HYP_EC_WATCHPT_LOW	0x34
#define HYP_EC_BKPT32		0x38
#define HYP_EC_BRK64		0x3c

/* ISS of a trapped MRS, MSR or SYS */
#define HYP_ISS_SYS_READ	_BITULL(0)
#define HYP_ISS_SYS_CRM(esr)	((esr) >> 1 & 0xf)
#define HYP_ISS_SYS_RT(esr)	((esr) >> 5 & 0x1f)
#define HYP_ISS_SYS_CRN(esr)	((esr) >> 10 & 0xf)
#define HYP_ISS_SYS_OP1(esr)	((esr) >> 14 & 7)
#define HYP_ISS_SYS_OP2(esr)	((esr) >> 17 & 7)
#define HYP_ISS_SYS_OP0(esr)	((esr) >> 20 & 3)
#define HYP_ISS_SYS(op0, op1, crn, crm, op2)						\
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)

/* ISS of an abort */
#define HYP_ISS_FSC		0x3fULL
#define HYP_ISS_FSC_TYPE	0x3cULL
#define HYP_FSC_TRANSLATION	0x04
#define HYP_FSC_ACCESS		0x08
#define HYP_FSC_PERMISSION	0x0c
#define HYP_FSC_EXTABT		0x10
#define HYP_FSC_EXTABT_MASK	0x30 /* 0x10 to 0x1f: on walks too; parity and ECC errors */
#define HYP_ISS_WNR		_BITULL(6)
#define HYP_ISS_S1PTW		_BITULL(7)
#define HYP_ISS_CM		_BITULL(8)
#define HYP_ISS_EA		_BITULL(9)
#define HYP_ISS_FNV		_BITULL(10)
#define HYP_ISS_SET_MASK	(3ULL << 11) /* of FSC 0x10 */
#define HYP_ISS_SF		_BITULL(15)
#define HYP_ISS_SRT(esr)	(((esr) >> 16) & 0x1f)
#define HYP_ISS_SSE		_BITULL(21)
#define HYP_ISS_SAS_MASK	(3ULL << 22)
#define HYP_ISS_SAS_WORD	(2ULL << 22)
#define HYP_ISS_SAS(esr)	(((esr) >> 22) & 3)
#define HYP_ISS_ISV		_BITULL(24)

/* ISS of an SError, and DISR_EL1 */
#define HYP_ISS_IDS		_BITULL(24) /* the rest is the CPU's own */
#define HYP_FSC_SERROR		0x11
#define HYP_ISS_AET(esr)	(((esr) >> 10) & 7) /* of FSC 0x11 */
#define HYP_AET_UEU		1
#define HYP_AET_UEO		2
#define HYP_AET_UER		3
#define HYP_AET_CE		6

#endif /* ARM_VCPU_HYP_ARCH_H */
