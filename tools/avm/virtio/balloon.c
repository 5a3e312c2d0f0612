// SPDX-License-Identifier: MIT
/*
 * A virtio balloon (virtio 1.2, 5.5): memory that the guest does without goes back to the host,
 * because it was asked to, or, with page reporting, whenever it is free.
 *
 * The balloon counts in pages of 4 KiB.  Where the host's are larger, one goes back when all its
 * parts are in the balloon, and a driver that takes out one has to tell first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/virtio_balloon.h>

#include "devices.h"
#include "machine.h"
#include "say.h"

/*
 * Where reports come, drivers disagree: the queues of features that there aren't count by the
 * standard (4), and don't by Linux up to at least 6.12 (2).  So each of them is one for reports.
 */
enum { INFLATE, DEFLATE, REPORT, QUEUES = 5 };

#define PAGE		(1ULL << VIRTIO_BALLOON_PFN_SHIFT)
#define WORD_BITS	64

/* So many pages are done with before others may have their turn */
#define BATCH		256

#define FEATURES	(1ULL << VIRTIO_BALLOON_F_MUST_TELL_HOST | \
			 1ULL << VIRTIO_BALLOON_F_DEFLATE_ON_OOM | \
			 1ULL << VIRTIO_BALLOON_F_REPORTING)

/**
 * struct balloon - a balloon
 * @virtio: for the transport
 * @config: what the driver reads, and how much it says it has given
 * @lock: covers @inside, and that pages go back which are in there
 * @inside: a bit for each page of the guest's: it is in the balloon
 * @host_page: bytes of a page of the host's
 */
struct balloon {
	struct virtio virtio;
	struct virtio_balloon_config config;
	pthread_mutex_t lock;
	__u64 *inside;
	__u64 host_page;
};

/**
 * struct batch - some pages that the driver names
 * @pages: their numbers, from the beginning of memory
 * @count: of them
 */
struct batch {
	__u32 pages[BATCH];
	unsigned int count;
};

static struct balloon *to_balloon(struct virtio *virtio)
{
	return container_of(virtio, struct balloon, virtio);
}

/* Returns false when the driver has broken the rules */
static bool next_batch(struct virtio_queue *queue, struct iovs *readable, struct batch *batch)
{
	const struct ram *ram = &queue->virtio->machine->ram;
	__le32 number;

	batch->count = 0;
	while (batch->count < BATCH && iovs_get(readable, &number, sizeof(number))) {
		__u64 addr = (__u64)number << VIRTIO_BALLOON_PFN_SHIFT;

		if (!ram_at(ram, addr, PAGE)) {
			virtio_break(queue, "a page for the balloon isn't in memory");
			return false;
		}
		batch->pages[batch->count++] = (addr - ram->base) >> VIRTIO_BALLOON_PFN_SHIFT;
	}
	if (!batch->count && readable->bytes)
		virtio_break(queue, "a page for the balloon has no whole number");
	return batch->count || !readable->bytes;
}

/* The page joins the others; whether that makes a whole one of the host's */
static bool put_inside(struct balloon *balloon, __u32 page)
{
	__u32 parts = balloon->host_page / PAGE, first = page & ~(parts - 1);
	__u64 all = (parts < WORD_BITS ? (1ULL << parts) - 1 : ~0ULL) << first % WORD_BITS;
	__u64 *word = &balloon->inside[page / WORD_BITS];

	*word |= 1ULL << page % WORD_BITS;
	return (*word & all) == all;
}

/* Those that lie one behind the other go back at once */
static void inflate(struct balloon *balloon, const struct batch *batch)
{
	const struct ram *ram = &balloon->virtio.machine->ram;
	bool told = balloon->host_page == PAGE ||
		    virtio_has(&balloon->virtio, VIRTIO_BALLOON_F_MUST_TELL_HOST);
	__u64 start = 0, end = 0;

	for (unsigned int i = 0; i < batch->count; i++) {
		__u64 at = batch->pages[i] * PAGE & ~(balloon->host_page - 1);

		if (!put_inside(balloon, batch->pages[i]) || !told)
			continue;
		if (at != end) {
			ram_discard(ram->host + start, end - start);
			start = at;
		}
		end = at + balloon->host_page;
	}
	ram_discard(ram->host + start, end - start);
}

