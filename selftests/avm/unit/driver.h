/* SPDX-License-Identifier: MIT */
/*
 * A driver for avm's virtio devices, in one process with them: a machine that has memory and a
 * bus, no guest and no module.  It can do all that a guest can.
 */
#ifndef UNIT_DRIVER_H
#define UNIT_DRIVER_H

#include <linux/virtio_config.h>
#include <linux/virtio_mmio.h>
#include <linux/virtio_ring.h>

#include "machine.h"
#include "virtio/devices.h"

#define RAM_BASE	0x40000000ULL
#define RAM_SIZE	SIZE_MIB(32)

/* Entries of each queue; memory for the rings, one queue after the other; then the tests' own */
#define ENTRIES		16
#define RINGS		RAM_BASE
#define RINGS_EACH	0x8000ULL
#define MEMORY		(RAM_BASE + SIZE_MIB(1))

#define ALL_FEATURES	(~0ULL)

/**
 * struct driver - a device and its driver
 * @machine: that the device is part of
 * @device: the device
 * @irq: eventfd: its interrupts
 * @features: that were agreed upon
 * @next: for each queue, entry of the available ring to be filled next
 * @seen: for each queue, entry of the used ring to be looked at next
 */
struct driver {
	struct machine machine;
	struct device *device;
	int irq;
	__u64 features;
	__u16 next[VIRTIO_QUEUES];
	__u16 seen[VIRTIO_QUEUES];
};

/* The other end of a port that is the terminal, and whether that has the keys */
int driver_terminal(void);
bool driver_terminal_has_keys(void);

/* A machine without devices */
void driver_machine(struct driver *driver);

/* Plug in a device, which the file of one has created */
void driver_plug(struct driver *driver, struct device *device);

/* What a guest's loads and stores are */
__u32 driver_read(struct driver *driver, __u64 offset);
void driver_write(struct driver *driver, __u64 offset, __u32 value);

/* Up to FEATURES_OK, with those features that the device has; each queue; DRIVER_OK */
void driver_negotiate(struct driver *driver, __u64 features);
void driver_set_queue(struct driver *driver, unsigned int queue);
void driver_go(struct driver *driver);

/* Reset, and all of these with queues */
void driver_start(struct driver *driver, __u64 features, unsigned int queues);

/* Guest memory */
void *driver_at(struct driver *driver, __u64 addr);
struct vring_desc *driver_desc(struct driver *driver, unsigned int queue);
struct vring_avail *driver_avail(struct driver *driver, unsigned int queue);
struct vring_used *driver_used(struct driver *driver, unsigned int queue);

/* A descriptor leads to memory; with VRING_DESC_F_NEXT in @flags, it goes on with the one behind */
void driver_describe(struct driver *driver, unsigned int queue, unsigned int index, __u64 addr,
		     __u32 len, __u16 flags);

/* Make a chain available, and notify the device */
void driver_offer(struct driver *driver, unsigned int queue, __u16 head);
void driver_notify(struct driver *driver, unsigned int queue);

/* Wait for the next buffer to come back: its length, or -1 when it takes a second or more */
long driver_take(struct driver *driver, unsigned int queue);

/* Wait for an interrupt: whether there is one in @ms */
bool driver_interrupted(struct driver *driver, int ms);

/* Wait for DEVICE_NEEDS_RESET and the interrupt that tells of it */
bool driver_is_broken(struct driver *driver);

#endif /* UNIT_DRIVER_H */
