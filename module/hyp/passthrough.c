// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of the CPU's own a guest has for a stay, if its VM is configured so: the physical
 * timer, on which an nVHE host ticks, and the GIC's CPU interface.  Not on the way of others.
 */
#include "access.h"

#define ICC_PMR_EL1	sys_reg(3, 0, 4, 6, 0)
#define ICC_AP1R_EL1(n)	sys_reg(3, 0, 12, 9, n)
#define ICC_BPR1_EL1	sys_reg(3, 0, 12, 12, 3)
#define ICC_CTLR_EL1	sys_reg(3, 0, 12, 12, 4)
#define ICC_IGRPEN1_EL1	sys_reg(3, 0, 12, 12, 7)

/* ICC_CTLR_EL1: bits of priority, less one, and so of preemption at the most */
#define CTLR_PRIBITS(ctlr)	(((ctlr) >> 8) & 7)

/* While CBPR is set, ICC_BPR1_EL1 reads as another register, and its writes are ignored */
static void __hyp bpr1_own(u64 ctlr)
{
	hyp_write(ICC_CTLR_EL1, ctlr & ~HYP_ICC_CTLR_CBPR);
	isb();
}

static void __hyp icc_load(const struct hyp_icc *icc)
{
	bpr1_own(icc->ctlr);
	hyp_write(ICC_BPR1_EL1, icc->bpr1);
	hyp_write(ICC_CTLR_EL1, icc->ctlr);
	hyp_write(ICC_PMR_EL1, icc->pmr);
	/* Those of a host in a task are none, for it drops them at once */
	hyp_write_aprs(ICC_AP1R_EL1, CTLR_PRIBITS(icc->ctlr), icc->ap1r);
	hyp_write(ICC_IGRPEN1_EL1, icc->igrpen1);
}

static void __hyp icc_save(struct hyp_icc *icc)
{
	icc->ctlr = hyp_read(ICC_CTLR_EL1);
	if (icc->ctlr & HYP_ICC_CTLR_CBPR)
		bpr1_own(icc->ctlr);
	icc->bpr1 = hyp_read(ICC_BPR1_EL1);
	icc->pmr = hyp_read(ICC_PMR_EL1);
	hyp_read_aprs(ICC_AP1R_EL1, CTLR_PRIBITS(icc->ctlr), icc->ap1r);
	icc->igrpen1 = hyp_read(ICC_IGRPEN1_EL1);
}

/* PRIbits, IDbits and the like are the CPU's; writes don't change them */
static void __hyp icc_enter(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	vcpu->icc.ctlr &= HYP_ICC_CTLR_GUEST;
	vcpu->icc.ctlr |= cpu->host_icc.ctlr & ~HYP_ICC_CTLR_GUEST;
	icc_load(&vcpu->icc);
	/* Group 0 is firmware's: it would trap there */
	hyp_write(HYP_ICH_HCR_EL2, HYP_ICH_HCR_TALL0);
}

static void __hyp ptimer_load(const struct hyp_timer *timer)
{
	hyp_write(HYP_CNTP_CTL, 0);
	hyp_write(HYP_CNTP_CVAL, timer->cval);
	hyp_write(HYP_CNTP_CTL, timer->ctl);
}

static void __hyp ptimer_save(struct hyp_timer *timer)
{
	timer->ctl = hyp_read(HYP_CNTP_CTL) & ~HYP_CNT_ISTATUS;
	timer->cval = hyp_read(HYP_CNTP_CVAL);
}

/* When the host wants its timer, EL2's own takes the guest out: the host loses no tick */
static void __hyp ptimer_enter(const struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu)
{
	hyp_write(HYP_CNTHP_CVAL_EL2, cpu->host_ptimer.cval);
	hyp_write(HYP_CNTHP_CTL_EL2, cpu->host_ptimer.ctl);
	ptimer_load(&vcpu->ptimer);
	hyp_write(HYP_CNTHCTL_EL2, HYP_CNTHCTL_EL1PCTEN | HYP_CNTHCTL_EL1PCEN);
}

static bool __hyp lends_ptimer(u64 what)
{
	return !hyp_is_vhe() && (what & HYP_PASS_PTIMER);
}

/*
 * Last on the way in, for it changes what traps_enter() has set.  All of the host's is kept
 * before anything is the guest's: hyp_abandon() counts on it.
 */
void __hyp passthrough_enter(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	u64 what = vcpu->passthrough;

	if (what & HYP_PASS_INTERRUPTS)
		icc_save(&cpu->host_icc);
	if (lends_ptimer(what))
		ptimer_save(&cpu->host_ptimer);
	cpu->passed = what;

	if (what & HYP_PASS_INTERRUPTS)
		icc_enter(cpu, vcpu);
	if (lends_ptimer(what))
		ptimer_enter(cpu, vcpu);
}

/* First on the way out */
void __hyp passthrough_leave(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	if (cpu->passed & HYP_PASS_INTERRUPTS)
		icc_save(&vcpu->icc);
	if (lends_ptimer(cpu->passed))
		ptimer_save(&vcpu->ptimer);
	passthrough_return(cpu);
}

/* What the host needs to have back, whatever became of the vCPU */
void __hyp passthrough_return(struct hyp_cpu *cpu)
{
	if (cpu->passed & HYP_PASS_INTERRUPTS) {
		hyp_close_cpu_interface();
		icc_load(&cpu->host_icc);
	}
	if (lends_ptimer(cpu->passed)) {
		ptimer_load(&cpu->host_ptimer);
		hyp_write(HYP_CNTHP_CTL_EL2, 0);
	}
	cpu->passed = 0;
}
