// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that no instruction of the system space, with any value, at EL1 or EL0, leads to
 * more than an exit or the guest's own exception: random encodings, each on a vCPU that was
 * just reset.  ARM_VCPU_SEED chooses others than the usual ones.
 */
#include <errno.h>
#include <stdlib.h>
#include "kselftest_harness.h"
#include "probe.h"

FIXTURE(fuzz) {
	struct vm vm;
	struct vcpu *vcpu;
	u64 seed;
	bool stop;
	pthread_t kicker;
};

static void *kicker(void *arg)
{
	FIXTURE_DATA(fuzz) *self = arg;

	while (!READ_ONCE(self->stop)) {
		sleep_ms(40);
		vm_kick(self->vcpu->fd);
	}
	return NULL;
}

FIXTURE_SETUP(fuzz)
{
	const char *seed = getenv("ARM_VCPU_SEED");

	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->seed = seed ? strtoul(seed, NULL, 0) : 1;
	vm_handler(&self->vm, VECTOR_SYNC, guest_skip);
	probe_init(self->vcpu);
	pthread_create(&self->kicker, NULL, kicker, self);
}

FIXTURE_TEARDOWN(fuzz)
{
	WRITE_ONCE(self->stop, true);
	pthread_join(self->kicker, NULL);
	vm_destroy(&self->vm);
}

static u64 next(FIXTURE_DATA(fuzz) *self)
{
	return guest_pattern(self->seed++, 11);
}

/*
 * SYS, SYSL, MSR and MRS of op0 1 to 3; half of them near registers that exist.  x0 is the
 * value, and an address for cache maintenance.
 */
static u32 random_insn(FIXTURE_DATA(fuzz) *self)
{
	static const u8 crns[] = { 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	u64 r = next(self);
	u32 op0 = 1 + (u32)(r % 3), op1 = r >> 8 & 7, crn = crns[(r >> 16 & 0xff) % 15];
	u32 crm = r >> 24 & 15, op2 = r >> 28 & 7;

	if (r >> 40 & 1)
		op1 = (r >> 41 & 3) == 0 ? 3 : 0;
	return (r >> 32 & 1 ? 0xd5200000U : 0xd5000000U) | ENCODING(op0, op1, crn, crm, op2);
}

/* Values that switch something on are few bits, those that point somewhere are many */
static u64 random_value(FIXTURE_DATA(fuzz) *self)
{
	u64 r = next(self);

	switch (r & 3) {
	case 0:
		return 1UL << (r >> 8 & 63);
	case 1:
		return ~0UL;
	case 2:
		return GUEST_SHARED + (r >> 8 & 0xfff8);
	default:
		return next(self);
	}
}

/* RUN until the instruction is through, or the guest is lost in what it did to itself */
static bool finishes(FIXTURE_DATA(fuzz) *self)
{
	struct arm_vcpu_run *run = self->vcpu->run;
	int exits, kicks = 0, ret;

	for (exits = 0; exits < 50 && kicks < 2; exits++) {
		ret = vcpu_run(self->vcpu);
		if (ret && ret != -EINTR)
			die("RUN: %d", ret);
		if (ret)
			continue;
		switch (run->exit_reason) {
		case ARM_VCPU_EXIT_KICKED:
			kicks++;
			break;
		case ARM_VCPU_EXIT_HYPERCALL:
			return true;
		case ARM_VCPU_EXIT_MEMORY_FAULT:
		case ARM_VCPU_EXIT_FAIL_ENTRY:
			return false;
		case ARM_VCPU_EXIT_INTERNAL_ERROR:
			die("INTERNAL_ERROR: esr %#llx pc %#llx", run->internal.esr,
			    run->internal.pc);
		}
	}
	return false;
}

static void storm(struct __test_metadata *_metadata, FIXTURE_DATA(fuzz) *self, bool el0,
		  u32 count)
{
	u32 i, insn, finished = 0;
	struct vcpu *witness = vcpu_create(&self->vm);
	u32 pattern = INSN_MSR(ENCODING(3, 0, 13, 0, 4), 0);	/* TPIDR_EL1 */

	probe_init(witness);
	probe(witness, pattern, 0x5a5a5a5a5a5a5a5a);
	for (i = 0; i < count; i++) {
		insn = random_insn(self);
		/* A stack and vectors, then the instruction */
		vcpu_call(self->vcpu, guest_hvc, 0, 0);
		if (!finishes(self))
			continue;
		probe_enter(self->vcpu, insn, random_value(self), el0);
		finished += finishes(self);
	}
	/* Most of them leave the guest alive */
	EXPECT_LT(count / 2, finished) TH_LOG("%u of %u", finished, count);
	EXPECT_EQ(0x5a5a5a5a5a5a5a5a,
		  probe(witness, INSN_MRS(ENCODING(3, 0, 13, 0, 4), 0), 0));
}

TEST_F_TIMEOUT(fuzz, system_instructions_at_el1, 60)
{
	storm(_metadata, self, false, 1200);
}

TEST_F_TIMEOUT(fuzz, system_instructions_at_el0, 60)
{
	storm(_metadata, self, true, 600);
}

/* Any word at all as an instruction */
TEST_F_TIMEOUT(fuzz, random_instructions_at_el1, 60)
{
	u32 i, finished = 0;

	for (i = 0; i < 600; i++) {
		vcpu_call(self->vcpu, guest_hvc, 0, 0);
		if (!finishes(self))
			continue;
		probe_enter(self->vcpu, (u32)next(self), random_value(self), false);
		finished += finishes(self);
	}
	EXPECT_LT(100, finished);
}

TEST_HARNESS_MAIN
