/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws for fuzzers of a GIC: registers, values, accesses, and commands of its ITS of all kinds,
 * with ids that are there or not.
 */
#ifndef SELFTEST_GIC_DRAW_H
#define SELFTEST_GIC_DRAW_H

#include "fuzz.h"
#include "its.h"

#define GIC_DRAW_VCPUS	4U	/* at most */
#define ITS_SLOTS	(ITS_PAGE / sizeof(struct its_command))
#define ITS_EXTRA	0x50000000UL	/* a region that comes and goes */

/* Mostly one of a few */
static inline u64 its_few(struct fuzz *f, u64 few)
{
	return fuzz_one_in(f, 16) ? fuzz_next(f) : fuzz_below(f, few);
}

static inline u64 its_memory(struct fuzz *f)
{
	switch (fuzz_below(f, 8)) {
	case 0:
		return fuzz_next(f) & 0xfffffffff0000UL;
	case 1 ... 3:
		return ITS_EXTRA;
	default:
		return ITS_MEMORY + fuzz_below(f, 16) * ITS_PAGE;
	}
}

/* Of a VM with @vcpus */
static inline struct its_command its_draw(struct fuzz *f, u32 vcpus)
{
	static const u8 codes[] = { 1, 3, 3, 3, 4, 5, 8, 9, 9, 10, 10, 10, 10, 11, 12, 13, 14, 15 };
	u32 device = (u32)its_few(f, 4), event = (u32)its_few(f, 16);
	u64 valid = fuzz_one_in(f, 4) ? 0 : ITS_VALID;

	switch (fuzz_pick(f, codes)) {
	case 8:
		return ITS_COMMAND(8, device, its_few(f, 8), its_memory(f) | valid, 0);
	case 9:
		return ITS_COMMAND(9, 0, 0, (its_few(f, 4) & 0xffff) | valid |
				   ITS_RDBASE(its_few(f, vcpus)), 0);
	case 10:
		return ITS_MAPTI(device, event, LPI + its_few(f, 8192), its_few(f, 4));
	case 11:
		return ITS_MAPI(device, LPI + its_few(f, 64), its_few(f, 4));
	case 13:
		return ITS_INVALL(its_few(f, 4));
	case 14:
		return ITS_MOVALL(its_few(f, vcpus), its_few(f, vcpus));
	default:
		return ITS_COMMAND(fuzz_pick(f, codes), device, event, its_few(f, 4), fuzz_next(f));
	}
}

/* Registers of 32 interrupts, and of one; and those that a frame has once */
static const u32 irqs[] = {
	GIC_IGROUPR, GIC_ISENABLER, GIC_ICENABLER, GIC_ISPENDR, GIC_ICPENDR, GIC_ISACTIVER,
	GIC_ICACTIVER, GIC_IPRIORITYR, GIC_IPRIORITYR + 32, GIC_ICFGR, 0xd00, 0xe00, 0xf00,
};

static const u32 of_dist[] = {
	GICD_CTLR, GICD_TYPER, GICD_IIDR, 0x10, 0x40, 0x48, GICD_IROUTER, GICD_IROUTER + 8 * 32,
	GICD_IROUTER + 8 * 40, GIC_PIDR2,
};

static const u32 of_redist[] = {
	GICR_CTLR, GICR_IIDR, GICR_TYPER, GICR_WAKER, GICR_PROPBASER, GICR_PENDBASER, GICR_INVLPIR,
	GICR_INVALLR, GICR_SYNCR, GIC_PIDR2,
};

static const u32 of_its[] = {
	0x0, 0x4, 0x8, 0x80, 0x88, 0x88, 0x88, 0x88, 0x90, 0x100, 0x108, 0x110, 0x138, GIC_PIDR2,
	0x10040,
};

