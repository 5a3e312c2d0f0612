/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2 as the host side of the module sees it: taken, handed back, and called.
 */
#ifndef ARM_VCPU_EL2_H
#define ARM_VCPU_EL2_H

#include "hyp/hyp.h"

int el2_init(void);
void el2_exit(void);

/* ARM_VCPU_EL2_VHE or ARM_VCPU_EL2_NVHE */
unsigned int el2_mode(void);

/* This CPU is ours and fit to run vCPUs; preemption is off */
bool el2_cpu_usable(void);

/*
 * Pages that EL2 may follow pointers into.  On nVHE they are mapped there; @page is the
 * page-aligned address of whole pages from the page allocator.
 */
int el2_share(void *page, size_t size);
void el2_unshare(void *page, size_t size);
hyp_addr_t el2_addr(void *kernel_address);

/* Enter the guest: HYP_EXIT_*, or -EIO when EL2 broke down.  Interrupts are off. */
long el2_run(struct hyp_vcpu *vcpu);

/* TLB maintenance of a VM's stage 2; any context but hard interrupts */
void el2_tlb_flush_ipa(const struct hyp_stage2 *s2, u64 ipa);
void el2_tlb_flush_vmid(const struct hyp_stage2 *s2);
/* This CPU only; interrupts are off */
void el2_tlb_flush_local(const struct hyp_stage2 *s2);

#endif /* ARM_VCPU_EL2_H */
