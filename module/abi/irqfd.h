/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventfds that signal interrupts.
 */
#ifndef ARM_VCPU_IRQFD_H
#define ARM_VCPU_IRQFD_H

#include "guest/guest.h"

/* The IRQFD flags that there are */
#define IRQFD_FLAGS	(ARM_VCPU_IRQFD_REMOVE | ARM_VCPU_IRQFD_RESAMPLE | ARM_VCPU_IRQFD_MSI)

#define VM_MAX_IRQFDS	4096

int irqfd_set(struct vm *vm, const struct arm_vcpu_irqfd *arg);
void irqfd_destroy(struct vm *vm);

#endif /* ARM_VCPU_IRQFD_H */
