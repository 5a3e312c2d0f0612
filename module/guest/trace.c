// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints themselves, made of their header.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
