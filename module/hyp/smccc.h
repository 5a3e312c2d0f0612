/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of the SMC Calling Convention (DEN 0028) that need nothing but the CPU they are
 * made on.  One decision for both places that answer: EL2 itself, which needs not leave
 * the guest for them, and the host side.
 */
#ifndef ARM_VCPU_HYP_SMCCC_H
#define ARM_VCPU_HYP_SMCCC_H

#include <linux/types.h>

#include "arch.h"

/* struct hyp_vcpu.smccc */
#define HYP_SMCCC_CALLS		_BITUL(0) /* SMCCC_VERSION, _ARCH_FEATURES and _ARCH_SOC_ID */
/* For workaround n (1 to 3): making the call helps; the CPU isn't affected */
#define HYP_SMCCC_HELPS(n)	_BITUL(n)
#define HYP_SMCCC_UNAFFECTED(n)	_BITUL(4 + (n))

#define HYP_SMCCC_VERSION		0x80000000U
#define HYP_SMCCC_ARCH_FEATURES		0x80000001U
#define HYP_SMCCC_ARCH_SOC_ID		0x80000002U
#define HYP_SMCCC_WORKAROUND_1		0x80008000U /* branch predictor */
#define HYP_SMCCC_WORKAROUND_2		0x80007fffU /* speculative store bypass */
#define HYP_SMCCC_WORKAROUND_3		0x80003fffU /* branch history */

#define HYP_SMCCC_VERSION_1_2		0x10002ULL
#define HYP_SMCCC_NOT_SUPPORTED		(-1ULL)
#define HYP_SMCCC_INVALID_PARAMETER	(-3ULL)

/* Arm's JEP106 code, and 'v' as in the GIC's IIDR; revision 0 (DEN 0028, 7.4) */
#define HYP_SMCCC_SOC_VERSION		0x043b0076ULL
#define HYP_SMCCC_SOC_REVISION		0ULL

/* Which of the workarounds a function is, or 0 */
static inline unsigned int hyp_smccc_workaround(u32 function)
{
	return function == HYP_SMCCC_WORKAROUND_1 ? 1 :
	       function == HYP_SMCCC_WORKAROUND_2 ? 2 :
	       function == HYP_SMCCC_WORKAROUND_3 ? 3 : 0;
}

/* SMCCC_ARCH_FEATURES: 0 is "there", 1 is "there, and not needed on this CPU" */
static inline u64 hyp_smccc_feature(u32 flags, u32 function)
{
	unsigned int n = hyp_smccc_workaround(function);

	if (n && (flags & HYP_SMCCC_HELPS(n)))
		return 0;
	if (n && (flags & HYP_SMCCC_UNAFFECTED(n)))
		return 1;
	if (function == HYP_SMCCC_VERSION || function == HYP_SMCCC_ARCH_FEATURES ||
	    function == HYP_SMCCC_ARCH_SOC_ID)
		return 0;
	return HYP_SMCCC_NOT_SUPPORTED;
}

/* SMCCC_ARCH_SOC_ID, by its type */
static inline u64 hyp_smccc_soc_id(u32 type)
{
	return type == 0 ? HYP_SMCCC_SOC_VERSION :
	       type == 1 ? HYP_SMCCC_SOC_REVISION : HYP_SMCCC_INVALID_PARAMETER;
}

/**
 * hyp_smccc_call() - answer a call that needs nothing but this CPU
 * @flags: HYP_SMCCC_* of the vCPU
 * @immediate: of the HVC or SMC; the convention's calls have 0
 * @x0: function; its upper half doesn't count (DEN 0028, 3.1)
 * @x1: argument
 * @result: the guest's x0 after the call
 *
 * The workarounds are calls that do nothing: EL2 has applied what the CPU needs when it
 * was entered.
 *
 * Return: false: the call is for somebody else.
 */
static inline bool hyp_smccc_call(u32 flags, u32 immediate, u64 x0, u64 x1, u64 *result)
{
	u32 function = x0;

	if (immediate)
		return false;
	if (hyp_smccc_workaround(function)) {
		*result = 0;
		return true;
	}
	if (!(flags & HYP_SMCCC_CALLS))
		return false;
	if (function == HYP_SMCCC_VERSION) {
		*result = HYP_SMCCC_VERSION_1_2;
		return true;
	}
	if (function == HYP_SMCCC_ARCH_FEATURES) {
		*result = hyp_smccc_feature(flags, x1);
		return true;
	}
	if (function == HYP_SMCCC_ARCH_SOC_ID) {
		*result = hyp_smccc_soc_id(x1);
		return true;
	}
	return false;
}

/* The immediate of an HVC or SMC, from ESR_EL2 (D19.2.37) */
static inline u32 hyp_smccc_immediate(u64 esr)
{
	return esr & 0xffff;
}

#endif /* ARM_VCPU_HYP_SMCCC_H */
