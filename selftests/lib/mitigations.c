// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the module's file line by line: "<CPUs>: <Spectre>; errata: <name>, <name>".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "mitigations.h"
#include "vm.h"

/* Is the CPU in a list such as 0-2,5? */
static bool in_list(const char *list, int cpu)
{
	char *at = (char *)list;
	long first, last;

	while (*at) {
		first = strtol(at, &at, 10);
		last = *at == '-' ? strtol(at + 1, &at, 10) : first;
		if (cpu >= first && cpu <= last)
			return true;
		if (*at && *at++ != ',')
			die(MITIGATIONS_FILE ": '%s' is no list of CPUs", list);
	}
	return false;
}

int mitigations_of(int cpu, struct mitigations *mitigations)
{
	FILE *file = fopen(MITIGATIONS_FILE, "re");
	char line[256], cpus[64], spectre[32], errata[121];
	int lines = 0;

	if (!file)
		die(MITIGATIONS_FILE " isn't there");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63[0-9,-]: %31[^;\n]; errata: %120[^\n]", cpus, spectre,
			   errata) != 3)
			die(MITIGATIONS_FILE ": '%s'", line);
		if (!in_list(cpus, cpu) || lines++)
			continue;
		snprintf(mitigations->spectre, sizeof(mitigations->spectre), "%s", spectre);
		if (strcmp(errata, "none"))
			snprintf(mitigations->errata, sizeof(mitigations->errata), ", %s, ",
				 errata);
		else
			mitigations->errata[0] = 0;
	}
	fclose(file);
	return lines;
}

bool mitigations_erratum(const struct mitigations *mitigations, const char *name)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), ", %s, ", name);
	return strstr(mitigations->errata, wanted);
}
