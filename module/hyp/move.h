/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The uniform registers of regs.h, between memory, indexed by enum hyp_reg, and the CPU.
 */
#ifndef ARM_VCPU_HYP_MOVE_H
#define ARM_VCPU_HYP_MOVE_H

#include "access.h"

#define EL12(op0, op1, crn, crm, op2)	hyp_el1(crn, crm, op2)
#define SAME(op0, op1, crn, crm, op2)	sys_reg(op0, op1, crn, crm, op2)

#define SAVE(name, reg)		(regs[HYP_REG_##name] = hyp_read(reg))
#define LOAD(name, reg)		hyp_write(reg, regs[HYP_REG_##name])

#define SAVE_EL12(name, op0, op1, crn, crm, op2, reset) \
	SAVE(name, EL12(op0, op1, crn, crm, op2));
#define LOAD_EL12(name, op0, op1, crn, crm, op2, reset) \
	LOAD(name, EL12(op0, op1, crn, crm, op2));
#define SAVE_SAME(name, op0, op1, crn, crm, op2, reset) \
	SAVE(name, SAME(op0, op1, crn, crm, op2));
#define LOAD_SAME(name, op0, op1, crn, crm, op2, reset) \
	LOAD(name, SAME(op0, op1, crn, crm, op2));

/* EL1's registers that may stay loaded on VHE, the ordered ones too */
static __hyp_inline void regs_save_el1(u64 *regs)
{
	HYP_EL12_REGS(SAVE_EL12)
	HYP_ORDERED_REGS(SAVE_EL12)
	HYP_SHARED_REGS(SAVE_SAME)
}

/* The same without the ordered ones, which are the caller's to load */
static __hyp_inline void regs_load_el1(const u64 *regs)
{
	HYP_EL12_REGS(LOAD_EL12)
	HYP_SHARED_REGS(LOAD_SAME)
}

/* The window's, the guest's and the host's */
static __hyp_inline void regs_save_window(u64 *regs)
{
	HYP_WINDOW_REGS(SAVE_SAME)
}

static __hyp_inline void regs_load_window(const u64 *regs)
{
	HYP_WINDOW_REGS(LOAD_SAME)
}

/* The guest's alone: of those that may stay loaded on VHE, and of the window's */
static __hyp_inline void regs_save_exception(u64 *regs)
{
	HYP_EXCEPTION_REGS(SAVE_EL12)
}

static __hyp_inline void regs_load_exception(const u64 *regs)
{
	HYP_EXCEPTION_REGS(LOAD_EL12)
}

static __hyp_inline void regs_save_scratch(u64 *regs)
{
	HYP_SCRATCH_REGS(SAVE_SAME)
}

static __hyp_inline void regs_load_scratch(const u64 *regs)
{
	HYP_SCRATCH_REGS(LOAD_SAME)
}

#endif /* ARM_VCPU_HYP_MOVE_H */
