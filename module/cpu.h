/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical CPUs: taken and handed back as they come and go, and whose guest state each
 * of them holds.
 */
#ifndef ARM_VCPU_CPU_H
#define ARM_VCPU_CPU_H

#include "hyp/hyp.h"

int cpu_init(void);
void cpu_exit(void);

/*
 * The host is going down: no vCPU may enter again.
 */
bool cpu_dying(void);

/*
 * Residency (VHE): a CPU keeps the EL1 registers of the vCPU that ran there last.
 *
 * cpu_evict() brings vcpu->regs up to date, wherever they are, and leaves them in memory:
 * call it, with interrupts on, before vcpu->regs are read or written while the vCPU isn't
 * running.  cpu_make_resident() puts them into this CPU; interrupts are off, and the
 * vCPU isn't resident elsewhere.
 */
void cpu_evict(struct hyp_vcpu *vcpu);
void cpu_make_resident(struct hyp_vcpu *vcpu);

/* SCTLR_EL1 of a vCPU that isn't running, without evicting it where it is resident here */
u64 cpu_sctlr(struct hyp_vcpu *vcpu);

#endif /* ARM_VCPU_CPU_H */
