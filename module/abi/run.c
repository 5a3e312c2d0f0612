// SPDX-License-Identifier: GPL-2.0-only
/*
 * RUN: into the guest, and again, until there is something for user space.
 */
#include <linux/kvm_host.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/task_work.h>

#include "exit/debug.h"
#include "exit/exit.h"
#include "exit/power.h"
#include "exit/smccc_filter.h"
#include "gic/device.h"
#include "gic/vgic.h"
#include "guest/fpsimd.h"
#include "guest/halt.h"
#include "guest/pstate.h"
#include "guest/stat.h"
#include "guest/timer.h"
#include "guest/trace.h"
#include "host/cpu.h"
#include "host/el2.h"
#include "host/ppi.h"
#include "memory/stage2.h"
#include "compat.h"
#include "run.h"

#define AGAIN	1
#define TO_USER	0

static long fail_entry(struct vcpu *vcpu, u32 reason)
{
	WRITE_ONCE(vcpu->run->exit_reason, ARM_VCPU_EXIT_FAIL_ENTRY);
	vcpu->run->fail.reason = reason;
	return TO_USER;
}

static long exit_as(struct vcpu *vcpu, u32 reason)
{
	WRITE_ONCE(vcpu->run->exit_reason, reason);
	return TO_USER;
}

static long interrupted(struct vcpu *vcpu)
{
	stat_count(vcpu, ARM_VCPU_STAT_SIGNAL);
	return -EINTR;
}

/*
 * What a task attends to before user space, and so before a guest.  need_resched() doesn't
 * tell of a lazy request on every kernel.
 */
#define RESCHED_WORK	(_TIF_NEED_RESCHED | _TIF_NEED_RESCHED_LAZY)
#define HOST_WORK	(RESCHED_WORK | _TIF_SIGPENDING | _TIF_NOTIFY_SIGNAL)

/* Another task, a signal, or work before user space: not now */
static bool host_needs_us(void)
{
	return (read_thread_flags() & HOST_WORK) || task_work_pending(current);
}

/* Nor then, whatever the guest waits for */
static bool must_attend(struct vcpu *vcpu)
{
	return host_needs_us() || READ_ONCE(vcpu->vm->dead) || atomic_read(&vcpu->kicked);
}

/*
 * Two vCPUs of a VM share its VMID, and a TLB can't tell the stage 1 entries of the one from
 * those of the other when their ASIDs are equal: when this CPU changes between them, they
 * go, and the instruction cache with them (hazards: one VMID, many vCPUs).
 */
static void flush_for_vcpu(struct vcpu *vcpu)
{
	u32 *last = this_cpu_ptr(vcpu->vm->last_ran);

	if (likely(*last == vcpu->id))
		return;
	if (*last)
		el2_tlb_flush_local(&vcpu->hyp->stage2);
	*last = vcpu->id;
}

static u64 hcr_lines(u32 lines)
{
	return (lines & ARM_VCPU_LINE_IRQ ? HYP_HCR_VI : 0) |
	       (lines & ARM_VCPU_LINE_FIQ ? HYP_HCR_VF : 0);
}

/*
 * A stay is a quiescent state of RCU's, which wants one at times, and not each: one a tick, which
 * ends any stay, will do.  Context tracking and lockdep keep books of what the CPU does, and are
 * told of all.
 */
static __always_inline bool rcu_is_told(struct vcpu *vcpu)
{
	unsigned long now = jiffies;

	if (likely(vcpu->rcu_told == now))
		return context_tracking_enabled() || IS_ENABLED(CONFIG_TRACE_IRQFLAGS);
	vcpu->rcu_told = now;
	return true;
}

/*
 * From here to guest_state_exit_irqoff() RCU may not be watching, and nothing may be
 * traced.
 */
static noinstr long enter(struct vcpu *vcpu)
{
	bool told = rcu_is_told(vcpu);
	long code;

	if (told)
		guest_state_enter_irqoff();
	code = el2_run(vcpu->hyp);
	if (told)
		guest_state_exit_irqoff();
	return code;
}

