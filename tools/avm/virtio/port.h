/* SPDX-License-Identifier: MIT */
/* What a port of a guest's console is connected to: bytes, one way and the other */
#ifndef AVM_PORT_H
#define AVM_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "iovs.h"

struct machine;

#define PORT_NAME	64

/**
 * enum port_kind - what that is
 * @PORT_TERMINAL: stdin and stdout, by way of console.c
 * @PORT_PTY: a pseudo terminal, which somebody may have open
 * @PORT_FILE: a file, which gets all that comes
 */
enum port_kind { PORT_TERMINAL, PORT_PTY, PORT_FILE };

/**
 * struct port - what a port is connected to
 * @kind: what that is
 * @fd: the file, which doesn't block
 * @name: of the port, as its guest sees it, or nothing: it is a console
 * @label: of both kinds, for messages
 * @path: of a pseudo terminal
 * @failed: it has taken nothing, which has been told
 */
struct port {
	enum port_kind kind;
	int fd;
	char name[PORT_NAME + 1];
	char label[PORT_NAME + 16];
	char path[32];
	bool failed;
};

/**
 * port_open() - connect to what --console names
 * @port: is filled in
 * @machine: whose port it is
 * @text: as the option has it
 * @number: of consoles before this one
 *
 * Return: 0, or -1 after a message.
 */
int port_open(struct port *port, struct machine *machine, const char *text, unsigned int number);

/**
 * port_is_there() - whether somebody is at the other end
 * @port: the port
 */
bool port_is_there(const struct port *port);

/**
 * port_input() - what to wait for before port_receive()
 * @port: the port
 *
 * Return: a file, or -1 for what never says anything.
 */
int port_input(const struct port *port);

/**
 * port_receive() - read without waiting
 * @port: the port
 * @iovs: where to; there is room
 *
 * Return: how many bytes there were; 0 when nobody is there; -1 for none yet.
 */
ssize_t port_receive(const struct port *port, const struct iovs *iovs);

/**
 * port_send() - write without waiting for room
 * @port: the port
 * @from: the bytes
 * @size: how many
 *
 * Return: how many are done with, also those that nobody takes; -1 for none yet.
 */
ssize_t port_send(struct port *port, const void *from, size_t size);

#endif /* AVM_PORT_H */
