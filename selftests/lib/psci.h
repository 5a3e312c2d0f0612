/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PSCI, SMCCC and TRNG, as a guest calls them, and the power of vCPUs.
 */
#ifndef SELFTEST_PSCI_H
#define SELFTEST_PSCI_H

#include <string.h>
#include "vm.h"

#define PSCI(n)			(0x84000000U | (n))
#define PSCI64(n)		(0xc4000000U | (n))
#define PSCI_FUNCTIONS		0x20
#define PSCI_VERSION		PSCI(0)
#define CPU_SUSPEND_32		PSCI(1)
#define CPU_SUSPEND		PSCI64(1)
#define CPU_OFF			PSCI(2)
#define CPU_ON_32		PSCI(3)
#define CPU_ON			PSCI64(3)
#define AFFINITY_INFO_32	PSCI(4)
#define AFFINITY_INFO		PSCI64(4)
#define MIGRATE_INFO_TYPE	PSCI(6)
#define SYSTEM_OFF		PSCI(8)
#define SYSTEM_RESET		PSCI(9)
#define PSCI_FEATURES		PSCI(10)
#define SYSTEM_SUSPEND		PSCI64(14)
#define SYSTEM_RESET2_32	PSCI(18)
#define SYSTEM_RESET2		PSCI64(18)

#define TRNG_VERSION		PSCI(0x50)
#define TRNG_FEATURES		PSCI(0x51)
#define TRNG_GET_UUID		PSCI(0x52)
#define TRNG_RND32		PSCI(0x53)
#define TRNG_RND64		PSCI64(0x53)

#define SMCCC_VERSION		0x80000000U
#define SMCCC_ARCH_FEATURES	0x80000001U
#define SMCCC_ARCH_SOC_ID	0x80000002U

#define SUCCESS			0
#define NOT_SUPPORTED		(-1)
#define INVALID_PARAMETERS	(-2)
#define ALREADY_ON		(-4)
#define ON_PENDING		(-5)
#define INVALID_ADDRESS		(-9)

/* In the upper half of what is 32 bits wide */
#define JUNK			(0xdeadbeefUL << 32)

/* A call with x0 to x3, and CALL_ANSWERED with what comes of it */
#define CALL_ANSWERED		0x5530
GUEST_ASM(guest_by_hvc, "hvc #0\n hvc #" STR(CALL_ANSWERED) "\n b .");
GUEST_ASM(guest_by_smc, "smc #0\n hvc #" STR(CALL_ANSWERED) "\n b .");

/* A VM with all guest code, whose PSCI is the kernel's, too */
static inline void psci_vm(struct vm *vm)
{
	vm_create(vm);
	vm_replace(vm, 0, ARM_VCPU_CONFIG_PSCI);
}

/* What the guest's call ends in: the exit's reason, and whether the kernel has answered */
static inline u32 psci_exit(struct vcpu *vcpu, const void *guest, u64 x0, u64 x1, u64 x2, u64 x3)
{
	if (vcpu_set_entry(vcpu, vm_gpa(guest), x0, x1, x2, x3))
		die("SET_ENTRY failed");
	return vcpu_next(vcpu);
}

static inline bool psci_answered(struct vcpu *vcpu)
{
	return vcpu->run->exit_reason == ARM_VCPU_EXIT_HYPERCALL &&
	       vcpu->run->call.immediate == CALL_ANSWERED;
}

/* The answer to a call that the kernel has to answer */
static inline s64 psci_do(struct vcpu *vcpu, u64 x0, u64 x1, u64 x2, u64 x3, const char *file,
			  int line)
{
	u32 reason = psci_exit(vcpu, guest_by_hvc, x0, x1, x2, x3);

	if (!psci_answered(vcpu))
		die("%s:%d: %#llx is an exit %s", file, line, (unsigned long long)x0,
		    exit_name(reason));
	return (s64)vcpu->run->x[0];
}

#define psci(vcpu, x0, x1, x2, x3)	psci_do(vcpu, x0, x1, x2, x3, __FILE__, __LINE__)

static inline int vcpu_get_power(struct vcpu *vcpu, u64 *state)
{
	struct arm_vcpu_power power = { .size = sizeof(power), .state = ~0UL };
	int ret = vm_ioctl(vcpu->fd, ARM_VCPU_GET_POWER, &power);

	*state = power.state;
	return ret;
}

static inline int vcpu_set_power(struct vcpu *vcpu, u64 state)
{
	struct arm_vcpu_power power = { .size = sizeof(power), .state = state };

	return vm_ioctl(vcpu->fd, ARM_VCPU_SET_POWER, &power);
}

static inline u64 vcpu_power(struct vcpu *vcpu)
{
	u64 state;

	if (vcpu_get_power(vcpu, &state))
		die("GET_POWER failed");
	return state;
}

/* Up to where the guest has switched it off; RUN may return before */
static inline void vcpu_run_until_off(struct vcpu *vcpu)
{
	while (vcpu_power(vcpu) == ARM_VCPU_POWER_ON)
		if (vcpu_run(vcpu))
			die("RUN failed");
}

static inline int vm_smccc_filter(int fd, u32 first, u32 count, u64 action)
{
	struct arm_vcpu_smccc_filter filter = {
		.size = sizeof(filter), .first = first, .count = count, .action = action,
	};

	return vm_ioctl(fd, ARM_VCPU_SET_SMCCC_FILTER, &filter);
}

#endif
