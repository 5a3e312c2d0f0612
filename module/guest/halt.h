/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU that waits for an interrupt.
 */
#ifndef ARM_VCPU_HALT_H
#define ARM_VCPU_HALT_H

#include "guest.h"

int halt_wait(struct vcpu *vcpu, u64 deadline_ns);
void halt_end(struct vcpu *vcpu);

#endif /* ARM_VCPU_HALT_H */
