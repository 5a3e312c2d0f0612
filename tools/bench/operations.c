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
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
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
#define SOME		21
#define FEW		5
#define CROWDED		768 /* by all of eight vCPUs, or all by one */
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

	guest_create(&guest, backend, 1);
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

	guest_create(&guest, backend, 1);
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

	guest_create(&guest, backend, 1);
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

	guest_create(&a, backend, 1);
	guest_create(&b, backend, 1);
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
	guest_start(guest, op);
	for (unsigned int i = 0; i < op->samples; i++)
		samples->ticks[i] = guest_store_of(guest);
}

static void create(struct guest *guest, const struct operation *op, const struct backend *backend)
{
	if (op->huge_pages)
		guest_create_huge(guest, backend, op->huge_pages);
	else
		guest_create(guest, backend, 1);
}

static bool measure_in_guest(const struct operation *op, const struct backend *backend,
			     struct samples *samples)
{
	struct guest guest;

	create(&guest, op, backend);
	collect(&guest, op, samples);
	guest_destroy(&guest);
	return true;
}

static bool measure_doorbell(const struct operation *op, const struct backend *backend,
			     struct samples *samples)
{
	int fd = eventfd(0, EFD_CLOEXEC);
	struct guest guest;

	if (fd < 0)
		err(1, "eventfd");
	guest_create(&guest, backend, 1);
	backend->ioeventfd(&guest, fd);
	collect(&guest, op, samples);
	guest_destroy(&guest);
	close(fd);
	return true;
}

/* The host has what the guest is to touch */
static void touch(struct guest *guest, const struct operation *op)
{
	for (unsigned int i = 0; i < op->samples; i++)
		guest->ram[guest->touched + i * guest->stride] = 1;
}

static bool measure_touch_present(const struct operation *op, const struct backend *backend,
				  struct samples *samples)
{
	struct guest guest;

	create(&guest, op, backend);
	touch(&guest, op);
	collect(&guest, op, samples);
	guest_destroy(&guest);
	return true;
}

/* All of a new guest's memory: an operation is a huge page */
static bool measure_gigabyte(const struct operation *op, const struct backend *backend,
			     struct samples *samples)
{
	for (unsigned int i = 0; i < op->samples; i++) {
		struct guest guest;
		uint64_t start;

		create(&guest, op, backend);
		guest_start(&guest, op);
		start = clock_ticks();
		mark(MARK_START);
		guest_run_to_store(&guest, 0);
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - start;
		guest_destroy(&guest);
	}
	return true;
}

/* The host takes memory away that the guest has: an operation is a page */
static void sample_unmaps(struct guest *guest, const struct operation *op, struct samples *samples)
{
	for (unsigned int i = 0; i < op->samples; i++) {
		uint64_t start;

		guest_start(guest, op);
		guest_run_to_store(guest, 0);
		start = clock_ticks();
		mark(MARK_START);
		if (madvise(guest->ram + guest->touched, op->operations * guest->stride,
			    MADV_DONTNEED))
			err(1, "MADV_DONTNEED");
		mark(MARK_STOP);
		samples->ticks[i] = clock_ticks() - start;
	}
}

static bool measure_unmap(const struct operation *op, const struct backend *backend,
			  struct samples *samples)
{
	struct guest guest;

	create(&guest, op, backend);
	sample_unmaps(&guest, op, samples);
	guest_destroy(&guest);
	return true;
}

#define OPERATION(name_, entry_, expected_, operations_, samples_, measure_, ...)	\
	{ .name = name_, .entry = entry_, .expected = expected_,			\
	  .operations = operations_, .samples = samples_, .measure = measure_,		\
	  .cpus = 1, __VA_ARGS__ }

/* Exits, timed by the VMM; what the guest times itself, many times or once; two threads */
#define TIMED(name, entry, exit, measure)	OPERATION(name, entry, exit, MANY, OFTEN, measure)
#define IN_GUEST(name, entry, ...)							\
	OPERATION(name, entry, BENCH_STORE, MANY, OFTEN, measure_in_guest, __VA_ARGS__)
#define ONCE(name, entry, samples, measure, ...)					\
	OPERATION(name, entry, BENCH_STORE, 1, samples, measure, __VA_ARGS__)
#define SIGNAL(name_, entry_, signal_)							\
	{ .name = name_, .entry = entry_, .expected = BENCH_STORE, .operations = 1,	\
	  .samples = OFTEN, .cpus = 2, .measure = measure_signal, .needs = NEEDS_GIC,	\
	  .signal = signal_ }
