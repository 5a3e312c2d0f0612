// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of LPIs in guest memory, and what a redistributor has of them (IHI 0069, 5.1, 12.11).
 *
 * Configuration is read when the guest enables LPIs, maps one, or says that it has changed; it is
 * the same for all vCPUs.  The table of pending ones is read when LPIs are enabled, unless the
 * guest says that it is zero, and written when they are disabled.
 */
#include <linux/slab.h>

#include "memory/copy.h"
#include "its.h"

#define GICR_CTLR		0x0000
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GICR_INVLPIR		0x00a0
#define GICR_INVALLR		0x00b0

/* EnableLPIs can be cleared (CES), and there are INVLPIR, INVALLR and SYNCR (IR), never busy */
#define CTLR_ENABLE_LPIS	BIT(0)
#define CTLR_CES		BIT(1)
#define CTLR_IR			BIT(2)

#define TABLE_INNER_CACHE	7
#define PROPBASER_BITS		(PROPBASER_ADDR | GENMASK_ULL(9, 7) | GENMASK_ULL(4, 0))
#define PROPBASER_ADDR		GENMASK_ULL(51, 12)
#define PROPBASER_ID_BITS(base)	(((base) & 0x1f) + 1)
#define PENDBASER_BITS		(PENDBASER_PTZ | PENDBASER_ADDR | GENMASK_ULL(9, 7))
#define PENDBASER_ADDR		GENMASK_ULL(51, 16)
#define PENDBASER_PTZ		BIT_ULL(62)

/* Of an LPI's byte in the configuration table */
#define PROPERTY_ENABLED	BIT(0)
#define PROPERTY_PRIORITY	0xfc

/* That many are read at a time */
#define SOME			128

static void lpi_configure(struct gic_its *its, unsigned int lpi, u8 property)
{
	__assign_bit(lpi, its->lpi_enabled, property & PROPERTY_ENABLED);
	its->lpi_priority[lpi] = property & PROPERTY_PRIORITY & gic_priority_mask();
}

static bool is_configured(const struct gic_its *its, unsigned int lpi, u8 property)
{
	return test_bit(lpi, its->lpi_enabled) == !!(property & PROPERTY_ENABLED) &&
	       its->lpi_priority[lpi] == (property & PROPERTY_PRIORITY & gic_priority_mask());
}

static void find_best(struct gic_its *its, unsigned int word)
{
	unsigned int n;

	its->lpi_best[word] = 0xff;
	for_each_set_bit(n, &its->lpi_enabled[word], BITS_PER_LONG)
		its->lpi_best[word] = min(its->lpi_best[word],
					  its->lpi_priority[word * BITS_PER_LONG + n]);
}

/* One that was enabled and isn't any more is taken back, wherever it is */
static void configure(struct gic_its *its, unsigned int first, unsigned int count,
		      const u8 *properties)
{
	struct gic *gic = its->gic;
	unsigned int i;

	for (i = 0; i < count && is_configured(its, first + i, properties[i]); i++)
		;
	if (i == count)
		return;
	gic_lock_recalled_lpis(gic);
	for (; i < count; i++)
		lpi_configure(its, first + i, properties[i]);
	for (i = BIT_WORD(first); i <= BIT_WORD(first + count - 1); i++)
		find_best(its, i);
	for (i = 0; i < gic->nr_cpus; i++)
		lpis_changed(gic->cpus[i], GIC_FIRST_LPI + first, count);
	gic_unlock_recalled(gic);
}

/* With fewer bits of INTID there are none, and no memory for them in the guest's tables */
static bool has_lpis(const struct gic_cpu *cpu)
{
	return PROPBASER_ID_BITS(cpu->propbaser) >= GIC_LPI_ID_BITS;
}

/* What can't be read is disabled */
static void reload(struct gic_cpu *cpu, unsigned int first, unsigned int count)
{
	u64 table = cpu->propbaser & PROPBASER_ADDR;
	u8 properties[SOME] = { };

	if (!has_lpis(cpu) ||
	    copy_guest_read(cpu->gic->vm, table + first, properties, count))
		memset(properties, 0, sizeof(properties));
	configure(cpu->gic->its, first, count, properties);
}

/**
 * lpi_reload() - read an LPI's configuration
 * @cpu: by whose GICR_PROPBASER; if it has enabled LPIs
 * @intid: which
 */
void lpi_reload(struct gic_cpu *cpu, unsigned int intid)
{
	if (cpu->lpis_on)
		reload(cpu, intid - GIC_FIRST_LPI, 1);
}

/**
 * lpis_reload() - read the configuration of all LPIs
 * @cpu: by whose GICR_PROPBASER; if it has enabled LPIs
 */
void lpis_reload(struct gic_cpu *cpu)
{
	unsigned int first;

	for (first = 0; cpu->lpis_on && first < GIC_MAX_LPIS; first += SOME)
		reload(cpu, first, SOME);
}

/* Where a vCPU's pending table has the first LPI; it begins with INTID 0 */
static u64 pending_table(const struct gic_cpu *cpu)
{
	return (cpu->pendbaser & PENDBASER_ADDR) + GIC_FIRST_LPI / 8;
}

