// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fine-grained traps (FEAT_FGT, D19.2.42 and following).
 *
 * In these registers the bits of what came with or after FEAT_FGT say "don't trap" (their
 * names begin with n), and the kernel sets some for itself: permission overlays and
 * indirection, guarded stacks, branch records.  None of that is switched, so a guest gets
 * zero: all that is new traps.  What is older has its traps in HCR_EL2, MDCR_EL2 and
 * CPTR_EL2.
 *
 * HAFGRTR_EL2, which is UNDEFINED on a CPU without activity monitors, is left alone:
 * CPTR_EL2.TAM traps all of them.
 *
 * They count below EL2 and not while HCR_EL2.TGE is set, so a VHE host doesn't notice
 * them: the guest's are put in when EL2 is taken, the host's when it is given back.
 */
#include "access.h"

#define FGT_REGS(X)			\
	X(0, HYP_HFGRTR_EL2)		\
	X(1, HYP_HFGWTR_EL2)		\
	X(2, HYP_HFGITR_EL2)		\
	X(3, HYP_HDFGRTR_EL2)		\
	X(4, HYP_HDFGWTR_EL2)		\
	X(5, HYP_HDFGRTR2_EL2)		\
	X(6, HYP_HDFGWTR2_EL2)		\
	X(7, HYP_HFGRTR2_EL2)		\
	X(8, HYP_HFGWTR2_EL2)		\
	X(9, HYP_HFGITR2_EL2)

/* The last five came with FEAT_FGT2 */
#define FGT2_FIRST	5

static bool __hyp has(const struct hyp_cpu *cpu, int n)
{
	return cpu->features & (n < FGT2_FIRST ? HYP_CPU_FGT : HYP_CPU_FGT2);
}

/* What the host had, once, when EL2 is taken */
void __hyp fgt_save(struct hyp_cpu *cpu)
{
#define X(n, reg)	{ if (has(cpu, n)) cpu->host_fgt[n] = hyp_read(reg); }
	FGT_REGS(X)
#undef X
}

void __hyp fgt_enter(const struct hyp_cpu *cpu)
{
#define X(n, reg)	{ if (has(cpu, n)) hyp_write(reg, 0); }
	FGT_REGS(X)
#undef X
}

void __hyp fgt_leave(const struct hyp_cpu *cpu)
{
#define X(n, reg)	{ if (has(cpu, n)) hyp_write(reg, cpu->host_fgt[n]); }
	FGT_REGS(X)
#undef X
}
