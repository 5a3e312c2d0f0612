// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stores of the guest's that signal an eventfd: the command IOEVENTFD.
 *
 * By address in a hash table, which vCPUs look into under RCU.  No two can be for the same store.
 */
#include <linux/align.h>
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "compat.h"
#include "eventfd.h"
#include "ioeventfd.h"

#define TABLE_BITS	6

/**
 * struct ioeventfd - one of them
 * @node: in the table
 * @gone: the next one of those that were taken out together
 * @eventfd: is signalled
 * @addr: guest-physical address of the stores
 * @length: their width; 0: any
 * @matches: only stores of @data
 * @data: see above
 */
struct ioeventfd {
	struct hlist_node node;
	struct ioeventfd *gone;
	struct vm_eventfd eventfd;
	u64 addr;
	unsigned int length;
	bool matches;
	u64 data;
};

/**
 * struct ioeventfds - a VM's; they are there as long as it, once one was added
 * @vm: it
 * @nr: how many; this and the table are changed with vm->setup held
 * @when_closed: removes those whose eventfd is closed
 * @table: by a hash of the address
 */
struct ioeventfds {
	struct vm *vm;
	unsigned int nr;
	struct work_struct when_closed;
	struct hlist_head table[1 << TABLE_BITS];
};

static struct hlist_head *bucket(struct ioeventfds *all, u64 addr)
{
	return &all->table[hash_64(addr, TABLE_BITS)];
}

/**
 * ioeventfd_find() - signal what a store is to signal: see ioeventfd_store()
 * @all: of the VM
 * @addr: guest-physical address
 * @width: in bytes
 * @data: that is stored
 *
 * Return: whether there was something.
 */
bool ioeventfd_find(struct ioeventfds *all, u64 addr, unsigned int width, u64 data)
{
	const struct ioeventfd *one;
	bool found = false;

	rcu_read_lock();
	hlist_for_each_entry_rcu(one, bucket(all, addr), node) {
		if (one->addr != addr || (one->length && one->length != width) ||
		    (one->matches && one->data != data))
			continue;
		compat_eventfd_signal(one->eventfd.ctx);
		found = true;
		break;
	}
	rcu_read_unlock();
	return found;
}

static bool data_fits(u64 data, unsigned int length)
{
	return length == 8 || !(data >> (8 * length));
}

/**
 * ioeventfd_check() - is an argument of IOEVENTFD valid
 * @arg: from user space
 * @ipa_bits: guest-physical address size
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP.
 */
int ioeventfd_check(const struct arm_vcpu_ioeventfd *arg, unsigned int ipa_bits)
{
	bool matches = arg->flags & ARM_VCPU_IOEVENTFD_DATAMATCH;
	unsigned int length = arg->length;

	if (arg->flags & ~IOEVENTFD_FLAGS)
		return -EOPNOTSUPP;
	if (arg->reserved || (length && length != 1 && length != 2 && length != 4 && length != 8))
		return -EINVAL;
	if (matches ? !length || !data_fits(arg->data, length) : arg->data)
		return -EINVAL;
	if (arg->guest_addr >> ipa_bits || (length && !IS_ALIGNED(arg->guest_addr, length)))
		return -EINVAL;
	return 0;
}

static bool matches_same(const struct ioeventfd *one, const struct arm_vcpu_ioeventfd *arg)
{
	return one->addr == arg->guest_addr && one->length == arg->length &&
	       one->matches == !!(arg->flags & ARM_VCPU_IOEVENTFD_DATAMATCH) &&
	       one->data == arg->data;
}

/* There is a store that both are for */
static bool collides(const struct ioeventfd *one, const struct arm_vcpu_ioeventfd *arg)
{
	if (one->addr != arg->guest_addr)
		return false;
	if (!one->length || !arg->length)
		return true;
	return one->length == arg->length &&
	       (!one->matches || !(arg->flags & ARM_VCPU_IOEVENTFD_DATAMATCH) ||
		one->data == arg->data);
}

static void take_out(struct ioeventfds *all, struct ioeventfd *one)
{
	hlist_del_rcu(&one->node);
	all->nr--;
}

/* Nobody finds it any more */
static void let_go(struct ioeventfd *one)
{
	eventfd_let_go(&one->eventfd);
	kfree(one);
}

