/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual CPU interface of a GICv3: its state between the run page and the world switch.
 */
#ifndef ARM_VCPU_VGIC_H
#define ARM_VCPU_VGIC_H

#include "guest/guest.h"

u64 vgic_config_flags(void);
u64 vgic_vtr(void);
void vgic_reset(struct vcpu *vcpu);
bool vgic_fetch(struct vcpu *vcpu);
void vgic_publish(struct vcpu *vcpu);
bool vgic_keeps_awake(const struct vcpu *vcpu);

/* Something for the VMM to do: it has asked for maintenance interrupts */
static inline bool vgic_wants_maintenance(const struct vcpu *vcpu)
{
	return vcpu->hyp->vgic.on && vcpu->hyp->vgic.misr;
}

#endif /* ARM_VCPU_VGIC_H */
