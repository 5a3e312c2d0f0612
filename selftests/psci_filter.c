// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows SET_SMCCC_FILTER: which ranges it takes and when, and what becomes of calls that are
 * handled, denied or exits.
 */
#include <errno.h>
#include <sys/mman.h>
#include "kselftest_harness.h"
#include "psci.h"

#define HANDLE	ARM_VCPU_SMCCC_HANDLE
#define DENY	ARM_VCPU_SMCCC_DENY
#define EXIT	ARM_VCPU_SMCCC_EXIT

FIXTURE(psci_filter) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	const void *guest;
};

FIXTURE_VARIANT(psci_filter) {
	bool smc;
};

FIXTURE_VARIANT_ADD(psci_filter, hvc) { .smc = false };
FIXTURE_VARIANT_ADD(psci_filter, smc) { .smc = true };

FIXTURE_SETUP(psci_filter)
{
	psci_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->guest = variant->smc ? guest_by_smc : guest_by_hvc;
}

FIXTURE_TEARDOWN(psci_filter)
{
	vm_destroy(&self->vm);
}

static int filter(FIXTURE_DATA(psci_filter) *self, u32 first, u32 count, u64 action)
{
	return vm_smccc_filter(self->vm.fd, first, count, action);
}

TEST_F(psci_filter, a_range_that_cant_be)
{
	static const u32 arch[] = { 0x80000000, 0x8000ffff, 0xc0000000, 0xc000ffff };
	struct arm_vcpu_smccc_filter reserved = {
		.size = sizeof(reserved), .reserved = 1, .first = PSCI_VERSION, .count = 1,
	};
	u32 i;

	EXPECT_EQ(-EINVAL, filter(self, PSCI_VERSION, 0, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0, 0, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0xffffffff, 2, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0xfffffff0, 0x11, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0x84000000, 0xffffffff, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0, 0xffffffff, DENY));
	EXPECT_EQ(-EINVAL, filter(self, PSCI_VERSION, 1, EXIT + 1));
	EXPECT_EQ(-EINVAL, filter(self, PSCI_VERSION, 1, 1UL << 32));
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vm.fd, ARM_VCPU_SET_SMCCC_FILTER, &reserved));
	for (i = 0; i < ARRAY_SIZE(arch); i++)
		EXPECT_EQ(-EINVAL, filter(self, arch[i], 1, HANDLE));
	EXPECT_EQ(-EINVAL, filter(self, 0x7fffffff, 2, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0x8000ffff, 2, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0xbfffffff, 0x20000, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0xc000ffff, 2, DENY));
	/* Up to them, and up to the end */
	EXPECT_EQ(0, filter(self, 0, 0x80000000, DENY));
	EXPECT_EQ(0, filter(self, 0x80010000, 0x3fff0000, DENY));
	EXPECT_EQ(0, filter(self, 0xc0010000, 0x3fff0000, DENY));
}

TEST_F(psci_filter, a_range_that_is_there)
{
	ASSERT_EQ(0, filter(self, 0x84000010, 0x10, DENY));
	EXPECT_EQ(-EEXIST, filter(self, 0x84000010, 0x10, DENY));
	EXPECT_EQ(-EEXIST, filter(self, 0x84000010, 1, HANDLE));
	EXPECT_EQ(-EEXIST, filter(self, 0x8400001f, 1, EXIT));
	EXPECT_EQ(-EEXIST, filter(self, 0x8400000f, 2, EXIT));
	EXPECT_EQ(-EEXIST, filter(self, 0x8400001f, 2, EXIT));
	EXPECT_EQ(-EEXIST, filter(self, 0x84000000, 0x100, EXIT));
	EXPECT_EQ(0, filter(self, 0x8400000f, 1, EXIT));
	EXPECT_EQ(0, filter(self, 0x84000020, 1, EXIT));
}

