// SPDX-License-Identifier: MIT
#include "vhost.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/vhost.h>

#include "machine.h"
#include "say.h"

static int set_memory(int fd, const struct ram *ram)
{
	struct vhost_memory *memory = calloc(1, sizeof(*memory) + sizeof(memory->regions[0]));
	int rc;

	if (!memory)
		return -1;
	memory->nregions = 1;
	memory->regions[0] = (struct vhost_memory_region){
		.guest_phys_addr = ram->base,
		.memory_size = ram->size,
		.userspace_addr = (uintptr_t)ram->host,
	};
	rc = ioctl(fd, VHOST_SET_MEM_TABLE, memory);
	free(memory);
	return rc;
}

int vhost_open(struct vhost *vhost, const char *path, const char *module, const struct ram *ram)
{
	bool made = true;

	vhost->fd = open(path, O_RDWR | O_CLOEXEC);
	if (vhost->fd < 0) {
		if (errno == EACCES || errno == EPERM)
			say("you may not open %s: run avm as root, or change its mode", path);
		else
			say("can't open %s (%s): load the module with 'modprobe %s'", path,
			    strerror(errno), module);
		return -1;
	}
	for (unsigned int i = 0; i < VHOST_QUEUES; i++) {
		vhost->errors[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		made = made && vhost->errors[i] >= 0;
	}
	if (made && !ioctl(vhost->fd, VHOST_SET_OWNER) && !set_memory(vhost->fd, ram) &&
	    !ioctl(vhost->fd, VHOST_GET_FEATURES, &vhost->features))
		return 0;
	say("can't set up %s: %s", path, strerror(errno));
	return -1;
}

static int set_state(int fd, unsigned long command, unsigned int index, unsigned int number)
{
	struct vhost_vring_state state = { .index = index, .num = number };

	return ioctl(fd, command, &state);
}

static int set_file(int fd, unsigned long command, unsigned int index, int file)
{
	struct vhost_vring_file to = { .index = index, .fd = file };

	return ioctl(fd, command, &to);
}

/* Its rings are in memory, as queue_start() has found */
static int set_addresses(int fd, const struct virtio_queue *queue)
{
	struct vhost_vring_addr addr = {
		.index = queue->index,
		.desc_user_addr = (uintptr_t)queue->ring.desc,
		.avail_user_addr = (uintptr_t)queue->ring.avail,
		.used_user_addr = (uintptr_t)queue->ring.used,
	};

	return ioctl(fd, VHOST_SET_VRING_ADDR, &addr);
}

/* Returns -1 with errno set */
static int begin(const struct vhost *vhost, const struct virtio_queue *queue)
{
	const struct virtio *virtio = queue->virtio;
	unsigned int index = queue->index;
	int fd = vhost->fd;

	if (ioctl(fd, VHOST_SET_FEATURES, &virtio->accepted) ||
	    set_state(fd, VHOST_SET_VRING_NUM, index, queue->ring.size) ||
	    set_state(fd, VHOST_SET_VRING_BASE, index, 0) || set_addresses(fd, queue) ||
	    set_file(fd, VHOST_SET_VRING_ERR, index, vhost->errors[index]) ||
	    set_file(fd, VHOST_SET_VRING_CALL, index, virtio->irq) ||
	    set_file(fd, VHOST_SET_VRING_KICK, index, queue->kick))
		return -1;
	return 0;
}

static void end(const struct vhost *vhost, const struct virtio_queue *queue)
{
	set_file(vhost->fd, VHOST_SET_VRING_KICK, queue->index, VHOST_FILE_UNBIND);
	set_file(vhost->fd, VHOST_SET_VRING_CALL, queue->index, VHOST_FILE_UNBIND);
}

static void fail(struct virtio_queue *queue)
{
	say("the host's kernel doesn't serve %s: %s", queue->virtio->ops->name, strerror(errno));
	virtio_break(queue, "nobody serves it");
}

void vhost_serve(const struct vhost *vhost, struct virtio_queue *queue,
		 int (*run)(struct virtio_queue *queue, bool begin))
{
	int error = vhost->errors[queue->index];
	uint64_t count;

	/* of the last driver */
	(void)!read(error, &count, sizeof(count));
	if (!queue->ring.broken) {
		if (begin(vhost, queue)) {
			fail(queue);
		} else {
			if (run(queue, true))
				fail(queue);
			else if (virtio_wait_fd(queue, error, POLLIN))
				virtio_break(queue, "the host's kernel can't use its buffers");
			run(queue, false);
		}
		end(vhost, queue);
	}
	while (virtio_wait_fd(queue, -1, 0))
		;
}
