/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures on order: the kernel's fault injection, which has the nth allocation or user
 * copy of a thread fail (Documentation/fault-injection/ in the kernel's source); but for
 * per-CPU memory, for which it can't.
 */
#ifndef SELFTEST_FAIL_H
#define SELFTEST_FAIL_H

#include <stdbool.h>

/*
 * What @function of the kernel asks for counts, by itself or by what it calls; NULL for what
 * the module asks for.  Returns NULL, or why this kernel can't.
 */
const char *fail_setup(const char *function);

/* The calling thread's nth from here on; n from 1 */
void fail_arm(unsigned int n);
/* No more of that.  Whether it has failed. */
bool fail_disarm(void);

/*
 * Bytes that the module has allocated (/proc/allocinfo), but for the tables of EL2, which
 * stay until it is unloaded.  -1 if the kernel doesn't tell.
 */
long module_memory(void);

#endif
