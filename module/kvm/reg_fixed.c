// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers that a guest here hasn't, or that nobody changes: programs find them in KVM's list,
 * and write back what they have read, here or on KVM.
 */
#include <linux/arm-smccc.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <asm/cputype.h>
#include <clocksource/arm_arch_timer.h>

#include "kvm.h"

#define ACTLR_EL1	ARM64_SYS_REG(3, 0, 1, 0, 1)
#define AIDR_EL1	ARM64_SYS_REG(3, 1, 0, 0, 7)
#define CNTPCT_EL0	ARM64_SYS_REG(3, 3, 14, 0, 1)
#define DACR32_EL2	ARM64_SYS_REG(3, 4, 3, 0, 0)
#define DBGBVR0_EL1	ARM64_SYS_REG(2, 0, 0, 0, 4)
#define DBGWVR0_EL1	ARM64_SYS_REG(2, 0, 0, 0, 6)
#define DBGVCR32_EL2	ARM64_SYS_REG(2, 4, 0, 7, 0)
#define DISR_EL1	ARM64_SYS_REG(3, 0, 12, 1, 1)
#define FPEXC32_EL2	ARM64_SYS_REG(3, 4, 5, 3, 0)
#define IFSR32_EL2	ARM64_SYS_REG(3, 4, 5, 0, 1)
#define MDCCINT_EL1	ARM64_SYS_REG(2, 0, 0, 2, 0)
#define MIDR_EL1	ARM64_SYS_REG(3, 0, 0, 0, 0)
#define REVIDR_EL1	ARM64_SYS_REG(3, 0, 0, 0, 6)

/* From a DBGBVR<n>_EL1 to the next, and as many as there can be */
#define DBG_STEP	8
#define DBG_MAX		16

#define STD_TRNG	BIT_ULL(KVM_REG_ARM_STD_BIT_TRNG_V1_0)
#define WA(n, level)	KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_##n##_##level

/**
 * struct kvm_fixed - a register, or a run of registers that are alike
 * @id: of the first
 * @count: how many
 * @step: between their ids
 * @cores: how many at the beginning of the run the core has; NULL: none
 * @get: its value; NULL: 0
 * @set: 0 or an errno; NULL: what is written is lost
 */
struct kvm_fixed {
	u64 id;
	unsigned int count;
	unsigned int step;
	unsigned int (*cores)(void);
	u64 (*get)(struct kvm_cpu *cpu, u64 id);
	long (*set)(struct kvm_cpu *cpu, u64 id, u64 value);
};

static const struct kvm_fixed *find(u64 id);

/* As it is for all vCPUs of a program, wherever they run: that of the CPU that has loaded us */
static u64 midr __ro_after_init;

static u64 get_midr(struct kvm_cpu *cpu, u64 id)
{
	return midr;
}

/* The host's */
static u64 get_counter(struct kvm_cpu *cpu, u64 id)
{
	return arch_timer_read_counter();
}

static long set_same(struct kvm_cpu *cpu, u64 id, u64 value)
{
	const struct kvm_fixed *one = find(id);

	return value == (one->get ? one->get(cpu, id) : 0) ? 0 : -EINVAL;
}

/* Firmware's workarounds 1 and 3 */
static u64 get_workaround(struct kvm_cpu *cpu, u64 id)
{
	switch (arm_vcpu_smccc_feature(cpu->core, id == KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1 ?
				       ARM_SMCCC_ARCH_WORKAROUND_1 : ARM_SMCCC_ARCH_WORKAROUND_3)) {
	case SMCCC_RET_SUCCESS:
		return WA(1, AVAIL);
	case SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED:
		return WA(1, NOT_REQUIRED);
	default:
		return WA(1, NOT_AVAIL);
	}
}

/* A guest may come from where less was said, and believes it */
static long set_workaround(struct kvm_cpu *cpu, u64 id, u64 value)
{
	return value <= get_workaround(cpu, id) ? 0 : -EINVAL;
}

/* Nothing is done for speculative store bypass that a guest hasn't in PSTATE */
static u64 get_workaround_2(struct kvm_cpu *cpu, u64 id)
{
	return arm_vcpu_smccc_feature(cpu->core, ARM_SMCCC_ARCH_WORKAROUND_2) ==
	       SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED ? WA(2, NOT_REQUIRED) : WA(2, NOT_AVAIL);
}

