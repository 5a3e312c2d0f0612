// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what PSCI's and SMCCC's functions answer where they are the kernel's, by HVC and by SMC,
 * in both widths: every function of the range, every argument, and what stays the VMM's.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "psci.h"
#include "reg.h"

#define PSCI_0_1	1
#define PSCI_0_2	2
#define PSCI_1_0	0x10000
#define PSCI_1_1	0x10001

FIXTURE(psci_calls) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	const void *guest;
};

FIXTURE_VARIANT(psci_calls) {
	bool smc;
};

FIXTURE_VARIANT_ADD(psci_calls, hvc) { .smc = false };
FIXTURE_VARIANT_ADD(psci_calls, smc) { .smc = true };

FIXTURE_SETUP(psci_calls)
{
	psci_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->guest = variant->smc ? guest_by_smc : guest_by_hvc;
}

FIXTURE_TEARDOWN(psci_calls)
{
	vm_destroy(&self->vm);
}

/* x0 after a call that the kernel answers */
static s64 answer(FIXTURE_DATA(psci_calls) *self, u64 x0, u64 x1, u64 x2, u64 x3)
{
	u32 reason = psci_exit(self->vcpu, self->guest, x0, x1, x2, x3);

	if (!psci_answered(self->vcpu))
		die("%#llx is an exit %s", (unsigned long long)x0, exit_name(reason));
	return (s64)self->run->x[0];
}

/* Another vCPU of that affinity, which is off */
static int other(FIXTURE_DATA(psci_calls) *self, u64 mpidr)
{
	int fd = vm_vcpu(self->vm.fd, mpidr);

	if (fd < 0)
		die("CREATE_VCPU: %d", fd);
	return fd;
}

TEST_F(psci_calls, version_and_what_tells_of_migration)
{
	EXPECT_EQ(PSCI_1_1, answer(self, PSCI_VERSION, 1, 2, 3));
	EXPECT_EQ(PSCI_1_1, answer(self, JUNK | PSCI_VERSION, 1, 2, 3));
	EXPECT_EQ(2, answer(self, MIGRATE_INFO_TYPE, 1, 2, 3));
}

TEST_F(psci_calls, older_versions_have_less)
{
	static const u64 wrong[][2] = { { 0 }, { 3 }, { 0x10002 }, { 1UL << 32 | PSCI_1_1 } };
	u32 i;

	EXPECT_EQ(SUCCESS, answer(self, PSCI_FEATURES, CPU_ON, 0, 0));
	EXPECT_EQ(PSCI_1_1, reg_get(self->vcpu, ARM_VCPU_REG_PSCI_VERSION));
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_EQ(-EINVAL,
			  vcpu_set_reg(self->vcpu, ARM_VCPU_REG_PSCI_VERSION, wrong[i]));
	reg_set(self->vcpu, ARM_VCPU_REG_PSCI_VERSION, PSCI_1_0);
	EXPECT_EQ(PSCI_1_0, answer(self, PSCI_VERSION, 0, 0, 0));
	EXPECT_EQ(SUCCESS, answer(self, PSCI_FEATURES, CPU_ON, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, SYSTEM_RESET2, 0, 0, 0));
	reg_set(self->vcpu, ARM_VCPU_REG_PSCI_VERSION, PSCI_0_2);
	EXPECT_EQ(PSCI_0_2, answer(self, PSCI_VERSION, 0, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, PSCI_FEATURES, CPU_ON, 0, 0));
	reg_set(self->vcpu, ARM_VCPU_REG_PSCI_VERSION, PSCI_0_1);
	EXPECT_EQ(NOT_SUPPORTED, answer(self, PSCI_VERSION, 0, 0, 0));
	EXPECT_EQ(INVALID_PARAMETERS, answer(self, ARM_VCPU_PSCI_0_1_CPU_ON, 0, 0, 0));
}

TEST_F(psci_calls, only_x0_changes_and_pc_goes_past_the_call)
{
	u64 value[31];
	int i;

	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, vm_gpa(self->guest), PSCI_VERSION, 1, 2, 3));
	for (i = 1; i < 31; i++) {
		value[i] = guest_pattern(1, i);
		self->run->x[i] = value[i];
	}
	vcpu_expect_call(self->vcpu, CALL_ANSWERED);
	for (i = 1; i < 31; i++)
		EXPECT_EQ(value[i], self->run->x[i]);
	EXPECT_EQ(vm_gpa(self->guest) + 8, self->run->pc);
	EXPECT_EQ(0, self->run->pending);
}

