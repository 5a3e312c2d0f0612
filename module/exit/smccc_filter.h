/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SET_SMCCC_FILTER: which calls the kernel answers.
 */
#ifndef ARM_VCPU_SMCCC_FILTER_H
#define ARM_VCPU_SMCCC_FILTER_H

#include "guest/guest.h"

int smccc_filter_set(struct vm *vm, const struct arm_vcpu_smccc_filter *filter);
void smccc_filter_clear(struct vm *vm);
void smccc_filter_close(struct vm *vm);
u32 smccc_filter_action(const struct vm *vm, u32 function);
bool smccc_filter_offers(const struct vm *vm, u32 function, bool is_there);

#endif /* ARM_VCPU_SMCCC_FILTER_H */