static void deflate(struct balloon *balloon, const struct batch *batch)
{
	for (unsigned int i = 0; i < batch->count; i++)
		balloon->inside[batch->pages[i] / WORD_BITS] &=
			~(1ULL << batch->pages[i] % WORD_BITS);
}

/* Returns false when the thread is to end, or the driver has broken the rules */
static bool move_pages(struct virtio_queue *queue, struct iovs *readable)
{
	struct balloon *balloon = to_balloon(queue->virtio);
	struct batch batch;

	do {
		if (!next_batch(queue, readable, &batch))
			return false;
		pthread_mutex_lock(&balloon->lock);
		if (queue->index == INFLATE)
			inflate(balloon, &batch);
		else
			deflate(balloon, &batch);
		pthread_mutex_unlock(&balloon->lock);
	} while (readable->bytes && virtio_wait_time(queue, 0));
	return !readable->bytes;
}

/* What is free, and stays so until its buffer comes back */
static bool report(const struct iovs *writable)
{
	for (unsigned int i = 0; i < writable->count; i++)
		ram_discard(writable->iov[i].iov_base, writable->iov[i].iov_len);
	return true;
}

static void serve(struct virtio_queue *queue)
{
	struct chain chain;
	bool done;

	do {
		while (virtio_pop(queue, &chain)) {
			if (queue->index >= REPORT)
				done = report(&chain.writable);
			else
				done = move_pages(queue, &chain.readable);
			if (done)
				virtio_push(queue, &chain, 0);
		}
	} while (virtio_wait(queue));
}

static size_t map_size(const struct balloon *balloon)
{
	return balloon->virtio.machine->ram.size / PAGE / 8;
}

static void reset(struct virtio *virtio)
{
	struct balloon *balloon = to_balloon(virtio);

	memset(balloon->inside, 0, map_size(balloon));
	balloon->config.actual = 0;
}

/* The driver says how much it has given */
static void write_config(struct virtio *virtio, __u64 offset, __u32 value)
{
	if (offset == offsetof(struct virtio_balloon_config, actual))
		to_balloon(virtio)->config.actual = value;
}

static __u32 mib(__u32 pages)
{
	return pages / (SIZE_MIB(1) / PAGE);
}

static void tell(const struct virtio *virtio, char *text, size_t size)
{
	const struct balloon *balloon = container_of(virtio, struct balloon, virtio);

	snprintf(text, size, "\nits balloon has %u MiB of %u", mib(balloon->config.actual),
		 mib(balloon->config.num_pages));
}

static const struct virtio_ops ops = {
	.id = VIRTIO_ID_BALLOON,
	.name = "a balloon",
	.serve = serve,
	.reset = reset,
	.write_config = write_config,
	.tell = tell,
};

void virtio_balloon_leave(struct device *dev, __u64 size)
{
	struct virtio *virtio = container_of(dev, struct virtio, device);

	to_balloon(virtio)->config.num_pages = (virtio->machine->ram.size - size) / PAGE;
	virtio_config_changed(virtio);
}

struct device *virtio_balloon_create(struct machine *machine)
{
	struct balloon *balloon = calloc(1, sizeof(*balloon));

	if (balloon) {
		balloon->virtio.machine = machine;
		balloon->inside = calloc(1, map_size(balloon));
	}
	if (!balloon || !balloon->inside) {
		say("there is no memory for %s", ops.name);
		free(balloon);
		return NULL;
	}
	pthread_mutex_init(&balloon->lock, NULL);
	balloon->host_page = sysconf(_SC_PAGESIZE);
	balloon->virtio.config = &balloon->config;
	balloon->virtio.config_size = sizeof(balloon->config);
	balloon->virtio.offered = FEATURES;
	balloon->virtio.queue_count = QUEUES;
	return virtio_init(&balloon->virtio, &ops, machine);
}
