/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * INJECT: an exception that the VMM has for the guest.
 */
#ifndef ARM_VCPU_INJECT_USER_H
#define ARM_VCPU_INJECT_USER_H

#include "guest/guest.h"

#define INJECT_FLAGS	ARM_VCPU_INJECT_SERROR

/* The vCPU isn't running, and its registers aren't resident */
long inject_user(struct vcpu *vcpu, void *arg);

#endif /* ARM_VCPU_INJECT_USER_H */
