// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_SET_GUEST_DEBUG.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "kvm.h"

static u64 flags_of(u32 control)
{
	if (!(control & KVM_GUESTDBG_ENABLE))
		return 0;
	return (control & KVM_GUESTDBG_USE_SW_BP ? ARM_VCPU_DEBUG_BRK : 0) |
	       (control & KVM_GUESTDBG_SINGLESTEP ? ARM_VCPU_DEBUG_STEP : 0) |
	       (control & KVM_GUESTDBG_USE_HW ? ARM_VCPU_DEBUG_POINTS : 0);
}

/**
 * kvm_set_debug() - the command KVM_SET_GUEST_DEBUG
 * @object: struct kvm_cpu
 * @arg: struct kvm_guest_debug
 * @user: not used
 *
 * Return: 0 or -EINVAL.
 */
long kvm_set_debug(void *object, void *arg, unsigned long user)
{
	const struct kvm_guest_debug *from = arg;
	struct arm_vcpu_debug debug = { .size = sizeof(debug), .flags = flags_of(from->control) };
	struct kvm_cpu *cpu = object;
	unsigned int n;

	BUILD_BUG_ON(ARRAY_SIZE(debug.breakpoints) != KVM_ARM_MAX_DBG_REGS);
	if (from->control & ~KVM_FRONT_DEBUG)
		return -EINVAL;
	if (debug.flags & ARM_VCPU_DEBUG_POINTS) {
		for (n = 0; n < kvm_host.breakpoints; n++) {
			debug.breakpoints[n].value = from->arch.dbg_bvr[n];
			debug.breakpoints[n].control = from->arch.dbg_bcr[n];
		}
		for (n = 0; n < kvm_host.watchpoints; n++) {
			debug.watchpoints[n].value = from->arch.dbg_wvr[n];
			debug.watchpoints[n].control = from->arch.dbg_wcr[n];
		}
	}
	return arm_vcpu_command(cpu->core, ARM_VCPU_SET_DEBUG, &debug);
}
