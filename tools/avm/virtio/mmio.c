// SPDX-License-Identifier: MIT
/* Virtio over MMIO, version 2 (virtio 1.2, 4.2): registers of 32 bits, then the configuration */
#include <string.h>
#include <linux/virtio_mmio.h>

#include "dtb.h"
#include "virtio.h"

#define MAGIC	0x74726976	/* "virt" */
#define VERSION	2
#define VENDOR	0x6d7661	/* "avm" */

static struct virtio *to_virtio(struct device *dev)
{
	return container_of(dev, struct virtio, device);
}

/* 32 of 64 bits */
static __u32 get_half(__u64 value, __u32 half)
{
	return half > 1 ? 0 : value >> half * 32;
}

static void set_half(__u64 *value, __u32 half, __u32 to)
{
	if (half > 1)
		return;
	*value &= ~(0xffffffffULL << half * 32);
	*value |= (__u64)to << half * 32;
}

/* The queue that the driver sets up, or NULL if there is none of that number */
static struct virtio_queue *selected(struct virtio *virtio)
{
	__u32 index = virtio->queue_selected;

	return index < virtio->queue_count ? &virtio->queues[index] : NULL;
}

static __u64 read_config(const struct virtio *virtio, __u64 offset, unsigned int width)
{
	__u64 value = 0;

	if (offset < virtio->config_size && width <= virtio->config_size - offset)
		memcpy(&value, (const char *)virtio->config + offset, width);
	return value;
}

static __u64 read_register(struct device *dev, __u64 offset, unsigned int width)
{
	struct virtio *virtio = to_virtio(dev);
	const struct virtio_queue *queue = selected(virtio);

	if (offset >= VIRTIO_MMIO_CONFIG)
		return read_config(virtio, offset - VIRTIO_MMIO_CONFIG, width);
	if (width != sizeof(__u32))
		return 0;
	switch (offset) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return MAGIC;
	case VIRTIO_MMIO_VERSION:
		return VERSION;
	case VIRTIO_MMIO_DEVICE_ID:
		return virtio->ops->id;
	case VIRTIO_MMIO_VENDOR_ID:
		return VENDOR;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return get_half(virtio->offered, virtio->offered_half);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return queue ? QUEUE_MAX : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return queue && queue->ready;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return __atomic_load_n(&virtio->interrupts, __ATOMIC_SEQ_CST) |
		       (virtio->kernel_interrupts ? VIRTIO_MMIO_INT_VRING : 0);
	case VIRTIO_MMIO_STATUS:
		return __atomic_load_n(&virtio->status, __ATOMIC_SEQ_CST);
	case VIRTIO_MMIO_CONFIG_GENERATION:
		return __atomic_load_n(&virtio->config_generation, __ATOMIC_ACQUIRE);
	case VIRTIO_MMIO_SHM_LEN_LOW:
	case VIRTIO_MMIO_SHM_LEN_HIGH:
		return 0xffffffff;	/* there is no shared memory */
	}
	return 0;
}

/* Where a queue is can't be changed while it is there */
static void write_queue(struct virtio_queue *queue, __u64 offset, __u32 value)
{
	struct queue_place *place = &queue->place;

	if (offset == VIRTIO_MMIO_QUEUE_READY)
		virtio_set_ready(queue, value & 1);
	if (queue->ready)
		return;
	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM:
		place->size = value;
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		set_half(&place->desc, offset == VIRTIO_MMIO_QUEUE_DESC_HIGH, value);
		break;
	case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
	case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
		set_half(&place->avail, offset == VIRTIO_MMIO_QUEUE_AVAIL_HIGH, value);
		break;
	case VIRTIO_MMIO_QUEUE_USED_LOW:
	case VIRTIO_MMIO_QUEUE_USED_HIGH:
		set_half(&place->used, offset == VIRTIO_MMIO_QUEUE_USED_HIGH, value);
		break;
	}
}

/* What was agreed upon is what the device works by */
static void write_features(struct virtio *virtio, __u32 value)
{
	if (!(virtio->status & VIRTIO_CONFIG_S_FEATURES_OK))
		set_half(&virtio->accepted, virtio->accepted_half, value);
}

static void write_register(struct device *dev, __u64 offset, __u64 value, unsigned int width)
{
	struct virtio *virtio = to_virtio(dev);

	if (width != sizeof(__u32))
		return;
	virtio_settle(virtio);
	if (offset >= VIRTIO_MMIO_CONFIG) {
		if (virtio->ops->write_config)
			virtio->ops->write_config(virtio, offset - VIRTIO_MMIO_CONFIG, value);
		return;
	}
	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		virtio->offered_half = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		write_features(virtio, value);
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		virtio->accepted_half = value;
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		virtio->queue_selected = value;
		break;
	case VIRTIO_MMIO_QUEUE_NOTIFY: /* where the kernel doesn't take it: pairs and the like */
		if ((__u32)value < virtio->queue_count)
			virtio_kick(&virtio->queues[value]);
		break;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		__atomic_fetch_and(&virtio->interrupts, ~(__u32)value, __ATOMIC_SEQ_CST);
		break;
	case VIRTIO_MMIO_STATUS:
		virtio_set_status(virtio, value);
		break;
	default:
		if (selected(virtio))
			write_queue(selected(virtio), offset, value);
	}
}

static void reset(struct device *dev)
{
	virtio_set_status(to_virtio(dev), 0);
}

static void connect(struct device *dev)
{
	struct virtio *virtio = to_virtio(dev);

	device_interrupt_by(dev, virtio->irq);
	for (unsigned int i = 0; i < virtio->queue_count; i++)
		device_signal(dev, VIRTIO_MMIO_QUEUE_NOTIFY, i, virtio->queues[i].kick);
}

static void tell(const struct device *dev, char *text, size_t size)
{
	const struct virtio *virtio = container_of(dev, struct virtio, device);

	if (virtio->ops->tell)
		virtio->ops->tell(virtio, text, size);
}

static void describe(struct device *dev, struct dtb *dtb)
{
	dtb_begin_at(dtb, "virtio_mmio", dev->map->base);
	dtb_string(dtb, "compatible", "virtio,mmio");
	dtb_reg(dtb, dev->map->base, dev->map->size);
	dtb_interrupt(dtb, dev->map->spi, DTB_EDGE);
	dtb_flag(dtb, "dma-coherent");
	dtb_end(dtb);
}

const struct device_ops virtio_mmio_ops = {
	.width = 4,
	.read = read_register,
	.write = write_register,
	.reset = reset,
	.connect = connect,
	.describe = describe,
	.tell = tell,
};
