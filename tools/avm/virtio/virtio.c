// SPDX-License-Identifier: MIT
#include "virtio.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <linux/virtio_mmio.h>

#include "machine.h"
#include "say.h"

#define STATUS_RUNNING	(VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK)

/* What each device can do */
#define COMMON_FEATURES	(1ULL << VIRTIO_F_VERSION_1 | 1ULL << VIRTIO_RING_F_INDIRECT_DESC | \
			 1ULL << VIRTIO_RING_F_EVENT_IDX)

static __u32 status_of(const struct virtio *virtio)
{
	return __atomic_load_n(&virtio->status, __ATOMIC_ACQUIRE);
}

static void signal_fd(int fd)
{
	uint64_t one = 1;

	/* fails only when the count is full, and then it is signalled */
	(void)!write(fd, &one, sizeof(one));
}

static void clear_fd(int fd)
{
	uint64_t count;

	(void)!read(fd, &count, sizeof(count));
}

/*
 * The interrupt is an edge.  While the driver hasn't acknowledged the last one it has yet to
 * look at what there is.
 */
static void interrupt(struct virtio *virtio, __u32 reason)
{
	if (!(__atomic_fetch_or(&virtio->interrupts, reason, __ATOMIC_SEQ_CST) & reason))
		signal_fd(virtio->irq);
}

bool virtio_has(const struct virtio *virtio, unsigned int feature)
{
	return virtio->accepted >> feature & 1;
}

static bool is_to_end(const struct virtio_queue *queue)
{
	return __atomic_load_n(&queue->ending, __ATOMIC_RELAXED);
}

bool virtio_pop(struct virtio_queue *queue, struct chain *chain)
{
	const char *before = queue->ring.broken;

	/* a driver that never leaves the queue empty can reset it as well */
	if (is_to_end(queue))
		return false;
	if (queue_pop(&queue->ring, chain))
		return true;
	if (queue->ring.broken != before)
		virtio_break(queue, queue->ring.broken);
	return false;
}

void virtio_push(struct virtio_queue *queue, const struct chain *chain, __u32 written)
{
	if (queue_push(&queue->ring, chain->head, written))
		interrupt(queue->virtio, VIRTIO_MMIO_INT_VRING);
}

/* Until a file is ready, the time is up or the thread is to end */
static bool wait_for(struct virtio_queue *queue, int fd, short events, int ms)
{
	struct pollfd fds[] = {
		{ .fd = queue->stop, .events = POLLIN },
		{ .fd = fd, .events = events },
	};

	while (poll(fds, ARRAY_SIZE(fds), ms) < 0)
		;
	return !is_to_end(queue);
}

bool virtio_wait_fd(struct virtio_queue *queue, int fd, short events)
{
	return wait_for(queue, fd, events, -1);
}

bool virtio_wait_time(struct virtio_queue *queue, int ms)
{
	return wait_for(queue, -1, 0, ms);
}

bool virtio_wait(struct virtio_queue *queue)
{
	bool wanted = true;

	/* what came before the driver was to tell of it, it doesn't */
	if (!queue_expect(&queue->ring, true)) {
		wanted = virtio_wait_fd(queue, queue->kick, POLLIN);
		clear_fd(queue->kick);
	}
	queue_expect(&queue->ring, false);
	return wanted && !is_to_end(queue);
}

void virtio_config_changed(struct virtio *virtio)
{
	__atomic_fetch_add(&virtio->config_generation, 1, __ATOMIC_RELEASE);
	if (status_of(virtio) & VIRTIO_CONFIG_S_DRIVER_OK)
		interrupt(virtio, VIRTIO_MMIO_INT_CONFIG);
}

void virtio_break(struct virtio_queue *queue, const char *why)
{
	struct virtio *virtio = queue->virtio;

	queue->ring.broken = why;
	if (!__atomic_exchange_n(&virtio->blamed, true, __ATOMIC_RELAXED))
		say("the guest's driver of %s at %#llx broke the rules, so it has to reset it: %s",
		    virtio->ops->name, (unsigned long long)virtio->map.base, why);
	__atomic_fetch_or(&virtio->status, VIRTIO_CONFIG_S_NEEDS_RESET, __ATOMIC_SEQ_CST);
	interrupt(virtio, VIRTIO_MMIO_INT_CONFIG);
}

static void *serve(void *arg)
{
	struct virtio_queue *queue = arg;

	if (queue->ring.broken)
		virtio_break(queue, queue->ring.broken);
	queue->virtio->ops->serve(queue);
	return NULL;
}

