// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which version of PSCI a VM's guests find, and so which functions.
 */
#include <linux/arm-smccc.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <uapi/linux/psci.h>

#include "psci_version.h"

/**
 * psci_version() - what a VM's guests find
 * @vm: which
 *
 * Return: PSCI_VERSION().
 */
u32 psci_version(const struct vm *vm)
{
	return READ_ONCE(vm->psci) ?: PSCI_1_1;
}

/**
 * psci_set_version() - have a VM's guests find another one
 * @vm: which; they may be running
 * @version: PSCI_VERSION()
 *
 * Return: 0, or -EINVAL: it isn't known here.
 */
int psci_set_version(struct vm *vm, u64 version)
{
	switch (version) {
	case PSCI_0_1:
	case PSCI_0_2:
	case PSCI_1_0:
	case PSCI_1_1:
		WRITE_ONCE(vm->psci, version);
		return 0;
	default:
		return -EINVAL;
	}
}

/* The version that a function came with */
static u32 since(u32 function)
{
	switch (function) {
	case PSCI_0_2_FN_PSCI_VERSION:
	case PSCI_0_2_FN_CPU_SUSPEND:
	case PSCI_0_2_FN64_CPU_SUSPEND:
	case PSCI_0_2_FN_CPU_OFF:
	case PSCI_0_2_FN_CPU_ON:
	case PSCI_0_2_FN64_CPU_ON:
	case PSCI_0_2_FN_AFFINITY_INFO:
	case PSCI_0_2_FN64_AFFINITY_INFO:
	case PSCI_0_2_FN_MIGRATE_INFO_TYPE:
	case PSCI_0_2_FN_SYSTEM_OFF:
	case PSCI_0_2_FN_SYSTEM_RESET:
		return PSCI_0_2;
	case PSCI_1_0_FN_PSCI_FEATURES:
	case ARM_SMCCC_VERSION_FUNC_ID:
		return PSCI_1_0;
	case PSCI_1_1_FN_SYSTEM_RESET2:
	case PSCI_1_1_FN64_SYSTEM_RESET2:
		return PSCI_1_1;
	default:
		return U32_MAX;
	}
}

/**
 * psci_has() - whether a VM's guests find a function
 * @vm: which
 * @function: its id in version 0.2 and later
 *
 * Return: whether they do.
 */
bool psci_has(const struct vm *vm, u32 function)
{
	return since(function) <= psci_version(vm);
}
