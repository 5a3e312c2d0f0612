// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest with as many LPIs and events as it can have costs the host no more time with
 * interrupts off than others.
 */
#include <sched.h>
#include <time.h>
#include "lpi.h"

#define ALL		8192U
#define TRIES		200
#define ROUNDS		5

/* How long it takes a vCPU to look at its interrupts and go on, at best */
static u64 look_ns(FIXTURE_DATA(lpi) *self)
{
	u64 best = ~0UL, began, ns;
	int i;

	for (i = 0; i < TRIES; i++) {
		SEND();
		began = now_ns();
		gic_idle(self->vcpu[1]);
		ns = now_ns() - began;
		best = ns < best ? ns : best;
	}
	return best;
}

/* With gic->lock held: there isn't one after another to be looked at */
TEST_F(lpi, a_look_at_all_of_them_is_short)
{
	u64 few, all;

	/* The guest takes none */
	vcpu_call(self->vcpu[1], guest_serves, 0, GROUP0 | GROUP1);
	gic_idle(self->vcpu[1]);
	few = look_ns(self);
	memset(vm_host(&self->vm, ITS_CONFIG), LPI_ENABLED | 0x80, ALL);
	memset((char *)vm_host(&self->vm, ITS_PENDING(1)) + LPI / 8, 0xff, ALL / 8);
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, 0);
	memset((char *)vm_host(&self->vm, ITS_PENDING(1)) + LPI / 8, 0xff, ALL / 8);
	its_enable_lpis(self->vcpu[0], 1, 0);
	gic_idle(self->vcpu[1]);
	all = look_ns(self);
	TH_LOG("%lu us, with all pending %lu us", few / 1000, all / 1000);
	EXPECT_GT(4 * few, all);
	/* They are all there */
	vcpu_call(self->vcpu[1], guest_serves, 0xff, GROUP0 | GROUP1);
	gic_comes(self->vcpu[1], LPI, 0x80);
	gic_comes(self->vcpu[1], LPI + 1, 0x80);
}

/* An event each of as many devices, far from each other */
static void map_all(FIXTURE_DATA(lpi) *self)
{
	struct vcpu *vcpu = self->vcpu[0];
	u32 at, n = 0;

	DO(ITS_UNMAPD(DEV));
	while (n < ALL) {
		at = gic_read32(vcpu, GITS_CWRITER);
		do {
			at = its_put(&self->vm, at, ITS_MAPD(n, ITS_ITT, 1));
			at = its_put(&self->vm, at, ITS_MAPTI(n, 0, LPI + n, 1));
		} while (++n % 512);
		gic_write32(vcpu, GITS_CWRITER, at);
	}
}

struct other {
	bool stop;
	u64 longest;
};

/* Another task on this CPU, that is more urgent, and how long it had to wait */
static void *wakes_often(void *arg)
{
	struct sched_param urgent = { .sched_priority = 50 };
	struct timespec nap = { .tv_nsec = 200000 };
	struct other *other = arg;

	pin_to(cpu_nth(0));
	if (sched_setscheduler(0, SCHED_FIFO, &urgent))
		die("no SCHED_FIFO");
	while (!READ_ONCE(other->stop)) {
		u64 began = now_ns(), ns;

		nanosleep(&nap, NULL);
		ns = now_ns() - began;
		if (ns > other->longest)
			WRITE_ONCE(other->longest, ns);
	}
	return NULL;
}

/* The host's own noise aside: one quiet round is enough */
TEST_F_TIMEOUT(lpi, others_run_while_all_maps_are_forgotten, 100)
{
	u64 began, took = 0, longest = ~0UL;
	struct other other;
	pthread_t thread;
	int i;

	pin_to(cpu_nth(0));
	for (i = 0; i < ROUNDS && (!i || 4 * longest > took); i++) {
		map_all(self);
		gic_write32(self->vcpu[0], GITS_CTLR, 0);
		other = (struct other) { };
		ASSERT_EQ(0, pthread_create(&thread, NULL, wakes_often, &other));
		sleep_ms(20);
		WRITE_ONCE(other.longest, 0);
		began = now_ns();
		gic_write(self->vcpu[0], GITS_BASER(0), 8, 0);
		took = now_ns() - began;
		sleep_ms(1);
		longest = READ_ONCE(other.longest);
		WRITE_ONCE(other.stop, true);
		pthread_join(thread, NULL);
		TH_LOG("%lu us, another task waited for %lu us", took / 1000, longest / 1000);
		its_tables(self->vcpu[0], ITS_FLAT);
		gic_write32(self->vcpu[0], GITS_CTLR, GITS_CTLR_ENABLED);
		DO(ITS_MAPC(1, 1));
	}
	EXPECT_GT(took, 4 * longest);
	unpin();
}

TEST_HARNESS_MAIN
