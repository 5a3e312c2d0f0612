// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers that hold something for each interrupt: those of the distributor (IHI 0069,
 * 12.9) and of a redistributor's SGIs and PPIs (12.11) have the same names and offsets.
 */
#include "gic.h"

#define IGROUPR		0x080
#define ISENABLER	0x100
#define ICENABLER	0x180
#define ISPENDR		GIC_ISPENDR
#define ICPENDR		GIC_ICPENDR
#define ISACTIVER	0x300
#define ICACTIVER	GIC_ICACTIVER
#define IPRIORITYR	0x400
#define ICFGR		0xc00

/* Offset of the kind of register at @offset; those of a bit an interrupt are 0x80 long */
static u32 kind(u32 offset)
{
	return offset < IPRIORITYR ? offset & ~0x7fU :
	       offset < 0x800 ? IPRIORITYR :
	       offset >= ICFGR && offset < 0xd00 ? ICFGR : 0;
}

/**
 * gic_irqs_at() - which 32 interrupts a register is about
 * @offset: of the register
 *
 * Return: their word; 0 is that of SGIs and PPIs.
 */
unsigned int gic_irqs_at(u32 offset)
{
	switch (kind(offset)) {
	case IPRIORITYR:
		return (offset - IPRIORITYR) / 32;
	case ICFGR:
		return (offset - ICFGR) / 8;
	default:
		return offset % 0x80 / 4;
	}
}

static u32 priorities(const struct gic_irqs *irqs, u32 offset)
{
	const u8 *four = &irqs->priority[offset % 32];

	return four[0] | four[1] << 8 | four[2] << 16 | (u32)four[3] << 24;
}

/* Two bits an interrupt, of which the upper one says edge */
static u32 config(u32 edge, u32 offset)
{
	u32 half = offset & 4 ? edge >> 16 : edge & 0xffff, value = 0;
	unsigned int n;

	for (n = 0; n < 16; n++)
		value |= half & BIT(n) ? 2U << (2 * n) : 0;
	return value;
}

static u32 config_edges(u32 value, u32 offset)
{
	u32 half = 0;
	unsigned int n;

	for (n = 0; n < 16; n++)
		half |= value & 2U << (2 * n) ? BIT(n) : 0;
	return offset & 4 ? half << 16 : half;
}

/**
 * gic_irqs_read() - read such a register
 * @gic: not locked
 * @irqs: the interrupts it is about
 * @offset: of the register
 *
 * Return: its value.
 */
u32 gic_irqs_read(struct gic *gic, struct gic_irqs *irqs, u32 offset)
{
	u32 what = kind(offset), value = 0;
	bool moves = what >= ISPENDR && what <= ICACTIVER;

	gic_lock_recalled(gic, irqs, moves ? ~0 : 0);
	switch (what) {
	case IGROUPR:
		value = irqs->group1;
		break;
	case ISENABLER:
	case ICENABLER:
		value = irqs->enabled;
		break;
	case ISPENDR:
	case ICPENDR:
		value = gic_pending(irqs);
		break;
	case ISACTIVER:
	case ICACTIVER:
		value = irqs->active;
		break;
	case IPRIORITYR:
		value = priorities(irqs, offset);
		break;
	case ICFGR:
		value = config(irqs->edge, offset);
		break;
	}
	gic_unlock_recalled(gic);
	return value;
}

/*
 * The interrupts that a write is about, and so may not be in a list register: of those that are
 * enabled, too, for one that has come meanwhile is pending behind the active one there.
 */
static u32 concerned(const struct gic_irqs *irqs, u32 offset, u32 value)
{
	switch (kind(offset)) {
	case IGROUPR:
		return ~0;
	case IPRIORITYR:
		return 0xfU << (offset % 32);
	case ICFGR:
		return offset & 4 ? 0xffff0000 : 0xffff;
	default:
		return value;
	}
}

static void set_priorities(struct gic_irqs *irqs, u32 offset, u32 value, u32 mask)
{
	unsigned int n;

	for (n = 0; n < 4; n++, value >>= 8, mask >>= 8)
		if (mask & 0xff)
			irqs->priority[offset % 32 + n] = value & gic_priority_mask();
}

/* As if acknowledged now */
static void activate(struct gic_irqs *irqs, u32 value)
{
	unsigned long which = value & ~irqs->active;
	unsigned int n;

	for_each_set_bit(n, &which, 32)
		irqs->running[n] = irqs->priority[n];
	irqs->active |= value;
}

static u32 apply(struct gic_irqs *irqs, u32 offset, u32 value, u32 mask)
{
	u32 sixteen = offset & 4 ? 0xffff0000 : 0xffff;

	switch (kind(offset)) {
	case IGROUPR:
		irqs->group1 = value;
		return ~0;
	case ISENABLER:
		irqs->enabled |= value;
		return value;
	case ICENABLER:
		irqs->enabled &= ~value;
		return 0;
	case ISPENDR:
		irqs->latch |= value;
		return value;
	case ICPENDR:
		irqs->latch &= ~value;
		return 0;
	case ISACTIVER:
		activate(irqs, value);
		return 0;
	case ICACTIVER:
		irqs->active &= ~value;
		return value;
	case IPRIORITYR:
		set_priorities(irqs, offset, value, mask);
		return 0xfU << (offset % 32);
	case ICFGR:
		irqs->edge = (irqs->edge & ~sixteen) | config_edges(value, offset);
		return sixteen;
	}
	return 0;
}

/**
 * gic_irqs_write() - write such a register
 * @gic: not locked
 * @irqs: the interrupts it is about
 * @offset: of the register
 * @value: in the bits of @mask
 * @mask: bytes that are written; but for priorities, all
 * @changed: told of what has, under the lock
 */
void gic_irqs_write(struct gic *gic, struct gic_irqs *irqs, u32 offset, u32 value, u32 mask,
		    void (*changed)(struct gic *gic, struct gic_irqs *irqs, u32 which))
{
	u32 active, which;

	if (mask != ~0U && kind(offset) != IPRIORITYR)
		return;
	gic_lock_recalled(gic, irqs, concerned(irqs, offset, value));
	active = irqs->active;
	which = apply(irqs, offset, value, mask);
	gic_ended(gic, irqs, active & ~irqs->active);
	changed(gic, irqs, which);
	gic_unlock_recalled(gic);
}
