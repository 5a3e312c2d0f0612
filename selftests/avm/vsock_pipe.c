// SPDX-License-Identifier: MIT
/*
 * A connection of AF_VSOCK, which is stdin and stdout.
 *
 *	vsock_pipe CID PORT   to there
 *	vsock_pipe - PORT     the first that comes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

/* Until the end of what comes */
static int copy(int from, int to)
{
	static char bytes[65536];
	ssize_t got;

	while ((got = read(from, bytes, sizeof(bytes))) > 0)
		for (ssize_t sent = 0, part; sent < got; sent += part) {
			part = write(to, bytes + sent, got - sent);
			if (part <= 0)
				return fail("write");
		}
	return got ? fail("read") : 0;
}

static int converse(int fd)
{
	pid_t child = fork();
	int status, rc;

	if (!child) {
		rc = copy(STDIN_FILENO, fd);
		shutdown(fd, SHUT_WR);
		exit(rc);
	}
	rc = copy(fd, STDOUT_FILENO);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return fail("fork");
	return rc || status;
}

int main(int argc, char **argv)
{
	struct sockaddr_vm addr = { .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY };
	const struct sockaddr *at = (const struct sockaddr *)&addr;
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (argc != 3)
		return 2;
	if (fd < 0)
		return fail("socket");
	addr.svm_port = strtoul(argv[2], NULL, 10);
	if (strcmp(argv[1], "-")) {
		addr.svm_cid = strtoul(argv[1], NULL, 10);
		return connect(fd, at, sizeof(addr)) ? fail("connect") : converse(fd);
	}
	if (bind(fd, at, sizeof(addr)) || listen(fd, 1))
		return fail("listen");
	fd = accept(fd, NULL, NULL);
	return fd < 0 ? fail("accept") : converse(fd);
}
