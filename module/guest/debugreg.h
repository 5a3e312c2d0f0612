/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's debug registers: break- and watchpoints, single step, the OS lock.
 */
#ifndef ARM_VCPU_DEBUGREG_H
#define ARM_VCPU_DEBUGREG_H

#include "sysreg_row.h"

enum sysreg_result debugreg_point(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access);
enum sysreg_result debugreg_mdscr(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access);
enum sysreg_result debugreg_oslar(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access);
enum sysreg_result debugreg_oslsr(struct vcpu *vcpu, const struct sysreg_row *row,
				  struct sysreg_access *access);
u64 debugreg_bcr(u64 value);
u64 debugreg_wcr(u64 value);
void debugreg_update(struct vcpu *vcpu);
void debugreg_reset(struct vcpu *vcpu);

#endif /* ARM_VCPU_DEBUGREG_H */
