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

static uint64_t per_operation(const struct samples *samples, uint64_t ticks, unsigned int count)
{
	uint64_t divisor = clock_hz() * samples->operations * count;

	return (ticks * NS_PER_S + divisor / 2) / divisor;
}

/**
 * clock_judge() - what the samples say of one operation: the mean of the 2nd to 4th tenth
 * @samples: are sorted
 * @result: is filled in
 *
 * What else the host does meanwhile can only add: that is the upper samples, and after a sleep
 * they can be more than half.  A mean isn't bound to whole ticks of the counter, as a median is.
 */
void clock_judge(struct samples *samples, struct result *result)
{
	unsigned int first = samples->count / 10, count = 3 * samples->count / 10;
	uint64_t ticks = 0;

	qsort(samples->ticks, samples->count, sizeof(samples->ticks[0]), compare);
	for (unsigned int i = first; i < first + count; i++)
		ticks += samples->ticks[i];
	result->figure = per_operation(samples, ticks, count);
	result->least = per_operation(samples, samples->ticks[0], 1);
	result->most = per_operation(samples, samples->ticks[samples->count - 1], 1);
}
