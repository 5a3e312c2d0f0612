// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC's registers, and its lines, by the attributes that they have.
 */
#include <linux/bitfield.h>
#include <linux/kernel.h>

#include "kvm.h"

#define GICD_IIDR	0x0008
#define GIC_FIRST_SPI	32
#define SGI_BASE	0x10000

/**
 * struct span - registers of 32 bits side by side
 * @first: offset of the first
 * @last: of the last
 */
struct span {
	u32 first;
	u32 last;
};

/* Those that there are; what isn't implemented of them is zero */
static const struct span dist[] = {
	{ 0x0000, 0x0010 },	/* CTLR, TYPER, IIDR, TYPER2, STATUSR */
	{ 0x0080, 0x03fc },	/* IGROUPR to ICACTIVER */
	{ 0x0400, 0x07f8 },	/* IPRIORITYR */
	{ 0x0c00, 0x0cfc },	/* ICFGR */
	{ 0x0d00, 0x0d7c },	/* IGRPMODR */
	{ 0x0e00, 0x0efc },	/* NSACR */
	{ 0x6000, 0x7fdc },	/* IROUTER */
	{ 0xffd0, 0xfffc },	/* what it is */
};

static const struct span redist[] = {
	{ 0x0000, 0x0014 },	/* CTLR, IIDR, TYPER, STATUSR, WAKER */
	{ 0x0070, 0x007c },	/* PROPBASER, PENDBASER */
	{ 0x00a0, 0x00a4 },	/* INVLPIR */
	{ 0x00b0, 0x00b4 },	/* INVALLR */
	{ 0x00c0, 0x00c0 },	/* SYNCR */
	{ 0xffd0, 0xfffc },
	{ SGI_BASE + 0x0080, SGI_BASE + 0x0080 },
	{ SGI_BASE + 0x0100, SGI_BASE + 0x0100 },
	{ SGI_BASE + 0x0180, SGI_BASE + 0x0180 },
	{ SGI_BASE + 0x0200, SGI_BASE + 0x0200 },
	{ SGI_BASE + 0x0280, SGI_BASE + 0x0280 },
	{ SGI_BASE + 0x0300, SGI_BASE + 0x0300 },
	{ SGI_BASE + 0x0380, SGI_BASE + 0x0380 },
	{ SGI_BASE + 0x0400, SGI_BASE + 0x041c },
	{ SGI_BASE + 0x0c00, SGI_BASE + 0x0c04 },
	{ SGI_BASE + 0x0d00, SGI_BASE + 0x0d00 },
	{ SGI_BASE + 0x0e00, SGI_BASE + 0x0e00 },
};

#define ICC(crn, crm, op2)	(ARM_VCPU_REG_SYSREG(3, 0, crn, crm, op2) & 0xffff)

static const struct span icc[] = {
	{ ICC(4, 6, 0), ICC(4, 6, 0) },		/* PMR */
	{ ICC(12, 8, 3), ICC(12, 8, 7) },	/* BPR0, AP0R<n> */
	{ ICC(12, 9, 0), ICC(12, 9, 3) },	/* AP1R<n> */
	{ ICC(12, 12, 3), ICC(12, 12, 7) },	/* BPR1, CTLR, SRE, IGRPEN0, IGRPEN1 */
};

static bool among(const struct span *spans, size_t count, u32 offset)
{
	const struct span *span;

	for (span = spans; span < spans + count; span++)
		if (offset >= span->first && offset <= span->last)
			return true;
	return false;
}

/* As ARM_VCPU_CREATE_VCPU has it */
static u64 mpidr_of(const struct kvm_device_attr *attr)
{
	u64 affinity = FIELD_GET(KVM_DEV_ARM_VGIC_V3_MPIDR_MASK, attr->attr);

	return (affinity & 0xff000000) << 8 | (affinity & 0xffffff);
}

static bool has_cpu(struct kvm_vm *vm, u64 mpidr)
{
	struct kvm_cpu *cpu;
	unsigned long id;

	xa_for_each(&vm->cpus, id, cpu)
		if (kvm_mpidr(id) == mpidr)
			return true;
	return false;
}

/**
 * kvm_gic_access() - read or write a piece of the GIC's state
 * @vm: with its GIC's lock held
 * @state: the piece
 * @op: which of the two
 *
 * Return: 0; -EBUSY: vCPUs run, or it isn't initialised; -ENXIO: there is no such register;
 * or as GET_GIC_STATE.
 */
