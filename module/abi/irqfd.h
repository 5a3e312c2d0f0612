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

typedef void irqfd_find(const void *routes, u32 route, struct arm_vcpu_irqfd *to);

int irqfd_set(struct vm *vm, const struct arm_vcpu_irqfd *arg);
int irqfd_set_routed(struct vm *vm, struct arm_vcpu_irqfd *arg, u32 route);
void irqfd_reroute(struct vm *vm, irqfd_find *find, const void *routes);
void irqfd_destroy(struct vm *vm);

#endif /* ARM_VCPU_IRQFD_H */
