/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guests' translation tables take, as the host counts it.
 */
#ifndef SELFTEST_TABLES_H
#define SELFTEST_TABLES_H

#include <stdio.h>
#include "vm.h"

/* Pages, of all VMs and all CPUs */
static inline u64 host_tables(void)
{
	unsigned long long kilobytes;
	FILE *file = fopen("/proc/meminfo", "re");
	char line[256];

	write_file("/proc/sys/vm/stat_refresh", "1");
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "SecPageTables: %llu", &kilobytes) == 1) {
			fclose(file);
			return kilobytes * 1024 / page_size();
		}
	}
	die("no SecPageTables in /proc/meminfo");
}

#endif
