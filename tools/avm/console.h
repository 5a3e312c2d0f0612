/* SPDX-License-Identifier: MIT */
/*
 * The console: stdin and stdout on one side, a UART on the other, and a ring of bytes
 * for each direction in between.  Nothing is ever dropped: a UART that has no room
 * leaves input in the ring, a full ring leaves it in stdin, and a vCPU that prints
 * faster than stdout takes it waits.
 *
 * A port of a virtio console may be this terminal as well. It prints here, too, and has the keys
 * instead of the UART while the guest has it open.
 *
 * Everything here is called with the machine's lock held, console_serve() and console_give() aside.
 */
#ifndef AVM_CONSOLE_H
#define AVM_CONSOLE_H

#include <poll.h>
#include <stdbool.h>
#include <linux/types.h>

struct machine;

#define RING_SIZE	4096

/* What poll() is to wait for */
enum { CONSOLE_IN, CONSOLE_OUT, CONSOLE_PORT, CONSOLE_FDS };

/**
 * struct ring - a queue of bytes
 * @bytes: where they are
 * @head: how many have gone in
 * @tail: how many have come out
 */
struct ring {
	unsigned char bytes[RING_SIZE];
	unsigned int head;
	unsigned int tail;
};

/**
 * struct console - stdin and stdout
 * @in: read from stdin, not yet taken by the UART
 * @out: printed by the UART, not yet written to stdout
 * @escape: Ctrl-A is a command
 * @escaped: Ctrl-A was the last key
 * @in_ended: stdin is at its end
 * @in_pause: stdin has nobody at its other end: don't look before this time (ms);
 *	the main thread's alone, as are the next two
 * @out_pause: don't write before this time; 0: nothing waits
 * @out_hung: stdout has nobody at its other end
 * @out_ended: stdout takes nothing any more
 * @port: socket to a port of virtio's, or -1
 * @to_port: that has the keys; atomic
 * @was_to_port: it had them when that was looked at last; the main thread's alone
 * @notify: told when input has come
 * @listener: its argument
 */
struct console {
	struct ring in;
	struct ring out;
	bool escape;
	bool escaped;
	bool in_ended;
	__u64 in_pause;
	__u64 out_pause;
	bool out_hung;
	bool out_ended;
	int port;
	bool to_port;
	bool was_to_port;
	void (*notify)(void *listener);
	void *listener;
};

/**
 * console_listen() - be told when input has come
 * @machine: whose console it is
 * @notify: called with the machine's lock held
 * @listener: its argument
 */
void console_listen(struct machine *machine, void (*notify)(void *listener), void *listener);

/**
 * console_put() - print a byte; waits when there is no room
 * @machine: whose console it is
 * @byte: to print
 */
void console_put(struct machine *machine, unsigned char byte);

/**
 * console_get() - take a byte of input
 * @machine: whose console it is
 *
 * Return: the byte, or -1.
 */
int console_get(struct machine *machine);

/**
 * console_connect() - have a port of virtio's be the terminal as well
 * @machine: whose console it is; before any thread is created
 *
 * Return: a file that doesn't block, of what the port prints and of keys; -1 after a message.
 */
int console_connect(struct machine *machine);

/**
 * console_give() - whose the keys are
 * @machine: whose console it is; locked or not
 * @port: the port's, or the UART's
 */
void console_give(struct machine *machine, bool port);

/**
 * console_poll() - what poll() is to wait for
 * @machine: whose console it is
 * @fds: stdin, stdout and the port
 * @now: milliseconds of the monotonic clock
 *
 * Return: milliseconds after which console_serve() wants to be called; -1: never.
 */
int console_poll(struct machine *machine, struct pollfd fds[CONSOLE_FDS], __u64 now);

/**
 * console_serve() - read and write what can be, after poll(); the main thread only
 * @machine: whose console it is; not locked
 * @fds: from console_poll()
 * @now: milliseconds of the monotonic clock
 */
void console_serve(struct machine *machine, const struct pollfd fds[CONSOLE_FDS], __u64 now);

/**
 * console_flush() - write what the guest has printed, when it has ended
 * @machine: whose console it is; no thread uses it any more
 */
void console_flush(struct machine *machine);

#endif /* AVM_CONSOLE_H */
