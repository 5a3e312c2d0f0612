// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that SAVE_ITS and RESTORE_ITS survive the failure of their allocations and of their copies
 * to and from guest memory (lib/fail_each.h).  Of the latter there is one for each entry of a
 * table, so some of them do.
 */
#include <stdlib.h>
#include <string.h>
#include "fail_each.h"
#include "its.h"

/* Of 4 KiB */
#define DEVICES		(ITS_VALID | ITS_CACHED | ITS_DEVICES)
#define TABLE_SIZE	0x1000UL
#define ENTRIES		(TABLE_SIZE / sizeof(u64))

/* So there are some in each table, and in the chain of events */
#define STEP		29
#define EVENTS		64

static const u64 tables[] = { ITS_COLLECTIONS, ITS_DEVICES, ITS_ITT };

static void map_events(struct vcpu *vcpu)
{
	struct its_command commands[EVENTS];
	u32 i;

	for (i = 0; i < EVENTS; i++)
		commands[i] = ITS_MAPTI(0, i, LPI + i, 0);
	its_do(vcpu, ITS_MAPD(0, ITS_ITT, 6));
	its_do_all(vcpu, commands, EVENTS, __FILE__, __LINE__);
}

/* One device, whose events the vCPU counts */
static void prepare_its(struct state *s)
{
	struct vgic_shared *shared;

	its_vm(&s->vm);
	s->vcpu = vcpu_create(&s->vm);
	shared = vm_host(&s->vm, GUEST_SHARED);
	shared->quiet = 1;
	gic_serve(s->vcpu);
	memset(vm_host(&s->vm, ITS_CONFIG), LPI_ENABLED | 0x80, EVENTS);
	its_enable(s->vcpu, DEVICES);
	map_events(s->vcpu);
}

static bool comes(struct state *s, u32 event)
{
	struct vgic_shared *shared = vm_host(&s->vm, GUEST_SHARED);

	shared->taken = 0;
	its_msi(&s->vm, 0, event);
	gic_idle(s->vcpu);
	return shared->taken;
}

static bool all_come(struct state *s)
{
	u32 i;

	for (i = 0; i < EVENTS && comes(s, i); i++)
		;
	return i == EVENTS;
}

/* SAVE_ITS: what there is to be afterwards has been seen before */

static void clear_tables(struct state *s)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		memset(vm_host(&s->vm, tables[i]), 0xff, TABLE_SIZE);
}

static int issue_save(struct state *s)
{
	return its_save(&s->vm);
}

static void prepare_save(struct state *s)
{
	unsigned int i;

	prepare_its(s);
	s->page = malloc(ARRAY_SIZE(tables) * TABLE_SIZE);
	clear_tables(s);
	issue_save(s);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		memcpy(s->page + i * TABLE_SIZE, vm_host(&s->vm, tables[i]), TABLE_SIZE);
	clear_tables(s);
}

static bool save_worked(struct state *s)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (memcmp(s->page + i * TABLE_SIZE, vm_host(&s->vm, tables[i]), TABLE_SIZE))
			return false;
	return true;
}

/* RESTORE_ITS: one that fails leaves nothing mapped */

static void undo_restore(struct state *s)
{
	its_reset(s->vcpu, DEVICES);
}

static void prepare_restore(struct state *s)
{
	prepare_its(s);
	its_save(&s->vm);
	undo_restore(s);
}

static int issue_restore(struct state *s)
{
	return its_restore(&s->vm);
}

/* Neither an event nor the collection, whose first event this is then */
static bool nothing_is_mapped(struct state *s)
{
	u32 i;

	for (i = 0; i < EVENTS; i++)
		if (comes(s, i))
			return false;
	map_events(s->vcpu);
	return !comes(s, 0);
}

COMMAND(save_its, prepare_save, issue_save, save_worked, clear_tables, all_come,
	.least = 2 * ENTRIES / STEP, .step = STEP);
COMMAND(restore_its, prepare_restore, issue_restore, all_come, undo_restore, nothing_is_mapped,
	.least = 2 * ENTRIES / STEP, .step = STEP);
