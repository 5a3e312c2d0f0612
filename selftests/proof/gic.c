// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which interrupts a register of the GIC is about (gic/dist.c, redist.c), for each offset in its
 * frame, by the manual's table of registers (IHI 0069, 12.8 and 12.10); and what reads of it
 * return and writes to it do to an interrupt (gic/irqs.c), for whatever the state is.
 */
#include "kernel.h"

#include "gic/dist.c"
#include "gic/irqs.c"

static struct gic gic;
static struct gic_cpu cpu = { .gic = &gic };

void gic_lock_recalled(struct gic *g, const struct gic_irqs *irqs, u32 which)
{
	raw_spin_lock_irq(&g->lock);
}

void gic_unlock_recalled(struct gic *g)
{
	raw_spin_unlock_irq(&g->lock);
}

u8 gic_priority_mask(void)
{
	return 0xf8;
}

void gic_take_posted(struct gic_cpu *c)
{
	prove(gic.lock.held);
}

/* What kind of register is at @offset, and the first interrupt that it is about */
static u32 kind_at(u32 offset, unsigned int *intid)
{
	static const u32 bits[] = { IGROUPR, ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER,
				    ICACTIVER };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		if (offset >= bits[i] && offset < bits[i] + 0x80) {
			*intid = (offset - bits[i]) * 8;
			return bits[i];
		}
	}
	if (offset >= 0x400 && offset < 0x800) {
		*intid = offset - 0x400;
		return IPRIORITYR;
	}
	if (offset >= 0xc00 && offset < 0xd00) {
		*intid = (offset - 0xc00) * 4;
		return ICFGR;
	}
	return 0;
}

void proof_which_spis(void)
{
	u32 offset = nondet_u32();
	unsigned int intid, word;
	struct gic_irqs *irqs;

	gic.spi_words = nondet_u32();
	assume(offset < GIC_FRAME && !(offset % 4) && gic.spi_words <= GIC_SPI_WORDS);
	irqs = gic_dist_irqs(&gic, offset);
	if (!kind_at(offset, &intid)) {
		/* Of those that there aren't, nothing is read or written */
		prove(!irqs || !kind(offset));
		return;
	}
	word = intid / 32;
	prove(irqs == (word && word <= gic.spi_words ? &gic.spis[word - 1] : NULL));
}

void proof_which_of_a_redistributor(void)
{
	u32 offset = nondet_u32();
	unsigned int intid = ~0U;
	struct gic_irqs *irqs;

	assume(offset < 2 * GIC_FRAME && !(offset % 4));
	irqs = gic_redist_irqs(&cpu, offset);
	prove(!gic.lock.held);
	if (offset >= GIC_FRAME && kind_at(offset - GIC_FRAME, &intid))
		prove(irqs == (intid < 32 ? &cpu.own : NULL));
	else
		prove(!irqs || !kind(offset - GIC_FRAME));
}

/* GICD_IROUTER<n>, n from 32 to 1019: 8 bytes each at 0x6000 + 8n */
void proof_routed_spi(void)
{
	u32 offset = nondet_u32();
	unsigned int intid = (offset - 0x6000) / 8, spis;
	int spi;

	gic.spi_words = nondet_u32();
	assume(offset < GIC_FRAME && !(offset % 4) && gic.spi_words <= GIC_SPI_WORDS);
	spis = gic.spi_words == GIC_SPI_WORDS ? 988 : gic.spi_words * 32;
	spi = routed_spi(&gic, offset);
	if (offset >= 0x6000 && intid >= 32 && intid < 32 + spis)
		prove(spi == (int)intid - 32);
	else
		prove(spi == -1);
}

/* One of the 32, which stands for each, and how many bits up it is in the register, if it is */
static unsigned int n, up;

struct irq {
	bool group1, enabled, edge, latch, level, active;
	u8 priority;
};

