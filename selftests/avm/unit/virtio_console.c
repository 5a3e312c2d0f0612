// SPDX-License-Identifier: MIT
/* avm's virtio console: what its ports are told, what goes through them, and what breaks it */
#include "driver.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include <linux/virtio_console.h>

#include "kselftest_harness.h"

#define WRITE		VRING_DESC_F_WRITE
#define MULTIPORT	(1ULL << VIRTIO_CONSOLE_F_MULTIPORT)

/* Queues of messages, and those of ports; memory for each */
enum { TOLD = 2, TELLING };
#define RX(port)	((port) ? 2 * (port) + 2 : 0)
#define TX(port)	(RX(port) + 1)
#define AT(queue)	(MEMORY + (queue) * 0x1000ULL)

enum { TERMINAL, PTY, LOG, PORTS };
#define QUEUES		(2 + 2 * PORTS)

FIXTURE(console) {
	struct driver driver;
	char log[64];
	char pty[64];
};

FIXTURE_SETUP(console)
{
	char log[80];
	struct words texts = { { "terminal", "pty", log }, PORTS };
	const char *before = "\nconsole 1 is ";
	char told[64] = "";

	snprintf(self->log, sizeof(self->log), "/tmp/avm-console.XXXXXX");
	close(mkstemp(self->log));
	snprintf(log, sizeof(log), "file=%s,name=a.log", self->log);
	driver_machine(&self->driver);
	driver_plug(&self->driver, virtio_console_create(&self->driver.machine, &texts));
	bus_tell(&self->driver.machine.bus, told, sizeof(told));
	ASSERT_EQ(strncmp(told, before, strlen(before)), 0);
	snprintf(self->pty, sizeof(self->pty), "%s", told + strlen(before));
	driver_start(&self->driver, ALL_FEATURES, QUEUES);
}

FIXTURE_TEARDOWN(console)
{
	driver_write(&self->driver, VIRTIO_MMIO_STATUS, 0);
	unlink(self->log);
}

static void offer(struct driver *driver, unsigned int queue, __u32 size, __u16 flags)
{
	driver_describe(driver, queue, 0, AT(queue), size, flags);
	driver_offer(driver, queue, 0);
}

/* The driver's message */
static bool tell(struct driver *driver, __u32 id, __u16 event, __u16 value)
{
	*(struct virtio_console_control *)driver_at(driver, AT(TELLING)) =
		(struct virtio_console_control){ id, event, value };
	offer(driver, TELLING, sizeof(struct virtio_console_control), 0);
	return !driver_take(driver, TELLING);
}

/* Whether the next message for the driver is this one, with these bytes behind it */
static bool told(struct driver *driver, __u32 id, __u16 event, __u16 value, const char *more)
{
	const struct virtio_console_control *message = driver_at(driver, AT(TOLD));
	long size = sizeof(*message) + strlen(more);

	offer(driver, TOLD, 256, WRITE);
	return driver_take(driver, TOLD) == size && message->id == id && message->event == event &&
	       message->value == value && !memcmp(message + 1, more, strlen(more));
}

/* Up to where the guest has opened a port */
static bool open_port(struct driver *driver, __u32 port, bool there)
{
	return tell(driver, port, VIRTIO_CONSOLE_PORT_OPEN, 1) &&
	       told(driver, port, VIRTIO_CONSOLE_PORT_OPEN, there, "");
}

/* What the guest writes; whether that comes back */
static bool sends(struct driver *driver, unsigned int port, const char *text)
{
	memcpy(driver_at(driver, AT(TX(port))), text, strlen(text));
	offer(driver, TX(port), strlen(text), 0);
	return !driver_take(driver, TX(port));
}

static void provide(struct driver *driver, unsigned int port)
{
	memset(driver_at(driver, AT(RX(port))), 0, 64);
	offer(driver, RX(port), 64, WRITE);
}

static bool came(struct driver *driver, unsigned int port, const char *text)
{
	return driver_take(driver, RX(port)) == (long)strlen(text) &&
	       !memcmp(driver_at(driver, AT(RX(port))), text, strlen(text));
}

