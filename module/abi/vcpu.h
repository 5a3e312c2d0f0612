/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that is a virtual CPU.
 */
#ifndef ARM_VCPU_VCPU_H
#define ARM_VCPU_VCPU_H

#include <linux/mm.h>

#include "guest/guest.h"

/* What a VMM maps */
#define VCPU_RUN_SIZE	PAGE_ALIGN(sizeof(struct arm_vcpu_run))

struct vcpu *vcpu_create(struct vm *vm, u64 mpidr);
void vcpu_destroy(struct vcpu *vcpu);
int vcpu_open(struct vm *vm, u64 mpidr);
long vcpu_command(struct vcpu *vcpu, unsigned int number, void *arg);
void vcpu_kick(struct vcpu *vcpu);
int vcpu_begin_all(struct vm *vm);
void vcpu_end_all(struct vm *vm);

#endif /* ARM_VCPU_VCPU_H */
