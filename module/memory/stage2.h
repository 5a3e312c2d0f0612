/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's guest-physical memory.
 */
#ifndef ARM_VCPU_STAGE2_H
#define ARM_VCPU_STAGE2_H

#include "guest/guest.h"

/* The SET_MEMORY flags that there are */
#define STAGE2_MEMORY_FLAGS	ARM_VCPU_MEMORY_READONLY

/* stage2.c */
int stage2_setup(void);
unsigned int stage2_ipa_bits_min(void);
unsigned int stage2_ipa_bits_max(void);
unsigned int stage2_ipa_bits_default(void);
int stage2_init(struct vm *vm);
int stage2_build(struct vm *vm);
void stage2_unbuild(struct vm *vm);
void stage2_destroy(struct vm *vm);
void stage2_flush_caches(struct vm *vm);

/* notifier.c */
int stage2_bind(struct vm *vm);

/* region.c */
int stage2_set_memory(struct vm *vm, const struct arm_vcpu_memory *m);

/* fault.c */
int stage2_fault(struct vcpu *vcpu, u64 ipa, u32 access);

#endif /* ARM_VCPU_STAGE2_H */
