/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2 as the host side of the module sees it: taken, handed back, and called.
 *
 * el2.c decides whether EL2 is free, and by which of the two ways it is reached;
 * el2_vhe.c and el2_nvhe.c are these ways.
 */
#ifndef ARM_VCPU_EL2_H
#define ARM_VCPU_EL2_H

#include <linux/percpu.h>

#include "hyp/hyp.h"

/**
 * struct el2_ops - the way to EL2
 * @mode: ARM_VCPU_EL2_*
 * @init: once, before the first CPU is taken; may sleep
 * @exit: once, after the last CPU was released; may sleep
 * @take: take EL2 of this CPU, whose &struct hyp_cpu is filled in but for the vectors and
 *	what is the host's; interrupts are off
 * @release: hand EL2 of this CPU back as it was found; interrupts are off
 * @share: have EL2 map pages; may sleep
 * @unshare: have it forget them; may sleep
 * @addr: address of @va as EL2 follows it
 * @run: enter the guest on this CPU; interrupts are off
 * @report: say in the log where EL2 of this CPU broke down; interrupts are off
 * @flush_ipa: hyp_tlb_flush_ipa() on this CPU; interrupts are off
 * @flush_vmid: hyp_tlb_flush_vmid(); the same
 * @flush_local: hyp_tlb_flush_local(); the same
 */
struct el2_ops {
	unsigned int mode;
	int (*init)(void);
	void (*exit)(void);
	int (*take)(struct hyp_cpu *cpu);
	void (*release)(struct hyp_cpu *cpu);
	int (*share)(void *page, size_t size);
	void (*unshare)(void *page, size_t size);
	hyp_addr_t (*addr)(void *va);
	long (*run)(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu);
	void (*report)(void);
	void (*flush_ipa)(struct hyp_cpu *cpu, const struct hyp_stage2 *s2, u64 ipa);
	void (*flush_vmid)(struct hyp_cpu *cpu, const struct hyp_stage2 *s2);
	void (*flush_local)(struct hyp_cpu *cpu, const struct hyp_stage2 *s2);
};

extern const struct el2_ops el2_vhe_ops;
extern const struct el2_ops el2_nvhe_ops;

extern const struct el2_ops *el2;

int el2_init(void);
void el2_exit(void);
unsigned int el2_mode(void);

/* Take and release EL2 of this CPU; interrupts are on, the task stays on the CPU */
int el2_take(void);
void el2_release(void);

/* This CPU's EL2 is ours; preemption is off */
DECLARE_PER_CPU(bool, el2_taken);
DECLARE_PER_CPU(struct hyp_cpu *, el2_cpu);

/**
 * el2_run() - enter the guest on this CPU, which is taken; interrupts are off
 * @vcpu: what to run
 *
 * Return: HYP_EXIT_* (with HYP_EXIT_WITH_SERROR), or -EIO: EL2 broke down, the log says
 * where, and @vcpu must not run again.
 */
static __always_inline long el2_run(struct hyp_vcpu *vcpu)
{
	struct hyp_cpu *cpu = __this_cpu_read(el2_cpu);

	vcpu->ras = cpu->features & HYP_CPU_RAS;
	return el2->run(cpu, vcpu);
}

int el2_share(void *page, size_t size);
void el2_unshare(void *page, size_t size);
hyp_addr_t el2_addr(void *va);
void el2_report(void);
void el2_call_once(void (*call)(void *data), void *data);
void el2_tlb_flush_ipa(const struct hyp_stage2 *s2, u64 ipa);
void el2_tlb_flush_vmid(const struct hyp_stage2 *s2);
void el2_tlb_flush_local(const struct hyp_stage2 *s2);

#endif /* ARM_VCPU_EL2_H */
