// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is pending for whom.
 *
 * An interrupt concerns a vCPU when it is pending, enabled, in an enabled group and routed to
 * it, or when the vCPU has acknowledged it.  Whoever makes that true tells the vCPU by
 * gic_poke(); nobody has to tell when it becomes false, for the vCPU looks for itself.
 */
#include <linux/log2.h>
#include <linux/rcupdate.h>

#include "guest/halt.h"
#include "gic.h"
#include "its.h"

/**
 * gic_forwarded() - pending interrupts that the distributor lets through
 * @gic: locked
 * @irqs: 32 of them
 *
 * Return: a bit each.
 */
u32 gic_forwarded(const struct gic *gic, const struct gic_irqs *irqs)
{
	u32 groups = (gic->ctlr & GICD_CTLR_GROUP0 ? ~irqs->group1 : 0) |
		     (gic->ctlr & GICD_CTLR_GROUP1 ? irqs->group1 : 0);

	return gic_pending(irqs) & irqs->enabled & groups;
}

static void poke(struct gic_cpu *cpu, bool all)
{
	struct vcpu *vcpu;

	rcu_read_lock();
	vcpu = rcu_dereference(cpu->vcpu);
	if (vcpu) {
		if (all)
			WRITE_ONCE(vcpu->look_at_all, true);
		/*
		 * What there is to see comes first: who sees @look clears it, and takes what is
		 * posted (gic_enter_slowly()).  halt_end() has a barrier between this and its look
		 * at where the vCPU is.
		 */
		smp_store_release(&vcpu->post->look, true);
		halt_end(vcpu);
	}
	rcu_read_unlock();
}

/**
 * gic_poke() - have a vCPU look at its interrupts, wherever it is
 * @cpu: whose
 *
 * Also without the lock, and in a hard interrupt.
 */
void gic_poke(struct gic_cpu *cpu)
{
	poke(cpu, true);
}

/**
 * gic_poke_posted() - the same, where nothing is new but what is posted
 * @cpu: whose
 */
void gic_poke_posted(struct gic_cpu *cpu)
{
	poke(cpu, false);
}

/**
 * gic_arrived() - an interrupt is pending that wasn't
 * @cpu: that may take it; its GIC locked
 * @intid: of an LPI or SPI
 *
 * If it is the only one that is new, it goes beside what is in list registers (gic_append()).
 */
void gic_arrived(struct gic_cpu *cpu, unsigned int intid)
{
	bool alone = !cpu->arrived;

	WRITE_ONCE(cpu->arrived, intid);
	poke(cpu, !alone);
}

/**
 * gic_take_posted() - what was sent to a vCPU without the lock is pending now
 * @cpu: its GIC locked
 *
 * Of an edge on a PPI, the sender has said that it came.
 */
void gic_take_posted(struct gic_cpu *cpu)
{
	cpu->own.latch |= atomic_xchg(&cpu->post->posted, 0);
	cpu->own.level = (cpu->own.level & GIC_TIMERS) | atomic_read(&cpu->lines);
}

/**
 * gic_own_changed() - SGIs or PPIs of a vCPU may be pending that weren't
 * @cpu: its GIC locked
 */
void gic_own_changed(struct gic_cpu *cpu)
{
	if (gic_forwarded(cpu->gic, &cpu->own) & ~cpu->own.listed)
		gic_poke(cpu);
}

/**
 * gic_spis_changed() - SPIs may be pending that weren't
 * @gic: locked
 * @word: which 32
 * @which: of them
 */
void gic_spis_changed(struct gic *gic, unsigned int word, u32 which)
{
	const struct gic_irqs *irqs = &gic->spis[word];
	unsigned int i;
	u32 for_this;

	which &= gic_forwarded(gic, irqs) & ~irqs->listed;
	for (i = 0; which && i < gic->nr_cpus; i++) {
		struct gic_cpu *cpu = gic->cpus[i];

		if (!(which & cpu->routed[word]))
			continue;
		cpu->words |= BIT(word);
		for_this = which & cpu->routed[word];
		if (is_power_of_2(for_this))
			gic_arrived(cpu, GIC_FIRST_SPI + 32 * word + __ffs(for_this));
		else
			gic_poke(cpu);
		which &= ~for_this;
	}
}

