/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads and stores that the VMM answers.
 */
#ifndef ARM_VCPU_MMIO_H
#define ARM_VCPU_MMIO_H

#include "guest/guest.h"

bool mmio_gic(struct vcpu *vcpu, u64 esr, u64 ipa);
int mmio_exit(struct vcpu *vcpu, u64 esr, u64 ipa);
void mmio_complete_read(struct vcpu *vcpu);

#endif /* ARM_VCPU_MMIO_H */
