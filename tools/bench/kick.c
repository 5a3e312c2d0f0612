// SPDX-License-Identifier: MIT
/*
 * A kick: from the decision to have a running vCPU back, on one CPU, until its thread is back
 * in user space on another.
 *
 * In QEMU with -icount time is the sum of what both CPUs execute.  They take turns there: one
 * that says YIELD gives way to the other, so that waiting costs nothing, and the guest says it
 * lest the one that sleeps be woken late.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "bench.h"
#include "marker.h"

#define RUNNER_CPU	1
#define KICKER_CPU	0
/* By then the vCPU is in the guest */
#define PAUSE_NS	2000000

struct kick {
	struct guest guest;
	unsigned int rounds;
	atomic_uint round;
	uint64_t start;
	struct samples *samples;
};

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", cpu);
}

static void *kicker(void *argument)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	struct kick *kick = argument;

	pin(KICKER_CPU);
	for (unsigned int i = 0; i < kick->rounds; i++) {
		nanosleep(&pause, NULL);
		kick->start = clock_ticks();
		mark(MARK_START);
		kick->guest.backend->kick(&kick->guest);
		while (atomic_load(&kick->round) == i)
			asm volatile("yield");
	}
	return NULL;
}

bool measure_kick(const struct operation *op, const struct backend *backend,
		  struct samples *samples)
{
	struct kick kick = { .rounds = op->samples, .samples = samples };
	pthread_t thread;

	pin(RUNNER_CPU);
	guest_create(&kick.guest, backend);
	guest_start(&kick.guest, op);
	if (pthread_create(&thread, NULL, kicker, &kick))
		errx(1, "no thread");
	for (unsigned int i = 0; i < op->samples; i++) {
		guest_turn(&kick.guest, op->expected);
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - kick.start;
		atomic_store(&kick.round, i + 1);
	}
	pthread_join(thread, NULL);
	guest_destroy(&kick.guest);
	return true;
}
