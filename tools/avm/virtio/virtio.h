/* SPDX-License-Identifier: MIT */
/*
 * Virtio devices (virtio 1.2): what they have in common.  mmio.c is how the driver reaches
 * them, queue.c their queues, and a file each is what one of them does.
 *
 * Threads: a queue that runs has a thread, which is the device's serve() and does all of its
 * work.  It takes no lock.  Registers are accessed by vCPUs' threads with the machine's lock
 * held; what these share with a queue's thread is @status, @interrupts and @config_generation,
 * which are atomic, and a queue's eventfds.  A queue runs while it is ready and the driver is;
 * a reset waits for its thread to end, and gives the lock away meanwhile.
 *
 * The file of a device says what it is and what it offers, and serves its queues:
 *
 *	static void serve(struct virtio_queue *queue)
 *	{
 *		struct chain chain;
 *
 *		do {
 *			while (virtio_pop(queue, &chain))
 *				virtio_push(queue, &chain, bytes that were written);
 *		} while (virtio_wait(queue));
 *	}
 */
#ifndef AVM_VIRTIO_H
#define AVM_VIRTIO_H

#include <pthread.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>

#include "bus.h"
#include "queue.h"

/* Of a device, at most: a console has two for each of 8 ports, and two for itself */
#define VIRTIO_QUEUES	18

struct machine;
struct virtio;

/**
 * struct virtio_queue - a queue of a device
 * @virtio: the device
 * @index: which of its queues
 * @place: where the driver wants it
 * @ready: the driver says so
 * @ring: the queue, while it runs: its thread's alone
 * @kick: eventfd: the driver has made something available
 * @stop: eventfd: the thread is to end
 * @thread: serves it
 * @running: there is that thread
 * @ending: it is to end; atomic
 */
struct virtio_queue {
	struct virtio *virtio;
	unsigned int index;
	struct queue_place place;
	bool ready;
	struct queue ring;
	int kick;
	int stop;
	pthread_t thread;
	bool running;
	bool ending;
};

/**
 * struct virtio_ops - what a kind of device does
 * @id: VIRTIO_ID_*
 * @name: for messages
 * @serve: the thread of a queue: works until virtio_wait() says it is the end
 * @reset: all of these have ended: the device is as at power-on.  May be missing.
 * @write_config: the driver changes its configuration.  May be missing.
 * @tell: what its user may want to know goes to @text, or nothing.  May be missing.
 */
struct virtio_ops {
	__u32 id;
	const char *name;
	void (*serve)(struct virtio_queue *queue);
	void (*reset)(struct virtio *virtio);
	void (*write_config)(struct virtio *virtio, __u64 offset, __u32 value);
	void (*tell)(const struct virtio *virtio, char *text, size_t size);
};

/**
 * struct virtio - a virtio device; the first part of each
 * @device: for the bus
 * @map: where it is
 * @machine: that it is part of
 * @ops: what it does
 * @offered: features of the device
 * @accepted: those that the driver has chosen
 * @config: its configuration, for the driver to read
 * @config_size: in bytes
 * @config_generation: how often it has changed
 * @queues: its queues
 * @queue_count: of them
 * @status: VIRTIO_CONFIG_S_*
 * @interrupts: VIRTIO_MMIO_INT_*: what the driver hasn't acknowledged
 * @irq: eventfd: interrupts the guest
 * @kernel_interrupts: the host's kernel signals it as well, and knows nothing of @interrupts: so
 *	the driver is to look at its queues each time
 * @offered_half: which 32 features the driver looks at
 * @accepted_half: and which it chooses
 * @queue_selected: and which queue it sets up
 * @stopping: a queue's thread is waited for, without the lock
 * @blamed: what the driver did wrong has been told once
 */
struct virtio {
	struct device device;
	struct map_entry map;
	struct machine *machine;
	const struct virtio_ops *ops;
	__u64 offered;
	__u64 accepted;
	const void *config;
	size_t config_size;
	__u32 config_generation;
	struct virtio_queue queues[VIRTIO_QUEUES];
	unsigned int queue_count;
	__u32 status;
	__u32 interrupts;
	int irq;
	bool kernel_interrupts;
	__u32 offered_half;
	__u32 accepted_half;
	__u32 queue_selected;
	bool stopping;
	bool blamed;
};

/*
 * For devices
 */

/**
 * virtio_init() - give a device the next place on the bus
 * @virtio: its queue_count, config and the features of its own are set
 * @ops: what it does
 * @machine: that it is part of
 *
 * Return: for the bus, or NULL after a message.
 */
struct device *virtio_init(struct virtio *virtio, const struct virtio_ops *ops,
			   struct machine *machine);

/**
 * virtio_has() - whether driver and device have agreed upon a feature
 * @virtio: the device
 * @feature: number of its bit
 */
bool virtio_has(const struct virtio *virtio, unsigned int feature);

/**
 * virtio_pop() - take the next buffer
 * @queue: whose thread this is
 * @chain: is filled in
 *
 * Return: false if there is none, or the thread is to end.
 */
bool virtio_pop(struct virtio_queue *queue, struct chain *chain);

/**
 * virtio_push() - give a buffer back, and interrupt the guest if it wants that
 * @queue: whose thread this is
 * @chain: from virtio_pop()
 * @written: bytes that were written, from the front of what is writable
 */
void virtio_push(struct virtio_queue *queue, const struct chain *chain, __u32 written);

/**
 * virtio_wait() - wait until the driver has made more available
 * @queue: whose thread this is
 *
 * Return: false when the thread is to end.
 */
bool virtio_wait(struct virtio_queue *queue);

/**
 * virtio_wait_fd() - wait for the other side of the device
 * @queue: whose thread this is
 * @fd: a file
 * @events: POLLIN or POLLOUT, what it has to be ready for
 *
 * Return: false when the thread is to end.
 */
bool virtio_wait_fd(struct virtio_queue *queue, int fd, short events);

/**
 * virtio_wait_time() - wait for nothing but the time
 * @queue: whose thread this is
 * @ms: how long
 *
 * Return: false when the thread is to end.
 */
bool virtio_wait_time(struct virtio_queue *queue, int ms);

/**
 * virtio_config_changed() - have the driver, if there is one, read its configuration anew
 * @virtio: the device; one of its queues' threads calls, or who has the machine's lock
 */
void virtio_config_changed(struct virtio *virtio);

/**
 * virtio_break() - the driver has broken the rules: the device needs a reset
 * @queue: whose thread this is
 * @why: what it did
 */
void virtio_break(struct virtio_queue *queue, const char *why);

/*
 * For the transport.  All with the machine's lock held
 */

/**
 * virtio_settle() - wait until nobody waits for a queue's thread
 * @virtio: the device
 */
void virtio_settle(struct virtio *virtio);

/**
 * virtio_set_status() - the driver goes on, or, with 0, resets
 * @virtio: the device
 * @status: what it writes
 */
void virtio_set_status(struct virtio *virtio, __u32 status);

/**
 * virtio_set_ready() - the driver has set up a queue, or takes it away
 * @queue: the queue
 * @ready: which of both
 */
void virtio_set_ready(struct virtio_queue *queue, bool ready);

/**
 * virtio_kick() - the driver has made something available
 * @queue: where
 */
void virtio_kick(struct virtio_queue *queue);

extern const struct device_ops virtio_mmio_ops;

#endif /* AVM_VIRTIO_H */
