// SPDX-License-Identifier: MIT
/*
 * A virtio console (virtio 1.2, 5.3) with several ports: those that have a name are for programs,
 * the others are terminals.  What a port is connected to is port.c's.
 *
 * A port has two queues, and so has the device itself, for messages: what of a port is to be told
 * stands in @news until the driver has a buffer for it, so a driver that never has takes no memory.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <linux/virtio_console.h>

#include "devices.h"
#include "machine.h"
#include "port.h"
#include "say.h"

enum { CONTROL_RX = 2, CONTROL_TX };

#define PORTS		((VIRTIO_QUEUES - 2) / 2)

/* What is written at a time, in bytes: a reset waits for that */
#define PORTION		SIZE_KIB(64)

/* How often to look whether somebody has come to the other end, in ms */
#define RETRY_MS	200

/* What there is to tell of a port, in this order */
enum { TELL_ADD, TELL_CONSOLE, TELL_NAME, TELL_OPEN };

/**
 * struct console_port - a port
 * @port: what it is connected to
 * @opened: eventfd: has a count while the guest has it open
 * @news: 1 << TELL_*; atomic
 */
struct console_port {
	struct port port;
	int opened;
	unsigned int news;
};

/**
 * struct virtio_console - a console
 * @virtio: for the transport
 * @config: what the driver reads
 * @ports: its ports
 * @count: of them
 * @news: eventfd: there is something to tell of one
 */
struct virtio_console {
	struct virtio virtio;
	struct virtio_console_config config;
	struct console_port ports[PORTS];
	unsigned int count;
	int news;
};

static struct virtio_console *to_console(struct virtio *virtio)
{
	return container_of(virtio, struct virtio_console, virtio);
}

/* Those of the device itself come behind those of the first port */
static struct console_port *port_of(struct virtio_queue *queue)
{
	unsigned int pair = queue->index / 2;

	return &to_console(queue->virtio)->ports[pair ? pair - 1 : 0];
}

static void count_up(int fd)
{
	uint64_t one = 1;

	/* fails only when the count is full */
	(void)!write(fd, &one, sizeof(one));
}

static void count_zero(int fd)
{
	uint64_t count;

	(void)!read(fd, &count, sizeof(count));
}

static void tell_later(struct virtio_console *console, struct console_port *port, unsigned int news)
{
	__atomic_fetch_or(&port->news, news, __ATOMIC_SEQ_CST);
	count_up(console->news);
}

static void set_open(struct virtio_console *console, struct console_port *port, bool open)
{
	if (open)
		count_up(port->opened);
	else
		count_zero(port->opened);
	if (port->port.kind == PORT_TERMINAL)
		console_give(console->virtio.machine, open);
}

