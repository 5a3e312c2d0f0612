/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's guest-physical memory.
 */
#ifndef ARM_VCPU_STAGE2_H
#define ARM_VCPU_STAGE2_H

#include "guest/guest.h"

int stage2_setup(void);
unsigned int stage2_ipa_bits_min(void);
unsigned int stage2_ipa_bits_max(void);
unsigned int stage2_ipa_bits_default(void);

int stage2_create(struct stage2 *s2, unsigned int ipa_bits);
int stage2_shape(struct stage2 *s2, unsigned int ipa_bits);
void stage2_destroy(struct stage2 *s2, struct mm_struct *mm);

int stage2_clean(struct vcpu *vcpu);

#endif /* ARM_VCPU_STAGE2_H */
