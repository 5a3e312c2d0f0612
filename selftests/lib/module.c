// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules and CPU hotplug: see module.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "module.h"

static const char *file_of(const char *variable, const char *path)
{
	const char *value = getenv(variable);

	return value && *value ? value : path;
}

bool module_file_exists(const char *variable, const char *path)
{
	return !access(file_of(variable, path), R_OK);
}

int module_load(const char *variable, const char *path)
{
	int fd = open(file_of(variable, path), O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		ret = -errno;
	close(fd);
	return ret;
}

int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

/* Descriptors are dropped a moment after close() */
int module_unload_idle(void)
{
	int ret, tries;

	for (tries = 0; tries < 200; tries++) {
		ret = module_unload("arm_vcpu");
		if (ret != -EWOULDBLOCK)
			break;
		usleep(10000);
	}
	return ret;
}

static void online_path(int cpu, char *path, size_t size)
{
	snprintf(path, size, "/sys/devices/system/cpu/cpu%d/online", cpu);
}

int hotplug_cpu(void)
{
	long cpu;
	char path[64];

	for (cpu = sysconf(_SC_NPROCESSORS_CONF) - 1; cpu > 0; cpu--) {
		online_path((int)cpu, path, sizeof(path));
		if (!access(path, W_OK))
			return (int)cpu;
	}
	return -1;
}

int cpu_set_online(int cpu, bool online)
{
	char path[64];
	int fd, ret = 0;

	online_path(cpu, path, sizeof(path));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, online ? "1" : "0", 1) != 1)
		ret = -errno;
	close(fd);
	return ret;
}
