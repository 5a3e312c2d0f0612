/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A memory cgroup (Documentation/admin-guide/cgroup-v2.rst).
 */
#ifndef SELFTEST_CGROUP_H
#define SELFTEST_CGROUP_H

#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "vm.h"

#define CGROUPS		"/tmp/arm_vcpu_cgroups"
#define CGROUP		CGROUPS "/test"
#define NO_CGROUP	"kernel: no memory cgroups"

/* False: there can't be any */
static inline bool cgroup_create(void)
{
	mkdir(CGROUPS, 0700);
	if (mount("none", CGROUPS, "cgroup2", 0, NULL))
		return false;
	if (write_file(CGROUPS "/cgroup.subtree_control", "+memory")) {
		umount(CGROUPS);
		return false;
	}
	if (mkdir(CGROUP, 0700))
		die("no cgroup: %s", strerror(errno));
	return true;
}

static inline void cgroup_set(const char *file, u64 value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", (unsigned long)value);
	if (write_file(file, text))
		die("can't write %lu to %s", (unsigned long)value, file);
}

/* What this process gets from now on counts there */
static inline void cgroup_enter(void)
{
	cgroup_set(CGROUP "/cgroup.procs", (u64)getpid());
}

static inline void cgroup_destroy(void)
{
	cgroup_set(CGROUPS "/cgroup.procs", (u64)getpid());
	if (!wait_for(!rmdir(CGROUP) || errno == ENOENT) || umount(CGROUPS))
		die("a cgroup stays: %s", strerror(errno));
}

#endif
