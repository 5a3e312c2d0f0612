// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows which firmware guests find, by the registers that choose it: the version of PSCI, which is
 * 0.1 without the feature PSCI_0_2, random numbers, and what is said of workarounds.
 */
#include <errno.h>
#include <string.h>
#include <linux/psci.h>
#include "kselftest_harness.h"
#include "kvm.h"

#define PSCI_0_1	PSCI_VERSION(0, 1)
#define PSCI_0_2	PSCI_VERSION(0, 2)
#define PSCI_1_0	PSCI_VERSION(1, 0)
#define PSCI_1_1	PSCI_VERSION(1, 1)
#define UNKNOWN		(u32)PSCI_RET_NOT_SUPPORTED
#define INVALID		(u32)PSCI_RET_INVALID_PARAMS

#define ARCH_FEATURES	0x80000001
#define TRNG_VERSION	0x84000050
#define TRNG_RND32	0x84000053
#define TRNG_RND64	0xc4000053

#define FEATURE_OFF	(1 << KVM_ARM_VCPU_POWER_OFF)
#define FEATURE_PSCI	(1 << KVM_ARM_VCPU_PSCI_0_2)

FIXTURE(kvm_firmware) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
};

FIXTURE_SETUP(kvm_firmware)
{
	kvm_begin(&self->kvm);
	kvm_vcpu_make(&self->kvm, 0, &self->vcpu);
}

FIXTURE_TEARDOWN(kvm_firmware)
{
	kvm_end(&self->kvm);
}

#define TELLS	"mov x1, #0x9000000\n str w0, [x1]\n b ."
GUEST_ASM(guest_tells, TELLS);
GUEST_ASM(guest_calls, "hvc #0\n" TELLS);
/* x3 is what a vCPU that is switched on begins with */
GUEST_ASM(guest_switches_on, "mov x3, #0x99\n hvc #0\n" TELLS);
GUEST_ASM(guest_calls_and_tells_nothing, "hvc #0\n b .");

static u32 answer(FIXTURE_DATA(kvm_firmware) *self, u64 function, u64 argument)
{
	kvm_enter(&self->vcpu, guest_calls, function, argument, 0);
	return kvm_told(&self->vcpu);
}

static int set_psci(FIXTURE_DATA(kvm_firmware) *self, u64 version)
{
	return kvm_set_reg(&self->vcpu, KVM_REG_ARM_PSCI_VERSION, &version);
}

TEST_F(kvm_firmware, guests_find_the_psci_that_is_set)
{
	static const u32 versions[] = { PSCI_0_2, PSCI_1_0, PSCI_1_1, PSCI_0_2 };
	u32 i, version;

	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	EXPECT_LE(PSCI_1_1, kvm_get(&self->vcpu, KVM_REG_ARM_PSCI_VERSION));
	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		version = versions[i];
		ASSERT_EQ(0, set_psci(self, version));
		EXPECT_EQ(version, kvm_get(&self->vcpu, KVM_REG_ARM_PSCI_VERSION));
		EXPECT_EQ(version, answer(self, PSCI_0_2_FN_PSCI_VERSION, 0));
		EXPECT_EQ(0, answer(self, PSCI_0_2_FN64_AFFINITY_INFO, 0));
		EXPECT_EQ(version < PSCI_1_0 ? UNKNOWN : 0,
			  answer(self, PSCI_1_0_FN_PSCI_FEATURES, PSCI_0_2_FN64_CPU_ON));
		EXPECT_EQ(version < PSCI_1_1 ? UNKNOWN : 0,
			  answer(self, PSCI_1_0_FN_PSCI_FEATURES, PSCI_1_1_FN64_SYSTEM_RESET2));
		EXPECT_EQ(UNKNOWN, answer(self, KVM_PSCI_FN_CPU_ON, 0));
		if (version < PSCI_1_1) {
			EXPECT_EQ(UNKNOWN, answer(self, PSCI_1_1_FN64_SYSTEM_RESET2, 0));
			continue;
		}
		kvm_enter(&self->vcpu, guest_calls, PSCI_1_1_FN64_SYSTEM_RESET2, 0, 0);
		EXPECT_EQ(KVM_EXIT_SYSTEM_EVENT, kvm_next(&self->vcpu));
		ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	}
	/* It is the VM's, and no power-on changes it */
	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	EXPECT_EQ(PSCI_0_2, kvm_get(&self->vcpu, KVM_REG_ARM_PSCI_VERSION));
}

TEST_F(kvm_firmware, no_psci_but_what_is_known)
{
	static const u64 wrong[] = { 0, PSCI_0_1, 3, 0x20000, 1UL << 32 | PSCI_1_1, ~0UL };
	u32 i;

	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_EQ(-EINVAL, set_psci(self, wrong[i]));
}

