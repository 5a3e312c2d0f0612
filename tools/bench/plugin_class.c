// SPDX-License-Identifier: MIT
/*
 * What kind of instruction it is: DDI 0487, C4.1.66, "Branches, exception generating and
 * system instructions".
 */
#include "plugin_class.h"

#define FIELD(value, high, low)	(((value) >> (low)) & ((1U << ((high) - (low) + 1)) - 1))

#define IS_SYSTEM(op)		(((op) & 0xffc00000) == 0xd5000000)
#define SYSTEM_READ(op)		FIELD(op, 21, 21)
#define SYSTEM_OP0(op)		FIELD(op, 20, 19)
#define SYSTEM_CRN(op)		FIELD(op, 15, 12)
#define SYSTEM_CRM(op)		FIELD(op, 11, 8)
#define SYSTEM_OP2(op)		FIELD(op, 7, 5)

#define IS_RETURN(op)		(((op) & 0xfffff3ff) == 0xd69f03e0 || \
				 ((op) & 0xfffffbff) == 0xd69f0bff)

#define OP0_HINT_BARRIER_PSTATE	0
#define OP0_SYS			1
#define CRN_BARRIER		3
#define CRN_PSTATE		4
#define CRN_CACHE		7
#define CRN_TLB			8
#define CRM_ZERO		4 /* DC ZVA: a store */
#define CRM_ADDRESS		8 /* AT */
#define OP2_CLREX		2

/* MRS without its destination */
#define MRS(op0, op1, crn, crm, op2)						\
	(0xd5200000 | (op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define MRS_MASK		(~0x1fU)
#define MRS_SP_EL0		MRS(3, 0, 4, 1, 0)
#define MRS_TPIDR_EL1		MRS(3, 0, 13, 0, 4)
#define MRS_TPIDR_EL2		MRS(3, 4, 13, 0, 2)

/*
 * MRS and MSR of a register.  In Linux's C code SP_EL0 is the current task, and TPIDR_ELx what
 * leads to per-CPU variables; reading them is as common and as cheap as any load.
 */
static enum insn_class classify_register(uint32_t op)
{
	switch (op & MRS_MASK) {
	case MRS_SP_EL0:
	case MRS_TPIDR_EL1:
	case MRS_TPIDR_EL2:
		return CLASS_OTHER;
	}
	return SYSTEM_READ(op) ? CLASS_SYSREG_READ : CLASS_SYSREG_WRITE;
}

/* SYS: cache and TLB maintenance, and AT, which writes PAR_EL1 */
static enum insn_class classify_sys(uint32_t op)
{
	switch (SYSTEM_CRN(op)) {
	case CRN_TLB:
		return CLASS_TLB;
	case CRN_CACHE:
		if (SYSTEM_CRM(op) == CRM_ZERO)
			return CLASS_OTHER;
		return SYSTEM_CRM(op) == CRM_ADDRESS ? CLASS_SYSREG_WRITE : CLASS_CACHE;
	}
	return CLASS_OTHER;
}

enum insn_class insn_classify(uint32_t op)
{
	if (IS_RETURN(op))
		return CLASS_RETURN;
	if (!IS_SYSTEM(op))
		return CLASS_OTHER;
	if (SYSTEM_OP0(op) > OP0_SYS)
		return classify_register(op);
	if (SYSTEM_OP0(op) == OP0_SYS)
		return classify_sys(op);
	switch (SYSTEM_CRN(op)) {
	case CRN_BARRIER:
		return SYSTEM_OP2(op) == OP2_CLREX ? CLASS_OTHER : CLASS_BARRIER;
	case CRN_PSTATE:
		return CLASS_SYSREG_WRITE;
	}
	return CLASS_OTHER;
}
