// SPDX-License-Identifier: MIT
/*
 * An SGI from a vCPU to another: until the sender has seen that the other has taken it.  It is
 * the sender who looks at the clock; see threads.c for that.
 */
#include <err.h>
#include <pthread.h>

#include "bench.h"

#define SENDER_CPU	0
#define ANSWER_CPU	1

static void *answer(void *argument)
{
	struct guest *guest = argument;

	pin(ANSWER_CPU);
	guest_run_to_store(guest, 1);
	return NULL;
}

bool measure_ipi(const struct operation *op, const struct backend *backend,
		 struct samples *samples)
{
	struct guest guest;
	pthread_t thread;

	pin(SENDER_CPU);
	guest_create(&guest, backend, 2);
	guest_start(&guest, op);
	guest_start_at(&guest, 1, op->answer, op->samples);
	if (pthread_create(&thread, NULL, answer, &guest))
		errx(1, "no thread");
	for (unsigned int i = 0; i < op->samples; i++) {
		pause_for_others();
		samples->ticks[i] = guest_store_of(&guest);
	}
	pthread_join(thread, NULL);
	guest_destroy(&guest);
	return true;
}
