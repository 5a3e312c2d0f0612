// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that SMCs reach the host's firmware if CONFIGURE has listed their function, and no
 * others; that the answer is firmware's, and who may list what.
 */
#include <errno.h>
#include <linux/psci.h>
#include "kselftest_harness.h"
#include "passthrough.h"
#include "vm.h"

#define VERSION		PSCI_0_2_FN_PSCI_VERSION
#define FEATURES	PSCI_1_0_FN_PSCI_FEATURES
#define UNKNOWN		(-1)
#define SIP_64		0xc2000000
#define TRUSTED_OS	0xb2000000

FIXTURE(smc) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_info info;
};

FIXTURE_SETUP(smc)
{
	passthrough_begin();
	self->vm.fd = vm_open();
	ASSERT_EQ(0, vm_info(self->vm.fd, &self->info));
	if (!self->info.max_smc) {
		close(self->vm.fd);
		passthrough_end();
		SKIP(return, "hardware: there is no firmware that answers SMCs");
	}
}

FIXTURE_TEARDOWN(smc)
{
	if (self->vm.ram)
		vm_destroy(&self->vm);
	else
		close(self->vm.fd);
	passthrough_end();
}

static int list(int fd, u32 function)
{
	struct arm_vcpu_config config = { .size = sizeof(config), .smc = { [3] = function } };

	return vm_ioctl(fd, ARM_VCPU_CONFIGURE, &config);
}

GUEST_ASM(guest_smc, "1: smc #0\n hvc #1\n b 1b");
GUEST_ASM(guest_smc_immediate, "smc #1\n b .");
GUEST_ASM(guest_hvc_call, "hvc #0\n b .");

#define BEGIN(...) do {								\
	struct arm_vcpu_config config_ = { .size = sizeof(config_), .smc = { __VA_ARGS__ } }; \
	ASSERT_EQ(0, vm_ioctl(self->vm.fd, ARM_VCPU_CONFIGURE, &config_));	\
	vm_fill(&self->vm);							\
	self->vcpu = vcpu_create(&self->vm);					\
	self->run = self->vcpu->run;						\
} while (0)

TEST_F(smc, firmware_answers)
{
	int i;

	BEGIN(VERSION, FEATURES);
	vcpu_enter(self->vcpu, guest_smc, VERSION, 0);
	for (i = 0; i < 31; i++)
		self->run->x[i] = i ? guest_pattern(1, i) : VERSION;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_LE(0x2, self->run->x[0]);
	EXPECT_GT(0x20000, self->run->x[0]);
	for (i = 4; i < 31; i++)
		EXPECT_EQ(guest_pattern(1, i), self->run->x[i]);
	EXPECT_EQ(vm_gpa(guest_smc) + 8, self->run->pc);

	/* arguments come through */
	self->run->x[0] = FEATURES;
	self->run->x[1] = VERSION;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, (int)self->run->x[0]);
	self->run->x[0] = FEATURES;
	self->run->x[1] = 0x8400ffff;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(UNKNOWN, (int)self->run->x[0]);
	/* of 32 bits, and the function's upper half doesn't count */
	self->run->x[0] = 0xdeadbeef00000000 | FEATURES;
	self->run->x[1] = 0xdeadbeef00000000 | VERSION;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, (int)self->run->x[0]);
}

TEST_F(smc, counts_as_answered_in_the_kernel)
{
	u64 before[NR_STATS], after[NR_STATS];

	BEGIN(VERSION);
	vcpu_enter(self->vcpu, guest_smc, VERSION, 0);
	vcpu_stats(self->vcpu, before, NR_STATS);
	vcpu_expect_call(self->vcpu, 1);
	vcpu_stats(self->vcpu, after, NR_STATS);
	EXPECT_EQ(1, after[ARM_VCPU_STAT_SMC] - before[ARM_VCPU_STAT_SMC]);
	EXPECT_EQ(0, after[ARM_VCPU_STAT_SMC_USER] - before[ARM_VCPU_STAT_SMC_USER]);
}

