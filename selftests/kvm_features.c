// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that all vCPUs of a VM have the same features of KVM_ARM_VCPU_INIT, and that a guest has
 * pointer authentication if it is one of them.  What PSCI_0_2 is about, kvm_firmware shows.
 */
#include <errno.h>
#include <string.h>
#include "kselftest_harness.h"
#include "kvm.h"

#define FEATURE_OFF	(1 << KVM_ARM_VCPU_POWER_OFF)
#define FEATURE_PSCI	(1 << KVM_ARM_VCPU_PSCI_0_2)
#define FEATURE_PTRAUTH	(1 << KVM_ARM_VCPU_PTRAUTH_ADDRESS | 1 << KVM_ARM_VCPU_PTRAUTH_GENERIC)

#define VBAR_EL1	ARM64_SYS_REG(3, 0, 12, 0, 0)
#define ISAR1_EL1	ARM64_SYS_REG(3, 0, 0, 6, 1)
#define ISAR1_PAUTH	0xff000ff0UL
#define ISAR2_EL1	ARM64_SYS_REG(3, 0, 0, 6, 2)
#define ISAR2_PAUTH	0xf00ff00UL
#define APIAKEYLO_EL1	ARM64_SYS_REG(3, 0, 2, 1, 0)
/* From a vector table to where an exception of EL1h goes */
#define SYNC_VECTOR	0x200

FIXTURE(kvm_features) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
};

FIXTURE_SETUP(kvm_features)
{
	kvm_begin(&self->kvm);
	kvm_vcpu_make(&self->kvm, 0, &self->vcpu);
}

FIXTURE_TEARDOWN(kvm_features)
{
	kvm_end(&self->kvm);
}

#define TELLS	"mov x1, #0x9000000\n str w0, [x1]\n b ."
GUEST_ASM(guest_tells, TELLS);
GUEST_ASM(guest_reads_id, "mrs x2, s3_0_c0_c6_1\n str x2, [x0]\n mrs x2, s3_0_c0_c6_2\n"
	  "str x2, [x0, #8]\n" TELLS);
GUEST_ASM(guest_reads_key, "mrs x2, s3_0_c2_c1_0\n mov w0, #1\n" TELLS);

TEST_F(kvm_features, those_of_one_vcpu_are_those_of_all)
{
	struct kvm_vcpu second;

	kvm_vcpu_make(&self->kvm, 1, &second);
	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	EXPECT_EQ(-EINVAL, kvm_vcpu_init(&second, 0));
	EXPECT_EQ(-EINVAL, kvm_vcpu_init(&second, FEATURE_PTRAUTH | FEATURE_PSCI));
	EXPECT_EQ(-EINVAL, kvm_vcpu_init(&self->vcpu, 0));
	/* To be off isn't one */
	EXPECT_EQ(0, kvm_vcpu_init(&second, FEATURE_PSCI | FEATURE_OFF));
	EXPECT_EQ(0, kvm_vcpu_init(&second, FEATURE_PSCI));
	EXPECT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI | FEATURE_OFF));
}

static void expect_pauth(struct __test_metadata *_metadata, FIXTURE_DATA(kvm_features) *self,
			 bool there)
{
	char *shared = (char *)self->kvm.ram + (GUEST_SHARED - GUEST_RAM);
	u64 *id = (u64 *)shared, key;

	memcpy(shared + SYNC_VECTOR, guest_tells, 3 * sizeof(u32));
	EXPECT_EQ(there, !!(kvm_get(&self->vcpu, ISAR1_EL1) & ISAR1_PAUTH ||
			    kvm_get(&self->vcpu, ISAR2_EL1) & ISAR2_PAUTH));
	EXPECT_EQ(there ? 0 : -ENOENT, kvm_get_reg(&self->vcpu, APIAKEYLO_EL1, &key));
	kvm_enter(&self->vcpu, guest_reads_id, GUEST_SHARED, 0, 0);
	kvm_told(&self->vcpu);
	EXPECT_EQ(there, !!(id[0] & ISAR1_PAUTH || id[1] & ISAR2_PAUTH));
	EXPECT_EQ(id[0], kvm_get(&self->vcpu, ISAR1_EL1));
	/* An exception leaves x0 as it is */
	kvm_set(&self->vcpu, VBAR_EL1, GUEST_SHARED);
	kvm_enter(&self->vcpu, guest_reads_key, 7, 0, 0);
	EXPECT_EQ(there ? 1 : 7, kvm_told(&self->vcpu));
}

TEST_F(kvm_features, without_pointer_authentication_there_is_none)
{
	ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
	expect_pauth(_metadata, self, false);
}

TEST_F(kvm_features, with_pointer_authentication_it_is_there)
{
	int ret = kvm_vcpu_init(&self->vcpu, FEATURE_PSCI | FEATURE_PTRAUTH);

	if (!kvm_check(self->kvm.dev, KVM_CAP_ARM_PTRAUTH_ADDRESS)) {
		EXPECT_EQ(-EINVAL, ret);
		SKIP(return, "hardware: no pointer authentication");
	}
	ASSERT_EQ(0, ret);
	expect_pauth(_metadata, self, true);
	EXPECT_EQ(-EINVAL, kvm_vcpu_init(&self->vcpu, FEATURE_PSCI));
}

TEST_HARNESS_MAIN