/* What PSCI_FEATURES says of a function, and what calling it comes to */
TEST_F(psci_calls, features_are_those_that_are_there)
{
	static const u32 there[] = {
		PSCI_VERSION, CPU_SUSPEND_32, CPU_SUSPEND, CPU_OFF, CPU_ON_32, CPU_ON,
		AFFINITY_INFO_32, AFFINITY_INFO, MIGRATE_INFO_TYPE, SYSTEM_OFF, SYSTEM_RESET,
		PSCI_FEATURES, SYSTEM_RESET2_32, SYSTEM_RESET2, SMCCC_VERSION,
	};
	static const u32 not_psci[] = {
		0, 1, 0x04000003, 0x83000000, 0x84000050, 0x8400ffff, 0xc4000020,
		SMCCC_ARCH_FEATURES,
	};
	u32 i, j, function;

	for (i = 0; i < 2 * PSCI_FUNCTIONS; i++) {
		function = i < PSCI_FUNCTIONS ? PSCI(i) : PSCI64(i - PSCI_FUNCTIONS);
		for (j = 0; j < ARRAY_SIZE(there) && there[j] != function; j++)
			;
		if (j < ARRAY_SIZE(there)) {
			EXPECT_EQ(SUCCESS, answer(self, PSCI_FEATURES, function, 0, 0));
			continue;
		}
		EXPECT_EQ(NOT_SUPPORTED, answer(self, PSCI_FEATURES, function, 0, 0));
		EXPECT_EQ(NOT_SUPPORTED, answer(self, function, 0, 0, 0)) TH_LOG("%#x", function);
	}
	EXPECT_EQ(SUCCESS, answer(self, PSCI_FEATURES, JUNK | SMCCC_VERSION, 0, 0));
	for (i = 0; i < ARRAY_SIZE(not_psci); i++)
		EXPECT_EQ(NOT_SUPPORTED, answer(self, PSCI_FEATURES, not_psci[i], 0, 0));
}

static void system_down(struct __test_metadata *_metadata, FIXTURE_DATA(psci_calls) *self,
			u32 function, u64 type, u32 system, bool smc)
{
	EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN,
		  psci_exit(self->vcpu, self->guest, function, type, 2, 3));
	EXPECT_EQ(system, self->run->system.type);
	EXPECT_EQ(smc, self->run->system.conduit);
	EXPECT_EQ(smc, self->run->pending);
	EXPECT_EQ(vm_gpa(self->guest) + (smc ? 0 : 4), self->run->pc);
	EXPECT_EQ(type, self->run->x[1]);
	vcpu_expect_call(self->vcpu, CALL_ANSWERED);
}

TEST_F(psci_calls, the_machines_end_is_the_vmms)
{
	bool smc = variant->smc;

	system_down(_metadata, self, SYSTEM_OFF, 0, ARM_VCPU_SYSTEM_OFF, smc);
	system_down(_metadata, self, SYSTEM_RESET, 0, ARM_VCPU_SYSTEM_RESET, smc);
	system_down(_metadata, self, SYSTEM_RESET2_32, JUNK, ARM_VCPU_SYSTEM_RESET, smc);
	system_down(_metadata, self, SYSTEM_RESET2, 0, ARM_VCPU_SYSTEM_RESET, smc);
	system_down(_metadata, self, SYSTEM_RESET2, 0x80000000, ARM_VCPU_SYSTEM_RESET, smc);
	system_down(_metadata, self, SYSTEM_RESET2, 0xffffffff, ARM_VCPU_SYSTEM_RESET, smc);
}

TEST_F(psci_calls, a_reset_of_a_reserved_type_is_none)
{
	static const u64 types[] = { 1, 2, 0x7fffffff, JUNK | 1 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		EXPECT_EQ(INVALID_PARAMETERS, answer(self, SYSTEM_RESET2, types[i], 0, 0));
		EXPECT_EQ(INVALID_PARAMETERS, answer(self, SYSTEM_RESET2_32, types[i], 0, 0));
	}
}

