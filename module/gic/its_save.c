// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ITS has mapped, saved into the guest's tables, and restored from them.
 *
 * All entries of the device table and of that of collections are written, for nobody knows what
 * the guest's memory has where nothing is mapped.  Tables of events can be long and shared, so
 * there the entries that are mapped are a chain, which begins with entry 0, be that mapped or not.
 *
 * What is restored may be anything: it passes the same checks as a command, and chains only go up.
 */
#include <linux/sched/signal.h>

#include "memory/copy.h"
#include "device.h"
#include "its.h"

/* Of a device: where its table of events is; and bits of EventID, less one */
#define DEVICE_ITT		GENMASK_ULL(51, 8)
#define DEVICE_BITS		GENMASK_ULL(3, 0)

/* Of an event; Next is the next EventID that is mapped, or 0 */
#define EVENT_NEXT(entry)	((u32)((entry) >> 32 & 0xffff))
#define EVENT_COLLECTION(entry)	((u32)((entry) >> 48 & 0x3ff))
#define EVENT_INTID(entry)	((u32)(entry))
#define EVENT(to)		(ITS_VALID | (u64)(to)->collection << 48 | (to)->intid)

/* There is no memory for an entry (any more) */
#define NOWHERE			(~0ULL)

static int write_entry(struct gic_its *its, u64 addr, u64 entry)
{
	__le64 value = cpu_to_le64(entry);

	return copy_guest_write(its->gic->vm, addr, &value, sizeof(value));
}

static int read_entry(struct gic_its *its, u64 addr, u64 *entry)
{
	__le64 value = 0;
	int ret = addr == NOWHERE ? 0 : copy_guest_read(its->gic->vm, addr, &value, sizeof(value));

	*entry = ret ? 0 : le64_to_cpu(value);
	return ret;
}

/* A chain of the events of a device */
static int save_events(struct gic_its *its, u32 device, u64 itt)
{
	struct its_event to;
	u64 entry = 0, at = itt;
	u32 event = 0;
	int ret;

	if (its_find_event(its, device, 0, &to))
		entry = EVENT(&to);
	while (its_next_event(its, device, &event, &to)) {
		ret = write_entry(its, at, entry | (u64)event << 32);
		if (ret)
			return ret;
		at = itt + (u64)event * ITS_ENTRY_SIZE;
		entry = EVENT(&to);
		cond_resched();
	}
	return write_entry(its, at, entry);
}

static int save_device(struct gic_its *its, u32 device, u64 addr)
{
	unsigned int bits;
	u64 itt;

	if (!its_find_device(its, device, &itt, &bits))
		return addr == NOWHERE ? 0 : write_entry(its, addr, 0);
	return write_entry(its, addr, ITS_VALID | itt | (bits - 1)) ?:
	       save_events(its, device, itt);
}

static int save_collection(struct gic_its *its, u32 id, u64 addr)
{
	struct gic_cpu *cpu = its_find_collection(its, id);

	if (!cpu && addr == NOWHERE)
		return 0;
	return write_entry(its, addr, cpu ? ITS_VALID | cpu->index : 0);
}

static int restore_event(struct gic_its *its, u32 device, u32 event, u64 entry)
{
	struct its_event to = { EVENT_INTID(entry), EVENT_COLLECTION(entry) };

	/* But for the first one, what isn't mapped isn't in the chain */
	if (!(entry & ITS_VALID))
		return event ? -EINVAL : 0;
	return lpi_there(to.intid) ? its_map_event(its, device, event, &to) : -EINVAL;
}

static int restore_events(struct gic_its *its, u32 device, u64 itt, unsigned int bits)
{
	u32 event = 0, next;
	u64 entry;
	int ret;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = read_entry(its, itt + (u64)event * ITS_ENTRY_SIZE, &entry) ?:
		      restore_event(its, device, event, entry);
		if (ret)
			return ret;
		next = EVENT_NEXT(entry);
		if (next && (next <= event || next >> bits))
			return -EINVAL;
		event = next;
		cond_resched();
	} while (next);
	return 0;
}

