/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SGIs that go into a list register as they come: at EL2, which the guest has asked to send it
 * one, and in RUN, for which another vCPU has posted it.
 *
 * gic_fill() offers those in group 1 that are let through, while nothing waits for a list register.
 * They count as being in one (@listed of struct gic_irqs), so who wants to know or change what they
 * are takes them back first.
 */
#ifndef ARM_VCPU_HYP_SGI_H
#define ARM_VCPU_HYP_SGI_H

#include "hyp.h"

/**
 * hyp_sgi_at() - the list register for an SGI
 * @vgic: whose
 * @sgi: which
 * @empty: list registers without an interrupt
 *
 * Return: the one that has it, which isn't in @empty; or one of these, in which it is neither
 * pending nor active yet; or -1: it is for the kernel to find a place, with the GIC locked.
 */
static inline int hyp_sgi_at(struct hyp_vgic *vgic, unsigned int sgi, u32 empty)
{
	u32 left = vgic->sgis & ~empty, room = empty & (vgic->sgis | ~vgic->used);
	unsigned int n;

	if (!(vgic->offered & BIT(sgi)))
		return -1;
	for (; left; left &= left - 1) {
		n = __builtin_ctz(left);
		if (HYP_ICH_LR_VINTID(vgic->lr[n]) == sgi)
			return n;
	}
	if (!room)
		return -1;
	n = __builtin_ctz(room);
	vgic->lr[n] = sgi | HYP_ICH_LR_GROUP1 |
		      (u64)vgic->priority[sgi] << HYP_ICH_LR_PRIORITY_SHIFT;
	vgic->used |= BIT(n);
	vgic->sgis |= BIT(n);
	return n;
}

/* Those that the guest has ended leave their list registers, and are offered as before */
static inline void hyp_forget_sgis(struct hyp_vgic *vgic)
{
	u32 left;

	for (left = vgic->sgis; left; left &= left - 1) {
		unsigned int n = __builtin_ctz(left);

		if (HYP_ICH_LR_STATE(vgic->lr[n]))
			continue;
		vgic->lr[n] = 0;
		vgic->used &= ~BIT(n);
		vgic->sgis &= ~BIT(n);
	}
}

#endif /* ARM_VCPU_HYP_SGI_H */
