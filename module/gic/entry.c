// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU looks at its interrupts before it enters the guest.
 */
#include "host/ppi.h"
#include "hyp/sgi.h"
#include "device.h"
#include "gic.h"
#include "its.h"
#include "vgic.h"

/**
 * gic_take_timers() - the lines of a vCPU's timers
 * @own: its SGIs and PPIs; its GIC locked
 * @timers: their levels
 */
void gic_take_timers(struct gic_irqs *own, u32 timers)
{
	u32 levels = (timers & ARM_VCPU_TIMER_VIRTUAL ? BIT(GIC_PPI_VTIMER) : 0) |
		     (timers & ARM_VCPU_TIMER_PHYSICAL ? BIT(GIC_PPI_PTIMER) : 0);

	own->level = (own->level & ~GIC_TIMERS) | levels;
}

/*
 * SGIs that others have sent go into list registers without the lock.  These are ours until
 * somebody has us look at all, which he does before he looks at in_guest (recall_from()).
 */
static bool list_posted(struct vcpu *vcpu)
{
	struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	u32 posted;
	int n;

	WRITE_ONCE(vcpu->post->look, false);
	/* A barrier: what is posted, or changed, from here on is seen the next time */
	posted = atomic_xchg(&vcpu->post->posted, 0);
	for (; posted && !READ_ONCE(vcpu->look_at_all); posted &= posted - 1) {
		n = hyp_sgi_at(vgic, __ffs(posted), vcpu->gic->gic->list_regs & ~vgic->used);
		if (n < 0)
			break;
		vgic->lr[n] |= HYP_ICH_LR_STATE_PENDING;
	}
	if (likely(!posted && !READ_ONCE(vcpu->look_at_all)))
		return true;
	atomic_or(posted, &vcpu->post->posted);
	return false;
}

/* Not while somebody waits for what is in list registers, or for the vCPU */
static bool may_list(const struct gic_cpu *cpu)
{
	return !cpu->gic->recalls && !cpu->gic->ends && !cpu->serves_its;
}

/**
 * gic_enter_slowly() - bring the list registers in line, where gic_enter() finds that they aren't
 * @vcpu: about to be entered; its in_guest is set
 * @timers: levels of its timers
 *
 * Context: interrupts are off.
 *
 * Return: whether it can be entered; if not, gic_wait().
 */
bool gic_enter_slowly(struct vcpu *vcpu, u32 timers)
{
	bool as_it_is = !READ_ONCE(vcpu->look_at_all) && timers == vcpu->timers_seen &&
			!vcpu->hyp->vgic.misr && list_posted(vcpu);
	struct gic_cpu *cpu = vcpu->gic;
	struct gic *gic = cpu->gic;
	bool ready;

	if (as_it_is && !READ_ONCE(cpu->arrived))
		return true;
	raw_spin_lock(&gic->lock);
	if (as_it_is && may_list(cpu) && gic_append(cpu)) {
		raw_spin_unlock(&gic->lock);
		return true;
	}
	gic_fold(cpu);
	ready = may_list(cpu);
	/* What is posted, or changed, from here on is seen the next time */
	WRITE_ONCE(vcpu->look_at_all, !ready);
	WRITE_ONCE(vcpu->post->look, !ready);
	gic_take_posted(cpu);
	gic_take_timers(&cpu->own, timers);
	vcpu->timers_seen = timers;
	if (ready)
		gic_fill(cpu);
	raw_spin_unlock(&gic->lock);
	return ready;
}

/**
 * gic_leave_holding() - which timers' interrupts has the guest ended
 * @vcpu: just out of the guest; its in_guest is still set
 *
 * They are ended on this CPU, too.  A timer whose output is up all the same hasn't been seen yet:
 * it is pending again.
 *
 * Context: interrupts are off.
 */
void gic_leave_holding(struct vcpu *vcpu)
{
	const struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	unsigned long used = vgic->used;
	unsigned int n;
	u32 ended = 0;

	for_each_set_bit(n, &used, HYP_LIST_REGS)
		if (vgic->lr[n] & HYP_ICH_LR_HW && !HYP_ICH_LR_STATE(vgic->lr[n]))
			ended |= gic_timer(HYP_ICH_LR_VINTID(vgic->lr[n]));
	vcpu->timers_held &= ~ended;
	vcpu->timers_seen &= ~ended;
	ppi_ended(ended);
}

/**
 * gic_wait() - do what keeps a vCPU out of the guest, or wait until it doesn't
 * @vcpu: isn't in the guest
 *
 * Who is to know of ends is told; commands of the ITS are done, a few at a time, or else it waits
 * until interrupts can be put into list registers again.
 */
void gic_wait(struct vcpu *vcpu)
{
	struct gic *gic = vcpu->vm->gic;

	if (READ_ONCE(gic->ends))
		gic_tell_ends(gic);
	if (vcpu->gic->serves_its)
		its_serve(vcpu->gic);
	else
		wait_event_interruptible(gic->recall_wait, !READ_ONCE(gic->recalls));
}
