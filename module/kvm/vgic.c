// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_DEV_TYPE_ARM_VGIC_V3: a GICv3, how large it is, and where.
 *
 * The core knows all of it at any time: it is what checks addresses.  It is set up anew with each
 * attribute, until it is initialised; from then on, addresses alone can be added.
 */
#include <linux/bitfield.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "kvm.h"

#define NOWHERE		ARM_VCPU_GIC_NOWHERE
#define FRAME		SZ_64K
#define REDIST		SZ_128K
#define PRIVATE_IRQS	32
#define DEFAULT_IRQS	256
#define MAX_IRQS	1024
#define MAX_SPIS	988U

/* What KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION is made of */
#define REGION_COUNT	GENMASK_ULL(63, 52)
#define REGION_BASE	GENMASK_ULL(51, 16)
#define REGION_FLAGS	GENMASK_ULL(15, 12)
#define REGION_INDEX	GENMASK_ULL(11, 0)

static unsigned int nr_cpus(struct kvm_vm *vm)
{
	unsigned long id;
	struct kvm_cpu *cpu;
	unsigned int nr = 0;

	xa_for_each(&vm->cpus, id, cpu)
		nr++;
	return nr;
}

/**
 * kvm_gic_place() - have the core set the GIC up, or move its frames
 * @vm: with its GIC's lock held
 * @new: what it is to be
 *
 * Return: 0, and it is; or as SET_GIC.
 */
long kvm_gic_place(struct kvm_vm *vm, const struct kvm_gic_places *new)
{
	struct arm_vcpu_gic_setup setup = {
		.size = sizeof(setup),
		.spis = min(vm->gic.irqs - PRIVATE_IRQS, MAX_SPIS),
		.flags = vm->gic.initialised ? ARM_VCPU_GIC_KEEP : 0,
		.distributor = new->distributor,
	};
	long ret;

	BUILD_BUG_ON(sizeof(setup.redistributors) != sizeof(new->regions));
	memcpy(setup.redistributors, new->regions, sizeof(new->regions));
	/* As many as there are, until they can't become more */
	if (new->single && !vm->gic.initialised)
		setup.redistributors[0].count = max(nr_cpus(vm), 1U);
	if (new->has_its) {
		setup.flags |= ARM_VCPU_GIC_ITS;
		setup.its = new->its;
	}
	ret = vm->gic.created ? arm_vcpu_vm_command(vm->core, ARM_VCPU_SET_GIC, &setup) : 0;
	if (ret)
		return ret;
	vm->gic.places = *new;
	memcpy(vm->gic.places.regions, setup.redistributors, sizeof(new->regions));
	return 0;
}

/**
 * kvm_gic_check_range() - can a frame be there
 * @vm: for its size
 * @addr: guest-physical address
 * @size: in bytes
 *
 * Return: 0, -EINVAL, -E2BIG.
 */
long kvm_gic_check_range(const struct kvm_vm *vm, u64 addr, u64 size)
{
	u64 end;

	if (addr % FRAME || check_add_overflow(addr, size, &end))
		return -EINVAL;
	return end > 1ULL << vm->ipa_bits ? -E2BIG : 0;
}

static long distributor(struct kvm_vm *vm, enum kvm_attr_op op, u64 *value)
{
	struct kvm_gic_places places = vm->gic.places;

	if (op == KVM_ATTR_GET) {
		*value = places.distributor;
		return 0;
	}
	if (places.distributor != NOWHERE)
		return -EEXIST;
	places.distributor = *value;
	return kvm_gic_check_range(vm, *value, FRAME) ?: kvm_gic_place(vm, &places);
}

/* One region, for all */
static long redistributors(struct kvm_vm *vm, enum kvm_attr_op op, u64 *value)
{
	struct kvm_gic_places places = vm->gic.places;

	if (op == KVM_ATTR_GET) {
		*value = places.nr_regions ? places.regions[0].addr : NOWHERE;
		return 0;
	}
	if (places.nr_regions)
		return places.single ? -EEXIST : -EINVAL;
	places.single = true;
	places.nr_regions = 1;
	places.regions[0].addr = *value;
	places.regions[0].count = max(nr_cpus(vm), 1U);
	return kvm_gic_check_range(vm, *value, (u64)places.regions[0].count * REDIST) ?:
	       kvm_gic_place(vm, &places);
}

static long region(struct kvm_vm *vm, enum kvm_attr_op op, u64 *value)
{
	struct kvm_gic_places places = vm->gic.places;
	unsigned int index = FIELD_GET(REGION_INDEX, *value);
	struct arm_vcpu_gic_region new = {
		.addr = *value & REGION_BASE,
		.count = FIELD_GET(REGION_COUNT, *value),
	};

	if (op == KVM_ATTR_GET) {
		if (index >= places.nr_regions || places.single)
			return -ENOENT;
		*value = FIELD_PREP(REGION_COUNT, places.regions[index].count) |
			 places.regions[index].addr | index;
		return 0;
	}
	if (*value & REGION_FLAGS || !new.count || places.single ||
	    index != places.nr_regions || index >= ARRAY_SIZE(places.regions))
		return -EINVAL;
	places.regions[places.nr_regions++] = new;
	return kvm_gic_check_range(vm, new.addr, (u64)new.count * REDIST) ?:
	       kvm_gic_place(vm, &places);
}

