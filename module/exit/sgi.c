// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts between CPUs, where the VMM has the interrupt controller.
 *
 * The three registers that send them differ in the group that the interrupt is in at the
 * receiver, and have one layout (IHI 0069, 12.2).
 */
#include "host/features.h"
#include "sgi.h"

#define ICC_SGI1R_EL1		SYSREG(3, 0, 12, 11, 5)
#define ICC_ASGI1R_EL1		SYSREG(3, 0, 12, 11, 6)
#define ICC_SGI0R_EL1		SYSREG(3, 0, 12, 11, 7)

#define SGI_TARGET_LIST(value)	((value) & 0xffff)
#define SGI_AFF1(value)		((value) >> 16 & 0xff)
#define SGI_INTID(value)	((value) >> 24 & 0xf)
#define SGI_AFF2(value)		((value) >> 32 & 0xff)
#define SGI_IRM			BIT_ULL(40)
#define SGI_RS(value)		((value) >> 44 & 0xf)
#define SGI_AFF3(value)		((value) >> 48 & 0xff)

/* Where MPIDR_EL1 has them */
#define MPIDR_AFF1(value)	((value) << 8)
#define MPIDR_AFF2(value)	((value) << 16)
#define MPIDR_AFF3(value)	((value) << 32)

/**
 * sgi_config_flags() - what CONFIGURE may be asked for
 *
 * On a host without a GICv3 these registers don't exist, and the CPU has no trap for them.
 *
 * Return: ARM_VCPU_CONFIG_SGI_EXITS, or 0.
 */
u64 sgi_config_flags(void)
{
	return features_gicv3() ? ARM_VCPU_CONFIG_SGI_EXITS : 0;
}

/**
 * sgi_exit() - make a SEND_IPI exit of an access to a register that sends interrupts
 * @vcpu: whose; it isn't running
 * @access: to any register
 *
 * Return: whether it is one, and the VM has these exits.
 */
bool sgi_exit(struct vcpu *vcpu, const struct sysreg_access *access)
{
	struct arm_vcpu_run *run = vcpu->run;
	u64 value = access->value;
	u8 group;

	if (!(vcpu->vm->config_flags & ARM_VCPU_CONFIG_SGI_EXITS) || !access->write)
		return false;
	switch (access->encoding) {
	case ICC_SGI0R_EL1:
		group = ARM_VCPU_SGI_GROUP0;
		break;
	case ICC_SGI1R_EL1:
		group = ARM_VCPU_SGI_GROUP1;
		break;
	case ICC_ASGI1R_EL1:
		group = ARM_VCPU_SGI_GROUP1_OTHER;
		break;
	default:
		return false;
	}

	vcpu->pending = PENDING_STEP;
	run->exit_reason = ARM_VCPU_EXIT_SEND_IPI;
	run->send_ipi.target = MPIDR_AFF3(SGI_AFF3(value)) | MPIDR_AFF2(SGI_AFF2(value)) |
			       MPIDR_AFF1(SGI_AFF1(value));
	run->send_ipi.target_list = SGI_TARGET_LIST(value);
	run->send_ipi.range_selector = SGI_RS(value);
	run->send_ipi.to_all = !!(value & SGI_IRM);
	run->send_ipi.vector = SGI_INTID(value);
	run->send_ipi.group = group;
	return true;
}