/* Those whose eventfd is closed, or all */
static struct ioeventfd *take_out_many(struct ioeventfds *all, bool open)
{
	struct ioeventfd *one, *gone = NULL;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all->table); i++) {
		hlist_for_each_entry_safe(one, next, &all->table[i], node) {
			if (!open && !READ_ONCE(one->eventfd.closed))
				continue;
			take_out(all, one);
			/* Who is at it goes on from it: the node stays as it is */
			one->gone = gone;
			gone = one;
		}
	}
	return gone;
}

static void let_go_of_many(struct ioeventfd *gone)
{
	struct ioeventfd *one;

	while (gone) {
		one = gone;
		gone = one->gone;
		let_go(one);
	}
}

static void remove_closed(struct work_struct *work)
{
	struct ioeventfds *all = container_of(work, struct ioeventfds, when_closed);
	struct ioeventfd *gone;

	mutex_lock(&all->vm->setup);
	gone = take_out_many(all, false);
	mutex_unlock(&all->vm->setup);
	synchronize_rcu_expedited();
	let_go_of_many(gone);
}

static struct ioeventfds *create(struct vm *vm)
{
	struct ioeventfds *all = vm->ioeventfds;

	if (all)
		return all;
	all = kzalloc(sizeof(*all), GFP_KERNEL_ACCOUNT);
	if (!all)
		return NULL;
	all->vm = vm;
	INIT_WORK(&all->when_closed, remove_closed);
	/* Whole before a vCPU finds it */
	smp_store_release(&vm->ioeventfds, all);
	return all;
}

/**
 * ioeventfd_add() - the command IOEVENTFD
 * @vm: with vm->setup held
 * @arg: passed ioeventfd_check(); there is neither a region nor the GIC
 *
 * Return: 0, -EBADF, -EEXIST, -EINVAL, -ENOMEM, -ENOSPC.
 */
int ioeventfd_add(struct vm *vm, const struct arm_vcpu_ioeventfd *arg)
{
	struct ioeventfds *all = create(vm);
	struct ioeventfd *one, *other;
	int ret;

	one = all ? kzalloc(sizeof(*one), GFP_KERNEL_ACCOUNT) : NULL;
	if (!one)
		return -ENOMEM;
	one->addr = arg->guest_addr;
	one->length = arg->length;
	one->matches = arg->flags & ARM_VCPU_IOEVENTFD_DATAMATCH;
	one->data = arg->data;
	one->eventfd.when_closed = &all->when_closed;
	ret = eventfd_hold(&one->eventfd, arg->fd);
	if (ret) {
		kfree(one);
		return ret;
	}
	hlist_for_each_entry(other, bucket(all, one->addr), node)
		if (collides(other, arg))
			ret = -EEXIST;
	if (!ret && all->nr == VM_MAX_IOEVENTFDS)
		ret = -ENOSPC;
	if (ret) {
		let_go(one);
		return ret;
	}
	hlist_add_head_rcu(&one->node, bucket(all, one->addr));
	all->nr++;
	eventfd_listen(&one->eventfd);
	return 0;
}

/**
 * ioeventfd_remove() - the command IOEVENTFD, with the flag REMOVE
 * @vm: with vm->setup held
 * @arg: passed ioeventfd_check()
 *
 * Return: 0, -EBADF, -EINVAL, -ENOENT.
 */
int ioeventfd_remove(struct vm *vm, const struct arm_vcpu_ioeventfd *arg)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(arg->fd);
	struct ioeventfds *all = vm->ioeventfds;
	struct ioeventfd *one, *found = NULL;

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	if (all)
		hlist_for_each_entry(one, bucket(all, arg->guest_addr), node)
			if (matches_same(one, arg) && one->eventfd.ctx == ctx)
				found = one;
	eventfd_ctx_put(ctx);
	if (!found)
		return -ENOENT;
	take_out(all, found);
	synchronize_rcu_expedited();
	let_go(found);
	return 0;
}

/**
 * ioeventfd_destroy() - remove all
 * @vm: has no vCPU, and nobody else can reach it
 */
void ioeventfd_destroy(struct vm *vm)
{
	struct ioeventfds *all = vm->ioeventfds;
	struct ioeventfd *gone;

	if (!all)
		return;
	/* Beside remove_closed(), for the last time */
	mutex_lock(&vm->setup);
	gone = take_out_many(all, true);
	mutex_unlock(&vm->setup);
	let_go_of_many(gone);
	cancel_work_sync(&all->when_closed);
	kfree(all);
}
