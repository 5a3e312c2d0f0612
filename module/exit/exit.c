// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a return from the guest means.
 *
 * One table by exception class, and one contract for all that stands in it: > 0, back to
 * the guest; 0, to user space, with exit_reason and its payload in the run page; < 0, errno.
 *
 * Nothing that a guest does stops the host.  An instruction that was trapped and isn't
 * known here doesn't exist for the guest.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <linux/sched/signal.h>

#include "gic/device.h"
#include "gic/vgic.h"
#include "guest/fpsimd.h"
#include "guest/halt.h"
#include "guest/inject.h"
#include "guest/skip.h"
#include "guest/stat.h"
#include "guest/sysreg.h"
#include "guest/timer.h"
#include "guest/trace.h"
#include "memory/stage2.h"
#include "abort.h"
#include "debug.h"
#include "exit.h"
#include "mmio.h"
#include "outcome.h"
#include "ras.h"
#include "sgi.h"
#include "smccc.h"
#include "wfx.h"

/* No vCPU of the VM runs on: those in the guest come out, and see it */
static void kill_vm(struct vm *vm)
{
	struct vcpu *other;

	WRITE_ONCE(vm->dead, true);
	mutex_lock(&vm->lock);
	list_for_each_entry(other, &vm->vcpus, node)
		halt_end(other);
	mutex_unlock(&vm->lock);
}

/* EL2 met what it can't explain: the VM ends, the host goes on */
static int internal_error(struct vcpu *vcpu, const char *what)
{
	struct hyp_vcpu *hyp = vcpu->hyp;
	struct arm_vcpu_run *run = vcpu->run;

	stat_count(vcpu, ARM_VCPU_STAT_ERROR);
	kill_vm(vcpu->vm);
	pr_err_ratelimited("vCPU %u: %s: ESR_EL2 %#llx, FAR_EL2 %#llx, pc %#llx, pstate %#llx; its VM has died\n",
			   vcpu->id, what, hyp->esr, hyp->far, hyp->pc, hyp->pstate);
	run->exit_reason = ARM_VCPU_EXIT_INTERNAL_ERROR;
	run->internal.esr = hyp->esr;
	run->internal.pc = hyp->pc;
	return TO_USER;
}

static int handle_undef(struct vcpu *vcpu, u64 esr)
{
	stat_count(vcpu, ARM_VCPU_STAT_UNDEF);
	inject_undef(vcpu);
	return ENTER_AGAIN;
}

/* AArch32 at EL0: nothing is offered there, but a failed condition is no exception */
static int handle_aarch32(struct vcpu *vcpu, u64 esr)
{
	stat_count(vcpu, ARM_VCPU_STAT_UNDEF);
	if (skip_condition_fails(vcpu, esr))
		skip_instruction(vcpu, esr);
	else
		inject_undef(vcpu);
	return ENTER_AGAIN;
}

static int handle_fp(struct vcpu *vcpu, u64 esr)
{
	stat_count(vcpu, ARM_VCPU_STAT_FP);
	fpsimd_flush_host(vcpu);
	return ENTER_AGAIN;
}

static struct sysreg_access sysreg_access_of(u64 esr)
{
	return (struct sysreg_access) {
		.encoding = SYSREG(HYP_ISS_SYS_OP0(esr), HYP_ISS_SYS_OP1(esr), HYP_ISS_SYS_CRN(esr),
				   HYP_ISS_SYS_CRM(esr), HYP_ISS_SYS_OP2(esr)),
		.write = !(esr & HYP_ISS_SYS_READ),
	};
}

static int sysreg_exit(struct vcpu *vcpu, const struct sysreg_access *access)
{
	struct arm_vcpu_run *run = vcpu->run;

	stat_count(vcpu, access->write ? ARM_VCPU_STAT_SYSREG_WRITE : ARM_VCPU_STAT_SYSREG_READ);
	vcpu->pending = access->write ? PENDING_STEP : PENDING_SYSREG_READ;
	run->exit_reason = access->write ? ARM_VCPU_EXIT_SYSREG_WRITE :
					   ARM_VCPU_EXIT_SYSREG_READ;
	run->sysreg.id = ARM_VCPU_REG_SYSREG(0, 0, 0, 0, 0) | access->encoding;
	run->sysreg.value = access->value;
	run->sysreg.reg = HYP_ISS_SYS_RT(vcpu->hyp->esr);
	if (access->write)
		trace_arm_vcpu_sysreg(vcpu, access, TRACE_BY_VMM);
	return TO_USER;
}

/* The VMM has answered a read.  Not in line, for MMIO comes that way more often. */
static noinline void sysreg_complete_read(struct vcpu *vcpu, u64 esr)
{
	struct sysreg_access access = sysreg_access_of(esr);

	access.value = READ_ONCE(vcpu->run->sysreg.value);
	trace_arm_vcpu_sysreg(vcpu, &access, TRACE_BY_VMM);
	vcpu_set_x(vcpu, HYP_ISS_SYS_RT(esr), access.value);
}

