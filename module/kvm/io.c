// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of the program's: interrupts into vCPUs, stores out of them.
 */
#include <linux/kernel.h>

#include "kvm.h"

#define FIRST_SPI	32

#define FIELD(irq, name)	((irq) >> KVM_ARM_IRQ_##name##_SHIFT & KVM_ARM_IRQ_##name##_MASK)

#define IOEVENTFD_FLAGS	(KVM_IOEVENTFD_FLAG_DATAMATCH | KVM_IOEVENTFD_FLAG_DEASSIGN)

static long set_line(struct kvm_vm *vm, unsigned int id, unsigned int number, bool level)
{
	struct kvm_cpu *cpu;

	if (number > KVM_ARM_IRQ_CPU_FIQ)
		return -EINVAL;
	xa_lock(&vm->cpus);
	cpu = xa_load(&vm->cpus, id);
	if (cpu)
		arm_vcpu_set_line(cpu->core, number == KVM_ARM_IRQ_CPU_IRQ ?
				  ARM_VCPU_LINE_IRQ : ARM_VCPU_LINE_FIQ, level);
	xa_unlock(&vm->cpus);
	return cpu ? 0 : -EINVAL;
}

static long set_irq(struct kvm_vm *vm, unsigned int intid, u64 mpidr, bool level)
{
	struct arm_vcpu_irq irq = {
		.size = sizeof(irq),
		.intid = intid,
		.mpidr = mpidr,
		.level = level,
	};

	if (!READ_ONCE(vm->gic.initialised))
		return -EBUSY;
	return arm_vcpu_vm_command(vm->core, ARM_VCPU_SET_IRQ, &irq);
}

/**
 * kvm_irq_line() - the command KVM_IRQ_LINE
 * @object: struct kvm_vm
 * @arg: struct kvm_irq_level
 * @user: not used
 *
 * Without a GIC in the kernel there are the two lines into each vCPU alone; with one, its.
 *
 * Return: 0, -EINVAL, -ENXIO, -EBUSY (it isn't initialised).
 */
long kvm_irq_line(void *object, void *arg, unsigned long user)
{
	const struct kvm_irq_level *irq = arg;
	unsigned int id = FIELD(irq->irq, VCPU) +
			  FIELD(irq->irq, VCPU2) * (KVM_ARM_IRQ_VCPU_MASK + 1);
	unsigned int number = FIELD(irq->irq, NUM), type = FIELD(irq->irq, TYPE);
	bool into_cpu = type == KVM_ARM_IRQ_TYPE_CPU;
	struct kvm_vm *vm = object;

	if (type > KVM_ARM_IRQ_TYPE_PPI)
		return -EINVAL;
	if (into_cpu == READ_ONCE(vm->gic.created))
		return -ENXIO;
	switch (type) {
	case KVM_ARM_IRQ_TYPE_CPU:
		return set_line(vm, id, number, irq->level);
	case KVM_ARM_IRQ_TYPE_SPI:
		return number < FIRST_SPI ? -EINVAL : set_irq(vm, number, 0, irq->level);
	default:
		return number >= FIRST_SPI || !xa_load(&vm->cpus, id) ? -EINVAL :
		       set_irq(vm, number, kvm_mpidr(id), irq->level);
	}
}

/**
 * kvm_ioeventfd() - the command KVM_IOEVENTFD
 * @object: struct kvm_vm
 * @arg: struct kvm_ioeventfd
 * @user: not used
 *
 * Return: as ARM_VCPU_IOEVENTFD, but -EINVAL for flags.
 */
long kvm_ioeventfd(void *object, void *arg, unsigned long user)
{
	const struct kvm_ioeventfd *from = arg;
	struct arm_vcpu_ioeventfd ioeventfd = {
		.size = sizeof(ioeventfd),
		.length = from->len,
		.guest_addr = from->addr,
		.fd = from->fd,
	};
	struct kvm_vm *vm = object;

	if (from->flags & ~IOEVENTFD_FLAGS)
		return -EINVAL;
	if (from->flags & KVM_IOEVENTFD_FLAG_DEASSIGN)
		ioeventfd.flags |= ARM_VCPU_IOEVENTFD_REMOVE;
	if (from->flags & KVM_IOEVENTFD_FLAG_DATAMATCH) {
		ioeventfd.flags |= ARM_VCPU_IOEVENTFD_DATAMATCH;
		ioeventfd.data = from->datamatch;
	}
	return arm_vcpu_vm_command(vm->core, ARM_VCPU_IOEVENTFD, &ioeventfd);
}
