/* SPDX-License-Identifier: MIT */
/* The virtio devices that there are, a file each */
#ifndef AVM_VIRTIO_DEVICES_H
#define AVM_VIRTIO_DEVICES_H

#include "virtio.h"

struct words;

/* Each returns NULL after a message */

/**
 * virtio_blk_create() - a disk
 * @machine: that it is part of
 * @text: as --disk has it
 */
struct device *virtio_blk_create(struct machine *machine, const char *text);

/**
 * virtio_net_create() - a network interface
 * @machine: that it is part of
 * @text: as --network has it
 */
struct device *virtio_net_create(struct machine *machine, const char *text);

/**
 * virtio_rng_create() - a source of random numbers
 * @machine: that it is part of
 */
struct device *virtio_rng_create(struct machine *machine);

/**
 * virtio_vsock_create() - a socket device
 * @machine: that it is part of
 * @cid: address of the guest
 */
struct device *virtio_vsock_create(struct machine *machine, __u32 cid);

/**
 * virtio_balloon_create() - a balloon
 * @machine: that it is part of
 */
struct device *virtio_balloon_create(struct machine *machine);

/**
 * virtio_balloon_leave() - how much memory the guest is to have left
 * @dev: a balloon; with the machine's lock held
 * @size: in bytes, up to all that it has
 */
void virtio_balloon_leave(struct device *dev, __u64 size);

/**
 * virtio_console_create() - a console
 * @machine: that it is part of
 * @texts: each --console, a port
 */
struct device *virtio_console_create(struct machine *machine, const struct words *texts);

#endif /* AVM_VIRTIO_DEVICES_H */
