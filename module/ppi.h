/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupts of the guest's timers on this host.
 *
 * Their handler has nothing to do: that a timer interrupts takes the CPU out of the guest,
 * and its output is off when the handler runs.
 */
#ifndef ARM_VCPU_PPI_H
#define ARM_VCPU_PPI_H

#include <linux/types.h>

int ppi_request(void);
void ppi_free(void);

/* On this CPU: as it is taken, and when it is given back */
void ppi_enable(void);
void ppi_disable(void);

/*
 * Keep a timer whose output is up, and stays up, from taking the CPU out of the guest again
 * and again.  @timers: mask of ARM_VCPU_TIMER_*; interrupts are off.
 */
void ppi_mask(u32 timers);

#endif /* ARM_VCPU_PPI_H */
