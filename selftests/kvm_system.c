// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows of /dev/kvm what programs ask first: the version, the sizes of guests' address spaces,
 * and that KVM_CHECK_EXTENSION is true: what it has works, and what it hasn't is refused.
 */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "kvm.h"

FIXTURE(kvm_system) {
	struct kvm kvm;
};

FIXTURE_SETUP(kvm_system)
{
	kvm_begin(&self->kvm);
}

FIXTURE_TEARDOWN(kvm_system)
{
	kvm_end(&self->kvm);
}

TEST_F(kvm_system, version_and_size)
{
	int dev = self->kvm.dev;

	EXPECT_EQ(12, vm_ioctl(dev, KVM_GET_API_VERSION, NULL));
	EXPECT_EQ(-EINVAL, vm_ioctl(dev, KVM_GET_API_VERSION, (void *)1));
	EXPECT_LE((int)sizeof(struct kvm_run), vm_ioctl(dev, KVM_GET_VCPU_MMAP_SIZE, NULL));
	EXPECT_EQ(-EINVAL, vm_ioctl(dev, KVM_GET_VCPU_MMAP_SIZE, (void *)1));
}

TEST_F(kvm_system, what_another_architecture_has_is_no_command)
{
	struct kvm_vcpu vcpu;
	u64 nothing[64] = { };

	kvm_vcpu(&self->kvm, 0, 0, &vcpu);
	EXPECT_EQ(-ENOTTY, vm_ioctl(self->kvm.dev, KVM_S390_ENABLE_SIE, nothing));
	EXPECT_EQ(-ENOTTY, vm_ioctl(self->kvm.fd, KVM_SET_TSS_ADDR, nothing));
	EXPECT_EQ(-ENOTTY, vm_ioctl(vcpu.fd, KVM_NMI, nothing));
	EXPECT_EQ(-ENOTTY, vm_ioctl(vcpu.fd, KVM_GET_API_VERSION, NULL));
}

/* A VM of this type: 0, or the error */
static int create(const struct kvm *kvm, u64 type)
{
	int fd = vm_ioctl(kvm->dev, KVM_CREATE_VM, (void *)type);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

TEST_F(kvm_system, a_vm_has_as_many_address_bits_as_its_type_says)
{
	int max = kvm_check(self->kvm.dev, KVM_CAP_ARM_VM_IPA_SIZE);

	ASSERT_LE(32, max);
	EXPECT_EQ(max < 40 ? -EINVAL : 0, create(&self->kvm, 0));
	EXPECT_EQ(0, create(&self->kvm, (u64)max));
	EXPECT_EQ(0, create(&self->kvm, 32));
	EXPECT_EQ(-EINVAL, create(&self->kvm, (u64)max + 1));
	EXPECT_EQ(-EINVAL, create(&self->kvm, 31));
	EXPECT_EQ(-EINVAL, create(&self->kvm, 1 << 8 | 40));
	EXPECT_EQ(-EINVAL, create(&self->kvm, 1UL << 31));
}

TEST_F(kvm_system, a_vm_answers_for_extensions_as_the_device_does)
{
	u64 n;

	for (n = 0; n < 300; n++)
		EXPECT_EQ(kvm_check(self->kvm.dev, n), kvm_check(self->kvm.fd, n));
	EXPECT_EQ(0, kvm_check(self->kvm.dev, 1UL << 32 | KVM_CAP_USER_MEMORY));
}

/* Each of these is there: what it stands for works in another test, or below */
TEST_F(kvm_system, what_programs_need_is_there)
{
	static const u64 needed[] = {
		KVM_CAP_USER_MEMORY, KVM_CAP_NR_MEMSLOTS, KVM_CAP_READONLY_MEM, KVM_CAP_SYNC_MMU,
		KVM_CAP_DESTROY_MEMORY_REGION_WORKS, KVM_CAP_JOIN_MEMORY_REGIONS_WORKS,
		KVM_CAP_NR_VCPUS, KVM_CAP_MAX_VCPUS, KVM_CAP_MAX_VCPU_ID, KVM_CAP_ONE_REG,
		KVM_CAP_MP_STATE, KVM_CAP_VCPU_EVENTS, KVM_CAP_ARM_PSCI, KVM_CAP_ARM_PSCI_0_2,
		KVM_CAP_IMMEDIATE_EXIT, KVM_CAP_INTERNAL_ERROR_DATA, KVM_CAP_ARM_USER_IRQ,
		KVM_CAP_IOEVENTFD, KVM_CAP_IOEVENTFD_ANY_LENGTH, KVM_CAP_ARM_NISV_TO_USER,
		KVM_CAP_ARM_INJECT_EXT_DABT, KVM_CAP_SET_GUEST_DEBUG, KVM_CAP_ENABLE_CAP_VM,
		KVM_CAP_CHECK_EXTENSION_VM, KVM_CAP_ARM_IRQ_LINE_LAYOUT_2,
		KVM_CAP_DEVICE_CTRL, KVM_CAP_VCPU_ATTRIBUTES,
	};
	static const u64 with_gic[] = {
		KVM_CAP_IRQCHIP, KVM_CAP_IRQFD, KVM_CAP_IRQFD_RESAMPLE, KVM_CAP_IRQ_ROUTING,
		KVM_CAP_SIGNAL_MSI, KVM_CAP_MSI_DEVID,
	};
	bool gic = kvm_check(self->kvm.dev, KVM_CAP_IRQCHIP);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(with_gic); i++)
		EXPECT_EQ(gic, kvm_check(self->kvm.dev, with_gic[i]) > 0);
	for (i = 0; i < ARRAY_SIZE(needed); i++)
		EXPECT_LT(0, kvm_check(self->kvm.dev, needed[i])) {
			TH_LOG("extension %llu", (unsigned long long)needed[i]);
		}
}