/**
 * gic_hold() - SPIs that are active are a vCPU's to end
 * @cpu: its GIC locked
 * @word: which 32
 * @which: of them; in no list register
 */
void gic_hold(struct gic_cpu *cpu, unsigned int word, u32 which)
{
	if (!which)
		return;
	cpu->holds[word] |= which;
	cpu->words |= BIT(word);
	gic_poke(cpu);
}

/**
 * gic_all_changed() - anything may be pending that wasn't
 * @gic: locked
 */
void gic_all_changed(struct gic *gic)
{
	unsigned int i;

	for (i = 0; i < gic->nr_cpus; i++) {
		gic_own_changed(gic->cpus[i]);
		lpis_changed(gic->cpus[i], GIC_FIRST_LPI, GIC_MAX_LPIS);
	}
	for (i = 0; i < gic->spi_words; i++)
		gic_spis_changed(gic, i, ~0);
}

/**
 * gic_cpu_at() - the vCPU that has an affinity
 * @gic: with or without its lock
 * @affinity: as GICR_TYPER has it
 *
 * Return: its part of the GIC, which is there as long as @gic, or NULL.
 */
struct gic_cpu *gic_cpu_at(struct gic *gic, u32 affinity)
{
	unsigned int usual = (affinity >> 4 & 0xff0) | (affinity & 0xf);
	struct gic_cpu *cpu;

	/* Most VMMs number them so, with up to 16 at a level */
	if (likely(usual < gic_nr_cpus(gic))) {
		cpu = gic->cpus[usual];
		if (likely(READ_ONCE(cpu->affinity) == affinity && rcu_access_pointer(cpu->vcpu)))
			return cpu;
	}
	return xa_load(&gic->by_affinity, affinity);
}

/* 1 of N: a vCPU that is there and awake; not always the same */
static struct gic_cpu *any_cpu(struct gic *gic, unsigned int spi)
{
	unsigned int i;

	for (i = 0; i < gic->nr_cpus; i++) {
		struct gic_cpu *cpu = gic->cpus[(spi + i) % gic->nr_cpus];

		if (!cpu->sleeps && rcu_access_pointer(cpu->vcpu))
			return cpu;
	}
	return NULL;
}

/**
 * gic_route() - bring the target of an SPI in line with its GICD_IROUTER<n>
 * @gic: locked
 * @spi: number, the first is 0; in no list register
 */
void gic_route(struct gic *gic, unsigned int spi)
{
	unsigned int word = GIC_SPI_WORD(spi), i;
	u64 router = gic->router[spi];
	struct gic_cpu *target;

	target = router & GIC_ROUTER_IRM ? any_cpu(gic, spi) :
					gic_cpu_at(gic, gic_affinity(router));
	for (i = 0; i < gic->nr_cpus; i++)
		gic->cpus[i]->routed[word] &= ~GIC_BIT(spi);
	if (!target)
		return;
	target->routed[word] |= GIC_BIT(spi);
	gic_spis_changed(gic, word, GIC_BIT(spi));
}

/**
 * gic_route_all() - the same of all SPIs
 * @gic: not locked
 *
 * They are in no list register then, but of the vCPU that goes on with them.
 *
 * Context: process; gives way.
 */
void gic_route_all(struct gic *gic)
{
	unsigned int word, spi;

	for (word = 0; word < gic->spi_words; word++) {
		gic_lock_recalled(gic, &gic->spis[word], ~0);
		for (spi = word * 32; spi < min((word + 1) * 32, GIC_MAX_SPIS); spi++)
			gic_route(gic, spi);
		gic_unlock_recalled(gic);
	}
}
