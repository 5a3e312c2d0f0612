/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Proofs: functions proof_*(), which a model checker (CBMC) follows for all values that nondet_*()
 * may have.  In each, no access is out of bounds, nothing signed overflows, and no shift is too
 * long; loops end within the bound that is given in the table (proofs).
 */
#ifndef PROOF_H
#define PROOF_H

#include <stdbool.h>

#define prove(what)	__CPROVER_assert(what, #what)
#define assume(what)	__CPROVER_assume(what)

bool nondet_bool(void);
unsigned char nondet_u8(void);
unsigned int nondet_u32(void);
unsigned long nondet_u64(void);

#endif /* PROOF_H */
