/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels from 6.1 on, each difference in two forms.  compat.sh
 * tries both on the kernel that the module is built for, and defines HAVE_<name> or
 * LACK_<name> in compat.defines.  Exactly one must compile, or the build stops: a form that
 * fails for another reason than meant doesn't quietly select the other.  So each names what
 * the other kernels lack, or call otherwise.
 *
 * Not by version: a distribution's kernel, and a stable one, gets changes of later ones.
 */
#ifndef ARM_VCPU_COMPAT_H
#define ARM_VCPU_COMPAT_H

#include <linux/eventfd.h>
#include <linux/hrtimer.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/stddef.h>
#include <linux/thread_info.h>

#include <asm/cpufeature.h>
#include <asm/neon.h>
#include <asm/sysreg.h>

#ifndef COMPAT_TEST
#include "compat.defines"
#endif

#define COMPAT_EXISTS(name) static_assert(sizeof(typeof(name) *))

/* What an MMU notifier's young hooks return, int or bool (7.2): "was used" */
#define COMPAT_YOUNG typeof(((struct mmu_notifier_ops *)0)->clear_young(NULL, NULL, 0, 0))

/*
 * What is big on the stack, and written before it is read, isn't set to zero where all else is
 * (CONFIG_INIT_STACK_ALL_ZERO).  Later kernels have the name.
 */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

/* A wait for a page of user memory ends by any signal, not by fatal ones only: 6.2 */
#ifdef HAVE_FOLL_INTERRUPTIBLE
COMPAT_EXISTS(FOLL_INTERRUPTIBLE);
#elif defined(LACK_FOLL_INTERRUPTIBLE)
enum { FOLL_INTERRUPTIBLE = 0 };
#endif

/* A page that NUMA balancing waits for is got by the fault that tells it only if asked to: 6.6 */
#ifdef HAVE_FOLL_NUMA_FAULT
COMPAT_EXISTS(FOLL_HONOR_NUMA_FAULT);
#elif defined(LACK_FOLL_NUMA_FAULT)
enum { FOLL_HONOR_NUMA_FAULT = 0 };
#endif

/* The flags of a mapping are changed by functions: 6.3 */
#ifdef HAVE_VM_FLAGS_MOD
COMPAT_EXISTS(vm_flags_mod);
#elif defined(LACK_VM_FLAGS_MOD)
static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

/* Initialisation of a timer takes its function: 6.13 */
#ifdef HAVE_HRTIMER_SETUP
COMPAT_EXISTS(hrtimer_setup);
#elif defined(LACK_HRTIMER_SETUP)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* The scheduler's requests that wait until user space, or a guest, is entered: 6.13, 6.1-rt */
#ifdef HAVE_RESCHED_LAZY
COMPAT_EXISTS(_TIF_NEED_RESCHED_LAZY);
#elif defined(LACK_RESCHED_LAZY)
enum { _TIF_NEED_RESCHED_LAZY = 0 };
#endif

/* A signal of an eventfd counts one, and no other number: 6.8 */
#ifdef HAVE_EVENTFD_ONE
static inline void compat_eventfd_signal(struct eventfd_ctx *ctx) { eventfd_signal(ctx); }
#elif defined(LACK_EVENTFD_ONE)
static inline void compat_eventfd_signal(struct eventfd_ctx *ctx) { eventfd_signal(ctx, 1); }
#endif

/* Whoever uses the FP registers says where they are to be saved if it is preempted: 7.0 */
#ifdef HAVE_NEON_STATE
static inline void compat_neon_begin(void) { kernel_neon_begin(NULL); }
static inline void compat_neon_end(void) { kernel_neon_end(NULL); }
#elif defined(LACK_NEON_STATE)
static inline void compat_neon_begin(void) { kernel_neon_begin(); }
static inline void compat_neon_end(void) { kernel_neon_end(); }
#endif

/* The name of a namespace of symbols is a string: 6.13 */
#ifdef HAVE_NAMESPACE_STRING
#define COMPAT_NAMESPACE "ARM_VCPU"
#elif defined(LACK_NAMESPACE_STRING)
#define COMPAT_NAMESPACE ARM_VCPU
#endif
#if defined(COMPAT_TEST) && defined(COMPAT_NAMESPACE)
#include <linux/module.h>
#undef MODULE_INFO
#define MODULE_INFO(tag, info)	static_assert(sizeof(info) == sizeof("ARM_VCPU"))
MODULE_IMPORT_NS(COMPAT_NAMESPACE);
#endif

/* What a program may write at any time is called so in the kernel: 6.12 */
#ifdef HAVE_UNSAFE_IN_KVM
#define COMPAT_IMMEDIATE_EXIT immediate_exit__unsafe
#elif defined(LACK_UNSAFE_IN_KVM)
#define COMPAT_IMMEDIATE_EXIT immediate_exit
#endif
#ifdef COMPAT_IMMEDIATE_EXIT
COMPAT_EXISTS(((struct kvm_run *)0)->COMPAT_IMMEDIATE_EXIT);
#endif

/* A memory slot may have another origin than user memory: 6.8 */
#ifdef HAVE_MEMORY_REGION2
COMPAT_EXISTS(KVM_CAP_USER_MEMORY2);
#elif defined(LACK_MEMORY_REGION2)
struct kvm_userspace_memory_region2 {
	__u32 slot, flags;
	__u64 guest_phys_addr, memory_size, userspace_addr, guest_memfd_offset;
	__u32 guest_memfd, pad1;
	__u64 pad2[14];
};

#define KVM_CAP_USER_MEMORY2		231
#define KVM_SET_USER_MEMORY_REGION2	_IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#endif

/* CPUs that need TLB maintenance twice; what the kernel calls them has changed */
#ifdef HAVE_REPEAT_TLBI_SYNC
enum { COMPAT_REPEAT_TLBI = ARM64_WORKAROUND_REPEAT_TLBI_SYNC };
#elif defined(LACK_REPEAT_TLBI_SYNC)
enum { COMPAT_REPEAT_TLBI = ARM64_WORKAROUND_REPEAT_TLBI };
#endif

/* CPUs of which some set stage 2's access flag wrongly; a kernel that knows none trusts none */
#ifdef HAVE_AC03_CPU_38
static inline bool compat_may_age(void)
{
	return !cpus_have_cap(ARM64_WORKAROUND_AMPERE_AC03_CPU_38);
}
#elif defined(LACK_AC03_CPU_38)
enum { ARM64_WORKAROUND_AMPERE_AC03_CPU_38 };
static inline bool compat_may_age(void) { return false; }
#endif

/*
 * MPAM2_EL2 and the second set of fine-grained traps are EL3's to open, which is asked of
 * firmware by kernels that know them only
 */
#ifdef HAVE_MPAM
static inline bool compat_uses_mpam(void) { return cpus_have_cap(ARM64_MPAM); }
#elif defined(LACK_MPAM)
enum { ARM64_MPAM };
static inline bool compat_uses_mpam(void) { return false; }
#endif

#ifdef HAVE_FGT2
enum { COMPAT_KNOWS_FGT2 = !!SYS_HFGRTR2_EL2 };
#elif defined(LACK_FGT2)
enum { COMPAT_KNOWS_FGT2, SYS_HFGRTR2_EL2 };
#endif

#endif /* ARM_VCPU_COMPAT_H */
