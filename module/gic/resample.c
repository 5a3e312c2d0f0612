// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines that fall when the guest has ended their interrupt, and who is told: devices that say
 * again then whether they still want it.
 *
 * An end is found under gic->lock, with interrupts off, where an eventfd can't be signalled.  Who
 * has found one does so as soon as it can: gic_unlock(), gic_wait().
 */
#include <linux/eventfd.h>

#include "compat.h"
#include "device.h"
#include "gic.h"

static struct gic_irqs *word_of(struct gic *gic, const struct gic_resampler *resampler)
{
	return &gic->spis[GIC_SPI_WORD(resampler->intid - GIC_FIRST_SPI)];
}

/**
 * gic_tell_ends() - tell of interrupts that the guest has ended
 * @gic: not locked
 *
 * Context: process.
 */
void gic_tell_ends(struct gic *gic)
{
	const struct gic_resampler *resampler;
	u32 ended[GIC_SPI_WORDS];
	unsigned int word;

	mutex_lock(&gic->resample_lock);
	raw_spin_lock_irq(&gic->lock);
	for (word = 0; word < GIC_SPI_WORDS; word++) {
		ended[word] = gic->spis[word].ended;
		gic->spis[word].ended = 0;
	}
	WRITE_ONCE(gic->ends, false);
	raw_spin_unlock_irq(&gic->lock);

	list_for_each_entry(resampler, &gic->resamplers, node)
		if (ended[word_of(gic, resampler) - gic->spis] & GIC_BIT(resampler->intid))
			compat_eventfd_signal(resampler->eventfd);
	mutex_unlock(&gic->resample_lock);
}

/**
 * gic_add_resampler() - have the line of an SPI fall at its end, and somebody told
 * @vm: with a GIC
 * @resampler: of an SPI that passed gic_check_line(); there can be others
 */
void gic_add_resampler(struct vm *vm, struct gic_resampler *resampler)
{
	struct gic *gic = vm->gic;

	mutex_lock(&gic->resample_lock);
	list_add_tail(&resampler->node, &gic->resamplers);
	raw_spin_lock_irq(&gic->lock);
	word_of(gic, resampler)->falls |= GIC_BIT(resampler->intid);
	raw_spin_unlock_irq(&gic->lock);
	mutex_unlock(&gic->resample_lock);
}

static bool any_of(const struct gic *gic, u32 intid)
{
	const struct gic_resampler *resampler;

	list_for_each_entry(resampler, &gic->resamplers, node)
		if (resampler->intid == intid)
			return true;
	return false;
}

/**
 * gic_remove_resampler() - undo gic_add_resampler()
 * @vm: with that GIC
 * @resampler: isn't told any more when this returns.  With the last one of an SPI the line falls.
 */
void gic_remove_resampler(struct vm *vm, struct gic_resampler *resampler)
{
	struct arm_vcpu_irq down = { .intid = resampler->intid };
	struct gic *gic = vm->gic;

	mutex_lock(&gic->resample_lock);
	list_del(&resampler->node);
	if (!any_of(gic, resampler->intid)) {
		raw_spin_lock_irq(&gic->lock);
		word_of(gic, resampler)->falls &= ~GIC_BIT(resampler->intid);
		word_of(gic, resampler)->ended &= ~GIC_BIT(resampler->intid);
		raw_spin_unlock_irq(&gic->lock);
		gic_set_irq(vm, &down);
	}
	mutex_unlock(&gic->resample_lock);
}
