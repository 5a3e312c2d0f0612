// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands that give a VM a GIC, put it somewhere, and access its state.
 */
#include <linux/bitops.h>
#include <linux/sizes.h>

#include "gic/device.h"
#include "memory/region.h"
#include "gic.h"
#include "vcpu.h"
#include "vm.h"

/**
 * gic_flags_check() - can a VM be so
 * @flags: ARM_VCPU_CONFIG_*
 *
 * Return: 0 or -EINVAL.
 */
int gic_flags_check(u64 flags)
{
	if (hweight64(flags & VM_GIC_FLAGS) > 1)
		return -EINVAL;
	return flags & ARM_VCPU_CONFIG_GIC && flags & ARM_VCPU_CONFIG_SGI_EXITS ? -EINVAL : 0;
}

/**
 * gic_add_command() - the command ADD_GIC
 * @vm: with vm->setup held
 * @arg: not used
 *
 * What a vCPU has found of a GIC it has found in RUN.
 *
 * Return: as the command.
 */
long gic_add_command(struct vm *vm, void *arg)
{
	int ret;

	if (!gic_config_flags())
		return -EOPNOTSUPP;
	if (vm->config_flags & ARM_VCPU_CONFIG_GIC)
		return -EEXIST;
	ret = gic_flags_check(vm->config_flags | ARM_VCPU_CONFIG_GIC) ?:
	      vm_bind(vm, vm_ipa_bits(vm));
	if (ret)
		return ret;
	mutex_lock(&vm->lock);
	ret = vcpu_begin_all(vm);
	if (!ret) {
		ret = vm->ran ? -EBUSY : gic_add(vm);
		vcpu_end_all(vm);
	}
	mutex_unlock(&vm->lock);
	return ret;
}

/**
 * gic_setup_command() - the command SET_GIC
 * @vm: with vm->setup held
 * @arg: struct arm_vcpu_gic_setup
 *
 * Return: as the command.
 */
long gic_setup_command(struct vm *vm, void *arg)
{
	const struct arm_vcpu_gic_setup *setup = arg;
	int ret = gic_check(setup, vm_ipa_bits(vm));
	unsigned int i;

	if (ret)
		return ret;
	if (!(vm->config_flags & ARM_VCPU_CONFIG_GIC))
		return -ENODEV;
	if (region_any(&vm->stage2, setup->distributor, SZ_64K))
		return -EEXIST;
	for (i = 0; i < ARM_VCPU_GIC_REDISTRIBUTORS; i++)
		if (region_any(&vm->stage2, setup->redistributors[i].addr,
			       setup->redistributors[i].count * (u64)SZ_128K))
			return -EEXIST;
	if (setup->flags & ARM_VCPU_GIC_ITS && region_any(&vm->stage2, setup->its, SZ_128K))
		return -EEXIST;
	return gic_place(vm, setup);
}

/**
 * gic_state_command() - the commands GET_GIC_STATE and SET_GIC_STATE
 * @vm: with vm->setup held
 * @state: the piece
 * @write: which of the two
 *
 * Nobody runs, or comes, meanwhile.  What LPIs' tables have is read from the guest's memory, for
 * which whoever kicks the VM doesn't wait.
 *
 * Return: as the commands.
 */
long gic_state_command(struct vm *vm, struct arm_vcpu_gic_state *state, bool write)
{
	int ret;

	if (state->mpidr & ~MPIDR_AFFINITY)
		return -EINVAL;
	mutex_lock(&vm->lock);
	ret = vcpu_begin_all(vm);
	mutex_unlock(&vm->lock);
	if (ret)
		return ret;
	ret = gic_access_state(vm, state, write);
	mutex_lock(&vm->lock);
	vcpu_end_all(vm);
	mutex_unlock(&vm->lock);
	return ret;
}
