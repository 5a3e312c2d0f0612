/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's registers by id: GET_REG, SET_REG, LIST_REGS.
 */
#ifndef ARM_VCPU_REG_H
#define ARM_VCPU_REG_H

#include "guest/guest.h"

/* The vCPU isn't running, and its registers aren't resident */
long reg_get(struct vcpu *vcpu, void *arg);
long reg_set(struct vcpu *vcpu, void *arg);
u64 reg_next(struct vcpu *vcpu, u64 id);
long reg_list(struct vcpu *vcpu, void *arg);

#endif /* ARM_VCPU_REG_H */
