// SPDX-License-Identifier: MIT
/*
 * A virtio disk (virtio 1.2, 5.2).  Each of its queues has a thread that does one request after
 * the other: a driver with several CPUs has several in flight.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/virtio_blk.h>

#include "devices.h"
#include "image.h"
#include "machine.h"
#include "say.h"

#define SECTOR		512
#define SECTOR_SHIFT	9

/* Beside a request's data there are its header and its status */
#define DATA_PIECES	(CHAIN_MAX - 2)

/* Queues, at most: one for each CPU */
#define QUEUES		8

/* Ranges of a discard, and how much it may be at a time: a reset waits for that */
#define RANGES		16
#define RANGE_SECTORS	(1U << (30 - SECTOR_SHIFT))

#define FEATURES	(1ULL << VIRTIO_BLK_F_SEG_MAX | 1ULL << VIRTIO_BLK_F_BLK_SIZE | \
			 1ULL << VIRTIO_BLK_F_FLUSH | 1ULL << VIRTIO_BLK_F_TOPOLOGY | \
			 1ULL << VIRTIO_BLK_F_MQ)
/* Of one that can be written */
#define FEATURES_RW	(1ULL << VIRTIO_BLK_F_DISCARD | 1ULL << VIRTIO_BLK_F_WRITE_ZEROES)

/**
 * struct blk - a disk
 * @virtio: for the transport
 * @config: what the driver reads
 * @image: what it contains
 * @serial: what it is called, padded with zeros
 */
struct blk {
	struct virtio virtio;
	struct virtio_blk_config config;
	struct image image;
	char serial[VIRTIO_BLK_ID_BYTES];
};

static struct blk *to_blk(struct virtio *virtio)
{
	return container_of(virtio, struct blk, virtio);
}

static bool is_within(const struct blk *blk, __u64 sector, __u64 sectors)
{
	return sector <= blk->config.capacity && sectors <= blk->config.capacity - sector;
}

static __u8 status_of(int rc)
{
	return rc ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK;
}

/* Whole sectors that there are */
static bool is_range(const struct blk *blk, __u64 sector, const struct iovs *data)
{
	return !(data->bytes % SECTOR) && is_within(blk, sector, data->bytes / SECTOR);
}

static __u8 read_data(struct blk *blk, __u64 sector, struct iovs *data)
{
	if (!is_range(blk, sector, data))
		return VIRTIO_BLK_S_IOERR;
	return status_of(image_read(&blk->image, data, sector << SECTOR_SHIFT));
}

/* A driver that doesn't know of flushes expects that what was written is there */
static __u8 write_data(struct blk *blk, __u64 sector, struct iovs *data)
{
	bool sync = !virtio_has(&blk->virtio, VIRTIO_BLK_F_FLUSH);

	if (blk->image.read_only || !is_range(blk, sector, data))
		return VIRTIO_BLK_S_IOERR;
	return status_of(image_write(&blk->image, data, sector << SECTOR_SHIFT, sync));
}

static __u8 change_range(struct blk *blk, __u32 type,
			 const struct virtio_blk_discard_write_zeroes *range)
{
	bool unmap = range->flags & VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP;
	__u64 offset = range->sector << SECTOR_SHIFT;
	__u64 size = (__u64)range->num_sectors << SECTOR_SHIFT;

	if (range->flags & ~VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP)
		return VIRTIO_BLK_S_UNSUPP;
	if (unmap && type == VIRTIO_BLK_T_DISCARD)
		return VIRTIO_BLK_S_UNSUPP;
	if (range->num_sectors > RANGE_SECTORS ||
	    !is_within(blk, range->sector, range->num_sectors))
		return VIRTIO_BLK_S_IOERR;
	if (!size)
		return VIRTIO_BLK_S_OK;
	if (type == VIRTIO_BLK_T_DISCARD)
		return status_of(image_discard(&blk->image, offset, size));
	return status_of(image_clear(&blk->image, offset, size, unmap));
}

/* Discard and write zeroes: the data are ranges */
static __u8 change_ranges(struct blk *blk, __u32 type, struct iovs *data)
{
	struct virtio_blk_discard_write_zeroes range;
	__u8 status = VIRTIO_BLK_S_OK;

	if (blk->image.read_only || data->bytes % sizeof(range) ||
	    data->bytes > RANGES * sizeof(range))
		return VIRTIO_BLK_S_IOERR;
	while (status == VIRTIO_BLK_S_OK && iovs_get(data, &range, sizeof(range)))
		status = change_range(blk, type, &range);
	return status;
}

