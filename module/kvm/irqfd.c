// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that are eventfds, and messages.
 */
#include <linux/kernel.h>

#include "kvm.h"

#define IRQFD_FLAGS	(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE)

static long assign(struct kvm_vm *vm, const struct kvm_irqfd *from)
{
	struct arm_vcpu_irqfd irqfd = { .size = sizeof(irqfd), .fd = from->fd };
	long ret;

	if (!READ_ONCE(vm->gic.initialised))
		return -EAGAIN;
	if (from->flags & KVM_IRQFD_FLAG_RESAMPLE) {
		irqfd.flags = ARM_VCPU_IRQFD_RESAMPLE;
		irqfd.resample_fd = from->resamplefd;
	}
	if (mutex_lock_killable(&vm->routing))
		return -EINTR;
	kvm_route(vm->routes, from->gsi, &irqfd);
	ret = arm_vcpu_irqfd(vm->core, &irqfd, from->gsi);
	mutex_unlock(&vm->routing);
	return ret == -EEXIST ? -EBUSY : ret;
}

/* That there is none is fine with KVM */
static long deassign(struct kvm_vm *vm, const struct kvm_irqfd *from)
{
	struct arm_vcpu_irqfd irqfd = {
		.size = sizeof(irqfd),
		.fd = from->fd,
		.flags = ARM_VCPU_IRQFD_REMOVE,
	};
	long ret = arm_vcpu_irqfd(vm->core, &irqfd, from->gsi);

	return ret == -ENOENT ? 0 : ret;
}

/**
 * kvm_irqfd() - the command KVM_IRQFD
 * @object: struct kvm_vm
 * @arg: struct kvm_irqfd
 * @user: not used
 *
 * Return: 0; -EAGAIN: there is no GIC, or it isn't initialised; -EBUSY: the eventfd has one;
 * -EINVAL, -EBADF, -ENOMEM, -ENOSPC, -EINTR.
 */
long kvm_irqfd(void *object, void *arg, unsigned long user)
{
	const struct kvm_irqfd *from = arg;

	if (from->flags & ~IRQFD_FLAGS)
		return -EINVAL;
	return from->flags & KVM_IRQFD_FLAG_DEASSIGN ? deassign(object, from) :
						       assign(object, from);
}

/**
 * kvm_signal_msi() - the command KVM_SIGNAL_MSI
 * @object: struct kvm_vm
 * @arg: struct kvm_msi
 * @user: not used
 *
 * Return: 1; 0: the guest hasn't mapped it; -ENODEV: there is no ITS; -EINVAL.
 */
long kvm_signal_msi(void *object, void *arg, unsigned long user)
{
	const struct kvm_msi *from = arg;
	struct arm_vcpu_msi msi = {
		.size = sizeof(msi),
		.device = from->devid,
		.addr = (u64)from->address_hi << 32 | from->address_lo,
		.data = from->data,
	};
	struct kvm_vm *vm = object;
	long ret;

	if (from->flags & ~KVM_MSI_VALID_DEVID)
		return -EINVAL;
	if (!READ_ONCE(vm->gic.initialised) || !READ_ONCE(vm->gic.places.has_its))
		return -ENODEV;
	if (!(from->flags & KVM_MSI_VALID_DEVID))
		return -EINVAL;
	ret = arm_vcpu_send_msi(vm->core, &msi);
	return ret == -ENOENT ? -EINVAL : ret;
}
