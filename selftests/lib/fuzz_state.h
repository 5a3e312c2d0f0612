/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU whose guest is a fuzzer's: its RUN, and, for guests that execute anything, the state that
 * it begins with: registers, and what of its memory is no data.
 */
#ifndef SELFTEST_FUZZ_STATE_H
#define SELFTEST_FUZZ_STATE_H

#include "reg.h"
#include "witness.h"

#define STATE_VCPUS	2U
/* Pages of FUZZ_MEMORY: guest code of ours, what vCPUs execute, translation tables */
#define STATE_ROOM	(32UL * page_size())
#define STATE_CODE	(32UL * page_size())
#define STATE_TABLES	(40UL * page_size())

struct guest {
	struct fuzz f;
	struct witness witness;
	struct arm_vcpu_run *run;
	pthread_t thread;
	u64 config;		/* of the VM: its flags */
	u64 ram;		/* that it has at FUZZ_RAM, in bytes */
	u64 since;		/* when its RUN began; 0: it isn't in one */
	int fd;
	u32 nr;
	void *owner;		/* for the fuzzer */
	bool in_aarch32;
	bool debugs;		/* there was a SET_DEBUG */
	bool contested;		/* others have commands that want the vCPU at rest */
	bool done;
	struct reg_list regs;
};

/* In the memory of the VM, and of this process */
static inline u64 state_code(const struct guest *g)
{
	return STATE_CODE + g->nr * page_size();
}

/*
 * RUN, by the guest's own thread: whether something has ended it that the guest hasn't asked for.
 * An exit that there can't be, with what the VMM has asked for, is a find.
 */
bool guest_run(struct guest *g);
/*
 * Ends what doesn't end by itself, by KICK or a signal, now and then.  A RUN that doesn't return
 * even so ends the test.
 */
void guest_disturb(struct guest *g, struct fuzz *f, u64 seed);

/*
 * Begins a session, and has one VM after the other, each with the next seed, until its time is over
 * or enough is found.  @canary goes on beside them, and afterwards.
 */
void guests_fuzz(struct fuzz_session *session, u64 patience, struct canary *canary,
		 void (*one_vm)(u64 seed));

/* A vCPU, with its draws already; and its end */
void state_begin(struct guest *g, int vm, u64 config, u32 nr);
void state_end(struct guest *g);

/* SET_ENTRY, and then all of the state */
void state_draw(struct guest *g);
/* SET_REG of any register */
void state_set_any(struct guest *g);

#endif
