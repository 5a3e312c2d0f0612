/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of the kernel's GIC, piece by piece.
 */
#ifndef SELFTEST_GIC_STATE_H
#define SELFTEST_GIC_STATE_H

#include "gic_vm.h"
#include "reg.h"

#define ICC_ENCODING(crn, crm, op2) (REG(3, 0, crn, crm, op2) & 0xffff)

static inline int gic_get_state(struct vm *vm, u32 group, u64 mpidr, u64 offset, u64 *value)
{
	struct arm_vcpu_gic_state state = {
		.size = sizeof(state), .group = group, .mpidr = mpidr, .offset = offset,
	};
	int ret = vm_ioctl(vm->fd, ARM_VCPU_GET_GIC_STATE, &state);

	*value = state.value;
	return ret;
}

static inline int gic_set_state(struct vm *vm, u32 group, u64 mpidr, u64 offset, u64 value)
{
	struct arm_vcpu_gic_state state = {
		.size = sizeof(state), .group = group, .mpidr = mpidr, .offset = offset,
		.value = value,
	};

	return vm_ioctl(vm->fd, ARM_VCPU_SET_GIC_STATE, &state);
}

/* From a GIC to another, which has been so far as it is after SET_GIC */
static inline void gic_move_piece(struct vm *from, struct vm *to, u32 group, u64 mpidr, u64 offset)
{
	u64 value, now;

	if (gic_get_state(from, group, mpidr, offset, &value) ||
	    gic_set_state(to, group, mpidr, offset, value) ||
	    gic_get_state(to, group, mpidr, offset, &now))
		die("state of the GIC: group %u, offset %#lx", group, offset);
	if (now != value)
		die("state of the GIC: group %u, offset %#lx: %#lx has become %#lx", group, offset,
		    value, now);
}

/* Registers of 32 interrupts; those that are active, when it is known whose they are */
static inline void gic_move_irqs(struct vm *from, struct vm *to, u32 group, u64 mpidr, u64 frame,
				 u64 word)
{
	static const u64 bits[] = { GIC_IGROUPR, GIC_ISENABLER, GIC_ISPENDR, GIC_ISACTIVER };
	unsigned int i;

	for (i = 0; i < 8; i++)
		gic_move_piece(from, to, group, mpidr, frame + GIC_IPRIORITYR + word * 32 + i * 4);
	for (i = 0; i < 2; i++)
		gic_move_piece(from, to, group, mpidr, frame + GIC_ICFGR + word * 8 + i * 4);
	for (i = 0; i < ARRAY_SIZE(bits); i++)
		gic_move_piece(from, to, group, mpidr, frame + bits[i] + word * 4);
}

static inline void gic_move_vcpu(struct vm *from, struct vm *to, u64 mpidr)
{
	static const u64 icc[] = {
		ICC_ENCODING(4, 6, 0), ICC_ENCODING(12, 8, 3), ICC_ENCODING(12, 8, 4),
		ICC_ENCODING(12, 9, 0), ICC_ENCODING(12, 12, 3), ICC_ENCODING(12, 12, 4),
		ICC_ENCODING(12, 12, 5), ICC_ENCODING(12, 12, 6), ICC_ENCODING(12, 12, 7),
	};
	unsigned int i;

	gic_move_piece(from, to, ARM_VCPU_GIC_REDISTRIBUTOR, mpidr, GICR_WAKER);
	gic_move_irqs(from, to, ARM_VCPU_GIC_REDISTRIBUTOR, mpidr, GIC_SGIS, 0);
	gic_move_piece(from, to, ARM_VCPU_GIC_LINES, mpidr, 0);
	for (i = 0; i < ARRAY_SIZE(icc); i++)
		gic_move_piece(from, to, ARM_VCPU_GIC_CPU_INTERFACE, mpidr, icc[i]);
}

/* Both have GIC_SPIS, and vCPUs in the same order, which rest */
static inline void gic_move(struct vm *from, struct vm *to)
{
	u64 i;

	for (i = 0; i < from->nr_vcpus; i++)
		gic_move_vcpu(from, to, i);
	for (i = GIC_SPI; i < GIC_SPI + GIC_SPIS; i++) {
		gic_move_piece(from, to, ARM_VCPU_GIC_DISTRIBUTOR, 0, GICD_IROUTER + 8 * i);
		gic_move_piece(from, to, ARM_VCPU_GIC_DISTRIBUTOR, 0, GICD_IROUTER + 8 * i + 4);
	}
	for (i = 1; i <= GIC_SPIS / 32; i++) {
		gic_move_irqs(from, to, ARM_VCPU_GIC_DISTRIBUTOR, 0, 0, i);
		gic_move_piece(from, to, ARM_VCPU_GIC_LINES, 0, 32 * i);
	}
	for (i = 0; i < from->nr_vcpus * (GIC_SPIS / 32); i++)
		gic_move_piece(from, to, ARM_VCPU_GIC_HELD, i / (GIC_SPIS / 32),
			       GIC_SPI + i % (GIC_SPIS / 32) * 32);
	gic_move_piece(from, to, ARM_VCPU_GIC_DISTRIBUTOR, 0, GICD_CTLR);
}

#endif
