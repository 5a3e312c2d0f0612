/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv3's CPU interface, for guests that have it.
 */
#ifndef SELFTEST_GIC_H
#define SELFTEST_GIC_H

/* As Arm's base system architecture has it */
#define INTID_VTIMER	27
#define NR_SGIS		16
#define INTID_SPECIAL	1020

#define ICC_PMR		s3_0_c4_c6_0
#define ICC_IAR1	s3_0_c12_c12_0
#define ICC_EOIR1	s3_0_c12_c12_1
#define ICC_HPPIR1	s3_0_c12_c12_2
#define ICC_BPR1	s3_0_c12_c12_3
#define ICC_CTLR	s3_0_c12_c12_4
#define ICC_CTLR_CBPR	1
#define ICC_SRE		s3_0_c12_c12_5
#define ICC_IGRPEN0	s3_0_c12_c12_6
#define ICC_IGRPEN1	s3_0_c12_c12_7
#endif