/* Who tells it of something from here on interrupts this CPU: see halt_end(), and hyp/post.h */
static void arrive(struct vcpu *vcpu)
{
	WRITE_ONCE(vcpu->in_guest, true);
	if (vcpu->post)
		WRITE_ONCE(vcpu->post->kick, __this_cpu_read(el2_cpu)->kick);
	/* Pairs with the barriers in halt_end() and post_sgi() */
	smp_mb();
}

/* Who sees this sees the list registers in memory */
static void depart(struct vcpu *vcpu)
{
	if (vcpu->post)
		WRITE_ONCE(vcpu->post->kick, 0);
	/* Pairs with the acquire in recall_from() */
	smp_store_release(&vcpu->in_guest, false);
}

/* One stay in the guest; interrupts are off, and are on again at the end */
static long enter_guest(struct vcpu *vcpu, u32 timers)
{
	struct hyp_vcpu *hyp = vcpu->hyp;
	u64 pc = hyp->pc, pstate = hyp->pstate;
	u32 lines = READ_ONCE(vcpu->run->lines);
	u64 hcr = hcr_lines(lines);
	long code;

	ppi_mask(timers | vcpu->timers_held);
	flush_for_vcpu(vcpu);
	trace_arm_vcpu_irq_lines(vcpu, lines, hyp->lines, hcr);
	hyp->lines = hcr;
	hyp->fp_usable = fpsimd_usable(vcpu);
	hyp->traced = trace_arm_vcpu_exit_enabled() || trace_arm_vcpu_sysreg_enabled() ||
		      trace_arm_vcpu_mmio_enabled();
	if (unlikely(vcpu->vm->passthrough)) {
		hyp->passthrough = timer_passes(vcpu, timers);
		ppi_activate(vcpu->active_ppis);
	}
	trace_arm_vcpu_entry(vcpu);
	guest_timing_enter_irqoff();

	code = enter(vcpu);

	gic_leave(vcpu);
	depart(vcpu);
	if (code < 0)
		el2_report();
	if (unlikely(hyp->passthrough & HYP_PASS_INTERRUPTS))
		vcpu->active_ppis = ppi_deactivate();
	/*
	 * What took us out is served here, and a tick counts as the guest's time.  It takes a
	 * context synchronisation event for a pending interrupt to be taken (D1.3.6).
	 */
	if ((code & HYP_EXIT_CODE) == HYP_EXIT_IRQ || (code & HYP_EXIT_CODE) == HYP_EXIT_FIQ) {
		local_irq_enable();
		isb();
		local_irq_disable();
	}
	guest_timing_exit_irqoff();
	local_irq_enable();

	/* Refused: the guest hasn't moved, and what is there is EL2's */
	if ((code & HYP_EXIT_CODE) == HYP_EXIT_EL2) {
		hyp->pc = pc;
		hyp->pstate = pstate;
	}
	trace_arm_vcpu_exit(vcpu, code);
	return code;
}

/*
 * This CPU gave EL2 back; interrupts are off.  If it is about to go, the scheduler moves us
 * once we let it; else it never was fit.
 */
static long not_here(struct vcpu *vcpu)
{
	bool stays = cpu_active(smp_processor_id());

	local_irq_enable();
	if (pcpu_host_dying())
		return -ENODEV;
	if (stays)
		return fail_entry(vcpu, ARM_VCPU_FAIL_CPU);
	schedule_timeout_uninterruptible(1);
	return AGAIN;
}

/* What kept us from entering; interrupts are off, and on again at the end */
static long attend(struct vcpu *vcpu, u32 timers)
{
	depart(vcpu);
	local_irq_enable();

	if (READ_ONCE(vcpu->vm->dead))
		return -EIO;
	if (signal_pending(current))
		return interrupted(vcpu);
	/* Work of the task that only the way to user space does */
	if (task_work_pending(current))
		return TO_USER;
	if (atomic_xchg(&vcpu->kicked, 0)) {
		stat_count(vcpu, ARM_VCPU_STAT_KICKED);
		return exit_as(vcpu, ARM_VCPU_EXIT_KICKED);
	}
	if (timers != vcpu->timers_seen) {
		vcpu->timers_seen = timers;
		stat_count(vcpu, ARM_VCPU_STAT_TIMER);
		trace_arm_vcpu_timer(vcpu, timers);
		return exit_as(vcpu, ARM_VCPU_EXIT_TIMER);
	}
	/* cond_resched() is nothing on a preemptible kernel, where lazy requests wait for us */
	if (read_thread_flags() & RESCHED_WORK)
		schedule();
	else
		pcpu_evict(vcpu->hyp);
	return AGAIN;
}

