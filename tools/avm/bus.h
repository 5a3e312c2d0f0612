/* SPDX-License-Identifier: MIT */
/*
 * The bus: which device answers at which guest-physical address.
 *
 * A device sees offsets from its own base, never an address, a vCPU or the ABI.  All
 * its functions are called with the machine's lock held, so it needs no lock.
 */
#ifndef AVM_BUS_H
#define AVM_BUS_H

#include <stdbool.h>
#include <linux/types.h>

#include "map.h"
#include "util.h"

struct armvcpu_vm;
struct bus;
struct device;
struct dtb;

/**
 * struct device_ops - what a kind of device does
 * @width: bytes of its widest register; a wider access is several, the lowest address first
 * @read: a load of @width bytes (1, 2, 4 or 8, but not more than a register has) at @offset
 * @write: a store of @width bytes at @offset
 * @connect: the guest's VM is there.  May be missing.
 * @reset: as at power-on; what is kept without power stays.  May be missing.
 * @tick: do what is due by now.  Returns in how many ms to be called again, or -1: not
 *	before machine_wake().  May be missing.
 * @describe: write the device's node into the device tree
 * @tell: what its user may want to know goes to @text, lines that begin with a \n, or nothing.
 *	May be missing.
 */
struct device_ops {
	unsigned int width;
	__u64 (*read)(struct device *dev, __u64 offset, unsigned int width);
	void (*write)(struct device *dev, __u64 offset, __u64 value, unsigned int width);
	void (*connect)(struct device *dev);
	void (*reset)(struct device *dev);
	int (*tick)(struct device *dev);
	void (*describe)(struct device *dev, struct dtb *dtb);
	void (*tell)(const struct device *dev, char *text, size_t size);
};

/**
 * struct device - what the bus knows of a device; the first part of each
 * @name: for messages
 * @ops: what it does
 * @map: where it is
 * @bus: set by bus_add()
 * @memory: what the guest reads there without exits, or NULL: device_show_memory()
 * @irq: level of its interrupt line
 */
struct device {
	const char *name;
	const struct device_ops *ops;
	const struct map_entry *map;
	struct bus *bus;
	const void *memory;
	bool irq;
};

#define BUS_DEVICES	40
#define BUS_STRANGERS	16

/**
 * struct bus - the devices, and where the guest has been wrong
 * @devices: in the order in which they were added
 * @count: of them
 * @vm: that gets what devices have for the guest; NULL while it isn't set up yet
 * @gic: the guest has a GIC, which devices' interrupts go to
 * @error: first failure to give it something, a negative errno
 * @strangers: pages that bus_warn() has been about; bit 0: accesses that abort
 * @stranger_count: of them
 */
struct bus {
	struct device *devices[BUS_DEVICES];
	unsigned int count;
	struct armvcpu_vm *vm;
	bool gic;
	int error;
	__u64 strangers[BUS_STRANGERS];
	unsigned int stranger_count;
};

/**
 * bus_add() - put a device on the bus
 * @bus: the bus
 * @dev: its name, ops and map are set
 *
 * Return: 0; -EEXIST where it overlaps another one; -ENOSPC.
 */
int bus_add(struct bus *bus, struct device *dev);

/**
 * bus_connect() - devices have a guest from now on
 * @bus: the bus
 * @vm: the guest's
 * @gic: it has a GIC
 */
void bus_connect(struct bus *bus, struct armvcpu_vm *vm, bool gic);

/**
 * bus_reset() - reset all devices
 * @bus: the bus
 */
void bus_reset(struct bus *bus);

/**
 * bus_tick() - have all devices do what is due by now
 * @bus: the bus
 *
 * Return: in how many ms to call this again, or -1: not before machine_wake().
 */
int bus_tick(struct bus *bus);

/**
 * bus_describe() - have all devices write their device-tree nodes
 * @bus: the bus
 * @dtb: the tree, in its root node
 */
void bus_describe(struct bus *bus, struct dtb *dtb);

/**
 * bus_tell() - have all devices tell what their user may want to know
 * @bus: the bus
 * @text: gets lines, each of which begins with a \n
 * @size: bytes that there is room for
 */
void bus_tell(const struct bus *bus, char *text, size_t size);

/**
 * bus_read() - a guest's load from a device
 * @bus: the bus
 * @addr: guest-physical address
 * @width: in bytes
 *
 * Return: the value; 0 where nothing is.
 */
__u64 bus_read(struct bus *bus, __u64 addr, unsigned int width);

/**
 * bus_write() - a guest's store to a device; ignored where nothing is
 * @bus: the bus
 * @addr: guest-physical address
 * @value: what is stored
 * @width: in bytes
 */
void bus_write(struct bus *bus, __u64 addr, __u64 value, unsigned int width);

/**
 * bus_warn() - say what the guest does on the bus, once for each page, for a few pages only
 * @bus: the bus
 * @addr: guest-physical address
 * @aborts: it gets an abort, which it is told of even where less was said already
 * @what: "reads zero from" and the like
 */
void bus_warn(struct bus *bus, __u64 addr, bool aborts, const char *what);

/**
 * bus_memory() - what a device shows the guest as memory
 * @bus: the bus
 * @addr: guest-physical address
 * @size: in bytes
 *
 * Return: where it is, or NULL when not all of it is such memory.
 */
const void *bus_memory(struct bus *bus, __u64 addr, __u64 size);

/**
 * device_set_irq() - set the level of a device's interrupt line
 * @dev: the device
 * @level: true when it asks for service
 *
 * Without an interrupt controller the guest has to ask the device.
 */
void device_set_irq(struct device *dev, bool level);

/**
 * device_interrupt_by() - have signals of an eventfd interrupt the guest, as an edge each
 * @dev: the device, in its connect()
 * @fd: the eventfd
 *
 * Without an interrupt controller the guest has to ask the device.
 */
void device_interrupt_by(struct device *dev, int fd);

/**
 * device_signal() - have stores to a register of 32 bits signal an eventfd, without exits
 * @dev: the device, in its connect()
 * @offset: of the register
 * @value: that is stored
 * @fd: the eventfd
 */
void device_signal(struct device *dev, __u64 offset, __u32 value, int fd);

/**
 * device_show_memory() - let the guest read a device as memory, without exits
 * @dev: the device; its map says where and how much
 * @memory: what is there, or NULL: accesses are the device's again
 *
 * Stores stay the device's.
 */
void device_show_memory(struct device *dev, void *memory);

#endif /* AVM_BUS_H */
