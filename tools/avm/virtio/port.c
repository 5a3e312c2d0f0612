// SPDX-License-Identifier: MIT
#define _GNU_SOURCE /* ptsname_r() */
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "machine.h"
#include "say.h"

static int fail(const struct port *port, const char *what)
{
	say("can't make %s %s: %s", port->label, what, strerror(errno));
	return -1;
}

/* It is the guest's terminal that echoes and edits, not this one */
static int make_raw(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC), rc;
	struct termios raw;

	if (fd < 0)
		return -1;
	rc = tcgetattr(fd, &raw);
	if (!rc) {
		cfmakeraw(&raw);
		rc = tcsetattr(fd, TCSANOW, &raw);
	}
	close(fd);
	return rc;
}

static int open_pty(struct port *port)
{
	port->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port->fd < 0 || grantpt(port->fd) || unlockpt(port->fd) ||
	    ptsname_r(port->fd, port->path, sizeof(port->path)) || make_raw(port->path))
		return fail(port, "a pseudo terminal");
	say("%s is %s", port->label, port->path);
	return 0;
}

static int open_file(struct port *port, const char *path)
{
	port->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0666);
	return port->fd < 0 ? fail(port, path) : 0;
}

/* Returns what of the text comes before the name, to be freed; or NULL after a message */
static char *take_name(struct port *port, const char *text, unsigned int number)
{
	char *kind = strdup(text), *comma = kind ? strrchr(kind, ',') : NULL;
	size_t length;

	if (!comma || strncmp(comma, ",name=", 6)) {
		snprintf(port->label, sizeof(port->label), "console %u", number);
		return kind;
	}
	length = strlen(comma + 6);
	if (!length || length > PORT_NAME) {
		say("a port's name has 1 to %u characters, not '%s'", PORT_NAME, comma + 6);
		free(kind);
		return NULL;
	}
	memcpy(port->name, comma + 6, length);
	snprintf(port->label, sizeof(port->label), "port %s", port->name);
	*comma = 0;
	return kind;
}

static int open_kind(struct port *port, struct machine *machine, const char *kind)
{
	bool dry = machine->options->dump_dtb;

	if (!strcmp(kind, "terminal")) {
		port->kind = PORT_TERMINAL;
		port->fd = dry ? -1 : console_connect(machine);
		return dry || port->fd >= 0 ? 0 : -1;
	}
	if (!strcmp(kind, "pty")) {
		port->kind = PORT_PTY;
		return dry ? 0 : open_pty(port);
	}
	if (!strncmp(kind, "file=", 5)) {
		port->kind = PORT_FILE;
		return dry ? 0 : open_file(port, kind + 5);
	}
	say("--console takes terminal, pty or file=FILE, and ,name=NAME behind it, not '%s'", kind);
	return -1;
}

int port_open(struct port *port, struct machine *machine, const char *text, unsigned int number)
{
	char *kind;
	int rc;

	*port = (struct port){ .fd = -1 };
	kind = take_name(port, text, number);
	rc = kind ? open_kind(port, machine, kind) : -1;
	free(kind);
	return rc;
}

bool port_is_there(const struct port *port)
{
	struct pollfd fd = { .fd = port->fd };

	return poll(&fd, 1, 0) <= 0 || !(fd.revents & POLLHUP);
}

int port_input(const struct port *port)
{
	return port->kind == PORT_FILE ? -1 : port->fd;
}

/* What a call of the kernel's has come to */
static ssize_t outcome(ssize_t bytes)
{
	if (bytes < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	return bytes;
}

ssize_t port_receive(const struct port *port, const struct iovs *iovs)
{
	return outcome(readv(port->fd, iovs->iov, iovs->count));
}

/* A pseudo terminal that nobody has open would keep a little for somebody else, and then no more */
ssize_t port_send(struct port *port, const void *from, size_t size)
{
	ssize_t sent;

	if (!port_is_there(port))
		return size;
	sent = outcome(write(port->fd, from, size));
	if (sent)
		return sent;
	if (!port->failed)
		say("what the guest writes to %s is lost: %s", port->label, strerror(errno));
	port->failed = true;
	return size;
}
