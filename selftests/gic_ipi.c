// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows interrupts between vCPUs that are in the guest: who is there is interrupted, and who is
 * about to sleep is woken.
 */
#include <sched.h>
#include <stdlib.h>
#include "kselftest_harness.h"
#include "gic_vm.h"

#define NR		4
#define LAST		((u64)NR)	/* the SGI that ends the game; the others say who sends */
#define GROUP0_SGI	(LAST + 1)

/* Each word is written by one vCPU alone: there are no atomic accesses without an MMU */
struct counts {
	u64 taken[NR];
	u64 sent[NR];
	u64 wrong;
	u64 rounds;
	u64 ready;
};

struct shared {
	u64 stop;	/* sending, and with 2 taking */
	struct counts counts[NR];
};

#define SHARED		((struct shared *)(GUEST_SHARED + 0x3000))

FIXTURE(ipi) {
	struct vm vm;
	struct vcpu *vcpu[NR];
	struct shared *shared;
};

static void __guest guest_counts(struct guest_frame *frame, u64 vector)
{
	struct counts *own = &SHARED->counts[read_sysreg(mpidr_el1) & 0xff];
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	if (id == INTID_NONE)
		return;
	if (id < NR)
		own->taken[id]++;
	else if (id != LAST)
		own->wrong++;
	write_sysreg(id, ICC_EOIR1);
}

static void __guest guest_counts_group0(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR0);

	(void)frame;
	(void)vector;
	SHARED->counts[read_sysreg(mpidr_el1) & 0xff].wrong++;
	write_sysreg(id, ICC_EOIR0);
}

FIXTURE_SETUP(ipi)
{
	u32 i, sgi;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	vm_handler(&self->vm, VECTOR_IRQ, guest_counts);
	vm_handler(&self->vm, VECTOR_FIQ, guest_counts_group0);
	self->shared = vm_host(&self->vm, (u64)SHARED);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	for (i = 0; i < NR; i++) {
		for (sgi = 0; sgi <= LAST; sgi++)
			gic_enable(self->vcpu[i], sgi, 0x40);
		gic_set(self->vcpu[i], GIC_ISENABLER, GROUP0_SGI);
	}
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
}

FIXTURE_TEARDOWN(ipi)
{
	if (self->shared)
		vm_destroy(&self->vm);
}

static void run_on(struct vcpu *vcpu, unsigned int n)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu_nth(n % cpu_count()), &set);
	pthread_setaffinity_np(vcpu->thread, sizeof(set), &set);
}

__guest_inline void guest_opens(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN0);
	write_sysreg(1, ICC_IGRPEN1);
	asm volatile("msr daifclr, #3\n isb" : : : "memory");
}

__guest_inline void guest_sends(u64 sgi, u64 targets)
{
	asm volatile("dsb ishst" : : : "memory");
	write_sysreg(ICC_SGI1R_ID(sgi) | targets, ICC_SGI1R);
	isb();
}

/* To whoever has taken the last one */
__guest_inline void guest_sends_some(u64 me, u64 random)
{
	struct counts *own = &SHARED->counts[me];
	u64 targets = random & ((1 << NR) - 1), n;

	for (n = 0; n < NR; n++) {
		if (!(targets & 1 << n))
			continue;
		if (READ_ONCE(SHARED->counts[n].taken[me]) < own->sent[n])
			targets &= ~(1UL << n);
		else
			WRITE_ONCE(own->sent[n], own->sent[n] + 1);
	}
	guest_sends(me, targets);
}

/* What comes after the look at @stop ends it, or has been taken before */
__guest_inline void guest_sleeps(void)
{
	asm volatile("msr daifset, #3" : : : "memory");
	if (!READ_ONCE(SHARED->stop))
		wfi();
	asm volatile("msr daifclr, #3\n isb" : : : "memory");
}

/* The first one never sleeps, and has the last word */
static u64 __guest guest_plays(u64 me)
{
	struct counts *own = &SHARED->counts[me];
	u64 random, i;

	guest_opens();
	while (!READ_ONCE(SHARED->stop)) {
		random = guest_pattern(me, own->rounds);
		guest_sends_some(me, random);
		if (me && !(random >> 8 & 3))
			guest_sleeps();
		for (i = random >> 16 & 0xff; i; i--)
			barrier();
		WRITE_ONCE(own->rounds, own->rounds + 1);
	}
	if (!me)
		guest_sends(LAST, (1 << NR) - 2);
	while (READ_ONCE(SHARED->stop) < 2)
		barrier();
	return own->rounds;
}

