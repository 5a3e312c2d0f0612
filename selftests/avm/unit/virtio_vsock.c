// SPDX-License-Identifier: MIT
/*
 * avm's virtio socket device, which the host's kernel serves, with a kernel that notes what it is
 * told and does nothing.
 */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/vhost.h>
#include <linux/virtio_vsock.h>

#include "kselftest_harness.h"

#define CID	4711
#define QUEUES	3

/* What the kernel knows; tests look at it when it has been told all */
static struct {
	int fd;
	int open_error;
	int cid_error;
	int running_error;
	bool owned;
	__u64 features;
	__u64 cid;
	struct vhost_memory_region memory;
	struct vhost_vring_addr addr[2];
	unsigned int size[2];
	unsigned int base[2];
	int kick[2];
	int call[2];
	int error[2];
	int running;
	unsigned int starts;
	bool unbound_while_running;
} kernel;

int open(const char *path, int flags, ...)
{
	va_list more;
	int mode;

	va_start(more, flags);
	mode = va_arg(more, int);
	va_end(more);
	if (strcmp(path, "/dev/vhost-vsock"))
		return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	errno = kernel.open_error;
	return errno ? -1 : kernel.fd;
}

static int fail(int error)
{
	errno = error;
	return error ? -1 : 0;
}

static int set_running(int running)
{
	if (running && kernel.running_error)
		return fail(kernel.running_error);
	kernel.running = running;
	kernel.starts += running;
	return 0;
}

static int set_kick(const struct vhost_vring_file *file)
{
	if (file->fd < 0 && kernel.running)
		kernel.unbound_while_running = true;
	__atomic_store_n(&kernel.kick[file->index], file->fd, __ATOMIC_SEQ_CST);
	return 0;
}

/* Of a queue */
static int ioctl_queue(unsigned long command, const void *arg)
{
	const struct vhost_vring_state *state = arg;
	const struct vhost_vring_file *file = arg;

	if (state->index > 1)
		return fail(ENOBUFS);
	if (kernel.running && command != VHOST_SET_VRING_KICK && command != VHOST_SET_VRING_CALL)
		return fail(EBUSY);
	switch (command) {
	case VHOST_SET_VRING_NUM:
		kernel.size[state->index] = state->num;
		return 0;
	case VHOST_SET_VRING_BASE:
		kernel.base[state->index] = state->num;
		return 0;
	case VHOST_SET_VRING_ADDR:
		kernel.addr[state->index] = *(const struct vhost_vring_addr *)arg;
		return 0;
	case VHOST_SET_VRING_KICK:
		return set_kick(file);
	case VHOST_SET_VRING_CALL:
		kernel.call[file->index] = file->fd;
		return 0;
	case VHOST_SET_VRING_ERR:
		kernel.error[file->index] = file->fd;
		return 0;
	}
	return fail(ENOTTY);
}

int ioctl(int fd, unsigned long command, ...)
{
	va_list more;
	void *arg;

	va_start(more, command);
	arg = va_arg(more, void *);
	va_end(more);
	if (fd != kernel.fd)
		return syscall(SYS_ioctl, fd, command, arg);
	switch (command) {
	case VHOST_SET_OWNER:
		kernel.owned = true;
		return 0;
	case VHOST_GET_FEATURES:
		*(__u64 *)arg = ALL_FEATURES;
		return 0;
	case VHOST_SET_FEATURES:
		kernel.features = *(__u64 *)arg;
		return 0;
	case VHOST_SET_MEM_TABLE:
		kernel.memory = ((struct vhost_memory *)arg)->regions[0];
		return 0;
	case VHOST_VSOCK_SET_GUEST_CID:
		kernel.cid = *(__u64 *)arg;
		return fail(kernel.cid_error);
	case VHOST_VSOCK_SET_RUNNING:
		return set_running(*(int *)arg);
	}
	return ioctl_queue(command, arg);
}

FIXTURE(vsock) {
	struct driver driver;
};

FIXTURE_SETUP(vsock)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.fd = eventfd(0, 0);
	driver_machine(&self->driver);
	driver_plug(&self->driver, virtio_vsock_create(&self->driver.machine, CID));
}

FIXTURE_TEARDOWN(vsock)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
}

/* Within a second */
static bool comes_to(const int *what, int value)
{
	for (unsigned int tries = 0; tries < 10000; tries++) {
		if (__atomic_load_n(what, __ATOMIC_SEQ_CST) == value)
			return true;
		usleep(100);
	}
	return false;
}

static bool starts(struct driver *driver)
{
	driver_start(driver, ALL_FEATURES, QUEUES);
	return comes_to(&kernel.running, 1);
}

static bool is_signalled(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 1000) > 0;
}

static void signal_fd(int fd)
{
	__u64 one = 1;

	(void)!write(fd, &one, sizeof(one));
}

