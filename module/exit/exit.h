/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a return from the guest means.
 */
#ifndef ARM_VCPU_EXIT_H
#define ARM_VCPU_EXIT_H

#include "guest/guest.h"

void exit_complete(struct vcpu *vcpu);
int exit_handle(struct vcpu *vcpu, long code);

#endif /* ARM_VCPU_EXIT_H */
