/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every instruction of the system space in a guest: MRS, MSR, SYS and SYSL of op0 1 to 3,
 * at EL1 and at EL0.
 *
 * An encoding is a number of 16 bits: op0, op1, CRn, CRm, op2 from the top, as in a
 * register's id.  The guest has each as an instruction in a table, and steps over those that
 * are exceptions to it; one that is not ends RUN.  The MMU is off.
 */
#ifndef SELFTEST_SWEEP_H
#define SELFTEST_SWEEP_H

#include "vm.h"

#define SWEEP_FIRST	0x4000U		/* op0 1 */
#define SWEEP_END	0x10000U
#define SWEEP_OP0(e)	((e) >> 14)
#define SWEEP_OP1(e)	((e) >> 11 & 7)
#define SWEEP_CRN(e)	((e) >> 7 & 0xf)
#define SWEEP_CRM(e)	((e) >> 3 & 0xf)
#define SWEEP_OP2(e)	((e) & 7)
#define SWEEP(op0, op1, crn, crm, op2) \
	((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

/* Memory that all VMs of a test share: the tables, and room for what they read */
#define SWEEP_MEMORY	0x50000000UL
#define SWEEP_SIZE	0x100000UL
#define SWEEP_SCRATCH	(SWEEP_MEMORY + 0xf0000)	/* for instructions that take an address */
#define SWEEP_MAX_LIST	2048

enum sweep_way { SWEEP_READ, SWEEP_WRITE };

/* What became of one instruction */
struct sweep_result {
	unsigned int encoding;	/* SWEEP_END: none was found */
	u64 value;		/* x0 after it */
	u64 esr;		/* the guest's, if it was an abort: the instruction is there */
};

/* For vm, which has the guest's code already; the first call makes the memory */
void sweep_memory(struct vm *vm);

/*
 * Resets the vCPU and has it try first to end - 1, with value in x0, until one of them is
 * there for it.
 */
struct sweep_result sweep_find(struct vcpu *vcpu, enum sweep_way way, bool el0,
			       unsigned int first, unsigned int end, u64 value);
/* Resets the vCPU and has it write a register and read it again; ends the test if it can't */
u64 sweep_write_and_read(struct vcpu *vcpu, bool el0, unsigned int encoding, u64 value);
/* Resets the vCPU and has it read all of a list at EL1 */
void sweep_dump(struct vcpu *vcpu, const u16 *list, unsigned int count, u64 *values);

/* Which are there for a vCPU, at EL1 or EL0 */
struct sweep_map {
	bool there[2][SWEEP_END];	/* by enum sweep_way and encoding */
};

void sweep_map(struct vcpu *vcpu, bool el0, struct sweep_map *map);
/* All that a vCPU can read at EL1, for sweep_dump(); returns how many */
unsigned int sweep_readable(struct vcpu *vcpu, u16 list[SWEEP_MAX_LIST]);

/*
 * Who learns of what a vCPU writes?  It writes, in each round, one of two opposite patterns by
 * chance; a bit that was the choice in all of them, or its opposite, depends on it.  What
 * changes by itself, as a counter does, doesn't for so long.
 */
#define SWEEP_ROUNDS	32

struct sweep_trace {
	u64 broken_same;	/* bits that once weren't the choice */
	u64 broken_opposite;	/* bits that once weren't its opposite */
};

bool sweep_choice(unsigned int round);
u64 sweep_pattern(unsigned int encoding, bool choice);

static inline void sweep_note(struct sweep_trace *trace, bool choice, u64 value)
{
	trace->broken_same |= choice ? ~value : value;
	trace->broken_opposite |= choice ? value : ~value;
}

/* The bits that tell */
static inline u64 sweep_tells(const struct sweep_trace *trace)
{
	return ~trace->broken_same | ~trace->broken_opposite;
}

/* "S3_0_C1_C0_0", in one of a few static buffers */
const char *sweep_name(unsigned int encoding);

#endif
