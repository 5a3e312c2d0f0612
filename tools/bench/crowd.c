// SPDX-License-Identifier: MIT
/*
 * Several vCPUs of a VM that do the same at the same time, each on a CPU of its own: what is
 * more an operation than with one of them is what they wait for each other.
 *
 * All are measured together, from when they are let go until the last is done.  None of them
 * sleeps meanwhile, for to wake one costs as much as many operations; see threads.c for what
 * waiting costs.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "bench.h"
#include "marker.h"

struct crowd {
	const struct operation *op;
	unsigned int turns; /* exits to the VMM of each vCPU, in a sample */
	struct guest guest;
	atomic_uint arrived; /* at meetings, all of them so far */
};

struct member {
	struct crowd *crowd;
	unsigned int cpu;
	pthread_t thread;
};

/* Until all are there, for the @nth time */
static void meet(struct crowd *crowd, unsigned int nth)
{
	atomic_fetch_add(&crowd->arrived, 1);
	while (atomic_load(&crowd->arrived) < nth * crowd->op->vcpus)
		asm volatile("yield");
}

static void take_turns(struct crowd *crowd, unsigned int cpu)
{
	for (unsigned int n = 0; n < crowd->turns; n++)
		guest_run_to_store(&crowd->guest, cpu);
}

static void *member(void *argument)
{
	const struct member *member = argument;
	struct crowd *crowd = member->crowd;

	pin(member->cpu);
	for (unsigned int i = 0; i < crowd->op->samples; i++) {
		meet(crowd, 2 * i + 1);
		take_turns(crowd, member->cpu);
		meet(crowd, 2 * i + 2);
	}
	return NULL;
}

/* Once: to begin anew costs a vCPU much.  Each has its part of the memory. */
static void begin(struct crowd *crowd)
{
	const struct operation *op = crowd->op;

	for (unsigned int cpu = 0; cpu < op->vcpus; cpu++)
		guest_start_at(&crowd->guest, cpu, op->entry, op->operations / op->vcpus);
}

static void renew_memory(const struct crowd *crowd)
{
	const struct guest *guest = &crowd->guest;

	if (madvise(guest->ram + guest->touched, crowd->op->operations * guest->stride,
		    MADV_DONTNEED))
		err(1, "MADV_DONTNEED");
}

/* This thread is the first vCPU's */
static void measure(struct crowd *crowd, struct samples *samples)
{
	for (unsigned int i = 0; i < crowd->op->samples; i++) {
		uint64_t start;

		renew_memory(crowd);
		start = clock_ticks();
		mark(MARK_START);
		meet(crowd, 2 * i + 1);
		take_turns(crowd, 0);
		meet(crowd, 2 * i + 2);
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - start;
	}
}

static void measure_crowd(struct crowd *crowd, const struct backend *backend,
			  struct samples *samples)
{
	unsigned int vcpus = crowd->op->vcpus;
	struct member members[CPUS_MAX];

	pin(0);
	guest_create(&crowd->guest, backend, vcpus);
	begin(crowd);
	for (unsigned int cpu = 1; cpu < vcpus; cpu++) {
		members[cpu] = (struct member) { .crowd = crowd, .cpu = cpu };
		if (pthread_create(&members[cpu].thread, NULL, member, &members[cpu]))
			errx(1, "no thread");
	}
	measure(crowd, samples);
	for (unsigned int cpu = 1; cpu < vcpus; cpu++)
		pthread_join(members[cpu].thread, NULL);
	guest_destroy(&crowd->guest);
}

bool measure_crowd_of_exits(const struct operation *op, const struct backend *backend,
			    struct samples *samples)
{
	struct crowd crowd = { .op = op, .turns = op->operations / op->vcpus };

	measure_crowd(&crowd, backend, samples);
	return true;
}

/* The guest counts, and has one exit to the VMM when it is done */
bool measure_crowd_in_guest(const struct operation *op, const struct backend *backend,
			    struct samples *samples)
{
	struct crowd crowd = { .op = op, .turns = 1 };

	measure_crowd(&crowd, backend, samples);
	return true;
}
