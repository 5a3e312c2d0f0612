/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical CPUs: taken and handed back as they come and go, and whose guest state each
 * of them holds.
 */
#ifndef ARM_VCPU_CPU_H
#define ARM_VCPU_CPU_H

#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <asm/barrier.h>
#include <asm/virt.h>

#include "hyp/hyp.h"

int pcpu_init(void);
void pcpu_exit(void);

/* CPUs that run vCPUs, asleep or awake; it changes when CPUs come and go (cpus_read_lock()) */
extern struct cpumask pcpu_usable;

u64 pcpu_ich_vtr(void);

/* Read by pcpu_host_dying() alone */
extern bool pcpu_dying;

/* The host is going down: EL2 has been given back, no vCPU may enter again */
static inline bool pcpu_host_dying(void)
{
	return READ_ONCE(pcpu_dying);
}

/*
 * Residency (VHE): a CPU keeps the EL1 registers of the vCPU that ran there last.
 *
 * pcpu_evict() brings vcpu->regs up to date, wherever they are, and leaves them in memory:
 * call it, with interrupts on, before vcpu->regs are read or written while the vCPU isn't
 * running.  pcpu_make_resident() puts them into this CPU, with interrupts off, unless
 * another CPU has them: then false, and it takes a pcpu_evict() first.
 */
void pcpu_evict(struct hyp_vcpu *vcpu);
bool pcpu_load(struct hyp_vcpu *vcpu);

/* The vCPU whose registers this CPU holds; changed with interrupts off, by this CPU */
DECLARE_PER_CPU(struct hyp_vcpu *, pcpu_resident);

static inline bool pcpu_make_resident(struct hyp_vcpu *vcpu)
{
	if (!is_kernel_in_hyp_mode() || likely(__this_cpu_read(pcpu_resident) == vcpu))
		return true;
	return pcpu_load(vcpu);
}

#endif /* ARM_VCPU_CPU_H */
