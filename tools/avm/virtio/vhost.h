/* SPDX-License-Identifier: MIT */
/*
 * Queues that are served by the host's kernel (vhost): it reads and writes the guest's memory,
 * takes the driver's notifications and interrupts the guest, by the same eventfds as a thread of
 * avm's would.  The queue's thread only sets that up, and looks out for errors.
 */
#ifndef AVM_VHOST_H
#define AVM_VHOST_H

#include "virtio.h"

/* Queues of a device that the kernel serves, at most */
#define VHOST_QUEUES	2

/**
 * struct vhost - what serves a device's queues
 * @fd: the device of the host's
 * @features: that it can do
 * @errors: an eventfd for each queue: the driver has broken the rules
 */
struct vhost {
	int fd;
	__u64 features;
	int errors[VHOST_QUEUES];
};

/**
 * vhost_open() - have the kernel know a guest's memory
 * @vhost: is filled in
 * @path: of the device
 * @module: that makes it, for messages
 * @ram: the guest's memory
 *
 * Return: 0, or -1 after a message.
 */
int vhost_open(struct vhost *vhost, const char *path, const char *module, const struct ram *ram);

/**
 * vhost_serve() - have the kernel serve a queue, until the end
 * @vhost: what does
 * @queue: whose thread this is; it has the same number there
 * @run: called when the kernel knows the queue and before it forgets it: has the kernel begin or
 *	end.  Returns 0, or -1 with errno set.
 */
void vhost_serve(const struct vhost *vhost, struct virtio_queue *queue,
		 int (*run)(struct virtio_queue *queue, bool begin));

#endif /* AVM_VHOST_H */
