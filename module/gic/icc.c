// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of the CPU interface that the CPU's own doesn't provide: those that reach beyond
 * what is in list registers.
 */
#include "device.h"
#include "gic.h"

#define ICC_DIR_EL1	SYSREG(3, 0, 12, 11, 1)
#define ICC_SGI1R_EL1	SYSREG(3, 0, 12, 11, 5)
#define ICC_ASGI1R_EL1	SYSREG(3, 0, 12, 11, 6)
#define ICC_SGI0R_EL1	SYSREG(3, 0, 12, 11, 7)

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

/**
 * gic_trapped() - do what an access to a trapped register asks for
 * @vcpu: whose, with a GIC in the kernel; it isn't running
 * @access: to any register
 *
 * ICC_ASGI1R_EL1 is about the other security state, which there isn't: nobody is interrupted
 * (IHI 0069, 12.2).
 *
 * Return: whether it is one of the CPU interface's.
 */
bool gic_trapped(struct vcpu *vcpu, const struct sysreg_access *access)
{
	if (!access->write)
		return false;
	switch (access->encoding) {
	case ICC_DIR_EL1:
		deactivate(vcpu, DIR_INTID(access->value));
		return true;
	case ICC_SGI0R_EL1:
	case ICC_SGI1R_EL1:
		gic_send_sgi(vcpu->gic, access->value, access->encoding == ICC_SGI1R_EL1);
		return true;
	case ICC_ASGI1R_EL1:
		return true;
	}
	return false;
}
