/* SPDX-License-Identifier: MIT */
/* A machine for a debugger: memory and two vCPUs, the second one off, and nothing behind them */
#ifndef DEBUGGED_H
#define DEBUGGED_H

#include "machine.h"

#define RAM_BASE	0x40000000ULL

extern struct machine debugged;
/* How many break- and watchpoints a vCPU has been given last */
extern struct arm_vcpu_debug debugged_armed;

void debugged_begin(void);
void debugged_end(void);

/* Bytes that gdb sends, up to where they come to something */
enum packet_event debugged_feed(const char *bytes, size_t length);

/* A packet of these bytes, and what it is answered; a guest that goes on stops at once */
const char *debugged_command(const char *bytes, size_t length);

#endif
