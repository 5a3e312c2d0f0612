// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is EL2 free, how is it reached, and the calls that don't care how.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "el2.h"
#include "features.h"
#include "kick.h"
#include "ppi.h"

DEFINE_PER_CPU(bool, el2_taken);
DEFINE_PER_CPU(struct hyp_cpu *, el2_cpu);

const struct el2_ops *el2 __ro_after_init;

#define CURRENT_EL2		0x8
#define ICC_CTLR_EL1		sys_reg(3, 0, 12, 12, 4)
#define ICC_CTLR_EOIMODE	BIT(1)
#define PFR0_EL2(pfr0)		(((pfr0) >> 8) & 0xf)

/*
 * The virtual timer's interrupt can be had only where the host was booted at EL2 (else it
 * is the host's tick) and no other hypervisor has initialised (KVM never gives it back).
 * Holding it is our lock on EL2.  This says why it can't be had.
 */
static int refuse_taken(u64 pfr0)
{
	if (!PFR0_EL2(pfr0)) {
		pr_err("this CPU has no EL2, or firmware hides it\n");
		return -ENODEV;
	}
	if (features_gicv3() && !(read_sysreg_s(ICC_CTLR_EL1) & ICC_CTLR_EOIMODE)) {
		pr_err("the host was booted at EL1: its boot loader has to enter it at EL2\n");
		return -EPERM;
	}
	pr_err("EL2 is not free: KVM holds it; boot with kvm-arm.mode=none\n");
	return -EBUSY;
}

/*
 * No HVC is made before all this has passed: one that nobody answers stops the machine.
 * The stub's answer to an unknown call is looked at on each CPU when it is taken.
 */
static int el2_probe(void)
{
	u64 pfr0 = read_sanitised_ftr_reg(SYS_ID_AA64PFR0_EL1);
	int ret;

	if (system_uses_irq_prio_masking()) {
		pr_err("interrupts masked by priority would be lost in a guest; boot without irqchip.gicv3_pseudo_nmi=1\n");
		return -EOPNOTSUPP;
	}
	if (features_gicv5()) {
		pr_err("the interrupt controller is a GICv5, which can't be kept from guests yet\n");
		return -EOPNOTSUPP;
	}

	ret = ppi_request();
	if (ret == -ENOENT) {
		pr_err("no architected timer in the device tree or ACPI tables\n");
		return -ENODEV;
	}
	if (ret == -EBUSY)
		return refuse_taken(pfr0);
	if (ret)
		return ret;

	if (read_sysreg(CurrentEL) == CURRENT_EL2) {
		el2 = &el2_vhe_ops;
		return 0;
	}
	if (!PFR0_EL2(pfr0)) {
		ret = refuse_taken(pfr0);
		goto free_ppi;
	}
	if (features_gicv3() && !(read_sysreg_s(ICC_CTLR_EL1) & ICC_CTLR_EOIMODE)) {
		ret = refuse_taken(pfr0);
		goto free_ppi;
	}
	el2 = &el2_nvhe_ops;
	return 0;

free_ppi:
	ppi_free();
	return ret;
}

int __init el2_init(void)
{
	int ret;

	ret = el2_probe();
	if (ret)
		return ret;
	ret = el2->init();
	if (ret)
		ppi_free();
	return ret;
}

void el2_exit(void)
{
	el2->exit();
	ppi_free();
}

unsigned int el2_mode(void)
{
	return el2->mode;
}

int el2_take(void)
{
	struct hyp_cpu *cpu = this_cpu_read(el2_cpu);
	unsigned long flags;
	int ret;

	features_fill(cpu);
	cpu->kick = kick_sgi();
	local_irq_save(flags);
	ret = el2->take(cpu);
	if (!ret)
		this_cpu_write(el2_taken, true);
	local_irq_restore(flags);
	if (!ret)
		ppi_enable();
	return ret;
}

