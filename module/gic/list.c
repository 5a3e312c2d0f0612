// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts into list registers, and back.
 *
 * While an interrupt is in a list register, what it is by latch and by being active is there.
 * All others can be changed where they are.
 */
#include <linux/bitops.h>

#include "host/ppi.h"
#include "compat.h"
#include "gic.h"
#include "its.h"
#include "vgic.h"

/* A list register whose interrupt is both */
#define LR_STATE(pending, active)					\
	(((pending) ? BIT_ULL(62) : 0) | ((active) ? BIT_ULL(63) : 0))
#define LR_PRIORITY(priority)		((u64)(priority) << HYP_ICH_LR_PRIORITY_SHIFT)

/* Those of a vCPU that are to be in list registers, best first */
#define MOST		HYP_LIST_REGS

/* Urgency of what the guest has switched off by ICC_IGRPEN<n>_EL1 */
#define MASKED		BIT(8)

/**
 * struct choice - what may go into the list registers: those that are active, or pending
 * @nr: how many
 * @room: how many there is room for
 * @left_out: there were more
 * @intid: which, the most urgent first
 * @urgency: by priority, and MASKED; less is more
 */
struct choice {
	unsigned int nr;
	unsigned int room;
	bool left_out;
	u16 intid[MOST];
	u16 urgency[MOST];
};

static void fold_irq(struct gic_cpu *cpu, u64 lr, bool latched)
{
	unsigned int intid = HYP_ICH_LR_VINTID(lr);
	struct gic_irqs *irqs = gic_irqs_of(cpu, intid);
	u32 bit = GIC_BIT(intid);

	irqs->listed &= ~bit;
	irqs->active &= ~bit;
	if (lr & LR_STATE(false, true)) {
		irqs->active |= bit;
		irqs->running[intid % 32] = HYP_ICH_LR_PRIORITY(lr);
	}
	if (lr & LR_STATE(true, false) && latched)
		irqs->latch |= bit;
	if (!(lr & LR_STATE(true, true)))
		gic_ended(cpu->gic, irqs, bit);
	if (intid < GIC_FIRST_SPI)
		return;
	cpu->holds[intid / 32 - 1] &= ~bit;
	cpu->holds[intid / 32 - 1] |= irqs->active & bit;
	/* It may be another vCPU's by now */
	gic_spis_changed(cpu->gic, intid / 32 - 1, bit & ~cpu->routed[intid / 32 - 1]);
}

/* An LPI has no active state: one that was taken is gone */
static void fold_lpi(struct gic_cpu *cpu, u64 lr)
{
	if (lr & LR_STATE(true, false))
		lpi_set(cpu, HYP_ICH_LR_VINTID(lr));
}

/**
 * gic_fold_one() - what is in one of a vCPU's list registers goes back to where it came from
 * @cpu: as for gic_fold()
 * @n: of the list register
 */
void gic_fold_one(struct gic_cpu *cpu, unsigned int n)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;

	if (cpu->lpis_listed & BIT(n))
		fold_lpi(cpu, vgic->lr[n]);
	else
		fold_irq(cpu, vgic->lr[n], (cpu->latched | vgic->sgis) & BIT(n));
	vgic->lr[n] = 0;
	vgic->used &= ~BIT(n);
	cpu->latched &= ~BIT(n);
	cpu->lpis_listed &= ~BIT(n);
}

/*
 * How many interrupts the guest has ended that were in no list register.  With EOImode 1 none, for
 * DIR traps; QEMU counts what drops the priority alone, too.
 */
static unsigned int ended_elsewhere(const struct hyp_vgic *vgic)
{
	return vgic->vmcr & HYP_ICH_VMCR_VEOIM ? 0 :
	       FIELD_GET(HYP_ICH_HCR_EOICOUNT, vgic->hcr);
}

/*
 * They are the most urgent of those that are active.  What the guest ends that isn't active counts
 * as well, and ends nothing that is in a list register.
 */
