/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupts of the guest's timers on this host, and of its virtual GIC.
 *
 * Their handler has nothing to do: that they come takes the CPU out of the guest, and what
 * they come from is off when the handler runs.
 */
#ifndef ARM_VCPU_PPI_H
#define ARM_VCPU_PPI_H

#include <linux/percpu.h>
#include <linux/types.h>

int ppi_request(void);
bool ppi_lends_ptimer(void);
bool ppi_has_maintenance(void);
void ppi_free(void);

/* On this CPU: as it is taken, and when it is given back */
void ppi_enable(void);
void ppi_disable(void);
unsigned int ppi_deactivate(void);
void ppi_activate(unsigned int active);

/* ARM_VCPU_TIMER_* whose interrupt is masked on this CPU: ppi_mask()'s */
DECLARE_PER_CPU(u32, ppi_masked);
void ppi_mask_just(u32 timers);

/*
 * Keep a timer whose output is up, and stays up, from taking the CPU out of the guest again
 * and again.  @timers: mask of ARM_VCPU_TIMER_*; interrupts are off.
 */
static inline void ppi_mask(u32 timers)
{
	if (unlikely(__this_cpu_read(ppi_masked) != timers))
		ppi_mask_just(timers);
}

#endif /* ARM_VCPU_PPI_H */
