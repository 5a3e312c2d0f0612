/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host may hand to a guest: the module loaded for it, and the right to it.
 */
#ifndef SELFTEST_PASSTHROUGH_H
#define SELFTEST_PASSTHROUGH_H

#include <stdbool.h>

/* Loads the module anew, with the parameter passthrough and as ever again */
void passthrough_begin(void);
void passthrough_end(void);
/* An isolated CPU, if there is one */
int passthrough_cpu(void);
/* A signal that the calling thread gets, and whether it has had it */
extern volatile bool alarmed;
void alarm_in(unsigned int ms);
/* CAP_SYS_RAWIO of the calling thread */
void passthrough_capability(bool have);

#endif
