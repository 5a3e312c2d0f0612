/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A buffer of tracefs, of the test's own.  What isn't said to return something ends the test
 * when something is wrong.
 */
#ifndef SELFTEST_TRACE_H
#define SELFTEST_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#define TRACE_INSTANCE	"/sys/kernel/tracing/instances/arm_vcpu_selftest"

bool trace_open(void);		/* false: the kernel has no events */
void trace_close(void);
void trace_set(const char *file, const char *text);	/* a file of the instance */
/* Text that has been recorded since, and that isn't any more */
void trace_take(char *text, size_t size);

#endif
