/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv3's CPU interface, for guests that have it, and the virtual one's (IHI 0069, 12.4).
 */
#ifndef SELFTEST_GIC_H
#define SELFTEST_GIC_H

#include "guest.h"

/* As Arm's base system architecture has it */
#define INTID_VTIMER	27
#define NR_SGIS		16
#define INTID_SPECIAL	1020
#define INTID_NONE	1023
#define INTID_LPI	8192

#define ICC_PMR		s3_0_c4_c6_0
#define ICC_IAR0	s3_0_c12_c8_0
#define ICC_EOIR0	s3_0_c12_c8_1
#define ICC_HPPIR0	s3_0_c12_c8_2
#define ICC_BPR0	s3_0_c12_c8_3
#define ICC_AP0R0	s3_0_c12_c8_4
#define ICC_AP1R0	s3_0_c12_c9_0
#define ICC_DIR		s3_0_c12_c11_1
#define ICC_RPR		s3_0_c12_c11_3
#define ICC_SGI1R	s3_0_c12_c11_5
#define ICC_SGI1R_ID(n)	((n) << 24)
#define ICC_IAR1	s3_0_c12_c12_0
#define ICC_EOIR1	s3_0_c12_c12_1
#define ICC_HPPIR1	s3_0_c12_c12_2
#define ICC_BPR1	s3_0_c12_c12_3
#define ICC_CTLR	s3_0_c12_c12_4
#define ICC_CTLR_CBPR	1
#define ICC_CTLR_EOIMODE 2
#define ICC_SRE		s3_0_c12_c12_5
#define ICC_IGRPEN0	s3_0_c12_c12_6
#define ICC_IGRPEN1	s3_0_c12_c12_7
#define RPR_IDLE	0xff

#define ICH_LR_EOI	(1UL << 41) /* a maintenance interrupt when it ends */
#define ICH_LR_PRIORITY(p) ((u64)(p) << 48)
#define ICH_LR_GROUP1	(1UL << 60)
#define ICH_LR_HW	(1UL << 61)
#define ICH_LR_PENDING	(1UL << 62)
#define ICH_LR_ACTIVE	(1UL << 63)
#define ICH_LR_STATE(lr) ((lr) & (ICH_LR_PENDING | ICH_LR_ACTIVE))

#define ICH_HCR_UIE	(1UL << 1)
#define ICH_HCR_LRENPIE	(1UL << 2)
#define ICH_HCR_NPIE	(1UL << 3)
#define ICH_HCR_VGRP0EIE (1UL << 4)
#define ICH_HCR_VGRP0DIE (1UL << 5)
#define ICH_HCR_VGRP1EIE (1UL << 6)
#define ICH_HCR_VGRP1DIE (1UL << 7)
#define ICH_HCR_TDIR	(1UL << 14)
#define ICH_HCR_EOICOUNT(hcr) ((hcr) >> 27 & 0x1f)

/* Each but EOI is what the bit of ICH_HCR_EL2 in the same place asks for */
#define ICH_MISR_EOI	(1UL << 0)

#define ICH_VMCR_VENG0	(1UL << 0)
#define ICH_VMCR_VENG1	(1UL << 1)
#define ICH_VMCR_VCBPR	(1UL << 4)
#define ICH_VMCR_VEOIM	(1UL << 9)
#define ICH_VMCR_VBPR1(n) ((u64)(n) << 18)
#define ICH_VMCR_VBPR0(n) ((u64)(n) << 21)
#define ICH_VMCR_VPMR(n) ((u64)(n) << 24)

#define ICH_VTR_LRS(vtr) (((vtr) & 0x1f) + 1)
#define ICH_VTR_TDS	(1UL << 19)
#define ICH_VTR_ID_BITS(vtr) (((vtr) >> 23 & 7) ? 24 : 16)
#define ICH_VTR_PRE_BITS(vtr) (((vtr) >> 26 & 7) + 1)
#define ICH_VTR_PRI_BITS(vtr) (((vtr) >> 29 & 7) + 1)

/*
 * Acknowledges @wanted, on a CPU whose interrupts are the host's, too; else says what there is
 * instead, which is for the host.  Another may come between the look and the acknowledgment:
 * that is ended, and, for an SGI comes once, sent again, to @self (ICC_SGI1R_EL1).
 */
__guest_inline u64 guest_acknowledge(u64 wanted, u64 self)
{
	u64 id = read_sysreg(ICC_HPPIR1);

	if (id != wanted)
		return id;
	id = read_sysreg(ICC_IAR1);
	if (id != wanted && id < INTID_SPECIAL) {
		write_sysreg(id, ICC_EOIR1);
		if (id < NR_SGIS)
			write_sysreg(self | ICC_SGI1R_ID(id), ICC_SGI1R);
	}
	return id;
}

#endif