#define CROWD(name_, vcpus_, entry_, measure_)						\
	{ .name = name_ "-" #vcpus_, .entry = entry_, .expected = BENCH_STORE,		\
	  .operations = CROWDED, .samples = SOME, .cpus = 8, .vcpus = vcpus_, .measure = measure_ }
#define CROWDS(name, entry, measure)							\
	CROWD(name, 1, entry, measure), CROWD(name, 2, entry, measure),			\
	CROWD(name, 4, entry, measure), CROWD(name, 8, entry, measure)
#define IPI(name_, answer_)								\
	{ .name = name_, .entry = guest_ipi_send, .expected = BENCH_STORE,		\
	  .operations = 1, .samples = OFTEN, .cpus = 2, .measure = measure_ipi,		\
	  .needs = NEEDS_GIC, .answer = answer_ }

const struct operation operations[] = {
	TIMED("syscall", NULL, BENCH_OTHER, measure_syscall),
	TIMED("ioctl", NULL, BENCH_OTHER, measure_ioctl),
	TIMED("no-enter", guest_store, BENCH_NOTHING, measure_no_enter),
	TIMED("mmio-store", guest_store, BENCH_STORE, measure_exit),
	TIMED("mmio-load", guest_load, BENCH_LOAD, measure_exit),
	TIMED("mmio-store-fp", guest_store_fp, BENCH_STORE, measure_exit),
	TIMED("two-vms", guest_store, BENCH_STORE, measure_turns),
	TIMED("hvc-user", guest_call, BENCH_CALL, measure_call),
	IN_GUEST("hvc-kernel", guest_smccc_version),
	IN_GUEST("id-register", guest_id_register),
	ONCE("fault-present", guest_read_page, PAGES, measure_touch_present),
	ONCE("fault-absent", guest_read_page, PAGES, measure_in_guest),
	ONCE("fault-new", guest_write_page, PAGES, measure_in_guest),
	ONCE("fault-huge", guest_read_page, HUGE_PAGES, measure_touch_present,
	     .huge_pages = HUGE_PAGES),
	ONCE("fault-huge-new", guest_write_page, HUGE_PAGES, measure_in_guest,
	     .huge_pages = HUGE_PAGES),
	OPERATION("touch-gigabyte", guest_write_pages, BENCH_STORE, GIGABYTE_PAGES, FEW,
		  measure_gigabyte, .huge_pages = GIGABYTE_PAGES),
	OPERATION("unmap", guest_write_pages, BENCH_STORE, PAGES, OFTEN, measure_unmap),
	OPERATION("unmap-huge", guest_write_pages, BENCH_STORE, HUGE_PAGES, FEW, measure_unmap,
		  .huge_pages = HUGE_PAGES),
	OPERATION("unmap-gigabyte", guest_write_pages, BENCH_STORE, GIGABYTE_PAGES, FEW,
		  measure_unmap, .huge_pages = GIGABYTE_PAGES),
	ONCE("wfi-timer", guest_sleep, OFTEN, measure_in_guest, .needs = NEEDS_NO_GIC),
	OPERATION("ioeventfd", guest_doorbell, BENCH_STORE, MANY, OFTEN, measure_doorbell),
	IN_GUEST("gicd-iidr", guest_gicd_iidr, .needs = NEEDS_GIC),
	IN_GUEST("sgi-self", guest_sgi_self, .needs = NEEDS_GIC),
	ONCE("timer", guest_timer, OFTEN, measure_in_guest, .needs = NEEDS_GIC),
	ONCE("timer-asleep", guest_timer_asleep, OFTEN, measure_in_guest, .needs = NEEDS_GIC),
	{ .name = "kick", .entry = guest_spin, .expected = BENCH_NOTHING, .operations = 1,
	  .samples = OFTEN, .cpus = 2, .measure = measure_signal, .signal = signal_kick },
	IPI("ipi", guest_ipi_answer),
	IPI("ipi-asleep", guest_ipi_answer_asleep),
	SIGNAL("spi", guest_interrupted, signal_spi),
	SIGNAL("spi-asleep", guest_interrupted_asleep, signal_spi),
	SIGNAL("irqfd", guest_interrupted, signal_irqfd),
	SIGNAL("irqfd-asleep", guest_interrupted_asleep, signal_irqfd),
	SIGNAL("msi", guest_interrupted, signal_msi),
	SIGNAL("msi-asleep", guest_interrupted_asleep, signal_msi),
	CROWDS("store-by", guest_store, measure_crowd_of_exits),
	CROWDS("call-by", guest_calls, measure_crowd_in_guest),
	CROWDS("fault-by", guest_write_again, measure_crowd_in_guest),
};

const size_t operations_count = ARRAY_SIZE(operations);
