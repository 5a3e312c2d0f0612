// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules and CPU hotplug: see module.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "module.h"
#include "vm.h"

const char *module_file(const char *variable, const char *path)
{
	const char *value = getenv(variable);

	return value && *value ? value : path;
}

bool module_file_exists(const char *variable, const char *path)
{
	return !access(module_file(variable, path), R_OK);
}

int module_load_with(const char *variable, const char *path, const char *parameters)
{
	int fd = open(module_file(variable, path), O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, parameters, 0))
		ret = -errno;
	close(fd);
	return ret;
}

int module_load(const char *variable, const char *path)
{
	return module_load_with(variable, path, "");
}

static u32 *read_all(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	u32 *image;

	if (fd < 0 || fstat(fd, &stat))
		die("can't open %s: %s", path, strerror(errno));
	*size = (size_t)stat.st_size;
	image = calloc(1, *size + sizeof(*image));
	if (read(fd, image, *size) != stat.st_size)
		die("can't read %s: %s", path, strerror(errno));
	close(fd);
	return image;
}

int module_load_changed(const char *variable, const char *path, u32 (*change)(u32 instruction))
{
	size_t size, i;
	u32 *image = read_all(module_file(variable, path), &size);
	int ret = 0;

	for (i = 0; i < size / sizeof(*image); i++) {
		u32 changed = change(image[i]);

		ret += changed != image[i];
		image[i] = changed;
	}
	if (syscall(SYS_init_module, image, size, ""))
		ret = -errno;
	free(image);
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

void el2_registers(char text[EL2_REGISTERS_MAX])
{
	size_t n = 0;
	ssize_t got;
	int fd, ret = module_load(EL2REGS_KO);

	if (ret)
		die("can't load el2regs.ko: %s", strerror(-ret));
	fd = open("/proc/el2regs", O_RDONLY);
	while (fd >= 0 && n < EL2_REGISTERS_MAX - 1 &&
	       (got = read(fd, text + n, EL2_REGISTERS_MAX - 1 - n)) > 0)
		n += (size_t)got;
	close(fd);
	text[n] = 0;
	if (!strstr(text, "HCR_EL2"))
		die("/proc/el2regs says nothing");
	module_unload("el2regs");
}

void guests_run_everywhere(void)
{
	struct vcpu *vcpu;
	struct vm vm;
	int i;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	for (i = 0; i < cpu_count(); i++) {
		pin_to(cpu_nth(i));
		vcpu_enter(vcpu, guest_hvc, 7, 0);
		vcpu_expect_call(vcpu, CALL_SYNC);
	}
	unpin();
	vm_destroy(&vm);
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

	online_path(cpu, path, sizeof(path));
	return write_file(path, online ? "1" : "0");
}
