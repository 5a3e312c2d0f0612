// SPDX-License-Identifier: GPL-2.0-only
/*
 * The distributor (IHI 0069, 12.9), of a GIC with one security state (GICD_CTLR.DS) and affinity
 * routing (ARE).  What isn't there reads as zero and ignores writes.
 *
 * A write has taken effect when it returns: RWP is always 0.
 */
#include "gic.h"
#include "its.h"

#define GICD_CTLR		0x0000
#define GICD_TYPER		0x0004
#define GICD_IIDR		0x0008
#define GICD_SETSPI_NSR		0x0040
#define GICD_CLRSPI_NSR		0x0048
#define GICD_IGROUPR		0x0080
#define GICD_IPRIORITYR		0x0400
#define GICD_ICFGR_END		0x0d00
#define GICD_IROUTER		0x6000
#define GICD_IROUTER_END	0x8000

#define CTLR_GROUPS		(GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1)
#define CTLR_ARE		BIT(4)
#define CTLR_DS			BIT(6)

#define TYPER_IDBITS(bits)	(((bits) - 1) << 19)
#define TYPER_MBIS		BIT(16) /* SPIs by messages */
#define TYPER_LPIS		BIT(17)
#define TYPER_A3V		BIT(24) /* Aff3 may be other than 0 */
#define TYPER_RSS		BIT(26) /* SGIs reach an Aff0 above 15 */

#define SETSPI_INTID		GENMASK(12, 0)

#define IROUTER_BITS		(GENMASK_ULL(39, 31) | GENMASK_ULL(23, 0))

/* The SPIs that a register is about; NULL: it isn't there, or a redistributor's */
struct gic_irqs *gic_dist_irqs(struct gic *gic, u32 offset)
{
	unsigned int word = gic_irqs_at(offset);

	if (offset < GICD_IGROUPR || offset >= GICD_ICFGR_END)
		return NULL;
	return word && word <= gic->spi_words ? &gic->spis[word - 1] : NULL;
}

/* The SPI whose GICD_IROUTER<n> has a half at @offset, or -1 */
static int routed_spi(const struct gic *gic, u32 offset)
{
	int spi = ((int)offset - GICD_IROUTER) / 8 - GIC_FIRST_SPI;

	if (offset < GICD_IROUTER || offset >= GICD_IROUTER_END || spi < 0 ||
	    spi >= (int)min(gic->spi_words * 32, GIC_MAX_SPIS))
		return -1;
	return spi;
}

/**
 * gic_dist_read() - read a register of the distributor
 * @gic: not locked
 * @offset: a multiple of 4
 *
 * Return: its value.
 */
u32 gic_dist_read(struct gic *gic, u32 offset)
{
	struct gic_irqs *irqs;
	int spi;

	switch (offset) {
	case GICD_CTLR:
		return READ_ONCE(gic->ctlr) | CTLR_ARE | CTLR_DS;
	case GICD_TYPER:
		return gic->spi_words | TYPER_MBIS | TYPER_A3V | TYPER_RSS |
		       (its_of(gic) ? TYPER_IDBITS(GIC_LPI_ID_BITS) | TYPER_LPIS :
				      TYPER_IDBITS(10));
	case GICD_IIDR:
		return GIC_IIDR;
	}
	if (offset >= GIC_PIDR && offset < GIC_FRAME)
		return gic_id(offset);
	irqs = gic_dist_irqs(gic, offset);
	if (irqs)
		return gic_irqs_read(gic, irqs, offset);
	spi = routed_spi(gic, offset);
	if (spi < 0)
		return 0;
	return offset & 4 ? READ_ONCE(gic->router[spi]) >> 32 : (u32)READ_ONCE(gic->router[spi]);
}

/* INTIDs 1020 to 1023 are no interrupts: of the registers with a bit each, these are RES0 */
u32 gic_there(const struct gic *gic, const struct gic_irqs *irqs)
{
	return irqs == &gic->spis[GIC_SPI_WORDS - 1] ? GENMASK(GIC_MAX_SPIS % 32 - 1, 0) : ~0U;
}

static void changed(struct gic *gic, struct gic_irqs *irqs, u32 which)
{
	unsigned int word = irqs - gic->spis, n;
	u32 held = 0;

	for (n = 0; n < gic->nr_cpus; n++) {
		gic->cpus[n]->holds[word] &= irqs->active | irqs->listed;
		held |= gic->cpus[n]->holds[word];
	}
	/* What was made active is its target's; the rest is whose it was, whatever its target is */
	for (n = 0; n < gic->nr_cpus; n++)
		gic_hold(gic->cpus[n], word, irqs->active & ~irqs->listed & ~held &
					     gic->cpus[n]->routed[word]);
	gic_spis_changed(gic, word, which);
}

static void route(struct gic *gic, int spi, u32 offset, u32 value)
{
	struct gic_irqs *irqs = &gic->spis[GIC_SPI_WORD(spi)];
	u64 router;

	gic_lock_recalled(gic, irqs, GIC_BIT(spi));
	router = gic->router[spi];
	router = offset & 4 ? (u32)router | (u64)value << 32 :
			      (router & GENMASK_ULL(63, 32)) | value;
	WRITE_ONCE(gic->router[spi], router & IROUTER_BITS);
	gic_route(gic, spi);
	gic_unlock_recalled(gic);
}

/* A group that goes off is taken back, wherever it is */
static void enable_groups(struct gic *gic, u32 groups)
{
	gic_lock_recalled(gic, NULL, 0);
	WRITE_ONCE(gic->ctlr, groups);
	gic_show(gic);
	gic_all_changed(gic);
	gic_unlock_recalled(gic);
}

/*
 * GICD_SETSPI_NSR and GICD_CLRSPI_NSR: an edge, or the level of the SPI's only line.  Those of the
 * other security state ignore writes (GICD_CTLR.DS).
 */
static void message(struct gic *gic, u32 intid, bool set)
{
	struct gic_irqs *irqs = gic_dist_irqs(gic, GIC_ISPENDR + intid / 32 * 4);
	u32 bit = GIC_BIT(intid);

	if (intid / 32 > GIC_SPI_WORDS || !irqs || !(gic_there(gic, irqs) & bit))
		return;
	if (READ_ONCE(irqs->edge) & bit)
		gic_irqs_write(gic, irqs, set ? GIC_ISPENDR : GIC_ICPENDR, bit, ~0U, changed);
	else
		gic_set_spi(gic, intid - GIC_FIRST_SPI, set);
}

/**
 * gic_dist_write() - write a register of the distributor
 * @gic: not locked
 * @offset: a multiple of 4
 * @value: in the bits of @mask
 * @mask: bytes that are written
 */
void gic_dist_write(struct gic *gic, u32 offset, u32 value, u32 mask)
{
	struct gic_irqs *irqs = gic_dist_irqs(gic, offset);
	int spi = routed_spi(gic, offset);

	if (offset == GICD_CTLR && mask == ~0U)
		enable_groups(gic, value & CTLR_GROUPS);
	else if ((offset == GICD_SETSPI_NSR || offset == GICD_CLRSPI_NSR) &&
		 (mask & SETSPI_INTID) == SETSPI_INTID)
		message(gic, value & SETSPI_INTID, offset == GICD_SETSPI_NSR);
	else if (irqs && offset < GICD_IPRIORITYR)
		gic_irqs_write(gic, irqs, offset, value & gic_there(gic, irqs), mask, changed);
	else if (irqs)
		gic_irqs_write(gic, irqs, offset, value, mask, changed);
	else if (spi >= 0 && mask == ~0U)
		route(gic, spi, offset, value);
}