TEST_F(psci_filter, as_many_as_get_info_says)
{
	struct arm_vcpu_info info;
	u32 i;

	ASSERT_EQ(0, vm_info(self->vm.fd, &info));
	ASSERT_LT(0, info.max_smccc_ranges);
	for (i = 0; i < info.max_smccc_ranges; i++)
		ASSERT_EQ(0, filter(self, 0x86000000 + i, 1, DENY));
	EXPECT_EQ(-ENOSPC, filter(self, 0x86000000 + i, 1, DENY));
	for (i = 0; i < info.max_smccc_ranges; i++)
		EXPECT_EQ(NOT_SUPPORTED, psci(self->vcpu, 0x86000000 + i, 0, 0, 0));
}

TEST_F(psci_filter, only_before_a_vcpu_has_been_in_run)
{
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, vm_gpa(self->guest), PSCI_VERSION, 0, 0, 0));
	EXPECT_EQ(0, filter(self, 0x84000010, 1, DENY));
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(-EBUSY, filter(self, 0x84000020, 1, DENY));
	EXPECT_EQ(-EBUSY, filter(self, 0x84000010, 1, DENY));
	EXPECT_EQ(-EINVAL, filter(self, 0x84000020, 0, DENY));
}

/* Also one that waits to be switched on; and CONFIGURE begins anew */
TEST_F(psci_filter, a_vm_that_is_configured_again_has_none)
{
	int vm = vm_open(), vcpu;
	struct arm_vcpu_run *run;

	ASSERT_EQ(0, vm_configure(vm, 0, ARM_VCPU_CONFIG_PSCI));
	EXPECT_EQ(0, vm_smccc_filter(vm, PSCI_VERSION, 1, DENY));
	vcpu = vm_vcpu(vm, 0);
	run = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	ASSERT_NE(MAP_FAILED, run);
	run->flags = ARM_VCPU_RUN_NO_ENTER;
	EXPECT_EQ(0, vm_ioctl(vcpu, ARM_VCPU_RUN, NULL));
	EXPECT_EQ(-EBUSY, vm_smccc_filter(vm, PSCI_FEATURES, 1, DENY));
	munmap(run, page_size());
	close(vcpu);
	ASSERT_EQ(0, vm_configure(vm, 0, ARM_VCPU_CONFIG_PSCI));
	EXPECT_EQ(0, vm_smccc_filter(vm, PSCI_VERSION, 1, DENY));
	close(vm);
}

TEST_F(psci_filter, without_the_flag_there_is_none)
{
	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_SMCCC);
	EXPECT_EQ(-ENODEV, filter(self, PSCI_VERSION, 1, DENY));
	EXPECT_EQ(-EINVAL, filter(self, PSCI_VERSION, 0, DENY));
}

/* What a call comes to: an answer, or an exit with that function */
static s64 answer(FIXTURE_DATA(psci_filter) *self, u32 function, u64 x1)
{
	psci_exit(self->vcpu, self->guest, function, x1, 0, 0);
	if (!psci_answered(self->vcpu))
		die("%#x is an exit", function);
	return (s64)self->run->x[0];
}

static u32 not_answered(FIXTURE_DATA(psci_filter) *self, u32 function)
{
	u32 reason = psci_exit(self->vcpu, self->guest, function, 0, 0, 0);

	if (psci_answered(self->vcpu))
		die("%#x is answered", function);
	return reason;
}