/* Interrupts are off, and on again at the end */
static long wait_for_gic(struct vcpu *vcpu, u32 timers)
{
	depart(vcpu);
	local_irq_enable();
	gic_wait(vcpu);
	return must_attend(vcpu) ? attend(vcpu, timers) : AGAIN;
}

/*
 * One try to enter.  What there is to do is looked at after everybody can see that it is here.
 */
static long run_once(struct vcpu *vcpu)
{
	u32 timers;

	local_irq_disable();
	if (unlikely(!__this_cpu_read(el2_taken)))
		return not_here(vcpu);
	arrive(vcpu);
	timers = timer_levels(vcpu);
	if (vcpu->gic && !gic_enter(vcpu, timers))
		return wait_for_gic(vcpu, timers);
	if (unlikely(must_attend(vcpu) || timers != vcpu->timers_seen ||
		     !pcpu_make_resident(vcpu->hyp)))
		return attend(vcpu, timers);
	return exit_handle(vcpu, enter_guest(vcpu, timers));
}

static long run_loop(struct vcpu *vcpu)
{
	long ret;

	fpsimd_expect(vcpu);
	WRITE_ONCE(vcpu->runner, current);
	do {
		ret = run_once(vcpu);
	} while (ret > 0);
	WRITE_ONCE(vcpu->runner, NULL);
	return ret;
}

/*
 * WFI sleeps in the kernel, but where what ends it is the guest's own: there it waits in the
 * guest, unless that is stepped, for a step has an end.
 */
static u64 wait_traps(const struct vcpu *vcpu, u32 flags)
{
	if (flags & ARM_VCPU_RUN_HALT)
		return HYP_HCR_TWI | HYP_HCR_TWE;
	if (unlikely(vcpu->vm->passthrough & HYP_PASS_INTERRUPTS) &&
	    !(vcpu->debugger.flags & ARM_VCPU_DEBUG_STEP))
		return 0;
	return HYP_HCR_TWI;
}

static bool flags_allowed(const struct vcpu *vcpu, u32 flags)
{
	u32 lines = vcpu->gic ? 0 : RUN_LINES;

	return !(flags & ~RUN_FLAGS) && !(READ_ONCE(vcpu->run->lines) & ~lines);
}

/* What the page holds for the kernel, read once; > 0 if it can be entered */
static long fetch(struct vcpu *vcpu, u32 *flags)
{
	struct arm_vcpu_run *run = vcpu->run;
	struct hyp_vcpu *hyp = vcpu->hyp;
	u64 pstate = READ_ONCE(run->pstate);

	*flags = READ_ONCE(run->flags);
	if (!flags_allowed(vcpu, *flags))
		return fail_entry(vcpu, ARM_VCPU_FAIL_FLAGS);
	if (!pstate_allowed(pstate))
		return fail_entry(vcpu, ARM_VCPU_FAIL_PSTATE);
	if (vcpu->vm->config_flags & ARM_VCPU_CONFIG_VGIC && !vgic_fetch(vcpu))
		return fail_entry(vcpu, ARM_VCPU_FAIL_GIC);
	hyp->pc = READ_ONCE(run->pc);
	hyp->pstate = pstate & PSTATE_BITS;
	hyp->hcr = (hyp->hcr & ~(HYP_HCR_TWI | HYP_HCR_TWE)) | wait_traps(vcpu, *flags);
	return AGAIN;
}

/*
 * Any exit shows the levels.  A fall has been seen then; a rise gets an exit TIMER of its
 * own, whatever the reason of this one is.
 */
