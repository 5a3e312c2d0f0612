// SPDX-License-Identifier: MIT
#include "console.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"
#include "say.h"

#define CTRL_A		1

/* How often to look whether somebody has come to the other end, in ms */
#define RETRY_MS	200

/* Output waits this long, in ms, for more: a write for each byte costs more than the byte */
#define BATCH_MS	4

/* A reader that has stopped gets this long, in ms, to take a dead guest's last words */
#define FLUSH_MS	2000

static unsigned int ring_used(const struct ring *ring)
{
	return ring->head - ring->tail;
}

static void ring_put(struct ring *ring, unsigned char byte)
{
	ring->bytes[ring->head++ % RING_SIZE] = byte;
}

static unsigned char ring_get(struct ring *ring)
{
	return ring->bytes[ring->tail++ % RING_SIZE];
}

void console_listen(struct machine *machine, void (*notify)(void *listener), void *listener)
{
	machine->console.notify = notify;
	machine->console.listener = listener;
}

static bool has_to_wait(const struct machine *machine)
{
	return ring_used(&machine->console.out) == RING_SIZE && machine->phase < PHASE_RESET;
}

/* Who waits here stands still: a pause and a debugger need nothing else of it, and lose nothing */
static void wait_for_room(struct machine *machine)
{
	if (!has_to_wait(machine))
		return;
	machine_park(machine);
	while (has_to_wait(machine))
		pthread_cond_wait(&machine->changed, &machine->lock);
	machine->parked--;
}

void console_put(struct machine *machine, unsigned char byte)
{
	struct ring *out = &machine->console.out;

	wait_for_room(machine);
	if (ring_used(out) == RING_SIZE || machine->console.out_ended)
		return;
	ring_put(out, byte);
	if (ring_used(out) == 1 || ring_used(out) == RING_SIZE / 2)
		machine_wake(machine);
}

static bool is_to_port(const struct console *console)
{
	return __atomic_load_n(&console->to_port, __ATOMIC_SEQ_CST);
}

int console_get(struct machine *machine)
{
	struct ring *in = &machine->console.in;

	if (!ring_used(in) || is_to_port(&machine->console))
		return -1;
	if (ring_used(in) == RING_SIZE)
		machine_wake(machine);	/* there is room for more */
	return ring_get(in);
}

int console_connect(struct machine *machine)
{
	int ends[2];

	if (machine->console.port >= 0) {
		say("there is one terminal: give --console terminal once");
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends)) {
		say("can't make a console: %s", strerror(errno));
		return -1;
	}
	machine->console.port = ends[0];
	return ends[1];
}

void console_give(struct machine *machine, bool port)
{
	__atomic_store_n(&machine->console.to_port, port, __ATOMIC_SEQ_CST);
	machine_wake(machine);
}

/*
 * Whether to look at a descriptor now, or else after how long.  poll() ignores a
 * negative descriptor, and so its POLLHUP.
 */
static int not_before(struct pollfd *fd, __u64 time, __u64 now, int wait)
{
	if (now >= time)
		return wait;
	fd->fd = -1;
	return sooner(wait, time - now);
}

int console_poll(struct machine *machine, struct pollfd fds[CONSOLE_FDS], __u64 now)
{
	struct console *console = &machine->console;
	unsigned int used = ring_used(&console->out);
	int wait = -1;

	fds[CONSOLE_IN] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (!console->in_ended && ring_used(&console->in) < RING_SIZE) {
		fds[CONSOLE_IN].fd = STDIN_FILENO;
		wait = not_before(&fds[CONSOLE_IN], console->in_pause, now, wait);
	}

	fds[CONSOLE_PORT] = (struct pollfd){ .fd = -1 };
	if (used < RING_SIZE)
		fds[CONSOLE_PORT].events |= POLLIN;
	if (ring_used(&console->in) && is_to_port(console))
		fds[CONSOLE_PORT].events |= POLLOUT;
	if (fds[CONSOLE_PORT].events)
		fds[CONSOLE_PORT].fd = console->port;

	fds[CONSOLE_OUT] = (struct pollfd){ .fd = -1, .events = POLLOUT };
	if (used) {
		fds[CONSOLE_OUT].fd = STDOUT_FILENO;
		if (!console->out_pause)
			console->out_pause = now + BATCH_MS;
		if (used < RING_SIZE / 2 || console->out_hung)
			wait = not_before(&fds[CONSOLE_OUT], console->out_pause, now, wait);
	}
	return wait;
}

/* Returns false when the key is a command */
static bool is_for_guest(struct machine *machine, unsigned char key)
{
	struct console *console = &machine->console;

	if (!console->escape)
		return true;
	if (!console->escaped) {
		console->escaped = key == CTRL_A;
		return !console->escaped;
	}
	console->escaped = false;
	if (key == 'x' || key == 'X') {
		machine_end(machine, STATUS_LEFT);
		return false;
	}
	return key == CTRL_A;
}

