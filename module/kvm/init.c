// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_ARM_VCPU_INIT: what a vCPU has is its VM's, and its power-on.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "kvm.h"

#define FEATURE(name)	BIT(KVM_ARM_VCPU_##name)
#define PTRAUTH		(FEATURE(PTRAUTH_ADDRESS) | FEATURE(PTRAUTH_GENERIC))

static long check_features(const struct kvm_vcpu_init *init)
{
	u32 features = init->features[0], ptrauth = features & PTRAUTH;
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(init->features); i++)
		if (init->features[i])
			return -ENOENT;
	if (features >= FEATURE(PTRAUTH_GENERIC) << 1)
		return -ENOENT;
	if (features & ~(u32)(FEATURE(POWER_OFF) | FEATURE(PSCI_0_2) | PTRAUTH))
		return -EINVAL;
	return !ptrauth || (ptrauth == PTRAUTH && arm_vcpu_has_pauth()) ? 0 : -EINVAL;
}

/* The first vCPU's are all vCPUs' */
static long take_features(struct kvm_vm *vm, u32 features)
{
	long ret = 0;

	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	if (vm->configured)
		ret = vm->features == features ? 0 : -EINVAL;
	else if (!(features & PTRAUTH))
		ret = arm_vcpu_hide_pauth(vm->core);
	if (!ret) {
		vm->features = features;
		vm->configured = true;
	}
	mutex_unlock(&vm->lock);
	return ret;
}

static long set_psci_0_1(struct kvm_cpu *cpu)
{
	struct arm_vcpu_reg reg = {
		.size = sizeof(reg),
		.id = ARM_VCPU_REG_PSCI_VERSION,
		.value = { PSCI_VERSION(0, 1) },
	};

	return arm_vcpu_command(cpu->core, ARM_VCPU_SET_REG, &reg);
}

/* Again is a power-on, too, with the lines down */
static long reset(struct kvm_cpu *cpu, bool off)
{
	struct arm_vcpu_entry entry = { .size = sizeof(entry) };
	struct arm_vcpu_power power = {
		.size = sizeof(power),
		.state = ARM_VCPU_POWER_OFF,
	};
	long ret = arm_vcpu_command(cpu->core, ARM_VCPU_SET_ENTRY, &entry);

	if (!ret && !(cpu->vm->features & FEATURE(PSCI_0_2)))
		ret = set_psci_0_1(cpu);
	if (ret)
		return ret;
	arm_vcpu_set_line(cpu->core, ARM_VCPU_LINE_IRQ, false);
	arm_vcpu_set_line(cpu->core, ARM_VCPU_LINE_FIQ, false);
	return off ? arm_vcpu_command(cpu->core, ARM_VCPU_SET_POWER, &power) : 0;
}

/**
 * kvm_cpu_init() - the command KVM_ARM_VCPU_INIT
 * @object: struct kvm_cpu
 * @arg: struct kvm_vcpu_init
 * @user: not used
 *
 * POWER_OFF is each call's own.
 *
 * Return: 0; -ENOENT: there is no such feature; -EINVAL: not here, or another one than the VM's;
 * or an error of SET_ENTRY.
 */
long kvm_cpu_init(void *object, void *arg, unsigned long user)
{
	const struct kvm_vcpu_init *init = arg;
	u32 features = init->features[0];
	struct kvm_cpu *cpu = object;
	long ret;

	if (init->target != KVM_ARM_TARGET_GENERIC_V8)
		return -EINVAL;
	ret = check_features(init);
	if (!ret)
		ret = take_features(cpu->vm, features & ~(u32)FEATURE(POWER_OFF));
	if (!ret)
		ret = reset(cpu, features & FEATURE(POWER_OFF));
	if (!ret)
		cpu->initialised = true;
	return ret;
}
