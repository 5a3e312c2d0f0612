// SPDX-License-Identifier: GPL-2.0-only
/*
 * GSIs, and where they lead to: to an SPI, to an MSI, or nowhere.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "kvm.h"

#define FIRST_SPI	32
#define PINS		988

/**
 * struct kvm_route - where a GSI leads to
 * @intid: an SPI, or 0
 * @is_msi: an MSI, with what follows
 * @addr: that a device writes to
 * @data: what it writes
 * @device: its DeviceID
 */
struct kvm_route {
	u32 intid;
	bool is_msi;
	u64 addr;
	u32 data;
	u32 device;
};

/**
 * struct kvm_routes - what KVM_SET_GSI_ROUTING has said
 * @nr: beyond the highest GSI
 * @routes: by GSI
 */
struct kvm_routes {
	u32 nr;
	struct kvm_route routes[];
};

/**
 * kvm_route() - where a GSI leads to
 * @routes: struct kvm_routes; NULL: nothing was said, each leads to an SPI
 * @gsi: which
 * @to: a struct of zeros, for ARM_VCPU_IRQFD
 */
void kvm_route(const void *routes, u32 gsi, struct arm_vcpu_irqfd *to)
{
	const struct kvm_routes *all = routes;
	const struct kvm_route *route;

	if (!all)
		to->intid = gsi < PINS ? FIRST_SPI + gsi : 0;
	if (!all || gsi >= all->nr)
		return;
	route = &all->routes[gsi];
	to->intid = route->intid;
	if (!route->is_msi)
		return;
	to->flags |= ARM_VCPU_IRQFD_MSI;
	to->addr = route->addr;
	to->data = route->data;
	to->device = route->device;
}

/* An MSI without a DeviceID is nobody's: nothing here takes it */
static long parse(struct kvm_route *route, const struct kvm_irq_routing_entry *from)
{
	if (route->intid || route->is_msi)
		return -EINVAL;
	switch (from->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		if (from->flags || from->u.irqchip.irqchip || from->u.irqchip.pin >= PINS)
			return -EINVAL;
		route->intid = FIRST_SPI + from->u.irqchip.pin;
		return 0;
	case KVM_IRQ_ROUTING_MSI:
		if (from->flags & ~KVM_MSI_VALID_DEVID)
			return -EINVAL;
		route->is_msi = from->flags & KVM_MSI_VALID_DEVID;
		route->addr = (u64)from->u.msi.address_hi << 32 | from->u.msi.address_lo;
		route->data = from->u.msi.data;
		route->device = from->u.msi.devid;
		return 0;
	default:
		return -EINVAL;
	}
}

static struct kvm_routes *make(const struct kvm_irq_routing_entry *entries, u32 nr)
{
	struct kvm_routes *all;
	u32 i, count = 0;
	long ret = 0;

	for (i = 0; i < nr; i++) {
		if (entries[i].gsi >= KVM_FRONT_GSIS)
			return ERR_PTR(-EINVAL);
		count = max(count, entries[i].gsi + 1);
	}
	all = kvzalloc(struct_size(all, routes, count), GFP_KERNEL_ACCOUNT);
	if (!all)
		return ERR_PTR(-ENOMEM);
	all->nr = count;
	for (i = 0; !ret && i < nr; i++)
		ret = parse(&all->routes[entries[i].gsi], &entries[i]);
	if (!ret)
		return all;
	kvfree(all);
	return ERR_PTR(ret);
}

static long replace(struct kvm_vm *vm, struct kvm_routes *new)
{
	struct kvm_routes *old = new;
	long ret = -EINTR;

	if (!mutex_lock_killable(&vm->routing)) {
		ret = arm_vcpu_reroute(vm->core, kvm_route, new);
		if (!ret)
			swap(vm->routes, old);
		mutex_unlock(&vm->routing);
	}
	kvfree(old);
	return ret;
}

/**
 * kvm_set_routing() - the command KVM_SET_GSI_ROUTING
 * @object: struct kvm_vm
 * @arg: struct kvm_irq_routing, without its entries
 * @user: all of it
 *
 * Return: 0, -EINVAL, -EFAULT, -ENOMEM, -EINTR.
 */
long kvm_set_routing(void *object, void *arg, unsigned long user)
{
	struct kvm_irq_routing __user *from = (void __user *)user;
	const struct kvm_irq_routing *head = arg;
	struct kvm_irq_routing_entry *entries;
	struct kvm_routes *new;

	if (head->flags || head->nr > KVM_FRONT_GSIS)
		return -EINVAL;
	entries = vmemdup_user(from->entries, array_size(sizeof(*entries), head->nr));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	new = make(entries, head->nr);
	kvfree(entries);
	return IS_ERR(new) ? PTR_ERR(new) : replace(object, new);
}

/**
 * kvm_forget_routing() - free what is known of routes
 * @vm: nobody else can reach it
 */
void kvm_forget_routing(struct kvm_vm *vm)
{
	kvfree(vm->routes);
}
