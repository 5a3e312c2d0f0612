/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupts of the guest's timers on this host, and of its virtual GIC.
 *
 * Their handler has next to nothing to do: that they come takes the CPU out of the guest, and
 * what they come from is off when the handler runs.
 */
#ifndef ARM_VCPU_PPI_H
#define ARM_VCPU_PPI_H

#include <linux/percpu.h>
#include <linux/types.h>

struct irq_domain;

int ppi_request(void);
bool ppi_lends_ptimer(void);
bool ppi_has_maintenance(void);
unsigned int ppi_intid(u32 timer);
struct irq_domain *ppi_domain(void);
void ppi_free(void);

/* On this CPU: as it is taken, and when it is given back */
void ppi_enable(void);
void ppi_disable(void);
unsigned int ppi_deactivate(void);
void ppi_activate(unsigned int active);

/* ARM_VCPU_TIMER_* whose interrupt is active on this CPU: ppi_mask()'s */
DECLARE_PER_CPU(u32, ppi_masked);
void ppi_mask_just(u32 timers);

/**
 * ppi_mask() - which timers' interrupts don't come on this CPU
 * @timers: ARM_VCPU_TIMER_*
 *
 * One whose output is up, and stays up, would take the CPU out of the guest again and again; and
 * one that the guest is to end (ICH_LR<n>_EL2.HW) has to be active.  As long as that vCPU is
 * elsewhere, it is in nobody's way.
 *
 * Context: interrupts are off.
 */
static inline void ppi_mask(u32 timers)
{
	if (unlikely(__this_cpu_read(ppi_masked) != timers))
		ppi_mask_just(timers);
}

/* The guest has ended these on this CPU; interrupts are off */
static inline void ppi_ended(u32 timers)
{
	__this_cpu_and(ppi_masked, ~timers);
}

#endif /* ARM_VCPU_PPI_H */