static void read_pending(struct gic_cpu *cpu)
{
	struct gic_lpis *lpis = cpu->lpis;
	unsigned int word;

	memset(lpis, 0, sizeof(*lpis));
	if (cpu->pendbaser & PENDBASER_PTZ || !has_lpis(cpu) ||
	    copy_guest_read(cpu->gic->vm, pending_table(cpu), lpis->pending,
			    sizeof(lpis->pending))) {
		memset(lpis->pending, 0, sizeof(lpis->pending));
		return;
	}
	for (word = 0; word < GIC_LPI_WORDS; word++)
		if (lpis->pending[word])
			__set_bit(word, lpis->words);
}

static int write_pending(struct gic_cpu *cpu)
{
	if (!has_lpis(cpu))
		return 0;
	return copy_guest_write(cpu->gic->vm, pending_table(cpu), cpu->lpis->pending,
				sizeof(cpu->lpis->pending));
}

/* Until @lpis_on is set, nobody else looks at @lpis.  Without memory they stay disabled. */
static void enable(struct gic_cpu *cpu)
{
	struct gic *gic = cpu->gic;

	if (!cpu->lpis)
		cpu->lpis = kzalloc(sizeof(*cpu->lpis), GFP_KERNEL_ACCOUNT);
	if (!cpu->lpis)
		return;
	read_pending(cpu);
	WRITE_ONCE(cpu->pendbaser, cpu->pendbaser & ~PENDBASER_PTZ);
	raw_spin_lock_irq(&gic->lock);
	WRITE_ONCE(cpu->lpis_on, true);
	gic_show(gic);
	lpis_changed(cpu, GIC_FIRST_LPI, GIC_MAX_LPIS);
	raw_spin_unlock_irq(&gic->lock);
	lpis_reload(cpu);
}

static void disable(struct gic_cpu *cpu)
{
	gic_lock_recalled_lpis(cpu->gic);
	WRITE_ONCE(cpu->lpis_on, false);
	gic_show(cpu->gic);
	gic_unlock_recalled(cpu->gic);
	/* If it can't be written, that is the guest's loss */
	write_pending(cpu);
}

/**
 * lpis_save() - write a vCPU's table of pending LPIs, if it has enabled them
 * @cpu: which; no vCPU runs
 *
 * Return: 0 or -EFAULT.
 */
int lpis_save(struct gic_cpu *cpu)
{
	if (!cpu->lpis_on)
		return 0;
	gic_lock_recalled_lpis(cpu->gic);
	gic_unlock_recalled(cpu->gic);
	return write_pending(cpu);
}

/**
 * lpi_reg() - is there a register about LPIs
 * @cpu: in the redistributor of whom
 * @offset: where
 *
 * Return: whether there is.
 */
bool lpi_reg(const struct gic_cpu *cpu, u32 offset)
{
	switch (offset & ~4U) {
	case GICR_CTLR:
		return offset == GICR_CTLR && its_of(cpu->gic);
	case GICR_PROPBASER:
	case GICR_PENDBASER:
	case GICR_INVLPIR:
	case GICR_INVALLR:
		return its_of(cpu->gic);
	}
	return false;
}

/**
 * lpi_reg_read() - read such a register
 * @cpu: whose
 * @offset: of it
 *
 * Return: its value.
 */
u32 lpi_reg_read(const struct gic_cpu *cpu, u32 offset)
{
	u64 value = 0;

	switch (offset & ~4U) {
	case GICR_CTLR:
		value = CTLR_CES | CTLR_IR | (READ_ONCE(cpu->lpis_on) ? CTLR_ENABLE_LPIS : 0);
		break;
	case GICR_PROPBASER:
		value = READ_ONCE(cpu->propbaser);
		break;
	case GICR_PENDBASER:
		/* PTZ can only be written: it is for the next time that LPIs are enabled */
		value = READ_ONCE(cpu->pendbaser) & ~PENDBASER_PTZ;
		break;
	}
	return offset & 4 ? value >> 32 : (u32)value;
}

static void set_table(u64 *base, u64 bits, u32 offset, u32 value)
{
	u64 set = its_set_half(*base, offset, value) & bits;

	WRITE_ONCE(*base, its_attributes(set, TABLE_INNER_CACHE));
}

/**
 * lpi_reg_write() - write such a register
 * @cpu: whose
 * @offset: of it
 * @value: of its 32 bits
 */
void lpi_reg_write(struct gic_cpu *cpu, u32 offset, u32 value)
{
	struct gic_its *its = cpu->gic->its;

	if (mutex_lock_killable(&its->lock))
		return;
	switch (offset) {
	case GICR_CTLR:
		if (value & CTLR_ENABLE_LPIS && !cpu->lpis_on)
			enable(cpu);
		else if (!(value & CTLR_ENABLE_LPIS) && cpu->lpis_on)
			disable(cpu);
		break;
	case GICR_PROPBASER:
	case GICR_PROPBASER + 4:
		if (!cpu->lpis_on)
			set_table(&cpu->propbaser, PROPBASER_BITS, offset, value);
		break;
	case GICR_PENDBASER:
	case GICR_PENDBASER + 4:
		if (!cpu->lpis_on)
			set_table(&cpu->pendbaser, PENDBASER_BITS, offset, value);
		break;
	case GICR_INVLPIR:
		if (lpi_there(value))
			lpi_reload(cpu, value);
		break;
	case GICR_INVALLR:
		lpis_reload(cpu);
		break;
	}
	mutex_unlock(&its->lock);
}