TEST_F(smc, others_are_exits)
{
	BEGIN(VERSION, SIP_64);
	vcpu_enter(self->vcpu, guest_smc, FEATURES, VERSION);
	vcpu_expect(self->vcpu, SMC);
	EXPECT_EQ(FEATURES, self->run->call.nr);
	vcpu_enter(self->vcpu, guest_smc, SIP_64 + 1, 0);
	vcpu_expect(self->vcpu, SMC);
	vcpu_enter(self->vcpu, guest_smc, 0, 0);
	vcpu_expect(self->vcpu, SMC);
	vcpu_enter(self->vcpu, guest_smc, PSCI_0_2_FN_SYSTEM_OFF, 0);
	vcpu_expect(self->vcpu, SYSTEM_DOWN);
	vcpu_enter(self->vcpu, guest_smc_immediate, VERSION, 0);
	vcpu_expect(self->vcpu, SMC);
	vcpu_enter(self->vcpu, guest_hvc_call, VERSION, 0);
	vcpu_expect(self->vcpu, HYPERCALL);
}

TEST_F(smc, a_function_of_the_silicon_provider_gets_its_answer)
{
	BEGIN(SIP_64);
	vcpu_enter(self->vcpu, guest_smc, SIP_64, 0);
	vcpu_expect_call(self->vcpu, 1);
	/* whatever it is: this host's own firmware knows it or not */
	TH_LOG("%#llx", (unsigned long long)self->run->x[0]);
}

TEST_F(smc, what_is_not_forwarded_is_einval)
{
	static const u32 bad[] = {
		PSCI_0_2_FN_CPU_OFF, PSCI_0_2_FN64_CPU_ON, PSCI_0_2_FN_SYSTEM_OFF,
		PSCI_0_2_FN64_CPU_SUSPEND, PSCI_1_0_FN_SET_SUSPEND_MODE,
		0x80000000,		/* SMCCC_VERSION: the guest's own */
		0x80008000,		/* the same: a workaround */
		0x81000000,		/* CPU services */
		0x84000020,		/* SDEI */
		0x84000060,		/* FF-A */
		0x85000000, 0x86000000,	/* a hypervisor's */
		0x02000000, 0x32000000,	/* not fast */
		1,
	};
	static const u32 good[] = {
		VERSION, FEATURES, PSCI_0_2_FN_MIGRATE_INFO_TYPE,
		0x84000050, 0xc4000053,	/* TRNG */
		0x82000000, SIP_64, 0xc3001234, 0xb0000000, TRUSTED_OS, 0xbf00ffff,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(-EINVAL, list(self->vm.fd, bad[i])) TH_LOG("%#x", bad[i]);
	for (i = 0; i < ARRAY_SIZE(good); i++)
		EXPECT_EQ(0, list(self->vm.fd, good[i])) TH_LOG("%#x", good[i]);
}

TEST_F(smc, takes_cap_sys_rawio)
{
	passthrough_capability(false);
	EXPECT_EQ(-EPERM, list(self->vm.fd, VERSION));
	EXPECT_EQ(0, list(self->vm.fd, 0));
	passthrough_capability(true);
	EXPECT_EQ(0, list(self->vm.fd, VERSION));
}

TEST_F(smc, a_list_that_is_replaced_is_gone)
{
	ASSERT_EQ(0, list(self->vm.fd, VERSION));
	BEGIN(FEATURES);
	vcpu_enter(self->vcpu, guest_smc, VERSION, 0);
	vcpu_expect(self->vcpu, SMC);
}

TEST(without_the_parameter_nothing_is_offered)
{
	struct arm_vcpu_info info;
	int fd = vm_open();

	ASSERT_EQ(0, vm_info(fd, &info));
	EXPECT_EQ(0, info.max_smc);
	EXPECT_EQ(-EOPNOTSUPP, list(fd, VERSION));
	EXPECT_EQ(-EOPNOTSUPP, list(fd, PSCI_0_2_FN_CPU_OFF));
	EXPECT_EQ(0, list(fd, 0));
	close(fd);
}

TEST_HARNESS_MAIN
