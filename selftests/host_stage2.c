// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what a guest's accesses don't have to wait for, or to ask: a page that is written to again
 * after its log was read isn't asked of the host, and an access to a device needs no lock that
 * somebody has who takes memory away.  The module gups counts what is asked, and delays has the
 * lock held.
 */
#include <sys/mman.h>
#include <stdio.h>
#include "kselftest_harness.h"
#include "dirty.h"
#include "module.h"
#include "pages.h"

#define GUPS_KO		"ARM_VCPU_GUPS_KO", "/gups.ko"
#define DELAYS_KO	"ARM_VCPU_DELAYS_KO", "/delays.ko"
#define NR_GUPS		"/sys/module/gups/parameters/nr"
#define HELD_MS		1500U
#define HELD		"function=table_unmap ms=1500"

#define BASE		(1UL << 36)
#define PAGES		DIRTY_WORD
#define ACCESSES	8

FIXTURE(stage2) {
	struct vm vm;
	struct vcpu *vcpu;
	char *user;
};

FIXTURE_SETUP(stage2)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->user = map_pages(PAGES * page_size());
	madvise(self->user, PAGES * page_size(), MADV_NOHUGEPAGE);
	pages_fill(self->user, 0, PAGES, 1);
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_LOG_DIRTY, BASE, PAGES * page_size(),
			       self->user));
	pages_warm_up(self->vcpu);
}

FIXTURE_TEARDOWN(stage2)
{
	vm_destroy(&self->vm);
	munmap(self->user, PAGES * page_size());
}

static int asked(void)
{
	FILE *file = fopen(NR_GUPS, "r");
	int nr;

	if (!file || fscanf(file, "%d", &nr) != 1)
		die("gups doesn't say");
	fclose(file);
	return nr;
}

/* To each page; returns the faults */
static u64 store(FIXTURE_DATA(stage2) *self, u64 generation)
{
	return PAGES_USE(self->vcpu, .base = BASE, .end = PAGES, .generation = generation,
			 .add = 1);
}

TEST_F(stage2, what_is_written_to_again_is_not_asked_for)
{
	char parameters[32];
	int before, i;
	u64 bits;

	snprintf(parameters, sizeof(parameters), "tgid=%d", getpid());
	ASSERT_EQ(0, module_load_with(GUPS_KO, parameters));
	EXPECT_LE(PAGES, store(self, 1));
	EXPECT_LE(PAGES, asked());
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, dirty_get(&self->vm, 0, BASE, PAGES, &bits));
		EXPECT_EQ(~0UL, bits);
		before = asked();
		EXPECT_EQ(PAGES, store(self, 2 + i));
		EXPECT_EQ(before, asked());
	}
	EXPECT_EQ(0, module_unload("gups"));
	EXPECT_EQ(0, pages_wrong(self->user, 0, PAGES, 5));
}

struct taking {
	pthread_t thread;
	char *user;
	bool begun;
	u64 took;		/* 0 while it lasts */
};

static void *take_away(void *arg)
{
	struct taking *taking = arg;
	u64 begin = now_ns();

	pin_to(cpu_nth(1));
	WRITE_ONCE(taking->begun, true);
	if (madvise(taking->user, page_size(), MADV_DONTNEED))
		die("madvise failed");
	WRITE_ONCE(taking->took, now_ns() - begin);
	return NULL;
}

GUEST_ASM(guest_store_on, "1: str x0, [x1]\n b 1b");

TEST_F(stage2, an_access_to_a_device_does_not_wait_for_who_takes_memory_away)
{
	struct taking taking = { .user = self->user };
	u64 begin;
	int i;

	if (cpu_count() < 2)
		SKIP(return, "hardware: one CPU");
	pin_to(cpu_nth(0));
	store(self, 1);
	vcpu_enter(self->vcpu, guest_store_on, 0, GUEST_MMIO);
	vcpu_expect(self->vcpu, MMIO_WRITE);
	ASSERT_EQ(0, module_load_with(DELAYS_KO, HELD));
	pthread_create(&taking.thread, NULL, take_away, &taking);
	while (!READ_ONCE(taking.begun))
		sleep_ms(1);
	sleep_ms(HELD_MS / 5);
	begin = now_ns();
	for (i = 0; i < ACCESSES; i++)
		vcpu_expect(self->vcpu, MMIO_WRITE);
	/* What waits goes on before the other thread can say that it is done */
	EXPECT_GT(HELD_MS / 2 * MS, now_ns() - begin);
	EXPECT_EQ(0, READ_ONCE(taking.took));
	pthread_join(taking.thread, NULL);
	EXPECT_LE(HELD_MS * MS, taking.took);
	EXPECT_EQ(0, module_unload("delays"));
}

TEST_HARNESS_MAIN
