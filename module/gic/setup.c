// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a GIC and of its vCPUs' parts.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "guest/idreg.h"
#include "device.h"
#include "gic.h"
#include "its.h"
#include "vgic.h"

/**
 * gic_config_flags() - what CONFIGURE may be asked for
 *
 * Return: ARM_VCPU_CONFIG_GIC, or 0.
 */
u64 gic_config_flags(void)
{
	return vgic_vtr() ? ARM_VCPU_CONFIG_GIC : 0;
}

/* As many bits of priority as list registers have */
u8 gic_priority_mask(void)
{
	return GENMASK(7, 7 - HYP_ICH_VTR_PRIBITS(vgic_vtr()));
}

/**
 * gic_create() - give a VM a GIC
 * @vm: with vm->setup held, and without vCPUs
 *
 * Return: 0 or -ENOMEM.
 */
int gic_create(struct vm *vm)
{
	struct gic *gic;

	if (vm->gic)
		return 0;
	gic = kvzalloc(sizeof(*gic), GFP_KERNEL_ACCOUNT);
	if (!gic)
		return -ENOMEM;
	gic->vm = vm;
	gic->list_regs = HYP_ICH_VTR_ALL_LISTREGS(vgic_vtr());
	raw_spin_lock_init(&gic->lock);
	init_waitqueue_head(&gic->recall_wait);
	INIT_LIST_HEAD(&gic->resamplers);
	mutex_init(&gic->resample_lock);
	xa_init_flags(&gic->by_affinity, XA_FLAGS_ACCOUNT);
	xa_init_flags(&gic->posts, XA_FLAGS_ACCOUNT);
	/* Whole before another thread's SET_IRQ can find it */
	smp_store_release(&vm->gic, gic);
	return 0;
}

/**
 * gic_destroy() - undo gic_create(), and gic_remove()
 * @vm: nobody else can reach it
 */
void gic_destroy(struct vm *vm)
{
	struct gic *gic = vm->gic;
	unsigned int i;

	if (!gic)
		return;
	for (i = 0; i < VM_MAX_VCPUS && gic->cpus[i]; i++) {
		kfree(gic->cpus[i]->lpis);
		kfree(gic->cpus[i]);
	}
	its_destroy(gic);
	xa_destroy(&gic->by_affinity);
	gic_posts_free(gic);
	kvfree(gic);
}

/**
 * gic_remove() - a VM that is configured anew has no GIC before SET_GIC
 * @vm: with vm->setup held, and without vCPUs
 *
 * What SET_IRQ of another thread may be looking at stays.
 */
void gic_remove(struct vm *vm)
{
	if (!vm->gic)
		return;
	WRITE_ONCE(vm->gic->placed, false);
	its_remove(vm->gic);
}

/**
 * gic_reset_cpu() - a redistributor after power-on
 * @cpu: its GIC locked
 */
void gic_reset_cpu(struct gic_cpu *cpu)
{
	memset(&cpu->own, 0, sizeof(cpu->own));
	/* SGIs */
	cpu->own.edge = BIT(GIC_FIRST_PPI) - 1;
	cpu->sleeps = true;
	cpu->words = 0;
	memset(cpu->routed, 0, sizeof(cpu->routed));
	memset(cpu->holds, 0, sizeof(cpu->holds));
	atomic_set(&cpu->post->posted, 0);
	WRITE_ONCE(cpu->post->group1, 0);
	atomic_set(&cpu->lines, 0);
	cpu->lpis_on = false;
	cpu->propbaser = 0;
	cpu->pendbaser = 0;
	cpu->serves_its = false;
}

/**
 * gic_any_runs() - is a vCPU in RUN
 * @gic: locked
 *
 * One that begins to from here on finds what has become of the GIC.
 *
 * Return: whether one is.
 */
bool gic_any_runs(struct gic *gic)
{
	unsigned int i;

	for (i = 0; i < gic->nr_cpus; i++) {
		struct vcpu *vcpu = gic_vcpu(gic->cpus[i]);

		if (vcpu && test_bit(0, &vcpu->lock))
			return true;
	}
	return false;
}

/* The first redistributor that is free */
static struct gic_cpu *new_cpu(struct gic *gic)
{
	unsigned int i;

	for (i = 0; i < gic->nr_cpus; i++)
		if (!rcu_access_pointer(gic->cpus[i]->vcpu))
			return gic->cpus[i];
	/* One that failed in the middle has left it */
	if (!gic->cpus[i])
		gic->cpus[i] = kzalloc(sizeof(*gic->cpus[i]), GFP_KERNEL_ACCOUNT);
	if (gic->cpus[i]) {
		gic->cpus[i]->index = i;
		gic->cpus[i]->gic = gic;
	}
	return gic->cpus[i];
}

