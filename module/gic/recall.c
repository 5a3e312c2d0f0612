// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts in list registers, called back.
 *
 * An interrupt that is in a list register of a vCPU can't be read or changed in its word.  Who
 * wants to takes it out first: where the vCPU isn't in the guest, its list registers are memory;
 * where it is, it is kicked out.  It sees @look before it goes in again, and @recalls, and waits.
 */
#include <linux/sched.h>
#include <linux/wait.h>

#include "gic.h"

static void recall_from(struct gic_cpu *cpu)
{
	struct vcpu *vcpu = gic_vcpu(cpu);

	if (!vcpu || !(vcpu->hyp->vgic.used | vcpu->hyp->vgic.offered))
		return;
	/*
	 * Before the look at in_guest, of which it has a barrier: the vCPU sees @look then, or we
	 * see in_guest.
	 */
	gic_poke(cpu);
	/* Pairs with the release after the exit, when the list registers are in memory */
	if (!smp_load_acquire(&vcpu->in_guest))
		gic_fold(cpu);
}

static bool some_listed(const struct gic *gic, const struct gic_irqs *irqs, u32 which)
{
	return irqs->listed & which;
}

static bool any_lpi_listed(const struct gic *gic, const struct gic_irqs *irqs, u32 which)
{
	unsigned int i;
	u32 any = 0;

	for (i = 0; i < gic->nr_cpus; i++)
		any |= gic->cpus[i]->lpis_listed;
	return any;
}

static bool any_listed(const struct gic *gic, const struct gic_irqs *irqs, u32 which)
{
	unsigned int i;
	u32 any = 0;

	for (i = 0; i < gic->nr_cpus; i++)
		any |= gic->cpus[i]->own.listed;
	for (i = 0; i < gic->spi_words; i++)
		any |= gic->spis[i].listed;
	return any || any_lpi_listed(gic, irqs, which);
}

static void lock_until_not(bool (*listed)(const struct gic *gic, const struct gic_irqs *irqs,
					  u32 which),
			   struct gic *gic, const struct gic_irqs *irqs, u32 which)
	__acquires(&gic->lock)
{
	unsigned int i;

	raw_spin_lock_irq(&gic->lock);
	WRITE_ONCE(gic->recalls, gic->recalls + 1);
	while (listed(gic, irqs, which)) {
		for (i = 0; i < gic->nr_cpus; i++)
			recall_from(gic->cpus[i]);
		if (!listed(gic, irqs, which))
			break;
		raw_spin_unlock_irq(&gic->lock);
		cpu_relax();
		cond_resched();
		raw_spin_lock_irq(&gic->lock);
	}
}

/**
 * gic_lock_recalled() - lock a GIC with interrupts in no list register
 * @gic: not locked
 * @irqs: 32 interrupts, or NULL: all
 * @which: of them
 *
 * A vCPU in the guest is on another CPU, which an interrupt takes out of it at once, so this
 * doesn't wait for long.
 *
 * Context: process; interrupts are on, and off until gic_unlock_recalled().
 */
void gic_lock_recalled(struct gic *gic, const struct gic_irqs *irqs, u32 which)
	__acquires(&gic->lock)
{
	lock_until_not(irqs ? some_listed : any_listed, gic, irqs, which);
}

/**
 * gic_lock_recalled_lpis() - lock a GIC with LPIs in no list register
 * @gic: not locked
 *
 * Context: as gic_lock_recalled().
 */
void gic_lock_recalled_lpis(struct gic *gic)
	__acquires(&gic->lock)
{
	lock_until_not(any_lpi_listed, gic, NULL, 0);
}

void gic_unlock_recalled(struct gic *gic)
	__releases(&gic->lock)
{
	bool last = gic->recalls == 1;

	WRITE_ONCE(gic->recalls, gic->recalls - 1);
	gic_unlock(gic);
	if (last && wq_has_sleeper(&gic->recall_wait))
		wake_up_all(&gic->recall_wait);
}