TEST_F(psci_calls, cpu_on_checks_its_arguments)
{
	u64 entry = GUEST_CODE, end = GUEST_RAM + GUEST_RAM_SIZE;
	int fd = other(self, 0x101), bit;

	EXPECT_EQ(ALREADY_ON, answer(self, CPU_ON, 0, entry, 0));
	EXPECT_EQ(ALREADY_ON, answer(self, CPU_ON_32, JUNK, JUNK | entry, 0));
	EXPECT_EQ(INVALID_PARAMETERS, answer(self, CPU_ON, 1, entry, 0));
	EXPECT_EQ(INVALID_PARAMETERS, answer(self, CPU_ON, 0x100, entry, 0));
	EXPECT_EQ(INVALID_PARAMETERS, answer(self, CPU_ON, 1, GUEST_MMIO, 0));
	for (bit = 24; bit < 64; bit++) {
		u64 target = 0x101 | 1UL << bit;

		EXPECT_EQ(INVALID_PARAMETERS, answer(self, CPU_ON, target, entry, 0));
		if (bit < 32)
			EXPECT_EQ(INVALID_PARAMETERS, answer(self, CPU_ON_32, target, entry, 0));
	}
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_ON, 0x101, entry + 1, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_ON, 0x101, entry + 2, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_ON, 0x101, entry - 4, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_ON, 0x101, end, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_ON, 0x101, GUEST_MMIO, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_ON, 0x101, JUNK | entry, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_ON, 0x101, ~3UL, 0));
	EXPECT_EQ(1, answer(self, AFFINITY_INFO, 0x101, 0, 0));
	EXPECT_EQ(SUCCESS, answer(self, CPU_ON, 0x101, end - 4, 0));
	EXPECT_EQ(ON_PENDING, answer(self, CPU_ON, 0x101, entry, 0));
	close(fd);
	/* It is gone */
	EXPECT_EQ(INVALID_PARAMETERS, answer(self, CPU_ON, 0x101, entry, 0));
}

TEST_F(psci_calls, cpu_on_of_32_bits_ignores_the_upper_halves)
{
	struct vcpu *target = vcpu_create(&self->vm);

	EXPECT_EQ(SUCCESS, answer(self, CPU_ON_32, JUNK | 1, JUNK | GUEST_CODE, JUNK | 7));
	target->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(target));
	EXPECT_EQ(GUEST_CODE, target->run->pc);
	EXPECT_EQ(7, target->run->x[0]);
}

/* Affinity 0.0.1.1 and so on: a level's group is on when one of it is, and off when all are */
TEST_F(psci_calls, affinity_info_of_every_level)
{
	static const struct {
		u64 mpidr;
		u64 level;
		s64 result;
	} asked[] = {
		{ 0, 0, 0 }, { 0, 1, 0 }, { 0xff, 1, 0 }, { 0, 2, 0 }, { 0xffff, 2, 0 },
		{ 0, 3, 0 }, { 0xffffff, 3, 0 }, { 1, 0, INVALID_PARAMETERS },
		{ 0x101, 0, 1 }, { 0x100, 0, INVALID_PARAMETERS }, { 0x100, 1, 1 },
		{ 0x1ff, 1, 1 }, { 0x100, 2, 0 }, { 0x200, 1, INVALID_PARAMETERS },
		{ 0x10000, 2, 1 }, { 0x10000, 3, 0 }, { 0x20000, 2, INVALID_PARAMETERS },
		{ 0x100000000, 3, 1 }, { 0x1000000ff, 1, 1 },
		{ 0x200000000, 3, INVALID_PARAMETERS },
		{ 0, 4, INVALID_PARAMETERS }, { 0, 0xffffffff, INVALID_PARAMETERS },
		{ 0, JUNK, 0 }, { 0, JUNK | 4, INVALID_PARAMETERS },
	};
	int fds[] = { other(self, 0x101), other(self, 0x10000), other(self, 0x100000000) };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(asked); i++)
		EXPECT_EQ(asked[i].result, answer(self, AFFINITY_INFO, asked[i].mpidr,
						  asked[i].level, 0)) TH_LOG("%u", i);
	for (i = 24; i < 64; i++) {
		if (i >= 32 && i < 40)
			continue;
		EXPECT_EQ(INVALID_PARAMETERS, answer(self, AFFINITY_INFO, 1UL << i, 0, 0));
		EXPECT_EQ(INVALID_PARAMETERS, answer(self, AFFINITY_INFO, 1UL << i, 3, 0));
		if (i < 32)
			EXPECT_EQ(INVALID_PARAMETERS,
				  answer(self, AFFINITY_INFO_32, 1UL << i, 0, 0));
	}
	EXPECT_EQ(1, answer(self, AFFINITY_INFO_32, JUNK | 0x101, JUNK, 0));

	EXPECT_EQ(SUCCESS, answer(self, CPU_ON, 0x101, GUEST_CODE, 0));
	EXPECT_EQ(2, answer(self, AFFINITY_INFO, 0x101, 0, 0));
	EXPECT_EQ(2, answer(self, AFFINITY_INFO, 0x100, 1, 0));
	EXPECT_EQ(0, answer(self, AFFINITY_INFO, 0x100, 2, 0));
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

