// SPDX-License-Identifier: MIT
/*
 * The operations, and the loops around them.
 *
 * An operation that the VMM takes part in is timed by the VMM, around many of them; one that
 * it doesn't see is timed by the guest.
 */
#include <errno.h>
#include <err.h>
#include <fcntl.h>
#include <linux/ioctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "code.h"
#include "marker.h"

/*
 * Operations a sample.  Each system call takes 16 random bits for the offset of its stack, and
 * the kernel makes 96 bytes of them at once: a multiple of 48 has each sample pay for its own.
 */
#define MANY		48
#define OFTEN		51 /* samples */
#define PAGES		101

/* getppid(): what a system call costs */
static bool measure_syscall(const struct operation *op, const struct backend *backend,
			    struct samples *samples)
{
	(void)backend;
	for (unsigned int i = 0; i < op->samples; i++) {
		uint64_t start = clock_ticks();

		mark(MARK_START);
		for (unsigned int n = 0; n < op->operations; n++)
			getppid();
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - start;
	}
	return true;
}

/* An ioctl that nobody knows: what is below any RUN */
static bool measure_ioctl(const struct operation *op, const struct backend *backend,
			  struct samples *samples)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)backend;
	if (fd < 0)
		err(1, "/dev/null");
	for (unsigned int i = 0; i < op->samples; i++) {
		uint64_t start = clock_ticks();

		mark(MARK_START);
		for (unsigned int n = 0; n < op->operations; n++)
			ioctl(fd, ARM_VCPU_RUN, 0);
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - start;
	}
	close(fd);
	return true;
}

static void sample_exits(struct guest *guest, const struct operation *op,
			 struct samples *samples)
{
	for (unsigned int i = 0; i < op->samples; i++) {
		uint64_t start = clock_ticks();

		mark(MARK_START);
		for (unsigned int n = 0; n < op->operations; n++)
			guest_turn(guest, op->expected);
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - start;
	}
}

static bool measure_exit(const struct operation *op, const struct backend *backend,
			 struct samples *samples)
{
	struct guest guest;

	guest_create(&guest, backend);
	guest_start(&guest, op);
	guest_turn(&guest, op->expected);
	sample_exits(&guest, op, samples);
	guest_destroy(&guest);
	return true;
}

static bool measure_call(const struct operation *op, const struct backend *backend,
			 struct samples *samples)
{
	struct guest guest;
	bool possible;

	guest_create(&guest, backend);
	possible = backend->route_calls(&guest);
	if (possible) {
		guest_start(&guest, op);
		sample_exits(&guest, op, samples);
	}
	guest_destroy(&guest);
	return possible;
}

static bool measure_no_enter(const struct operation *op, const struct backend *backend,
			     struct samples *samples)
{
	struct guest guest;

	guest_create(&guest, backend);
	guest_start(&guest, op);
	guest_turn(&guest, BENCH_STORE);
	backend->set_no_enter(&guest, true);
	sample_exits(&guest, op, samples);
	guest_destroy(&guest);
	return true;
}

/* Two VMs, a turn each, on one CPU; an operation is an exit of either */
static bool measure_turns(const struct operation *op, const struct backend *backend,
			  struct samples *samples)
{
	struct guest a, b;

	guest_create(&a, backend);
	guest_create(&b, backend);
	guest_start(&a, op);
	guest_start(&b, op);
	for (unsigned int i = 0; i < op->samples; i++) {
		uint64_t start = clock_ticks();

		mark(MARK_START);
		for (unsigned int n = 0; n < op->operations / 2; n++) {
			guest_turn(&a, op->expected);
			guest_turn(&b, op->expected);
		}
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - start;
	}
	guest_destroy(&b);
	guest_destroy(&a);
	return true;
}

/* The guest has looked at the clock, and stores what it saw */
static void collect(struct guest *guest, const struct operation *op, struct samples *samples)
{
	enum bench_exit exit;

	guest_start(guest, op);
	for (unsigned int i = 0; i < op->samples; i++) {
		do
			exit = guest->backend->run(guest);
		while (exit == BENCH_NOTHING);
		if (exit != BENCH_STORE)
			errx(1, "%s: exit %d from %s", guest->backend->name, exit, op->name);
		samples->ticks[i] = guest->backend->stored(guest);
	}
}

static bool measure_in_guest(const struct operation *op, const struct backend *backend,
			     struct samples *samples)
{
	struct guest guest;

	guest_create(&guest, backend);
	collect(&guest, op, samples);
	guest_destroy(&guest);
	return true;
}

static bool measure_sleep(const struct operation *op, const struct backend *backend,
			  struct samples *samples)
{
	return backend->timer_wakes && measure_in_guest(op, backend, samples);
}

static bool measure_touch_present(const struct operation *op, const struct backend *backend,
				  struct samples *samples)
{
	struct guest guest;

	guest_create(&guest, backend);
	memset(guest.ram + page_size(), 1, op->samples * page_size());
	collect(&guest, op, samples);
	guest_destroy(&guest);
	return true;
}

const struct operation operations[] = {
	{ "syscall", NULL, BENCH_OTHER, MANY, OFTEN, 1, measure_syscall },
	{ "ioctl", NULL, BENCH_OTHER, MANY, OFTEN, 1, measure_ioctl },
	{ "no-enter", guest_store, BENCH_NOTHING, MANY, OFTEN, 1, measure_no_enter },
	{ "mmio-store", guest_store, BENCH_STORE, MANY, OFTEN, 1, measure_exit },
	{ "mmio-load", guest_load, BENCH_LOAD, MANY, OFTEN, 1, measure_exit },
	{ "mmio-store-fp", guest_store_fp, BENCH_STORE, MANY, OFTEN, 1, measure_exit },
	{ "two-vms", guest_store, BENCH_STORE, MANY, OFTEN, 1, measure_turns },
	{ "hvc-user", guest_call, BENCH_CALL, MANY, OFTEN, 1, measure_call },
	{ "hvc-kernel", guest_smccc_version, BENCH_STORE, MANY, OFTEN, 1, measure_in_guest },
	{ "id-register", guest_id_register, BENCH_STORE, MANY, OFTEN, 1, measure_in_guest },
	{ "fault-present", guest_read_page, BENCH_STORE, 1, PAGES, 1, measure_touch_present },
	{ "fault-absent", guest_read_page, BENCH_STORE, 1, PAGES, 1, measure_in_guest },
	{ "fault-new", guest_write_page, BENCH_STORE, 1, PAGES, 1, measure_in_guest },
	{ "wfi-timer", guest_sleep, BENCH_STORE, 1, OFTEN, 1, measure_sleep },
	{ "kick", guest_spin, BENCH_NOTHING, 1, OFTEN, 2, measure_kick },
};

const size_t operations_count = ARRAY_SIZE(operations);