/* Idempotent: a CPU can go down after the host has begun to */
void el2_release(void)
{
	unsigned long flags;

	local_irq_save(flags);
	if (this_cpu_read(el2_taken)) {
		this_cpu_write(el2_taken, false);
		ppi_disable();
		el2->release(this_cpu_read(el2_cpu));
	}
	local_irq_restore(flags);
}

int el2_share(void *page, size_t size)
{
	return el2->share(page, size);
}

void el2_unshare(void *page, size_t size)
{
	el2->unshare(page, size);
}

hyp_addr_t el2_addr(void *va)
{
	return el2->addr(va);
}

/* After el2_run() gave -EIO, on the same CPU: say where EL2 broke down */
void el2_report(void)
{
	if (el2->report)
		el2->report();
}

/*
 * Broadcast maintenance is asked for on whatever CPU an unmapping happens, and that can be one
 * that was released already, since a CPU that goes down gives EL2 back before its last task
 * leaves.  An HVC there would reach the stub, and the guest would keep the freed page.
 */
struct errand {
	void (*call)(void *data);
	void *data;
	bool done;
};

static void errand_here(void *data)
{
	struct errand *errand = data;
	unsigned long flags;

	local_irq_save(flags);
	if (__this_cpu_read(el2_taken)) {
		errand->call(errand->data);
		WRITE_ONCE(errand->done, true);
	}
	local_irq_restore(flags);
}

/**
 * el2_call_once() - call a function on one CPU whose EL2 is ours, whichever
 * @call: what does maintenance with broadcast; interrupts are off for it
 * @data: its argument
 *
 * On this CPU, if possible: another may have its interrupts masked for as long as a guest
 * likes that has them by pass-through.
 *
 * If no CPU is ours any more, nothing is called: none runs a guest, and none will before it
 * is taken again, which begins with a flush of its TLB.
 *
 * Context: any but hard interrupts and sections with interrupts off.
 */
void el2_call_once(void (*call)(void *data), void *data)
{
	struct errand errand = { .call = call, .data = data };
	unsigned int cpu;

	preempt_disable();
	errand_here(&errand);
	if (!errand.done) {
		for_each_online_cpu(cpu) {
			smp_call_function_single(cpu, errand_here, &errand, true);
			if (READ_ONCE(errand.done))
				break;
		}
	}
	preempt_enable();
}

struct flush {
	const struct hyp_stage2 *s2;
	u64 ipa;
};

static void flush_ipa(void *data)
{
	const struct flush *flush = data;

	el2->flush_ipa(__this_cpu_read(el2_cpu), flush->s2, flush->ipa);
}

static void flush_vmid(void *data)
{
	const struct flush *flush = data;

	el2->flush_vmid(__this_cpu_read(el2_cpu), flush->s2);
}

/**
 * el2_tlb_flush_ipa() - forget a page of a VM on all CPUs
 * @s2: the VM's stage 2
 * @ipa: in the page
 *
 * Context: as el2_call_once()
 */
void el2_tlb_flush_ipa(const struct hyp_stage2 *s2, u64 ipa)
{
	struct flush flush = { .s2 = s2, .ipa = ipa };

	el2_call_once(flush_ipa, &flush);
}

/**
 * el2_tlb_flush_vmid() - forget a VM on all CPUs
 * @s2: the VM's stage 2
 *
 * Context: as el2_call_once()
 */
void el2_tlb_flush_vmid(const struct hyp_stage2 *s2)
{
	struct flush flush = { .s2 = s2 };

	el2_call_once(flush_vmid, &flush);
}

/**
 * el2_tlb_flush_local() - forget what a vCPU has left on this CPU, which is taken
 * @s2: the VM's stage 2
 *
 * Context: interrupts are off.
 */
void el2_tlb_flush_local(const struct hyp_stage2 *s2)
{
	el2->flush_local(__this_cpu_read(el2_cpu), s2);
}
