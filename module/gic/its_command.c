// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of the ITS (IHI 0069, 5.3): those of a GICv3.
 *
 * One that makes no sense (an id that is out of range or isn't mapped, a table without memory) is
 * skipped, and so is one for which the kernel has no memory left.  All others have had
 * their effect when the next one begins, so SYNC has nothing to do.
 */
#include "its.h"

/* Fields, by the word that they are in */
#define CODE(w)			((w)[0] & 0xff)
#define DEVICE(w)		((u32)((w)[0] >> 32))
#define EVENT(w)		((u32)(w)[1])
#define PINTID(w)		((u32)((w)[1] >> 32))
#define SIZE(w)			((w)[1] & 0x1f)
#define ICID(w)			((u32)(w)[2] & 0xffff)
#define RDBASE(word)		((word) >> 16 & GENMASK_ULL(31, 0))
#define ITT(w)			((w)[2] & GENMASK_ULL(51, 8))

/* The vCPU that a command names */
static struct gic_cpu *target(struct gic_its *its, u64 word)
{
	u64 number = RDBASE(word);

	return number < gic_nr_cpus(its->gic) ? its->gic->cpus[number] : NULL;
}

/* The event that a command is about, and who takes its interrupts, or NULL */
static struct gic_cpu *find(struct gic_its *its, const u64 *w, struct its_event *found)
{
	return its_find_event(its, DEVICE(w), EVENT(w), found) ?
	       its_find_collection(its, found->collection) : NULL;
}

static void mapd(struct gic_its *its, const u64 *w)
{
	if (!(w[2] & ITS_VALID))
		its_unmap_device(its, DEVICE(w));
	else if (SIZE(w) < ITS_EVENT_ID_BITS)
		its_map_device(its, DEVICE(w), ITT(w), SIZE(w) + 1);
}

static void mapc(struct gic_its *its, const u64 *w)
{
	struct gic_cpu *cpu = target(its, w[2]);

	if (!(w[2] & ITS_VALID))
		its_unmap_collection(its, ICID(w));
	else if (cpu)
		its_map_collection(its, ICID(w), cpu);
}

/* An event that is mapped stays so */
static void map_event(struct gic_its *its, const u64 *w, u32 intid)
{
	struct its_event to = { intid, ICID(w) }, old;
	struct gic_cpu *cpu;

	if (!lpi_there(intid) || to.collection >> ITS_COLLECTION_ID_BITS ||
	    its_find_event(its, DEVICE(w), EVENT(w), &old) ||
	    its_map_event(its, DEVICE(w), EVENT(w), &to))
		return;
	cpu = its_find_collection(its, to.collection);
	if (cpu)
		lpi_reload(cpu, intid);
}

static void mapti(struct gic_its *its, const u64 *w)
{
	map_event(its, w, PINTID(w));
}

static void mapi(struct gic_its *its, const u64 *w)
{
	map_event(its, w, EVENT(w));
}

/*
 * In the commands below that change where an interrupt goes, the map comes first: an MSI that has
 * looked it up before has been sent by the time we have the GIC's lock.
 */
static void movi(struct gic_its *its, const u64 *w)
{
	struct gic_cpu *from, *to = its_find_collection(its, ICID(w));
	struct its_event event;

	if (!to || !its_find_event(its, DEVICE(w), EVENT(w), &event))
		return;
	from = its_find_collection(its, event.collection);
	event.collection = ICID(w);
	if (its_map_event(its, DEVICE(w), EVENT(w), &event) || !from || from == to)
		return;
	gic_lock_recalled_lpis(its->gic);
	if (lpi_clear(from, event.intid))
		lpi_send(to, event.intid);
	gic_unlock_recalled(its->gic);
}

static void movall(struct gic_its *its, const u64 *w)
{
	struct gic_cpu *from = target(its, w[2]), *to = target(its, w[3]);

	if (!from || !to || from == to)
		return;
	gic_lock_recalled_lpis(its->gic);
	lpis_move(from, to);
	gic_unlock_recalled(its->gic);
}

static void interrupt(struct gic_its *its, const u64 *w)
{
	raw_spin_lock_irq(&its->gic->lock);
	its_signal(its, DEVICE(w), EVENT(w));
	raw_spin_unlock_irq(&its->gic->lock);
}

static void clear(struct gic_its *its, const u64 *w)
{
	struct its_event event;
	struct gic_cpu *cpu = find(its, w, &event);

	if (!cpu)
		return;
	gic_lock_recalled_lpis(its->gic);
	lpi_clear(cpu, event.intid);
	gic_unlock_recalled(its->gic);
}

static void discard(struct gic_its *its, const u64 *w)
{
	struct its_event event;
	struct gic_cpu *cpu;

	if (!its_find_event(its, DEVICE(w), EVENT(w), &event))
		return;
	cpu = its_find_collection(its, event.collection);
	its_unmap_event(its, DEVICE(w), EVENT(w));
	if (!cpu)
		return;
	gic_lock_recalled_lpis(its->gic);
	lpi_clear(cpu, event.intid);
	gic_unlock_recalled(its->gic);
}

static void inv(struct gic_its *its, const u64 *w)
{
	struct its_event event;
	struct gic_cpu *cpu = find(its, w, &event);

	if (cpu)
		lpi_reload(cpu, event.intid);
}

/* More than is asked for: the configuration of all LPIs, which all vCPUs share */
static void invall(struct gic_its *its, const u64 *w)
{
	struct gic_cpu *cpu = its_find_collection(its, ICID(w));

	if (cpu)
		lpis_reload(cpu);
}

static const struct {
	u8 code;
	u8 cost;
	void (*handle)(struct gic_its *its, const u64 *w);
} commands[] = {
	{ 0x01, 4, movi },
	{ 0x03, 1, interrupt },
	{ 0x04, 4, clear },
	{ 0x08, 4, mapd },
	{ 0x09, 1, mapc },
	{ 0x0a, 2, mapti },
	{ 0x0b, 2, mapi },
	{ 0x0c, 4, inv },
	{ 0x0d, 64, invall },
	{ 0x0e, 16, movall },
	{ 0x0f, 4, discard },
};

/**
 * its_command() - do what a command says
 * @its: locked
 * @words: the command
 *
 * Return: what it has cost; 1 is the least.
 */
unsigned int its_command(struct gic_its *its, const u64 *words)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (commands[i].code != CODE(words))
			continue;
		commands[i].handle(its, words);
		return commands[i].cost;
	}
	/* SYNC, and those that there aren't */
	return 1;
}
