// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventfds that signal interrupts: the command IRQFD.
 *
 * What a signal does is a function of its own, of what kind of interrupt it is: an edge, a level
 * with an end that somebody is told of, or an MSI.
 *
 * For another module, an interrupt can have a number instead, a route, which leads to one of
 * these, to another, or nowhere; and what is an edge is also a level that somebody else ends:
 * abi/core.h.
 */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "exit/eventfd.h"
#include "gic/device.h"
#include "irqfd.h"

/**
 * struct irqfd - one of them
 * @node: in the VM's list
 * @vm: whose interrupt it is
 * @eventfd: signals it
 * @intid: which; 0: @msi
 * @mpidr: whose PPI
 * @msi: what a device writes
 * @resampler: whose eventfd is told of its end, if that isn't NULL
 * @resamples: @resampler is the GIC's
 * @routed: where it leads to, @route says.  Then all but @vm, @eventfd and @resampler.eventfd can
 *	change, with the eventfd's lock held
 * @route: see above
 */
struct irqfd {
	struct list_head node;
	struct vm *vm;
	struct vm_eventfd eventfd;
	u32 intid;
	u64 mpidr;
	struct arm_vcpu_msi msi;
	struct gic_resampler resampler;
	bool resamples;
	bool routed;
	u32 route;
};

/**
 * struct irqfds - a VM's; they are there as long as it, once one was added
 * @vm: it
 * @nr: how many; this and the list are changed with vm->setup held
 * @list: of them
 * @when_closed: removes those whose eventfd is closed
 */
struct irqfds {
	struct vm *vm;
	unsigned int nr;
	struct list_head list;
	struct work_struct when_closed;
};

/* The next five with the eventfd's lock held; a GIC that isn't there any more has no interrupts */
static void send_edge(struct vm_eventfd *eventfd)
{
	struct irqfd *irqfd = container_of(eventfd, struct irqfd, eventfd);

	gic_pulse(irqfd->vm, irqfd->intid, irqfd->mpidr);
}

static void send_routed(struct vm_eventfd *eventfd)
{
	struct irqfd *irqfd = container_of(eventfd, struct irqfd, eventfd);

	gic_signal_spi(irqfd->vm, irqfd->intid);
}

static void raise_line(struct vm_eventfd *eventfd)
{
	struct irqfd *irqfd = container_of(eventfd, struct irqfd, eventfd);
	struct arm_vcpu_irq up = { .intid = irqfd->intid, .level = 1 };

	gic_set_irq(irqfd->vm, &up);
}

static void send_msi(struct vm_eventfd *eventfd)
{
	struct irqfd *irqfd = container_of(eventfd, struct irqfd, eventfd);

	gic_send_msi(irqfd->vm, &irqfd->msi);
}

/* Where a route leads nowhere */
static void lose(struct vm_eventfd *eventfd)
{
}

static bool is_line(const struct irqfd *irqfd)
{
	return irqfd->intid >= GIC_FIRST_SPI;
}

static void resample(struct irqfd *irqfd)
{
	if (!irqfd->resampler.eventfd || !is_line(irqfd))
		return;
	irqfd->resampler.intid = irqfd->intid;
	gic_add_resampler(irqfd->vm, &irqfd->resampler);
	irqfd->resamples = true;
}

static void resample_no_more(struct irqfd *irqfd)
{
	if (irqfd->resamples)
		gic_remove_resampler(irqfd->vm, &irqfd->resampler);
	irqfd->resamples = false;
}

static void let_go(struct irqfd *irqfd)
{
	/* No signal raises the line again that falls here */
	eventfd_let_go(&irqfd->eventfd);
	resample_no_more(irqfd);
	if (irqfd->resampler.eventfd)
		eventfd_ctx_put(irqfd->resampler.eventfd);
	kfree(irqfd);
}

static void remove(struct irqfds *all, struct irqfd *irqfd)
{
	list_del(&irqfd->node);
	all->nr--;
	let_go(irqfd);
}

static void remove_closed(struct work_struct *work)
{
	struct irqfds *all = container_of(work, struct irqfds, when_closed);
	struct irqfd *irqfd, *next;

	mutex_lock(&all->vm->setup);
	list_for_each_entry_safe(irqfd, next, &all->list, node)
		if (READ_ONCE(irqfd->eventfd.closed))
			remove(all, irqfd);
	mutex_unlock(&all->vm->setup);
}