static int add_cpu(struct vcpu *vcpu)
{
	u32 affinity = gic_affinity(vcpu->hyp->vmpidr);
	struct gic *gic = vcpu->vm->gic;
	struct hyp_post *post;
	struct gic_cpu *cpu;
	int ret;

	cpu = new_cpu(gic);
	if (!cpu)
		return -ENOMEM;
	post = gic_post(gic, affinity);
	if (!post)
		return -ENOMEM;
	/* Before it can be found */
	WRITE_ONCE(cpu->post, post);
	ret = xa_err(xa_store(&gic->by_affinity, affinity, cpu, GFP_KERNEL_ACCOUNT));
	if (ret)
		return ret;
	vcpu->post = post;
	raw_spin_lock_irq(&gic->lock);
	WRITE_ONCE(cpu->affinity, affinity);
	gic_reset_cpu(cpu);
	rcu_assign_pointer(cpu->vcpu, vcpu);
	/* Pairs with the acquire in gic_nr_cpus() */
	smp_store_release(&gic->nr_cpus, max(gic->nr_cpus, cpu->index + 1));
	gic_show(gic);
	raw_spin_unlock_irq(&gic->lock);
	gic_route_all(gic);
	vcpu->gic = cpu;
	return 0;
}

/**
 * gic_add_vcpu() - give a vCPU its part of the GIC, if there is one
 * @vcpu: of a VM whose vm->setup is held; nobody else knows it yet
 *
 * Return: 0 or -ENOMEM.
 */
int gic_add_vcpu(struct vcpu *vcpu)
{
	return vcpu->vm->config_flags & ARM_VCPU_CONFIG_GIC ? add_cpu(vcpu) : 0;
}

/**
 * gic_remove_vcpu() - undo gic_add_vcpu()
 * @vcpu: isn't in the guest, and never will be again; freed after a grace period of RCU
 */
void gic_remove_vcpu(struct vcpu *vcpu)
{
	struct gic_cpu *cpu = vcpu->gic;
	struct gic *gic;

	if (!cpu)
		return;
	gic = cpu->gic;
	xa_erase(&gic->by_affinity, cpu->affinity);
	raw_spin_lock_irq(&gic->lock);
	gic_fold(cpu);
	WRITE_ONCE(cpu->post->group1, 0);
	rcu_assign_pointer(cpu->vcpu, NULL);
	gic_unlock(gic);
	gic_route_all(gic);
}

/**
 * gic_reset_vcpu() - a vCPU's interface after power-on; its redistributor stays as it is
 * @vcpu: isn't in the guest
 */
void gic_reset_vcpu(struct vcpu *vcpu)
{
	struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	struct gic_cpu *cpu = vcpu->gic;

	if (!cpu)
		return;
	raw_spin_lock_irq(&cpu->gic->lock);
	gic_fold(cpu);
	memset(vgic, 0, sizeof(*vgic));
	vgic->on = true;
	vgic->stays = true;
	vgic->vmcr = HYP_ICH_VMCR_VFIQEN;
	vgic->to_itself = hyp_sgi_to(vcpu->hyp->vmpidr);
	gic_show_posts(cpu);
	gic_show(cpu->gic);
	vcpu->look_at_all = true;
	vcpu->post->look = true;
	gic_unlock(cpu->gic);
}

/**
 * gic_add() - give a VM that has vCPUs a GIC, as if it had been configured with it
 * @vm: with vm->setup and vm->lock held.  None of its vCPUs has run, or does meanwhile.
 *
 * Return: 0 or -ENOMEM.
 */
int gic_add(struct vm *vm)
{
	struct vcpu *vcpu;
	int ret = gic_create(vm);

	if (ret)
		return ret;
	list_for_each_entry(vcpu, &vm->vcpus, node) {
		ret = add_cpu(vcpu);
		if (ret)
			goto remove;
	}
	vm->config_flags |= ARM_VCPU_CONFIG_GIC;
	list_for_each_entry(vcpu, &vm->vcpus, node) {
		gic_reset_vcpu(vcpu);
		idreg_fill(vm, vcpu->hyp->ids);
	}
	return 0;

remove:
	list_for_each_entry_continue_reverse(vcpu, &vm->vcpus, node) {
		gic_remove_vcpu(vcpu);
		vcpu->gic = NULL;
		vcpu->post = NULL;
	}
	return ret;
}