static void fold_ended(struct gic_cpu *cpu, unsigned int count)
{
	while (count--) {
		struct gic_irqs *irqs, *found = NULL;
		unsigned int word, n, bit = 0;
		unsigned long active;

		for (word = 0; word <= cpu->gic->spi_words; word++) {
			irqs = word ? &cpu->gic->spis[word - 1] : &cpu->own;
			active = irqs->active & (word ? cpu->holds[word - 1] : ~0U);
			for_each_set_bit(n, &active, 32) {
				if (found && irqs->running[n] >= found->running[bit])
					continue;
				found = irqs;
				bit = n;
			}
		}
		if (!found)
			return;
		found->active &= ~BIT(bit);
		gic_ended(cpu->gic, found, BIT(bit));
		if (found == &cpu->own)
			continue;
		cpu->holds[found - cpu->gic->spis] &= ~BIT(bit);
		gic_spis_changed(cpu->gic, found - cpu->gic->spis, BIT(bit));
	}
}

/**
 * gic_fold() - what is in a vCPU's list registers goes back to where it came from
 * @cpu: its GIC locked; the vCPU isn't in the guest
 */
void gic_fold(struct gic_cpu *cpu)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;
	unsigned long used = vgic->used;
	unsigned int n;

	fold_ended(cpu, ended_elsewhere(vgic));
	for_each_set_bit(n, &used, HYP_LIST_REGS)
		gic_fold_one(cpu, n);
	cpu->own.listed &= ~vgic->offered;
	vgic->offered = 0;
	vgic->sgis = 0;
	vgic->hcr = 0;
	vgic->misr = 0;
}

static void choose_begin(struct choice *choice, unsigned int room)
{
	choice->nr = 0;
	choice->room = room;
	choice->left_out = false;
}

/* There is no room, and nothing that is less urgent */
static bool is_beaten(const struct choice *choice, u16 urgency)
{
	return choice->nr == choice->room && choice->urgency[choice->nr - 1] <= urgency;
}

static void choose(struct choice *choice, unsigned int intid, u16 urgency)
{
	unsigned int at = choice->nr;

	if (at == choice->room) {
		choice->left_out = true;
		if (is_beaten(choice, urgency))
			return;
		at--;
	} else {
		choice->nr++;
	}
	for (; at && choice->urgency[at - 1] > urgency; at--) {
		choice->urgency[at] = choice->urgency[at - 1];
		choice->intid[at] = choice->intid[at - 1];
	}
	choice->urgency[at] = urgency;
	choice->intid[at] = intid;
}

static void choose_from(struct choice *choice, const u8 *priority, unsigned int first,
			unsigned long which, u32 masked)
{
	unsigned int n;

	for_each_set_bit(n, &which, 32)
		choose(choice, first + n, priority[n] | (masked & BIT(n) ? MASKED : 0));
}

/*
 * All LPIs are in group 1.  There can be thousands, with interrupts off: of most words, a look at
 * the most urgent one that they could have will do.
 */
static void choose_lpis(struct choice *choice, const struct gic_cpu *cpu, u64 vmcr)
{
	u16 masked = vmcr & HYP_ICH_VMCR_VENG1 ? 0 : MASKED;
	unsigned int word = 0, intid, n;
	unsigned long which;

	for (; (which = lpis_next(cpu, &word, GIC_LPI_WORDS)); word++) {
		if (is_beaten(choice, cpu->gic->its->lpi_best[word] | masked)) {
			choice->left_out = true;
			continue;
		}
		for_each_set_bit(n, &which, BITS_PER_LONG) {
			intid = GIC_FIRST_LPI + word * BITS_PER_LONG + n;
			choose(choice, intid, lpi_priority(cpu, intid) | masked);
		}
	}
}

/* Those whose group the CPU interface doesn't signal */
static u32 masked(const struct hyp_vgic *vgic, const struct gic_irqs *irqs)
{
	return (vgic->vmcr & HYP_ICH_VMCR_VENG0 ? 0 : ~irqs->group1) |
	       (vgic->vmcr & HYP_ICH_VMCR_VENG1 ? 0 : irqs->group1);
}