static struct irqfds *create(struct vm *vm)
{
	struct irqfds *all = vm->irqfds;

	if (all)
		return all;
	all = kzalloc(sizeof(*all), GFP_KERNEL_ACCOUNT);
	if (!all)
		return NULL;
	all->vm = vm;
	INIT_LIST_HEAD(&all->list);
	INIT_WORK(&all->when_closed, remove_closed);
	vm->irqfds = all;
	return all;
}

/* With RESAMPLE */
static int add_resampler(struct irqfd *irqfd, int fd)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(fd);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	irqfd->resampler.eventfd = ctx;
	resample(irqfd);
	return 0;
}

static int may_add(const struct irqfds *all, const struct irqfd *irqfd)
{
	const struct irqfd *other;

	list_for_each_entry(other, &all->list, node)
		if (other->eventfd.ctx == irqfd->eventfd.ctx)
			return -EEXIST;
	return all->nr < VM_MAX_IRQFDS ? 0 : -ENOSPC;
}

static struct arm_vcpu_msi msi_of(const struct arm_vcpu_irqfd *arg)
{
	return (struct arm_vcpu_msi) {
		.size = sizeof(struct arm_vcpu_msi), .device = arg->device, .addr = arg->addr,
		.data = arg->data,
	};
}

/* What a signal is from here on */
static void aim(struct irqfd *irqfd, const struct arm_vcpu_irqfd *to, bool resamples)
{
	irqfd->intid = to->intid;
	irqfd->mpidr = to->mpidr;
	irqfd->msi = msi_of(to);
	if (to->flags & ARM_VCPU_IRQFD_MSI)
		irqfd->eventfd.signalled = send_msi;
	else if (!to->intid)
		irqfd->eventfd.signalled = lose;
	else if (resamples)
		irqfd->eventfd.signalled = raise_line;
	else
		irqfd->eventfd.signalled = irqfd->routed ? send_routed : send_edge;
}

/* @route: NULL: it hasn't one */
static int add(struct vm *vm, const struct arm_vcpu_irqfd *arg, const u32 *route)
{
	bool resamples = arg->flags & ARM_VCPU_IRQFD_RESAMPLE;
	struct irqfds *all = create(vm);
	struct irqfd *irqfd;
	int ret;

	irqfd = all ? kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT) : NULL;
	if (!irqfd)
		return -ENOMEM;
	irqfd->vm = vm;
	irqfd->routed = route;
	irqfd->route = route ? *route : 0;
	aim(irqfd, arg, resamples);
	irqfd->eventfd.when_closed = &all->when_closed;
	ret = eventfd_hold(&irqfd->eventfd, arg->fd);
	if (ret) {
		kfree(irqfd);
		return ret;
	}
	ret = may_add(all, irqfd);
	if (!ret && resamples)
		ret = add_resampler(irqfd, arg->resample_fd);
	if (ret) {
		let_go(irqfd);
		return ret;
	}
	list_add_tail(&irqfd->node, &all->list);
	all->nr++;
	eventfd_listen(&irqfd->eventfd);
	return 0;
}

/* What isn't an MSI's, or a line's, is 0 there; all of it is where a route leads nowhere */
static bool leads_to(const struct irqfd *irqfd, const struct arm_vcpu_irqfd *arg)
{
	return irqfd->intid == arg->intid && irqfd->mpidr == arg->mpidr &&
	       irqfd->msi.addr == arg->addr && irqfd->msi.device == arg->device &&
	       irqfd->msi.data == arg->data;
}

static bool matches(const struct irqfd *irqfd, const struct arm_vcpu_irqfd *arg, const u32 *route)
{
	if (route)
		return irqfd->routed && irqfd->route == *route;
	return !irqfd->routed && leads_to(irqfd, arg);
}

static int find_and_remove(struct vm *vm, const struct arm_vcpu_irqfd *arg, const u32 *route)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(arg->fd);
	struct irqfd *irqfd, *found = NULL;

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	if (vm->irqfds)
		list_for_each_entry(irqfd, &vm->irqfds->list, node)
			if (irqfd->eventfd.ctx == ctx && matches(irqfd, arg, route))
				found = irqfd;
	eventfd_ctx_put(ctx);
	if (!found)
		return -ENOENT;
	remove(vm->irqfds, found);
	return 0;
}

