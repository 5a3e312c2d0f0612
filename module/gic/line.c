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
#define SGI_LIST(value)		((value) & HYP_ICC_SGI_LIST)
#define SGI_IRM			BIT_ULL(40)
#define SGI_RS(value)		((value) >> 44 & 0xf)
#define SGI_AFFINITY(value)	((u32)((value) >> 24 & 0xff000000) |	\
				 (u32)((value) >> 16 & 0x00ff0000) |	\
				 (u32)((value) >> 8 & 0x0000ff00))

static void post(struct gic_cpu *cpu, u32 bit)
{
	/* A bit that was there already has been told of, but not necessarily been seen */
	atomic_or(bit, &cpu->post->posted);
	gic_poke_posted(cpu);
}

/*
 * The group that the sender names has to be the receiver's (IHI 0069, table 4-3).  Who sends to
 * itself is neither asleep nor in the guest, and looks before it is.
 */
static void send_to(struct vcpu *sender, struct gic_cpu *cpu, u32 bit, bool group1)
{
	if (!(READ_ONCE(cpu->own.group1) & bit) == group1)
		return;
	if (cpu == sender->gic) {
		atomic_or(bit, &cpu->post->posted);
		WRITE_ONCE(sender->post->look, true);
		return;
	}
	post(cpu, bit);
}

/**
 * gic_send_sgi() - interrupt other vCPUs
 * @sender: who does; it isn't running
 * @value: that it wrote to the register
 * @group1: the register was ICC_SGI1R_EL1
 */
void gic_send_sgi(struct vcpu *sender, u64 value, bool group1)
{
	struct gic *gic = sender->vm->gic;
	unsigned long list = SGI_LIST(value);
	u32 bit = BIT(HYP_ICC_SGI_INTID(value));
	unsigned int n;

	if (value & SGI_IRM) {
		for (n = 0; n < gic_nr_cpus(gic); n++)
			if (gic->cpus[n] != sender->gic)
				send_to(sender, gic->cpus[n], bit, group1);
		return;
	}
	for_each_set_bit(n, &list, 16) {
		struct gic_cpu *cpu;

		cpu = gic_cpu_at(gic, SGI_AFFINITY(value) | (SGI_RS(value) << 4) | n);
		if (cpu)
			send_to(sender, cpu, bit, group1);
	}
}

static void set_ppi(struct gic_cpu *cpu, u32 bit, bool level)
{
	if (!level)
		atomic_andnot(bit, &cpu->lines);
	else if (!(atomic_fetch_or(bit, &cpu->lines) & bit))
		/* Also if it falls before anybody looks */
		atomic_or(bit & READ_ONCE(cpu->own.edge), &cpu->post->posted);
	gic_poke(cpu);
}

/*
 * The target of one that is in a list register, perhaps its own.  Who has taken it before it was
 * routed there has it active alone, and its end is waited for.
 */
static struct gic_cpu *target_of_listed(struct gic *gic, unsigned int word, u32 bit)
{
	unsigned int i;

	for (i = 0; gic->spis[word].listed & bit && i < gic->nr_cpus; i++)
		if (gic->cpus[i]->routed[word] & bit)
			return gic->cpus[i];
	return NULL;
}

/* One that comes is pending, also behind one that is active */
static void edge_comes(struct gic *gic, unsigned int spi)
{
	struct gic_irqs *irqs = &gic->spis[GIC_SPI_WORD(spi)];
	struct gic_cpu *target;
	u32 bit = GIC_BIT(spi);

	irqs->latch |= irqs->edge & bit;
	gic_spis_changed(gic, GIC_SPI_WORD(spi), bit);
	/* The last one has ended, most often, and is about to leave its list register */
	target = target_of_listed(gic, GIC_SPI_WORD(spi), irqs->edge & bit);
	if (target)
		gic_arrived(target, GIC_FIRST_SPI + spi);
}

/**
 * gic_set_spi() - the level of an SPI's line
 * @gic: not locked
 * @spi: number, the first is 0
 * @level: what it is now
 *
 * Context: any.
 */