/* What is at the other end, within a second */
static bool reads(int fd, const char *text)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char got[64] = "";
	ssize_t length = 0;

	while (length < (ssize_t)strlen(text) && poll(&ready, 1, 1000) > 0) {
		ssize_t more = read(fd, got + length, sizeof(got) - 1 - length);

		if (more <= 0)
			break;
		length += more;
	}
	return !strcmp(got, text);
}

TEST_F(console, tells_of_its_ports)
{
	struct driver *driver = &self->driver;

	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_CONFIG + 4), PORTS);
	EXPECT_TRUE(tell(driver, VIRTIO_CONSOLE_BAD_ID, VIRTIO_CONSOLE_DEVICE_READY, 1));
	for (unsigned int i = 0; i < PORTS; i++)
		EXPECT_TRUE(told(driver, i, VIRTIO_CONSOLE_PORT_ADD, 1, ""));
	EXPECT_TRUE(tell(driver, LOG, VIRTIO_CONSOLE_PORT_READY, 1));
	EXPECT_TRUE(told(driver, LOG, VIRTIO_CONSOLE_PORT_NAME, 1, "a.log"));
	EXPECT_TRUE(told(driver, LOG, VIRTIO_CONSOLE_PORT_OPEN, 1, ""));
	EXPECT_TRUE(tell(driver, PTY, VIRTIO_CONSOLE_PORT_READY, 1));
	EXPECT_TRUE(told(driver, PTY, VIRTIO_CONSOLE_CONSOLE_PORT, 1, ""));
	EXPECT_TRUE(told(driver, PTY, VIRTIO_CONSOLE_PORT_OPEN, 0, ""));
}

TEST_F(console, a_terminal_has_the_keys_while_it_is_open)
{
	struct driver *driver = &self->driver;

	EXPECT_FALSE(driver_terminal_has_keys());
	EXPECT_TRUE(open_port(driver, TERMINAL, true));
	EXPECT_TRUE(driver_terminal_has_keys());
	EXPECT_TRUE(sends(driver, TERMINAL, "login: "));
	EXPECT_TRUE(reads(driver_terminal(), "login: "));
	ASSERT_EQ(write(driver_terminal(), "root\r", 5), 5);
	provide(driver, TERMINAL);
	EXPECT_TRUE(came(driver, TERMINAL, "root\r"));
	EXPECT_TRUE(tell(driver, TERMINAL, VIRTIO_CONSOLE_PORT_OPEN, 0));
	EXPECT_FALSE(driver_terminal_has_keys());
	EXPECT_TRUE(open_port(driver, TERMINAL, true));
	driver_write(driver, VIRTIO_MMIO_STATUS, 0);
	EXPECT_FALSE(driver_terminal_has_keys());
}

TEST_F(console, a_pty_is_raw_and_comes_and_goes)
{
	struct driver *driver = &self->driver;
	int fd;

	EXPECT_TRUE(open_port(driver, PTY, false));
	provide(driver, PTY);
	for (unsigned int i = 0; i < 2; i++) {
		/* nobody gets that, neither now nor later */
		EXPECT_TRUE(sends(driver, PTY, "in vain"));
		EXPECT_TRUE(told(driver, PTY, VIRTIO_CONSOLE_PORT_OPEN, 0, ""));
		fd = open(self->pty, O_RDWR | O_NOCTTY);
		ASSERT_GE(fd, 0);
		EXPECT_TRUE(told(driver, PTY, VIRTIO_CONSOLE_PORT_OPEN, 1, ""));
		EXPECT_TRUE(sends(driver, PTY, "one\ntwo\r\n"));
		EXPECT_TRUE(reads(fd, "one\ntwo\r\n"));
		ASSERT_EQ(write(fd, "\3\r", 2), 2);
		EXPECT_TRUE(came(driver, PTY, "\3\r"));
		provide(driver, PTY);
		close(fd);
	}
}

TEST_F(console, input_waits_until_the_port_is_open)
{
	struct driver *driver = &self->driver;

	provide(driver, TERMINAL);
	ASSERT_EQ(write(driver_terminal(), "early", 5), 5);
	usleep(50000);
	EXPECT_EQ(driver_used(driver, RX(TERMINAL))->idx, 0);
	EXPECT_TRUE(open_port(driver, TERMINAL, true));
	EXPECT_TRUE(came(driver, TERMINAL, "early"));
}

