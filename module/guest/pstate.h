/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of the run page's pstate a guest may have.
 */
#ifndef ARM_VCPU_PSTATE_H
#define ARM_VCPU_PSTATE_H

#include <linux/types.h>

#include "hyp/arch.h"

/* The bits of SPSR_EL2 that a guest's PSTATE has on some CPU; the rest is RES0 */
#define PSTATE_BITS	(HYP_PSR_M_MASK | HYP_PSR_F | HYP_PSR_I | HYP_PSR_A | HYP_PSR_D |	\
			 HYP_PSR_BTYPE | HYP_PSR_SSBS | HYP_PSR_IL | HYP_PSR_SS |	\
			 HYP_PSR_PAN | HYP_PSR_UAO | HYP_PSR_DIT | HYP_PSR_TCO | HYP_PSR_NZCV)

/* An exception level and state that a guest may be in; all else would be EL2's or EL3's */
static inline bool pstate_allowed(u64 pstate)
{
	if (pstate & HYP_PSR_nRW)
		return false;
	switch (pstate & HYP_PSR_M_MASK) {
	case HYP_PSR_EL0t:
	case HYP_PSR_EL1t:
	case HYP_PSR_EL1h:
		return true;
	}
	return false;
}

#endif /* ARM_VCPU_PSTATE_H */