/*
 * What happens at the end of one that is level-sensitive, whose level may have gone by then: a
 * timer's interrupt, where it is the CPU's own, is deactivated with it, and comes if it is up.
 * Of others the end is waited for, and so it is where the end is somebody's to know.
 */
static u64 at_end(const struct gic_irqs *irqs, unsigned int intid, bool known)
{
	u32 timer = gic_timer(intid);
	unsigned int physical = timer ? ppi_intid(timer) : 0;

	if (known && !(irqs->falls & GIC_BIT(intid)))
		return 0;
	return physical ? HYP_ICH_LR_HW | HYP_ICH_LR_PINTID(physical) : HYP_ICH_LR_EOI;
}

/*
 * An active one keeps the priority that it was acknowledged with, or its end isn't one of what
 * runs (IHI 0069, ICV_EOIR1_EL1).  What is pending behind it waits for the end, unless it is an
 * edge that is this vCPU's as well, and as urgent.
 */
static u64 list_reg(struct gic_cpu *cpu, unsigned int n, unsigned int intid)
{
	struct gic_irqs *irqs = gic_irqs_of(cpu, intid);
	u32 bit = GIC_BIT(intid);
	bool active = irqs->active & bit;
	u8 priority = active ? irqs->running[intid % 32] : irqs->priority[intid % 32];
	bool behind = irqs->edge & gic_targeted(cpu, irqs) & bit &&
		      priority == irqs->priority[intid % 32];
	bool pending = gic_forwarded(cpu->gic, irqs) & bit && (!active || behind);

	irqs->listed |= bit;
	irqs->active &= ~bit;
	if (pending && irqs->latch & bit) {
		irqs->latch &= ~bit;
		cpu->latched |= BIT(n);
	}
	return intid | LR_STATE(pending, active) | LR_PRIORITY(priority) |
	       (irqs->group1 & bit ? HYP_ICH_LR_GROUP1 : 0) | at_end(irqs, intid, behind);
}

static u64 list_lpi(struct gic_cpu *cpu, unsigned int n, unsigned int intid)
{
	lpi_clear(cpu, intid);
	cpu->lpis_listed |= BIT(n);
	return intid | LR_STATE(true, false) | LR_PRIORITY(lpi_priority(cpu, intid)) |
	       HYP_ICH_LR_GROUP1;
}

/**
 * gic_list_one() - put an interrupt into one of a vCPU's list registers
 * @cpu: as for gic_fill()
 * @n: of the list register, which is empty
 * @intid: in no list register
 */
void gic_list_one(struct gic_cpu *cpu, unsigned int n, unsigned int intid)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;

	vgic->lr[n] = intid < GIC_FIRST_LPI ? list_reg(cpu, n, intid) : list_lpi(cpu, n, intid);
	vgic->used |= BIT(n);
}

/* The first ones of a choice into list registers from @n on, and whether there are more */
static bool list(struct gic_cpu *cpu, const struct choice *choice, unsigned int n,
		 unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		gic_list_one(cpu, n + i, choice->intid[i]);
	return choice->left_out || nr < choice->nr;
}

/* When there is something to do for those that wait, of which one is in a list register */
static u64 pending_hcr(const struct hyp_vgic *vgic)
{
	return HYP_ICH_HCR_NPIE |
	       (vgic->vmcr & HYP_ICH_VMCR_VENG0 ? HYP_ICH_HCR_VGRP0DIE : HYP_ICH_HCR_VGRP0EIE) |
	       (vgic->vmcr & HYP_ICH_VMCR_VENG1 ? HYP_ICH_HCR_VGRP1DIE : HYP_ICH_HCR_VGRP1EIE);
}

