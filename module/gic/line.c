// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that are sent: by devices through their lines, and by vCPUs to each other.
 *
 * SGIs, and PPIs of the VMM's, are posted without the lock: an atomic bit, which the vCPU folds
 * in when it looks.
 */
#include "device.h"
#include "gic.h"

/* ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1 (IHI 0069, 12.2) */
#define SGI_LIST(value)		((value) & 0xffff)
#define SGI_INTID(value)	((value) >> 24 & 0xf)
#define SGI_IRM			BIT_ULL(40)
#define SGI_RS(value)		((value) >> 44 & 0xf)
#define SGI_AFFINITY(value)	((u32)((value) >> 24 & 0xff000000) |	\
				 (u32)((value) >> 16 & 0x00ff0000) |	\
				 (u32)((value) >> 8 & 0x0000ff00))

static void post(struct gic_cpu *cpu, u32 bit)
{
	/* A bit that was there already has been told of, but not necessarily been seen */
	atomic_or(bit, &cpu->posted);
	gic_poke(cpu);
}

/* The group that the sender names has to be the receiver's (IHI 0069, table 4-3) */
static void send_to(struct gic_cpu *cpu, u32 bit, bool group1)
{
	if (!(READ_ONCE(cpu->own.group1) & bit) == group1)
		return;
	post(cpu, bit);
}

/**
 * gic_send_sgi() - interrupt other vCPUs
 * @sender: who does
 * @value: that it wrote to the register
 * @group1: the register was ICC_SGI1R_EL1
 */
void gic_send_sgi(struct gic_cpu *sender, u64 value, bool group1)
{
	struct gic *gic = sender->gic;
	unsigned long list = SGI_LIST(value);
	u32 bit = BIT(SGI_INTID(value));
	unsigned int n;

	if (value & SGI_IRM) {
		for (n = 0; n < READ_ONCE(gic->nr_cpus); n++)
			if (gic->cpus[n] != sender)
				send_to(gic->cpus[n], bit, group1);
		return;
	}
	for_each_set_bit(n, &list, 16) {
		struct gic_cpu *cpu;

		cpu = gic_cpu_at(gic, SGI_AFFINITY(value) | (SGI_RS(value) << 4) | n);
		if (cpu)
			send_to(cpu, bit, group1);
	}
}

static int set_ppi(struct gic *gic, const struct arm_vcpu_irq *irq)
{
	struct gic_cpu *cpu = gic_cpu_at(gic, gic_affinity(irq->mpidr));
	u32 bit = BIT(irq->intid);

	if (!cpu)
		return -ENOENT;
	if (irq->intid == GIC_PPI_VTIMER || irq->intid == GIC_PPI_PTIMER)
		return -EINVAL;
	if (!irq->level)
		atomic_andnot(bit, &cpu->lines);
	else if (!(atomic_fetch_or(bit, &cpu->lines) & bit))
		/* Also if it falls before anybody looks */
		atomic_or(bit & READ_ONCE(cpu->own.edge), &cpu->posted);
	gic_poke(cpu);
	return 0;
}

/* Who has it in a list register looks: its target, or who took it before it was routed there */
static void look_at_listed(struct gic *gic, unsigned int word, u32 bit)
{
	unsigned int i;

	for (i = 0; gic->spis[word].listed & bit && i < gic->nr_cpus; i++)
		if ((gic->cpus[i]->routed[word] | gic->cpus[i]->holds[word]) & bit)
			gic_poke(gic->cpus[i]);
}

static void set_spi(struct gic *gic, unsigned int spi, bool level)
{
	struct gic_irqs *irqs = &gic->spis[GIC_SPI_WORD(spi)];
	u32 bit = GIC_BIT(spi);
	unsigned long flags;

	raw_spin_lock_irqsave(&gic->lock, flags);
	if (!level) {
		irqs->level &= ~bit;
		/* One that sits pending in a list register is taken back */
		look_at_listed(gic, GIC_SPI_WORD(spi), bit & ~irqs->edge);
	} else if (!(irqs->level & bit)) {
		irqs->level |= bit;
		irqs->latch |= irqs->edge & bit;
		gic_spis_changed(gic, GIC_SPI_WORD(spi), bit);
		/* Pending behind one that is active */
		look_at_listed(gic, GIC_SPI_WORD(spi), bit & irqs->edge);
	}
	raw_spin_unlock_irqrestore(&gic->lock, flags);
}

/**
 * gic_set_irq() - the command SET_IRQ: set the level of an interrupt's line
 * @vm: with ARM_VCPU_CONFIG_GIC
 * @irq: from user space
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int gic_set_irq(struct vm *vm, const struct arm_vcpu_irq *irq)
{
	/* Pairs with the release in gic_create() */
	struct gic *gic = smp_load_acquire(&vm->gic);

	if (irq->level > 1 || irq->intid < GIC_FIRST_PPI)
		return -EINVAL;
	if (!gic || !READ_ONCE(gic->placed))
		return -ENODEV;
	if (irq->intid < GIC_FIRST_SPI)
		return set_ppi(gic, irq);
	if (irq->mpidr || irq->intid - GIC_FIRST_SPI >= min(gic->spi_words * 32, GIC_MAX_SPIS))
		return -EINVAL;
	set_spi(gic, irq->intid - GIC_FIRST_SPI, irq->level);
	return 0;
}
