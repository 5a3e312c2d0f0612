// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM_CHECK_EXTENSION: what there is, in one table.  What isn't in it isn't there.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kernel.h>

#include "compat.h"
#include "kvm.h"

/* What the core says of this host: ARM_VCPU_GET_INFO */
struct arm_vcpu_info kvm_host __ro_after_init;

static long max_slots(void)
{
	return kvm_host.max_regions;
}

static long max_vcpus(void)
{
	return kvm_host.max_vcpus;
}

static long good_vcpus(void)
{
	return min(num_online_cpus(), kvm_host.max_vcpus);
}

static long max_ipa_bits(void)
{
	return kvm_host.ipa_bits_max;
}

static long breakpoints(void)
{
	return kvm_host.breakpoints;
}

static long watchpoints(void)
{
	return kvm_host.watchpoints;
}

static long debug_flags(void)
{
	return KVM_FRONT_DEBUG;
}

static long has_gic(void)
{
	return kvm_has_gic();
}

static long max_gsis(void)
{
	return kvm_has_gic() ? KVM_FRONT_GSIS : 0;
}

static long has_ras(void)
{
	return arm_vcpu_has_ras();
}

static long has_pauth(void)
{
	return arm_vcpu_has_pauth();
}

/**
 * struct extension - one that there is
 * @number: KVM_CAP_*
 * @value: what is answered; NULL: 1
 */
struct extension {
	unsigned int number;
	long (*value)(void);
};

static const struct extension extensions[] = {
	{ KVM_CAP_CHECK_EXTENSION_VM },
	{ KVM_CAP_ENABLE_CAP_VM },

	{ KVM_CAP_USER_MEMORY },
	{ KVM_CAP_USER_MEMORY2 },
	{ KVM_CAP_NR_MEMSLOTS, max_slots },
	{ KVM_CAP_READONLY_MEM },
	{ KVM_CAP_SYNC_MMU },
	{ KVM_CAP_DESTROY_MEMORY_REGION_WORKS },
	{ KVM_CAP_JOIN_MEMORY_REGIONS_WORKS },
	{ KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 },
	{ KVM_CAP_ARM_VM_IPA_SIZE, max_ipa_bits },

	{ KVM_CAP_NR_VCPUS, good_vcpus },
	{ KVM_CAP_MAX_VCPUS, max_vcpus },
	{ KVM_CAP_MAX_VCPU_ID, max_vcpus },
	{ KVM_CAP_ONE_REG },
	{ KVM_CAP_MP_STATE },
	{ KVM_CAP_VCPU_EVENTS },
	{ KVM_CAP_ARM_INJECT_EXT_DABT },
	{ KVM_CAP_ARM_INJECT_SERROR_ESR, has_ras },
	{ KVM_CAP_ARM_PTRAUTH_ADDRESS, has_pauth },
	{ KVM_CAP_ARM_PTRAUTH_GENERIC, has_pauth },
	{ KVM_CAP_ARM_PSCI },
	{ KVM_CAP_ARM_PSCI_0_2 },

	{ KVM_CAP_IMMEDIATE_EXIT },
	{ KVM_CAP_INTERNAL_ERROR_DATA },
	{ KVM_CAP_ARM_NISV_TO_USER },
	{ KVM_CAP_SET_GUEST_DEBUG },
	{ KVM_CAP_SET_GUEST_DEBUG2, debug_flags },
	{ KVM_CAP_GUEST_DEBUG_HW_BPS, breakpoints },
	{ KVM_CAP_GUEST_DEBUG_HW_WPS, watchpoints },

	{ KVM_CAP_DEVICE_CTRL },
	{ KVM_CAP_VCPU_ATTRIBUTES },
	{ KVM_CAP_IRQCHIP, has_gic },
	{ KVM_CAP_IRQFD, has_gic },
	{ KVM_CAP_IRQFD_RESAMPLE, has_gic },
	{ KVM_CAP_IRQ_ROUTING, max_gsis },
	{ KVM_CAP_SIGNAL_MSI, has_gic },
	{ KVM_CAP_MSI_DEVID, has_gic },
	{ KVM_CAP_ARM_USER_IRQ },
	{ KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 },
	{ KVM_CAP_IOEVENTFD },
	{ KVM_CAP_IOEVENTFD_ANY_LENGTH },
};

/**
 * kvm_ask_host() - have the core say what there is, once
 *
 * Return: 0 or an error of arm_vcpu_vm_create().
 */
int __init kvm_ask_host(void)
{
	struct vm *vm = arm_vcpu_vm_create();
	long ret;

	if (IS_ERR(vm))
		return PTR_ERR(vm);
	kvm_host.size = sizeof(kvm_host);
	ret = arm_vcpu_vm_command(vm, ARM_VCPU_GET_INFO, &kvm_host);
	arm_vcpu_vm_put(vm);
	return ret;
}

/**
 * kvm_check_extension() - the command KVM_CHECK_EXTENSION
 * @number: KVM_CAP_*
 *
 * Return: 0: it isn't there; or how much of it is.
 */
long kvm_check_extension(unsigned long number)
{
	const struct extension *one;

	for (one = extensions; one < extensions + ARRAY_SIZE(extensions); one++)
		if (one->number == number)
			return one->value ? one->value() : 1;
	return 0;
}