long kvm_gic_access(struct kvm_vm *vm, struct arm_vcpu_gic_state *state, enum kvm_attr_op op)
{
	unsigned int number = op == KVM_ATTR_SET ? ARM_VCPU_SET_GIC_STATE : ARM_VCPU_GET_GIC_STATE;
	long ret = -EBUSY;

	state->size = sizeof(*state);
	if (vm->gic.initialised)
		ret = arm_vcpu_vm_command(vm->core, number, state);
	return ret == -ENOENT ? -ENXIO : ret;
}

static long access(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op,
		   struct arm_vcpu_gic_state *state, size_t size)
{
	if (op == KVM_ATTR_HAS)
		return 0;
	return kvm_attr_fetch(attr, op, size, &state->value) ?:
	       kvm_gic_access(vm, state, op) ?:
	       kvm_attr_answer(attr, op, size, state->value);
}

/* What a program has saved of another GIC isn't for this one */
static long access_iidr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op,
			struct arm_vcpu_gic_state *state)
{
	u64 value;
	long ret;

	if (op != KVM_ATTR_SET)
		return access(vm, attr, op, state, sizeof(u32));
	ret = kvm_attr_fetch(attr, op, sizeof(u32), &value) ?:
	      kvm_gic_access(vm, state, KVM_ATTR_GET);
	return ret ?: value == state->value ? 0 : -EINVAL;
}

static long distributor(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	struct arm_vcpu_gic_state state = {
		.group = ARM_VCPU_GIC_DISTRIBUTOR,
		.offset = (u32)attr->attr,
	};

	if (state.offset % 4 || !among(dist, ARRAY_SIZE(dist), state.offset))
		return -ENXIO;
	if (state.offset == GICD_IIDR)
		return access_iidr(vm, attr, op, &state);
	return access(vm, attr, op, &state, sizeof(u32));
}

static long redistributor(struct kvm_vm *vm, const struct kvm_device_attr *attr,
			  enum kvm_attr_op op)
{
	struct arm_vcpu_gic_state state = {
		.group = ARM_VCPU_GIC_REDISTRIBUTOR,
		.mpidr = mpidr_of(attr),
		.offset = (u32)attr->attr,
	};

	if (!has_cpu(vm, state.mpidr))
		return -EINVAL;
	if (state.offset % 4 || !among(redist, ARRAY_SIZE(redist), state.offset))
		return -ENXIO;
	return access(vm, attr, op, &state, sizeof(u32));
}

static long cpu_interface(struct kvm_vm *vm, const struct kvm_device_attr *attr,
			  enum kvm_attr_op op)
{
	struct arm_vcpu_gic_state state = {
		.group = ARM_VCPU_GIC_CPU_INTERFACE,
		.mpidr = mpidr_of(attr),
		.offset = (u32)attr->attr,
	};

	if (!has_cpu(vm, state.mpidr))
		return -EINVAL;
	if (!among(icc, ARRAY_SIZE(icc), state.offset))
		return -ENXIO;
	return access(vm, attr, op, &state, sizeof(u64));
}

/* What there isn't is zero, and ignores writes */
static long lines(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	u64 intid = attr->attr & KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK;
	struct arm_vcpu_gic_state state = { .group = ARM_VCPU_GIC_LINES, .offset = intid };

	if (FIELD_GET(KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_MASK, attr->attr) !=
	    VGIC_LEVEL_INFO_LINE_LEVEL || intid % 32)
		return -EINVAL;
	if (!intid)
		state.mpidr = mpidr_of(attr);
	if (!intid && !has_cpu(vm, state.mpidr))
		return -EINVAL;
	if (intid >= vm->gic.irqs)
		return kvm_attr_fetch(attr, op, sizeof(u32), &state.value) ?:
		       kvm_attr_answer(attr, op, sizeof(u32), 0);
	return access(vm, attr, op, &state, sizeof(u32));
}

/**
 * kvm_gic_reg_attr() - an attribute that is a register
 * @vm: with its GIC's lock held
 * @attr: which
 * @op: what is done to it
 *
 * Return: 0, or an errno of KVM's.
 */
long kvm_gic_reg_attr(struct kvm_vm *vm, const struct kvm_device_attr *attr, enum kvm_attr_op op)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		return distributor(vm, attr, op);
	case KVM_DEV_ARM_VGIC_GRP_REDIST_REGS:
		return redistributor(vm, attr, op);
	case KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS:
		return cpu_interface(vm, attr, op);
	case KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO:
		return lines(vm, attr, op);
	default:
		return -ENXIO;
	}
}
