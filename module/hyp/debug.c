// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debug registers in the world switch.
 *
 * The guest's accesses to them are trapped (MDCR_EL2.TDA), so nothing needs saving on exit,
 * and no point is loaded unless break- and watchpoints are on in vcpu->debug.  MDSCR_EL1 is
 * from there in any case: the host's KDE and SS must not act on a guest's EL1.
 */
#include "access.h"

#define DBG_REGS(X)							\
	X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)				\
	X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

/* DBGBVR, DBGBCR, DBGWVR and DBGWCR are op2 4 to 7; their number is CRm (D19.3) */
#define DBGB(n, op2)	sys_reg(2, 0, 0, n, op2)

#define SAVE_BRP(n)					\
	if (n < cpu->brps) {				\
		d->bvr[n] = hyp_read(DBGB(n, 4));	\
		d->bcr[n] = hyp_read(DBGB(n, 5));	\
	}
#define SAVE_WRP(n)					\
	if (n < cpu->wrps) {				\
		d->wvr[n] = hyp_read(DBGB(n, 6));	\
		d->wcr[n] = hyp_read(DBGB(n, 7));	\
	}
#define LOAD_BRP(n)					\
	if (n < cpu->brps) {				\
		hyp_write(DBGB(n, 4), d->bvr[n]);	\
		hyp_write(DBGB(n, 5), d->bcr[n]);	\
	}
#define LOAD_WRP(n)					\
	if (n < cpu->wrps) {				\
		hyp_write(DBGB(n, 6), d->wvr[n]);	\
		hyp_write(DBGB(n, 7), d->wcr[n]);	\
	}

static void __hyp debug_save(const struct hyp_cpu *cpu, struct hyp_debug *d)
{
	DBG_REGS(SAVE_BRP)
	DBG_REGS(SAVE_WRP)
}

static void __hyp debug_load(const struct hyp_cpu *cpu, const struct hyp_debug *d)
{
	DBG_REGS(LOAD_BRP)
	DBG_REGS(LOAD_WRP)
}

/*
 * No breakpoint may fire half written: at EL2 with debug exceptions masked by PSTATE.D none does
 * (D2.4).
 */
void __hyp debug_lend_points(struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu)
{
	debug_save(cpu, &cpu->host_debug);
	cpu->points_lent = true;
	debug_load(cpu, &vcpu->debug);
}

void __hyp debug_return_points(struct hyp_cpu *cpu)
{
	debug_load(cpu, &cpu->host_debug);
	cpu->points_lent = false;
}

/* What the host needs to have back, whatever became of the vCPU */
void __hyp debug_return(struct hyp_cpu *cpu)
{
	hyp_write(HYP_MDSCR_EL1, cpu->host_debug.mdscr);
	if (cpu->points_lent)
		debug_return_points(cpu);
}