/*
 * Nothing to read, though poll() said there might be.  Of a pipe, a file or a terminal
 * that is the end.  A virtio port without anybody at its other end says POLLHUP for
 * now, and somebody may come: look again after a while.
 */
static void in_nothing(struct console *console, __u64 now)
{
	struct stat stat;

	if (!fstat(STDIN_FILENO, &stat) && S_ISCHR(stat.st_mode) && !isatty(STDIN_FILENO))
		console->in_pause = now + RETRY_MS;
	else
		console->in_ended = true;
}

/* The UART has input */
static void notify(struct console *console)
{
	if (ring_used(&console->in) && console->notify && !is_to_port(console))
		console->notify(console->listener);
}

static void serve_in(struct machine *machine, __u64 now)
{
	struct console *console = &machine->console;
	unsigned char bytes[RING_SIZE];
	ssize_t got;
	size_t room;

	/* the ring only gets emptier meanwhile: we alone fill it */
	pthread_mutex_lock(&machine->lock);
	room = RING_SIZE - ring_used(&console->in);
	pthread_mutex_unlock(&machine->lock);

	got = read(STDIN_FILENO, bytes, room);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;

	pthread_mutex_lock(&machine->lock);
	if (got <= 0)
		in_nothing(console, now);
	for (ssize_t i = 0; i < got; i++)
		if (is_for_guest(machine, bytes[i]))
			ring_put(&console->in, bytes[i]);
	notify(console);
	pthread_mutex_unlock(&machine->lock);
}

/* What the port prints. Returns whether there was something. */
static bool take_from_port(struct machine *machine)
{
	struct console *console = &machine->console;
	unsigned char bytes[RING_SIZE];
	ssize_t got;

	pthread_mutex_lock(&machine->lock);
	got = recv(console->port, bytes, RING_SIZE - ring_used(&console->out), MSG_DONTWAIT);
	for (ssize_t i = 0; i < got && !console->out_ended; i++)
		ring_put(&console->out, bytes[i]);
	pthread_mutex_unlock(&machine->lock);
	return got > 0;
}

/* Keys for the port; and what it has left is the UART's when that has them again */
static void hand_out_keys(struct machine *machine)
{
	struct console *console = &machine->console;
	struct ring *in = &console->in;
	bool to_port = is_to_port(console);
	ssize_t put = 1;

	pthread_mutex_lock(&machine->lock);
	while (to_port && ring_used(in) && put > 0) {
		unsigned int at = in->tail % RING_SIZE, size = ring_used(in);

		if (size > RING_SIZE - at)
			size = RING_SIZE - at;
		put = send(console->port, in->bytes + at, size, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (put > 0)
			in->tail += put;
	}
	if (console->was_to_port && !to_port)
		notify(console);
	console->was_to_port = to_port;
	pthread_mutex_unlock(&machine->lock);
}

/* Returns false when stdout doesn't take any more */
static bool serve_out(struct machine *machine)
{
	struct ring *out = &machine->console.out;
	unsigned int at, size;
	ssize_t put;

	/* what is in the ring stays as it is: we alone take it out */
	pthread_mutex_lock(&machine->lock);
	at = out->tail % RING_SIZE;
	size = ring_used(out);
	pthread_mutex_unlock(&machine->lock);
	if (size > RING_SIZE - at)
		size = RING_SIZE - at;

	put = write(STDOUT_FILENO, out->bytes + at, size);
	if (put < 0 && (errno == EINTR || errno == EAGAIN))
		return true;

	pthread_mutex_lock(&machine->lock);
	if (put < 0) {
		/* nobody reads: the guest goes on, and prints in vain */
		machine->console.out_ended = true;
		put = ring_used(out);
	}
	out->tail += put;
	pthread_cond_broadcast(&machine->changed);
	pthread_mutex_unlock(&machine->lock);
	return !machine->console.out_ended;
}

void console_serve(struct machine *machine, const struct pollfd fds[CONSOLE_FDS], __u64 now)
{
	struct console *console = &machine->console;
	const struct pollfd *out = &fds[CONSOLE_OUT];

	if (fds[CONSOLE_IN].fd >= 0 && fds[CONSOLE_IN].revents)
		serve_in(machine, now);
	if (console->port >= 0) {
		hand_out_keys(machine);
		take_from_port(machine);
	}
	if (out->fd < 0 || !out->revents)
		return;
	console->out_hung = !(out->revents & (POLLOUT | POLLERR | POLLNVAL));
	if (console->out_hung) {
		console->out_pause = now + RETRY_MS;	/* a port without a reader */
	} else {
		console->out_pause = 0;
		serve_out(machine);
	}
}

void console_flush(struct machine *machine)
{
	struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };

	while ((machine->console.port >= 0 && take_from_port(machine)) ||
	       ring_used(&machine->console.out)) {
		if (poll(&fd, 1, FLUSH_MS) <= 0 || !(fd.revents & POLLOUT))
			return;
		if (!serve_out(machine))
			return;
	}
}
