/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module's pure parts use of the kernel, for a model checker: every <linux/...> and
 * <asm/...> is this file.
 *
 * Nothing runs beside a proof.  So locks only say that they are held, and that is proven, too:
 * none is taken twice, or given back by who hasn't got it.
 */
#ifndef PROOF_KERNEL_H
#define PROOF_KERNEL_H

#include "proof.h"
#include "types.h"

typedef u64 phys_addr_t;
typedef unsigned int gfp_t;

#define __bitwise
#define __rcu
#define __percpu
#define __user
#define __always_inline		inline
#define ____cacheline_aligned
#define __ro_after_init
#define __init

#define _BITUL(n)		(1UL << (n))
#define _BITULL(n)		(1UL << (n))
#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1UL << (n))
#define GENMASK(high, low)	((~0UL << (low)) & (~0UL >> (63 - (high))))
#define GENMASK_ULL(high, low)	GENMASK(high, low)
#define BITS_TO_LONGS(n)	(((n) + 63) / 64)
#define DECLARE_BITMAP(name, n)	unsigned long name[BITS_TO_LONGS(n)]
#define DIV_ROUND_UP(n, by)	(((n) + (by) - 1) / (by))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define ALIGN_DOWN(value, size)	((value) & ~((size) - 1))
#define upper_32_bits(value)	((u32)((value) >> 32))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define swap(a, b) \
	do { __typeof__(a) was = (a); (a) = (b); (b) = was; } while (0)
#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))
#define check_add_overflow(a, b, sum)	__builtin_add_overflow(a, b, sum)
#define struct_size(pointer, member, n)	(sizeof(*(pointer)) + (n) * sizeof((pointer)->member[0]))
#define for_each_set_bit(n, bits, size) \
	for ((n) = 0; (n) < (size); (n)++) \
		if (*(bits) >> (n) & 1)

#define static_assert(expr)	_Static_assert(expr, #expr)
#define likely(x)		(x)
#define unlikely(x)		(x)
#define READ_ONCE(x)		(x)
#define WRITE_ONCE(x, value)	((x) = (value))
#define smp_load_acquire(p)	(*(p))
#define dsb(what)		do { } while (0)
#define IS_ENABLED(option)	0
#define cond_resched()		do { } while (0)

#define EAGAIN		11
#define ENOENT		2
#define ENOMEM		12
#define EFAULT		14
#define EBUSY		16
#define EEXIST		17
#define ENODEV		19
#define EINVAL		22
#define ENOSPC		28
#define EOPNOTSUPP	95
#define ERR_PTR(error)		((void *)(long)(error))
#define PTR_ERR(pointer)	((long)(pointer))
#define IS_ERR(pointer)		((unsigned long)(pointer) >= -4095UL)

#define GFP_KERNEL_ACCOUNT	0
#define __GFP_ZERO		1

#define SZ_4K		0x1000UL
#define SZ_64K		0x10000UL
#define SZ_128K		0x20000UL
#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_ALIGNED(x)	(!((x) & (PAGE_SIZE - 1)))

typedef struct { bool held; } spinlock_t, raw_spinlock_t;

struct mutex { bool held; };
struct rw_semaphore { bool held; };

#define take(lock) \
	do { prove(!(lock)->held); (lock)->held = true; } while (0)
#define give(lock) \
	do { prove((lock)->held); (lock)->held = false; } while (0)
#define spin_lock(lock)			take(lock)
#define spin_unlock(lock)		give(lock)
#define raw_spin_lock_irq(lock)		take(lock)
#define raw_spin_unlock_irq(lock)	give(lock)
#define down_write(lock)		take(lock)
#define up_write(lock)			give(lock)
#define spin_is_contended(lock)		nondet_bool()
#define lockdep_assert_held(lock)	prove((lock)->held)
#define lockdep_is_held(lock)		((lock)->held)
#define need_resched()			nondet_bool()
#define signal_pending(task)		nondet_bool()

#define rcu_read_lock()				do { } while (0)
#define rcu_read_unlock()			do { } while (0)
#define rcu_dereference(p)			(p)
#define rcu_dereference_protected(p, held)	({ prove(held); (p); })
#define rcu_dereference_check(p, held)		(p)
#define rcu_assign_pointer(p, value)		((p) = (value))
#define RCU_INIT_POINTER(p, value)		((p) = (value))

typedef struct { int counter; } atomic_t;

#define atomic_read(v)		((v)->counter)
#define atomic_set(v, i)	((v)->counter = (i))

/* What is only part of a struct */
struct list_head { void *next; };
struct rcu_head { void *next; };
struct kref { int count; };
struct hrtimer { int unused; };
struct mmu_notifier { int unused; };
struct rcuwait { void *task; };
struct xarray { void *head; };
struct task_struct;
struct mm_struct;
struct dentry;
typedef struct { int unused; } wait_queue_head_t;

extern struct task_struct *current;

/* Per-CPU data and ioctl's numbers are declared, and never used */
#define DECLARE_PER_CPU(type, name)	extern type name
#define __this_cpu_read(name)		(name)
#define _IO(type, nr)			((type) << 8 | (nr))

#endif /* PROOF_KERNEL_H */
