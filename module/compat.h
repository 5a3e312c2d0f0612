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

#endif /* ARM_VCPU_COMPAT_H */