static void publish(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->run;
	u32 timers = timer_levels(vcpu);

	WRITE_ONCE(run->pc, vcpu->hyp->pc);
	WRITE_ONCE(run->pstate, vcpu->hyp->pstate);
	WRITE_ONCE(run->timers, timers);
	if (!vcpu->gic)
		vcpu->timers_seen &= timers;
	if (vcpu->vm->config_flags & ARM_VCPU_CONFIG_VGIC)
		vgic_publish(vcpu);
}

/**
 * run_ready() - the command RUN, if nothing has to be done first
 * @vcpu: with its lock held
 *
 * Return: 0 with the exit in the run page, or -EINTR, -EIO, -ENODEV.
 */
long run_ready(struct vcpu *vcpu)
{
	u32 flags;
	long ret;

	exit_as(vcpu, ARM_VCPU_EXIT_NONE);
	if (pcpu_host_dying())
		return -ENODEV;
	if (READ_ONCE(vcpu->vm->dead))
		return -EIO;

	ret = fetch(vcpu, &flags);
	if (ret != AGAIN)
		return ret;
	/* Before anything is finished: a RUN that fails has changed nothing */
	if (!(flags & ARM_VCPU_RUN_NO_ENTER) && signal_pending(current))
		return interrupted(vcpu);
	exit_complete(vcpu);
	if (flags & ARM_VCPU_RUN_NO_ENTER)
		ret = TO_USER;
	else
		ret = run_loop(vcpu);
	publish(vcpu);
	trace_arm_vcpu_userspace_exit(vcpu, ret);
	return ret;
}

/*
 * Until it is on, which is > 0.  Of a vCPU that is off, nothing in the page counts but flags and
 * lines, and the latter are only checked.
 */
static long wait_for_power(struct vcpu *vcpu)
{
	u32 flags = READ_ONCE(vcpu->run->flags);
	long ret;

	exit_as(vcpu, ARM_VCPU_EXIT_NONE);
	if (pcpu_host_dying())
		return -ENODEV;
	if (READ_ONCE(vcpu->vm->dead))
		return -EIO;
	if (!flags_allowed(vcpu, flags))
		return fail_entry(vcpu, ARM_VCPU_FAIL_FLAGS);
	if (power_begin(vcpu))
		return AGAIN;
	if (flags & ARM_VCPU_RUN_NO_ENTER)
		return TO_USER;

	ret = halt_wait(vcpu, U64_MAX);
	if (ret)
		return ret;
	if (READ_ONCE(vcpu->vm->dead))
		return -EIO;
	if (atomic_xchg(&vcpu->kicked, 0)) {
		stat_count(vcpu, ARM_VCPU_STAT_KICKED);
		return exit_as(vcpu, ARM_VCPU_EXIT_KICKED);
	}
	return power_begin(vcpu) ? AGAIN : TO_USER;
}

/**
 * run_unready() - the command RUN, if @vcpu->unready says that something has
 * @vcpu: with its lock held
 *
 * Return: as run_ready(), or -ENOEXEC.
 */
long run_unready(struct vcpu *vcpu)
{
	long ret;

	if (test_and_clear_bit(VCPU_NEW, &vcpu->unready))
		smccc_filter_close(vcpu->vm);
	if (test_bit(VCPU_OFF, &vcpu->unready)) {
		ret = wait_for_power(vcpu);
		if (ret != AGAIN)
			return ret;
	}
	if (test_bit(VCPU_NO_ENTRY, &vcpu->unready)) {
		exit_as(vcpu, ARM_VCPU_EXIT_NONE);
		return -ENOEXEC;
	}
	if (test_bit(VCPU_OLD_TIME, &vcpu->unready))
		timer_take_offset(vcpu);
	/* A VMM that changes its flags meanwhile spoils its own guest's memory, for now */
	if (test_bit(VCPU_UNCLEAN, &vcpu->unready) &&
	    !(READ_ONCE(vcpu->run->flags) & ARM_VCPU_RUN_NO_ENTER)) {
		exit_as(vcpu, ARM_VCPU_EXIT_NONE);
		ret = stage2_clean(vcpu);
		if (ret)
			return ret;
	}
	if (!test_bit(VCPU_STEPS, &vcpu->unready))
		return run_ready(vcpu);
	debug_step_begin(vcpu);
	ret = run_ready(vcpu);
	debug_step_end(vcpu);
	return ret;
}
