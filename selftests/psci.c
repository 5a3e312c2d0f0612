// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that PSCI calls by HVC and by SMC, in their 32-bit and 64-bit forms, are the exits
 * CPU_UP, CPU_DOWN and SYSTEM_DOWN (and never reach the firmware), that other functions
 * are ordinary calls, and what the SMCCC flag and the workaround calls do.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "vm.h"

#define CPU_OFF			0x84000002
#define CPU_ON_32		0x84000003
#define CPU_ON_64		0xc4000003
#define SYSTEM_OFF		0x84000008
#define SYSTEM_RESET		0x84000009
#define SYSTEM_SUSPEND_32	0x8400000e
#define SYSTEM_SUSPEND_64	0xc400000e
#define SYSTEM_RESET2_32	0x84000012
#define SYSTEM_RESET2_64	0xc4000012
#define SMCCC_VERSION		0x80000000
#define SMCCC_ARCH_FEATURES	0x80000001
#define ARCH_WORKAROUND_1	0x80008000
#define ARCH_WORKAROUND_3	0x80003fff

GUEST_ASM(guest_by_hvc, "hvc #0\n hvc #1\n b .");
GUEST_ASM(guest_by_smc, "smc #0\n hvc #1\n b .");

FIXTURE(psci) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	u64 pc;
};

FIXTURE_VARIANT(psci) {
	bool smc;
};

FIXTURE_VARIANT_ADD(psci, hvc) { .smc = false };
FIXTURE_VARIANT_ADD(psci, smc) { .smc = true };

FIXTURE_SETUP(psci)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->pc = vm_gpa(variant->smc ? guest_by_smc : guest_by_hvc);
}

FIXTURE_TEARDOWN(psci)
{
	vm_destroy(&self->vm);
}

static u32 call(FIXTURE_DATA(psci) *self, u64 nr, u64 x1, u64 x2, u64 x3)
{
	if (vcpu_set_entry(self->vcpu, self->pc, nr, x1, x2, x3))
		die("SET_ENTRY failed");
	return vcpu_next(self->vcpu);
}

/* pc past an HVC; at an SMC, which the next RUN steps over.  The guest sees the result. */
static void goes_on(struct __test_metadata *_metadata, FIXTURE_DATA(psci) *self, bool smc)
{
	EXPECT_EQ(self->pc + (smc ? 0 : 4), self->run->pc);
	EXPECT_EQ(smc, self->run->pending != 0);
	self->run->x[0] = 0x1234;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x1234, self->run->x[0]);
	EXPECT_EQ(self->pc + 8, self->run->pc);
}

TEST_F(psci, cpu_on_of_64_bits_is_cpu_up)
{
	u64 target = 0x1200030201, entry = 0x123456789abc, arg = 0xfedcba9876543210;

	EXPECT_EQ(ARM_VCPU_EXIT_CPU_UP, call(self, CPU_ON_64, target, entry, arg));
	EXPECT_EQ(target, self->run->cpu_up.target);
	EXPECT_EQ(entry, self->run->cpu_up.entry);
	EXPECT_EQ(arg, self->run->cpu_up.arg);
	EXPECT_EQ(variant->smc, self->run->cpu_up.conduit);
	goes_on(_metadata, self, variant->smc);
}

TEST_F(psci, cpu_on_of_32_bits_is_cpu_up_with_32_bit_arguments)
{
	u64 junk = 0xdeadbeefUL << 32;

	EXPECT_EQ(ARM_VCPU_EXIT_CPU_UP, call(self, CPU_ON_32, junk | 3, junk | 0x40001000,
					     junk | 7));
	EXPECT_EQ(3, self->run->cpu_up.target);
	EXPECT_EQ(0x40001000, self->run->cpu_up.entry);
	EXPECT_EQ(7, self->run->cpu_up.arg);
	EXPECT_EQ(variant->smc, self->run->cpu_up.conduit);
	goes_on(_metadata, self, variant->smc);
}

TEST_F(psci, cpu_off_is_cpu_down)
{
	EXPECT_EQ(ARM_VCPU_EXIT_CPU_DOWN, call(self, CPU_OFF, 0, 0, 0));
	EXPECT_EQ(variant->smc, self->run->cpu_down.conduit);
	goes_on(_metadata, self, variant->smc);
}

