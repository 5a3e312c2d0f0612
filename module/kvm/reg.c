// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers by id.  KVM's ids are the core's, but for these:
 *
 *  - general registers, pc and pstate, which the core has in its run page
 *  - those that a guest hasn't, or that nobody changes: reg_fixed.c
 *  - the virtual timer's counter and its compare value, whose ids KVM has swapped
 *  - those of EL2 that are KVM_GET_VCPU_EVENTS's here
 *  - the version of PSCI, of which a VM's features leave some
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/uaccess.h>
#include <asm/ptrace.h>

#include "kvm.h"

#define NR_X		31

#define HCR_EL2		ARM_VCPU_REG_SYSREG(3, 4, 1, 1, 0)
#define VSESR_EL2	ARM_VCPU_REG_SYSREG(3, 4, 5, 2, 3)

#define ID_AA64PFR0_EL1	ARM64_SYS_REG(3, 0, 0, 4, 0)
#define PFR0_GIC	GENMASK_ULL(27, 24)

#define MAX_WORDS	2

/* What the core has in its run page: runs of ids */
static const struct {
	u64 first;
	unsigned int count;
} own_ids[] = {
	{ CORE_REG(regs.regs[0]), NR_X },
	{ CORE_REG(regs.pc), 1 },
	{ CORE_REG(regs.pstate), 1 },
};

static bool in_run(u64 id, unsigned int run)
{
	return id >= own_ids[run].first && !((id - own_ids[run].first) % CORE_STEP) &&
	       (id - own_ids[run].first) / CORE_STEP < own_ids[run].count;
}

/* What the core calls it; 0: it isn't to be seen here */
static u64 core_id(u64 id)
{
	switch (id) {
	case KVM_REG_ARM_TIMER_CNT:
		return KVM_REG_ARM_TIMER_CVAL;
	case KVM_REG_ARM_TIMER_CVAL:
		return KVM_REG_ARM_TIMER_CNT;
	case HCR_EL2:
	case VSESR_EL2:
		return 0;
	default:
		return id;
	}
}

/* Those in the run page; NULL: another */
static u64 *in_page(struct kvm_cpu *cpu, u64 id)
{
	if (in_run(id, 0))
		return &cpu->page->x[(id - own_ids[0].first) / CORE_STEP];
	if (id == CORE_REG(regs.pc))
		return &cpu->page->pc;
	return id == CORE_REG(regs.pstate) ? &cpu->page->pstate : NULL;
}

/* EL0 and EL1 of AArch64; what else there is in it, the core takes care of */
static bool pstate_is_valid(u64 pstate)
{
	switch (pstate & (PSR_MODE32_BIT | PSR_MODE_MASK)) {
	case PSR_MODE_EL0t:
	case PSR_MODE_EL1t:
	case PSR_MODE_EL1h:
		return true;
	default:
		return false;
	}
}

/* 0.1 is what there is without the feature, and that alone */
static bool psci_is_valid(const struct kvm_cpu *cpu, u64 version)
{
	bool newer = cpu->vm->features & BIT(KVM_ARM_VCPU_PSCI_0_2);

	return newer == (version != PSCI_VERSION(0, 1));
}

static long get(struct kvm_cpu *cpu, u64 id, u64 *value)
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = core_id(id) };
	u64 *page = in_page(cpu, id);
	long ret;

	if (page) {
		*value = *page;
		return 0;
	}
	ret = kvm_get_fixed(cpu, id, value);
	if (ret != -ENOENT)
		return ret;
	ret = arm_vcpu_command(cpu->core, ARM_VCPU_GET_REG, &reg);
	memcpy(value, reg.value, sizeof(reg.value));
	return ret;
}

/* Programs write what they have read before there was a GIC: that there is one stays */
static void take_gic(struct kvm_cpu *cpu, u64 *pfr0)
{
	u64 now[MAX_WORDS];

	if (!get(cpu, ID_AA64PFR0_EL1, now))
		*pfr0 = (*pfr0 & ~PFR0_GIC) | (now[0] & PFR0_GIC);
}

