/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which version of PSCI a VM's guests find.
 */
#ifndef ARM_VCPU_PSCI_VERSION_H
#define ARM_VCPU_PSCI_VERSION_H

#include "guest/guest.h"

#define PSCI_0_1	PSCI_VERSION(0, 1)
#define PSCI_0_2	PSCI_VERSION(0, 2)
#define PSCI_1_0	PSCI_VERSION(1, 0)
#define PSCI_1_1	PSCI_VERSION(1, 1)

u32 psci_version(const struct vm *vm);
int psci_set_version(struct vm *vm, u64 version);
bool psci_has(const struct vm *vm, u32 function);

#endif /* ARM_VCPU_PSCI_VERSION_H */
