// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical CPUs: taken and handed back as they come and go, and whose guest state each
 * of them holds.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <asm/sysreg.h>

#include "cpu.h"
#include "el2.h"
#include "features.h"
#include "../../uapi/linux/arm_vcpu.h"

DEFINE_PER_CPU(struct hyp_vcpu *, pcpu_resident);
bool pcpu_dying;
struct cpumask pcpu_usable;
static bool loading = true;
static int hotplug_state;
static u64 ich_vtr;

/* @which: a vCPU, or NULL for whichever is here; interrupts are off */
static void evict_here(void *which)
{
	struct hyp_vcpu *vcpu = __this_cpu_read(pcpu_resident);

	if (!vcpu || (which && which != vcpu))
		return;
	hyp_put(__this_cpu_read(el2_cpu), vcpu);
	__this_cpu_write(pcpu_resident, NULL);
	/* Pairs with the acquire in pcpu_evict() and pcpu_load() */
	smp_store_release(&vcpu->resident_cpu, -1);
}

void pcpu_evict(struct hyp_vcpu *vcpu)
{
	int cpu;

	/*
	 * Once more if it wasn't there when the call arrived: only the vCPU's own thread
	 * makes it resident, and we are it or hold its lock, so this ends.  A CPU that goes
	 * offline evicts by itself.
	 */
	for (;;) {
		/* Pairs with the release in evict_here() */
		cpu = smp_load_acquire(&vcpu->resident_cpu);
		if (cpu < 0)
			return;
		if (smp_call_function_single(cpu, evict_here, vcpu, true))
			cpu_relax();
	}
}

bool pcpu_load(struct hyp_vcpu *vcpu)
{
	/* Pairs with the release in evict_here() */
	if (smp_load_acquire(&vcpu->resident_cpu) >= 0)
		return false;
	evict_here(NULL);
	hyp_load(__this_cpu_read(el2_cpu), vcpu);
	__this_cpu_write(pcpu_resident, vcpu);
	WRITE_ONCE(vcpu->resident_cpu, smp_processor_id());
	return true;
}

/* One section: in between, a vCPU could become resident again on a CPU that isn't ours any more */
static void release_here(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	evict_here(NULL);
	el2_release();
	local_irq_restore(flags);
}

/**
 * pcpu_ich_vtr() - the list registers that guests may have, wherever they run
 *
 * Return: features_ich_vtr() of all CPUs, or 0 if they differ.
 */
u64 pcpu_ich_vtr(void)
{
	return ich_vtr;
}

/* While the module loads: the first CPU, or one more */
static void list_regs_note(u64 vtr)
{
	ich_vtr = (cpumask_empty(&pcpu_usable) || vtr == ich_vtr) ? vtr : 0;
}

static int take(void)
{
	u64 vtr;
	int ret = features_fit() ?: el2_take();

	if (ret)
		return ret;
	vtr = features_ich_vtr(this_cpu_read(el2_cpu));
	if (READ_ONCE(loading)) {
		list_regs_note(vtr);
	} else if (ich_vtr && vtr != ich_vtr) {
		el2_release();
		return -EOPNOTSUPP;
	}
	return 0;
}

/*
 * In the hotplug thread of the CPU, or for each CPU at load.  A CPU that comes late and
 * doesn't fit must not be kept from the host: it just runs no vCPU.
 */
static int come_up(unsigned int cpu)
{
	int ret;

	if (pcpu_host_dying())
		return 0;
	ret = take();
	if (!ret)
		cpumask_set_cpu(cpu, &pcpu_usable);
	if (!ret || READ_ONCE(loading))
		return ret;
	pr_err("CPU %u runs no vCPUs (%d)\n", cpu, ret);
	return 0;
}

/*
 * Before the tasks of the CPU are moved away: a vCPU thread that is still here finds that
 * EL2 isn't ours, and waits to be moved.
 */
static int go_down(unsigned int cpu)
{
	cpumask_clear_cpu(cpu, &pcpu_usable);
	release_here(NULL);
	return 0;
}

/* A power-down takes all state of EL2 with it; interrupts are off */
static int cpu_pm_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	unsigned int cpu = smp_processor_id();

	switch (action) {
	case CPU_PM_ENTER:
		release_here(NULL);
		break;
	case CPU_PM_ENTER_FAILED:
	case CPU_PM_EXIT:
		if (!cpumask_test_cpu(cpu, &pcpu_usable) || pcpu_host_dying() || !el2_take())
			break;
		cpumask_clear_cpu(cpu, &pcpu_usable);
		pr_err("CPU %u runs no vCPUs after its sleep\n", cpu);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block cpu_pm_nb = {
	.notifier_call = cpu_pm_notify,
};

/* What boots next, by firmware or kexec, finds EL2 as this kernel found it */
static int reboot_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	WRITE_ONCE(pcpu_dying, true);
	/* The interrupt also takes each CPU out of its guest */
	on_each_cpu(release_here, NULL, true);
	return NOTIFY_OK;
}

static struct notifier_block reboot_nb = {
	.notifier_call = reboot_notify,
};

int pcpu_init(void)
{
	int ret;

	features_setup();
	/* First, for a CPU that has been taken may go to sleep at once */
	ret = cpu_pm_register_notifier(&cpu_pm_nb);
	if (ret)
		return ret;
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "arm_vcpu:online", come_up, go_down);
	if (ret < 0)
		goto fail_hotplug;
	hotplug_state = ret;
	WRITE_ONCE(loading, false);
	ret = register_reboot_notifier(&reboot_nb);
	if (ret)
		goto fail_reboot;
	return 0;

fail_reboot:
	cpuhp_remove_state(hotplug_state);
fail_hotplug:
	cpu_pm_unregister_notifier(&cpu_pm_nb);
	return ret;
}

void pcpu_exit(void)
{
	unregister_reboot_notifier(&reboot_nb);
	cpuhp_remove_state(hotplug_state);
	cpu_pm_unregister_notifier(&cpu_pm_nb);
}