TEST_F(kvm_firmware, without_psci_0_2_it_is_0_1)
{
	struct kvm_vcpu second;

	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, 0));
	kvm_vcpu_make(&self->kvm, 1, &second);
	ASSERT_EQ(0, kvm_vcpu_init(&second, FEATURE_OFF));
	EXPECT_EQ(PSCI_0_1, kvm_get(&self->vcpu, KVM_REG_ARM_PSCI_VERSION));
	EXPECT_EQ(0, set_psci(self, PSCI_0_1));
	EXPECT_EQ(-EINVAL, set_psci(self, PSCI_0_2));
	EXPECT_EQ(-EINVAL, set_psci(self, PSCI_1_1));
	EXPECT_EQ(UNKNOWN, answer(self, PSCI_0_2_FN_PSCI_VERSION, 0));
	EXPECT_EQ(UNKNOWN, answer(self, PSCI_0_2_FN64_CPU_ON, 1));
	EXPECT_EQ(UNKNOWN, answer(self, PSCI_0_2_FN_SYSTEM_OFF, 0));
	EXPECT_EQ(UNKNOWN, answer(self, PSCI_1_1_FN64_SYSTEM_RESET2, 0));
	EXPECT_EQ(UNKNOWN, answer(self, KVM_PSCI_FN_CPU_SUSPEND, 0));
	EXPECT_EQ(UNKNOWN, answer(self, KVM_PSCI_FN_MIGRATE, 0));

	/* Of 64 bits, each: there is no such CPU */
	EXPECT_EQ(INVALID, answer(self, KVM_PSCI_FN_CPU_ON, 1UL << 32 | 1));
	kvm_enter(&self->vcpu, guest_switches_on, KVM_PSCI_FN_CPU_ON, 1, vm_gpa(guest_tells));
	EXPECT_EQ(0, kvm_told(&self->vcpu));
	EXPECT_EQ(0x99, kvm_told(&second));
	EXPECT_EQ(INVALID, answer(self, KVM_PSCI_FN_CPU_ON, 1));

	kvm_enter(&second, guest_calls_and_tells_nothing, KVM_PSCI_FN_CPU_OFF, 0, 0);
	kvm_start(&second);
	do {
		sleep_ms(1);
		kvm_enter(&self->vcpu, guest_switches_on, KVM_PSCI_FN_CPU_ON, 1,
			  vm_gpa(guest_tells));
	} while (kvm_told(&self->vcpu));
	EXPECT_EQ(0, kvm_join(&second));
	EXPECT_EQ(KVM_EXIT_MMIO, second.run->exit_reason);
	EXPECT_EQ(0, memcmp(second.run->mmio.data, "\x99\0\0\0", 4));
}

static int set_std(FIXTURE_DATA(kvm_firmware) *self, u64 value)
{
	return kvm_set_reg(&self->vcpu, KVM_REG_ARM_STD_BMAP, &value);
}

TEST_F(kvm_firmware, random_numbers_can_be_taken_away)
{
	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	EXPECT_EQ(1, kvm_get(&self->vcpu, KVM_REG_ARM_STD_BMAP));
	EXPECT_EQ(-EINVAL, set_std(self, 2));
	EXPECT_EQ(0, set_std(self, 1));
	EXPECT_EQ(0, set_std(self, 0));
	EXPECT_EQ(0, kvm_get(&self->vcpu, KVM_REG_ARM_STD_BMAP));
	EXPECT_EQ(UNKNOWN, answer(self, TRNG_VERSION, 0));
	EXPECT_EQ(UNKNOWN, answer(self, TRNG_RND32, 32));
	EXPECT_EQ(UNKNOWN, answer(self, TRNG_RND64, 64));
	EXPECT_EQ(0, set_std(self, 0));
	EXPECT_EQ(-EBUSY, set_std(self, 1));
}

TEST_F(kvm_firmware, but_not_once_a_vcpu_has_run)
{
	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	EXPECT_EQ(0x10000, answer(self, TRNG_VERSION, 0));
	EXPECT_EQ(-EBUSY, set_std(self, 0));
	EXPECT_EQ(0, set_std(self, 1));
	EXPECT_EQ(0x10000, answer(self, TRNG_VERSION, 0));
}

/* What the register says of a workaround, and what the guest is told */
static void expect_workaround(struct __test_metadata *_metadata, FIXTURE_DATA(kvm_firmware) *self,
			      u64 id, u32 function, u64 unaffected)
{
	u64 level = kvm_get(&self->vcpu, id), value;
	u32 told = answer(self, ARCH_FEATURES, function);

	EXPECT_EQ(level == unaffected ? 1 : level ? 0 : UNKNOWN, told);
	for (value = 0; value <= unaffected + 1; value++)
		if (unaffected == KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED)
			EXPECT_EQ(value <= level ? 0 : -EINVAL,
				  kvm_set_reg(&self->vcpu, id, &value));
	value = 0x100;
	EXPECT_EQ(-EINVAL, kvm_set_reg(&self->vcpu, id, &value));
	EXPECT_EQ(level, kvm_get(&self->vcpu, id));
}

TEST_F(kvm_firmware, workarounds_are_as_the_guest_is_told)
{
	u64 value = KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN;

	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	expect_workaround(_metadata, self, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, 0x80008000,
			  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED);
	expect_workaround(_metadata, self, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, 0x80007fff,
			  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED);
	expect_workaround(_metadata, self, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3, 0x80003fff,
			  KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_REQUIRED);
	EXPECT_EQ(0, kvm_set_reg(&self->vcpu, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, &value));
	value = KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL;
	EXPECT_EQ(kvm_get(&self->vcpu, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2) ? 0 : -EINVAL,
		  kvm_set_reg(&self->vcpu, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, &value));
}

TEST_F(kvm_firmware, there_is_no_hypervisors_own)
{
	static const u64 ids[] = { KVM_REG_ARM_STD_HYP_BMAP, KVM_REG_ARM_VENDOR_HYP_BMAP };
	u64 value, i;

	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		value = 0;
		EXPECT_EQ(0, kvm_get(&self->vcpu, ids[i]));
		EXPECT_EQ(0, kvm_set_reg(&self->vcpu, ids[i], &value));
		value = 1;
		EXPECT_EQ(-EINVAL, kvm_set_reg(&self->vcpu, ids[i], &value));
	}
}

TEST_HARNESS_MAIN