static bool is_open(const struct console_port *port)
{
	struct pollfd fd = { .fd = port->opened, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

/* Returns false when the thread is to end */
static bool wait_for_somebody(struct virtio_queue *queue)
{
	struct console_port *port = port_of(queue);

	tell_later(to_console(queue->virtio), port, 1 << TELL_OPEN);
	do {
		if (!virtio_wait_time(queue, RETRY_MS))
			return false;
	} while (!port_is_there(&port->port));
	tell_later(to_console(queue->virtio), port, 1 << TELL_OPEN);
	return true;
}

/* Returns false when the thread is to end */
static bool receive(struct virtio_queue *queue)
{
	struct console_port *port = port_of(queue);
	struct chain chain;
	ssize_t got = 0;

	if (!virtio_pop(queue, &chain))
		return virtio_wait(queue);
	if (chain.writable.bytes)
		got = port_receive(&port->port, &chain.writable);
	if (got > 0 || !chain.writable.bytes) {
		virtio_push(queue, &chain, got);
		return true;
	}
	queue_unpop(&queue->ring);
	return got || wait_for_somebody(queue);
}

/* What comes to a port that the guest doesn't have open stays where it is */
static void serve_rx(struct virtio_queue *queue)
{
	struct console_port *port = port_of(queue);
	bool goes_on = true;

	if (!queue->index && !virtio_has(queue->virtio, VIRTIO_CONSOLE_F_MULTIPORT))
		set_open(to_console(queue->virtio), port, true);
	while (goes_on && virtio_wait_fd(queue, port->opened, POLLIN) &&
	       virtio_wait_fd(queue, port_input(&port->port), POLLIN)) {
		if (is_open(port))
			goes_on = receive(queue);
	}
}

/* Returns false when the thread is to end */
static bool send_all(struct virtio_queue *queue, struct iovs *readable)
{
	struct port *port = &port_of(queue)->port;
	ssize_t sent;

	while (readable->bytes) {
		const struct iovec *piece = readable->iov;

		if (!virtio_wait_fd(queue, port->fd, POLLOUT))
			return false;
		sent = port_send(port, piece->iov_base,
				 piece->iov_len < PORTION ? piece->iov_len : PORTION);
		if (sent > 0)
			iovs_skip(readable, sent);
	}
	return true;
}

static void serve_tx(struct virtio_queue *queue)
{
	struct chain chain;

	do {
		while (virtio_pop(queue, &chain)) {
			if (!send_all(queue, &chain.readable))
				return;
			virtio_push(queue, &chain, 0);
		}
	} while (virtio_wait(queue));
}

static struct console_port *port_with_news(struct virtio_console *console)
{
	for (unsigned int i = 0; i < console->count; i++)
		if (__atomic_load_n(&console->ports[i].news, __ATOMIC_SEQ_CST))
			return &console->ports[i];
	return NULL;
}

/* The first that there is to tell */
static void tell_news(struct virtio_queue *queue, struct chain *chain, struct console_port *port)
{
	static const __u16 events[] = {
		[TELL_ADD] = VIRTIO_CONSOLE_PORT_ADD,
		[TELL_CONSOLE] = VIRTIO_CONSOLE_CONSOLE_PORT,
		[TELL_NAME] = VIRTIO_CONSOLE_PORT_NAME,
		[TELL_OPEN] = VIRTIO_CONSOLE_PORT_OPEN,
	};
	unsigned int what = __builtin_ctz(__atomic_load_n(&port->news, __ATOMIC_SEQ_CST));
	size_t more = what == TELL_NAME ? strlen(port->port.name) : 0;
	struct virtio_console_control message = {
		.id = port - to_console(queue->virtio)->ports,
		.event = events[what],
		.value = 1,
	};

	/* what becomes of it meanwhile is told once more */
	__atomic_fetch_and(&port->news, ~(1U << what), __ATOMIC_SEQ_CST);
	if (what == TELL_OPEN)
		message.value = port_is_there(&port->port);
	if (!iovs_put(&chain->writable, &message, sizeof(message)) ||
	    !iovs_put(&chain->writable, port->port.name, more)) {
		virtio_break(queue, "a buffer has no room for a message");
		return;
	}
	virtio_push(queue, chain, sizeof(message) + more);
}

static void serve_control_rx(struct virtio_queue *queue)
{
	struct virtio_console *console = to_console(queue->virtio);
	struct console_port *port;
	struct chain chain;
	bool goes_on = true;

	while (goes_on) {
		port = port_with_news(console);
		if (!port) {
			goes_on = virtio_wait_fd(queue, console->news, POLLIN);
			count_zero(console->news);
		} else if (virtio_pop(queue, &chain)) {
			tell_news(queue, &chain, port);
		} else {
			goes_on = virtio_wait(queue);
		}
	}
}

static void obey(struct virtio_console *console, const struct virtio_console_control *message)
{
	struct console_port *port;

	if (message->event == VIRTIO_CONSOLE_DEVICE_READY && message->value)
		for (unsigned int i = 0; i < console->count; i++)
			tell_later(console, &console->ports[i], 1 << TELL_ADD);
	if (message->id >= console->count)
		return;
	port = &console->ports[message->id];
	if (message->event == VIRTIO_CONSOLE_PORT_READY && message->value)
		tell_later(console, port, 1 << TELL_OPEN |
			   1 << (*port->port.name ? TELL_NAME : TELL_CONSOLE));
	if (message->event == VIRTIO_CONSOLE_PORT_OPEN) {
		set_open(console, port, message->value);
		tell_later(console, port, 1 << TELL_OPEN);
	}
}

static void serve_control_tx(struct virtio_queue *queue)
{
	struct virtio_console_control message;
	struct chain chain;

	do {
		while (virtio_pop(queue, &chain)) {
			if (iovs_get(&chain.readable, &message, sizeof(message))) {
				obey(to_console(queue->virtio), &message);
				virtio_push(queue, &chain, 0);
			} else {
				virtio_break(queue, "a message is too short");
			}
		}
	} while (virtio_wait(queue));
}

static void serve(struct virtio_queue *queue)
{
	if (queue->index == CONTROL_RX)
		serve_control_rx(queue);
	else if (queue->index == CONTROL_TX)
		serve_control_tx(queue);
	else if (queue->index % 2)
		serve_tx(queue);
	else
		serve_rx(queue);
}

static void reset(struct virtio *virtio)
{
	struct virtio_console *console = to_console(virtio);

	for (unsigned int i = 0; i < console->count; i++) {
		set_open(console, &console->ports[i], false);
		console->ports[i].news = 0;
	}
}

static void tell(const struct virtio *virtio, char *text, size_t size)
{
	const struct virtio_console *console = container_of(virtio, struct virtio_console, virtio);
	size_t length = 0;

	for (unsigned int i = 0; i < console->count && length < size; i++)
		if (console->ports[i].port.kind == PORT_PTY)
			length += snprintf(text + length, size - length, "\n%s is %s",
					   console->ports[i].port.label,
					   console->ports[i].port.path);
}

static const struct virtio_ops ops = {
	.id = VIRTIO_ID_CONSOLE,
	.name = "a console",
	.serve = serve,
	.reset = reset,
	.tell = tell,
};

static int add_port(struct virtio_console *console, struct machine *machine, const char *text)
{
	struct console_port *port = &console->ports[console->count];
	unsigned int consoles = 0;

	for (unsigned int i = 0; i < console->count; i++)
		consoles += !*console->ports[i].port.name;
	port->opened = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (port->opened < 0) {
		say("can't make a port of a console");
		return -1;
	}
	console->count++;
	return port_open(&port->port, machine, text, consoles);
}

struct device *virtio_console_create(struct machine *machine, const struct words *texts)
{
	struct virtio_console *console = calloc(1, sizeof(*console));

	if (!console) {
		say("there is no memory for %s", ops.name);
		return NULL;
	}
	if (texts->count > PORTS) {
		say("a machine has up to %u consoles, not %u: leave out some --console", PORTS,
		    texts->count);
		return NULL;
	}
	for (unsigned int i = 0; i < texts->count; i++)
		if (add_port(console, machine, texts->words[i]))
			return NULL;
	console->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (console->news < 0) {
		say("can't make %s", ops.name);
		return NULL;
	}
	console->config.max_nr_ports = console->count;
	console->virtio.config = &console->config;
	console->virtio.config_size = sizeof(console->config);
	console->virtio.offered = 1ULL << VIRTIO_CONSOLE_F_MULTIPORT;
	console->virtio.queue_count = 2 + 2 * console->count;
	return virtio_init(&console->virtio, &ops, machine);
}
