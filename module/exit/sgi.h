/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts between CPUs, where the VMM has the interrupt controller.
 */
#ifndef ARM_VCPU_SGI_H
#define ARM_VCPU_SGI_H

#include "guest/sysreg.h"

u64 sgi_config_flags(void);
bool sgi_exit(struct vcpu *vcpu, const struct sysreg_access *access);

#endif /* ARM_VCPU_SGI_H */
