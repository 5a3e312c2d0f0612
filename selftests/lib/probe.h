/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One instruction at a time in a guest, at EL1 or EL0: what does it do?
 */
#ifndef SELFTEST_PROBE_H
#define SELFTEST_PROBE_H

#include "vm.h"

#define PROBE_CODE	(GUEST_SHARED + 0x80000UL)
#define PROBE_CALL	0x6600

/* A system register's encoding, in the places of an MRS or MSR */
#define ENCODING(op0, op1, crn, crm, op2) \
	((u32)(op0) << 19 | (u32)(op1) << 16 | (u32)(crn) << 12 | (u32)(crm) << 8 | \
	 (u32)(op2) << 5)
#define INSN_MRS(encoding, rt)	(0xd5200000U | (encoding) | (rt))
#define INSN_MSR(encoding, rt)	(0xd5000000U | (encoding) | (rt))

/* Resets the vCPU and prepares it: exceptions of the instruction are stepped over */
void probe_init(struct vcpu *vcpu);

/*
 * Sets the vCPU up for one instruction, with x0; the caller RUNs, and what isn't an exit
 * of the instruction itself is a HYPERCALL with PROBE_CALL and the instruction's x0, which
 * has GUEST_TRAPPED | ESR if it was an exception.
 */
void probe_enter(struct vcpu *vcpu, u32 insn, u64 x0, bool el0);

/* All of it; ends the test when there is another exit */
u64 probe(struct vcpu *vcpu, u32 insn, u64 x0);
u64 probe_el0(struct vcpu *vcpu, u32 insn, u64 x0);

/* Was it UNDEFINED? */
static inline bool is_undefined(u64 result)
{
	return (result & GUEST_TRAPPED) && ESR_EC(result) == EC_UNKNOWN;
}

/* Makes code that the host wrote into guest memory visible to a guest without caches */
void sync_code(void *start, size_t length);

#endif
