/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stores of the guest's that signal an eventfd.
 */
#ifndef ARM_VCPU_IOEVENTFD_H
#define ARM_VCPU_IOEVENTFD_H

#include "guest/guest.h"

/* The IOEVENTFD flags that there are */
#define IOEVENTFD_FLAGS		(ARM_VCPU_IOEVENTFD_REMOVE | ARM_VCPU_IOEVENTFD_DATAMATCH)

#define VM_MAX_IOEVENTFDS	1024

int ioeventfd_check(const struct arm_vcpu_ioeventfd *arg, unsigned int ipa_bits);
int ioeventfd_add(struct vm *vm, const struct arm_vcpu_ioeventfd *arg);
int ioeventfd_remove(struct vm *vm, const struct arm_vcpu_ioeventfd *arg);
void ioeventfd_destroy(struct vm *vm);
bool ioeventfd_find(struct ioeventfds *all, u64 addr, unsigned int width, u64 data);

/**
 * ioeventfd_store() - signal what a store is to signal
 * @vm: of the guest
 * @addr: guest-physical address
 * @width: of the store, in bytes
 * @data: that is stored
 *
 * Return: whether there was something.
 */
static inline bool ioeventfd_store(struct vm *vm, u64 addr, unsigned int width, u64 data)
{
	/* Whole, for what is in it is read by its address: ioeventfd_add() has a release */
	struct ioeventfds *all = READ_ONCE(vm->ioeventfds);

	return unlikely(all) && ioeventfd_find(all, addr, width, data);
}

#endif /* ARM_VCPU_IOEVENTFD_H */
