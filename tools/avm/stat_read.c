// SPDX-License-Identifier: MIT
#include "stat.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "say.h"

#define FOLDER "/sys/kernel/debug/arm_vcpu"

/* A name's column; a kernel that has more than fit shows the first of them */
static int column(struct stat_sample *sample, unsigned int nth, const char name[STAT_NAME])
{
	if (nth >= STAT_MAX_COUNTERS)
		return -1;
	if (nth == sample->nr_counters) {
		memcpy(sample->names[nth], name, STAT_NAME);
		sample->nr_counters++;
	}
	return (int)nth;
}

/* False when the vCPU has gone meanwhile */
static bool read_counters(struct stat_sample *sample, const char *path, __u64 *values)
{
	FILE *file = fopen(path, "re");
	char name[STAT_NAME];
	unsigned long long value;
	unsigned int nth = 0;
	int i;

	if (!file)
		return false;
	while (fscanf(file, "%23s %llu", name, &value) == 2) {
		i = column(sample, nth++, name);
		if (i >= 0)
			values[i] = value;
	}
	fclose(file);
	return nth > 0;
}

static bool add_row(struct stat_sample *sample, const struct stat_row *row)
{
	struct stat_row *rows;

	rows = realloc(sample->rows, (sample->nr_rows + 1) * sizeof(*rows));
	if (!rows)
		return false;
	rows[sample->nr_rows++] = *row;
	sample->rows = rows;
	return true;
}

static void read_vm(struct stat_sample *sample, unsigned int pid, unsigned int vm)
{
	struct stat_row row;
	struct dirent *entry;
	char path[128];
	DIR *dir;

	snprintf(path, sizeof(path), FOLDER "/%u-%u", pid, vm);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		memset(&row, 0, sizeof(row));
		row.pid = pid;
		row.vm = vm;
		if (sscanf(entry->d_name, "vcpu%u", &row.vcpu) != 1)
			continue;
		snprintf(path, sizeof(path), FOLDER "/%u-%u/vcpu%u/stats", pid, vm, row.vcpu);
		if (read_counters(sample, path, row.values) && !add_row(sample, &row))
			break;
	}
	closedir(dir);
}

static int compare(const void *one, const void *two)
{
	const struct stat_row *a = one, *b = two;

	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->vm != b->vm)
		return a->vm < b->vm ? -1 : 1;
	return a->vcpu < b->vcpu ? -1 : a->vcpu > b->vcpu;
}

bool stat_read(struct stat_sample *sample, unsigned int pid)
{
	unsigned int vm_pid, vm;
	struct timespec now;
	struct dirent *entry;
	__u64 unused[STAT_MAX_COUNTERS];
	DIR *dir = opendir(FOLDER);

	memset(sample, 0, sizeof(*sample));
	if (!dir) {
		say("can't read " FOLDER ": %s; it takes root, debugfs mounted, and the module",
		    strerror(errno));
		return false;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	sample->ns = (__u64)now.tv_sec * 1000000000 + (__u64)now.tv_nsec;
	/* The names are there when no vCPU is */
	read_counters(sample, FOLDER "/stats", unused);
	while ((entry = readdir(dir))) {
		if (sscanf(entry->d_name, "%u-%u", &vm_pid, &vm) == 2 && (!pid || pid == vm_pid))
			read_vm(sample, vm_pid, vm);
	}
	closedir(dir);
	if (sample->nr_rows)
		qsort(sample->rows, sample->nr_rows, sizeof(*sample->rows), compare);
	return true;
}

void stat_free(struct stat_sample *sample)
{
	free(sample->rows);
	memset(sample, 0, sizeof(*sample));
}
