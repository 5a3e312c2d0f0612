// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ITS has mapped: devices, events and collections.
 *
 * The guest gives memory for tables, which an ITS may use as it likes.  This one keeps its maps in
 * the kernel, where an MSI finds them in any context, and takes the tables as their bound: what has
 * no entry there can't be mapped.  The maps are xarrays of plain values, so nothing is allocated
 * but their nodes, and nobody can hold on to what goes.
 */
#include "memory/copy.h"
#include "its.h"

#define BASER_INDIRECT		BIT_ULL(62)
#define BASER_PAGE(baser)	(SZ_4K << (2 * min_t(unsigned int, (baser) >> 8 & 3, 2)))
#define BASER_BYTES(baser)	((u64)(((baser) & 0xff) + 1) * BASER_PAGE(baser))
#define LEVEL2_ADDR		GENMASK_ULL(51, 12)

/* Of a device: where its table of events is, and how many bits EventIDs have */
#define DEVICE(itt, bits)	xa_mk_value((unsigned long)((itt) >> 8 << 5 | ((bits) - 1)))
#define DEVICE_ITT(entry)	((u64)xa_to_value(entry) >> 5 << 8)
#define DEVICE_BITS(entry)	((xa_to_value(entry) & 0x1f) + 1)

#define EVENT_KEY(device, event) ((unsigned long)(device) << ITS_EVENT_ID_BITS | (event))
#define EVENT(to)		xa_mk_value((to)->intid | (unsigned long)(to)->collection << 32)
#define EVENT_INTID(entry)	((u32)xa_to_value(entry))
#define EVENT_COLLECTION(entry)	((u32)(xa_to_value(entry) >> 32))

/* With pages of 64 KiB there are 52 bits of address, of which the upper ones are in bits 15:12 */
static u64 baser_addr(u64 baser)
{
	if (BASER_PAGE(baser) == SZ_64K)
		return (baser & GENMASK_ULL(47, 16)) | (baser & GENMASK_ULL(15, 12)) << 36;
	return baser & GENMASK_ULL(47, 12) & ~(u64)(BASER_PAGE(baser) - 1);
}

/**
 * its_entry_at() - find an entry of a table
 * @its: locked
 * @table: ITS_BASER_*
 * @id: the entry's number
 * @found: its guest-physical address
 *
 * Return: 0, -ENOENT: the guest has given no memory for it, or -EFAULT: the process has none there.
 */
int its_entry_at(struct gic_its *its, unsigned int table, u32 id, u64 *found)
{
	u64 baser = its->baser[table], addr = baser_addr(baser), at = (u64)id * ITS_ENTRY_SIZE;
	u64 level1 = at / BASER_PAGE(baser) * ITS_ENTRY_SIZE;
	struct vm *vm = its->gic->vm;
	__le64 entry;

	if (!(baser & ITS_VALID))
		return -ENOENT;
	if (baser & BASER_INDIRECT) {
		if (level1 >= BASER_BYTES(baser))
			return -ENOENT;
		if (copy_guest_read(vm, addr + level1, &entry, sizeof(entry)))
			return copy_guest_can_write(vm, addr + level1, sizeof(entry)) ?
			       -EFAULT : -ENOENT;
		if (!(le64_to_cpu(entry) & ITS_VALID))
			return -ENOENT;
		addr = le64_to_cpu(entry) & LEVEL2_ADDR & ~(u64)(BASER_PAGE(baser) - 1);
		at %= BASER_PAGE(baser);
	} else if (at >= BASER_BYTES(baser)) {
		return -ENOENT;
	}
	*found = addr + at;
	return copy_guest_can_write(vm, *found, ITS_ENTRY_SIZE) ? 0 : -ENOENT;
}

static void forget_events(struct gic_its *its, u32 device)
{
	unsigned long key = EVENT_KEY(device, 0);
	unsigned long last = EVENT_KEY(device, BIT(ITS_EVENT_ID_BITS) - 1);
	void *entry;

	for (entry = xa_find(&its->events, &key, last, XA_PRESENT); entry;
	     entry = xa_find_after(&its->events, &key, last, XA_PRESENT)) {
		xa_erase(&its->events, key);
		its->nr_events--;
		cond_resched();
	}
}

/* Events are saved there; that of event 0 begins a chain, be that mapped or not */
static bool entry_is_there(const struct gic_its *its, u64 itt, u32 event)
{
	return copy_guest_can_write(its->gic->vm, itt + (u64)event * ITS_ENTRY_SIZE,
				    ITS_ENTRY_SIZE);
}

/**
 * its_map_device() - a device has a table for its events
 * @its: locked
 * @device: DeviceID
 * @itt: where, guest-physical
 * @bits: of its EventIDs, up to ITS_EVENT_ID_BITS
 *
 * If there was one, its events are forgotten.  Of the table, that much has to be memory as events
 * are mapped: guests give small ones a length that they don't use.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int its_map_device(struct gic_its *its, u32 device, u64 itt, unsigned int bits)
{
	u64 entry;

	if (device >= GIC_MAX_MSI_DEVICES ||
	    its_entry_at(its, ITS_BASER_DEVICES, device, &entry) ||
	    !entry_is_there(its, itt, 0))
		return -EINVAL;
	forget_events(its, device);
	return xa_err(xa_store(&its->devices, device, DEVICE(itt, bits), GFP_KERNEL_ACCOUNT));
}

/**
 * its_unmap_device() - forget a device and its events
 * @its: locked
 * @device: DeviceID
 */