static void suspend_arguments(struct __test_metadata *_metadata, FIXTURE_DATA(psci_calls) *self,
			      u32 function)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		bool reserved = bit > 16 && bit != 24 && bit != 25;

		EXPECT_EQ(reserved ? INVALID_PARAMETERS : SUCCESS,
			  answer(self, function, JUNK | 1UL << bit, GUEST_CODE, 0));
	}
	EXPECT_EQ(SUCCESS, answer(self, function, 0, GUEST_MMIO, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, function, 0x10000, GUEST_MMIO, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, function, 0x10000, GUEST_CODE + 2, 0));
}

/* With a line up it ends at once */
TEST_F(psci_calls, cpu_suspend_checks_its_arguments)
{
	self->run->lines = ARM_VCPU_LINE_IRQ;
	suspend_arguments(_metadata, self, CPU_SUSPEND);
	suspend_arguments(_metadata, self, CPU_SUSPEND_32);
	EXPECT_EQ(SUCCESS, answer(self, CPU_SUSPEND_32, 0x10000, JUNK | GUEST_CODE, 0));
	EXPECT_EQ(INVALID_ADDRESS, answer(self, CPU_SUSPEND, 0x10000, JUNK | GUEST_CODE, 0));
}

TEST_F(psci_calls, smccc_and_what_identifies_the_machine)
{
	static const u32 there[] = { SMCCC_VERSION, SMCCC_ARCH_FEATURES, SMCCC_ARCH_SOC_ID };
	u32 i;

	EXPECT_LE(0x10002, answer(self, SMCCC_VERSION, 0, 0, 0));
	for (i = 0; i < ARRAY_SIZE(there); i++)
		EXPECT_EQ(SUCCESS, answer(self, SMCCC_ARCH_FEATURES, JUNK | there[i], 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, SMCCC_ARCH_FEATURES, 0x80000003, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, SMCCC_ARCH_FEATURES, PSCI_VERSION, 0, 0));

	/* Arm's JEP106 code: bank 4, 0x3b */
	EXPECT_EQ(0x043b, answer(self, SMCCC_ARCH_SOC_ID, 0, 0, 0) >> 16);
	EXPECT_LE(0, answer(self, SMCCC_ARCH_SOC_ID, JUNK | 1, 0, 0));
	EXPECT_EQ(-3, answer(self, SMCCC_ARCH_SOC_ID, 2, 0, 0));
	EXPECT_EQ(-3, answer(self, SMCCC_ARCH_SOC_ID, 0xffffffff, 0, 0));
}

TEST_F(psci_calls, other_services_are_the_vmms)
{
	static const u32 others[] = {
		0x84000020, 0xc4000020, 0x8400004f, 0xc4000050, 0x84000054, 0x04000000,
		0x44000003, 0x83000000, 0xc6001234, 0x86000000, 0xbf00ff01, 0x80000003, 0,
	};
	u32 reason = variant->smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL, i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		EXPECT_EQ(reason, psci_exit(self->vcpu, self->guest, others[i], 1, 2, 3));
		EXPECT_FALSE(psci_answered(self->vcpu)) TH_LOG("%#x", others[i]);
		EXPECT_EQ(others[i], self->run->call.nr);
		EXPECT_EQ(variant->smc, self->run->pending);
	}
}

GUEST_ASM(guest_hvc_1, "hvc #1\n b .");
GUEST_ASM(guest_smc_1, "smc #1\n b .");

TEST_F(psci_calls, with_another_immediate_it_is_no_call_of_the_convention)
{
	static const u32 functions[] = {
		PSCI_VERSION, CPU_ON, CPU_OFF, SYSTEM_OFF, TRNG_RND64, SMCCC_VERSION,
	};
	u32 reason = variant->smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL, i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		EXPECT_EQ(reason, psci_exit(self->vcpu, variant->smc ? guest_smc_1 : guest_hvc_1,
					    functions[i], 0, 0, 0));
		EXPECT_EQ(1, self->run->call.immediate);
		EXPECT_EQ(functions[i], self->run->x[0]);
	}
	EXPECT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->vcpu));
}

TEST_HARNESS_MAIN
