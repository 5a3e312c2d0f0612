// SPDX-License-Identifier: GPL-2.0-only
/*
 * What PSTATE a VMM may ask for (guest/pstate.h), for all of its values: EL0, or EL1 with either
 * stack pointer, in AArch64, and never EL2, EL3, AArch32 or what is reserved (C5.2.19).  What is
 * then loaded is of the same kind, and RES0 is 0 in it.
 */
#include "guest/pstate.h"

/* SPSR_EL2 of AArch64: ALLINT, PM and what is above are no guest's */
#define NO_GUEST_HAS	(GENMASK(63, 32) | GENMASK(27, 26) | GENMASK(19, 13) | BIT(5) | BIT(4))

void proof_pstate(void)
{
	u64 pstate = nondet_u64(), loaded = pstate & PSTATE_BITS;
	unsigned int el = pstate >> 2 & 3;
	bool aarch32 = pstate & BIT(4), reserved = pstate & BIT(1), spx = pstate & BIT(0);

	prove(pstate_allowed(pstate) ==
	      (!aarch32 && !reserved && (el == 1 || (el == 0 && !spx))));
	if (!pstate_allowed(pstate))
		return;
	prove(pstate_allowed(loaded));
	prove((loaded & GENMASK(4, 0)) == (pstate & GENMASK(4, 0)));
	prove(!(loaded & NO_GUEST_HAS));
}
