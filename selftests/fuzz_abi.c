// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nothing that programs do to /dev/arm_vcpu hurts the host: every command, with
 * arguments of all kinds, from threads and processes that get in each other's way (lib/fuzz.h).
 * What they return is what its documentation names, nothing stays behind, and a VM that comes
 * afterwards works.
 */
#include <string.h>
#include "kselftest_harness.h"
#include "fuzz_native.h"

/* A VM with all its memory, and often with a GIC, some vCPUs, and most that can be added to it */
static void build(struct fuzz *f)
{
	static const unsigned int more[] = {
		SET_SMCCC_FILTER, IRQFD, IOEVENTFD, SET_GIC_STATE, SET_IRQ, SEND_MSI, SAVE_ITS,
		RESTORE_ITS, GET_DIRTY, ADD_GIC,
	};
	int vm = fuzz_open(f), vcpu;
	u64 i;

	native_try(f, CONFIGURE, vm);
	if (!fuzz_one_in(f, 4))
		native_set_gic(f, vm);
	native_call(f, SET_MEMORY, vm, memory, .guest_addr = FUZZ_RAM, .user_addr = FUZZ_MEMORY,
		    .length = FUZZ_PAGES * page_size(),
		    .flags = fuzz_one_in(f, 2) ? ARM_VCPU_MEMORY_LOG_DIRTY : 0);
	/* Where exceptions go after a reset */
	native_call(f, SET_MEMORY, vm, memory, .user_addr = FUZZ_MEMORY,
		    .length = page_size());
	for (i = fuzz_below(f, 4); i; i--)
		native_try(f, fuzz_pick(f, more), vm);
	for (i = fuzz_below(f, 4); i; i--) {
		vcpu = native_call(f, CREATE_VCPU, vm, create, .mpidr = i);
		if (!fuzz_one_in(f, 8))
			native_try(f, SET_ENTRY, vcpu);
	}
}

/* Half of the time something that can be entered; x0 to x3 are also a call's */
static void scribble(struct fuzz *f, void *page)
{
	static const u64 functions[] = {
		0x84000000, 0x84000001, 0x84000002, 0xc4000003, 0xc4000004, 0x84000008,
		0x84000009, 0x8400000a, 0xc400000e, 0xc4000012, 0x80000000, 0xc4000053,
	};
	volatile struct arm_vcpu_run *run = page;
	volatile u64 *words = page;
	u64 i, n = fuzz_next(f) % (sizeof(*run) / 8);

	for (i = fuzz_next(f) % 32; i < n; i++)
		words[i] = fuzz_next(f);
	if (fuzz_one_in(f, 2)) {
		run->flags = fuzz_one_in(f, 4) ? (u32)fuzz_below(f, 8) : 0;
		run->lines = fuzz_one_in(f, 4) ? (u32)fuzz_below(f, 4) : 0;
		run->pstate = (fuzz_next(f) & (PSR_DAIF | PSR_NZCV | PSR_SS)) | PSR_EL1H;
		run->pc = FUZZ_RAM + fuzz_below(f, FUZZ_CODE) * page_size();
		run->x[0] = fuzz_one_in(f, 2) ? fuzz_pick(f, functions) : fuzz_gpa(f);
		run->x[1] = fuzz_one_in(f, 2) ? fuzz_below(f, 4) : fuzz_gpa(f);
	}
	if (fuzz_one_in(f, 2))
		memset((void *)&run->gic, 0, sizeof(run->gic));
}

/* Where a guest has got lost it begins anew */
static void run(struct fuzz *f, int vcpu, void *page)
{
	volatile struct arm_vcpu_run *run = page;
	bool lost = fuzz_one_in(f, 4);
	u64 n;

	if (fuzz_one_in(f, 4))
		scribble(f, page);
	for (n = 1 + fuzz_below(f, 16); n; n--) {
		if (lost) {
			run->flags = 0;
			run->lines = 0;
			native_try(f, SET_ENTRY, vcpu);
		}
		if (fuzz_call(f, &native_commands[RUN], vcpu, NULL))
			continue;
		fuzz_exited(run->exit_reason);
		lost = run->exit_reason == ARM_VCPU_EXIT_MEMORY_FAULT ||
		       run->exit_reason == ARM_VCPU_EXIT_FAIL_ENTRY;
	}
}

FIXTURE(fuzz) { };

FIXTURE_SETUP(fuzz) { }

FIXTURE_TEARDOWN(fuzz) { }

TEST_F_TIMEOUT(fuzz, commands_of_all_kinds, 120)
{
	const struct fuzz_abi abi = {
		.device = DEVICE, .opens = FUZZ_VM, .has_gic = native_has_gic(),
		.commands = native_commands, .nr = NATIVE_COMMANDS,
		.build = build, .run = run, .scribble = scribble,
	};
	struct vcpu *vcpu;
	struct vm vm;

	EXPECT_TRUE(fuzz_run(&abi));

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_enter(vcpu, guest_hvc, 5, 0);
	vcpu_expect_call(vcpu, CALL_SYNC);
	vm_destroy(&vm);
}

TEST_HARNESS_MAIN
