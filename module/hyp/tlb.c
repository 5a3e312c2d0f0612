// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLB maintenance for stage 2.
 *
 * TLBI instructions for the EL1&0 regime act on the current VMID, and on VHE only while
 * HCR_EL2.TGE is 0 (D8.13.5): so the VM's VTTBR_EL2 is put in for a moment, with
 * interrupts off.
 */
#include "access.h"

/* What is put back after the maintenance */
struct tlb_context {
	u64 vttbr;
	u64 vtcr;
	u64 hcr;
	u64 tcr;
	u64 sctlr;
};

/*
 * While VTTBR_EL2 and the EL1 registers in the CPU don't belong together (the host's on
 * nVHE, a resident vCPU's of another VM on VHE), CPUs with the speculative AT errata
 * (1165522, 1319367, 1530923) could fill the TLB with walks through both: EPD0 and EPD1
 * keep them from walking at all, and count only while SCTLR_EL1.M is set.
 *
 * On nVHE the host's profiling hardware walks that regime by itself: it is off meanwhile.
 *
 * The first DSB ends walks that have begun in the regime that is about to change (R_LFHQG), and
 * makes a changed descriptor visible to those who walk later: with @broadcast to all CPUs.
 */
static void __hyp tlb_begin(struct hyp_cpu *cpu, const struct hyp_stage2 *s2,
			    struct tlb_context *save, bool broadcast)
{
	if (!hyp_is_vhe())
		profiling_stop(cpu);
	if (broadcast)
		dsb(ish);
	else
		dsb(nsh);
	if (cpu->features & HYP_CPU_SPECULATIVE_AT) {
		save->tcr = hyp_read(HYP_TCR_EL1);
		save->sctlr = hyp_read(HYP_SCTLR_EL1);
		hyp_write(HYP_TCR_EL1, save->tcr | HYP_TCR_EPD0 | HYP_TCR_EPD1);
		isb();
		hyp_write(HYP_SCTLR_EL1, save->sctlr | HYP_SCTLR_M);
		isb();
	}

	save->vttbr = hyp_read(HYP_VTTBR_EL2);
	save->vtcr = hyp_read(HYP_VTCR_EL2);
	hyp_write(HYP_VTTBR_EL2, s2->vttbr);
	hyp_write(HYP_VTCR_EL2, s2->vtcr);
	isb();
	if (hyp_is_vhe()) {
		save->hcr = hyp_read(HYP_HCR_EL2);
		hyp_write_hcr(cpu, save->hcr & ~HYP_HCR_TGE);
		isb();
	}
}

static void __hyp tlb_end(const struct hyp_cpu *cpu, const struct tlb_context *save)
{
	if (hyp_is_vhe()) {
		hyp_write_hcr(cpu, save->hcr);
		isb();
	}
	hyp_write(HYP_VTTBR_EL2, save->vttbr);
	hyp_write(HYP_VTCR_EL2, save->vtcr);
	isb();
	if (cpu->features & HYP_CPU_SPECULATIVE_AT) {
		hyp_write(HYP_SCTLR_EL1, save->sctlr);
		isb();
		hyp_write(HYP_TCR_EL1, save->tcr);
		isb();
	}
	if (!hyp_is_vhe())
		profiling_resume(cpu);
}

/*
 * Broadcast TLBIs, each completed by a DSB before the next counts on it (D8.13.4).  On CPUs
 * with erratum 1286807 and its kin entries are gone then, but accesses that have used them may
 * still be under way: it takes one more TLBI and DSB, whichever, after the last.
 */
static void __hyp tlbi_ipa(u64 ipa)
{
	u64 page = (ipa >> 12) & GENMASK_ULL(39, 0);

	asm volatile("tlbi ipas2e1is, %0" : : "r" (page) : "memory");
	dsb(ish);
}

static void __hyp tlbi_stage1(const struct hyp_cpu *cpu)
{
	asm volatile("tlbi vmalle1is" : : : "memory");
	dsb(ish);
	if (cpu->features & HYP_CPU_REPEAT_TLBI) {
		asm volatile("tlbi vmalle1is" : : : "memory");
		dsb(ish);
	}
}

static void __hyp tlbi_vmid(const struct hyp_cpu *cpu)
{
	asm volatile("tlbi vmalls12e1is" : : : "memory");
	dsb(ish);
	if (cpu->features & HYP_CPU_REPEAT_TLBI) {
		asm volatile("tlbi vmalls12e1is" : : : "memory");
		dsb(ish);
	}
}

/*
 * A stage 2 TLBI by IPA doesn't reach entries that combine both stages; those are found by
 * virtual address, which nobody knows here: all of stage 1 goes (D8.13.5).
 */
void __hyp hyp_tlb_flush_ipa(struct hyp_cpu *cpu, const struct hyp_stage2 *s2, u64 ipa)
{
	struct tlb_context save;

	tlb_begin(cpu, s2, &save, true);
	tlbi_ipa(ipa);
	tlbi_stage1(cpu);
	isb();
	tlb_end(cpu, &save);
}

void __hyp hyp_tlb_flush_vmid(struct hyp_cpu *cpu, const struct hyp_stage2 *s2)
{
	struct tlb_context save;

	tlb_begin(cpu, s2, &save, true);
	tlbi_vmid(cpu);
	isb();
	tlb_end(cpu, &save);
}

/*
 * A vCPU whose MMU is off may fetch past the caches, and so bring into the instruction cache
 * what another, which cleans to the point of unification as it has to, has replaced long ago.
 * IC and TLBI are complete by the one DSB (D7.5, D8.13.4).
 */
void __hyp hyp_tlb_flush_local(struct hyp_cpu *cpu, const struct hyp_stage2 *s2)
{
	struct tlb_context save;

	tlb_begin(cpu, s2, &save, false);
	asm volatile("tlbi vmalle1" : : : "memory");
	asm volatile("ic iallu" : : : "memory");
	dsb(nsh);
	isb();
	tlb_end(cpu, &save);
}
