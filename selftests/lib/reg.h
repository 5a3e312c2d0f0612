/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of a vCPU by id.
 */
#ifndef SELFTEST_REG_H
#define SELFTEST_REG_H

#include "vm.h"

#define MAX_REGS	512

/* A system register's id without the parts that all have in common, and back */
#define REG(op0, op1, crn, crm, op2)	ARM_VCPU_REG_SYSREG(op0, op1, crn, crm, op2)
#define IS_SYSREG(id)			(((id) & ~0xffffUL) == REG(0, 0, 0, 0, 0))
/* As an MRS or MSR has it: ENCODING() of probe.h */
#define REG_ENCODING(id)		((u32)((id) & 0xffff) << 5)

#define CNTVCT		REG(3, 3, 14, 0, 2)
#define CNTV_CTL	REG(3, 3, 14, 3, 1)
#define CNTV_CVAL	REG(3, 3, 14, 3, 2)
#define CNTP_CTL	REG(3, 3, 14, 2, 1)
#define CNTP_CVAL	REG(3, 3, 14, 2, 2)
#define MPIDR		REG(3, 0, 0, 0, 5)

struct reg_list {
	u32 count;
	u64 ids[MAX_REGS];
};

static inline int vcpu_get_reg(struct vcpu *vcpu, u64 id, u64 value[2])
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = id };
	int ret = vm_ioctl(vcpu->fd, ARM_VCPU_GET_REG, &reg);

	value[0] = reg.value[0];
	value[1] = reg.value[1];
	return ret;
}

static inline int vcpu_set_reg(struct vcpu *vcpu, u64 id, const u64 value[2])
{
	struct arm_vcpu_reg reg = {
		.size = sizeof(reg), .id = id, .value = { value[0], value[1] },
	};

	return vm_ioctl(vcpu->fd, ARM_VCPU_SET_REG, &reg);
}

static inline int vcpu_list_regs(struct vcpu *vcpu, struct reg_list *regs)
{
	struct arm_vcpu_reg_list list = {
		.size = sizeof(list), .count = MAX_REGS, .ids = (u64)regs->ids,
	};
	int ret = vm_ioctl(vcpu->fd, ARM_VCPU_LIST_REGS, &list);

	regs->count = list.count;
	return ret;
}

/* The same for what has to work, and fits in 64 bits */
static inline u64 reg_get(struct vcpu *vcpu, u64 id)
{
	u64 value[2];
	int ret = vcpu_get_reg(vcpu, id, value);

	if (ret)
		die("GET_REG %llx: %d", (unsigned long long)id, ret);
	return value[0];
}

static inline void reg_set(struct vcpu *vcpu, u64 id, u64 value)
{
	int ret = vcpu_set_reg(vcpu, id, (u64[2]) { value });

	if (ret)
		die("SET_REG %llx to %llx: %d", (unsigned long long)id,
		    (unsigned long long)value, ret);
}

#endif