static long set_workaround_2(struct kvm_cpu *cpu, u64 id, u64 value)
{
	switch (value) {
	case WA(2, NOT_AVAIL):
	case WA(2, UNKNOWN):
		return 0;
	case WA(2, AVAIL):
	case WA(2, AVAIL) | WA(2, ENABLED):
	case WA(2, NOT_REQUIRED):
		return get_workaround_2(cpu, id) == WA(2, NOT_REQUIRED) ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static u64 get_std(struct kvm_cpu *cpu, u64 id)
{
	return cpu->vm->no_trng ? 0 : STD_TRNG;
}

static long deny_trng(struct kvm_vm *vm)
{
	struct arm_vcpu_smccc_filter wide = {
		.size = sizeof(wide),
		.action = ARM_VCPU_SMCCC_DENY,
		.first = ARM_SMCCC_TRNG_RND64,
		.count = 1,
	}, others = {
		.size = sizeof(others),
		.action = ARM_VCPU_SMCCC_DENY,
		.first = ARM_SMCCC_TRNG_VERSION,
		.count = ARM_SMCCC_TRNG_RND32 - ARM_SMCCC_TRNG_VERSION + 1,
	};
	long ret = arm_vcpu_vm_command(vm->core, ARM_VCPU_SET_SMCCC_FILTER, &wide) ?:
		   arm_vcpu_vm_command(vm->core, ARM_VCPU_SET_SMCCC_FILTER, &others);

	vm->no_trng = !ret;
	return ret;
}

/* Firmware's standard services, until a vCPU has run.  What was taken away is gone. */
static long set_std(struct kvm_cpu *cpu, u64 id, u64 value)
{
	struct kvm_vm *vm = cpu->vm;
	long ret = 0;

	if (value & ~STD_TRNG)
		return -EINVAL;
	if (mutex_lock_killable(&vm->lock))
		return -EINTR;
	if (value != get_std(cpu, id))
		ret = value ? -EBUSY : deny_trng(vm);
	mutex_unlock(&vm->lock);
	return ret;
}

#define ONE(id, ...)	{ id, 1, 1, NULL, ##__VA_ARGS__ }
#define DBG(id, cores)	{ id, DBG_MAX, DBG_STEP, cores }

static unsigned int breakpoints(void)
{
	return kvm_host.breakpoints;
}

static unsigned int watchpoints(void)
{
	return kvm_host.watchpoints;
}

static unsigned int error_status(void)
{
	return arm_vcpu_has_ras();
}

static const struct kvm_fixed fixed[] = {
	/* Of AArch32, which no guest has at EL1: SPSR_abt and the like, and EL2's for it */
	{ CORE_REG(spsr[KVM_SPSR_ABT]), KVM_NR_SPSR - 1, CORE_STEP },
	ONE(DACR32_EL2),
	ONE(IFSR32_EL2),
	ONE(FPEXC32_EL2),
	ONE(DBGVCR32_EL2),

	/* What guests read as 0, whatever they write; and what their CPU hasn't got */
	ONE(ACTLR_EL1),
	ONE(MDCCINT_EL1),
	DBG(DBGBVR0_EL1, breakpoints),
	DBG(DBGBVR0_EL1 + 1, breakpoints),
	DBG(DBGWVR0_EL1, watchpoints),
	DBG(DBGWVR0_EL1 + 1, watchpoints),
	{ DISR_EL1, 1, 1, error_status },

	ONE(MIDR_EL1, get_midr, set_same),
	ONE(REVIDR_EL1, NULL, set_same),
	ONE(AIDR_EL1, NULL, set_same),
	ONE(CNTPCT_EL0, get_counter),

	ONE(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, get_workaround, set_workaround),
	ONE(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, get_workaround_2, set_workaround_2),
	ONE(KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3, get_workaround, set_workaround),
	ONE(KVM_REG_ARM_STD_BMAP, get_std, set_std),
	/* Stolen time, and what is KVM's own */
	ONE(KVM_REG_ARM_STD_HYP_BMAP, NULL, set_same),
	ONE(KVM_REG_ARM_VENDOR_HYP_BMAP, NULL, set_same),
};

static unsigned int first(const struct kvm_fixed *one)
{
	return one->cores ? one->cores() : 0;
}

static const struct kvm_fixed *find(u64 id)
{
	const struct kvm_fixed *one;

	for (one = fixed; one < fixed + ARRAY_SIZE(fixed); one++)
		if (id >= one->id + first(one) * one->step &&
		    id < one->id + one->count * one->step && !((id - one->id) % one->step))
			return one;
	return NULL;
}

/**
 * kvm_fixed_id() - walk through them
 * @n: 0 and on
 *
 * Return: the id of the nth; 0: there are fewer.
 */
u64 kvm_fixed_id(unsigned int n)
{
	const struct kvm_fixed *one;
	unsigned int i;

	for (one = fixed; one < fixed + ARRAY_SIZE(fixed); one++)
		for (i = first(one); i < one->count; i++)
			if (!n--)
				return one->id + i * one->step;
	return 0;
}

/**
 * kvm_get_fixed() - KVM_GET_ONE_REG of one of them
 * @cpu: whose
 * @id: its id
 * @value: filled in
 *
 * Return: 0, or -ENOENT: it is none.
 */
long kvm_get_fixed(struct kvm_cpu *cpu, u64 id, u64 *value)
{
	const struct kvm_fixed *one = find(id);

	if (!one)
		return -ENOENT;
	*value = one->get ? one->get(cpu, id) : 0;
	return 0;
}

/**
 * kvm_set_fixed() - KVM_SET_ONE_REG of one of them
 * @cpu: whose
 * @id: its id
 * @value: to be its value
 *
 * Return: 0, -EINVAL, -EBUSY, -EINTR, or -ENOENT: it is none.
 */
long kvm_set_fixed(struct kvm_cpu *cpu, u64 id, u64 value)
{
	const struct kvm_fixed *one = find(id);

	if (!one)
		return -ENOENT;
	return one->set ? one->set(cpu, id, value) : 0;
}

/**
 * kvm_fix_regs() - what of them the host decides, once
 */
void __init kvm_fix_regs(void)
{
	midr = read_cpuid_id();
}
