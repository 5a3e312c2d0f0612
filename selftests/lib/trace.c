// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "trace.h"
#include "vm.h"

#define TRACEFS	"/sys/kernel/tracing"

bool trace_open(void)
{
	if (access(TRACEFS "/instances", F_OK) &&
	    mount("tracefs", TRACEFS, "tracefs", 0, NULL))
		return false;
	if (access(TRACEFS "/events", F_OK))
		return false;
	/* One that a test has left when it died */
	rmdir(TRACE_INSTANCE);
	if (mkdir(TRACE_INSTANCE, 0700))
		die("can't make " TRACE_INSTANCE);
	return true;
}

void trace_close(void)
{
	rmdir(TRACE_INSTANCE);
}

void trace_set(const char *file, const char *text)
{
	char path[256];
	int ret;

	snprintf(path, sizeof(path), TRACE_INSTANCE "/%s", file);
	ret = write_file(path, text);
	if (ret)
		die("can't write '%s' to %s: %s", text, path, strerror(-ret));
}

void trace_take(char *text, size_t size)
{
	int fd = open(TRACE_INSTANCE "/trace", O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got;

	while ((got = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	text[length] = 0;
	close(fd);
	trace_set("trace", "\n");
}