TEST_F(psci, system_calls_are_system_down_and_told_apart)
{
	static const struct {
		u32 nr, type;
	} calls[] = {
		{ SYSTEM_OFF, ARM_VCPU_SYSTEM_OFF },
		{ SYSTEM_RESET, ARM_VCPU_SYSTEM_RESET },
		{ SYSTEM_RESET2_32, ARM_VCPU_SYSTEM_RESET },
		{ SYSTEM_RESET2_64, ARM_VCPU_SYSTEM_RESET },
		{ SYSTEM_SUSPEND_32, ARM_VCPU_SYSTEM_SUSPEND },
		{ SYSTEM_SUSPEND_64, ARM_VCPU_SYSTEM_SUSPEND },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN, call(self, calls[i].nr, 0, 2, 3)) {
			TH_LOG("%#x: %s", calls[i].nr, exit_name(self->run->exit_reason));
		}
		EXPECT_EQ(calls[i].type, self->run->system.type);
		EXPECT_EQ(variant->smc, self->run->system.conduit);
		EXPECT_EQ(2, self->run->x[2]);
		goes_on(_metadata, self, variant->smc);
	}
}

TEST_F(psci, a_reset_of_a_reserved_type_is_a_call)
{
	static const u32 functions[] = { SYSTEM_RESET2_32, SYSTEM_RESET2_64 };
	u32 reason = variant->smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL, i;
	u64 junk = 0xdeadbeefUL << 32;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		EXPECT_EQ(reason, call(self, functions[i], 1, 2, 3));
		EXPECT_EQ(functions[i], self->run->call.nr);
		goes_on(_metadata, self, variant->smc);
		EXPECT_EQ(reason, call(self, functions[i], junk | 0x7fffffff, 2, 3));
		goes_on(_metadata, self, variant->smc);
		/* A vendor's, and none; the type is 32 bits wide in both */
		EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN, call(self, functions[i], 0x80000000, 2, 3));
		EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN, call(self, functions[i], junk, 2, 3));
		EXPECT_EQ(ARM_VCPU_SYSTEM_RESET, self->run->system.type);
	}
}

TEST_F(psci, other_functions_are_calls)
{
	/* PSCI_VERSION, AFFINITY_INFO, MIGRATE_INFO_TYPE, PSCI_FEATURES; a vendor's; none */
	static const u32 others[] = {
		0x84000000, 0x84000004, 0xc4000004, 0x84000006, 0x8400000a, 0x86000001,
		0xc3000000, 0xc4000002, 0xc4000008, 0x04000003, 0,
	};
	u32 reason = variant->smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL, i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		EXPECT_EQ(reason, call(self, others[i], 1, 2, 3)) TH_LOG("%#x", others[i]);
		EXPECT_EQ(others[i], self->run->call.nr);
		goes_on(_metadata, self, variant->smc);
	}
}

TEST_F(psci, smccc_version_is_an_exit_by_default)
{
	u32 reason = variant->smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL;

	EXPECT_EQ(reason, call(self, SMCCC_VERSION, 0, 0, 0));
	goes_on(_metadata, self, variant->smc);
	EXPECT_EQ(reason, call(self, SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0));
	goes_on(_metadata, self, variant->smc);
}

TEST_F(psci, workaround_calls_are_answered_in_the_kernel)
{
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, call(self, ARCH_WORKAROUND_1, 0, 0, 0));
	EXPECT_EQ(1, self->run->call.immediate);
	EXPECT_EQ(self->pc + 8, self->run->pc);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, call(self, ARCH_WORKAROUND_3, 0, 0, 0));
	EXPECT_EQ(1, self->run->call.immediate);
}

static void configured(FIXTURE_DATA(psci) *self)
{
	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_SMCCC);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

TEST_F(psci, smccc_flag_answers_version_and_features_in_the_kernel)
{
	int result;

	configured(self);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, call(self, SMCCC_VERSION, 0, 0, 0));
	EXPECT_EQ(1, self->run->call.immediate);
	EXPECT_LE(0x10001, self->run->x[0]);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, call(self, SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0));
	EXPECT_EQ(1, self->run->call.immediate);
	EXPECT_EQ(0, self->run->x[0]);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, call(self, SMCCC_ARCH_FEATURES, 0x80001234, 0, 0));
	EXPECT_EQ(-1, (int)self->run->x[0]);
	call(self, SMCCC_ARCH_FEATURES, ARCH_WORKAROUND_1, 0, 0);
	result = (int)self->run->x[0];
	EXPECT_TRUE(result >= -1 && result <= 1);
}

TEST_F(psci, smccc_flag_leaves_psci_to_the_vmm)
{
	configured(self);
	EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN, call(self, SYSTEM_OFF, 0, 0, 0));
	EXPECT_EQ(ARM_VCPU_EXIT_CPU_UP, call(self, CPU_ON_64, 1, 2, 3));
	EXPECT_EQ(variant->smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL,
		  call(self, 0x84000000, 0, 0, 0));
}

TEST_HARNESS_MAIN
