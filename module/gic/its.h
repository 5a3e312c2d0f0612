/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt translation service (IHI 0069, chapter 5), and LPIs, which come by it.
 */
#ifndef ARM_VCPU_ITS_H
#define ARM_VCPU_ITS_H

#include <linux/mutex.h>

#include "gic.h"

#define ITS_EVENT_ID_BITS	16
#define ITS_COLLECTION_ID_BITS	10

/* Tables of the guest's, GITS_BASER<n>: the device table and the collection table */
#define ITS_BASER_DEVICES	0
#define ITS_BASER_COLLECTIONS	1
#define ITS_BASERS		2

/* Of a table, and in one */
#define ITS_VALID		BIT_ULL(63)
#define ITS_ENTRY_SIZE		8

/**
 * struct gic_its - a VM's ITS, and what its redistributors know of LPIs
 * @gic: its GIC
 * @placed: the guest has it
 * @addr: where, guest-physical
 * @lock: for all of this, and for what redistributors have of LPIs; held while a vCPU works off
 *	commands, and so while guest memory is read.  Outside @gic->lock.
 * @enabled: GITS_CTLR.Enabled; changed with @gic->lock held, too
 * @stalled: a command couldn't be read
 * @cbaser: GITS_CBASER
 * @cwriter: GITS_CWRITER.Offset
 * @creadr: GITS_CREADR.Offset
 * @baser: GITS_BASER<n>
 * @devices: by DeviceID: its_table.c
 * @events: by DeviceID and EventID
 * @nr_events: in @events
 * @collections: by ICID: the &struct gic_cpu.  These three are read under RCU, too.
 * @lpi_enabled: of LPIs' configuration, as the guest has last told to read it; changed with
 *	@gic->lock held, too
 * @lpi_priority: the same
 * @lpi_best: of each word of @lpi_enabled, the priority of the most urgent one; the same
 */
struct gic_its {
	struct gic *gic;
	bool placed;
	u64 addr;
	struct mutex lock;
	bool enabled;
	bool stalled;
	u64 cbaser;
	u32 cwriter;
	u32 creadr;
	u64 baser[ITS_BASERS];
	struct xarray devices;
	struct xarray events;
	unsigned int nr_events;
	struct xarray collections;
	unsigned long lpi_enabled[GIC_LPI_WORDS];
	u8 lpi_priority[GIC_MAX_LPIS];
	u8 lpi_best[GIC_LPI_WORDS];
};

/* The ITS, if there is one */
static inline struct gic_its *its_of(const struct gic *gic)
{
	struct gic_its *its = READ_ONCE(gic->its);

	/* Pairs with its_place(): what is placed is whole */
	return its && smp_load_acquire(&its->placed) ? its : NULL;
}

/* its.c */
int its_create(struct gic *gic);
void its_destroy(struct gic *gic);
void its_remove(struct gic *gic);
void its_place(struct gic_its *its, u64 addr);
u32 its_read(struct gic_its *its, u32 offset);
void its_write(struct gic_its *its, struct gic_cpu *by, u32 offset, u32 value, u32 mask);
void its_restore_reg(struct gic_its *its, u32 offset, u32 value);
void its_serve(struct gic_cpu *cpu);
bool its_signal(struct gic_its *its, u32 device, u32 event);

/* its_command.c: with its->lock held */
unsigned int its_command(struct gic_its *its, const u64 *words);

/**
 * struct its_event - what is mapped to an event
 * @intid: the LPI
 * @collection: the ICID of who takes it
 */
struct its_event {
	unsigned int intid;
	unsigned int collection;
};

/* its_table.c: with its->lock held; look-ups also under gic->lock alone */
int its_entry_at(struct gic_its *its, unsigned int table, u32 id, u64 *found);
int its_map_device(struct gic_its *its, u32 device, u64 itt, unsigned int bits);
void its_unmap_device(struct gic_its *its, u32 device);
bool its_find_device(struct gic_its *its, u32 device, u64 *itt, unsigned int *bits);
int its_map_event(struct gic_its *its, u32 device, u32 event, const struct its_event *to);
void its_unmap_event(struct gic_its *its, u32 device, u32 event);
bool its_find_event(struct gic_its *its, u32 device, u32 event, struct its_event *found);
bool its_next_event(struct gic_its *its, u32 device, u32 *event, struct its_event *found);
int its_map_collection(struct gic_its *its, u32 id, struct gic_cpu *cpu);
void its_unmap_collection(struct gic_its *its, u32 id);
struct gic_cpu *its_find_collection(struct gic_its *its, u32 id);
void its_forget_table(struct gic_its *its, unsigned int which);

/* lpi.c: with gic->lock held */
void lpi_send(struct gic_cpu *cpu, unsigned int intid);
void lpi_set(struct gic_cpu *cpu, unsigned int intid);
bool lpi_clear(struct gic_cpu *cpu, unsigned int intid);
void lpis_move(struct gic_cpu *from, struct gic_cpu *to);
unsigned long lpis_next(const struct gic_cpu *cpu, unsigned int *word, unsigned int end);
u8 lpi_priority(const struct gic_cpu *cpu, unsigned int intid);
bool lpi_comes(const struct gic_cpu *cpu, unsigned int intid);
void lpis_changed(struct gic_cpu *cpu, unsigned int first, unsigned int count);

static inline bool lpi_there(u64 intid)
{
	return intid >= GIC_FIRST_LPI && intid < GIC_FIRST_LPI + GIC_MAX_LPIS;
}

/* lpi_table.c */
bool lpi_reg(const struct gic_cpu *cpu, u32 offset);
u32 lpi_reg_read(const struct gic_cpu *cpu, u32 offset);
void lpi_reg_write(struct gic_cpu *cpu, u32 offset, u32 value);
/* with its->lock held */
void lpi_reload(struct gic_cpu *cpu, unsigned int intid);
void lpis_reload(struct gic_cpu *cpu);
int lpis_save(struct gic_cpu *cpu);

/* A register of 64 bits, of which the half at @offset is written */
static inline u64 its_set_half(u64 old, u32 offset, u32 value)
{
	return offset & 4 ? (u32)old | (u64)value << 32 : (old & GENMASK_ULL(63, 32)) | value;
}

/*
 * What tables are accessed by: through the caches, whatever the guest asks for.  So memory is
 * inner shareable, never non-cacheable (the values 0 and 1), and outer caches are as inner ones.
 */
static inline u64 its_attributes(u64 baser, unsigned int inner_cache)
{
	u64 inner = baser >> inner_cache & 7;

	return (baser & ~(7ULL << inner_cache | 3ULL << 10)) | 1ULL << 10 |
	       (inner < 2 ? 7 : inner) << inner_cache;
}

#endif /* ARM_VCPU_ITS_H */
