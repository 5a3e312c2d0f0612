// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI (DEN 0022), up to version 1.1: answered here with ARM_VCPU_CONFIG_PSCI, but for what ends
 * the machine.  Without it, what starts and stops is an exit of its own, and all else a call.
 */
#include <linux/arm-smccc.h>
#include <uapi/linux/psci.h>

#include "memory/region.h"
#include "outcome.h"
#include "power.h"
#include "psci.h"
#include "psci_version.h"
#include "smccc_filter.h"
#include "wfx.h"

/* Ids that are PSCI's, in either width (DEN 0022, 5.1) */
#define PSCI_FUNCTIONS	0x20

#define POWER_STATE	(PSCI_0_2_POWER_STATE_ID_MASK | PSCI_0_2_POWER_STATE_TYPE_MASK | \
			 PSCI_0_2_POWER_STATE_AFFL_MASK)

/**
 * struct psci_call - a function of PSCI that is an exit of its own
 * @function: its id
 * @exit: ARM_VCPU_EXIT_*
 * @system: for SYSTEM_DOWN: its type
 */
struct psci_call {
	u32 function;
	u32 exit;
	u32 system;
};

static const struct psci_call psci_calls[] = {
	{ PSCI_0_2_FN_CPU_OFF, ARM_VCPU_EXIT_CPU_DOWN },
	{ PSCI_0_2_FN_CPU_ON, ARM_VCPU_EXIT_CPU_UP },
	{ PSCI_0_2_FN64_CPU_ON, ARM_VCPU_EXIT_CPU_UP },
	{ PSCI_0_2_FN_SYSTEM_OFF, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_OFF },
	{ PSCI_0_2_FN_SYSTEM_RESET, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_RESET },
	{ PSCI_1_1_FN_SYSTEM_RESET2, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_RESET },
	{ PSCI_1_1_FN64_SYSTEM_RESET2, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_RESET },
	{ PSCI_1_0_FN_SYSTEM_SUSPEND, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_SUSPEND },
	{ PSCI_1_0_FN64_SYSTEM_SUSPEND, ARM_VCPU_EXIT_SYSTEM_DOWN, ARM_VCPU_SYSTEM_SUSPEND },
};

static const struct psci_call *psci_find(u32 function)
{
	const struct psci_call *call;

	for (call = psci_calls; call < psci_calls + ARRAY_SIZE(psci_calls); call++)
		if (call->function == function)
			return call;
	return NULL;
}

/* SYSTEM_RESET2: bit 31 is for vendors, and of the others there is one (DEN 0022) */
static bool reset_type_reserved(const struct vcpu *vcpu, u32 function)
{
	u32 type = vcpu_get_x(vcpu, 1);

	if (function != PSCI_1_1_FN_SYSTEM_RESET2 && function != PSCI_1_1_FN64_SYSTEM_RESET2)
		return false;
	return type > PSCI_1_1_RESET_TYPE_SYSTEM_WARM_RESET &&
	       type < PSCI_1_1_RESET_TYPE_VENDOR_START;
}

static u64 argument(const struct vcpu *vcpu, u32 function, unsigned int n)
{
	u64 value = vcpu_get_x(vcpu, n);

	return ARM_SMCCC_IS_64(function) ? value : (u32)value;
}

/**
 * psci_exit() - make an exit of its own of a call, if there is one
 * @vcpu: whose; it isn't running
 * @function: that it calls
 * @conduit: ARM_VCPU_CONDUIT_*
 *
 * A VMM that looks at the type alone mustn't take a reset of a reserved type for one.
 *
 * Return: whether it is one.
 */
bool psci_exit(struct vcpu *vcpu, u32 function, u32 conduit)
{
	const struct psci_call *call = psci_find(function);
	struct arm_vcpu_run *run = vcpu->run;

	if (!call || reset_type_reserved(vcpu, function))
		return false;
	run->exit_reason = call->exit;
	switch (call->exit) {
	case ARM_VCPU_EXIT_CPU_UP:
		run->cpu_up.target = argument(vcpu, function, 1);
		run->cpu_up.entry = argument(vcpu, function, 2);
		run->cpu_up.arg = argument(vcpu, function, 3);
		run->cpu_up.conduit = conduit;
		break;
	case ARM_VCPU_EXIT_CPU_DOWN:
		run->cpu_down.conduit = conduit;
		break;
	default:
		run->system.type = call->system;
		run->system.conduit = conduit;
	}
	return true;
}

/* Code that a CPU can begin with */
static bool entry_is_valid(struct vcpu *vcpu, u64 entry)
{
	return !(entry & 3) && region_allows(&vcpu->vm->stage2, entry, false);
}

static long cpu_on(struct vcpu *vcpu, u32 function)
{
	const struct power_on begin = {
		.entry = argument(vcpu, function, 2),
		.context = argument(vcpu, function, 3),
		.big_endian = vcpu->hyp->regs[HYP_REG_SCTLR_EL1] & HYP_SCTLR_EE,
	};
	u64 target = argument(vcpu, function, 1);
	long state;

	if (target & ~MPIDR_AFFINITY)
		return PSCI_RET_INVALID_PARAMS;
	/* Of one that isn't off, the entry isn't looked at */
	state = power_info(vcpu->vm, target, MPIDR_AFFINITY);
	if (state == PSCI_0_2_AFFINITY_LEVEL_OFF && !entry_is_valid(vcpu, begin.entry))
		return PSCI_RET_INVALID_ADDRESS;
	return power_on(vcpu->vm, target, &begin);
}

