/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest that waits: WFI, WFE, and PSCI's CPU_SUSPEND.
 */
#ifndef ARM_VCPU_WFX_H
#define ARM_VCPU_WFX_H

#include "guest/guest.h"

int wfx_exit(struct vcpu *vcpu, u64 esr);
int wfx_suspend(struct vcpu *vcpu);

#endif /* ARM_VCPU_WFX_H */