static __u8 tell_serial(struct blk *blk, struct iovs *data)
{
	size_t room = data->bytes < sizeof(blk->serial) ? data->bytes : sizeof(blk->serial);

	iovs_put(data, blk->serial, room);
	return VIRTIO_BLK_S_OK;
}

static __u8 execute(struct blk *blk, const struct virtio_blk_outhdr *header, struct chain *chain)
{
	switch (header->type) {
	case VIRTIO_BLK_T_IN:
		return read_data(blk, header->sector, &chain->writable);
	case VIRTIO_BLK_T_OUT:
		return write_data(blk, header->sector, &chain->readable);
	case VIRTIO_BLK_T_FLUSH:
		return status_of(image_flush(&blk->image));
	case VIRTIO_BLK_T_GET_ID:
		return tell_serial(blk, &chain->writable);
	case VIRTIO_BLK_T_DISCARD:
	case VIRTIO_BLK_T_WRITE_ZEROES:
		return change_ranges(blk, header->type, &chain->readable);
	}
	return VIRTIO_BLK_S_UNSUPP;
}

/* A header, data one way or the other, and a byte for the status behind all */
static void request(struct virtio_queue *queue, struct chain *chain)
{
	struct virtio_blk_outhdr header;
	__u32 written = chain->writable.bytes;
	__u8 *status = iovs_last(&chain->writable);

	if (!status || !iovs_get(&chain->readable, &header, sizeof(header))) {
		virtio_break(queue, "a request has no header, or no room for its status");
		return;
	}
	*status = execute(to_blk(queue->virtio), &header, chain);
	/* all of it counts as written, so that the status does */
	iovs_clear(&chain->writable);
	virtio_push(queue, chain, written);
}

static void serve(struct virtio_queue *queue)
{
	struct chain chain;

	do {
		while (virtio_pop(queue, &chain))
			request(queue, &chain);
	} while (virtio_wait(queue));
}

static const struct virtio_ops ops = {
	.id = VIRTIO_ID_BLOCK,
	.name = "a disk",
	.serve = serve,
};

static void describe(struct blk *blk)
{
	__u32 sectors = blk->image.block / SECTOR;

	blk->config = (struct virtio_blk_config){
		.capacity = blk->image.size / SECTOR,
		.seg_max = DATA_PIECES,
		.blk_size = SECTOR,
		.physical_block_exp = __builtin_ctz(sectors),
		.min_io_size = sectors,
		.num_queues = blk->virtio.queue_count,
		.max_discard_sectors = RANGE_SECTORS,
		.max_discard_seg = RANGES,
		.discard_sector_alignment = sectors,
		.max_write_zeroes_sectors = RANGE_SECTORS,
		.max_write_zeroes_seg = RANGES,
		.write_zeroes_may_unmap = 1,
	};
	blk->virtio.config = &blk->config;
	blk->virtio.config_size = sizeof(blk->config);
	blk->virtio.offered = FEATURES;
	if (blk->image.read_only)
		blk->virtio.offered |= 1ULL << VIRTIO_BLK_F_RO;
	else
		blk->virtio.offered |= FEATURES_RW;
}

static bool set_serial(struct blk *blk, const char *name)
{
	size_t size = strlen(name);

	if (size > sizeof(blk->serial)) {
		say("a disk's serial has up to %zu characters: '%s' is longer",
		    sizeof(blk->serial), name);
		return false;
	}
	memset(blk->serial, 0, sizeof(blk->serial));
	memcpy(blk->serial, name, size);
	return true;
}

/* FILE[,ro][,serial=NAME].  What isn't known is part of FILE. */
static int parse(struct blk *blk, const char *text)
{
	char *path = strdup(text), *comma;
	bool read_only = false, right = path;
	int rc = -1;

	while (right && (comma = strrchr(path, ','))) {
		if (!strcmp(comma, ",ro"))
			read_only = true;
		else if (!strncmp(comma, ",serial=", 8))
			right = set_serial(blk, comma + 8);
		else
			break;
		*comma = '\0';
	}
	if (right)
		rc = image_open(&blk->image, path, read_only);
	free(path);
	return rc;
}

struct device *virtio_blk_create(struct machine *machine, const char *text)
{
	struct blk *blk = calloc(1, sizeof(*blk));

	if (!blk) {
		say("there is no memory for a disk");
		return NULL;
	}
	snprintf(blk->serial, sizeof(blk->serial), "avm-%u", machine->virtio_count);
	if (parse(blk, text))
		return NULL;
	blk->virtio.queue_count = machine->vcpu_count < QUEUES ? machine->vcpu_count : QUEUES;
	describe(blk);
	return virtio_init(&blk->virtio, &ops, machine);
}
