/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers of firmware's (DEN 0098).
 */
#ifndef ARM_VCPU_TRNG_H
#define ARM_VCPU_TRNG_H

#include "guest/guest.h"

bool trng_answers(u32 function);
void trng_call(struct vcpu *vcpu, u32 function);

#endif /* ARM_VCPU_TRNG_H */
