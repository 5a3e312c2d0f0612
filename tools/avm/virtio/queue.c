// SPDX-License-Identifier: MIT
#include "queue.h"

#include <stdint.h>
#include <string.h>

#include "ram.h"

/* What the guest writes meanwhile is read once */
#define read_once(var)		__atomic_load_n(&(var), __ATOMIC_RELAXED)
#define write_once(var, value)	__atomic_store_n(&(var), value, __ATOMIC_RELAXED)

/**
 * struct table - descriptors: the queue's own, or those that one of them leads to
 * @desc: the descriptors
 * @count: of them
 * @indirect: it is one that a descriptor leads to
 */
struct table {
	const struct vring_desc *desc;
	__u32 count;
	bool indirect;
};

static bool break_queue(struct queue *queue, const char *why)
{
	queue->broken = why;
	return false;
}

/* Each ring has room for an index of an event at its end */
static __u16 *used_event(const struct queue *queue)
{
	return &queue->avail->ring[queue->size];
}

static __u16 *avail_event(const struct queue *queue)
{
	return (__u16 *)&queue->used->ring[queue->size];
}

static void *place(const struct queue *queue, __u64 addr, __u64 size, __u64 align)
{
	return addr % align ? NULL : ram_at(queue->ram, addr, size);
}

void queue_start(struct queue *queue, const struct ram *ram, const struct queue_place *at,
		 __u64 features)
{
	memset(queue, 0, sizeof(*queue));
	queue->ram = ram;
	queue->size = at->size;
	queue->indirect = features >> VIRTIO_RING_F_INDIRECT_DESC & 1;
	queue->event_idx = features >> VIRTIO_RING_F_EVENT_IDX & 1;

	if (!at->size || at->size > QUEUE_MAX || (at->size & (at->size - 1))) {
		break_queue(queue, "the queue has a size that can't be");
		return;
	}
	queue->desc = place(queue, at->desc, sizeof(*queue->desc) * at->size,
			    VRING_DESC_ALIGN_SIZE);
	queue->avail = place(queue, at->avail, sizeof(*queue->avail) + 2 * (at->size + 1),
			     VRING_AVAIL_ALIGN_SIZE);
	queue->used = place(queue, at->used, sizeof(*queue->used) + 8 * at->size + 2,
			    VRING_USED_ALIGN_SIZE);
	if (!queue->desc || !queue->avail || !queue->used)
		break_queue(queue, "the queue isn't in memory");
}

/* One descriptor's memory joins the chain */
static bool add(struct queue *queue, struct chain *chain, const struct vring_desc *desc)
{
	struct iovs *iovs = desc->flags & VRING_DESC_F_WRITE ? &chain->writable : &chain->readable;
	unsigned int pieces = chain->readable.count + chain->writable.count;
	void *memory;

	if (iovs == &chain->readable && chain->writable.count)
		return break_queue(queue, "a buffer is to be read behind one to be written");
	if (!desc->len)
		return true;
	if (pieces == CHAIN_MAX)
		return break_queue(queue, "a chain has more pieces than there can be");
	memory = ram_at(queue->ram, desc->addr, desc->len);
	if (!memory)
		return break_queue(queue, "a buffer isn't in memory");
	if (chain->readable.bytes + chain->writable.bytes + desc->len > UINT32_MAX)
		return break_queue(queue, "a chain has more bytes than there can be");

	chain->iov[pieces] = (struct iovec){
		.iov_base = memory,
		.iov_len = desc->len,
	};
	iovs->count++;
	iovs->bytes += desc->len;
	return true;
}

static bool enter_table(struct queue *queue, struct table *table, const struct vring_desc *desc)
{
	if (!queue->indirect || table->indirect)
		return break_queue(queue, "a table of descriptors is where none may be");
	if (desc->flags & VRING_DESC_F_NEXT)
		return break_queue(queue, "a table of descriptors isn't the end of its chain");
	if (!desc->len || desc->len % sizeof(*desc))
		return break_queue(queue, "a table of descriptors has a size that can't be");
	table->desc = place(queue, desc->addr, desc->len, _Alignof(struct vring_desc));
	if (!table->desc)
		return break_queue(queue, "a table of descriptors isn't in memory");
	table->count = desc->len / sizeof(*desc);
	table->indirect = true;
	return true;
}

static struct vring_desc read_desc(const struct vring_desc *desc)
{
	return (struct vring_desc){
		.addr = read_once(desc->addr),
		.len = read_once(desc->len),
		.flags = read_once(desc->flags),
		.next = read_once(desc->next),
	};
}

static bool gather(struct queue *queue, struct chain *chain)
{
	struct table table = { .desc = queue->desc, .count = queue->size };
	__u32 index = chain->head;

	/* one to a table may come before them */
	for (unsigned int steps = 0; steps <= CHAIN_MAX; steps++) {
		struct vring_desc desc;

		if (index >= table.count)
			return break_queue(queue, "there is no descriptor of that number");
		desc = read_desc(&table.desc[index]);
		index = desc.next;
		if (desc.flags & VRING_DESC_F_INDIRECT) {
			if (!enter_table(queue, &table, &desc))
				return false;
			index = 0;
		} else if (!add(queue, chain, &desc)) {
			return false;
		} else if (!(desc.flags & VRING_DESC_F_NEXT)) {
			return true;
		}
	}
	return break_queue(queue, "a chain of descriptors has no end");
}

bool queue_pop(struct queue *queue, struct chain *chain)
{
	__u16 waiting;

	if (queue->broken)
		return false;
	/* acquire: what the driver has written before is there */
	waiting = __atomic_load_n(&queue->avail->idx, __ATOMIC_ACQUIRE) - queue->next_avail;
	if (!waiting)
		return false;
	if (waiting > queue->size)
		return break_queue(queue, "more is available than the queue has room for");

	chain->head = read_once(queue->avail->ring[queue->next_avail % queue->size]);
	chain->readable = (struct iovs){ .iov = chain->iov };
	chain->writable = (struct iovs){ .iov = chain->iov };
	if (!gather(queue, chain))
		return false;
	chain->writable.iov = chain->iov + chain->readable.count;
	queue->next_avail++;
	return true;
}

void queue_unpop(struct queue *queue)
{
	queue->next_avail--;
}

bool queue_push(struct queue *queue, __u16 head, __u32 written)
{
	struct vring_used_elem *used = &queue->used->ring[queue->next_used % queue->size];

	used->id = head;
	used->len = written;
	queue->next_used++;
	/* release: the entry and the buffer are there before the index says so */
	__atomic_store_n(&queue->used->idx, queue->next_used, __ATOMIC_RELEASE);
	/* and the index is, before what the driver wants is read: it does so the other way round */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!queue->event_idx)
		return !(read_once(queue->avail->flags) & VRING_AVAIL_F_NO_INTERRUPT);
	return read_once(*used_event(queue)) == (__u16)(queue->next_used - 1);
}

bool queue_expect(struct queue *queue, bool tell)
{
	if (queue->broken)
		return false;
	if (!queue->event_idx)
		write_once(queue->used->flags, tell ? 0 : VRING_USED_F_NO_NOTIFY);
	else if (tell)
		write_once(*avail_event(queue), queue->next_avail);
	/* the wish is there before the index is read: the driver does so the other way round */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return read_once(queue->avail->idx) != queue->next_avail;
}
