/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that waits: WFI and WFE.
 */
#ifndef ARM_VCPU_WFX_H
#define ARM_VCPU_WFX_H

#include "guest/guest.h"

int wfx_exit(struct vcpu *vcpu, u64 esr);

#endif /* ARM_VCPU_WFX_H */
