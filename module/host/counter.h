/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The system counter.
 */
#ifndef ARM_VCPU_COUNTER_H
#define ARM_VCPU_COUNTER_H

#include <clocksource/arm_arch_timer.h>

/*
 * The physical counter, which is what the kernel reads where it has EL2.  By its function and
 * not from CNTPCT_EL0, because some CPUs' counters go back or jump (Cortex-A73's erratum 858921,
 * and others of Allwinner, Freescale, HiSilicon): the kernel knows which, and reads again.
 */
static inline u64 counter_now(void)
{
	return arch_timer_read_counter();
}

#endif /* ARM_VCPU_COUNTER_H */
