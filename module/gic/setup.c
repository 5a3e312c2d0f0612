// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a GIC and of its vCPUs' parts, and where it is.
 */
#include <linux/align.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "device.h"
#include "gic.h"
#include "its.h"
#include "vgic.h"

#define FRAME_SIZE	SZ_64K
#define REDIST_SIZE	SZ_128K
#define ITS_SIZE	SZ_128K

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
	raw_spin_lock_init(&gic->lock);
	init_waitqueue_head(&gic->recall_wait);
	INIT_LIST_HEAD(&gic->resamplers);
	mutex_init(&gic->resample_lock);
	xa_init_flags(&gic->by_affinity, XA_FLAGS_ACCOUNT);
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

static bool overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a < b + b_size && b < a + a_size;
}

static u64 region_size(const struct arm_vcpu_gic_region *region)
{
	return (u64)region->count * REDIST_SIZE;
}

/**
 * gic_overlaps() - is any of a range the GIC's
 * @vm: with vm->setup held
 * @addr: guest-physical address
 * @length: in bytes
 *
 * Return: whether it is.
 */
bool gic_overlaps(const struct vm *vm, u64 addr, u64 length)
{
	const struct gic *gic = vm->gic;
	unsigned int i;

	if (!gic || !gic->placed)
		return false;
	if (overlap(addr, length, gic->distributor, FRAME_SIZE) ||
	    (its_of(gic) && overlap(addr, length, gic->its->addr, ITS_SIZE)))
		return true;
	for (i = 0; i < GIC_REDIST_REGIONS; i++)
		if (gic->redistributors[i].count &&
		    overlap(addr, length, gic->redistributors[i].addr,
			    region_size(&gic->redistributors[i])))
			return true;
	return false;
}

static bool fits(u64 addr, u64 size, unsigned int ipa_bits)
{
	u64 end;

	return IS_ALIGNED(addr, FRAME_SIZE) && !check_add_overflow(addr, size, &end) &&
	       end <= 1ULL << ipa_bits;
}

/* The ITS is somewhere, and in nobody's way; or there is none */
static bool its_fits(const struct arm_vcpu_gic_setup *setup, unsigned int ipa_bits)
{
	const struct arm_vcpu_gic_region *regions = setup->redistributors;
	unsigned int i;

	if (!(setup->flags & ARM_VCPU_GIC_ITS))
		return !setup->its;
	if (!fits(setup->its, ITS_SIZE, ipa_bits) ||
	    overlap(setup->its, ITS_SIZE, setup->distributor, FRAME_SIZE))
		return false;
	for (i = 0; i < GIC_REDIST_REGIONS; i++)
		if (regions[i].count && overlap(setup->its, ITS_SIZE, regions[i].addr,
						region_size(&regions[i])))
			return false;
	return true;
}

/**
 * gic_check() - can a GIC be so
 * @setup: from user space
 * @ipa_bits: guest-physical address size
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP.
 */
int gic_check(const struct arm_vcpu_gic_setup *setup, unsigned int ipa_bits)
{
	const struct arm_vcpu_gic_region *regions = setup->redistributors;
	unsigned int i, j;
	bool end = false;

	if (setup->flags & ~GIC_FLAGS)
		return -EOPNOTSUPP;
	if (setup->spis > GIC_MAX_SPIS || (setup->spis % 32 && setup->spis != GIC_MAX_SPIS) ||
	    !fits(setup->distributor, FRAME_SIZE, ipa_bits))
		return -EINVAL;
	for (i = 0; i < GIC_REDIST_REGIONS; i++) {
		end |= !regions[i].count;
		if (regions[i].reserved || (end && (regions[i].count || regions[i].addr)) ||
		    regions[i].count > VM_MAX_VCPUS)
			return -EINVAL;
		if (end)
			continue;
		if (!fits(regions[i].addr, region_size(&regions[i]), ipa_bits) ||
		    overlap(regions[i].addr, region_size(&regions[i]),
			    setup->distributor, FRAME_SIZE))
			return -EINVAL;
		for (j = 0; j < i; j++)
			if (overlap(regions[i].addr, region_size(&regions[i]),
				    regions[j].addr, region_size(&regions[j])))
				return -EINVAL;
	}
	return its_fits(setup, ipa_bits) ? 0 : -EINVAL;
}

