/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses to guest memory by devices in the kernel.
 */
#ifndef ARM_VCPU_COPY_H
#define ARM_VCPU_COPY_H

#include "guest/guest.h"

int copy_guest_read(struct vm *vm, u64 ipa, void *to, size_t length);
int copy_guest_write(struct vm *vm, u64 ipa, const void *from, size_t length);
bool copy_guest_can_write(struct vm *vm, u64 ipa, size_t length);

#endif /* ARM_VCPU_COPY_H */