/* The value of one is also looked at when it is read */
static long address(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	long (*access)(struct kvm_vm *vm, enum kvm_attr_op op, u64 *value);
	u64 value;
	long ret;

	switch (attr->attr) {
	case KVM_VGIC_V3_ADDR_TYPE_DIST:
		access = distributor;
		break;
	case KVM_VGIC_V3_ADDR_TYPE_REDIST:
		access = redistributors;
		break;
	case KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION:
		access = region;
		break;
	default:
		return -ENXIO;
	}
	if (op == KVM_ATTR_HAS)
		return 0;
	ret = kvm_attr_fetch(attr, KVM_ATTR_SET, sizeof(value), &value) ?: access(vm, op, &value);
	return ret ?: kvm_attr_answer(attr, op, sizeof(value), value);
}

static long interrupts(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	u64 value;
	long ret;

	if (op == KVM_ATTR_HAS)
		return 0;
	ret = kvm_attr_fetch(attr, op, sizeof(u32), &value);
	if (ret || op == KVM_ATTR_GET)
		return ret ?: kvm_attr_answer(attr, op, sizeof(u32), vm->gic.irqs);
	if (value < 2 * PRIVATE_IRQS || value > MAX_IRQS || value % 32)
		return -EINVAL;
	if (vm->gic.initialised || vm->gic.irqs_set)
		return -EBUSY;
	vm->gic.irqs_set = true;
	vm->gic.irqs = value;
	return 0;
}

static long init(struct kvm_vm *vm)
{
	long ret;

	if (vm->gic.initialised)
		return 0;
	if (!nr_cpus(vm))
		return -ENODEV;
	ret = kvm_gic_place(vm, &vm->gic.places);
	if (!ret)
		WRITE_ONCE(vm->gic.initialised, true);
	return ret;
}

/* Together with the tables of the ITS, as the core does it; without one there are no LPIs */
static long save_pending(struct kvm_vm *vm)
{
	if (!vm->gic.initialised)
		return -ENXIO;
	return vm->gic.places.has_its ? arm_vcpu_vm_command(vm->core, ARM_VCPU_SAVE_ITS, NULL) : 0;
}

static long control(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	if (attr->attr != KVM_DEV_ARM_VGIC_CTRL_INIT &&
	    attr->attr != KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES)
		return -ENXIO;
	if (op == KVM_ATTR_HAS)
		return 0;
	if (op == KVM_ATTR_GET)
		return -ENXIO;
	return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ? init(vm) : save_pending(vm);
}

/**
 * kvm_gic_attr() - an attribute of the GIC's
 * @vm: with its GIC's lock held
 * @attr: which
 * @op: what is done to it
 *
 * Return: 0, or an errno of KVM's.
 */
long kvm_gic_attr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return address(vm, attr, op);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return interrupts(vm, attr, op);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return control(vm, attr, op);
	default:
		return kvm_gic_reg_attr(vm, attr, op);
	}
}

/* The lines into vCPUs are the GIC's from here on */
static void lower_lines(struct kvm_vm *vm)
{
	struct kvm_cpu *cpu;
	unsigned long id;

	xa_lock(&vm->cpus);
	xa_for_each(&vm->cpus, id, cpu) {
		arm_vcpu_set_line(cpu->core, ARM_VCPU_LINE_IRQ, false);
		arm_vcpu_set_line(cpu->core, ARM_VCPU_LINE_FIQ, false);
	}
	xa_unlock(&vm->cpus);
}

/**
 * kvm_gic_create() - give a VM a GIC
 * @vm: with its GIC's lock held
 *
 * Return: 0, -EEXIST, -EBUSY, -ENOMEM.
 */
long kvm_gic_create(struct kvm_vm *vm)
{
	long ret = arm_vcpu_vm_command(vm->core, ARM_VCPU_ADD_GIC, NULL);

	if (ret)
		return ret;
	WRITE_ONCE(vm->gic.created, true);
	lower_lines(vm);
	return 0;
}

/**
 * kvm_gic_init() - there is none yet
 * @gic: of a new VM
 */
void kvm_gic_init(struct kvm_gic *gic)
{
	mutex_init(&gic->lock);
	gic->irqs = DEFAULT_IRQS;
	gic->places.distributor = NOWHERE;
	gic->places.its = NOWHERE;
}

/* Every vCPU has a redistributor, and whatever was made is somewhere */
static long check(struct kvm_vm *vm)
{
	const struct kvm_gic *gic = &vm->gic;
	unsigned int i, room = 0;

	if (!gic->initialised || gic->its_created != gic->places.has_its)
		return -EBUSY;
	for (i = 0; i < gic->places.nr_regions; i++)
		room += gic->places.regions[i].count;
	if (gic->places.distributor == NOWHERE || room < nr_cpus(vm))
		return -ENXIO;
	return gic->places.has_its && gic->places.its == NOWHERE ? -ENXIO : 0;
}

/**
 * kvm_gic_settle() - can a vCPU run, as far as the GIC goes
 * @vm: its VM
 *
 * Return: 0, -EBUSY (it isn't initialised), -ENXIO (it is nowhere), -EINTR.
 */
long kvm_gic_settle(struct kvm_vm *vm)
{
	struct kvm_gic *gic = &vm->gic;
	long ret;

	if (!READ_ONCE(gic->created) || READ_ONCE(gic->settled))
		return 0;
	if (mutex_lock_killable(&gic->lock))
		return -EINTR;
	ret = check(vm);
	WRITE_ONCE(gic->settled, !ret);
	mutex_unlock(&gic->lock);
	return ret;
}

/**
 * kvm_create_irqchip() - the command KVM_CREATE_IRQCHIP, which is for a GICv2 here
 * @object: struct kvm_vm
 * @arg: not used
 * @user: not used
 *
 * Return: -ENODEV: KVM_CREATE_DEVICE makes what there is.
 */
long kvm_create_irqchip(void *object, void *arg, unsigned long user)
{
	return -ENODEV;
}
