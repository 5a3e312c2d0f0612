/* SPDX-License-Identifier: MIT */
/*
 * The control socket: a machine that has a name can be asked and told from outside.
 *
 * control.c is the machine's side, in its main thread; ctl.c the command `avm ctl`.  Who may
 * connect is a matter of the socket's folder.  A connection is one line, a command, and its
 * answer: "ok" or "error" first, then what there is to say.
 */
#ifndef AVM_CONTROL_H
#define AVM_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <sys/un.h>
#include <linux/types.h>

struct machine;

#define CONTROL_LINE	32	/* bytes of a command at most, with its end */
#define CONTROL_ANSWER	2048	/* bytes of what there is to say, the same */

/**
 * struct control - the machine's side
 * @listener: the socket, or -1: it has none
 * @client: who has connected, or -1
 * @deadline: when the client has been too slow, in ms of the monotonic clock
 * @line: what it has sent
 * @length: of it
 * @address: of the socket
 */
struct control {
	int listener;
	int client;
	__u64 deadline;
	char line[CONTROL_LINE];
	unsigned int length;
	struct sockaddr_un address;
};

/**
 * control_address() - where the socket of a machine is
 * @address: is filled in
 * @name: of the machine
 *
 * Return: false, after a message, when there can't be such a name.
 */
bool control_address(struct sockaddr_un *address, const char *name);

/**
 * control_open() - listen for who wants to control a machine
 * @machine: whose options have a name, or haven't
 *
 * Return: 0, or the status to exit with, after a message.
 */
int control_open(struct machine *machine);

/**
 * control_close() - don't any more
 * @machine: from control_open()
 */
void control_close(struct machine *machine);

/**
 * control_poll() - what poll() is to wait for
 * @machine: from control_open()
 * @fd: for whom
 * @now: milliseconds of the monotonic clock
 *
 * Return: milliseconds after which control_serve() wants to be called; -1: never.
 */
int control_poll(const struct machine *machine, struct pollfd *fd, __u64 now);

/**
 * control_serve() - do what was asked for, after poll()
 * @machine: from control_open(), locked
 * @ready: poll() says that there is something to read
 * @now: milliseconds of the monotonic clock
 */
void control_serve(struct machine *machine, bool ready, __u64 now);

/**
 * ctl_main() - the command `avm ctl`
 * @argc: from "ctl" on
 * @argv: the same
 *
 * Return: status to exit with.
 */
int ctl_main(int argc, char **argv);

#endif /* AVM_CONTROL_H */
