// SPDX-License-Identifier: MIT
/*
 * Several vCPUs of a VM that do the same at the same time, each on a CPU of its own: what is
 * more an operation than with one of them is what they wait for each other.
 *
 * All are measured together, from when they are let go until the last is done; that adds two
 * wakings a vCPU to hundreds of operations.
 */
#include <err.h>
#include <pthread.h>
#include <sys/mman.h>

#include "bench.h"
#include "marker.h"

struct crowd {
	const struct operation *op;
	unsigned int turns; /* exits to the VMM of each vCPU, in a sample */
	struct guest guest;
	pthread_barrier_t gate;
};

struct member {
	struct crowd *crowd;
	unsigned int cpu;
	pthread_t thread;
};

static void take_turns(struct crowd *crowd, unsigned int cpu)
{
	struct guest *guest = &crowd->guest;
	enum bench_exit exit;

	for (unsigned int n = 0; n < crowd->turns; n++) {
		do
			exit = guest->backend->run(guest, cpu);
		while (exit == BENCH_NOTHING);
		if (exit != BENCH_STORE)
			errx(1, "%s: exit %d from %s", guest->backend->name, exit, crowd->op->name);
	}
}

static void *member(void *argument)
{
	const struct member *member = argument;
	struct crowd *crowd = member->crowd;

	pin(member->cpu);
	for (unsigned int i = 0; i < crowd->op->samples; i++) {
		pthread_barrier_wait(&crowd->gate);
		take_turns(crowd, member->cpu);
		pthread_barrier_wait(&crowd->gate);
	}
	return NULL;
}

/* Each has its part of the memory, which is new */
static void begin(struct crowd *crowd)
{
	const struct operation *op = crowd->op;
	struct guest *guest = &crowd->guest;
	unsigned int count = op->operations / op->vcpus;

	if (madvise(guest->ram + guest->touched, op->operations * guest->stride, MADV_DONTNEED))
		err(1, "MADV_DONTNEED");
	for (unsigned int cpu = 0; cpu < op->vcpus; cpu++)
		guest_start_at(guest, cpu, op->entry, count);
}

/* This thread is the first vCPU's */
static void measure(struct crowd *crowd, struct samples *samples)
{
	for (unsigned int i = 0; i < crowd->op->samples; i++) {
		uint64_t start;

		begin(crowd);
		pause_for_others();
		start = clock_ticks();
		mark(MARK_START);
		pthread_barrier_wait(&crowd->gate);
		take_turns(crowd, 0);
		pthread_barrier_wait(&crowd->gate);
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
	pthread_barrier_init(&crowd->gate, NULL, vcpus);
	for (unsigned int cpu = 1; cpu < vcpus; cpu++) {
		members[cpu] = (struct member) { .crowd = crowd, .cpu = cpu };
		if (pthread_create(&members[cpu].thread, NULL, member, &members[cpu]))
			errx(1, "no thread");
	}
	measure(crowd, samples);
	for (unsigned int cpu = 1; cpu < vcpus; cpu++)
		pthread_join(members[cpu].thread, NULL);
	pthread_barrier_destroy(&crowd->gate);
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
