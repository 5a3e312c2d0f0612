// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/misc/arm_vcpu/mitigations: a line for CPUs that are alike, with what was put in
 * place for them when they were taken:
 *
 *   <CPUs>: <what entry from a guest does about Spectre>; errata: <those worked around>
 *
 * A CPU that isn't there runs no vCPUs.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "host/cpu.h"
#include "host/el2.h"
#include "mitigations.h"

static const char * const spectre_names[HYP_NR_SPECTRE] = {
	[HYP_SPECTRE_NONE] = "none",
	[HYP_SPECTRE_LOOP] = "BHB loop",
	[HYP_SPECTRE_CLRBHB] = "ClearBHB",
	[HYP_SPECTRE_WA1] = "workaround 1",
	[HYP_SPECTRE_WA3] = "workaround 3",
};

/* By number, where it is one; the others have a number for each model of CPU */
static const struct {
	u64 feature;
	const char *name;
} errata[] = {
	{ HYP_CPU_HPFAR_BY_AT, "834220" },
	{ HYP_CPU_SPECULATIVE_AT, "speculative AT" },
	{ HYP_CPU_REPEAT_TLBI, "repeat TLBI" },
	{ HYP_CPU_HCR_BARRIERS, "AC04_CPU_23" },
};

static bool alike(const struct hyp_cpu *a, const struct hyp_cpu *b)
{
	u64 differ = a->features ^ b->features;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errata); i++)
		if (differ & errata[i].feature)
			return false;
	return a->spectre == b->spectre && a->bhb_loops == b->bhb_loops;
}

static int print(char *page, int at, const struct cpumask *cpus, const struct hyp_cpu *cpu)
{
	const char *separator = " ";
	int start = at;
	unsigned int i;

	at += sysfs_emit_at(page, at, "%*pbl: %s", cpumask_pr_args(cpus),
			    spectre_names[cpu->spectre]);
	if (cpu->spectre == HYP_SPECTRE_LOOP)
		at += sysfs_emit_at(page, at, " %llu", cpu->bhb_loops);
	at += sysfs_emit_at(page, at, "; errata:");
	for (i = 0; i < ARRAY_SIZE(errata); i++) {
		if (!(cpu->features & errata[i].feature))
			continue;
		at += sysfs_emit_at(page, at, "%s%s", separator, errata[i].name);
		separator = ", ";
	}
	at += sysfs_emit_at(page, at, "%s\n", *separator == ',' ? "" : " none");
	return at - start;
}

static ssize_t mitigations_show(struct device *device, struct device_attribute *attribute,
				char *page)
{
	struct cpumask *left, *group;
	unsigned int first, cpu;
	int at = 0;

	left = kcalloc(2, cpumask_size(), GFP_KERNEL);
	if (!left)
		return -ENOMEM;
	group = (void *)left + cpumask_size();

	cpus_read_lock();
	cpumask_copy(left, &pcpu_usable);
	while (!cpumask_empty(left)) {
		first = cpumask_first(left);
		cpumask_clear(group);
		for_each_cpu(cpu, left)
			if (alike(per_cpu(el2_cpu, cpu), per_cpu(el2_cpu, first)))
				cpumask_set_cpu(cpu, group);
		cpumask_andnot(left, left, group);
		at += print(page, at, group, per_cpu(el2_cpu, first));
	}
	cpus_read_unlock();
	kfree(left);
	return at;
}
static DEVICE_ATTR_RO(mitigations);

static struct attribute *mitigations_attrs[] = {
	&dev_attr_mitigations.attr,
	NULL
};

static const struct attribute_group mitigations_group = {
	.attrs = mitigations_attrs,
};

const struct attribute_group *mitigations_groups[] = {
	&mitigations_group,
	NULL
};
