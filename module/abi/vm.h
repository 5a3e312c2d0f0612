/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's life.
 */
#ifndef ARM_VCPU_VM_H
#define ARM_VCPU_VM_H

#include "guest/guest.h"

struct vm *vm_create(void);
int vm_set_up_begin(struct vm *vm);
void vm_set_up_end(struct vm *vm);
int vm_bind(struct vm *vm, unsigned int ipa_bits);
int vm_admit(struct vm *vm, u64 mpidr);
unsigned int vm_ipa_bits(const struct vm *vm);
void vm_put(struct vm *vm);

#endif /* ARM_VCPU_VM_H */