TEST_F(kvm_system, as_many_vcpus_as_are_said)
{
	int max = kvm_check(self->kvm.dev, KVM_CAP_MAX_VCPUS);
	int last = kvm_check(self->kvm.dev, KVM_CAP_MAX_VCPU_ID) - 1;
	struct kvm_vcpu vcpu;

	EXPECT_LE(kvm_check(self->kvm.dev, KVM_CAP_NR_VCPUS), max);
	kvm_vcpu(&self->kvm, (unsigned int)last, 0, &vcpu);
	EXPECT_EQ(-EEXIST, vm_ioctl(self->kvm.fd, KVM_CREATE_VCPU, (void *)(u64)last));
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_CREATE_VCPU, (void *)(u64)(last + 1)));
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_CREATE_VCPU, (void *)~0UL));
}

TEST_F(kvm_system, features_of_vcpus_are_the_extensions_that_there_are)
{
	static const struct { u64 extension; u32 features; } features[] = {
		{ KVM_CAP_ARM_EL1_32BIT, 1 << KVM_ARM_VCPU_EL1_32BIT },
		{ KVM_CAP_ARM_PMU_V3, 1 << KVM_ARM_VCPU_PMU_V3 },
		{ KVM_CAP_ARM_SVE, 1 << KVM_ARM_VCPU_SVE },
		{ KVM_CAP_ARM_PTRAUTH_ADDRESS,
		  1 << KVM_ARM_VCPU_PTRAUTH_ADDRESS | 1 << KVM_ARM_VCPU_PTRAUTH_GENERIC },
		{ KVM_CAP_ARM_PSCI_0_2, 1 << KVM_ARM_VCPU_PSCI_0_2 },
	};
	struct kvm_vcpu vcpu;
	struct kvm kvm;
	u32 i;

	/* Each in a VM of its own, whose vCPUs have all the same */
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		bool there = kvm_check(self->kvm.dev, features[i].extension);

		kvm_begin(&kvm);
		kvm_vcpu_make(&kvm, 0, &vcpu);
		EXPECT_EQ(there ? 0 : -EINVAL, kvm_vcpu_init(&vcpu, features[i].features)) {
			TH_LOG("features %#x", features[i].features);
		}
		kvm_end(&kvm);
	}
	kvm_vcpu_make(&self->kvm, 0, &vcpu);
	EXPECT_EQ(-EINVAL, kvm_vcpu_init(&vcpu, 1 << KVM_ARM_VCPU_PTRAUTH_GENERIC));
	EXPECT_EQ(-ENOENT, kvm_vcpu_init(&vcpu, 1U << 31));
}

