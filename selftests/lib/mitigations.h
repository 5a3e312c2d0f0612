/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module says that it does for each CPU.
 */
#ifndef SELFTEST_MITIGATIONS_H
#define SELFTEST_MITIGATIONS_H

#include <stdbool.h>

#define MITIGATIONS_FILE	"/sys/class/misc/arm_vcpu/mitigations"

struct mitigations {
	char spectre[32];
	char errata[128];	/* ", " before, between and after them; "" for none */
};

/* How many lines are about a CPU, and what the first of them says */
int mitigations_of(int cpu, struct mitigations *mitigations);

/* Has the line this erratum? */
bool mitigations_erratum(const struct mitigations *mitigations, const char *name);

#endif