static long set(struct kvm_cpu *cpu, u64 id, const u64 *value)
{
	struct arm_vcpu_reg reg = { .size = sizeof(reg), .id = core_id(id) };
	u64 *page = in_page(cpu, id);
	long ret;

	if (page) {
		if (id == CORE_REG(regs.pstate) && !pstate_is_valid(*value))
			return -EINVAL;
		*page = *value;
		return 0;
	}
	ret = kvm_set_fixed(cpu, id, *value);
	if (ret != -ENOENT)
		return ret;
	if (id == KVM_REG_ARM_PSCI_VERSION && !psci_is_valid(cpu, *value))
		return -EINVAL;
	memcpy(reg.value, value, sizeof(reg.value));
	if (id == ID_AA64PFR0_EL1)
		take_gic(cpu, &reg.value[0]);
	return arm_vcpu_command(cpu->core, ARM_VCPU_SET_REG, &reg);
}

static long check(const struct kvm_cpu *cpu, u64 id)
{
	if (!cpu->initialised)
		return -ENOEXEC;
	if ((id & KVM_REG_ARCH_MASK) != KVM_REG_ARM64)
		return -EINVAL;
	return KVM_REG_SIZE(id) > MAX_WORDS * sizeof(u64) ? -ENOENT : 0;
}

/**
 * kvm_get_reg() - the command KVM_GET_ONE_REG
 * @object: struct kvm_cpu
 * @arg: struct kvm_one_reg
 * @user: not used
 *
 * Return: 0, -ENOEXEC, -EINVAL, -ENOENT, -EFAULT.
 */
long kvm_get_reg(void *object, void *arg, unsigned long user)
{
	const struct kvm_one_reg *reg = arg;
	struct kvm_cpu *cpu = object;
	u64 value[MAX_WORDS] = { };
	long ret = check(cpu, reg->id) ?: get(cpu, reg->id, value);

	if (ret)
		return ret;
	return copy_to_user(u64_to_user_ptr(reg->addr), value, KVM_REG_SIZE(reg->id)) ?
	       -EFAULT : 0;
}

/**
 * kvm_set_reg() - the command KVM_SET_ONE_REG
 * @object: struct kvm_cpu
 * @arg: struct kvm_one_reg
 * @user: not used
 *
 * Return: 0, -ENOEXEC, -EINVAL, -ENOENT, -EBUSY, -EINTR, -EFAULT.
 */
long kvm_set_reg(void *object, void *arg, unsigned long user)
{
	const struct kvm_one_reg *reg = arg;
	struct kvm_cpu *cpu = object;
	u64 value[MAX_WORDS] = { };
	long ret = check(cpu, reg->id);

	if (ret)
		return ret;
	if (copy_from_user(value, u64_to_user_ptr(reg->addr), KVM_REG_SIZE(reg->id)))
		return -EFAULT;
	return set(cpu, reg->id, value);
}

/**
 * struct reg_ids - the program's list
 * @to: where it goes
 * @room: for how many there is room
 * @n: how many there are so far
 */
struct reg_ids {
	u64 __user *to;
	u64 room;
	u64 n;
};

static long add(struct reg_ids *ids, u64 id)
{
	if (ids->n < ids->room && put_user(id, ids->to + ids->n))
		return -EFAULT;
	ids->n++;
	return 0;
}

static long list(struct kvm_cpu *cpu, struct reg_ids *ids)
{
	unsigned int run, i;
	long ret = 0;
	u64 id;

	for (run = 0; run < ARRAY_SIZE(own_ids); run++)
		for (i = 0; !ret && i < own_ids[run].count; i++)
			ret = add(ids, own_ids[run].first + i * CORE_STEP);
	for (i = 0; !ret && (id = kvm_fixed_id(i)); i++)
		ret = add(ids, id);
	for (id = arm_vcpu_next_reg(cpu->core, 0); !ret && id;
	     id = arm_vcpu_next_reg(cpu->core, id))
		if (core_id(id))
			ret = add(ids, id);
	return ret;
}

/**
 * kvm_list_regs() - the command KVM_GET_REG_LIST
 * @object: struct kvm_cpu
 * @arg: struct kvm_reg_list, without its ids; its n becomes how many there are
 * @user: all of it
 *
 * Return: 0, -ENOEXEC, -E2BIG (there isn't room for all), -EFAULT.
 */
long kvm_list_regs(void *object, void *arg, unsigned long user)
{
	struct kvm_reg_list __user *to = (void __user *)user;
	struct kvm_reg_list *head = arg;
	struct reg_ids ids = { .to = to->reg, .room = head->n };
	struct kvm_cpu *cpu = object;
	long ret;

	if (!cpu->initialised)
		return -ENOEXEC;
	ret = list(cpu, &ids);
	if (ret || ids.n <= head->n) {
		head->n = ids.n;
		return ret;
	}
	return put_user(ids.n, &to->n) ? -EFAULT : -E2BIG;
}
