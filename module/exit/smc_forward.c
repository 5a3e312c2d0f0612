// SPDX-License-Identifier: GPL-2.0-only
/*
 * SMCs of a guest's that the host's firmware answers: those that CONFIGURE has listed.
 *
 * Linux makes the call, so what a function does, it does to the CPU that Linux runs on.
 */
#include <linux/acpi.h>
#include <linux/arm-smccc.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/string.h>
#include <uapi/linux/psci.h>

#include "host/passthrough.h"
#include "smc_forward.h"

/* Services of the standard range that read; most others are power, CPUs and memory */
static const u32 standard[] = {
	PSCI_0_2_FN_PSCI_VERSION,
	PSCI_0_2_FN_MIGRATE_INFO_TYPE,
	PSCI_1_0_FN_PSCI_FEATURES,
	ARM_SMCCC_TRNG_VERSION,
	ARM_SMCCC_TRNG_FEATURES,
	ARM_SMCCC_TRNG_GET_UUID,
	ARM_SMCCC_TRNG_RND32,
	ARM_SMCCC_TRNG_RND64,
};

static bool is_in(u32 function, const u32 *functions, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (functions[i] == function)
			return true;
	return false;
}

/*
 * A call that isn't fast can be preempted in firmware, and is bound to its CPU until it has
 * been resumed there (DEN 0028, 2.5): a vCPU moves.
 */
static bool forwardable(u32 function)
{
	u32 owner = ARM_SMCCC_OWNER_NUM(function);

	if (!ARM_SMCCC_IS_FAST_CALL(function))
		return false;
	if (owner == ARM_SMCCC_OWNER_STANDARD)
		return is_in(function, standard, ARRAY_SIZE(standard));
	return owner == ARM_SMCCC_OWNER_SIP || owner == ARM_SMCCC_OWNER_OEM ||
	       owner >= ARM_SMCCC_OWNER_TRUSTED_APP;
}

static bool device_tree_says_smc(void)
{
	static const struct of_device_id psci[] = {
		{ .compatible = "arm,psci-1.0" },
		{ .compatible = "arm,psci-0.2" },
		{ .compatible = "arm,psci" },
		{ }
	};
	struct device_node *np = of_find_matching_node(NULL, psci);
	const char *method;
	bool smc = np && !of_property_read_string(np, "method", &method) && !strcmp(method, "smc");

	of_node_put(np);
	return smc;
}

static bool acpi_says_smc(void)
{
#ifdef CONFIG_ACPI
	u16 flags = acpi_gbl_FADT.arm_boot_flags;

	return (flags & ACPI_FADT_PSCI_COMPLIANT) && !(flags & ACPI_FADT_PSCI_USE_HVC);
#else
	return false;
#endif
}

/**
 * smc_forward_max() - how many functions CONFIGURE takes
 *
 * Where no firmware answers, an SMC is undefined (C6.2.291): PSCI tells whether one does.
 *
 * Return: their number.
 */
u32 smc_forward_max(void)
{
	if (!passthrough_offered())
		return 0;
	return (acpi_disabled ? device_tree_says_smc() : acpi_says_smc()) ? ARM_VCPU_MAX_SMC : 0;
}

/**
 * smc_forward_check() - may these functions be listed
 * @functions: ARM_VCPU_MAX_SMC ids, 0 for none
 *
 * Return: 0, -EINVAL for one that isn't forwarded, -EOPNOTSUPP, -EPERM.
 */
int smc_forward_check(const u32 *functions)
{
	unsigned int i;

	if (!memchr_inv(functions, 0, ARM_VCPU_MAX_SMC * sizeof(*functions)))
		return 0;
	if (!smc_forward_max())
		return -EOPNOTSUPP;
	for (i = 0; i < ARM_VCPU_MAX_SMC; i++)
		if (functions[i] && !forwardable(functions[i]))
			return -EINVAL;
	return passthrough_permitted();
}

/**
 * smc_forward() - make the guest's call, if it is listed
 * @vcpu: whose; pc is at the SMC
 *
 * Of the 32-bit convention, arguments are the lower halves (DEN 0028, 3.1).  The guest's x4
 * to x17 are kept, whatever firmware does with the CPU's.
 *
 * Return: whether it was made.
 */
bool smc_forward(struct vcpu *vcpu)
{
	u32 function = vcpu_get_x(vcpu, 0);
	u64 mask = ARM_SMCCC_IS_64(function) ? ~0ULL : U32_MAX;
	struct arm_smccc_res res;
	u64 x[8];
	int i;

	if (!function || !is_in(function, vcpu->vm->smc, ARM_VCPU_MAX_SMC))
		return false;
	for (i = 1; i < 8; i++)
		x[i] = vcpu_get_x(vcpu, i) & mask;
	arm_smccc_smc(function, x[1], x[2], x[3], x[4], x[5], x[6], x[7], &res);
	vcpu_set_x(vcpu, 0, res.a0);
	vcpu_set_x(vcpu, 1, res.a1);
	vcpu_set_x(vcpu, 2, res.a2);
	vcpu_set_x(vcpu, 3, res.a3);
	return true;
}
