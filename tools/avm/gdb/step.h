/* SPDX-License-Identifier: MIT */
/*
 * A step of a vCPU's.  Interrupts wait meanwhile, where they can: while a guest stands still its
 * timer goes on, so that each step would be into the handler of that, and none over a breakpoint.
 */
#ifndef AVM_GDB_STEP_H
#define AVM_GDB_STEP_H

#include <linux/types.h>

struct vcpu;

/**
 * struct step - what is to be undone after it
 * @masked: bits of PSTATE that are set for it
 * @pc: where it began
 */
struct step {
	__u64 masked;
	__u64 pc;
};

/**
 * step_begin() - before a step
 * @vcpu: it has parked
 * @step: is filled in
 */
void step_begin(struct vcpu *vcpu, struct step *step);

/**
 * step_end() - after it, or without one
 * @vcpu: it has parked
 * @step: as step_begin() has left it, or zero
 */
void step_end(struct vcpu *vcpu, struct step *step);

#endif /* AVM_GDB_STEP_H */
