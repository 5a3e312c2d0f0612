// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what a guest that cleans its caches as a whole costs: its host nothing, whose own
 * work on the process's memory goes on meanwhile; and the guest itself one cleaning of
 * its memory, again only after its caches were switched.  A signal ends one, and it goes on
 * in the next RUN.
 *
 * Emulation has no caches: that a cleaning takes as long as there is memory to be cleaned
 * is how this sees that there was one.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "psci.h"

#define BASE	(GUEST_RAM + 0x10000000UL)
#define LENGTH	(64UL << 20)

#define SCTLR_C	(1UL << 2)

FIXTURE(flush) {
	struct vm vm;
	struct vcpu *vcpu;
	void *user;		/* LENGTH at BASE, for which vm_tables() has a translation */
};

FIXTURE_SETUP(flush)
{
	vm_create(&self->vm);
	vm_tables(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->user = map_pages(LENGTH);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, LENGTH, self->user));
}

FIXTURE_TEARDOWN(flush)
{
	vm_destroy(&self->vm);
	munmap(self->user, LENGTH);
}

__guest_inline void clean_all(void)
{
	asm volatile("dc cisw, xzr\n\tdsb sy" : : : "memory");
}

__guest_inline void switch_caches(void)
{
	write_sysreg(read_sysreg(sctlr_el1) ^ SCTLR_C, sctlr_el1);
}

/* Has all of the memory, with the caches on */
__guest_inline void take_memory(u64 page_size)
{
	u64 i;

	guest_mmu_on(GUEST_TABLES);
	for (i = 0; i < LENGTH; i += page_size)
		*(volatile u64 *)(BASE + i) = i;
}

enum step { CLEAN_ONCE, CLEAN_AGAIN, SWITCH, CLEAN_OFF, SWITCH_BACK, CLEAN_AFTER, STEPS };

#define TIMES	200

/* Calls the host before and after each step */
static u64 __guest guest_steps(u64 page_size)
{
	u64 i;

	take_memory(page_size);
	guest_sync(0);
	clean_all();
	guest_sync(0);
	for (i = 0; i < TIMES; i++)
		clean_all();
	guest_sync(0);
	switch_caches();
	guest_sync(0);
	for (i = 0; i < TIMES; i++)
		clean_all();
	guest_sync(0);
	switch_caches();
	guest_sync(0);
	clean_all();
	return guest_sync(0);
}

#define SKIP_IF_FORCED()	do {								\
	if (write_back_is_forced())								\
		SKIP(return, "hardware: FEAT_S2FWB: there is nothing to clean");		\
} while (0)

static u64 next_step(struct vcpu *vcpu)
{
	u64 begin = now_ns();

	vcpu_expect_call(vcpu, CALL_SYNC);
	return now_ns() - begin;
}

TEST_F(flush, memory_is_cleaned_once_until_caches_are_switched)
{
	u64 took[STEPS], once;
	int i;

	SKIP_IF_FORCED();
	vcpu_call(self->vcpu, guest_steps, page_size(), 0);
	next_step(self->vcpu);
	for (i = 0; i < STEPS; i++) {
		took[i] = next_step(self->vcpu);
		TH_LOG("step %d: %lu us", i, (unsigned long)took[i] / 1000);
	}
	once = took[CLEAN_ONCE];
	/* An exit takes time as well, and on a busy machine any of these some more */
	EXPECT_GT(TIMES / 4 * once, took[CLEAN_AGAIN]);
	EXPECT_GT(TIMES / 4 * once, took[CLEAN_OFF]);
	/* With the caches off there is nothing in them; each switch cleans */
	EXPECT_LT(once / 16, took[SWITCH]);
	EXPECT_LT(once / 16, took[SWITCH_BACK]);
	EXPECT_LT(once / 16, took[CLEAN_AFTER]);
}

static u64 __guest guest_begins_anew(u64 page_size)
{
	return guest_sync(page_size);
}

