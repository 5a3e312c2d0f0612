/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU that waits for an interrupt.
 */
#ifndef ARM_VCPU_HALT_H
#define ARM_VCPU_HALT_H

#include "guest.h"

/*
 * Sleep until an interrupt line is up, a timer's output rises, somebody kicks, or
 * @deadline_ns of CLOCK_MONOTONIC (all ones: never) has come: 0; or until a signal comes:
 * -EINTR.
 */
int halt_wait(struct vcpu *vcpu, u64 deadline_ns);

#endif /* ARM_VCPU_HALT_H */
