/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct hyp_cpu.features: what a CPU has that may be reached, and what it suffers from.  The
 * same in both modes: what is done about it is the code's that asks.
 */
#ifndef ARM_VCPU_HYP_CPU_FEATURES_H
#define ARM_VCPU_HYP_CPU_FEATURES_H

#include <linux/const.h>

/* Bit numbers where assembly tests them */
#define HYP_CPU_RAS_BIT		0
#define HYP_CPU_PAN_BIT		1
#define HYP_CPU_PAN_UNUSED_BIT	2
#define HYP_CPU_RAS		_BITULL(HYP_CPU_RAS_BIT) /* ESB and DISR_EL1 */
#define HYP_CPU_PAN		_BITULL(HYP_CPU_PAN_BIT) /* the host runs with PSTATE.PAN set */
#define HYP_CPU_PAN_UNUSED	_BITULL(HYP_CPU_PAN_UNUSED_BIT) /* PAN is there; it runs without */
#define HYP_CPU_SPECULATIVE_AT	_BITULL(3) /* errata 1165522, 1319367, 1319537, 1530923 */
#define HYP_CPU_HPFAR_BY_AT	_BITULL(4) /* erratum 834220: HPFAR_EL2 can lie */
#define HYP_CPU_REPEAT_TLBI	_BITULL(5) /* erratum 1286807 and its kin */
#define HYP_CPU_HCR_BARRIERS	_BITULL(6) /* erratum AC04_CPU_23 */
#define HYP_CPU_GICV3		_BITULL(7) /* ICH_* and ICC_SRE_EL2 exist */
#define HYP_CPU_AARCH32		_BITULL(8) /* at EL0 */
#define HYP_CPU_FGT		_BITULL(9) /* fine-grained traps */
#define HYP_CPU_FGT2		_BITULL(10) /* more of them */
#define HYP_CPU_HCX		_BITULL(11) /* HCRX_EL2 */
#define HYP_CPU_TPIDR2		_BITULL(12) /* TPIDR2_EL0 is there, and no trap for it */
#define HYP_CPU_SPE		_BITULL(13) /* profiling into a buffer that is the host's */
#define HYP_CPU_TRBE		_BITULL(14) /* tracing into a buffer that is the host's */
#define HYP_CPU_TRF		_BITULL(15) /* its trace filters, while it is on */
#define HYP_CPU_BRBE		_BITULL(16) /* branch records */
#define HYP_CPU_MPAM		_BITULL(17) /* memory partitions */
#define HYP_CPU_MPAM_HCR	_BITULL(18) /* MPAMHCR_EL2 */
#define HYP_CPU_MPAM_TIDR	_BITULL(19) /* MPAM2_EL2.TIDR */

#endif /* ARM_VCPU_HYP_CPU_FEATURES_H */
