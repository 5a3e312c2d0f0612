// SPDX-License-Identifier: GPL-2.0-only
/*
 * SET_SMCCC_FILTER: which calls the kernel answers, with ARM_VCPU_CONFIG_PSCI.
 *
 * It changes until a vCPU runs, and is read without a lock from then on.
 */
#include <linux/arm-smccc.h>
#include <linux/errno.h>
#include <linux/lockdep.h>

#include "smccc_filter.h"

static bool overlap(const struct smccc_range *range, u32 first, u32 last)
{
	return first <= range->last && last >= range->first;
}

/* Arm's own calls, fast ones in either width: EL2 answers them by itself */
static bool has_arch_calls(u32 first, u32 last)
{
	static const struct smccc_range arch[] = {
		{ ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_32, 0, 0),
		  ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_32, 0, 0xffff) },
		{ ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_64, 0, 0),
		  ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, ARM_SMCCC_SMC_64, 0, 0xffff) },
	};

	return overlap(&arch[0], first, last) || overlap(&arch[1], first, last);
}

static int add(struct vm *vm, u32 first, u32 last, u32 action)
{
	unsigned int i;

	if (vm->ran)
		return -EBUSY;
	for (i = 0; i < vm->nr_smccc; i++)
		if (overlap(&vm->smccc[i], first, last))
			return -EEXIST;
	if (vm->nr_smccc == VM_MAX_SMCCC_RANGES)
		return -ENOSPC;
	vm->smccc[vm->nr_smccc++] = (struct smccc_range) { first, last, action };
	return 0;
}

/**
 * smccc_filter_set() - the command SET_SMCCC_FILTER
 * @vm: with vm->setup held
 * @filter: from user space
 *
 * Return: 0, -EINVAL, -ENODEV, -EBUSY, -EEXIST or -ENOSPC.
 */
int smccc_filter_set(struct vm *vm, const struct arm_vcpu_smccc_filter *filter)
{
	u32 last = filter->first + filter->count - 1;
	int ret;

	if (filter->reserved || filter->action > ARM_VCPU_SMCCC_EXIT || !filter->count ||
	    last < filter->first || has_arch_calls(filter->first, last))
		return -EINVAL;
	if (!(vm->config_flags & ARM_VCPU_CONFIG_PSCI))
		return -ENODEV;
	mutex_lock(&vm->lock);
	ret = add(vm, filter->first, last, filter->action);
	mutex_unlock(&vm->lock);
	return ret;
}

/**
 * smccc_filter_clear() - all is as CONFIGURE leaves it
 * @vm: with vm->setup held, and without vCPUs
 */
void smccc_filter_clear(struct vm *vm)
{
	vm->nr_smccc = 0;
	vm->ran = false;
}

/**
 * smccc_filter_close() - it doesn't change any more
 * @vm: of which a vCPU is about to run
 */
void smccc_filter_close(struct vm *vm)
{
	mutex_lock(&vm->lock);
	vm->ran = true;
	mutex_unlock(&vm->lock);
}

/**
 * smccc_filter_action() - what becomes of a call
 * @vm: of which a vCPU makes it
 * @function: its id
 *
 * Return: ARM_VCPU_SMCCC_*
 */
u32 smccc_filter_action(const struct vm *vm, u32 function)
{
	unsigned int i;

	for (i = 0; i < vm->nr_smccc; i++)
		if (overlap(&vm->smccc[i], function, function))
			return vm->smccc[i].action;
	return ARM_VCPU_SMCCC_HANDLE;
}

/**
 * smccc_filter_offers() - whether a guest that asks for a function is told that it is there
 * @vm: its VM
 * @function: its id
 * @is_there: in the kernel
 *
 * Return: whether somebody answers; of what the VMM has wanted for itself it is expected.
 */
bool smccc_filter_offers(const struct vm *vm, u32 function, bool is_there)
{
	u32 action = smccc_filter_action(vm, function);

	return action == ARM_VCPU_SMCCC_EXIT || (action == ARM_VCPU_SMCCC_HANDLE && is_there);
}
