// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a GIC's frames are: SET_GIC.
 */
#include <linux/align.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "device.h"
#include "gic.h"
#include "its.h"

#define FRAME_SIZE	SZ_64K
#define REDIST_SIZE	SZ_128K
#define ITS_SIZE	SZ_128K

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

/* NOWHERE overlaps nothing */
static bool fits(u64 addr, u64 size, unsigned int ipa_bits)
{
	u64 end;

	return IS_ALIGNED(addr, FRAME_SIZE) && !check_add_overflow(addr, size, &end) &&
	       end <= 1ULL << ipa_bits;
}

static bool fits_if_there(u64 addr, u64 size, unsigned int ipa_bits)
{
	return addr == ARM_VCPU_GIC_NOWHERE || fits(addr, size, ipa_bits);
}

/* The ITS is somewhere, and in nobody's way; or there is none */
static bool its_fits(const struct arm_vcpu_gic_setup *setup, unsigned int ipa_bits)
{
	const struct arm_vcpu_gic_region *regions = setup->redistributors;
	unsigned int i;

	if (!(setup->flags & ARM_VCPU_GIC_ITS))
		return !setup->its;
	if (!fits_if_there(setup->its, ITS_SIZE, ipa_bits) ||
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
	    !fits_if_there(setup->distributor, FRAME_SIZE, ipa_bits))
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

/* Who is told of a line's end stays, and is told that it has fallen */
static void reset_spis(struct gic *gic)
{
	struct gic_irqs *irqs;

	for (irqs = gic->spis; irqs < gic->spis + GIC_SPI_WORDS; irqs++) {
		gic_ended(gic, irqs, irqs->level);
		*irqs = (struct gic_irqs) { .falls = irqs->falls, .ended = irqs->ended };
	}
}

static void extend(u64 *first, u64 *end, u64 addr, u64 size)
{
	if (addr == ARM_VCPU_GIC_NOWHERE)
		return;
	*first = min(*first, addr);
	*end = max(*end, addr + size);
}

static void set_span(struct vm *vm, const struct arm_vcpu_gic_setup *setup)
{
	const struct arm_vcpu_gic_region *region = setup->redistributors;
	u64 first = ARM_VCPU_GIC_NOWHERE, end = 0;

	extend(&first, &end, setup->distributor, FRAME_SIZE);
	if (setup->flags & ARM_VCPU_GIC_ITS)
		extend(&first, &end, setup->its, ITS_SIZE);
	for (; region < setup->redistributors + GIC_REDIST_REGIONS && region->count; region++)
		extend(&first, &end, region->addr, region_size(region));
	WRITE_ONCE(vm->gic_first, first);
	WRITE_ONCE(vm->gic_span, end ? end - first : 0);
}

static void set_frames(struct gic *gic, const struct arm_vcpu_gic_setup *setup)
{
	gic->distributor = setup->distributor;
	memcpy(gic->redistributors, setup->redistributors, sizeof(gic->redistributors));
	set_span(gic->vm, setup);
}

/* With KEEP */
static int move(struct gic *gic, const struct arm_vcpu_gic_setup *setup)
{
	bool with_its = setup->flags & ARM_VCPU_GIC_ITS;
	struct gic_its *its = its_of(gic);

	if (!gic->placed || DIV_ROUND_UP(setup->spis, 32) != gic->spi_words || (its && !with_its))
		return -EINVAL;
	if (with_its && its_create(gic))
		return -ENOMEM;
	raw_spin_lock_irq(&gic->lock);
	if (gic_any_runs(gic)) {
		raw_spin_unlock_irq(&gic->lock);
		return -EBUSY;
	}
	set_frames(gic, setup);
	if (its)
		WRITE_ONCE(its->addr, setup->its);
	gic_show(gic);
	raw_spin_unlock_irq(&gic->lock);
	/* Nobody has enabled LPIs without it */
	if (with_its && !its)
		its_place(gic->its, setup->its);
	return 0;
}

/**
 * gic_place() - the command SET_GIC
 * @vm: with vm->setup held
 * @setup: passed gic_check(), and overlaps no region
 *
 * Return: 0, -EBUSY, -EINVAL, -ENOMEM.
 */
int gic_place(struct vm *vm, const struct arm_vcpu_gic_setup *setup)
{
	bool with_its = setup->flags & ARM_VCPU_GIC_ITS;
	struct gic *gic = vm->gic;
	unsigned int i;

	if (setup->flags & ARM_VCPU_GIC_KEEP)
		return move(gic, setup);
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
	set_frames(gic, setup);
	gic->spi_words = DIV_ROUND_UP(setup->spis, 32);
	gic->ctlr = 0;
	reset_spis(gic);
	memset(gic->router, 0, sizeof(gic->router));
	for (i = 0; i < gic->nr_cpus; i++) {
		gic_reset_cpu(gic->cpus[i]);
		gic_poke(gic->cpus[i]);
	}
	WRITE_ONCE(gic->placed, true);
	gic_show(gic);
	gic_unlock(gic);
	gic_route_all(gic);
	if (with_its)
		its_place(gic->its, setup->its);
	return 0;
}
