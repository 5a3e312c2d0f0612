// SPDX-License-Identifier: MIT
/*
 * A virtio network interface (virtio 1.2, 5.1): one queue each way, no offloads.  What it is
 * connected to is link.c's.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <linux/virtio_net.h>

#include "devices.h"
#include "link.h"
#include "machine.h"
#include "say.h"

enum { QUEUE_RX, QUEUE_TX, QUEUES };

/* Bytes before each frame in the guest's memory */
#define HEADER_SIZE	sizeof(struct virtio_net_hdr_v1)

/* Some frames, and a whole one more */
#define IN_ROOM		(4 * (FRAME_HEAD + FRAME_MAX))

/**
 * struct net - a network interface
 * @virtio: for the transport
 * @config: what the driver reads
 * @link: what it is connected to
 * @in: what has come from there: frames with their sizes
 * @in_begin: the first that the guest hasn't got
 * @in_end: behind the last
 * @out: the frame on its way there, with its size
 * @out_size: of both; 0: there is none
 * @out_sent: what of it has been sent
 * @gone: there is no other side any more; atomic
 */
struct net {
	struct virtio virtio;
	struct virtio_net_config config;
	struct link link;
	__u8 in[IN_ROOM];
	size_t in_begin;
	size_t in_end;
	__u8 out[FRAME_HEAD + FRAME_MAX];
	size_t out_size;
	size_t out_sent;
	bool gone;
};

static struct net *to_net(struct virtio *virtio)
{
	return container_of(virtio, struct net, virtio);
}

static bool is_gone(const struct net *net)
{
	return __atomic_load_n(&net->gone, __ATOMIC_RELAXED);
}

/* The guest sees that its cable is pulled */
static void lose(struct net *net)
{
	if (__atomic_exchange_n(&net->gone, true, __ATOMIC_RELAXED))
		return;
	say("%s at %#llx isn't connected any more", net->virtio.ops->name,
	    (unsigned long long)net->virtio.map.base);
	net->config.status = 0;
	virtio_config_changed(&net->virtio);
}

/* Returns the size of the first frame that has come, or 0 while none has whole */
static size_t next_frame(struct net *net)
{
	size_t there = net->in_end - net->in_begin;
	__u32 head;

	if (there < FRAME_HEAD)
		return 0;
	memcpy(&head, net->in + net->in_begin, FRAME_HEAD);
	head = ntohl(head);
	if (!head || head > FRAME_MAX) {
		lose(net);
		net->in_end = net->in_begin;
		return 0;
	}
	return there - FRAME_HEAD < head ? 0 : head;
}

/* A frame that is larger than the driver's buffer is lost, and the buffer serves the next */
static void deliver(struct virtio_queue *queue, struct chain *chain, size_t size)
{
	struct net *net = to_net(queue->virtio);
	const struct virtio_net_hdr_v1 header = { .num_buffers = 1 };

	if (chain->writable.bytes < HEADER_SIZE + size) {
		queue_unpop(&queue->ring);
	} else {
		iovs_put(&chain->writable, &header, HEADER_SIZE);
		iovs_put(&chain->writable, net->in + net->in_begin + FRAME_HEAD, size);
		virtio_push(queue, chain, HEADER_SIZE + size);
	}
	net->in_begin += FRAME_HEAD + size;
}

/* Returns false when the thread is to end */
static bool receive(struct virtio_queue *queue)
{
	struct net *net = to_net(queue->virtio);
	ssize_t came;

	if (!virtio_wait_fd(queue, is_gone(net) ? -1 : net->link.fd, POLLIN))
		return false;
	net->in_end -= net->in_begin;
	memmove(net->in, net->in + net->in_begin, net->in_end);
	net->in_begin = 0;
	came = link_receive(&net->link, net->in + net->in_end, sizeof(net->in) - net->in_end);
	if (came > 0)
		net->in_end += came;
	else if (!came)
		lose(net);
	return true;
}

static void serve_rx(struct virtio_queue *queue)
{
	struct net *net = to_net(queue->virtio);
	struct chain chain;
	size_t size;

	do {
		while ((size = next_frame(net)) && virtio_pop(queue, &chain))
			deliver(queue, &chain, size);
	} while (size ? virtio_wait(queue) : receive(queue));
}

/* The driver's frame, to be sent.  What can't be one is lost. */
static void take(struct virtio_queue *queue, struct chain *chain)
{
	struct net *net = to_net(queue->virtio);
	__u32 size;

	/* without offloads it says nothing */
	if (chain->readable.bytes < HEADER_SIZE) {
		virtio_break(queue, "a frame has no header");
		return;
	}
	iovs_skip(&chain->readable, HEADER_SIZE);
	size = chain->readable.bytes;
	if (size && size <= FRAME_MAX && !is_gone(net)) {
		__u32 head = htonl(size);

		memcpy(net->out, &head, FRAME_HEAD);
		iovs_get(&chain->readable, net->out + FRAME_HEAD, size);
		net->out_size = FRAME_HEAD + size;
		net->out_sent = 0;
	}
	virtio_push(queue, chain, 0);
}

/* Returns false when the thread is to end; then the rest goes when it begins anew */
static bool send_all(struct virtio_queue *queue)
{
	struct net *net = to_net(queue->virtio);
	ssize_t sent;

	while (net->out_size) {
		sent = link_send(&net->link, net->out, net->out_size, net->out_sent);
		if (sent < 0 && !virtio_wait_fd(queue, net->link.fd, POLLOUT))
			return false;
		if (!sent)
			lose(net);
		if (sent > 0)
			net->out_sent += sent;
		if (!sent || net->out_sent == net->out_size)
			net->out_size = 0;
	}
	return true;
}

static void serve_tx(struct virtio_queue *queue)
{
	struct chain chain;

	do {
		while (send_all(queue) && virtio_pop(queue, &chain))
			take(queue, &chain);
	} while (virtio_wait(queue));
}

static void serve(struct virtio_queue *queue)
{
	if (queue->index == QUEUE_RX)
		serve_rx(queue);
	else
		serve_tx(queue);
}

static const struct virtio_ops ops = {
	.id = VIRTIO_ID_NET,
	.name = "a network interface",
	.serve = serve,
};

struct device *virtio_net_create(struct machine *machine, const char *text)
{
	struct net *net = calloc(1, sizeof(*net));

	if (!net) {
		say("there is no memory for %s", ops.name);
		return NULL;
	}
	if (link_open(&net->link, text, machine->options->dump_dtb))
		return NULL;
	net->config = (struct virtio_net_config){
		/* locally administered: "avm" and which one it is */
		.mac = { 0x02, 0x61, 0x76, 0x6d, 0x01, machine->virtio_count },
		.status = VIRTIO_NET_S_LINK_UP,
	};
	net->virtio.config = &net->config;
	net->virtio.config_size = sizeof(net->config);
	net->virtio.offered = 1ULL << VIRTIO_NET_F_MAC | 1ULL << VIRTIO_NET_F_STATUS;
	net->virtio.queue_count = QUEUES;
	return virtio_init(&net->virtio, &ops, machine);
}