static inline u64 gic_draw_address(struct fuzz *f)
{
	u64 redist = its_redist((unsigned int)fuzz_below(f, GIC_DRAW_VCPUS));

	switch (fuzz_below(f, 8)) {
	case 0:
		return GIC_DIST + fuzz_pick(f, of_dist);
	case 1:
		return GIC_DIST + fuzz_pick(f, irqs) + 4 * fuzz_below(f, 4);
	case 2:
		return redist + fuzz_pick(f, of_redist);
	case 3:
		return redist + GIC_SGIS + fuzz_pick(f, irqs) + fuzz_below(f, 32);
	case 4:
	case 5:
		return GIC_ITS + fuzz_pick(f, of_its);
	case 6:
		return ITS_MEMORY + (fuzz_next(f) & 0xffff8);
	default:
		return GIC_DIST + fuzz_below(f, its_redist(GIC_DRAW_VCPUS) - GIC_DIST);
	}
}

/* What means something in one of these registers */
static inline u64 gic_draw_value(struct fuzz *f)
{
	switch (fuzz_below(f, 8)) {
	case 0:
		return fuzz_value(f);
	case 1:
		return fuzz_below(f, 4);
	case 2:
		return ~0UL;
	case 3:
		return its_memory(f) | (fuzz_next(f) & (ITS_VALID | ITS_INDIRECT | 0xfff));
	case 4:
		return LPI + its_few(f, 64);
	case 5:		/* ICC_SGI1R_EL1: of 16 CPUs, or all others */
		return ICC_SGI1R_ID(fuzz_below(f, 16)) | fuzz_below(f, 16) |
		       (fuzz_one_in(f, 4) ? 1UL << 40 : 0);
	case 6:
		return 16 + fuzz_below(f, 80);
	default:	/* GITS_CWRITER */
		return fuzz_below(f, ITS_SLOTS) * sizeof(struct its_command);
	}
}

/* Of x1, an address, with x2 and x3 */
static inline u32 gic_draw_access(struct fuzz *f)
{
	static const u32 simple[] = {
		0x39000022, 0x79000022, 0xb9000022, 0xb9000022, 0xf9000022,	/* str x2 */
		0x39400023, 0x79400023, 0xb9400023, 0xb9400023, 0xf9400023,	/* ldr x3 */
		0x39800023, 0x79c00023, 0xb9800023,	/* ldrs */
		0x88dffc23, 0xc89ffc22,			/* ldar, stlr */
	};
	static const u32 others[] = {
		0xa9000c22, 0xa9400c22,	/* stp, ldp */
		0xf8008422, 0xb8404c23,	/* with write-back */
		0xc85ffc23, 0xc803fc22,	/* ldaxr, stlxr */
		0xf8220023, 0xc8a27c23,	/* ldadd, cas */
		0xd50b7e21, 0xd50b7421, /* dc civac, zva */
		0xd503207f,		/* wfi */
	};
	static const u32 icc[] = {
		0xd538cc03, 0xd518cc22, 0xd518cb22, 0xd538c803,	/* IAR1, EOIR1, DIR, IAR0 */
		0xd518cba2, 0xd518cba2, 0xd518cbe2, 0xd518cbc2,	/* SGI1R, SGI0R, ASGI1R */
		0xd5184602, 0xd518cce2, 0xd518cc82,		/* PMR, IGRPEN1, CTLR */
	};

	switch (fuzz_below(f, 16)) {
	case 0:
		return fuzz_pick(f, others);
	case 1 ... 3:
		return fuzz_pick(f, icc);
	case 4:		/* any of CRn 12 */
		return 0xd518c002 | (fuzz_next(f) & 0x200fe0);
	default:
		return fuzz_pick(f, simple);
	}
}

static inline u32 *put_number(u32 *code, u32 reg, u64 number)
{
	u32 n;

	for (n = 0; n < 4; n++)		/* movz, movk */
		*code++ = (n ? 0xf2800000 : 0xd2800000) | n << 21 |
			  (u32)(number >> 16 * n & 0xffff) << 5 | reg;
	return code;
}

#endif