void gic_set_spi(struct gic *gic, unsigned int spi, bool level)
{
	struct gic_irqs *irqs = &gic->spis[GIC_SPI_WORD(spi)];
	struct gic_cpu *target;
	u32 bit = GIC_BIT(spi);
	unsigned long flags;

	raw_spin_lock_irqsave(&gic->lock, flags);
	if (!level) {
		irqs->level &= ~bit;
		/* One that sits pending in a list register is taken back */
		target = target_of_listed(gic, GIC_SPI_WORD(spi), bit & ~irqs->edge);
		if (target)
			gic_poke(target);
	} else if (!(irqs->level & bit)) {
		irqs->level |= bit;
		edge_comes(gic, spi);
	}
	raw_spin_unlock_irqrestore(&gic->lock, flags);
}

/* @keep: the line of one that is level-sensitive stays up */
static void pulse_spi(struct gic *gic, unsigned int spi, bool keep)
{
	struct gic_irqs *irqs = &gic->spis[GIC_SPI_WORD(spi)];
	unsigned long flags;

	raw_spin_lock_irqsave(&gic->lock, flags);
	if (keep)
		irqs->level |= GIC_BIT(spi) & ~irqs->edge;
	edge_comes(gic, spi);
	raw_spin_unlock_irqrestore(&gic->lock, flags);
}

/**
 * gic_check_line() - is there such a line
 * @vm: whose
 * @intid: of its interrupt
 * @mpidr: of the vCPU, for a PPI
 *
 * Return: 0, -EINVAL, -ENOENT, -ENODEV.
 */
int gic_check_line(const struct vm *vm, u32 intid, u64 mpidr)
{
	/* Pairs with the release in gic_create() */
	struct gic *gic = smp_load_acquire(&vm->gic);

	if (intid < GIC_FIRST_PPI)
		return -EINVAL;
	if (!gic || !READ_ONCE(gic->placed))
		return -ENODEV;
	if (intid < GIC_FIRST_SPI && !gic_cpu_at(gic, gic_affinity(mpidr)))
		return -ENOENT;
	if (intid < GIC_FIRST_SPI)
		return BIT(intid) & GIC_TIMERS ? -EINVAL : 0;
	if (mpidr || intid - GIC_FIRST_SPI >= min(gic->spi_words * 32, GIC_MAX_SPIS))
		return -EINVAL;
	return 0;
}

/**
 * gic_set_irq() - the command SET_IRQ: set the level of an interrupt's line
 * @vm: with ARM_VCPU_CONFIG_GIC
 * @irq: from user space
 *
 * Context: any.
 *
 * Return: as gic_check_line().
 */
int gic_set_irq(struct vm *vm, const struct arm_vcpu_irq *irq)
{
	int ret = irq->level > 1 ? -EINVAL : gic_check_line(vm, irq->intid, irq->mpidr);
	struct gic_cpu *cpu;

	if (ret)
		return ret;
	if (irq->intid >= GIC_FIRST_SPI) {
		gic_set_spi(vm->gic, irq->intid - GIC_FIRST_SPI, irq->level);
		return 0;
	}
	cpu = gic_cpu_at(vm->gic, gic_affinity(irq->mpidr));
	if (!cpu)
		return -ENOENT;
	set_ppi(cpu, BIT(irq->intid), irq->level);
	return 0;
}

/**
 * gic_pulse() - an edge on an interrupt's line, wherever that is
 * @vm: with ARM_VCPU_CONFIG_GIC
 * @intid: of the interrupt
 * @mpidr: of the vCPU, for a PPI
 *
 * One that is level-sensitive, as the guest has set it up, doesn't see it.
 *
 * Context: any.
 */
void gic_pulse(struct vm *vm, u32 intid, u64 mpidr)
{
	struct gic_cpu *cpu;

	if (gic_check_line(vm, intid, mpidr))
		return;
	if (intid >= GIC_FIRST_SPI) {
		pulse_spi(vm->gic, intid - GIC_FIRST_SPI, false);
		return;
	}
	cpu = gic_cpu_at(vm->gic, gic_affinity(mpidr));
	if (cpu)
		post(cpu, BIT(intid) & READ_ONCE(cpu->own.edge));
}

/**
 * gic_signal_spi() - the same of an SPI's, which stays up if that is level-sensitive
 * @vm: with ARM_VCPU_CONFIG_GIC
 * @intid: of the SPI
 *
 * It falls by gic_set_irq().
 *
 * Context: any.
 */
void gic_signal_spi(struct vm *vm, u32 intid)
{
	if (!gic_check_line(vm, intid, 0))
		pulse_spi(vm->gic, intid - GIC_FIRST_SPI, true);
}