/* What is to be zero, and what doesn't go together */
static int check(const struct arm_vcpu_irqfd *arg)
{
	bool resample = arg->flags & ARM_VCPU_IRQFD_RESAMPLE;

	if (arg->flags & ~IRQFD_FLAGS)
		return -EOPNOTSUPP;
	if (resample ? arg->flags & ARM_VCPU_IRQFD_REMOVE || arg->intid < GIC_FIRST_SPI :
		       arg->resample_fd)
		return -EINVAL;
	if (arg->flags & ARM_VCPU_IRQFD_MSI ? arg->intid || arg->mpidr :
					      arg->addr || arg->device || arg->data)
		return -EINVAL;
	return 0;
}

static int check_target(struct vm *vm, const struct arm_vcpu_irqfd *arg)
{
	struct arm_vcpu_msi msi = msi_of(arg);

	return arg->flags & ARM_VCPU_IRQFD_MSI ? gic_check_msi(vm, &msi) :
						 gic_check_line(vm, arg->intid, arg->mpidr);
}

/**
 * irqfd_set() - the command IRQFD
 * @vm: with vm->setup held
 * @arg: from user space
 *
 * Return: 0, -EBADF, -EEXIST, -EINVAL, -ENODEV, -ENOENT, -ENOMEM, -ENOSPC, -EOPNOTSUPP.
 */
int irqfd_set(struct vm *vm, const struct arm_vcpu_irqfd *arg)
{
	int ret = check(arg);

	if (ret)
		return ret;
	if (arg->flags & ARM_VCPU_IRQFD_REMOVE)
		return find_and_remove(vm, arg, NULL);
	return check_target(vm, arg) ?: add(vm, arg, NULL);
}

/* A target that there isn't is none */
static void check_route(struct vm *vm, struct arm_vcpu_irqfd *to)
{
	if (!(to->flags & ARM_VCPU_IRQFD_MSI) && gic_check_line(vm, to->intid, to->mpidr)) {
		to->intid = 0;
		to->mpidr = 0;
	}
}

/**
 * irqfd_set_routed() - the same of one that has a route
 * @vm: with vm->setup held, and a GIC
 * @arg: with where the route leads to
 * @route: its number
 *
 * Return: as irqfd_set().
 */
int irqfd_set_routed(struct vm *vm, struct arm_vcpu_irqfd *arg, u32 route)
{
	if (arg->flags & ARM_VCPU_IRQFD_REMOVE)
		return find_and_remove(vm, arg, &route);
	check_route(vm, arg);
	return add(vm, arg, &route);
}

static void redirect(struct irqfd *irqfd, const struct arm_vcpu_irqfd *to)
{
	unsigned long flags;

	spin_lock_irqsave(&irqfd->eventfd.head->lock, flags);
	aim(irqfd, to, irqfd->resampler.eventfd);
	spin_unlock_irqrestore(&irqfd->eventfd.head->lock, flags);
	resample_no_more(irqfd);
	resample(irqfd);
}

/**
 * irqfd_reroute() - where all routes lead to has changed
 * @vm: with vm->setup held
 * @find: says where one leads to, in a struct of zeros
 * @routes: for @find
 *
 * No signal is lost.
 */
void irqfd_reroute(struct vm *vm, irqfd_find *find, const void *routes)
{
	struct irqfd *irqfd;

	if (!vm->irqfds)
		return;
	list_for_each_entry(irqfd, &vm->irqfds->list, node) {
		struct arm_vcpu_irqfd to = { .size = sizeof(to) };

		if (!irqfd->routed)
			continue;
		find(routes, irqfd->route, &to);
		check_route(vm, &to);
		if (!leads_to(irqfd, &to))
			redirect(irqfd, &to);
		cond_resched();
	}
}

/**
 * irqfd_destroy() - remove all
 * @vm: nobody else can reach it
 */
void irqfd_destroy(struct vm *vm)
{
	struct irqfds *all = vm->irqfds;
	struct irqfd *irqfd, *next;

	if (!all)
		return;
	/* Beside remove_closed(), for the last time */
	mutex_lock(&vm->setup);
	list_for_each_entry_safe(irqfd, next, &all->list, node)
		remove(all, irqfd);
	mutex_unlock(&vm->setup);
	cancel_work_sync(&all->when_closed);
	kfree(all);
}
