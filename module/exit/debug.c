// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMM debugs the guest: SET_DEBUG, and what comes of it.
 *
 * All debug exceptions come to EL2 then.  What the CPU has loaded meanwhile is the VMM's,
 * and the guest reads and writes registers of its own (debugreg.c).
 *
 * A step is the architecture's software step (D2.11): with PSTATE.SS set, one instruction
 * is executed, or an exception taken, which clears it; with PSTATE.SS clear, the step
 * exception comes before anything is executed.  So what is emulated here is a step as well:
 * skip_instruction() and inject_sync() clear PSTATE.SS.  What the VMM emulates is seen by its
 * pc: it isn't where the exit left it.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "guest/debugreg.h"
#include "guest/idreg.h"
#include "guest/inject.h"
#include "guest/stat.h"
#include "debug.h"
#include "outcome.h"

static bool points_allowed(const struct arm_vcpu_debug_point *points, unsigned int count,
			   u64 (*control_allowed)(u64 value))
{
	unsigned int n;

	for (n = 0; n < HYP_DBG_REGS; n++) {
		if (n >= count && (points[n].value || points[n].control))
			return false;
		if (control_allowed(points[n].control) != points[n].control)
			return false;
	}
	return true;
}

static u64 mdscr(u64 flags)
{
	return (flags & ARM_VCPU_DEBUG_STEP ? HYP_MDSCR_SS : 0) |
	       (flags & ARM_VCPU_DEBUG_POINTS ? HYP_MDSCR_MDE : 0);
}

/**
 * debug_set() - the command SET_DEBUG
 * @vcpu: not running
 * @arg: struct arm_vcpu_debug
 *
 * Return: 0, -EINVAL or -EOPNOTSUPP.
 */
long debug_set(struct vcpu *vcpu, void *arg)
{
	const struct arm_vcpu_debug *debug = arg;
	struct debugger *debugger = &vcpu->debugger;
	bool points = debug->flags & ARM_VCPU_DEBUG_POINTS;
	unsigned int n;

	BUILD_BUG_ON(ARRAY_SIZE(debug->breakpoints) != HYP_DBG_REGS);
	BUILD_BUG_ON(ARRAY_SIZE(debug->watchpoints) != HYP_DBG_REGS);
	if (debug->flags & ~DEBUG_FLAGS)
		return -EOPNOTSUPP;
	if (debug->reserved ||
	    !points_allowed(debug->breakpoints, points ? idreg_breakpoints() : 0, debugreg_bcr) ||
	    !points_allowed(debug->watchpoints, points ? idreg_watchpoints() : 0, debugreg_wcr))
		return -EINVAL;

	for (n = 0; n < HYP_DBG_REGS; n++) {
		debugger->regs.bvr[n] = debug->breakpoints[n].value;
		debugger->regs.bcr[n] = debug->breakpoints[n].control;
		debugger->regs.wvr[n] = debug->watchpoints[n].value;
		debugger->regs.wcr[n] = debug->watchpoints[n].control;
	}
	debugger->regs.mdscr = mdscr(debug->flags);
	debugger->flags = debug->flags;
	if (debug->flags & ARM_VCPU_DEBUG_STEP) {
		set_bit(VCPU_STEPS, &vcpu->unready);
	} else {
		clear_bit(VCPU_STEPS, &vcpu->unready);
		debugger->step_done = false;
		debugger->vmm_can_do = false;
	}
	debugreg_update(vcpu);
	return 0;
}

/**
 * debug_step_begin() - before a RUN that steps
 * @vcpu: whose
 *
 * PSTATE.SS in the run page is the guest's, and ours from here to debug_step_end().  A
 * program that changes it meanwhile makes a wrong step of its own guest, and no more.
 */
void debug_step_begin(struct vcpu *vcpu)
{
	struct debugger *debugger = &vcpu->debugger;
	u64 pstate = READ_ONCE(vcpu->run->pstate);

	/* It has, and pc is where the step ends */
	if (debugger->vmm_can_do && READ_ONCE(vcpu->run->pc) != vcpu->hyp->pc)
		debugger->step_done = true;
	debugger->guest_ss = pstate & HYP_PSR_SS;
	if (debugger->step_done)
		pstate &= ~HYP_PSR_SS;
	else
		pstate |= HYP_PSR_SS;
	WRITE_ONCE(vcpu->run->pstate, pstate);
}

/**
 * debug_step_end() - after it
 * @vcpu: whose
 *
 * Another exit than DEBUG can come first: of the instruction itself, or of something else.
 * The instruction has been executed if PSTATE.SS is clear, and then it is for the next RUN
 * to say so.  It consumes a step of the guest's own too, as it would without us.
 */
void debug_step_end(struct vcpu *vcpu)
{
	struct debugger *debugger = &vcpu->debugger;
	struct arm_vcpu_run *run = vcpu->run;
	u64 pstate = READ_ONCE(run->pstate);
	u32 reason = READ_ONCE(run->exit_reason);
	bool executed = !(pstate & HYP_PSR_SS);

	debugger->step_done = executed && reason != ARM_VCPU_EXIT_DEBUG;
	/* After NONE it is as before: nothing was entered, or a signal has come */
	if (executed || reason != ARM_VCPU_EXIT_NONE)
		debugger->vmm_can_do = !executed && (vcpu->pending != PENDING_NONE ||
						     reason == ARM_VCPU_EXIT_MEMORY_FAULT);
	if (!debugger->guest_ss)
		WRITE_ONCE(run->pstate, pstate & ~HYP_PSR_SS);
}

/**
 * debug_exit() - a debug exception
 * @vcpu: whose; it isn't running, and the VMM debugs it
 * @esr: its syndrome
 *
 * A breakpoint instruction that the VMM hasn't asked for is the guest's.  So is AArch32's:
 * that state isn't offered.
 *
 * Return: 1 when it was the guest's, 0 for an exit.
 */
int debug_exit(struct vcpu *vcpu, u64 esr)
{
	struct arm_vcpu_run *run = vcpu->run;
	u32 event;

	switch (HYP_ESR_EC(esr)) {
	case HYP_EC_BREAKPT_LOW:
		event = ARM_VCPU_EVENT_BREAKPOINT;
		break;
	case HYP_EC_WATCHPT_LOW:
		event = ARM_VCPU_EVENT_WATCHPOINT;
		run->far = vcpu->hyp->far;
		break;
	case HYP_EC_SOFTSTP_LOW:
		event = ARM_VCPU_EVENT_STEP;
		break;
	case HYP_EC_BRK64:
		event = ARM_VCPU_EVENT_BRK;
		if (vcpu->debugger.flags & ARM_VCPU_DEBUG_BRK)
			break;
		fallthrough;
	default:
		stat_count(vcpu, ARM_VCPU_STAT_DEBUG);
		inject_sync(vcpu, esr, 0);
		return ENTER_AGAIN;
	}
	stat_count(vcpu, ARM_VCPU_STAT_DEBUG_USER);
	run->exit_reason = ARM_VCPU_EXIT_DEBUG;
	run->debug.event = event;
	return TO_USER;
}
