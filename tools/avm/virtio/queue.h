/* SPDX-License-Identifier: MIT */
/*
 * A split virtqueue (virtio 1.2, 2.7), from the device's side.
 *
 * Descriptors, the available ring and what they lead to are written by a guest that runs
 * meanwhile, and may be anything.  So each index and each descriptor is read once, into a
 * copy, and the copy is checked; addresses are RAM or nothing; and every walk has an end.  A
 * driver that breaks the rules finds its queue broken: nothing is taken from it any more until
 * it is started anew.
 *
 * Guest and host are little-endian.  One thread uses a queue.
 */
#ifndef AVM_QUEUE_H
#define AVM_QUEUE_H

#include <linux/virtio_ring.h>

#include "iovs.h"

struct ram;

/* Entries that a queue has at most, and descriptors of a chain, indirect ones included */
#define QUEUE_MAX	256
#define CHAIN_MAX	256

/**
 * struct queue_place - where the driver has put a queue
 * @desc: guest-physical address of the descriptors
 * @avail: of the available ring
 * @used: of the used ring
 * @size: entries of each
 */
struct queue_place {
	__u64 desc;
	__u64 avail;
	__u64 used;
	__u32 size;
};

/**
 * struct queue - a split virtqueue
 * @ram: the guest's memory
 * @desc: the descriptors
 * @avail: what the driver makes available
 * @used: what it gets back
 * @size: entries of each, a power of 2
 * @indirect: descriptors may lead to tables
 * @event_idx: the rings say from which entry on their reader wants to be told
 * @next_avail: entry of @avail to be taken next; counts on beyond @size
 * @next_used: entry of @used to be filled next, the same
 * @broken: what the driver has done, or NULL
 */
struct queue {
	const struct ram *ram;
	const struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	__u32 size;
	bool indirect;
	bool event_idx;
	__u16 next_avail;
	__u16 next_used;
	const char *broken;
};

/**
 * struct chain - a buffer of the driver's: what the device is to read, and where it may write
 * @head: its first descriptor
 * @readable: memory for the device to read
 * @writable: memory for the device to write
 * @iov: the pieces of both
 */
struct chain {
	__u16 head;
	struct iovs readable;
	struct iovs writable;
	struct iovec iov[CHAIN_MAX];
};

/**
 * queue_start() - begin with a queue that the driver has set up
 * @queue: is filled in
 * @ram: the guest's memory
 * @place: where the driver says it is
 * @features: that driver and device have agreed upon
 *
 * A queue that can't be there is broken.
 */
void queue_start(struct queue *queue, const struct ram *ram, const struct queue_place *place,
		 __u64 features);

/**
 * queue_pop() - take the next buffer
 * @queue: from queue_start()
 * @chain: is filled in
 *
 * Return: false if there is none, or the queue is broken.
 */
bool queue_pop(struct queue *queue, struct chain *chain);

/**
 * queue_unpop() - leave it to be taken later, after all
 * @queue: the queue
 *
 * What was taken last, and nothing was pushed since.
 */
void queue_unpop(struct queue *queue);

/**
 * queue_push() - give a buffer back
 * @queue: the queue
 * @head: of the chain
 * @written: bytes that were written, from the front of what is writable
 *
 * Return: whether the driver wants an interrupt.
 */
bool queue_push(struct queue *queue, __u16 head, __u32 written);

/**
 * queue_expect() - be told of buffers, or no longer
 * @queue: the queue
 * @tell: whether the driver is to notify the device
 *
 * Return: whether there is something to be taken already.
 */
bool queue_expect(struct queue *queue, bool tell);

#endif /* AVM_QUEUE_H */
