// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_SET_GUEST_DEBUG.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "kvm.h"

/* DBGBCR<n>_EL1, D19.3.2, and DBGWCR<n>_EL1, D19.3.11, without what is about EL2, EL3 and VMIDs */
#define POINT_ENABLED	BIT(0)
#define BREAKPOINT_BITS	0x007f01e7
#define BREAKPOINT_EL2	BIT(23)
#define WATCHPOINT_BITS	0x1f1f1fff

static u64 flags_of(u32 control)
{
	if (!(control & KVM_GUESTDBG_ENABLE))
		return 0;
	return (control & KVM_GUESTDBG_USE_SW_BP ? ARM_VCPU_DEBUG_BRK : 0) |
	       (control & KVM_GUESTDBG_SINGLESTEP ? ARM_VCPU_DEBUG_STEP : 0) |
	       (control & KVM_GUESTDBG_USE_HW ? ARM_VCPU_DEBUG_POINTS : 0);
}

/*
 * KVM has the CPU take any value, and there is rubbish in those that a program doesn't use.  So
 * what no guest can match isn't refused, but left out.
 */
static void take_point(struct arm_vcpu_debug_point *point, u64 value, u64 control, u64 bits)
{
	if (!(control & POINT_ENABLED))
		return;
	point->value = value;
	point->control = control & bits;
}

static void take_breakpoint(struct arm_vcpu_debug_point *point, u64 value, u64 control)
{
	if (!(control & BREAKPOINT_EL2))
		take_point(point, value, control, BREAKPOINT_BITS);
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
		for (n = 0; n < kvm_host.breakpoints; n++)
			take_breakpoint(&debug.breakpoints[n], from->arch.dbg_bvr[n],
					from->arch.dbg_bcr[n]);
		for (n = 0; n < kvm_host.watchpoints; n++)
			take_point(&debug.watchpoints[n], from->arch.dbg_wvr[n],
				   from->arch.dbg_wcr[n], WATCHPOINT_BITS);
	}
	return arm_vcpu_command(cpu->core, ARM_VCPU_SET_DEBUG, &debug);
}