/* The kernel has done it */
static int sysreg_done(struct vcpu *vcpu, u64 esr, const struct sysreg_access *access)
{
	stat_count(vcpu, ARM_VCPU_STAT_SYSREG);
	trace_arm_vcpu_sysreg(vcpu, access, TRACE_BY_KERNEL);
	if (!access->write)
		vcpu_set_x(vcpu, HYP_ISS_SYS_RT(esr), access->value);
	skip_instruction(vcpu, esr);
	return ENTER_AGAIN;
}

static int sysreg_unknown(struct vcpu *vcpu, u64 esr, struct sysreg_access *access)
{
	if (vcpu->gic && !access->write && gic_trapped(vcpu, access))
		return sysreg_done(vcpu, esr, access);
	if (sgi_exit(vcpu, access)) {
		stat_count(vcpu, ARM_VCPU_STAT_SEND_IPI);
		trace_arm_vcpu_sysreg(vcpu, access, TRACE_BY_VMM);
		return TO_USER;
	}
	if (vcpu->vm->config_flags & ARM_VCPU_CONFIG_SYSREG_EXITS)
		return sysreg_exit(vcpu, access);
	trace_arm_vcpu_sysreg(vcpu, access, TRACE_BY_NOBODY);
	return handle_undef(vcpu, esr);
}

static int handle_sysreg(struct vcpu *vcpu, u64 esr)
{
	struct sysreg_access access = sysreg_access_of(esr);

	if (access.write) {
		access.value = vcpu_get_x(vcpu, HYP_ISS_SYS_RT(esr));
		/* First, for IPIs are most of what a guest traps for */
		if (vcpu->gic && gic_trapped(vcpu, &access))
			return sysreg_done(vcpu, esr, &access);
	}
	switch (sysreg_emulate(vcpu, &access)) {
	case SYSREG_CLEAN:
		sysreg_done(vcpu, esr, &access);
		return stage2_clean(vcpu) ? -EINTR : ENTER_AGAIN;
	case SYSREG_DONE:
		return sysreg_done(vcpu, esr, &access);
	case SYSREG_UNKNOWN:
		return sysreg_unknown(vcpu, esr, &access);
	case SYSREG_UNDEF:
		break;
	}
	trace_arm_vcpu_sysreg(vcpu, &access, TRACE_BY_NOBODY);
	return handle_undef(vcpu, esr);
}

static int handle_unrouted(struct vcpu *vcpu, u64 esr)
{
	return internal_error(vcpu, "an exception that isn't routed to EL2");
}

static int handle_debug(struct vcpu *vcpu, u64 esr)
{
	if (!vcpu->debugger.flags)
		return handle_unrouted(vcpu, esr);
	return debug_exit(vcpu, esr);
}

/*
 * Classes that aren't here can't come: their traps are off, or they go to the guest's EL1.
 * If a CPU has a new trap that is on by default, its instruction is unknown to us.
 */
static int (* const handlers[64])(struct vcpu *vcpu, u64 esr) = {
	[HYP_EC_WFX]		= wfx_exit,
	[HYP_EC_CP15_32]	= handle_aarch32,
	[HYP_EC_CP15_64]	= handle_aarch32,
	[HYP_EC_CP14_32]	= handle_aarch32,
	[HYP_EC_CP14_LS]	= handle_aarch32,
	[HYP_EC_FP]		= handle_fp,
	[HYP_EC_CP10_ID]	= handle_aarch32,
	[HYP_EC_PAC]		= handle_undef,
	[HYP_EC_OTHER]		= handle_undef,
	[HYP_EC_CP14_64]	= handle_aarch32,
	[HYP_EC_HVC32]		= handle_aarch32,
	[HYP_EC_SMC32]		= handle_aarch32,
	[HYP_EC_HVC64]		= smccc_exit,
	[HYP_EC_SMC64]		= smccc_exit,
	[HYP_EC_SYS64]		= handle_sysreg,
	[HYP_EC_SVE]		= handle_undef,
	[HYP_EC_SME]		= handle_undef,
	[HYP_EC_IABT_LOW]	= abort_exit,
	[HYP_EC_DABT_LOW]	= abort_exit,
	[HYP_EC_SERROR]		= handle_unrouted,
	[HYP_EC_BREAKPT_LOW]	= handle_debug,
	[HYP_EC_SOFTSTP_LOW]	= handle_debug,
	[HYP_EC_WATCHPT_LOW]	= handle_debug,
	[HYP_EC_BKPT32]		= handle_debug,
	[HYP_EC_BRK64]		= handle_debug,
};

