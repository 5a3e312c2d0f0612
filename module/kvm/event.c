// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions for a guest.
 */
#include <linux/kernel.h>
#include <asm/esr.h>
#include <asm/ptrace.h>

#include "kvm.h"

#define HCR_EL2		ARM_VCPU_REG_SYSREG(3, 4, 1, 1, 0)
#define VSESR_EL2	ARM_VCPU_REG_SYSREG(3, 4, 5, 2, 3)
#define FAR_EL1		ARM_VCPU_REG_SYSREG(3, 0, 6, 0, 0)

static long get(struct kvm_cpu *cpu, u64 id, u64 *value)
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = id };
	long ret = arm_vcpu_command(cpu->core, ARM_VCPU_GET_REG, &reg);

	*value = reg.value[0];
	return ret;
}

/**
 * kvm_get_events() - the command KVM_GET_VCPU_EVENTS
 * @object: struct kvm_cpu
 * @arg: struct kvm_vcpu_events
 * @user: not used
 *
 * HCR_EL2 is VSE alone: see the core's registers.
 *
 * Return: 0 or -ENOEXEC.
 */
long kvm_get_events(void *object, void *arg, unsigned long user)
{
	struct kvm_vcpu_events *events = arg;
	struct kvm_cpu *cpu = object;
	u64 pending;
	long ret = get(cpu, HCR_EL2, &pending);

	if (ret)
		return ret;
	memset(events, 0, sizeof(*events));
	events->exception.serror_pending = !!pending;
	events->exception.serror_has_esr = arm_vcpu_has_ras();
	if (pending && arm_vcpu_has_ras())
		ret = get(cpu, VSESR_EL2, &events->exception.serror_esr);
	return ret;
}

/**
 * kvm_inject_abort() - an external abort, which the guest takes at once
 * @cpu: isn't running
 * @fetch: of an instruction; else of data
 * @addr: virtual address
 *
 * Return: 0, or an errno of ARM_VCPU_INJECT.
 */
long kvm_inject_abort(struct kvm_cpu *cpu, bool fetch, u64 addr)
{
	bool at_el0 = (cpu->page->pstate & PSR_MODE_MASK) == PSR_MODE_EL0t;
	struct arm_vcpu_inject inject = { .size = sizeof(inject), .far = addr };
	u64 class;

	if (fetch)
		class = at_el0 ? ESR_ELx_EC_IABT_LOW : ESR_ELx_EC_IABT_CUR;
	else
		class = at_el0 ? ESR_ELx_EC_DABT_LOW : ESR_ELx_EC_DABT_CUR;
	inject.esr = class << ESR_ELx_EC_SHIFT | ESR_ELx_IL | ESR_ELx_FSC_EXTABT;
	return arm_vcpu_command(cpu->core, ARM_VCPU_INJECT, &inject);
}

static long inject_serror(struct kvm_cpu *cpu, u64 esr)
{
	struct arm_vcpu_inject inject = {
		.size = sizeof(inject),
		.flags = ARM_VCPU_INJECT_SERROR,
		.esr = esr,
	};

	return arm_vcpu_command(cpu->core, ARM_VCPU_INJECT, &inject);
}

static bool is_clear(const struct kvm_vcpu_events *events)
{
	static const struct kvm_vcpu_events zero;

	return !memcmp(events->reserved, zero.reserved, sizeof(zero.reserved)) &&
	       !memcmp(events->exception.pad, zero.exception.pad, sizeof(zero.exception.pad));
}

/**
 * kvm_set_events() - the command KVM_SET_VCPU_EVENTS
 * @object: struct kvm_cpu
 * @arg: struct kvm_vcpu_events
 * @user: not used
 *
 * An abort is that of the access which the last exit was about, or as if it were.
 *
 * Return: 0, -EINVAL, -ENOEXEC.
 */
long kvm_set_events(void *object, void *arg, unsigned long user)
{
	const struct kvm_vcpu_events *events = arg;
	struct kvm_cpu *cpu = object;
	bool has_esr = events->exception.serror_has_esr;
	u64 esr = has_esr ? events->exception.serror_esr : 0;
	long ret = 0;

	if (!is_clear(events))
		return -EINVAL;
	if (events->exception.serror_pending) {
		if ((has_esr && !arm_vcpu_has_ras()) || esr & ~(u64)ESR_ELx_ISS_MASK)
			return -EINVAL;
		ret = inject_serror(cpu, esr);
	}
	if (!ret && events->exception.ext_dabt_pending)
		ret = kvm_inject_abort(cpu, false, cpu->page->far);
	return ret;
}
