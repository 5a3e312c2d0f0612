// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU's power, with ARM_VCPU_CONFIG_PSCI.  Without, it is on for good.
 *
 *   OFF to ON_PENDING        CPU_ON of another vCPU, from any thread; vm->lock is held
 *   ON_PENDING to ON         its own next RUN, which resets it
 *   ON to OFF                its own CPU_OFF
 *   to ON or OFF             the VMM's SET_ENTRY and SET_POWER
 *
 * All but the first have vcpu->lock, so two sides can meet in OFF alone: there a change is a
 * compare and exchange, and of several that switch a vCPU on one succeeds.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <uapi/linux/psci.h>

#include "gic/device.h"
#include "guest/halt.h"
#include "host/cpu.h"
#include "power.h"
#include "reset.h"

/**
 * power_init() - the power of a vCPU that nobody knows yet
 * @vcpu: its VM is configured
 */
void power_init(struct vcpu *vcpu)
{
	vcpu->power = ARM_VCPU_POWER_ON;
	if (vcpu->vm->config_flags & ARM_VCPU_CONFIG_PSCI)
		power_off(vcpu);
}

/**
 * power_off() - switch a vCPU off
 * @vcpu: with its lock held; what RUN does next is to wait
 */
void power_off(struct vcpu *vcpu)
{
	gic_power_off(vcpu);
	set_bit(VCPU_OFF, &vcpu->unready);
	/* From here on another one can switch it on, and RUN has to see that it has been off */
	smp_store_release(&vcpu->power, ARM_VCPU_POWER_OFF);
}

/**
 * power_begin() - begin, if somebody has switched it on
 * @vcpu: with its lock held, and not in the guest
 *
 * As SET_ENTRY does it; and data are big-endian when the caller's were (DEN 0022, 6.4).
 *
 * Return: whether it is on now.
 */
bool power_begin(struct vcpu *vcpu)
{
	struct arm_vcpu_entry entry = { };
	bool big_endian;

	/* Pairs with the exchange in switch_on() */
	if (smp_load_acquire(&vcpu->power) != ARM_VCPU_POWER_ON_PENDING)
		return false;
	entry.pc = vcpu->begin.entry;
	entry.x[0] = vcpu->begin.context;
	big_endian = vcpu->begin.big_endian;
	pcpu_evict(vcpu->hyp);
	reset_vcpu(vcpu, &entry);
	if (big_endian)
		vcpu->hyp->regs[HYP_REG_SCTLR_EL1] |= HYP_SCTLR_EE;
	return true;
}

static bool in_group(const struct vcpu *vcpu, u64 mpidr, u64 mask)
{
	return !((vcpu->hyp->vmpidr ^ mpidr) & mask);
}

/* @begin is nobody's as long as the vCPU is off: vm->lock keeps others out */
static long switch_on(struct vcpu *vcpu, const struct power_on *begin)
{
	u32 state = READ_ONCE(vcpu->power);

	if (state == ARM_VCPU_POWER_OFF) {
		vcpu->begin = *begin;
		state = cmpxchg_release(&vcpu->power, ARM_VCPU_POWER_OFF,
					ARM_VCPU_POWER_ON_PENDING);
	}
	switch (state) {
	case ARM_VCPU_POWER_OFF:
		halt_end(vcpu);
		return PSCI_RET_SUCCESS;
	case ARM_VCPU_POWER_ON_PENDING:
		return PSCI_RET_ON_PENDING;
	default:
		return PSCI_RET_ALREADY_ON;
	}
}

/**
 * power_on() - have a vCPU switched on
 * @vm: whose
 * @mpidr: its affinity
 * @begin: how it begins
 *
 * Return: CPU_ON's result.
 */
long power_on(struct vm *vm, u64 mpidr, const struct power_on *begin)
{
	long result = PSCI_RET_INVALID_PARAMS;
	struct vcpu *vcpu;

	mutex_lock(&vm->lock);
	list_for_each_entry(vcpu, &vm->vcpus, node) {
		if (!in_group(vcpu, mpidr, MPIDR_AFFINITY))
			continue;
		result = switch_on(vcpu, begin);
		break;
	}
	mutex_unlock(&vm->lock);
	return result;
}

/**
 * power_info() - whether any of a group of vCPUs is on
 * @vm: whose
 * @mpidr: affinity of the group
 * @mask: the fields of it that count
 *
 * Return: AFFINITY_INFO's result.
 */
long power_info(struct vm *vm, u64 mpidr, u64 mask)
{
	bool on = false, pending = false, off = false;
	struct vcpu *vcpu;

	mutex_lock(&vm->lock);
	list_for_each_entry(vcpu, &vm->vcpus, node) {
		u32 state = READ_ONCE(vcpu->power);

		if (!in_group(vcpu, mpidr, mask))
			continue;
		on |= state == ARM_VCPU_POWER_ON;
		pending |= state == ARM_VCPU_POWER_ON_PENDING;
		off |= state == ARM_VCPU_POWER_OFF;
	}
	mutex_unlock(&vm->lock);
	return on ? PSCI_0_2_AFFINITY_LEVEL_ON :
	       pending ? PSCI_0_2_AFFINITY_LEVEL_ON_PENDING :
	       off ? PSCI_0_2_AFFINITY_LEVEL_OFF : PSCI_RET_INVALID_PARAMS;
}

/**
 * power_set() - the command SET_POWER
 * @vcpu: with its lock held, and not running
 * @state: ARM_VCPU_POWER_*
 *
 * Registers stay as they are: those of a vCPU that is on are what the VMM has made them.
 *
 * Return: 0, -EINVAL or -ENOEXEC.
 */
int power_set(struct vcpu *vcpu, u64 state)
{
	switch (state) {
	case ARM_VCPU_POWER_OFF:
		power_off(vcpu);
		return 0;
	case ARM_VCPU_POWER_ON:
		if (test_bit(VCPU_NO_ENTRY, &vcpu->unready))
			return -ENOEXEC;
		WRITE_ONCE(vcpu->power, ARM_VCPU_POWER_ON);
		clear_bit(VCPU_OFF, &vcpu->unready);
		return 0;
	default:
		return -EINVAL;
	}
}