static void start(struct virtio_queue *queue)
{
	struct virtio *virtio = queue->virtio;
	int rc;

	queue_start(&queue->ring, &virtio->machine->ram, &queue->place, virtio->accepted);
	rc = pthread_create(&queue->thread, NULL, serve, queue);
	if (rc) {
		say("can't start a thread for %s: %s", virtio->ops->name, strerror(rc));
		virtio_break(queue, "nobody serves it");
		return;
	}
	queue->running = true;
}

/* What is in flight ends first, which takes the time it takes: others may go on meanwhile */
static void stop(struct virtio_queue *queue)
{
	struct virtio *virtio = queue->virtio;
	struct machine *machine = virtio->machine;

	virtio->stopping = true;
	__atomic_store_n(&queue->ending, true, __ATOMIC_RELAXED);
	signal_fd(queue->stop);
	pthread_mutex_unlock(&machine->lock);
	pthread_join(queue->thread, NULL);
	pthread_mutex_lock(&machine->lock);
	clear_fd(queue->stop);
	queue->ending = false;
	queue->running = false;
	virtio->stopping = false;
	pthread_cond_broadcast(&machine->changed);
}

/* A queue runs while it is ready and the driver is */
static void update(struct virtio_queue *queue)
{
	bool run = queue->ready && (status_of(queue->virtio) & STATUS_RUNNING) == STATUS_RUNNING;

	if (run && !queue->running)
		start(queue);
	else if (!run && queue->running)
		stop(queue);
}

void virtio_settle(struct virtio *virtio)
{
	while (virtio->stopping)
		pthread_cond_wait(&virtio->machine->changed, &virtio->machine->lock);
}

void virtio_set_ready(struct virtio_queue *queue, bool ready)
{
	queue->ready = ready;
	update(queue);
}

void virtio_kick(struct virtio_queue *queue)
{
	signal_fd(queue->kick);
}

static void reset(struct virtio *virtio)
{
	for (unsigned int i = 0; i < virtio->queue_count; i++) {
		virtio_set_ready(&virtio->queues[i], false);
		virtio->queues[i].place = (struct queue_place){ 0 };
		clear_fd(virtio->queues[i].kick);
	}
	if (virtio->ops->reset)
		virtio->ops->reset(virtio);
	virtio->accepted = 0;
	virtio->offered_half = 0;
	virtio->accepted_half = 0;
	virtio->queue_selected = 0;
	__atomic_store_n(&virtio->interrupts, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&virtio->status, 0, __ATOMIC_SEQ_CST);
}

static bool features_are_right(const struct virtio *virtio)
{
	return !(virtio->accepted & ~virtio->offered) && virtio_has(virtio, VIRTIO_F_VERSION_1);
}

void virtio_set_status(struct virtio *virtio, __u32 status)
{
	__u32 before = status_of(virtio);

	if (!status) {
		reset(virtio);
		return;
	}
	/* bits come one after the other, and go by a reset alone; this one is the device's */
	status &= ~VIRTIO_CONFIG_S_NEEDS_RESET;
	if (!(before & VIRTIO_CONFIG_S_FEATURES_OK) && !features_are_right(virtio))
		status &= ~VIRTIO_CONFIG_S_FEATURES_OK;
	__atomic_fetch_or(&virtio->status, status, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < virtio->queue_count; i++)
		update(&virtio->queues[i]);
}

static bool make_fds(struct virtio *virtio)
{
	bool made = true;

	virtio->irq = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	made = virtio->irq >= 0;
	for (unsigned int i = 0; i < virtio->queue_count; i++) {
		struct virtio_queue *queue = &virtio->queues[i];

		queue->virtio = virtio;
		queue->index = i;
		queue->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		queue->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		made = made && queue->kick >= 0 && queue->stop >= 0;
	}
	return made;
}

struct device *virtio_init(struct virtio *virtio, const struct virtio_ops *ops,
			   struct machine *machine)
{
	const struct map_entry *all = &memory_map[MAP_VIRTIO];
	unsigned int slot = machine->virtio_count;

	if (slot == all->size / VIRTIO_SLOT) {
		say("a machine has up to %u virtio devices, which is all there is room for", slot);
		return NULL;
	}
	if (!make_fds(virtio)) {
		say("can't make a virtio device: %s", strerror(errno));
		return NULL;
	}
	machine->virtio_count++;
	virtio->ops = ops;
	virtio->machine = machine;
	virtio->offered |= COMMON_FEATURES;
	virtio->map = (struct map_entry){
		.base = all->base + slot * VIRTIO_SLOT,
		.size = VIRTIO_SLOT,
		.spi = all->spi + slot,
	};
	virtio->device.name = ops->name;
	virtio->device.ops = &virtio_mmio_ops;
	virtio->device.map = &virtio->map;
	return &virtio->device;
}