TEST_F(vsock, tells_the_kernel_where_all_is)
{
	struct driver *driver = &self->driver;

	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_DEVICE_ID), VIRTIO_ID_VSOCK);
	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_CONFIG), CID);
	EXPECT_TRUE(kernel.owned);
	EXPECT_EQ(kernel.cid, CID);
	EXPECT_EQ(kernel.memory.guest_phys_addr, RAM_BASE);
	EXPECT_EQ(kernel.memory.memory_size, RAM_SIZE);
	EXPECT_EQ(kernel.memory.userspace_addr, (uintptr_t)driver_at(driver, RAM_BASE));
	EXPECT_FALSE(kernel.running);

	ASSERT_TRUE(starts(driver));
	EXPECT_EQ(kernel.features, driver->features);
	EXPECT_TRUE(driver->features >> VIRTIO_VSOCK_F_SEQPACKET & 1);
	EXPECT_EQ(kernel.starts, 1);
	for (unsigned int i = 0; i < 2; i++) {
		EXPECT_EQ(kernel.addr[i].desc_user_addr, (uintptr_t)driver_desc(driver, i));
		EXPECT_EQ(kernel.addr[i].avail_user_addr, (uintptr_t)driver_avail(driver, i));
		EXPECT_EQ(kernel.addr[i].used_user_addr, (uintptr_t)driver_used(driver, i));
		EXPECT_EQ(kernel.size[i], ENTRIES);
		EXPECT_EQ(kernel.base[i], 0);
	}
}

/* Nobody of avm's is in between */
TEST_F(vsock, is_notified_and_interrupts)
{
	struct driver *driver = &self->driver;

	ASSERT_TRUE(starts(driver));
	for (unsigned int i = 0; i < 2; i++) {
		driver_notify(driver, i);
		EXPECT_TRUE(is_signalled(kernel.kick[i]));
		driver_write(driver, VIRTIO_MMIO_INTERRUPT_ACK, ~0U);
		signal_fd(kernel.call[i]);
		EXPECT_TRUE(driver_interrupted(driver, 1000));
		EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_INTERRUPT_STATUS),
			  VIRTIO_MMIO_INT_VRING);
	}
}

TEST_F(vsock, reset_takes_it_from_the_kernel)
{
	struct driver *driver = &self->driver;

	for (unsigned int i = 1; i < 50; i++) {
		ASSERT_TRUE(starts(driver));
		driver_write(driver, VIRTIO_MMIO_STATUS, 0);
		EXPECT_FALSE(kernel.running);
		EXPECT_FALSE(kernel.unbound_while_running);
		EXPECT_EQ(kernel.kick[0], VHOST_FILE_UNBIND);
		EXPECT_EQ(kernel.kick[1], VHOST_FILE_UNBIND);
		EXPECT_EQ(kernel.starts, i);
		driver_start(driver, ALL_FEATURES, QUEUES);
		driver_write(driver, VIRTIO_MMIO_STATUS, 0);
		kernel.starts = i;
	}
	/* and so does a driver that takes one of its queues away */
	ASSERT_TRUE(starts(driver));
	driver_write(driver, VIRTIO_MMIO_QUEUE_SEL, 1);
	driver_write(driver, VIRTIO_MMIO_QUEUE_READY, 0);
	EXPECT_FALSE(kernel.running);
	driver_write(driver, VIRTIO_MMIO_QUEUE_READY, 1);
	EXPECT_TRUE(comes_to(&kernel.running, 1));
}

TEST_F(vsock, is_broken_by_what_the_kernel_cannot_use)
{
	struct driver *driver = &self->driver;

	for (unsigned int i = 0; i < 2; i++) {
		ASSERT_TRUE(starts(driver));
		signal_fd(kernel.error[i]);
		EXPECT_TRUE(driver_is_broken(driver));
		EXPECT_TRUE(comes_to(&kernel.running, 0));
	}
	ASSERT_TRUE(starts(driver));
	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET, 0);

	driver_write(driver, VIRTIO_MMIO_STATUS, 0);
	kernel.running_error = EFAULT;
	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_TRUE(driver_is_broken(driver));
}

/* The kernel isn't even told of rings that aren't in memory */
TEST_F(vsock, is_broken_by_rings_that_are_not_there)
{
	struct driver *driver = &self->driver;

	kernel.size[1] = 1;
	driver_negotiate(driver, ALL_FEATURES);
	driver_set_queue(driver, 0);
	driver_write(driver, VIRTIO_MMIO_QUEUE_SEL, 1);
	driver_write(driver, VIRTIO_MMIO_QUEUE_NUM, ENTRIES);
	driver_write(driver, VIRTIO_MMIO_QUEUE_DESC_LOW, RAM_BASE + RAM_SIZE - 8);
	driver_write(driver, VIRTIO_MMIO_QUEUE_AVAIL_LOW, MEMORY);
	driver_write(driver, VIRTIO_MMIO_QUEUE_USED_LOW, MEMORY);
	driver_write(driver, VIRTIO_MMIO_QUEUE_READY, 1);
	driver_go(driver);
	EXPECT_TRUE(driver_is_broken(driver));
	usleep(50000);
	EXPECT_EQ(kernel.size[1], 1);
	EXPECT_EQ(kernel.starts, 0);
	EXPECT_TRUE(starts(driver));
}

TEST(what_the_host_lacks)
{
	struct driver driver;

	driver_machine(&driver);
	kernel.fd = eventfd(0, 0);
	kernel.open_error = ENOENT;
	EXPECT_EQ(virtio_vsock_create(&driver.machine, CID), NULL);
	kernel.open_error = EACCES;
	EXPECT_EQ(virtio_vsock_create(&driver.machine, CID), NULL);
	kernel.open_error = 0;
	kernel.cid_error = EADDRINUSE;
	EXPECT_EQ(virtio_vsock_create(&driver.machine, CID), NULL);
}

TEST_HARNESS_MAIN
