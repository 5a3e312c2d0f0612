/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machines by KVM's ABI, for the tests kvm_*: arm_vcpu_kvm's /dev/kvm, which is loaded
 * if there is none, or KVM's own.  Functions that return int return what the ioctl did, or
 * -errno; all others end the test with a message when something is wrong.
 *
 * Guest code is as everywhere (guest.h), but calls reach nobody: what a guest has to say, it
 * stores to GUEST_MMIO.
 */
#ifndef SELFTEST_KVM_H
#define SELFTEST_KVM_H

#include <linux/kvm.h>
#include "vm.h"

#define KVM_CORE(name) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(name))
#define KVM_X(n)	(KVM_CORE(regs.regs[0]) + 2 * (u64)(n))
#define KVM_PC		KVM_CORE(regs.pc)
#define KVM_PSTATE	KVM_CORE(regs.pstate)
#define KVM_RAM_SLOT	0

struct kvm_vcpu {
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	int result;	/* kvm_join() */
};

struct kvm {
	int dev;
	int fd;
	void *ram;	/* at GUEST_RAM */
	bool loaded;
	unsigned int nr_vcpus;
	struct kvm_vcpu vcpus[MAX_VCPUS];	/* as they were made */
};

void kvm_begin(struct kvm *kvm);	/* a VM with GUEST_RAM and all guest code in it */
void kvm_end(struct kvm *kvm);
int kvm_check(int fd, u64 extension);
int kvm_memory(int fd, u32 slot, u32 flags, u64 gpa, u64 size, const void *user);

/* A vCPU, made or with @features too; it ends with its VM, before kvm_end() is back */
void kvm_vcpu_make(struct kvm *kvm, unsigned int id, struct kvm_vcpu *vcpu);
int kvm_vcpu_init(const struct kvm_vcpu *vcpu, u32 features);
void kvm_vcpu(struct kvm *kvm, unsigned int id, u32 features, struct kvm_vcpu *vcpu);

int kvm_get_reg(const struct kvm_vcpu *vcpu, u64 id, void *value);
int kvm_set_reg(const struct kvm_vcpu *vcpu, u64 id, const void *value);
u64 kvm_get(const struct kvm_vcpu *vcpu, u64 id);
void kvm_set(const struct kvm_vcpu *vcpu, u64 id, u64 value);

/* pc at @fn, x0 to x2 as they are given, x3 a stack; guest_start's are fn and two arguments */
void kvm_enter(const struct kvm_vcpu *vcpu, const void *fn, u64 x0, u64 x1, u64 x2);
void kvm_call(const struct kvm_vcpu *vcpu, const void *fn, u64 a0, u64 a1);

int kvm_run_once(const struct kvm_vcpu *vcpu);
u32 kvm_next(const struct kvm_vcpu *vcpu);	/* KVM_RUN until an exit */
/* The next exit is a store of 32 bits to GUEST_MMIO: its value */
u32 kvm_told(const struct kvm_vcpu *vcpu);

/* kvm_run_once() in a thread of its own */
void kvm_start(struct kvm_vcpu *vcpu);
int kvm_join(struct kvm_vcpu *vcpu);

#endif
