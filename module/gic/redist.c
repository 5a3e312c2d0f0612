// SPDX-License-Identifier: GPL-2.0-only
/*
 * A redistributor (IHI 0069, 12.10 and 12.11): a frame for the vCPU, and one for its SGIs and
 * PPIs.
 */
#include "guest/timer.h"
#include "device.h"
#include "gic.h"
#include "its.h"

#define GICR_IIDR		0x0004
#define GICR_TYPER		0x0008
#define GICR_TYPER_HIGH		0x000c
#define GICR_WAKER		0x0014
#define GICR_SGI_BASE		GIC_FRAME
#define GICR_IGROUPR0		0x0080
#define GICR_ICFGR_END		0x0c08

#define TYPER_PLPIS		BIT(0)
#define TYPER_LAST		BIT(4)
#define TYPER_NUMBER(n)		((n) << 8)

#define WAKER_PROCESSOR_SLEEP	BIT(1)
#define WAKER_CHILDREN_ASLEEP	BIT(2)

/* SGIs are edge-triggered, and can't be anything else; nor can timers, which aren't */
#define SGIS			0xffff

/* The last of a row of frames without a gap, be there vCPUs behind it or not */
static bool is_last(struct gic *gic, unsigned int index)
{
	const struct arm_vcpu_gic_region *region = gic->redistributors;
	unsigned int end = 0;

	for (; region < gic->redistributors + GIC_REDIST_REGIONS && end <= index; region++)
		end += region->count;
	return index + 1 == end || index + 1 >= gic_nr_cpus(gic);
}

/*
 * What a vCPU needn't have looked at yet.  Its timers are where it runs, and so of one that
 * accesses its own they have left the guest with it.
 */
static void take_all(struct gic_cpu *cpu)
{
	struct vcpu *vcpu;

	raw_spin_lock_irq(&cpu->gic->lock);
	gic_take_posted(cpu);
	vcpu = gic_vcpu(cpu);
	if (vcpu && READ_ONCE(vcpu->runner) == current)
		gic_take_timers(&cpu->own, timer_levels(vcpu));
	raw_spin_unlock_irq(&cpu->gic->lock);
}

/* The SGIs and PPIs, or NULL: the register is about something else */
struct gic_irqs *gic_redist_irqs(struct gic_cpu *cpu, u32 offset)
{
	u32 in_frame = offset - GICR_SGI_BASE;

	if (offset < GICR_SGI_BASE || in_frame < GICR_IGROUPR0 || in_frame >= GICR_ICFGR_END)
		return NULL;
	if (gic_irqs_at(in_frame))
		return NULL;
	take_all(cpu);
	return &cpu->own;
}

/**
 * gic_redist_read() - read a register of a redistributor
 * @cpu: whose
 * @offset: a multiple of 4
 *
 * Return: its value.
 */
u32 gic_redist_read(struct gic_cpu *cpu, u32 offset)
{
	struct gic_irqs *irqs = gic_redist_irqs(cpu, offset);

	switch (offset) {
	case GICR_IIDR:
		return GIC_IIDR;
	case GICR_TYPER:
		return TYPER_NUMBER(cpu->index) | (its_of(cpu->gic) ? TYPER_PLPIS : 0) |
		       (is_last(cpu->gic, cpu->index) ? TYPER_LAST : 0);
	case GICR_TYPER_HIGH:
		return cpu->affinity;
	case GICR_WAKER:
		return READ_ONCE(cpu->sleeps) ? WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP : 0;
	}
	if (irqs)
		return gic_irqs_read(cpu->gic, irqs, offset - GICR_SGI_BASE);
	if (lpi_reg(cpu, offset))
		return lpi_reg_read(cpu, offset);
	return offset >= GIC_PIDR && offset < GIC_FRAME ? gic_id(offset) : 0;
}

static void changed(struct gic *gic, struct gic_irqs *irqs, u32 which)
{
	struct gic_cpu *cpu = container_of(irqs, struct gic_cpu, own);

	irqs->edge = (irqs->edge | SGIS) & ~GIC_TIMERS;
	WRITE_ONCE(cpu->post->group1, irqs->group1);
	/* One that was made active is to be in a list register, too */
	if (irqs->active)
		gic_poke(cpu);
	gic_own_changed(cpu);
}

/* Who takes what anybody may take */
static void set_sleep(struct gic_cpu *cpu, bool sleeps)
{
	if (READ_ONCE(cpu->sleeps) == sleeps)
		return;
	WRITE_ONCE(cpu->sleeps, sleeps);
	gic_route_all(cpu->gic);
}

/**
 * gic_power_off() - a vCPU is switched off
 * @vcpu: isn't running
 *
 * As firmware does it: what anybody may take goes to others, until the guest wakes the
 * redistributor again.
 *
 * Context: process.
 */
void gic_power_off(struct vcpu *vcpu)
{
	if (vcpu->gic)
		set_sleep(vcpu->gic, true);
}

/**
 * gic_redist_write() - write a register of a redistributor
 * @cpu: whose
 * @offset: a multiple of 4
 * @value: in the bits of @mask
 * @mask: bytes that are written
 */
void gic_redist_write(struct gic_cpu *cpu, u32 offset, u32 value, u32 mask)
{
	struct gic_irqs *irqs = gic_redist_irqs(cpu, offset);

	if (offset == GICR_WAKER && mask == ~0U)
		set_sleep(cpu, value & WAKER_PROCESSOR_SLEEP);
	else if (irqs)
		gic_irqs_write(cpu->gic, irqs, offset - GICR_SGI_BASE, value, mask, changed);
	else if (lpi_reg(cpu, offset) && mask == ~0U)
		lpi_reg_write(cpu, offset, value);
}
