// SPDX-License-Identifier: MIT
/*
 * A virtio socket device (virtio 1.2, 5.10): connections between the guest and programs of the
 * host's, by addresses of the family AF_VSOCK.  The host's kernel does all of it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/vhost.h>
#include <linux/virtio_vsock.h>

#include "devices.h"
#include "machine.h"
#include "say.h"
#include "vhost.h"

/* The last one would tell of a guest that has moved to another host, which none does */
enum { QUEUE_RX, QUEUE_TX, QUEUE_EVENT, QUEUES };

/**
 * struct vsock - a socket device
 * @virtio: for the transport
 * @config: what the driver reads
 * @vhost: what serves its first two queues
 * @lock: covers @begun
 * @begun: of those queues, how many the kernel knows; it serves both or none
 */
struct vsock {
	struct virtio virtio;
	struct virtio_vsock_config config;
	struct vhost vhost;
	pthread_mutex_t lock;
	unsigned int begun;
};

static struct vsock *to_vsock(struct virtio *virtio)
{
	return container_of(virtio, struct vsock, virtio);
}

static int run(struct virtio_queue *queue, bool begin)
{
	struct vsock *vsock = to_vsock(queue->virtio);
	int running, rc = 0;

	pthread_mutex_lock(&vsock->lock);
	if (begin)
		vsock->begun++;
	running = begin;
	if (vsock->begun == VHOST_QUEUES)
		rc = ioctl(vsock->vhost.fd, VHOST_VSOCK_SET_RUNNING, &running);
	if (!begin)
		vsock->begun--;
	pthread_mutex_unlock(&vsock->lock);
	return rc;
}

static void serve(struct virtio_queue *queue)
{
	if (queue->index != QUEUE_EVENT) {
		vhost_serve(&to_vsock(queue->virtio)->vhost, queue, run);
		return;
	}
	while (virtio_wait_fd(queue, -1, 0))
		;
}

static const struct virtio_ops ops = {
	.id = VIRTIO_ID_VSOCK,
	.name = "a socket device",
	.serve = serve,
};

static int open_vsock(struct vsock *vsock, const struct ram *ram)
{
	if (vhost_open(&vsock->vhost, "/dev/vhost-vsock", "vhost_vsock", ram))
		return -1;
	if (!ioctl(vsock->vhost.fd, VHOST_VSOCK_SET_GUEST_CID, &vsock->config.guest_cid))
		return 0;
	if (errno == EADDRINUSE)
		say("another guest has the address %llu: give --vsock another number",
		    vsock->config.guest_cid);
	else
		say("the guest can't have the address %llu: %s", vsock->config.guest_cid,
		    strerror(errno));
	return -1;
}

struct device *virtio_vsock_create(struct machine *machine, __u32 cid)
{
	struct vsock *vsock = calloc(1, sizeof(*vsock));

	if (!vsock) {
		say("there is no memory for %s", ops.name);
		return NULL;
	}
	pthread_mutex_init(&vsock->lock, NULL);
	vsock->config.guest_cid = cid;
	if (!machine->options->dump_dtb && open_vsock(vsock, &machine->ram))
		return NULL;
	vsock->virtio.config = &vsock->config;
	vsock->virtio.config_size = sizeof(vsock->config);
	vsock->virtio.offered = vsock->vhost.features & 1ULL << VIRTIO_VSOCK_F_SEQPACKET;
	vsock->virtio.kernel_interrupts = true;
	vsock->virtio.queue_count = QUEUES;
	return virtio_init(&vsock->virtio, &ops, machine);
}