static struct irq look(const struct gic_irqs *irqs)
{
	return (struct irq) {
		irqs->group1 >> n & 1, irqs->enabled >> n & 1, irqs->edge >> n & 1,
		irqs->latch >> n & 1, irqs->level >> n & 1, irqs->active >> n & 1,
		irqs->priority[n]
	};
}

static void any_irqs(struct gic_irqs *irqs, u32 *offset, u32 *what)
{
	struct gic_irqs any;
	unsigned int intid;

	*irqs = any;
	n = nondet_u32();
	*offset = nondet_u32();
	assume(n < 32 && *offset < GIC_FRAME && !(*offset % 4));
	*what = kind_at(*offset, &intid);
	assume(*what);
	up = (n - intid) % 32;
	up *= *what == IPRIORITYR ? 8 : *what == ICFGR ? 2 : 1;
}

void proof_read(void)
{
	struct gic_irqs irqs;
	u32 offset, what, value;
	struct irq irq;

	any_irqs(&irqs, &offset, &what);
	irq = look(&irqs);
	value = gic_irqs_read(&gic, &irqs, offset);
	prove(!gic.lock.held);
	if (up >= 32)
		return;
	value >>= up;
	switch (what) {
	case IGROUPR:
		prove((value & 1) == irq.group1);
		break;
	case ISENABLER:
	case ICENABLER:
		prove((value & 1) == irq.enabled);
		break;
	case ISPENDR:
	case ICPENDR:
		prove((value & 1) == (irq.latch || (irq.level && !irq.edge)));
		break;
	case ISACTIVER:
	case ICACTIVER:
		prove((value & 1) == irq.active);
		break;
	case IPRIORITYR:
		prove((value & 0xff) == irq.priority);
		break;
	case ICFGR:
		prove((value & 3) == (irq.edge ? 2 : 0));
		break;
	}
}

static u32 told_of;

static void tell(struct gic *g, struct gic_irqs *irqs, u32 which)
{
	prove(g->lock.held);
	told_of = which;
}

/* What an interrupt is after a write, by what it was */
static void write(struct irq *irq, u32 what, u32 value, u32 mask)
{
	bool set;

	if (up >= 32 || (mask != ~0U && what != IPRIORITYR))
		return;
	set = value >> up & 1;
	switch (what) {
	case IGROUPR:
		irq->group1 = set;
		break;
	case ISENABLER:
		irq->enabled |= set;
		break;
	case ICENABLER:
		irq->enabled &= !set;
		break;
	case ISPENDR:
		irq->latch |= set;
		break;
	case ICPENDR:
		irq->latch &= !set;
		break;
	case ISACTIVER:
		irq->active |= set;
		break;
	case ICACTIVER:
		irq->active &= !set;
		break;
	case IPRIORITYR:
		if (mask >> up & 1)
			irq->priority = value >> up & 0xf8;
		break;
	case ICFGR:
		irq->edge = value >> up & 2;
		break;
	}
}

void proof_write(void)
{
	u32 offset, what, value = nondet_u32(), mask = 0, i;
	struct irq irq, after;
	struct gic_irqs irqs;
	bool pended, pends;

	for (i = 0; i < 4; i++)
		mask |= nondet_bool() ? 0xffU << (8 * i) : 0;
	any_irqs(&irqs, &offset, &what);
	assume(!(irqs.falls >> n & 1));
	irq = look(&irqs);
	pended = (irq.latch || (irq.level && !irq.edge)) && irq.enabled && !irq.active;
	write(&irq, what, value, mask);

	gic_irqs_write(&gic, &irqs, offset, value, mask, tell);

	after = look(&irqs);
	prove(!gic.lock.held);
	prove(after.group1 == irq.group1 && after.enabled == irq.enabled);
	prove(after.edge == irq.edge && after.latch == irq.latch && after.level == irq.level);
	prove(after.active == irq.active && after.priority == irq.priority);
	/* Who looks for what can be taken now is told of it */
	pends = (irq.latch || (irq.level && !irq.edge)) && irq.enabled && !irq.active;
	prove(pended || !pends || told_of >> n & 1);
}
