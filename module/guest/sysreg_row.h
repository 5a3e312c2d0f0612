/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a trapped system register is, and an access to it: what the table (sysreg.c) and the
 * families of registers in it share.
 */
#ifndef ARM_VCPU_SYSREG_ROW_H
#define ARM_VCPU_SYSREG_ROW_H

#include "guest.h"

/*
 * The name of a register as one number, which sorts as the manual's tables do (C5.3): the
 * low half of its ARM_VCPU_REG_SYSREG() id.
 */
#define SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define SYSREG_OP0(encoding)	((encoding) >> 14 & 3)
#define SYSREG_OP1(encoding)	((encoding) >> 11 & 7)
#define SYSREG_CRN(encoding)	((encoding) >> 7 & 0xf)
#define SYSREG_CRM(encoding)	((encoding) >> 3 & 0xf)
#define SYSREG_OP2(encoding)	((encoding) & 7)

/**
 * struct sysreg_access - an MRS, MSR or SYS of the guest's
 * @encoding: SYSREG() of the register
 * @write: MSR or SYS
 * @value: written, or read
 */
struct sysreg_access {
	unsigned int encoding;
	bool write;
	u64 value;
};

enum sysreg_result {
	SYSREG_DONE,
	SYSREG_CLEAN,	/* done, and VCPU_UNCLEAN is set */
	SYSREG_UNDEF,	/* the register is there, but not for this access */
	SYSREG_UNKNOWN,	/* there is no such register */
};

/**
 * struct sysreg_row - a trapped register, or a run of registers that are alike
 * @name: as in the manual
 * @first: encoding
 * @count: how many, at consecutive encodings
 * @may: SYSREG_READ, SYSREG_WRITE
 * @access: does it
 * @arg: for @access
 */
struct sysreg_row {
	const char *name;
	u16 first;
	u8 count;
	u8 may;
	enum sysreg_result (*access)(struct vcpu *vcpu, const struct sysreg_row *row,
				     struct sysreg_access *access);
	u32 arg;
};

#endif /* ARM_VCPU_SYSREG_ROW_H */