static int restore_device(struct gic_its *its, u32 device, u64 addr)
{
	unsigned int bits;
	u64 entry;
	int ret;

	ret = read_entry(its, addr, &entry);
	if (ret || !(entry & ITS_VALID))
		return ret;
	bits = (entry & DEVICE_BITS) + 1;
	return its_map_device(its, device, entry & DEVICE_ITT, bits) ?:
	       restore_events(its, device, entry & DEVICE_ITT, bits);
}

static int restore_collection(struct gic_its *its, u32 id, u64 addr)
{
	u64 entry, number;
	int ret;

	ret = read_entry(its, addr, &entry);
	if (ret || !(entry & ITS_VALID))
		return ret;
	number = entry & ~ITS_VALID;
	if (number >= its->gic->nr_cpus)
		return -EINVAL;
	return its_map_collection(its, id, its->gic->cpus[number]);
}

/* All entries that a table can have, be there memory for them or not */
static int visit_entries(struct gic_its *its, unsigned int table, u32 ids,
			 int (*visit)(struct gic_its *its, u32 id, u64 addr))
{
	u64 addr;
	u32 id;
	int ret;

	for (id = 0; id < ids; id++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		ret = its_entry_at(its, table, id, &addr);
		if (ret == -ENOENT)
			addr = NOWHERE;
		else if (ret)
			return ret;
		ret = visit(its, id, addr);
		if (ret)
			return ret;
	}
	return 0;
}

static int save(struct gic_its *its)
{
	struct gic *gic = its->gic;
	unsigned int i;
	int ret;

	ret = visit_entries(its, ITS_BASER_COLLECTIONS, BIT(ITS_COLLECTION_ID_BITS),
			    save_collection) ?:
	      visit_entries(its, ITS_BASER_DEVICES, GIC_MAX_MSI_DEVICES, save_device);
	for (i = 0; !ret && i < gic->nr_cpus; i++)
		ret = lpis_save(gic->cpus[i]);
	return ret;
}

static void forget(struct gic_its *its)
{
	its_forget_table(its, ITS_BASER_DEVICES);
	its_forget_table(its, ITS_BASER_COLLECTIONS);
}

static int restore(struct gic_its *its)
{
	int ret;

	forget(its);
	ret = visit_entries(its, ITS_BASER_COLLECTIONS, BIT(ITS_COLLECTION_ID_BITS),
			    restore_collection) ?:
	      visit_entries(its, ITS_BASER_DEVICES, GIC_MAX_MSI_DEVICES, restore_device);
	if (ret)
		forget(its);
	return ret;
}

static int while_none_runs(int (*move)(struct gic_its *its), struct vm *vm)
{
	struct gic *gic = vm->gic;
	struct gic_its *its = gic ? its_of(gic) : NULL;
	bool runs;
	int ret;

	if (!its)
		return -ENODEV;
	if (mutex_lock_killable(&its->lock))
		return -EINTR;
	raw_spin_lock_irq(&gic->lock);
	runs = gic_any_runs(gic);
	raw_spin_unlock_irq(&gic->lock);
	/* One that begins to from here on has to wait where it would change something */
	ret = runs ? -EBUSY : move(its);
	mutex_unlock(&its->lock);
	return ret;
}

/**
 * gic_save_its() - the command SAVE_ITS
 * @vm: with vm->setup held
 *
 * Return: 0, -ENODEV, -EBUSY, -EFAULT, -EINTR (a fatal signal).
 */
int gic_save_its(struct vm *vm)
{
	return while_none_runs(save, vm);
}

/**
 * gic_restore_its() - the command RESTORE_ITS
 * @vm: with vm->setup held
 *
 * Return: 0, -ENODEV, -EBUSY, -EFAULT, -EINVAL, -ENOSPC, -ENOMEM, -EINTR (a fatal signal).
 */
int gic_restore_its(struct vm *vm)
{
	return while_none_runs(restore, vm);
}
