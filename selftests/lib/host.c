// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tests want to know of the host, and how they use its CPUs and its clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <time.h>
#include <unistd.h>
#include "vm.h"

static u64 clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (u64)ts.tv_sec * SECOND + (u64)ts.tv_nsec;
}

u64 now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

u64 vcpu_cpu_time(struct vcpu *vcpu)
{
	clockid_t id;

	if (pthread_getcpuclockid(vcpu->thread, &id))
		die("no clock for a thread");
	return clock_ns(id);
}

void sleep_ms(unsigned int ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

static void nothing(int sig)
{
	(void)sig;
}

void catch_signal(int sig, int flags)
{
	struct sigaction action = { .sa_handler = nothing, .sa_flags = flags };

	if (sigaction(sig, &action, NULL))
		die("no handler for signal %d", sig);
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC), ret = 0;
	ssize_t written;

	if (fd < 0)
		return -errno;
	written = write(fd, text, strlen(text));
	if (written != (ssize_t)strlen(text))
		ret = written < 0 ? -errno : -EIO;
	close(fd);
	return ret;
}

/* As the process found it: pin_to() narrows it for a thread only */
static const cpu_set_t *usable_cpus(void)
{
	static cpu_set_t set;
	static bool known;

	if (!known && sched_getaffinity(0, sizeof(set), &set))
		die("sched_getaffinity failed");
	known = true;
	return &set;
}

int cpu_count(void)
{
	return CPU_COUNT(usable_cpus());
}

int cpu_nth(int n)
{
	const cpu_set_t *set = usable_cpus();
	int cpu;

	n %= CPU_COUNT(set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, set) && n-- == 0)
			return cpu;
	}
	die("no CPU");
}

void pin_to(int cpu)
{
	cpu_set_t set;

	usable_cpus();
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("can't run on CPU %d", cpu);
}

void unpin(void)
{
	if (sched_setaffinity(0, sizeof(cpu_set_t), usable_cpus()))
		die("sched_setaffinity failed");
}

static unsigned int factor(const char *name)
{
	const char *value = getenv(name);
	int times = value ? atoi(value) : 1;

	return times > 1 ? (unsigned int)times : 1;
}

unsigned int slowness(void)
{
	return factor("ARM_VCPU_SLOW");
}

unsigned int thorough(unsigned int times)
{
	return times * factor("ARM_VCPU_THOROUGH");
}

/*
 * alarm() is what ends a test that hangs, in vm_open() and in the harness.  The linker has
 * them all call this one (--wrap).
 */
unsigned int __real_alarm(unsigned int seconds);
unsigned int __wrap_alarm(unsigned int seconds);

unsigned int __wrap_alarm(unsigned int seconds)
{
	return __real_alarm(thorough(seconds) * slowness());
}

int module_users(void)
{
	FILE *file = fopen("/proc/modules", "r");
	int users = -1, n;
	char line[256], name[64];

	if (!file)
		die("no /proc/modules");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %*s %d", name, &n) == 2 && !strcmp(name, "arm_vcpu"))
			users = n;
	}
	fclose(file);
	return users;
}

bool write_back_is_forced(void)
{
	static char log[1 << 20];
	int length = klogctl(3, log, sizeof(log) - 1);	/* SYSLOG_ACTION_READ_ALL */

	if (length < 0)
		die("the kernel's log can't be read");
	log[length] = 0;
	return strstr(log, "detected: Stage-2 Force Write-Back");
}
