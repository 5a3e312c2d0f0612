/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host has done to memory: its own counters, and where a page is.
 */
#ifndef SELFTEST_HOST_MEMORY_H
#define SELFTEST_HOST_MEMORY_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "vm.h"

/* /proc/self/pagemap (Documentation/admin-guide/mm/pagemap.rst) */
#define PAGEMAP_PRESENT	(1UL << 63)
#define PAGEMAP_PFN	((1UL << 55) - 1)

/* A counter of /proc/vmstat; 0 where there is none */
static inline u64 vmstat(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	unsigned long value, found = 0;
	char line[64];

	if (!file)
		die("no /proc/vmstat");
	while (fscanf(file, "%63s %lu", line, &value) == 2)
		found = strcmp(line, name) ? found : value;
	fclose(file);
	return found;
}

/* An entry of a file that has one of 64 bits for each page */
static inline u64 page_entry(const char *path, u64 index)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	u64 entry;

	if (pread(fd, &entry, sizeof(entry), (off_t)(index * sizeof(entry))) != sizeof(entry))
		die("can't read %s", path);
	close(fd);
	return entry;
}

/* Of the page that the process has there; 0: none */
static inline u64 pfn_of(const void *user)
{
	u64 entry = page_entry("/proc/self/pagemap", (u64)user / page_size());

	return entry & PAGEMAP_PRESENT ? entry & PAGEMAP_PFN : 0;
}

#endif
