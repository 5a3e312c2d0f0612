// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nothing that a guest executes hurts the host or another VM: instructions of all kinds
 * (lib/fuzz_code.c) at EL1, at EL0, and at EL0 in AArch32, with system registers and translation
 * tables that are usual, nearly so, or not at all, on one or two vCPUs, of VMs of all kinds.  Each
 * RUN ends soon with an exit that there can be, and what isn't the guest's is as it was
 * (lib/witness.h).
 *
 *   ARM_VCPU_SEED           of the first VM; each one has the next
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "fuzz_native.h"
#include "fuzz_state.h"
#include "probe.h"
#include "witness.h"

#define PATIENCE	(15 * SECOND)
#define MIN_VMS		2
#define LIVES		6	/* of a vCPU, from SET_ENTRY on */
#define RUNS		400U	/* in a life, at most */
#define KICKS		6U	/* that end it; with other code after each */
#define WORDS		240U	/* of code, and behind that a count of how often they were run */
#define A_LOT		(1UL << 32)

static struct canary canary;
static u64 vms, lives, words, passes;

/* To the first word, once more */
static void count_passes(u32 *code)
{
	code[WORDS - 5] = 0x100000bc;	/* adr x28, . + 20 */
	code[WORDS - 4] = 0xf940039b;	/* ldr x27, [x28] */
	code[WORDS - 3] = 0x9100077b;	/* add x27, x27, #1 */
	code[WORDS - 2] = 0xf900039b;	/* str x27, [x28] */
}

static void write_code(struct guest *g)
{
	u32 *code = (u32 *)(FUZZ_MEMORY + state_code(g));
	u64 *count = (u64 *)(code + WORDS);

	/* A guest may have written anything there */
	if (*count < A_LOT)
		__atomic_fetch_add(&passes, *count, __ATOMIC_RELAXED);
	*count = 0;
	if (g->in_aarch32) {
		fuzz_code32(&g->f, code, WORDS, fuzz_one_in(&g->f, 2));
	} else {
		fuzz_code(&g->f, code, WORDS);
		count_passes(code);
	}
	sync_code(code, WORDS * sizeof(*code));
	__atomic_fetch_add(&words, WORDS, __ATOMIC_RELAXED);
}

/* What a VMM makes of it: whether the guest can go on */
static bool answer(struct guest *g)
{
	struct arm_vcpu_run *run = g->run;

	switch (run->exit_reason) {
	case ARM_VCPU_EXIT_MMIO_READ:
		run->mmio.data = fuzz_value(&g->f);
		return true;
	case ARM_VCPU_EXIT_SYSREG_READ:
		run->sysreg.value = fuzz_value(&g->f);
		return true;
	case ARM_VCPU_EXIT_MEMORY_FAULT:
		run->pc = run->fault.access & ARM_VCPU_ACCESS_EXEC ?
			  FUZZ_RAM + state_code(g) + 4 * fuzz_below(&g->f, WORDS) : run->pc + 4;
		return true;
	case ARM_VCPU_EXIT_DEBUG:
		if (fuzz_one_in(&g->f, 16))
			native_call(&g->f, SET_DEBUG, g->fd, debug, .flags = 0);
		return true;
	case ARM_VCPU_EXIT_CPU_DOWN:
	case ARM_VCPU_EXIT_SYSTEM_DOWN:
	case ARM_VCPU_EXIT_FAIL_ENTRY:
	case ARM_VCPU_EXIT_INTERNAL_ERROR:
		return false;
	}
	return true;
}

static void meddle(struct guest *g)
{
	static const unsigned int commands[] = {
		INJECT, INJECT, GET_REG, GET_REG, LIST_REGS, SET_DEBUG,
	};
	unsigned int command = fuzz_pick(&g->f, commands);

	state_set_any(g);
	g->debugs |= command == SET_DEBUG;
	native_try(&g->f, command, g->fd);
}

static void live(struct guest *g)
{
	u32 runs, kicks = 0;
	u64 last = 0;

	state_draw(g);
	write_code(g);
	for (runs = 0; runs < RUNS && kicks < KICKS; runs++) {
		if (guest_run(g)) {
			/* In its vectors, mostly, for ever */
			if (g->run->pc == last)
				break;
			last = g->run->pc;
			kicks++;
			write_code(g);
		} else if (!answer(g)) {
			break;
		}
		if (fuzz_one_in(&g->f, 16))
			meddle(g);
	}
	__atomic_fetch_add(&lives, 1, __ATOMIC_RELAXED);
}

static void *guest_thread(void *arg)
{
	struct guest *g = arg;
	int i;

	witness_begin(&g->witness, g->nr);
	for (i = 0; i < LIVES; i++)
		live(g);
	WRITE_ONCE(g->done, true);
	return NULL;
}

static void configure(struct fuzz *f, int vm, u64 *config)
{
	u64 length = FUZZ_PAGES * page_size();

	*config = native_config(f);
	if (vm_configure(vm, 0, *config))
		*config = 0;
	if (*config & ARM_VCPU_CONFIG_GIC)
		native_set_gic(f, vm);
	if (vm_memory(vm, 0, FUZZ_RAM, length, (void *)FUZZ_MEMORY) ||
	    vm_memory(vm, ARM_VCPU_MEMORY_READONLY, FUZZ_RAM + length, 4 * page_size(),
		      (char *)FUZZ_MEMORY + length))
		die("SET_MEMORY failed");
	guest_fill((void *)FUZZ_MEMORY, STATE_ROOM);
}

static void one_vm(u64 seed)
{
	struct guest guests[STATE_VCPUS] = { };
	u32 i, nr, finds = fuzz_finds();
	struct fuzz f;
	int vm = vm_open();
	u64 config;

	fuzz_thread(&f, seed, STATE_VCPUS);
	configure(&f, vm, &config);
	nr = 1 + (u32)fuzz_below(&f, STATE_VCPUS);
	for (i = 0; i < nr; i++) {
		fuzz_thread(&guests[i].f, seed, i);
		state_begin(&guests[i], vm, config, i);
	}
	for (i = 0; i < nr; i++)
		if (pthread_create(&guests[i].thread, NULL, guest_thread, &guests[i]))
			die("can't create a thread");
	for (i = 0; i < nr; i++)
		while (!READ_ONCE(guests[i].done))
			guest_disturb(&guests[i], &f, seed);
	for (i = 0; i < nr; i++) {
		pthread_join(guests[i].thread, NULL);
		state_end(&guests[i]);
	}
	close(vm);
	witness_look();
	vms++;
	if (fuzz_finds() > finds)
		printf("# with ARM_VCPU_SEED=%lu\n", seed);
}

FIXTURE(fuzz) { };

FIXTURE_SETUP(fuzz) { }

FIXTURE_TEARDOWN(fuzz) { }

TEST_F_TIMEOUT(fuzz, instructions_of_all_kinds, 120)
{
	struct fuzz_session session;

	guests_fuzz(&session, PATIENCE, &canary, one_vm);
	canary_stop(&canary);
	TH_LOG("%lu VMs, %lu lives, %lu instructions, %lu times all %u; another VM's steps: %lu",
	       vms, lives, words, passes, WORDS, canary.steps);
	EXPECT_TRUE(fuzz_end(&session));
	EXPECT_LE(MIN_VMS, vms);
}

TEST_HARNESS_MAIN
