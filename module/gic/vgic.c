// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual CPU interface of a GICv3: its state between the run page and the world switch.
 *
 * What interrupts there are is the VMM's business.  What it puts into the list registers is
 * looked at once in each RUN, for some of it would be the host's: HW ends a physical interrupt
 * when the guest ends its own.  And some of it is UNPREDICTABLE (IHI 0069, 12.4).
 */
#include <linux/bitfield.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>

#include "host/cpu.h"
#include "host/ppi.h"
#include "vgic.h"

#define INTID_SPECIAL		1020
#define INTID_SPECIAL_LAST	1023

/**
 * vgic_vtr() - ICH_VTR_EL2 as a VMM may know it
 *
 * Return: its value, or 0: there are no list registers for guests.
 */
u64 vgic_vtr(void)
{
	return ppi_has_maintenance() ? pcpu_ich_vtr() : 0;
}

/**
 * vgic_config_flags() - what CONFIGURE may be asked for
 *
 * Return: ARM_VCPU_CONFIG_VGIC, or 0.
 */
u64 vgic_config_flags(void)
{
	return vgic_vtr() ? ARM_VCPU_CONFIG_VGIC : 0;
}

/**
 * vgic_reset() - as power-on leaves it
 * @vcpu: isn't running
 */
void vgic_reset(struct vcpu *vcpu)
{
	memset(&vcpu->hyp->vgic, 0, sizeof(vcpu->hyp->vgic));
	vcpu->hyp->vgic.on = vcpu->vm->config_flags & ARM_VCPU_CONFIG_VGIC;
	if (vcpu->hyp->vgic.on)
		memset(&vcpu->run->gic, 0, sizeof(vcpu->run->gic));
}

/* One that is active in both groups is UNPREDICTABLE, too, but the guest's own doing or harm */
static bool fetch_priorities(struct hyp_vgic *vgic, const struct arm_vcpu_gic *from, u64 vtr)
{
	/* 5, 6 or 7 bits of preemption, less one: 1, 2 or 4 registers */
	unsigned int count = 1 << (HYP_ICH_VTR_PREBITS(vtr) - 4), n;

	for (n = 0; n < HYP_APRS; n++) {
		vgic->ap0r[n] = READ_ONCE(from->ap0r[n]);
		vgic->ap1r[n] = READ_ONCE(from->ap1r[n]);
		if (n >= count && (vgic->ap0r[n] || vgic->ap1r[n]))
			return false;
	}
	return true;
}

/* Neither a special one nor that of a list register before it */
static bool intid_allowed(const struct hyp_vgic *vgic, u64 intid)
{
	unsigned long before = vgic->used;
	unsigned int n;

	if (intid >= INTID_SPECIAL && intid <= INTID_SPECIAL_LAST)
		return false;
	for_each_set_bit(n, &before, HYP_LIST_REGS)
		if (HYP_ICH_LR_STATE(vgic->lr[n]) && HYP_ICH_LR_VINTID(vgic->lr[n]) == intid)
			return false;
	return true;
}

static bool fetch_list_regs(struct hyp_vgic *vgic, const struct arm_vcpu_gic *from, u64 vtr)
{
	u64 bits = HYP_ICH_LR | GENMASK_ULL(HYP_ICH_VTR_IDBITS(vtr) - 1, 0), lr;
	unsigned int n;

	vgic->used = 0;
	for (n = 0; n < HYP_LIST_REGS; n++) {
		lr = READ_ONCE(from->lr[n]);
		vgic->lr[n] = lr;
		if (!lr)
			continue;
		if (n > HYP_ICH_VTR_LISTREGS(vtr) || lr & ~bits ||
		    (HYP_ICH_LR_STATE(lr) && !intid_allowed(vgic, HYP_ICH_LR_VINTID(lr))))
			return false;
		vgic->used |= BIT(n);
	}
	return true;
}

/**
 * vgic_fetch() - take it from the run page, where all of it is
 * @vcpu: with ARM_VCPU_CONFIG_VGIC, and its lock held
 *
 * Return: whether it can be entered.
 */
bool vgic_fetch(struct vcpu *vcpu)
{
	const struct arm_vcpu_gic *from = &vcpu->run->gic;
	struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	u64 vtr = vgic_vtr();
	u64 hcr_bits = HYP_ICH_HCR_ASKS | HYP_ICH_HCR_EOICOUNT |
		       (vtr & HYP_ICH_VTR_TDS ? HYP_ICH_HCR_TDIR : 0);

	vgic->hcr = READ_ONCE(from->hcr);
	vgic->vmcr = (READ_ONCE(from->vmcr) & HYP_ICH_VMCR) | HYP_ICH_VMCR_VFIQEN;
	vgic->misr = 0;
	return !(vgic->hcr & ~hcr_bits) && fetch_priorities(vgic, from, vtr) &&
	       fetch_list_regs(vgic, from, vtr);
}

/**
 * vgic_publish() - put into the run page what has become of it
 * @vcpu: with ARM_VCPU_CONFIG_VGIC, and its lock held
 */
void vgic_publish(struct vcpu *vcpu)
{
	const struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	struct arm_vcpu_gic *to = &vcpu->run->gic;

	static_assert(sizeof(to->ap0r) == sizeof(vgic->ap0r));
	static_assert(sizeof(to->lr) == sizeof(vgic->lr));

	to->hcr = vgic->hcr;
	to->vmcr = vgic->vmcr;
	to->misr = vgic->misr;
	memcpy(to->ap0r, vgic->ap0r, sizeof(to->ap0r));
	memcpy(to->ap1r, vgic->ap1r, sizeof(to->ap1r));
	memcpy(to->lr, vgic->lr, sizeof(to->lr));
}

/* Pending, in a group that is on, with a priority above the mask */
static bool signals(const struct hyp_vgic *vgic, u64 lr)
{
	u64 group = lr & HYP_ICH_LR_GROUP1 ? HYP_ICH_VMCR_VENG1 : HYP_ICH_VMCR_VENG0;

	return HYP_ICH_LR_STATE(lr) == HYP_ICH_LR_PENDING && vgic->vmcr & group &&
	       HYP_ICH_LR_PRIORITY(lr) < FIELD_GET(HYP_ICH_VMCR_VPMR, vgic->vmcr);
}

/**
 * vgic_keeps_awake() - is there something that ends a WFI
 * @vcpu: isn't in the guest
 *
 * An interrupt, which may also be one that is pending behind an active one: WFI may end at any
 * time.  Or maintenance: its interrupt comes some time after the instruction that is its cause,
 * a trapped WFI may be first, and then it comes only in the guest.
 *
 * Return: whether there is.
 */
bool vgic_keeps_awake(const struct vcpu *vcpu)
{
	const struct hyp_vgic *vgic = &vcpu->hyp->vgic;
	unsigned long used = vgic->used;
	unsigned int n;

	if (!vgic->on)
		return false;
	for_each_set_bit(n, &used, HYP_LIST_REGS)
		if (signals(vgic, vgic->lr[n]))
			return true;
	return vgic_wants_maintenance(vcpu);
}
