// SPDX-License-Identifier: GPL-2.0-only
/*
 * One interrupt that comes, beside those that are in list registers.
 *
 * Most of them come alone: then what is there stays as it is, and the others needn't be looked at.
 */
#include <linux/bitops.h>

#include "gic.h"
#include "its.h"

/*
 * List registers of LPIs and SPIs that the guest has ended are free again.  Whose end is somebody's
 * to know isn't here: it had the vCPU look at all (ICH_MISR_EL2.EOI).
 */
static void make_room(struct gic_cpu *cpu)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;
	unsigned long used = vgic->used;
	unsigned int n;
	u64 lr;

	for_each_set_bit(n, &used, HYP_LIST_REGS) {
		lr = vgic->lr[n];
		if (!HYP_ICH_LR_STATE(lr) && HYP_ICH_LR_VINTID(lr) >= GIC_FIRST_SPI)
			gic_fold_one(cpu, n);
	}
}

/* It would be twice in list registers, which is UNPREDICTABLE */
static bool lpi_is_listed(const struct gic_cpu *cpu, unsigned int intid)
{
	const struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;
	unsigned long listed = cpu->lpis_listed;
	unsigned int n;

	for_each_set_bit(n, &listed, HYP_LIST_REGS)
		if (HYP_ICH_LR_VINTID(vgic->lr[n]) == intid)
			return true;
	return false;
}

static bool can_be_listed(struct gic_cpu *cpu, unsigned int intid)
{
	struct gic_irqs *irqs;

	if (intid >= GIC_FIRST_LPI)
		return lpi_comes(cpu, intid) && !lpi_is_listed(cpu, intid);
	irqs = gic_irqs_of(cpu, intid);
	return gic_forwarded(cpu->gic, irqs) & gic_targeted(cpu, irqs) & ~irqs->listed &
	       ~irqs->active & GIC_BIT(intid);
}

/**
 * gic_append() - put the one that has arrived beside what is in a vCPU's list registers
 * @cpu: its GIC locked; nothing else is new
 *
 * Return: whether it is there; if not, all have to be looked at.
 */
bool gic_append(struct gic_cpu *cpu)
{
	struct hyp_vgic *vgic = &gic_vcpu(cpu)->hyp->vgic;
	unsigned int intid = cpu->arrived;
	u32 room;

	/* Others wait for one of them */
	if (vgic->hcr & HYP_ICH_HCR_ASKS)
		return false;
	make_room(cpu);
	room = cpu->gic->list_regs & ~vgic->used;
	if (!room || !can_be_listed(cpu, intid))
		return false;
	gic_list_one(cpu, __ffs(room), intid);
	WRITE_ONCE(cpu->arrived, 0);
	return true;
}