/* Those that the guest is to end, or has in the middle */
static u32 timers_held(const struct gic_irqs *own)
{
	u32 held = own->listed | own->active;

	return (held & BIT(GIC_PPI_VTIMER) ? ARM_VCPU_TIMER_VIRTUAL : 0) |
	       (held & BIT(GIC_PPI_PTIMER) ? ARM_VCPU_TIMER_PHYSICAL : 0);
}

/*
 * SGIs that go straight into a list register (hyp/sgi.h), unless others wait for one.  With another
 * priority than it has now, one that is active has no room for one behind it.
 */
static void offer_sgis(struct gic_cpu *cpu)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;
	struct gic_irqs *own = &cpu->own;
	unsigned long used = vgic->used;
	unsigned int n;

	if (vgic->hcr & HYP_ICH_HCR_ASKS || !(cpu->gic->ctlr & GICD_CTLR_GROUP1))
		return;
	memcpy(vgic->priority, own->priority, sizeof(vgic->priority));
	vgic->offered = own->group1 & own->enabled & GENMASK(HYP_SGIS - 1, 0);
	for_each_set_bit(n, &used, HYP_LIST_REGS) {
		u32 intid = HYP_ICH_LR_VINTID(vgic->lr[n]);

		if (intid >= HYP_SGIS)
			continue;
		if (HYP_ICH_LR_PRIORITY(vgic->lr[n]) != own->priority[intid])
			vgic->offered &= ~BIT(intid);
		else if (vgic->offered & BIT(intid))
			vgic->sgis |= BIT(n);
	}
	own->listed |= vgic->offered;
}

/**
 * gic_fill() - put what concerns a vCPU into its list registers
 * @cpu: its GIC locked; its list registers are empty
 *
 * DIR traps, for the CPU knows of what is in its list registers alone; where it can't do so by
 * itself (ICH_VTR_EL2.TDS), with all that both groups have in common.
 *
 * The active ones go first, that their ends are found, but leave room for one that is pending,
 * which may be more urgent.  If others are pending, the vCPU comes out when that one is taken, or
 * when the guest switches a group on or off; if others are active, when one of these is ended.
 */
void gic_fill(struct gic_cpu *cpu)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;
	u64 vtr = vgic_vtr();
	unsigned int room = HYP_ICH_VTR_LISTREGS(vtr) + 1, nr, n;
	struct choice active __uninitialized, pending __uninitialized;
	struct gic *gic = cpu->gic;
	unsigned long words = cpu->words;

	WRITE_ONCE(cpu->arrived, 0);
	choose_begin(&active, room);
	choose_begin(&pending, room);
	choose_from(&active, cpu->own.running, 0, cpu->own.active, 0);
	choose_from(&pending, cpu->own.priority, 0,
		    gic_forwarded(gic, &cpu->own) & ~cpu->own.active, masked(vgic, &cpu->own));
	for_each_set_bit(n, &words, GIC_SPI_WORDS) {
		struct gic_irqs *irqs = &gic->spis[n];
		u32 forwarded = gic_forwarded(gic, irqs) & cpu->routed[n] &
				~irqs->listed & ~irqs->active;

		if (!(forwarded | cpu->holds[n]))
			cpu->words &= ~BIT(n);
		choose_from(&active, irqs->running, GIC_FIRST_SPI + 32 * n, cpu->holds[n], 0);
		choose_from(&pending, irqs->priority, GIC_FIRST_SPI + 32 * n, forwarded,
			    masked(vgic, irqs));
	}
	choose_lpis(&pending, cpu, vgic->vmcr);
	vgic->hcr |= vtr & HYP_ICH_VTR_TDS ? HYP_ICH_HCR_TDIR : HYP_ICH_HCR_TC;
	nr = min(active.nr, room - !!pending.nr);
	if (list(cpu, &active, 0, nr))
		vgic->hcr |= HYP_ICH_HCR_LRENPIE;
	if (list(cpu, &pending, nr, min(pending.nr, room - nr)))
		vgic->hcr |= pending_hcr(vgic);
	gic_vcpu(cpu)->timers_held = timers_held(&cpu->own);
	offer_sgis(cpu);
}
