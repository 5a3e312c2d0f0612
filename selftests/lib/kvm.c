// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual machines by KVM's ABI: see kvm.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "kvm.h"
#include "module.h"

#define DEV_KVM	"/dev/kvm"

void kvm_begin(struct kvm *kvm)
{
	int ret;

	memset(kvm, 0, sizeof(*kvm));
	alarm(150);
	if (access(DEV_KVM, F_OK)) {
		ret = module_load(ARM_VCPU_KVM_KO);
		if (ret)
			die("can't load arm_vcpu_kvm.ko: %s", strerror(-ret));
		kvm->loaded = true;
	}
	kvm->dev = open(DEV_KVM, O_RDWR | O_CLOEXEC);
	if (kvm->dev < 0)
		die("can't open " DEV_KVM ": %s", strerror(errno));
	kvm->fd = vm_ioctl(kvm->dev, KVM_CREATE_VM, NULL);
	if (kvm->fd < 0)
		die("KVM_CREATE_VM: %s", strerror(-kvm->fd));
	kvm->ram = guest_ram();
	ret = kvm_memory(kvm->fd, KVM_RAM_SLOT, 0, GUEST_RAM, GUEST_RAM_SIZE, kvm->ram);
	if (ret)
		die("KVM_SET_USER_MEMORY_REGION: %s", strerror(-ret));
}

void kvm_end(struct kvm *kvm)
{
	int tries;

	while (kvm->nr_vcpus) {
		struct kvm_vcpu *vcpu = &kvm->vcpus[--kvm->nr_vcpus];

		munmap(vcpu->run, page_size());
		close(vcpu->fd);
	}
	close(kvm->fd);
	close(kvm->dev);
	munmap(kvm->ram, GUEST_RAM_SIZE);
	for (tries = 0; kvm->loaded && tries < 200; tries++) {
		if (module_unload("arm_vcpu_kvm") != -EWOULDBLOCK)
			return;
		sleep_ms(10);
	}
}

int kvm_check(int fd, u64 extension)
{
	return vm_ioctl(fd, KVM_CHECK_EXTENSION, (void *)extension);
}

int kvm_memory(int fd, u32 slot, u32 flags, u64 gpa, u64 size, const void *user)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot, .flags = flags, .guest_phys_addr = gpa, .memory_size = size,
		.userspace_addr = (u64)user,
	};

	return vm_ioctl(fd, KVM_SET_USER_MEMORY_REGION, &region);
}

void kvm_vcpu_make(struct kvm *kvm, unsigned int id, struct kvm_vcpu *vcpu)
{
	int size = vm_ioctl(kvm->dev, KVM_GET_VCPU_MMAP_SIZE, NULL);

	memset(vcpu, 0, sizeof(*vcpu));
	vcpu->fd = vm_ioctl(kvm->fd, KVM_CREATE_VCPU, (void *)(u64)id);
	if (vcpu->fd < 0)
		die("KVM_CREATE_VCPU: %s", strerror(-vcpu->fd));
	vcpu->run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		die("mmap of a vCPU's file: %s", strerror(errno));
	if (kvm->nr_vcpus == MAX_VCPUS)
		die("too many vCPUs");
	kvm->vcpus[kvm->nr_vcpus++] = *vcpu;
}

int kvm_vcpu_init(const struct kvm_vcpu *vcpu, u32 features)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8, .features = { features },
	};

	return vm_ioctl(vcpu->fd, KVM_ARM_VCPU_INIT, &init);
}

void kvm_vcpu(struct kvm *kvm, unsigned int id, u32 features, struct kvm_vcpu *vcpu)
{
	int ret;

	kvm_vcpu_make(kvm, id, vcpu);
	ret = kvm_vcpu_init(vcpu, features | 1 << KVM_ARM_VCPU_PSCI_0_2);
	if (ret)
		die("KVM_ARM_VCPU_INIT: %s", strerror(-ret));
}

int kvm_get_reg(const struct kvm_vcpu *vcpu, u64 id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (u64)value };

	return vm_ioctl(vcpu->fd, KVM_GET_ONE_REG, &reg);
}

int kvm_set_reg(const struct kvm_vcpu *vcpu, u64 id, const void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (u64)value };

	return vm_ioctl(vcpu->fd, KVM_SET_ONE_REG, &reg);
}

u64 kvm_get(const struct kvm_vcpu *vcpu, u64 id)
{
	u64 value = 0;
	int ret = kvm_get_reg(vcpu, id, &value);

	if (ret)
		die("KVM_GET_ONE_REG %llx: %s", (unsigned long long)id, strerror(-ret));
	return value;
}

void kvm_set(const struct kvm_vcpu *vcpu, u64 id, u64 value)
{
	int ret = kvm_set_reg(vcpu, id, &value);

	if (ret)
		die("KVM_SET_ONE_REG %llx: %s", (unsigned long long)id, strerror(-ret));
}

/* An access is completed by the next KVM_RUN, which moves pc: before that is set */
static void complete(const struct kvm_vcpu *vcpu)
{
	vcpu->run->immediate_exit = 1;
	if (kvm_run_once(vcpu) != -EINTR)
		die("KVM_RUN doesn't come back at once");
	vcpu->run->immediate_exit = 0;
}

void kvm_enter(const struct kvm_vcpu *vcpu, const void *fn, u64 x0, u64 x1, u64 x2)
{
	if (vcpu->run->exit_reason == KVM_EXIT_MMIO)
		complete(vcpu);
	kvm_set(vcpu, KVM_PC, vm_gpa(fn));
	kvm_set(vcpu, KVM_X(0), x0);
	kvm_set(vcpu, KVM_X(1), x1);
	kvm_set(vcpu, KVM_X(2), x2);
	kvm_set(vcpu, KVM_X(3), vm_stack(0));
}

void kvm_call(const struct kvm_vcpu *vcpu, const void *fn, u64 a0, u64 a1)
{
	kvm_enter(vcpu, guest_start, vm_gpa(fn), a0, a1);
}

int kvm_run_once(const struct kvm_vcpu *vcpu)
{
	return vm_ioctl(vcpu->fd, KVM_RUN, NULL);
}

u32 kvm_next(const struct kvm_vcpu *vcpu)
{
	int ret;

	do {
		ret = kvm_run_once(vcpu);
	} while (ret == -EINTR);
	if (ret)
		die("KVM_RUN: %s", strerror(-ret));
	return vcpu->run->exit_reason;
}

u32 kvm_told(const struct kvm_vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	u32 value, reason = kvm_next(vcpu);

	if (reason != KVM_EXIT_MMIO || !run->mmio.is_write || run->mmio.len != sizeof(value) ||
	    run->mmio.phys_addr != GUEST_MMIO)
		die("exit %u of %llx, pc %llx", reason, (unsigned long long)run->mmio.phys_addr,
		    (unsigned long long)kvm_get(vcpu, KVM_PC));
	memcpy(&value, run->mmio.data, sizeof(value));
	return value;
}

static void *thread(void *arg)
{
	struct kvm_vcpu *vcpu = arg;

	WRITE_ONCE(vcpu->result, kvm_run_once(vcpu));
	return NULL;
}

void kvm_start(struct kvm_vcpu *vcpu)
{
	vcpu->result = -EAGAIN;
	if (pthread_create(&vcpu->thread, NULL, thread, vcpu))
		die("can't create a thread");
}

int kvm_join(struct kvm_vcpu *vcpu)
{
	pthread_join(vcpu->thread, NULL);
	return vcpu->result;
}
