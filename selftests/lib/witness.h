/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest must leave as it is: registers of the thread that runs it, memory beside its own,
 * and another VM, which goes on meanwhile.
 */
#ifndef SELFTEST_WITNESS_H
#define SELFTEST_WITNESS_H

#include "fp.h"
#include "fuzz.h"

/* A thread's registers; what user space can see of the CPU's */
struct witness {
	struct fp in, out;
	u64 kept[4];
	u64 count;
};

void witness_begin(struct witness *w, u64 seed);
/* RUN, by that thread; what isn't as it was is a find */
int witness_run(struct witness *w, struct fuzz *f, int vcpu);

/* Memory on both sides of FUZZ_MEMORY */
void witness_fill(void);
void witness_look(void);

/*
 * A VM whose guest moves values from register to register, through most kinds of them, and to
 * memory: each has to come out again.  It has a thread, which goes from CPU to CPU.
 */
struct canary {
	struct vm vm;
	struct vcpu *vcpu;
	pthread_t thread;
	bool stop;
	u64 steps;
};

void canary_start(struct canary *canary);
void canary_stop(struct canary *canary);	/* it has to have come forward */

#endif