/* What lies in the caches of the VMM's, or of the vCPU's former life, is before its eyes */
TEST_F(flush, all_is_cleaned_before_another_life)
{
	u64 once, again, first;

	vcpu_call(self->vcpu, guest_begins_anew, page_size(), 0);
	first = next_step(self->vcpu);
	vcpu_call(self->vcpu, guest_steps, page_size(), 0);
	next_step(self->vcpu);
	once = next_step(self->vcpu);
	vcpu_call(self->vcpu, guest_begins_anew, page_size(), 0);
	again = next_step(self->vcpu);
	TH_LOG("first %lu us, once %lu us, again %lu us", (unsigned long)first / 1000,
	       (unsigned long)once / 1000, (unsigned long)again / 1000);
	EXPECT_LT(once / 16, again);
}

TEST_F(flush, nothing_is_cleaned_where_the_caches_are_always_on)
{
	u64 took[STEPS], all;
	int i;

	if (!write_back_is_forced())
		SKIP(return, "hardware: no FEAT_S2FWB");
	vcpu_call(self->vcpu, guest_steps, page_size(), 0);
	next_step(self->vcpu);
	for (i = 0; i < STEPS; i++)
		took[i] = next_step(self->vcpu);
	/* All of the memory, which another life may execute */
	vcpu_call(self->vcpu, guest_begins_anew, page_size(), 0);
	all = next_step(self->vcpu);
	TH_LOG("all %lu us, once %lu us, a switch %lu us", (unsigned long)all / 1000,
	       (unsigned long)took[CLEAN_ONCE] / 1000, (unsigned long)took[SWITCH] / 1000);
	EXPECT_GT(all / 4, took[CLEAN_ONCE]);
	EXPECT_GT(all / 4, took[SWITCH]);
	EXPECT_GT(all / 4, took[SWITCH_BACK]);
}

/* So it is before the eyes of one that another has switched on */
TEST_F(flush, all_is_cleaned_before_a_vcpu_that_was_off)
{
	struct vcpu *target;
	u64 once, again;

	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_PSCI);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, LENGTH, self->user));
	self->vcpu = vcpu_create(&self->vm);
	target = vcpu_create(&self->vm);
	vcpu_call(target, guest_steps, page_size(), 0);
	next_step(target);
	once = next_step(target);
	ASSERT_EQ(0, vcpu_set_power(target, ARM_VCPU_POWER_OFF));
	ASSERT_EQ(SUCCESS, psci(self->vcpu, CPU_ON, target->index, vm_gpa(guest_hvc), 0));
	again = next_step(target);
	TH_LOG("once %lu us, again %lu us", (unsigned long)once / 1000,
	       (unsigned long)again / 1000);
	EXPECT_LT(once / 16, again);
}

struct shared {
	u64 stop;
	u64 rounds;
};

/* Each switch cleans, and so may the cleaning after it */
static u64 __guest guest_cleans(u64 page_size)
{
	volatile struct shared *shared = (void *)GUEST_SHARED;

	take_memory(page_size);
	guest_sync(0);
	while (!shared->stop) {
		clean_all();
		switch_caches();
		shared->rounds = shared->rounds + 1;
	}
	return 0;
}

#define SAMPLES	9
#define ENOUGH	4

/* How many there are in a round of the guest's, two cleanings at most; ENOUGH is enough */
static u64 dontneed(volatile struct shared *shared, char *page)
{
	u64 round = shared->rounds, n;

	while (shared->rounds == round)
		;
	round = shared->rounds;
	for (n = 0; n < ENOUGH && shared->rounds == round; n++) {
		*page = 1;
		if (madvise(page, page_size(), MADV_DONTNEED))
			die("madvise failed");
	}
	return n;
}

/*
 * How many there are, and not how long one takes: on a busy machine that is anything.  If each
 * has to wait for the end of a cleaning, there are as many as cleanings, in every round; so
 * some rounds that have more are enough.
 */
