/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical CPUs: taken and handed back as they come and go, and whose guest state each
 * of them holds.
 */
#ifndef ARM_VCPU_CPU_H
#define ARM_VCPU_CPU_H

#include <linux/smp.h>
#include <asm/barrier.h>

#include "hyp/hyp.h"

int pcpu_init(void);
void pcpu_exit(void);

/* The host is going down: EL2 has been given back, no vCPU may enter again */
bool pcpu_host_dying(void);

/*
 * Residency (VHE): a CPU keeps the EL1 registers of the vCPU that ran there last.
 *
 * pcpu_evict() brings vcpu->regs up to date, wherever they are, and leaves them in memory:
 * call it, with interrupts on, before vcpu->regs are read or written while the vCPU isn't
 * running.  pcpu_make_resident() puts them into this CPU; interrupts are off, and the
 * vCPU isn't resident elsewhere, which pcpu_resident_elsewhere() tells.
 */
void pcpu_evict(struct hyp_vcpu *vcpu);
void pcpu_make_resident(struct hyp_vcpu *vcpu);

static inline bool pcpu_resident_elsewhere(const struct hyp_vcpu *vcpu)
{
	/* Pairs with the release in evict_here() */
	int cpu = smp_load_acquire(&vcpu->resident_cpu);

	return cpu >= 0 && cpu != raw_smp_processor_id();
}

#endif /* ARM_VCPU_CPU_H */
