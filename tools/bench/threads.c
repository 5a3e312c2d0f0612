// SPDX-License-Identifier: MIT
/*
 * Where threads run, and how they leave each other time.
 *
 * In QEMU with -icount time is the sum of what both CPUs execute.  They take turns there: one
 * that says YIELD gives way to the other, so that waiting costs nothing, and a guest that is
 * busy says it now and then, lest the one that sleeps be woken late.
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <time.h>

#include "bench.h"

/* By then the others are where they are to be: in the guest, or asleep */
#define PAUSE_NS	2000000

void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", cpu);
}

void pause_for_others(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	nanosleep(&pause, NULL);
}