static int handle_sync(struct vcpu *vcpu)
{
	u64 esr = vcpu->hyp->esr;
	unsigned int class = HYP_ESR_EC(esr);
	int ret;

	/* Of calls alone; here is a stack frame already */
	trace_arm_vcpu_call(vcpu);
	if (handlers[class]) {
		ret = handlers[class](vcpu, esr);
	} else {
		pr_warn_once("unknown exception class, ESR_EL2 %#llx: UNDEF for guests\n",
			     esr);
		ret = handle_undef(vcpu, esr);
	}
	if (ret == TO_USER) {
		vcpu->run->esr = esr;
		WRITE_ONCE(vcpu->run->pending, vcpu->pending != PENDING_NONE);
	}
	return ret;
}

/* An exception at EL2 itself: of the ERET that the guest's pstate made illegal, or of ours */
static int handle_el2(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->run;

	if (HYP_ESR_EC(vcpu->hyp->esr) != HYP_EC_ILL)
		return internal_error(vcpu, "an exception at EL2");
	stat_count(vcpu, ARM_VCPU_STAT_REFUSED);
	run->esr = vcpu->hyp->esr;
	run->exit_reason = ARM_VCPU_EXIT_FAIL_ENTRY;
	run->fail.reason = ARM_VCPU_FAIL_ILLEGAL_STATE;
	return TO_USER;
}

/*
 * The host has served its interrupt by now.  A kick, a signal, the guest's own timers and its
 * virtual GIC come as interrupts too; of the first three RUN makes what they are.
 */
static int handle_interrupt(struct vcpu *vcpu)
{
	bool maintenance = !vcpu->gic && vgic_wants_maintenance(vcpu);
	struct arm_vcpu_run *run = vcpu->run;

	if (!(maintenance || READ_ONCE(run->flags) & ARM_VCPU_RUN_EXTERNAL_INTERRUPT) ||
	    signal_pending(current) || atomic_read(&vcpu->kicked) ||
	    timer_levels(vcpu) != vcpu->timers_seen) {
		stat_count(vcpu, ARM_VCPU_STAT_INTERRUPT);
		return ENTER_AGAIN;
	}
	if (maintenance) {
		stat_count(vcpu, ARM_VCPU_STAT_INTERRUPT);
		stat_count(vcpu, ARM_VCPU_STAT_MAINTENANCE);
		run->exit_reason = ARM_VCPU_EXIT_MAINTENANCE;
		return TO_USER;
	}
	stat_count(vcpu, ARM_VCPU_STAT_INTERRUPT_USER);
	run->exit_reason = ARM_VCPU_EXIT_EXTERNAL_INTERRUPT;
	return TO_USER;
}

/**
 * exit_handle() - act on a return from the guest
 * @vcpu: whose; interrupts are on, and pc and pstate are those in @vcpu->hyp
 * @code: what el2_run() returned
 *
 * Return: > 0 to enter the guest again, 0 to return to user space with the exit in the run
 * page, -EINTR, or -EIO when the VM is dead.
 */
int exit_handle(struct vcpu *vcpu, long code)
{
	/* With another exit, whose syndrome ESR_EL2 is, or before EL2 broke down: code < 0 */
	if (code & ~HYP_EXIT_CODE && vcpu->hyp->serror) {
		ras_serror(vcpu, vcpu->hyp->serror);
		vcpu->hyp->serror = 0;
	}

	if (code < 0)
		return internal_error(vcpu, "EL2 broke down");

	switch (code & HYP_EXIT_CODE) {
	case HYP_EXIT_SYNC:
		return handle_sync(vcpu);
	case HYP_EXIT_IRQ:
	case HYP_EXIT_FIQ:
		return handle_interrupt(vcpu);
	case HYP_EXIT_SERROR:
		ras_serror(vcpu, vcpu->hyp->esr);
		return ENTER_AGAIN;
	case HYP_EXIT_EL2:
		return handle_el2(vcpu);
	default:
		return internal_error(vcpu, "an unknown exit code");
	}
}

/**
 * exit_complete() - finish what the last exit left pending
 * @vcpu: whose; pc and pstate are those in @vcpu->hyp
 *
 * A VMM that has cleared run->pending has taken over.  Only what the payload answers is
 * read from the run page, once; what the access was is ours.
 */
void exit_complete(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->run;
	enum pending pending = vcpu->pending;
	u64 esr = vcpu->hyp->esr;
	bool ours = READ_ONCE(run->pending);

	vcpu->pending = PENDING_NONE;
	WRITE_ONCE(run->pending, 0);
	if (pending == PENDING_NONE || !ours)
		return;

	if (pending == PENDING_MMIO_READ)
		mmio_complete_read(vcpu);
	else if (pending == PENDING_SYSREG_READ)
		sysreg_complete_read(vcpu, esr);
	skip_instruction(vcpu, esr);
}
