/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2's own stage 1 on nVHE hosts: an identity map of the few pages that EL2 touches.
 */
#ifndef ARM_VCPU_EL2_MAP_H
#define ARM_VCPU_EL2_MAP_H

#include <linux/types.h>

enum el2_prot {
	EL2_CODE,	/* read, execute */
	EL2_RODATA,	/* read */
	EL2_DATA,	/* read, write */
};

int el2_map_init(void);
void el2_map_exit(void);
int el2_map(phys_addr_t pa, size_t size, enum el2_prot prot);
void el2_map_invalidate(phys_addr_t pa, size_t size);

/* For TTBR0_EL2, TCR_EL2 and MAIR_EL2 */
u64 el2_map_ttbr0(void);
u64 el2_map_tcr(void);
u64 el2_map_mair(void);

#endif /* ARM_VCPU_EL2_MAP_H */
