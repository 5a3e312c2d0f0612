// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of the CPU interface that the CPU's own doesn't provide: those that reach beyond
 * what is in list registers, and those that trap with them.
 */
#include "host/cpu.h"
#include "device.h"
#include "gic.h"

#define ICC_PMR_EL1	SYSREG(3, 0, 4, 6, 0)
#define ICC_DIR_EL1	SYSREG(3, 0, 12, 11, 1)
#define ICC_RPR_EL1	SYSREG(3, 0, 12, 11, 3)
#define ICC_SGI1R_EL1	SYSREG(3, 0, 12, 11, 5)
#define ICC_ASGI1R_EL1	SYSREG(3, 0, 12, 11, 6)
#define ICC_SGI0R_EL1	SYSREG(3, 0, 12, 11, 7)

#define ICC_CTLR_EL1	SYSREG(3, 0, 12, 12, 4)

#define DIR_INTID(value)	((u32)((value) & GENMASK(23, 0)))

/*
 * Any vCPU may deactivate an SPI, and what it is active in may be no list register, or another
 * vCPU's.  It has the effect of GICD_ICACTIVER<n>.
 */
static void deactivate(struct vcpu *vcpu, u32 intid)
{
	u32 offset = GIC_ICACTIVER + intid / 32 * 4;

	/* With EOImode 0 it is UNPREDICTABLE (IHI 0069, 12.2): nothing */
	if (!(vcpu->hyp->vgic.vmcr & HYP_ICH_VMCR_VEOIM))
		return;
	if (intid < GIC_FIRST_SPI)
		gic_redist_write(vcpu->gic, GIC_FRAME + offset, GIC_BIT(intid), ~0U);
	else if (intid - GIC_FIRST_SPI < GIC_MAX_SPIS)
		gic_dist_write(vcpu->vm->gic, offset, GIC_BIT(intid), ~0U);
}

/* ICC_PMR_EL1 and ICC_CTLR_EL1, whose other bits are the CPU's */
static bool access_common(struct vcpu *vcpu, struct sysreg_access *access)
{
	u64 writable = access->encoding == ICC_PMR_EL1 ? gic_priority_mask() : HYP_ICC_CTLR_GUEST;
	u64 value;

	pcpu_evict(vcpu->hyp);
	if (gic_access_icc(vcpu->gic, access->encoding, &value, false))
		return false;
	if (!access->write) {
		access->value = value;
		return true;
	}
	value = (value & ~writable) | (access->value & writable);
	return !gic_access_icc(vcpu->gic, access->encoding, &value, true);
}

static bool written(struct vcpu *vcpu, const struct sysreg_access *access)
{
	switch (access->encoding) {
	case ICC_SGI1R_EL1:
		gic_send_sgi(vcpu, access->value, true);
		return true;
	case ICC_SGI0R_EL1:
		gic_send_sgi(vcpu, access->value, false);
		return true;
	case ICC_DIR_EL1:
		deactivate(vcpu, DIR_INTID(access->value));
		return true;
	case ICC_ASGI1R_EL1:
		return true;
	}
	return false;
}

/**
 * gic_trapped() - do what an access to a trapped register asks for
 * @vcpu: whose, with a GIC in the kernel; it isn't running
 * @access: to any register
 *
 * ICC_ASGI1R_EL1 is about the other security state, which there isn't: nobody is interrupted
 * (IHI 0069, 12.2).  ICC_PMR_EL1, ICC_RPR_EL1 and ICC_CTLR_EL1 trap where DIR can't trap alone.
 *
 * Return: whether it is one of the CPU interface's.
 */
bool gic_trapped(struct vcpu *vcpu, struct sysreg_access *access)
{
	/* Most of them are IPIs */
	if (likely(access->write && written(vcpu, access)))
		return true;
	if (access->encoding == ICC_PMR_EL1 || access->encoding == ICC_CTLR_EL1)
		return access_common(vcpu, access);
	if (access->write)
		return false;
	if (access->encoding != ICC_RPR_EL1)
		return false;
	pcpu_evict(vcpu->hyp);
	access->value = gic_running_priority(vcpu);
	return true;
}
