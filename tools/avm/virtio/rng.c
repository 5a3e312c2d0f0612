// SPDX-License-Identifier: MIT
/* Virtio's source of random numbers (virtio 1.2, 5.4): the host's */
#include <stdlib.h>
#include <sys/random.h>

#include "devices.h"
#include "say.h"

/* So much getrandom() gives whole, whatever signals there are */
#define PORTION	256

static __u32 fill(struct iovs *writable)
{
	__u8 bytes[PORTION];
	__u32 written = 0;
	size_t part;

	/* not all that a hostile driver asks for: a reset waits for this */
	while (writable->bytes && written < SIZE_KIB(64)) {
		part = writable->bytes < PORTION ? writable->bytes : PORTION;
		if (getrandom(bytes, part, 0) != (ssize_t)part)
			break;
		iovs_put(writable, bytes, part);
		written += part;
	}
	return written;
}

static void serve(struct virtio_queue *queue)
{
	struct chain chain;

	do {
		while (virtio_pop(queue, &chain))
			virtio_push(queue, &chain, fill(&chain.writable));
	} while (virtio_wait(queue));
}

static const struct virtio_ops ops = {
	.id = VIRTIO_ID_RNG,
	.name = "the random number generator",
	.serve = serve,
};

struct device *virtio_rng_create(struct machine *machine)
{
	struct virtio *rng = calloc(1, sizeof(*rng));

	if (!rng) {
		say("there is no memory for %s", ops.name);
		return NULL;
	}
	rng->queue_count = 1;
	return virtio_init(rng, &ops, machine);
}
