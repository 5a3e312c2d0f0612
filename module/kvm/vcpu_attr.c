// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of vCPUs: the interrupts of their timers, which the core has fixed.
 */
#include <linux/kernel.h>

#include "kvm.h"

#define PPI_VTIMER	27
#define PPI_PTIMER	30

static long timer_ppi(const struct kvm_device_attr *attr)
{
	if (attr->group != KVM_ARM_VCPU_TIMER_CTRL)
		return -ENXIO;
	switch (attr->attr) {
	case KVM_ARM_VCPU_TIMER_IRQ_VTIMER:
		return PPI_VTIMER;
	case KVM_ARM_VCPU_TIMER_IRQ_PTIMER:
		return PPI_PTIMER;
	default:
		return -ENXIO;
	}
}

static long access(struct kvm_cpu *cpu, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	long ppi = timer_ppi(attr), ret;
	u64 value;

	if (ppi < 0 || op == KVM_ATTR_HAS)
		return min(ppi, 0L);
	ret = kvm_attr_fetch(attr, op, sizeof(u32), &value);
	if (ret || op == KVM_ATTR_GET)
		return ret ?: kvm_attr_answer(attr, op, sizeof(u32), ppi);
	return READ_ONCE(cpu->vm->gic.created) && value == ppi ? 0 : -EINVAL;
}

/**
 * kvm_set_cpu_attr() - the command KVM_SET_DEVICE_ATTR on a vCPU
 * @object: struct kvm_cpu
 * @arg: struct kvm_device_attr
 * @user: not used
 *
 * Return: 0, -ENXIO, -EFAULT; -EINVAL: another interrupt, or no GIC that would have it.
 */
long kvm_set_cpu_attr(void *object, void *arg, unsigned long user)
{
	return access(object, arg, KVM_ATTR_SET);
}

/**
 * kvm_get_cpu_attr() - the command KVM_GET_DEVICE_ATTR on a vCPU
 * @object: struct kvm_cpu
 * @arg: struct kvm_device_attr
 * @user: not used
 *
 * Return: 0, -ENXIO, -EFAULT.
 */
long kvm_get_cpu_attr(void *object, void *arg, unsigned long user)
{
	return access(object, arg, KVM_ATTR_GET);
}

/**
 * kvm_has_cpu_attr() - the command KVM_HAS_DEVICE_ATTR on a vCPU
 * @object: struct kvm_cpu
 * @arg: struct kvm_device_attr
 * @user: not used
 *
 * Return: 0, -ENXIO.
 */
long kvm_has_cpu_attr(void *object, void *arg, unsigned long user)
{
	return access(object, arg, KVM_ATTR_HAS);
}
