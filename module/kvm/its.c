// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_DEV_TYPE_ARM_VGIC_ITS: the ITS of the GIC, of which there is one.
 */
#include <linux/kernel.h>
#include <linux/sizes.h>

#include "kvm.h"

#define ITS_SIZE	SZ_128K

#define GITS_CTLR	0x0000
#define GITS_IIDR	0x0004
#define GITS_TYPER	0x0008
#define GITS_CBASER	0x0080
#define GITS_CREADR	0x0090
#define GITS_BASER	0x0100
#define GITS_BASER_LAST	0x0138
#define GITS_PIDR	0xffd0
#define GITS_CIDR3	0xfffc

/* The core has it */
static bool is_there(const struct kvm_vm *vm)
{
	return vm->gic.initialised && vm->gic.places.has_its;
}

static long address(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	struct kvm_gic_places places = vm->gic.places;
	u64 value;
	long ret;

	if (attr->attr != KVM_VGIC_ITS_ADDR_TYPE)
		return op == KVM_ATTR_HAS ? -ENXIO : -ENODEV;
	if (op == KVM_ATTR_HAS)
		return 0;
	ret = kvm_attr_fetch(attr, op, sizeof(value), &value);
	if (ret || op == KVM_ATTR_GET)
		return ret ?: kvm_attr_answer(attr, op, sizeof(value), places.its);
	if (places.its != ARM_VCPU_GIC_NOWHERE)
		return -EEXIST;
	places.its = value;
	return kvm_gic_check_range(vm, value, ITS_SIZE) ?: kvm_gic_place(vm, &places);
}

static long init(struct kvm_vm *vm)
{
	struct kvm_gic_places places = vm->gic.places;

	places.has_its = true;
	return kvm_gic_place(vm, &places);
}

static long access32(struct kvm_vm *vm, enum kvm_attr_op op, u32 offset, u32 *value)
{
	struct arm_vcpu_gic_state state = {
		.group = ARM_VCPU_GIC_ITS_REGISTERS,
		.offset = offset,
		.value = *value,
	};
	long ret = kvm_gic_access(vm, &state, op);

	*value = state.value;
	return ret;
}

static long access64(struct kvm_vm *vm, enum kvm_attr_op op, u32 offset, u64 *value)
{
	u32 low = lower_32_bits(*value), high = upper_32_bits(*value);
	long ret = access32(vm, op, offset, &low) ?: access32(vm, op, offset + 4, &high);

	*value = (u64)high << 32 | low;
	return ret;
}

/* Another queue, or none, is empty; and another table, or none, has nothing mapped */
static long reset(struct kvm_vm *vm)
{
	u64 zero = 0;
	u32 offset, off = 0;
	long ret;

	if (!is_there(vm))
		return 0;
	ret = access32(vm, KVM_ATTR_SET, GITS_CTLR, &off) ?:
	      access64(vm, KVM_ATTR_SET, GITS_CBASER, &zero);
	for (offset = GITS_BASER; !ret && offset <= GITS_BASER_LAST; offset += 8)
		ret = access64(vm, KVM_ATTR_SET, offset, &zero);
	return ret;
}

static long move_tables(struct kvm_vm *vm, unsigned int number)
{
	return is_there(vm) ? arm_vcpu_vm_command(vm->core, number, NULL) : -ENXIO;
}

static long control(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	bool set = op == KVM_ATTR_SET;

	if (op == KVM_ATTR_GET)
		return -ENXIO;
	switch (attr->attr) {
	case KVM_DEV_ARM_VGIC_CTRL_INIT:
		return set ? init(vm) : 0;
	case KVM_DEV_ARM_ITS_CTRL_RESET:
		return set ? reset(vm) : 0;
	case KVM_DEV_ARM_ITS_SAVE_TABLES:
		return set ? move_tables(vm, ARM_VCPU_SAVE_ITS) : 0;
	case KVM_DEV_ARM_ITS_RESTORE_TABLES:
		return set ? move_tables(vm, ARM_VCPU_RESTORE_ITS) : 0;
	default:
		return -ENXIO;
	}
}

static bool is_32(u64 offset)
{
	return offset < GITS_TYPER || offset >= GITS_PIDR;
}

static long check_reg(u64 offset)
{
	if (offset % (is_32(offset) ? 4 : 8))
		return -EINVAL;
	switch (offset) {
	case GITS_CTLR:
	case GITS_IIDR:
	case GITS_TYPER:
	case GITS_CBASER ... GITS_CREADR:
	case GITS_BASER ... GITS_BASER_LAST:
	case GITS_PIDR ... GITS_CIDR3:
		return 0;
	default:
		return -ENXIO;
	}
}

/* Tables that were saved by another one aren't for this one */
static long check_iidr(struct kvm_vm *vm, u64 value)
{
	u32 now = 0;
	long ret = access32(vm, KVM_ATTR_GET, GITS_IIDR, &now);

	return ret ?: value == now ? 0 : -EINVAL;
}

static long access(struct kvm_vm *vm, enum kvm_attr_op op, u64 offset, u64 *value)
{
	u32 half = *value;
	long ret;

	if (!is_32(offset))
		return access64(vm, op, offset, value);
	if (offset == GITS_IIDR && op == KVM_ATTR_SET)
		return check_iidr(vm, *value);
	ret = access32(vm, op, offset, &half);
	*value = half;
	return ret;
}

/* All are of 64 bits here */
static long reg(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	long ret = check_reg(attr->attr);
	u64 value;

	if (ret || op == KVM_ATTR_HAS)
		return ret;
	if (!is_there(vm) || vm->gic.places.its == ARM_VCPU_GIC_NOWHERE)
		return -ENXIO;
	return kvm_attr_fetch(attr, op, sizeof(value), &value) ?:
	       access(vm, op, attr->attr, &value) ?:
	       kvm_attr_answer(attr, op, sizeof(value), value);
}

/**
 * kvm_its_attr() - an attribute of the ITS's
 * @vm: with its GIC's lock held
 * @attr: which
 * @op: what is done to it
 *
 * Return: 0, or an errno of KVM's.
 */
long kvm_its_attr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return address(vm, attr, op);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return control(vm, attr, op);
	case KVM_DEV_ARM_VGIC_GRP_ITS_REGS:
		return reg(vm, attr, op);
	default:
		return -ENXIO;
	}
}

/**
 * kvm_its_create() - give a VM an ITS
 * @vm: with its GIC's lock held
 *
 * Return: 0; -EEXIST: there is one, and can't be two.
 */
long kvm_its_create(struct kvm_vm *vm)
{
	if (vm->gic.its_created)
		return -EEXIST;
	vm->gic.its_created = true;
	return 0;
}
