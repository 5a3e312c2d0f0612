// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stepping over an instruction (guest/skip.c), for each pc, PSTATE and syndrome: pc moves by the
 * instruction's length, and of PSTATE changes what the manual's ITAdvance() and a step do, and
 * nothing else.  A condition holds by the manual's table (C1.2.4), and an IT block ends behind its
 * last instruction (F5.1.55).
 */
#include "guest/skip.h"

#define IT_BITS		(GENMASK(26, 25) | GENMASK(15, 10))

static struct hyp_vcpu hyp;
static struct vcpu vcpu = { .hyp = &hyp };

static void any_state(void)
{
	hyp.pc = nondet_u64();
	hyp.pstate = nondet_u64();
}

static u64 it_to_pstate(unsigned int it)
{
	return (u64)(it & 3) << 25 | (u64)(it >> 2) << 10;
}

/* Bit NZCV of entry COND: whether it holds with these flags */
static const u16 holds_with[16] = {
	0xf0f0, 0x0f0f, 0xcccc, 0x3333, 0xff00, 0x00ff, 0xaaaa, 0x5555,
	0x0c0c, 0xf3f3, 0xaa55, 0x55aa, 0x0a05, 0xf5fa, 0xffff, 0xffff,
};

static bool holds(unsigned int cond)
{
	return holds_with[cond] >> (hyp.pstate >> 28 & 0xf) & 1;
}

void proof_of_aarch64(void)
{
	u64 pc, pstate;

	any_state();
	assume(!(hyp.pstate & HYP_PSR_nRW));
	pc = hyp.pc;
	pstate = hyp.pstate;
	prove(!skip_condition_fails(&vcpu, nondet_u64()));
	skip_instruction(&vcpu, nondet_u64());
	prove(hyp.pc == pc + 4);
	prove(hyp.pstate == (pstate & ~(HYP_PSR_SS | HYP_PSR_BTYPE)));
}

void proof_of_aarch32(void)
{
	u64 esr = nondet_u64(), pc, pstate;

	any_state();
	assume(hyp.pstate & HYP_PSR_nRW);
	pc = hyp.pc;
	pstate = hyp.pstate;
	skip_instruction(&vcpu, esr);
	prove(hyp.pc == (u32)(pc + (esr & HYP_ESR_IL ? 4 : 2)));
	prove((hyp.pstate & ~IT_BITS) == (pstate & ~(IT_BITS | HYP_PSR_SS)));
}

void proof_condition_of_the_syndrome(void)
{
	u64 esr = nondet_u64();

	any_state();
	assume(hyp.pstate & HYP_PSR_nRW && esr & BIT(24));
	prove(skip_condition_fails(&vcpu, esr) == !holds(esr >> 20 & 0xf));
}

/* Without CV, of T32 code alone it may not be executed */
void proof_condition_of_a32(void)
{
	u64 esr = nondet_u64();

	any_state();
	assume(hyp.pstate & HYP_PSR_nRW && !(esr & BIT(24)));
	assume(!(hyp.pstate & BIT(5)) || !(hyp.pstate & IT_BITS));
	prove(!skip_condition_fails(&vcpu, esr));
}

/* ITxyz: the first has the condition, each other its low bit from the mask, whose last 1 ends it */
void proof_it_block(void)
{
	unsigned int first = nondet_u32(), mask = nondet_u32(), n, length;
	u64 esr = nondet_u64();

	assume(first < 15 && mask && mask < 16 && !(esr & BIT(24)));
	any_state();
	hyp.pstate = (hyp.pstate & ~IT_BITS) | HYP_PSR_nRW | BIT(5) |
		     it_to_pstate(first << 4 | mask);
	length = mask & 1 ? 4 : mask & 2 ? 3 : mask & 4 ? 2 : 1;
	for (n = 0; n < length; n++) {
		unsigned int low = n ? mask >> (4 - n) & 1 : first & 1;

		prove(hyp.pstate & IT_BITS);
		prove(skip_condition_fails(&vcpu, esr) == !holds((first & 0xe) | low));
		skip_instruction(&vcpu, esr);
	}
	prove(!(hyp.pstate & IT_BITS));
}
