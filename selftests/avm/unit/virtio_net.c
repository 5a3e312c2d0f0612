// SPDX-License-Identifier: MIT
/* avm's virtio network interface, and a passt that sends back what it gets */
#include "driver.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/virtio_net.h>

#include "kselftest_harness.h"

#define NEXT		VRING_DESC_F_NEXT
#define WRITE		VRING_DESC_F_WRITE

/* Where a frame is that is sent, behind its header, and a buffer for what comes */
#define HEADER_AT	MEMORY
#define FRAME_AT	(MEMORY + 0x1000)
#define BUFFER_AT	(MEMORY + SIZE_MIB(1))

/*
 * This program is its own passt: what comes over the wire goes back, until it is closed.  A
 * frame that begins with 0xff is its end.
 */
static void echo(int fd)
{
	static unsigned char frame[70000];
	__u32 size;

	while (recv(fd, &size, 4, MSG_WAITALL) == 4 &&
	       recv(fd, frame, ntohl(size), MSG_WAITALL) == (ssize_t)ntohl(size) &&
	       frame[0] != 0xff) {
		/* not all at once */
		send(fd, &size, 3, 0);
		usleep(1000);
		send(fd, (char *)&size + 3, 1, 0);
		send(fd, frame, ntohl(size), 0);
	}
	_exit(0);
}

static void __attribute__((constructor)) be_passt(int argc, char **argv)
{
	if (strcmp(argv[0], "passt"))
		return;
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "--fd"))
			echo(atoi(argv[i + 1]));
	_exit(1);
}

FIXTURE(net) {
	struct driver driver;
	char folder[64];
	char program[128];
};

FIXTURE_SETUP(net)
{
	char exe[256] = "";

	snprintf(self->folder, sizeof(self->folder), "/tmp/avm-net.XXXXXX");
	ASSERT_NE(mkdtemp(self->folder), NULL);
	snprintf(self->program, sizeof(self->program), "%s/passt", self->folder);
	ASSERT_GT(readlink("/proc/self/exe", exe, sizeof(exe) - 1), 0);
	ASSERT_EQ(symlink(exe, self->program), 0);
	setenv("PATH", self->folder, 1);
	driver_machine(&self->driver);
	driver_plug(&self->driver, virtio_net_create(&self->driver.machine, "user"));
	driver_start(&self->driver, ALL_FEATURES, 2);
}

FIXTURE_TEARDOWN(net)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
	unlink(self->program);
	rmdir(self->folder);
}

/* A frame of so many bytes of this value goes out */
static void transmit(struct driver *driver, unsigned char value, __u32 size)
{
	memset(driver_at(driver, HEADER_AT), 0, sizeof(struct virtio_net_hdr_v1));
	memset(driver_at(driver, FRAME_AT), value, size);
	driver_describe(driver, 1, 0, HEADER_AT, sizeof(struct virtio_net_hdr_v1), NEXT);
	driver_describe(driver, 1, 1, FRAME_AT, size, 0);
	driver_offer(driver, 1, 0);
}

/* A buffer for what comes in; it is empty */
static void provide(struct driver *driver, __u32 size)
{
	memset(driver_at(driver, BUFFER_AT), 0, size);
	driver_describe(driver, 0, 0, BUFFER_AT, size, WRITE);
	driver_offer(driver, 0, 0);
}

static bool came(struct driver *driver, unsigned char value, __u32 size)
{
	const __u32 head = sizeof(struct virtio_net_hdr_v1);
	unsigned char *at = driver_at(driver, BUFFER_AT);

	if (driver_take(driver, 0) != head + size ||
	    ((struct virtio_net_hdr_v1 *)at)->num_buffers != 1)
		return false;
	for (__u32 i = 0; i < size; i++)
		if (at[head + i] != value)
			return false;
	return !at[head + size];
}

TEST_F(net, frames_go_and_come)
{
	static const __u32 sizes[] = { 60, 1, 1514, 9000, 65535 };

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		transmit(&self->driver, i + 1, sizes[i]);
		EXPECT_EQ(driver_take(&self->driver, 1), 0);
		provide(&self->driver, 70000);
		EXPECT_TRUE(came(&self->driver, i + 1, sizes[i]));
	}
}

/* One that there is no room for is lost, and so is what can't be a frame; the others aren't */
TEST_F(net, loses_what_is_too_large)
{
	provide(&self->driver, 100);
	transmit(&self->driver, 1, 89);
	EXPECT_EQ(driver_take(&self->driver, 1), 0);
	transmit(&self->driver, 2, 100000);
	EXPECT_EQ(driver_take(&self->driver, 1), 0);
	transmit(&self->driver, 3, 0);
	EXPECT_EQ(driver_take(&self->driver, 1), 0);
	transmit(&self->driver, 4, 80);
	EXPECT_TRUE(came(&self->driver, 4, 80));
}

TEST_F(net, lives_on_after_a_reset)
{
	for (unsigned int i = 1; i < 50; i++) {
		driver_start(&self->driver, ALL_FEATURES, 2);
		transmit(&self->driver, 0x5a, 65535);
		if (i % 2)
			provide(&self->driver, 70000);
		usleep(i * 20);
	}
	driver_start(&self->driver, ALL_FEATURES, 2);
	provide(&self->driver, 70000);
	EXPECT_TRUE(came(&self->driver, 0x5a, 65535));
}

TEST_F(net, tells_of_a_pulled_cable)
{
	const __u64 status = VIRTIO_MMIO_CONFIG + 4;
	__u32 generation = driver_read(&self->driver, VIRTIO_MMIO_CONFIG_GENERATION);

	EXPECT_EQ(driver_read(&self->driver, status) >> 16, VIRTIO_NET_S_LINK_UP);
	transmit(&self->driver, 0xff, 60);
	EXPECT_EQ(driver_take(&self->driver, 1), 0);
	while (!(driver_read(&self->driver, VIRTIO_MMIO_INTERRUPT_STATUS) & VIRTIO_MMIO_INT_CONFIG))
		ASSERT_TRUE(driver_interrupted(&self->driver, 1000));
	EXPECT_EQ(driver_read(&self->driver, status) >> 16, 0);
	EXPECT_NE(driver_read(&self->driver, VIRTIO_MMIO_CONFIG_GENERATION), generation);
	transmit(&self->driver, 1, 60);
	EXPECT_EQ(driver_take(&self->driver, 1), 0);
}

TEST_F(net, is_broken_without_header)
{
	driver_describe(&self->driver, 1, 0, HEADER_AT, 11, 0);
	driver_offer(&self->driver, 1, 0);
	EXPECT_TRUE(driver_is_broken(&self->driver));
	driver_start(&self->driver, ALL_FEATURES, 2);
	transmit(&self->driver, 1, 60);
	provide(&self->driver, 2000);
	EXPECT_TRUE(came(&self->driver, 1, 60));
}

TEST_HARNESS_MAIN
