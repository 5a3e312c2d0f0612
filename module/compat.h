/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels from 6.1 on.
 */
#ifndef ARM_VCPU_COMPAT_H
#define ARM_VCPU_COMPAT_H

#include <linux/types.h>
#include <linux/version.h>

/* What an MMU notifier's young hooks return: "was used" */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
#define COMPAT_YOUNG bool
#else
#define COMPAT_YOUNG int
#endif

/* get_user_pages: signals that don't kill end a wait as well.  Since 6.2; an enumerator. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_FOLL_INTERRUPTIBLE	FOLL_INTERRUPTIBLE
#else
#define COMPAT_FOLL_INTERRUPTIBLE	0
#endif

/* vm_flags of a mapping that is being made are changed by functions since 6.3 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define compat_vm_flags(vma, set, clear)	vm_flags_mod(vma, set, clear)
#else
#define compat_vm_flags(vma, set, clear) \
	((vma)->vm_flags = ((vma)->vm_flags | (set)) & ~(clear))
#endif

/* hrtimer_setup(), since 6.13 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define compat_hrtimer_setup(timer, fn, clock, mode) hrtimer_setup(timer, fn, clock, mode)
#else
#define compat_hrtimer_setup(timer, fn, clock, mode)	\
do {							\
	struct hrtimer *__timer = (timer);		\
	hrtimer_init(__timer, clock, mode);		\
	__timer->function = fn;				\
} while (0)
#endif

/* kernel_neon_begin() and kernel_neon_end() take a place to save to, since 7.0 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define compat_neon_begin()	kernel_neon_begin(NULL)
#define compat_neon_end()	kernel_neon_end(NULL)
#else
#define compat_neon_begin()	kernel_neon_begin()
#define compat_neon_end()	kernel_neon_end()
#endif

#endif /* ARM_VCPU_COMPAT_H */