TEST_F(flush, the_hosts_own_work_does_not_wait_for_one)
{
	volatile struct shared *shared = vm_host(&self->vm, GUEST_SHARED);
	u64 i, n, enough = 0;

	SKIP_IF_FORCED();
	vcpu_call(self->vcpu, guest_cleans, page_size(), 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->vcpu->cpu = cpu_nth(1);
	pin_to(cpu_nth(0));
	vcpu_start(self->vcpu);
	for (i = 0; i < SAMPLES; i++) {
		n = dontneed(shared, self->user);
		TH_LOG("%lu in a round", (unsigned long)n);
		enough += n == ENOUGH;
	}
	shared->stop = 1;
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	EXPECT_LT(SAMPLES / 4, enough);
}

/* Each time round all is cleaned: SCTLR_EL1 is written with the caches on */
static u64 __guest guest_cleans_for_ever(u64 page_size)
{
	volatile struct shared *shared = (void *)GUEST_SHARED;

	take_memory(page_size);
	guest_sync(0);
	while (!shared->stop) {
		shared->rounds = shared->rounds + 1;
		clean_all();
		write_sysreg(read_sysreg(sctlr_el1), sctlr_el1);
	}
	return 0;
}

/* As long as one takes when nothing ends it */
static u64 whole_cleaning(volatile struct shared *shared)
{
	u64 begin, first = shared->rounds;

	while (shared->rounds == first)
		;
	begin = now_ns();
	while (shared->rounds < first + 1 + SAMPLES)
		;
	return (now_ns() - begin) / SAMPLES;
}

/* From the begin of RUN to that of the guest's next cleaning */
static u64 reaches_next(struct vcpu *vcpu, volatile struct shared *shared)
{
	u64 round = shared->rounds, begin = now_ns();

	vcpu_start_once(vcpu);
	while (shared->rounds == round)
		;
	return now_ns() - begin;
}

static u64 signal_ends_run(struct vcpu *vcpu)
{
	u64 begin = now_ns();

	pthread_kill(vcpu->thread, SIGUSR1);
	if (vcpu_join(vcpu) != -EINTR)
		die("RUN wasn't interrupted");
	return now_ns() - begin;
}

static void clean_for_ever(FIXTURE_DATA(flush) *self)
{
	catch_signal(SIGUSR1, 0);
	vcpu_call(self->vcpu, guest_cleans_for_ever, page_size(), 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->vcpu->cpu = cpu_nth(1);
	pin_to(cpu_nth(0));
}

static void stop_guest(struct __test_metadata *_metadata, FIXTURE_DATA(flush) *self,
		       volatile struct shared *shared)
{
	shared->stop = 1;
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
}

/* What the signal has cut short is what the next RUN begins with: most of it */
TEST_F(flush, a_signal_ends_one)
{
	volatile struct shared *shared = vm_host(&self->vm, GUEST_SHARED);
	u64 took = 0, rest, i, soon = 0;

	SKIP_IF_FORCED();
	clean_for_ever(self);
	for (i = 0; i <= SAMPLES; i++) {
		rest = reaches_next(self->vcpu, shared);
		if (i) {
			TH_LOG("%lu us, then %lu", (unsigned long)took / 1000,
			       (unsigned long)rest / 1000);
			soon += took < rest / 4;
		}
		took = signal_ends_run(self->vcpu);
	}
	EXPECT_LT(SAMPLES / 2, soon);
	vcpu_start(self->vcpu);
	stop_guest(_metadata, self, shared);
}

/* Signals until the guest has had three cleanings, or long enough: none ends in one piece */
static u64 signals_to_three(struct vcpu *vcpu, volatile struct shared *shared, u64 whole)
{
	u64 first = shared->rounds, signals = 0;

	while (shared->rounds < first + 3 && signals < 300) {
		pthread_kill(vcpu->thread, SIGUSR1);
		signals++;
		usleep((useconds_t)(whole / 1000 / 8));
	}
	return signals;
}

/* Where signals came too slowly, on a busy machine, there is nothing to be seen */
TEST_F(flush, signals_that_come_all_the_time_do_not_keep_it_from_its_end)
{
	volatile struct shared *shared = vm_host(&self->vm, GUEST_SHARED);
	u64 whole, signals, i;

	SKIP_IF_FORCED();
	clean_for_ever(self);
	vcpu_start(self->vcpu);
	whole = whole_cleaning(shared);
	for (i = 0; i < SAMPLES; i++) {
		signals = signals_to_three(self->vcpu, shared, whole);
		TH_LOG("%lu signals", (unsigned long)signals);
		if (signals > 6)
			break;
	}
	EXPECT_LT(i, SAMPLES);
	EXPECT_GT(300, signals);
	stop_guest(_metadata, self, shared);
}

TEST_HARNESS_MAIN
