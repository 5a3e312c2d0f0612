// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that waits: WFI, WFE, and PSCI's CPU_SUSPEND.
 *
 * All of them may end at any time for no reason (C6.2.384; DEN 0022, 5.4), so pc goes past
 * them at once, and a signal or a kick needs no second thought.
 */
#include "gic/vgic.h"
#include "guest/halt.h"
#include "guest/skip.h"
#include "guest/stat.h"
#include "guest/timer.h"
#include "guest/trace.h"
#include "outcome.h"
#include "wfx.h"

/* ISS of a trapped WFx: TI is ARM_VCPU_HALT_*; RN is valid with RV */
#define WFX_TI(esr)	((esr) & 3)
#define WFX_RV		BIT(2)
#define WFX_RN(esr)	((esr) >> 5 & 0x1f)

/* When a WFIT or WFET ends by itself: its register is compared with CNTVCT_EL0 */
static u64 wfx_limit(struct vcpu *vcpu, u64 esr)
{
	if (WFX_TI(esr) < ARM_VCPU_HALT_WFIT || !(esr & WFX_RV))
		return U64_MAX;
	return timer_counter_ns(vcpu, vcpu_get_x(vcpu, WFX_RN(esr)));
}

static bool interrupts_pass(const struct vcpu *vcpu)
{
	return vcpu->vm->passthrough & HYP_PASS_INTERRUPTS;
}

/* CPUs may trap even where there is nothing to wait for; an SError needn't be unmasked */
static bool waits(struct vcpu *vcpu)
{
	return !(vcpu->hyp->hcr & HYP_HCR_VSE) && !vcpu_must_look(vcpu) &&
	       ((!READ_ONCE(vcpu->run->lines) && !vgic_keeps_awake(vcpu)) ||
		interrupts_pass(vcpu));
}

static bool exits(const struct vcpu *vcpu)
{
	return READ_ONCE(vcpu->run->flags) & ARM_VCPU_RUN_HALT;
}

static int halt_exit(struct vcpu *vcpu, unsigned int kind, u64 deadline)
{
	struct arm_vcpu_run *run = vcpu->run;

	run->exit_reason = ARM_VCPU_EXIT_HALT;
	run->halt.deadline = deadline;
	run->halt.kind = kind;
	return TO_USER;
}

/* A change of a timer's output that is to be told of.  A GIC in the kernel sees a fall in time. */
static bool timers_changed(struct vcpu *vcpu)
{
	u32 levels = timer_levels(vcpu);

	return vcpu->gic ? levels & ~vcpu->timers_seen : levels != vcpu->timers_seen;
}

static int sleep_until(struct vcpu *vcpu, u64 deadline)
{
	/* A step has an end; and a change of a timer's output is the VMM's to know first */
	if (vcpu->debugger.flags & ARM_VCPU_DEBUG_STEP || timers_changed(vcpu))
		return ENTER_AGAIN;
	return halt_wait(vcpu, deadline) ?: ENTER_AGAIN;
}

/**
 * wfx_exit() - a WFI, WFE, WFIT or WFET
 * @vcpu: whose; it isn't running
 * @esr: of the trap
 *
 * Return: 1 to enter again, 0 for an exit, or -EINTR.
 */
int wfx_exit(struct vcpu *vcpu, u64 esr)
{
	unsigned int kind = WFX_TI(esr);
	bool event = kind == ARM_VCPU_HALT_WFE || kind == ARM_VCPU_HALT_WFET;
	bool wait = waits(vcpu), exit = wait && exits(vcpu);
	u64 deadline;

	skip_instruction(vcpu, esr);
	stat_count(vcpu, exit ? ARM_VCPU_STAT_WFX_USER : ARM_VCPU_STAT_WFX);
	trace_arm_vcpu_wfx(vcpu, kind, exit ? TRACE_BY_VMM : TRACE_BY_KERNEL);
	deadline = min(wfx_limit(vcpu, esr), timer_deadline_ns(vcpu));
	if (exit)
		return halt_exit(vcpu, kind, deadline);
	return wait && !event ? sleep_until(vcpu, deadline) : ENTER_AGAIN;
}

/**
 * wfx_suspend() - wait as WFI does, for CPU_SUSPEND
 * @vcpu: whose; it isn't running, and pc is past the call
 *
 * A guest that takes the CPU's own interrupts waits for them in WFI alone, which isn't trapped.
 *
 * Return: as wfx_exit().
 */
int wfx_suspend(struct vcpu *vcpu)
{
	if (!waits(vcpu))
		return ENTER_AGAIN;
	if (exits(vcpu))
		return halt_exit(vcpu, ARM_VCPU_HALT_WFI, timer_deadline_ns(vcpu));
	return interrupts_pass(vcpu) ? ENTER_AGAIN :
				       sleep_until(vcpu, timer_deadline_ns(vcpu));
}
