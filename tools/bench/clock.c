// SPDX-License-Identifier: MIT
/*
 * The clock is the architecture's counter, the same for host and guest.  In QEMU with
 * -icount shift=0 an instruction takes a nanosecond of it.
 */
#include <stdlib.h>

#include "bench.h"

#define NS_PER_S	1000000000ULL

uint64_t clock_ticks(void)
{
	uint64_t ticks;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r" (ticks) : : "memory");
	return ticks;
}

static uint64_t clock_hz(void)
{
	uint64_t hz;

	asm("mrs %0, cntfrq_el0" : "=r" (hz));
	return hz;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/**
 * clock_per_operation() - a percentile, in nanoseconds: 50 is the median
 * @samples: is sorted
 * @percent: of the samples that are smaller
 */
uint64_t clock_per_operation(struct samples *samples, unsigned int percent)
{
	uint64_t ticks, divisor;

	qsort(samples->ticks, samples->count, sizeof(samples->ticks[0]), compare);
	ticks = samples->ticks[(samples->count - 1) * percent / 100];
	divisor = clock_hz() * samples->operations;
	return (ticks * NS_PER_S + divisor / 2) / divisor;
}
