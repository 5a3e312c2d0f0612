// SPDX-License-Identifier: MIT
/*
 * How a guest sets up its GIC: an SGI, the virtual timer's PPI, an SPI and an LPI, all enabled,
 * in group 1, and routed to the first vCPU.
 *
 * The guest does it by a list of stores, which is made here, as are tables in its memory.
 */
#include <string.h>

#include "bench.h"

/* IHI 0069, 12.8 to 12.11, 12.19; registers of SGIs and PPIs in the second frame */
#define GICD_CTLR		(GIC_DIST + 0x0000)
#define GICD_CTLR_GROUP1	(1 << 1)
#define GICD_IGROUPR1		(GIC_DIST + 0x0084)
#define GICD_ISENABLER1		(GIC_DIST + 0x0104)
#define GICD_ICFGR2		(GIC_DIST + 0x0c08)
#define GICD_IROUTER_SPI	(GIC_DIST + 0x6000 + 8 * INTID_SPI)
#define SPI_BIT			(1 << (INTID_SPI % 32))
#define SPI_EDGE		(2 << (2 * (INTID_SPI % 16)))

#define GICR(n)			(GIC_REDIST + (n) * 0x20000UL)
#define GICR_CTLR		0x0000
#define GICR_CTLR_LPIS		1
#define GICR_WAKER		0x0014
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GICR_IGROUPR0		0x10080
#define GICR_ISENABLER0		0x10100
#define LPI_ID_BITS		14
#define LPI_PENDING_ZERO	(1UL << 62)
#define LPI_PRIORITY		0xa0
#define LPI_ENABLED		1

#define GITS_CTLR		(GIC_ITS + 0x0000)
#define GITS_CBASER		(GIC_ITS + 0x0080)
#define GITS_CWRITER		(GIC_ITS + 0x0088)
#define GITS_BASER(n)		(GIC_ITS + 0x0100 + 8 * (n))
#define ITS_VALID		(1UL << 63)
#define ITS_EVENT_BITS		5

/* Tables, 64 KiB each */
#define TABLE(n)		(GIC_TABLES + (n) * 0x10000UL)
#define TABLE_ADDRESS(n)	(GUEST_RAM + TABLE(n))

enum table { QUEUE, DEVICES, COLLECTIONS, EVENTS, PROPERTIES, PENDING };

/* All widths but a doubleword's are stores of a word */
#define DOUBLEWORD		1

struct store {
	uint64_t address; /* and DOUBLEWORD; the list ends with 0 */
	uint64_t value;
};

struct its_command {
	uint64_t word[4];
};

static struct store *put(struct store *at, uint64_t address, uint64_t value)
{
	*at = (struct store) { address, value };
	return at + 1;
}

static struct store *put_redistributor(struct store *at, unsigned int n)
{
	at = put(at, GICR(n) + GICR_WAKER, 0);
	at = put(at, GICR(n) + GICR_IGROUPR0, ~0U);
	return put(at, GICR(n) + GICR_ISENABLER0, 1U << INTID_SGI | 1U << INTID_VTIMER);
}

static struct store *put_distributor(struct store *at)
{
	at = put(at, GICD_CTLR, GICD_CTLR_GROUP1);
	at = put(at, GICD_IGROUPR1, ~0U);
	at = put(at, GICD_ICFGR2, SPI_EDGE);
	at = put(at, GICD_IROUTER_SPI | DOUBLEWORD, 0);
	return put(at, GICD_ISENABLER1, SPI_BIT);
}

/* MAPD, MAPC, MAPTI, SYNC: event 0 of device 0, by collection 0 to the first redistributor */
static size_t put_commands(char *queue)
{
	const struct its_command commands[] = {
		{ { 0x08, ITS_EVENT_BITS - 1, TABLE_ADDRESS(EVENTS) | ITS_VALID, 0 } },
		{ { 0x09, 0, ITS_VALID, 0 } },
		{ { 0x0a, (uint64_t)INTID_LPI << 32, 0, 0 } },
		{ { 0x05, 0, 0, 0 } },
	};

	memcpy(queue, commands, sizeof(commands));
	return sizeof(commands);
}

static struct store *put_its(struct store *at, char *ram)
{
	size_t commands = put_commands(ram + TABLE(QUEUE));

	ram[TABLE(PROPERTIES)] = (char)(LPI_PRIORITY | LPI_ENABLED);
	at = put(at, (GICR(0) + GICR_PROPBASER) | DOUBLEWORD,
		 TABLE_ADDRESS(PROPERTIES) | (LPI_ID_BITS - 1));
	at = put(at, (GICR(0) + GICR_PENDBASER) | DOUBLEWORD,
		 TABLE_ADDRESS(PENDING) | LPI_PENDING_ZERO);
	at = put(at, GICR(0) + GICR_CTLR, GICR_CTLR_LPIS);
	at = put(at, GITS_BASER(0) | DOUBLEWORD, TABLE_ADDRESS(DEVICES) | ITS_VALID);
	at = put(at, GITS_BASER(1) | DOUBLEWORD, TABLE_ADDRESS(COLLECTIONS) | ITS_VALID);
	at = put(at, GITS_CBASER | DOUBLEWORD, TABLE_ADDRESS(QUEUE) | ITS_VALID);
	at = put(at, GITS_CTLR, 1);
	return put(at, GITS_CWRITER | DOUBLEWORD, commands);
}

/**
 * gic_prepare() - make the list of stores, and tables, in a guest's memory
 * @guest: with memory
 */
void gic_prepare(struct guest *guest)
{
	struct store *at = (struct store *)(guest->ram + GIC_STORES);

	at = put_distributor(at);
	for (unsigned int n = 0; n < guest->cpus; n++)
		at = put_redistributor(at, n);
	at = put_its(at, guest->ram);
	put(at, 0, 0);
}
