// SPDX-License-Identifier: MIT
#include "bus.h"

#include <errno.h>
#include <string.h>

#include "armvcpu.h"
#include "say.h"

/* INTID of the first shared interrupt */
#define SPI_FIRST	32

static bool overlaps(const struct map_entry *a, const struct map_entry *b)
{
	return a->base < b->base + b->size && b->base < a->base + a->size;
}

int bus_add(struct bus *bus, struct device *dev)
{
	for (unsigned int i = 0; i < bus->count; i++)
		if (overlaps(bus->devices[i]->map, dev->map))
			return -EEXIST;
	if (overlaps(&memory_map[MAP_RAM], dev->map))
		return -EEXIST;
	if (bus->count == BUS_DEVICES)
		return -ENOSPC;

	dev->bus = bus;
	bus->devices[bus->count++] = dev;
	return 0;
}

void bus_connect(struct bus *bus, struct armvcpu_vm *vm, bool gic)
{
	bus->vm = vm;
	bus->gic = gic;
	for (unsigned int i = 0; i < bus->count; i++)
		if (bus->devices[i]->ops->connect)
			bus->devices[i]->ops->connect(bus->devices[i]);
}

void bus_reset(struct bus *bus)
{
	for (unsigned int i = 0; i < bus->count; i++)
		if (bus->devices[i]->ops->reset)
			bus->devices[i]->ops->reset(bus->devices[i]);
}

int bus_tick(struct bus *bus)
{
	int wait = -1;

	for (unsigned int i = 0; i < bus->count; i++)
		if (bus->devices[i]->ops->tick)
			wait = sooner(wait, bus->devices[i]->ops->tick(bus->devices[i]));
	return wait;
}

void bus_describe(struct bus *bus, struct dtb *dtb)
{
	for (unsigned int i = 0; i < bus->count; i++)
		bus->devices[i]->ops->describe(bus->devices[i], dtb);
}

void bus_tell(const struct bus *bus, char *text, size_t size)
{
	*text = 0;
	for (unsigned int i = 0; i < bus->count; i++) {
		const struct device *dev = bus->devices[i];
		size_t length = strlen(text);

		if (dev->ops->tell)
			dev->ops->tell(dev, text + length, size - length);
	}
}

/* An access belongs to a device when all its bytes do */
static struct device *find(struct bus *bus, __u64 addr, __u64 width)
{
	for (unsigned int i = 0; i < bus->count; i++) {
		const struct map_entry *map = bus->devices[i]->map;

		if (addr >= map->base && addr - map->base <= map->size - width)
			return bus->devices[i];
	}
	return NULL;
}

/* Drivers probe for what isn't there, and a broken guest can do so for ever */
void bus_warn(struct bus *bus, __u64 addr, bool aborts, const char *what)
{
	__u64 page = (addr & ~0xfffULL) | aborts;

	for (unsigned int i = 0; i < bus->stranger_count; i++)
		if (bus->strangers[i] == page)
			return;
	if (bus->stranger_count == BUS_STRANGERS)
		return;
	bus->strangers[bus->stranger_count++] = page;
	say("the guest %s %#llx%s%s", what, (unsigned long long)addr,
	    find(bus, addr, 1) ? "" : ", where no device is",
	    bus->stranger_count == BUS_STRANGERS ? "; no more of these warnings" : "");
}

static unsigned int part_of(const struct device *dev, unsigned int width)
{
	return width < dev->ops->width ? width : dev->ops->width;
}

__u64 bus_read(struct bus *bus, __u64 addr, unsigned int width)
{
	struct device *dev = find(bus, addr, width);
	unsigned int part;
	__u64 value = 0;

	if (!dev) {
		bus_warn(bus, addr, false, "reads zero from");
		return 0;
	}
	part = part_of(dev, width);
	for (unsigned int done = 0; done < width; done += part)
		value |= dev->ops->read(dev, addr + done - dev->map->base, part) << done * 8;
	return value;
}

void bus_write(struct bus *bus, __u64 addr, __u64 value, unsigned int width)
{
	struct device *dev = find(bus, addr, width);
	unsigned int part;

	if (!dev) {
		bus_warn(bus, addr, false, "writes in vain to");
		return;
	}
	part = part_of(dev, width);
	for (unsigned int done = 0; done < width; done += part)
		dev->ops->write(dev, addr + done - dev->map->base, value >> done * 8, part);
}

const void *bus_memory(struct bus *bus, __u64 addr, __u64 size)
{
	struct device *dev = find(bus, addr, size);

	return dev && dev->memory ? (const char *)dev->memory + (addr - dev->map->base) : NULL;
}

static void note(struct bus *bus, int error)
{
	if (!bus->error)
		bus->error = error;
}

void device_set_irq(struct device *dev, bool level)
{
	struct bus *bus = dev->bus;

	if (dev->irq == level)
		return;
	dev->irq = level;
	if (bus->vm && bus->gic)
		note(bus, armvcpu_set_spi(bus->vm, SPI_FIRST + dev->map->spi, level));
}

void device_interrupt_by(struct device *dev, int fd)
{
	struct bus *bus = dev->bus;

	if (bus->gic)
		note(bus, armvcpu_irqfd(bus->vm, 0, fd, SPI_FIRST + dev->map->spi, 0));
}

void device_signal(struct device *dev, __u64 offset, __u32 value, int fd)
{
	note(dev->bus, armvcpu_ioeventfd(dev->bus->vm, ARM_VCPU_IOEVENTFD_DATAMATCH,
					 dev->map->base + offset, sizeof(value), fd, value));
}

void device_show_memory(struct device *dev, void *memory)
{
	struct bus *bus = dev->bus;
	int rc;

	dev->memory = memory;
	if (!bus->vm)
		return;
	if (memory)
		rc = armvcpu_set_memory(bus->vm, dev->map->base, memory, dev->map->size,
					ARM_VCPU_MEMORY_READONLY);
	else
		rc = armvcpu_remove_memory(bus->vm, dev->map->base);
	note(bus, rc);
}