void its_unmap_device(struct gic_its *its, u32 device)
{
	if (xa_erase(&its->devices, device))
		forget_events(its, device);
}

/**
 * its_find_device() - look a device up
 * @its: locked
 * @device: DeviceID
 * @itt: where its table of events is
 * @bits: of its EventIDs
 *
 * Return: whether it is mapped.
 */
bool its_find_device(struct gic_its *its, u32 device, u64 *itt, unsigned int *bits)
{
	void *entry = xa_load(&its->devices, device);

	if (!entry)
		return false;
	*itt = DEVICE_ITT(entry);
	*bits = DEVICE_BITS(entry);
	return true;
}

/**
 * its_map_event() - map an event, or give it another place
 * @its: locked
 * @device: DeviceID
 * @event: EventID
 * @to: what to
 *
 * Return: 0, -EINVAL, -ENOSPC, -ENOMEM.
 */
int its_map_event(struct gic_its *its, u32 device, u32 event, const struct its_event *to)
{
	void *mapped = xa_load(&its->devices, device), *old;

	if (!mapped || event >> DEVICE_BITS(mapped))
		return -EINVAL;
	old = xa_load(&its->events, EVENT_KEY(device, event));
	if (!old && !entry_is_there(its, DEVICE_ITT(mapped), event))
		return -EINVAL;
	if (!old && its->nr_events >= GIC_MAX_MSI_EVENTS)
		return -ENOSPC;
	old = xa_store(&its->events, EVENT_KEY(device, event), EVENT(to), GFP_KERNEL_ACCOUNT);
	if (!old)
		its->nr_events++;
	return xa_err(old);
}

/**
 * its_unmap_event() - forget an event
 * @its: locked
 * @device: DeviceID
 * @event: EventID, that is mapped
 */
void its_unmap_event(struct gic_its *its, u32 device, u32 event)
{
	xa_erase(&its->events, EVENT_KEY(device, event));
	its->nr_events--;
}

/**
 * its_find_event() - look an event up
 * @its: locked, or its GIC
 * @device: DeviceID
 * @event: EventID
 * @found: what it is mapped to
 *
 * Return: whether it is.
 */
bool its_find_event(struct gic_its *its, u32 device, u32 event, struct its_event *found)
{
	void *entry;

	if (device >= GIC_MAX_MSI_DEVICES || event >> ITS_EVENT_ID_BITS)
		return false;
	entry = xa_load(&its->events, EVENT_KEY(device, event));
	if (!entry)
		return false;
	*found = (struct its_event) { EVENT_INTID(entry), EVENT_COLLECTION(entry) };
	return true;
}

/**
 * its_next_event() - the event of a device that comes after another
 * @its: locked
 * @device: DeviceID
 * @event: EventID; the next one's then
 * @found: what that is mapped to
 *
 * Return: whether there is one.
 */
bool its_next_event(struct gic_its *its, u32 device, u32 *event, struct its_event *found)
{
	unsigned long key = EVENT_KEY(device, *event);
	unsigned long last = EVENT_KEY(device, BIT(ITS_EVENT_ID_BITS) - 1);
	void *entry = xa_find_after(&its->events, &key, last, XA_PRESENT);

	if (!entry)
		return false;
	*event = key & (BIT(ITS_EVENT_ID_BITS) - 1);
	*found = (struct its_event) { EVENT_INTID(entry), EVENT_COLLECTION(entry) };
	return true;
}

/**
 * its_map_collection() - have a vCPU take the interrupts of a collection
 * @its: locked
 * @id: ICID
 * @cpu: who
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int its_map_collection(struct gic_its *its, u32 id, struct gic_cpu *cpu)
{
	u64 entry;

	if (id >> ITS_COLLECTION_ID_BITS || its_entry_at(its, ITS_BASER_COLLECTIONS, id, &entry))
		return -EINVAL;
	return xa_err(xa_store(&its->collections, id, cpu, GFP_KERNEL_ACCOUNT));
}

/**
 * its_unmap_collection() - nobody takes the interrupts of a collection
 * @its: locked
 * @id: ICID
 */
void its_unmap_collection(struct gic_its *its, u32 id)
{
	xa_erase(&its->collections, id);
}

/**
 * its_find_collection() - look a collection up
 * @its: locked, or its GIC
 * @id: ICID
 *
 * Return: who takes its interrupts, or NULL.
 */
struct gic_cpu *its_find_collection(struct gic_its *its, u32 id)
{
	return xa_load(&its->collections, id);
}

/* One by one: xa_destroy() keeps interrupts off from its beginning to its end */
static void erase_all(struct xarray *map)
{
	unsigned long key;
	void *entry;

	xa_for_each(map, key, entry) {
		xa_erase(map, key);
		cond_resched();
	}
}

/**
 * its_forget_table() - forget what was mapped in a table
 * @its: locked, or nobody else's
 * @which: ITS_BASER_*
 */
void its_forget_table(struct gic_its *its, unsigned int which)
{
	if (which == ITS_BASER_COLLECTIONS) {
		erase_all(&its->collections);
		return;
	}
	erase_all(&its->events);
	its->nr_events = 0;
	erase_all(&its->devices);
}