static void reset_cpu(struct gic_cpu *cpu)
{
	memset(&cpu->own, 0, sizeof(cpu->own));
	/* SGIs */
	cpu->own.edge = BIT(GIC_FIRST_PPI) - 1;
	cpu->sleeps = true;
	cpu->words = 0;
	memset(cpu->routed, 0, sizeof(cpu->routed));
	memset(cpu->holds, 0, sizeof(cpu->holds));
	atomic_set(&cpu->posted, 0);
	atomic_set(&cpu->lines, 0);
	cpu->lpis_on = false;
	cpu->propbaser = 0;
	cpu->pendbaser = 0;
	cpu->serves_its = false;
}

/* Who is told of a line's end stays, and is told that it has fallen */
static void reset_spis(struct gic *gic)
{
	struct gic_irqs *irqs;

	for (irqs = gic->spis; irqs < gic->spis + GIC_SPI_WORDS; irqs++) {
		gic_ended(gic, irqs, irqs->level);
		*irqs = (struct gic_irqs) { .falls = irqs->falls, .ended = irqs->ended };
	}
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

static void set_span(struct vm *vm, const struct arm_vcpu_gic_setup *setup)
{
	const struct arm_vcpu_gic_region *region = setup->redistributors;
	u64 first = setup->distributor, end = first + FRAME_SIZE;

	if (setup->flags & ARM_VCPU_GIC_ITS) {
		first = min(first, setup->its);
		end = max(end, setup->its + ITS_SIZE);
	}
	for (; region < setup->redistributors + GIC_REDIST_REGIONS && region->count; region++) {
		first = min(first, region->addr);
		end = max(end, region->addr + region_size(region));
	}
	WRITE_ONCE(vm->gic_first, first);
	WRITE_ONCE(vm->gic_span, end - first);
}

/**
 * gic_place() - the command SET_GIC
 * @vm: with vm->setup held
 * @setup: passed gic_check(), and overlaps no region
 *
 * Return: 0, -EBUSY, -ENOMEM.
 */
int gic_place(struct vm *vm, const struct arm_vcpu_gic_setup *setup)
{
	bool with_its = setup->flags & ARM_VCPU_GIC_ITS;
	struct gic *gic = vm->gic;
	unsigned int i;

	if (with_its && its_create(gic))
		return -ENOMEM;
	raw_spin_lock_irq(&gic->lock);
	if (gic_any_runs(gic)) {
		raw_spin_unlock_irq(&gic->lock);
		return -EBUSY;
	}
	for (i = 0; i < gic->nr_cpus; i++)
		if (gic_vcpu(gic->cpus[i]))
			gic_fold(gic->cpus[i]);
	its_remove(gic);
	gic->distributor = setup->distributor;
	memcpy(gic->redistributors, setup->redistributors, sizeof(gic->redistributors));
	set_span(vm, setup);
	gic->spi_words = DIV_ROUND_UP(setup->spis, 32);
	gic->ctlr = 0;
	reset_spis(gic);
	memset(gic->router, 0, sizeof(gic->router));
	for (i = 0; i < gic->nr_cpus; i++) {
		reset_cpu(gic->cpus[i]);
		gic_poke(gic->cpus[i]);
	}
	WRITE_ONCE(gic->placed, true);
	gic_unlock(gic);
	gic_route_all(gic);
	if (with_its)
		its_place(gic->its, setup->its);
	return 0;
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

/**
 * gic_add_vcpu() - give a vCPU its part of the GIC
 * @vcpu: of a VM whose vm->setup is held; nobody else knows it yet
 *
 * Return: 0 or -ENOMEM.
 */
int gic_add_vcpu(struct vcpu *vcpu)
{
	u32 affinity = gic_affinity(vcpu->hyp->vmpidr);
	struct gic *gic = vcpu->vm->gic;
	struct gic_cpu *cpu;
	int ret;

	if (!(vcpu->vm->config_flags & ARM_VCPU_CONFIG_GIC))
		return 0;
	cpu = new_cpu(gic);
	if (!cpu)
		return -ENOMEM;
	ret = xa_err(xa_store(&gic->by_affinity, affinity, cpu, GFP_KERNEL_ACCOUNT));
	if (ret)
		return ret;
	raw_spin_lock_irq(&gic->lock);
	cpu->affinity = affinity;
	reset_cpu(cpu);
	rcu_assign_pointer(cpu->vcpu, vcpu);
	/* Pairs with the acquire in gic_nr_cpus() */
	smp_store_release(&gic->nr_cpus, max(gic->nr_cpus, cpu->index + 1));
	raw_spin_unlock_irq(&gic->lock);
	gic_route_all(gic);
	vcpu->gic = cpu;
	vcpu->look = true;
	return 0;
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
	vgic->vmcr = HYP_ICH_VMCR_VFIQEN;
	vcpu->look = true;
	gic_unlock(cpu->gic);
}
