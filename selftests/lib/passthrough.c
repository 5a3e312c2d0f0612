// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware and firmware for guests: see passthrough.h.
 */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include "module.h"
#include "passthrough.h"
#include "vm.h"

static void reload(const char *parameters)
{
	int ret = module_users() < 0 ? 0 : module_unload_idle();

	if (!ret)
		ret = module_load_with(ARM_VCPU_KO, parameters);
	if (ret)
		die("can't load the module with \"%s\": %s", parameters, strerror(-ret));
	if (!wait_for(!access(DEVICE, R_OK | W_OK)))
		die("there is no " DEVICE);
}

void passthrough_begin(void)
{
	reload("passthrough=1");
}

void passthrough_end(void)
{
	reload("");
}

int passthrough_cpu(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/isolated", "r");
	int cpu;

	if (!file)
		return cpu_nth(cpu_count() - 1);
	if (fscanf(file, "%d", &cpu) != 1)
		cpu = cpu_nth(cpu_count() - 1);
	fclose(file);
	return cpu;
}

/* The device tree has the affinity fields, in one or two big-endian cells */
u64 passthrough_sgi_target(int cpu)
{
	u64 affinity = 0;
	char path[64];
	FILE *file;
	int byte;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/of_node/reg", cpu);
	file = fopen(path, "r");
	if (!file)
		die("%s: %s", path, strerror(errno));
	while ((byte = fgetc(file)) != EOF)
		affinity = affinity << 8 | (u64)byte;
	fclose(file);
	return (affinity >> 32 & 0xff) << 48 | (affinity >> 16 & 0xff) << 32 |
	       (affinity >> 8 & 0xff) << 16 | (affinity >> 4 & 0xf) << 44 | 1UL << (affinity & 0xf);
}

volatile bool alarmed;

static void on_alarm(int sig)
{
	(void)sig;
	alarmed = true;
}

static void set_alarm(unsigned int ms)
{
	struct timeval time = { .tv_usec = ms * 1000 };
	struct itimerval timer = { .it_interval = time, .it_value = time };

	if (setitimer(ITIMER_REAL, &timer, NULL))
		die("setitimer: %s", strerror(errno));
}

void alarm_each(unsigned int ms)
{
	alarmed = false;
	signal(SIGALRM, on_alarm);
	set_alarm(ms);
}

void alarm_off(void)
{
	set_alarm(0);
}

void passthrough_capability(bool have)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		die("capget: %s", strerror(errno));
	if (have)
		data[0].effective |= 1U << CAP_SYS_RAWIO;
	else
		data[0].effective &= ~(1U << CAP_SYS_RAWIO);
	if (syscall(SYS_capset, &header, data))
		die("capset: %s", strerror(errno));
}
