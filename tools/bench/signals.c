// SPDX-License-Identifier: MIT
/*
 * What another thread does to a vCPU, and how long it takes, see threads.c for the clock.
 *
 * A kick: from the decision to have a running vCPU back, on one CPU, until its thread is back
 * in user space on another.  An interrupt: from the decision until the guest has acknowledged
 * it, and knows the time.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bench.h"
#include "marker.h"

#define RUNNER_CPU	1
#define SENDER_CPU	0

struct signals {
	const struct operation *op;
	struct guest guest;
	int eventfd;
	atomic_uint round;
	uint64_t start;
};

void signal_kick(struct guest *guest, int eventfd)
{
	(void)eventfd;
	guest->backend->kick(guest);
}

void signal_spi(struct guest *guest, int eventfd)
{
	(void)eventfd;
	guest->backend->set_spi(guest, true);
}

void signal_irqfd(struct guest *guest, int eventfd)
{
	(void)guest;
	eventfd_write(eventfd, 1);
}

void signal_msi(struct guest *guest, int eventfd)
{
	(void)eventfd;
	guest->backend->send_msi(guest);
}

static void *sender(void *argument)
{
	struct signals *signals = argument;

	pin(SENDER_CPU);
	for (unsigned int i = 0; i < signals->op->samples; i++) {
		pause_for_others();
		signals->start = clock_ticks();
		mark(MARK_START);
		signals->op->signal(&signals->guest, signals->eventfd);
		while (atomic_load(&signals->round) == i)
			asm volatile("yield");
	}
	return NULL;
}

/* When it was there */
static uint64_t receive(struct guest *guest, const struct operation *op)
{
	if (op->expected == BENCH_STORE)
		return guest_store_of(guest);
	guest_turn(guest, op->expected);
	mark(MARK_STOP);
	return clock_ticks();
}

static void prepare(struct signals *signals)
{
	struct guest *guest = &signals->guest;

	signals->eventfd = eventfd(0, EFD_CLOEXEC);
	if (signals->eventfd < 0)
		err(1, "eventfd");
	if (signals->op->signal == signal_irqfd)
		guest->backend->irqfd(guest, signals->eventfd);
	guest_start(guest, signals->op);
}

bool measure_signal(const struct operation *op, const struct backend *backend,
		    struct samples *samples)
{
	struct signals signals = { .op = op };
	pthread_t thread;

	pin(RUNNER_CPU);
	guest_create(&signals.guest, backend, 1);
	prepare(&signals);
	if (pthread_create(&thread, NULL, sender, &signals))
		errx(1, "no thread");
	for (unsigned int i = 0; i < op->samples; i++) {
		samples->ticks[i] = receive(&signals.guest, op) - signals.start;
		if (op->signal == signal_spi)
			backend->set_spi(&signals.guest, false);
		atomic_store(&signals.round, i + 1);
	}
	pthread_join(thread, NULL);
	guest_destroy(&signals.guest);
	close(signals.eventfd);
	return true;
}
