/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How bad an SError is, by its syndrome (D19.2.37).
 *
 * Pure, and without anything of the kernel's: the selftest ras_grade asks about all codes.
 */
#ifndef ARM_VCPU_RAS_GRADE_H
#define ARM_VCPU_RAS_GRADE_H

#include <linux/types.h>

#include "hyp/arch.h"

/**
 * enum ras_grade - what a hardware error while a guest ran means, and to whom
 * @RAS_HARMLESS: corrected, or restartable: the guest goes on as if nothing had been
 * @RAS_GUESTS: what ran has lost something, and nothing else has
 * @RAS_HOSTS: it may have spread: nothing that the host does from here on can be trusted
 */
enum ras_grade {
	RAS_HARMLESS,
	RAS_GUESTS,
	RAS_HOSTS,
};

/*
 * An SError that barriers have shown to be of the guest's doing (hazard 2).  @ras: the CPU has
 * FEAT_RAS; else the whole ISS is the CPU's own, as it is with IDS.
 *
 * A syndrome of the CPU's own says nothing about containment.  It's what many CPUs have for any
 * refused bus access, and a guest may know how to make one (an atomic operation on memory that
 * it calls a device).  Were it the host's, a guest could stop the host.
 *
 * One in the architecture's format that isn't graded, or by a reserved value, is as if
 * uncontained: what the architecture knows as contained has a value.
 */
static inline enum ras_grade ras_grade_serror(u64 syndrome, bool ras)
{
	if (!ras || syndrome & HYP_ISS_IDS)
		return RAS_GUESTS;
	if ((syndrome & HYP_ISS_FSC) != HYP_FSC_SERROR)
		return RAS_HOSTS;

	switch (HYP_ISS_AET(syndrome)) {
	case HYP_AET_CE:
	case HYP_AET_UEO:
		return RAS_HARMLESS;
	case HYP_AET_UEU:
	case HYP_AET_UER:
		return RAS_GUESTS;
	default:
		return RAS_HOSTS;
	}
}

#endif /* ARM_VCPU_RAS_GRADE_H */