static long affinity_info(struct vcpu *vcpu, u32 function)
{
	u64 target = argument(vcpu, function, 1);
	u32 level = vcpu_get_x(vcpu, 2);
	u64 mask;

	if (level > 3 || target & ~MPIDR_AFFINITY)
		return PSCI_RET_INVALID_PARAMS;
	mask = level == 3 ? GENMASK_ULL(39, 32) : MPIDR_AFFINITY & ~0ULL << level * 8;
	return power_info(vcpu->vm, target, mask);
}

/*
 * A state of any depth is the shallowest, in which a vCPU keeps what it has: a power-down is
 * then left as if an interrupt had come before it, and its entry isn't used (DEN 0022, 5.4).
 */
static int cpu_suspend(struct vcpu *vcpu, u32 function)
{
	u32 state = vcpu_get_x(vcpu, 1);
	long result = PSCI_RET_SUCCESS;

	if (state & ~POWER_STATE)
		result = PSCI_RET_INVALID_PARAMS;
	else if (state & PSCI_0_2_POWER_STATE_TYPE_MASK &&
		 !entry_is_valid(vcpu, argument(vcpu, function, 2)))
		result = PSCI_RET_INVALID_ADDRESS;
	vcpu_set_x(vcpu, 0, result);
	return result ? ENTER_AGAIN : wfx_suspend(vcpu);
}

/* CPU_SUSPEND's flags are 0, too: power states of the original format, and no OS coordinates */
static long features(struct vcpu *vcpu)
{
	u32 function = vcpu_get_x(vcpu, 1);

	return smccc_filter_offers(vcpu->vm, function, psci_has(vcpu->vm, function)) ?
	       PSCI_RET_SUCCESS : PSCI_RET_NOT_SUPPORTED;
}

static bool owns(const struct vm *vm, u32 function)
{
	if (psci_version(vm) == PSCI_0_1 && function >= ARM_VCPU_PSCI_0_1_CPU_SUSPEND &&
	    function <= ARM_VCPU_PSCI_0_1_MIGRATE)
		return true;
	return (function & ~PSCI_0_2_64BIT) - PSCI_0_2_FN_BASE < PSCI_FUNCTIONS;
}

/**
 * psci_answers() - whether a call is answered by psci_call()
 * @vcpu: that makes it
 * @function: its id
 *
 * Return: false: it isn't PSCI's, or ends the machine, which is the VMM's.
 */
bool psci_answers(const struct vcpu *vcpu, u32 function)
{
	switch (function) {
	case PSCI_0_2_FN_SYSTEM_OFF:
	case PSCI_0_2_FN_SYSTEM_RESET:
		return !psci_has(vcpu->vm, function);
	case PSCI_1_1_FN_SYSTEM_RESET2:
	case PSCI_1_1_FN64_SYSTEM_RESET2:
		return !psci_has(vcpu->vm, function) || reset_type_reserved(vcpu, function);
	default:
		return owns(vcpu->vm, function);
	}
}

static long result_of(struct vcpu *vcpu, u32 function)
{
	if (!psci_has(vcpu->vm, function))
		return PSCI_RET_NOT_SUPPORTED;
	switch (function) {
	case PSCI_0_2_FN_PSCI_VERSION:
		return psci_version(vcpu->vm);
	case PSCI_0_2_FN_CPU_ON:
	case PSCI_0_2_FN64_CPU_ON:
		return cpu_on(vcpu, function);
	case PSCI_0_2_FN_AFFINITY_INFO:
	case PSCI_0_2_FN64_AFFINITY_INFO:
		return affinity_info(vcpu, function);
	case PSCI_0_2_FN_MIGRATE_INFO_TYPE:
		return PSCI_0_2_TOS_MP;
	case PSCI_1_0_FN_PSCI_FEATURES:
		return features(vcpu);
	case PSCI_1_1_FN_SYSTEM_RESET2:
	case PSCI_1_1_FN64_SYSTEM_RESET2:
		return PSCI_RET_INVALID_PARAMS;
	default:
		return PSCI_RET_NOT_SUPPORTED;
	}
}

/* Arguments are of 64 bits, and errors end with DENIED */
static int call_0_1(struct vcpu *vcpu, u32 function)
{
	long result = PSCI_RET_NOT_SUPPORTED;

	switch (function) {
	case ARM_VCPU_PSCI_0_1_CPU_OFF:
		power_off(vcpu);
		return TO_USER;
	case ARM_VCPU_PSCI_0_1_CPU_ON:
		result = cpu_on(vcpu, PSCI_0_2_FN64_CPU_ON);
		if (result < PSCI_RET_DENIED)
			result = PSCI_RET_INVALID_PARAMS;
	}
	vcpu_set_x(vcpu, 0, result);
	return ENTER_AGAIN;
}

/**
 * psci_call() - answer a call
 * @vcpu: that makes it; it isn't running, and pc is past the instruction
 * @function: its id, for which psci_answers()
 *
 * After CPU_OFF there is nothing to enter: this RUN ends, and the next one waits.
 *
 * Return: 1 to enter again, 0 for an exit, or -EINTR.
 */
int psci_call(struct vcpu *vcpu, u32 function)
{
	if (psci_version(vcpu->vm) == PSCI_0_1)
		return call_0_1(vcpu, function);
	switch (function) {
	case PSCI_0_2_FN_CPU_OFF:
		power_off(vcpu);
		return TO_USER;
	case PSCI_0_2_FN_CPU_SUSPEND:
	case PSCI_0_2_FN64_CPU_SUSPEND:
		return cpu_suspend(vcpu, function);
	default:
		vcpu_set_x(vcpu, 0, result_of(vcpu, function));
		return ENTER_AGAIN;
	}
}
