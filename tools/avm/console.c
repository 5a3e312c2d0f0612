// SPDX-License-Identifier: MIT
#include "console.h"

#include <errno.h>
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

int console_get(struct machine *machine)
{
	struct ring *in = &machine->console.in;

	if (!ring_used(in))
		return -1;
	if (ring_used(in) == RING_SIZE)
		machine_wake(machine);	/* there is room for more */
	return ring_get(in);
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

int console_poll(struct machine *machine, struct pollfd fds[2], __u64 now)
{
	struct console *console = &machine->console;
	unsigned int used = ring_used(&console->out);
	int wait = -1;

	fds[0] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (!console->in_ended && ring_used(&console->in) < RING_SIZE) {
		fds[0].fd = STDIN_FILENO;
		wait = not_before(&fds[0], console->in_pause, now, wait);
	}

	fds[1] = (struct pollfd){ .fd = -1, .events = POLLOUT };
	if (used) {
		fds[1].fd = STDOUT_FILENO;
		if (!console->out_pause)
			console->out_pause = now + BATCH_MS;
		if (used < RING_SIZE / 2 || console->out_hung)
			wait = not_before(&fds[1], console->out_pause, now, wait);
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
	if (ring_used(&console->in) && console->notify)
		console->notify(console->listener);
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

void console_serve(struct machine *machine, const struct pollfd fds[2], __u64 now)
{
	struct console *console = &machine->console;

	if (fds[0].fd >= 0 && fds[0].revents)
		serve_in(machine, now);
	if (fds[1].fd < 0 || !fds[1].revents)
		return;
	console->out_hung = !(fds[1].revents & (POLLOUT | POLLERR | POLLNVAL));
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

	while (ring_used(&machine->console.out)) {
		if (poll(&fd, 1, FLUSH_MS) <= 0 || !(fd.revents & POLLOUT))
			return;
		if (!serve_out(machine))
			return;
	}
}