/* Of all that were sent, those that were not taken, or once more than that */
static unsigned int wrongly_taken(FIXTURE_DATA(ipi) *self)
{
	const struct counts *counts = self->shared->counts;
	unsigned int from, to, wrong = 0;

	for (from = 0; from < NR; from++)
		for (to = 0; to < NR; to++)
			wrong += READ_ONCE(counts[from].sent[to]) !=
				 READ_ONCE(counts[to].taken[from]);
	return wrong;
}

TEST_F_TIMEOUT(ipi, none_is_lost_as_vcpus_come_and_go, 120)
{
	u64 rounds = thorough(1500), i;

	for (i = 0; i < NR; i++) {
		vcpu_call(self->vcpu[i], guest_plays, i, 0);
		vcpu_start(self->vcpu[i]);
	}
	for (i = 50; i <= rounds; i += 50) {
		EXPECT_TRUE(wait_for(READ_ONCE(self->shared->counts[0].rounds) >= i)) break;
		run_on(self->vcpu[rand() % NR], rand());
	}
	for (i = 1; i < NR; i++)
		EXPECT_TRUE(wait_for(READ_ONCE(self->shared->counts[i].rounds) >= 100));
	WRITE_ONCE(self->shared->stop, 1);
	EXPECT_TRUE(wait_for(!wrongly_taken(self))) TH_LOG("%u", wrongly_taken(self));
	WRITE_ONCE(self->shared->stop, 2);
	for (i = 0; i < NR; i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[i]));
		EXPECT_EQ(0, self->shared->counts[i].wrong);
	}
}

#define MANY	400UL

static u64 __guest guest_listens_only(u64 me)
{
	guest_opens();
	WRITE_ONCE(SHARED->counts[me].ready, 1);
	while (!READ_ONCE(SHARED->stop))
		barrier();
	return 0;
}

static u64 __guest guest_sends_once(u64 sgi)
{
	guest_sends(sgi, 1 << 1);
	return 0;
}

/* One after the other to the second one, which runs */
static u64 __guest guest_sends_many(u64 many)
{
	u64 i;

	for (i = 0; i < many; i++) {
		guest_sends(0, 1 << 1);
		while (READ_ONCE(SHARED->counts[1].taken[0]) <= i)
			barrier();
	}
	return 0;
}

static void begin_pair(FIXTURE_DATA(ipi) *self)
{
	vcpu_call(self->vcpu[1], guest_listens_only, 1, 0);
	vcpu_start(self->vcpu[1]);
	run_on(self->vcpu[1], 1);
	wait_for(READ_ONCE(self->shared->counts[1].ready));
}

static void end_pair(FIXTURE_DATA(ipi) *self)
{
	WRITE_ONCE(self->shared->stop, 1);
	vcpu_join(self->vcpu[1]);
}

/* Of all CPUs, as /proc/interrupts has them: the first of Linux's interrupts between CPUs */
static u64 reschedules(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char line[4096], *at, *end;
	u64 sum = 0, value;

	while (fgets(line, sizeof(line), file)) {
		at = strstr(line, "IPI0:");
		if (!at || !strstr(line, "Rescheduling interrupts"))
			continue;
		for (at += 5; value = strtoul(at, &end, 10), end != at; at = end)
			sum += value;
	}
	fclose(file);
	return sum;
}

/* No tick comes to its help: there would be 250 in a second */
TEST_F(ipi, one_that_runs_is_interrupted_at_once)
{
	u64 before, exits, taken;

	if (cpu_count() < 2)
		SKIP(return, "the host has one CPU");
	pin_to(cpu_nth(0));
	begin_pair(self);
	before = reschedules();
	exits = vcpu_stat(self->vcpu[1], ARM_VCPU_STAT_INTERRUPT);
	vcpu_call(self->vcpu[0], guest_sends_many, MANY, 0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	taken = READ_ONCE(self->shared->counts[1].taken[0]);
	EXPECT_EQ(MANY, taken);
	EXPECT_LE(MANY * 9 / 10, vcpu_stat(self->vcpu[1], ARM_VCPU_STAT_INTERRUPT) - exits);
	EXPECT_LE(MANY * 9 / 10, reschedules() - before);
	end_pair(self);
}

/* The register names group 1: to one that runs, too */
TEST_F(ipi, one_of_the_other_group_does_not_come)
{
	begin_pair(self);
	vcpu_call(self->vcpu[0], guest_sends_once, GROUP0_SGI, 0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	vcpu_call(self->vcpu[0], guest_sends_many, 1, 0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	end_pair(self);
	EXPECT_EQ(0, self->shared->counts[1].wrong);
	EXPECT_EQ(1, self->shared->counts[1].taken[0]);
}

TEST_HARNESS_MAIN
