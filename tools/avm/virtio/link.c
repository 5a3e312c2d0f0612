// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_tun.h>

#include "say.h"

/* The far end of the guest's cable, as passt shows it */
#define GATEWAY_MAC	"02:61:76:6d:00:00"
#define GUEST_MTU	"1500"

static int fail(const char *what)
{
	say("can't %s: %s", what, strerror(errno));
	return -1;
}

/* In the child.  What is said of a failure is the parent's to say: it gets errno. */
static void become_passt(int fd, int report)
{
	char number[12];

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(number, sizeof(number), "%d", fd);
	if (!fcntl(fd, F_SETFD, 0))
		execlp("passt", "passt", "--quiet", "--foreground", "--fd", number,
		       "--mtu", GUEST_MTU, "--mac-addr", GATEWAY_MAC, (char *)NULL);
	(void)!write(report, &errno, sizeof(errno));
	_exit(1);
}

/* Returns when it is passt, or isn't */
static int start_passt(int fd)
{
	int report[2], error;
	pid_t child;

	if (pipe2(report, O_CLOEXEC))
		return fail("run passt");
	child = fork();
	if (!child)
		become_passt(fd, report[1]);
	close(report[1]);
	if (child < 0 || read(report[0], &error, sizeof(error)) != sizeof(error))
		error = child < 0 ? errno : 0;
	close(report[0]);
	if (!error)
		return 0;
	errno = error;
	if (error != ENOENT)
		return fail("run passt");
	say("there is no passt, which is a user's network: install the package 'passt'");
	return -1;
}

static int open_user(struct link *link)
{
	int fds[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return fail("make a network");
	rc = start_passt(fds[1]);
	close(fds[1]);
	link->fd = fds[0];
	link->stream = true;
	return rc;
}

static int open_tap(struct link *link, const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	size_t length = strlen(name);

	if (!length || length >= sizeof(request.ifr_name)) {
		say("there can't be an interface called '%s'", name);
		return -1;
	}
	memcpy(request.ifr_name, name, length);
	link->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (link->fd < 0)
		return fail("open /dev/net/tun");
	if (ioctl(link->fd, TUNSETIFF, &request)) {
		say("can't have %s (%s): make it by 'ip tuntap add %s mode tap user $USER'",
		    name, strerror(errno), name);
		return -1;
	}
	return 0;
}

int link_open(struct link *link, const char *text, bool dry)
{
	*link = (struct link){ .fd = -1 };
	if (!strcmp(text, "user"))
		return dry ? 0 : open_user(link);
	if (!strncmp(text, "tap=", 4))
		return dry ? 0 : open_tap(link, text + 4);
	say("--network takes user or tap=NAME, not '%s'", text);
	return -1;
}

/* What a call of the kernel's has come to */
static ssize_t outcome(ssize_t bytes)
{
	if (bytes < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	return bytes;
}

/* A tap has no sizes: so its frames get them here */
static ssize_t receive_one(const struct link *link, __u8 *to)
{
	ssize_t size = outcome(read(link->fd, to + FRAME_HEAD, FRAME_MAX));
	__u32 head = htonl(size);

	if (size <= 0)
		return size;
	memcpy(to, &head, sizeof(head));
	return FRAME_HEAD + size;
}

ssize_t link_receive(const struct link *link, void *to, size_t room)
{
	return link->stream ? outcome(recv(link->fd, to, room, MSG_DONTWAIT)) :
			      receive_one(link, to);
}

/* A frame that a tap doesn't take, as it is down, is lost; the tap isn't */
static ssize_t send_one(const struct link *link, const __u8 *frame, size_t size)
{
	ssize_t sent = write(link->fd, frame + FRAME_HEAD, size - FRAME_HEAD);

	return sent < 0 && errno == EAGAIN ? -1 : (ssize_t)size;
}

ssize_t link_send(const struct link *link, const void *from, size_t size, size_t sent)
{
	const __u8 *frame = from;

	return link->stream ? outcome(send(link->fd, frame + sent, size - sent,
					   MSG_DONTWAIT | MSG_NOSIGNAL)) :
			      send_one(link, frame, size);
}
