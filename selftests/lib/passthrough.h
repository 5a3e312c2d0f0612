/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the host may hand to a guest: the module loaded for it, and the right to it.
 */
#ifndef SELFTEST_PASSTHROUGH_H
#define SELFTEST_PASSTHROUGH_H

#include <stdbool.h>
#include "guest.h"

/* Loads the module anew, with the parameter passthrough and as ever again */
void passthrough_begin(void);
void passthrough_end(void);
/* An isolated CPU, if there is one */
int passthrough_cpu(void);
u64 passthrough_sgi_target(int cpu);	/* as ICC_SGI1R_EL1 names it */
/*
 * A signal that the calling thread gets, again and again, for one that comes just before a RUN
 * doesn't end it; and whether there was one
 */
extern volatile bool alarmed;
void alarm_each(unsigned int ms);
void alarm_off(void);
/* CAP_SYS_RAWIO of the calling thread */
void passthrough_capability(bool have);

#endif
