/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this CPU has, needs and suffers from, as data for the world switch.
 */
#ifndef ARM_VCPU_FEATURES_H
#define ARM_VCPU_FEATURES_H

#include "hyp/hyp.h"

/* This host drives its GIC by system registers */
bool features_gicv3(void);
bool features_gicv5(void);

/* What ID_AA64MMFR0_EL1 says of stage 2 with the host's page size (D19.2.64, TGranX_2) */
bool features_granule(u64 mmfr0);
unsigned int features_parange(u64 mmfr0);

/* All of its CPUs have it */
bool features_ras(void);
bool features_tpidr2(void);

void features_setup(void);

/* This CPU's; the task stays on it */
int features_fit(void);
u64 features_ich_vtr(const struct hyp_cpu *cpu);
void features_fill(struct hyp_cpu *cpu);

#endif /* ARM_VCPU_FEATURES_H */
