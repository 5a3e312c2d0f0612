/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers and instructions by which a guest learns of caches, cleans them, and
 * switches them on and off.
 */
#ifndef ARM_VCPU_CACHEREG_H
#define ARM_VCPU_CACHEREG_H

#include "sysreg_row.h"

/*
 * CLIDR_EL1: one level, an instruction and a data cache (Ctype1 = 3), to be cleaned for
 * the points of unification and of coherency (LoUIS, LoC, LoUU = 1).
 */
#define CACHEREG_CLIDR	(3 | 1 << 21 | 1 << 24 | 1 << 27)

enum sysreg_result cachereg_ctr(struct vcpu *vcpu, const struct sysreg_row *row,
				struct sysreg_access *access);
enum sysreg_result cachereg_ccsidr(struct vcpu *vcpu, const struct sysreg_row *row,
				   struct sysreg_access *access);
enum sysreg_result cachereg_csselr(struct vcpu *vcpu, const struct sysreg_row *row,
				   struct sysreg_access *access);
enum sysreg_result cachereg_set_way(struct vcpu *vcpu, const struct sysreg_row *row,
				    struct sysreg_access *access);
enum sysreg_result cachereg_vm(struct vcpu *vcpu, const struct sysreg_row *row,
			       struct sysreg_access *access);
void cachereg_set_sctlr(struct vcpu *vcpu, u64 value);
void cachereg_reset(struct vcpu *vcpu);

#endif /* ARM_VCPU_CACHEREG_H */
