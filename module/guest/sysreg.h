/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system registers that are trapped: one table, one row a register.
 */
#ifndef ARM_VCPU_SYSREG_H
#define ARM_VCPU_SYSREG_H

#include "sysreg_row.h"

int sysreg_init(void);
void sysreg_reset(struct vcpu *vcpu);
enum sysreg_result sysreg_access(struct vcpu *vcpu, struct sysreg_access *access);
enum sysreg_result sysreg_emulate(struct vcpu *vcpu, struct sysreg_access *access);

#endif /* ARM_VCPU_SYSREG_H */