TEST_F(console, a_file_has_all_that_was_written)
{
	struct driver *driver = &self->driver;
	int fd = open(self->log, O_RDONLY);

	EXPECT_TRUE(open_port(driver, LOG, true));
	EXPECT_TRUE(sends(driver, LOG, "one "));
	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_TRUE(sends(driver, LOG, "two"));
	EXPECT_TRUE(reads(fd, "one two"));
	close(fd);
}

/* Of a driver that knows no others, the first one is open by itself */
TEST_F(console, has_a_port_without_messages)
{
	struct driver *driver = &self->driver;

	driver_start(driver, ALL_FEATURES & ~MULTIPORT, 2);
	ASSERT_EQ(write(driver_terminal(), "key", 3), 3);
	provide(driver, TERMINAL);
	EXPECT_TRUE(came(driver, TERMINAL, "key"));
	EXPECT_TRUE(sends(driver, TERMINAL, "text"));
	EXPECT_TRUE(reads(driver_terminal(), "text"));
}

/* A guest that doesn't get rid of what it writes can still reset the device */
TEST_F(console, reset_ends_what_nobody_reads)
{
	struct driver *driver = &self->driver;

	EXPECT_TRUE(open_port(driver, TERMINAL, true));
	offer(driver, TX(TERMINAL), SIZE_MIB(8), 0);
	usleep(20000);
	EXPECT_EQ(driver_used(driver, TX(TERMINAL))->idx, 0);
	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_EQ(driver_read(driver, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET, 0);
	EXPECT_TRUE(open_port(driver, TERMINAL, true));
}

/* One buffer is enough */
static bool breaks(struct driver *driver, unsigned int queue, __u32 size, __u16 flags)
{
	while (driver_interrupted(driver, 0))
		;
	offer(driver, queue, size, flags);
	return driver_is_broken(driver);
}

TEST_F(console, is_broken_by_what_is_too_short)
{
	const __u32 message = sizeof(struct virtio_console_control);
	struct driver *driver = &self->driver;

	EXPECT_TRUE(breaks(driver, TELLING, message - 1, 0));

	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_TRUE(tell(driver, 0, VIRTIO_CONSOLE_DEVICE_READY, 1));
	EXPECT_TRUE(breaks(driver, TOLD, message - 1, WRITE));

	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_TRUE(tell(driver, LOG, VIRTIO_CONSOLE_PORT_READY, 1));
	EXPECT_TRUE(breaks(driver, TOLD, message + 4, WRITE));

	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_TRUE(open_port(driver, LOG, true));
}

/* A reset forgets what the last driver was to be told, and ports that there aren't are nobody's */
TEST_F(console, survives_anything)
{
	static const __u32 ids[] = { 0, 1, 2, 3, 7, 8, 0x80000000, ~0U };
	struct driver *driver = &self->driver;
	unsigned int seed = 1;

	for (unsigned int i = 0; i < 2000; i++) {
		__u32 id = ids[rand_r(&seed) % ARRAY_SIZE(ids)];
		unsigned int port = rand_r(&seed) % PORTS;

		ASSERT_TRUE(tell(driver, id, rand_r(&seed) % 10, rand_r(&seed) % 3));
		if (!(i % 7))
			offer(driver, RX(port), rand_r(&seed) % 3, WRITE);
		if (!(i % 100))
			driver_start(driver, ALL_FEATURES, QUEUES);
	}
	driver_start(driver, ALL_FEATURES, QUEUES);
	EXPECT_TRUE(open_port(driver, LOG, true));
}

TEST(options)
{
	static const char * const wrong[] = {
		"", "tty", "pty,name=", "file=/no/such/folder/file", "pty,nam=x",
		"pty,name=01234567890123456789012345678901234567890123456789012345678901234",
	};
	struct driver driver;
	struct words nine = { { NULL }, 9 };

	driver_machine(&driver);
	for (unsigned int i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct words words = { { wrong[i] }, 1 };

		EXPECT_EQ(virtio_console_create(&driver.machine, &words), NULL);
	}
	for (unsigned int i = 0; i < nine.count; i++)
		nine.words[i] = "pty";
	EXPECT_EQ(virtio_console_create(&driver.machine, &nine), NULL);
	nine.count = 8;
	EXPECT_NE(virtio_console_create(&driver.machine, &nine), NULL);
}

TEST_HARNESS_MAIN