TEST_F(kvm_system, commands_are_those_of_the_extensions_that_there_are)
{
	static const struct { u64 extension; unsigned int command; } commands[] = {
		{ KVM_CAP_DEVICE_CTRL, KVM_CREATE_DEVICE },
		{ KVM_CAP_IRQFD, KVM_IRQFD },
		{ KVM_CAP_IRQ_ROUTING, KVM_SET_GSI_ROUTING },
		{ KVM_CAP_SIGNAL_MSI, KVM_SIGNAL_MSI },
		{ KVM_CAP_IRQCHIP, KVM_CREATE_IRQCHIP },
		{ KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, KVM_CLEAR_DIRTY_LOG },
		{ KVM_CAP_BINARY_STATS_FD, KVM_GET_STATS_FD },
		{ KVM_CAP_IOEVENTFD, KVM_IOEVENTFD },
		{ KVM_CAP_ENABLE_CAP_VM, KVM_ENABLE_CAP },
		{ KVM_CAP_ARM_USER_IRQ, KVM_IRQ_LINE },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		u64 junk[64];
		int ret;

		memset(junk, 0xff, sizeof(junk));
		ret = vm_ioctl(self->kvm.fd, commands[i].command, junk);
		EXPECT_EQ(!kvm_check(self->kvm.dev, commands[i].extension), ret == -ENOTTY) {
			TH_LOG("command %#x: %d", commands[i].command, ret);
		}
	}
}

TEST_F(kvm_system, only_what_it_has_can_be_enabled)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_NISV_TO_USER };

	EXPECT_EQ(0, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
	cap.flags = 1;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
	cap.flags = 0;
	cap.cap = KVM_CAP_ARM_MTE;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
}

TEST_F(kvm_system, the_preferred_target_is_one_that_init_takes)
{
	struct kvm_vcpu_init init;
	struct kvm_vcpu vcpu;

	memset(&init, 0xff, sizeof(init));
	ASSERT_EQ(0, vm_ioctl(self->kvm.fd, KVM_ARM_PREFERRED_TARGET, &init));
	EXPECT_EQ(0, init.features[0]);
	kvm_vcpu_make(&self->kvm, 0, &vcpu);
	EXPECT_EQ(0, vm_ioctl(vcpu.fd, KVM_ARM_VCPU_INIT, &init));
	init.target = KVM_ARM_NUM_TARGETS;
	EXPECT_EQ(-EINVAL, vm_ioctl(vcpu.fd, KVM_ARM_VCPU_INIT, &init));
}

GUEST_ASM(guest_stores_twice, "str w1, [x0]\n str w1, [x0, #4]\n b .");

TEST_F(kvm_system, an_ioeventfd_takes_the_guests_store)
{
	struct kvm_vcpu vcpu;
	struct kvm_ioeventfd event = {
		.addr = GUEST_MMIO, .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	u64 count;

	EXPECT_EQ(0, vm_ioctl(self->kvm.fd, KVM_IOEVENTFD, &event));
	EXPECT_EQ(-EEXIST, vm_ioctl(self->kvm.fd, KVM_IOEVENTFD, &event));
	kvm_vcpu(&self->kvm, 0, 0, &vcpu);
	kvm_enter(&vcpu, guest_stores_twice, GUEST_MMIO, 7, 0);
	EXPECT_EQ(KVM_EXIT_MMIO, kvm_next(&vcpu));
	EXPECT_EQ(GUEST_MMIO + 4, vcpu.run->mmio.phys_addr);
	EXPECT_EQ((ssize_t)sizeof(count), read(event.fd, &count, sizeof(count)));
	EXPECT_EQ(1, count);
	event.flags = KVM_IOEVENTFD_FLAG_DEASSIGN;
	EXPECT_EQ(0, vm_ioctl(self->kvm.fd, KVM_IOEVENTFD, &event));
	EXPECT_EQ(-ENOENT, vm_ioctl(self->kvm.fd, KVM_IOEVENTFD, &event));
	event.flags = 1 << 7;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->kvm.fd, KVM_IOEVENTFD, &event));
	close(event.fd);
}

TEST_HARNESS_MAIN