TEST_F(psci_filter, what_is_denied_is_not_there)
{
	ASSERT_EQ(0, filter(self, AFFINITY_INFO_32, 3, DENY));
	ASSERT_EQ(0, filter(self, SYSTEM_RESET, 1, DENY));
	ASSERT_EQ(0, filter(self, TRNG_RND32, 1, DENY));
	ASSERT_EQ(0, filter(self, 0x86000000, 0x10000, DENY));
	EXPECT_EQ(ALREADY_ON, answer(self, CPU_ON_32, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, AFFINITY_INFO_32, 0));
	EXPECT_EQ(0, answer(self, AFFINITY_INFO, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, MIGRATE_INFO_TYPE, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, SYSTEM_RESET, 0));
	EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN, not_answered(self, SYSTEM_OFF));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, 0x86000000, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, 0x8600ffff, 0));
	not_answered(self, 0x86010000);
	not_answered(self, 0x85ffffff);

	EXPECT_EQ(NOT_SUPPORTED, answer(self, PSCI_FEATURES, AFFINITY_INFO_32));
	EXPECT_EQ(SUCCESS, answer(self, PSCI_FEATURES, AFFINITY_INFO));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, PSCI_FEATURES, SYSTEM_RESET));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, TRNG_RND32, 32));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, TRNG_FEATURES, TRNG_RND32));
	EXPECT_EQ(SUCCESS, answer(self, TRNG_FEATURES, TRNG_RND64));
}

TEST_F(psci_filter, what_is_an_exit_is_as_without_the_flag)
{
	u32 call = variant->smc ? ARM_VCPU_EXIT_SMC : ARM_VCPU_EXIT_HYPERCALL;

	ASSERT_EQ(0, filter(self, CPU_OFF, 2, EXIT));
	ASSERT_EQ(0, filter(self, CPU_ON, 1, EXIT));
	ASSERT_EQ(0, filter(self, SYSTEM_SUSPEND, 1, EXIT));
	ASSERT_EQ(0, filter(self, TRNG_VERSION, 4, EXIT));
	ASSERT_EQ(0, filter(self, MIGRATE_INFO_TYPE, 1, EXIT));
	EXPECT_EQ(ARM_VCPU_EXIT_CPU_DOWN, not_answered(self, CPU_OFF));
	EXPECT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_CPU_UP, not_answered(self, CPU_ON));
	EXPECT_EQ(ARM_VCPU_EXIT_CPU_UP, not_answered(self, CPU_ON_32));
	EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN, not_answered(self, SYSTEM_SUSPEND));
	EXPECT_EQ(ARM_VCPU_SYSTEM_SUSPEND, self->run->system.type);
	EXPECT_EQ(call, not_answered(self, TRNG_RND32));
	EXPECT_EQ(call, not_answered(self, MIGRATE_INFO_TYPE));
	EXPECT_EQ(0x10001, answer(self, PSCI_VERSION, 0));
	EXPECT_EQ(SUCCESS, answer(self, TRNG_RND64, 64));
	EXPECT_EQ(SUCCESS, answer(self, PSCI_FEATURES, SYSTEM_SUSPEND));
	EXPECT_EQ(SUCCESS, answer(self, PSCI_FEATURES, CPU_ON));
}

/* The VMM does itself what CPU_OFF does */
TEST_F(psci_filter, cpu_off_that_is_the_vmms)
{
	ASSERT_EQ(0, filter(self, CPU_OFF, 1, EXIT));
	EXPECT_EQ(ARM_VCPU_EXIT_CPU_DOWN, not_answered(self, CPU_OFF));
	ASSERT_EQ(0, vcpu_set_power(self->vcpu, ARM_VCPU_POWER_OFF));
	EXPECT_EQ(1, psci(vcpu_create(&self->vm), AFFINITY_INFO, 0, 0, 0));
}

TEST_F(psci_filter, what_is_handled_is_as_without_a_filter)
{
	ASSERT_EQ(0, filter(self, 0x84000000, 0x10000, HANDLE));
	ASSERT_EQ(0, filter(self, 0x86000000, 0x10000, HANDLE));
	EXPECT_EQ(0x10001, answer(self, PSCI_VERSION, 0));
	EXPECT_EQ(NOT_SUPPORTED, answer(self, PSCI(31), 0));
	not_answered(self, 0x84000020);
	not_answered(self, 0x86000000);
	EXPECT_EQ(ARM_VCPU_EXIT_SYSTEM_DOWN, not_answered(self, SYSTEM_OFF));
}

TEST_HARNESS_MAIN
