// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2 on VHE hosts: the kernel runs there, and hyp/ is ordinary code of the module.
 */
#include <linux/percpu.h>
#include <asm/cputype.h>

#include "hyp/access.h"
#include "hyp/timers.h"
#include "el2.h"
#include "features.h"
#include "../../uapi/linux/arm_vcpu.h"

/* entry.S: a table for each enum hyp_spectre */
extern char guest_vectors_none[], guest_vectors_loop[], guest_vectors_clrbhb[];
extern char guest_vectors_wa1[], guest_vectors_wa3[];

static DEFINE_PER_CPU(struct hyp_cpu, vhe_cpu);
/* Registers that only a guest notices: ours for as long as EL2 is, put back as found */
static DEFINE_PER_CPU(struct vhe_found {
	u64 icc_sre;
	struct hyp_vgic vgic;
	u64 vpidr;
	u64 vmpidr;
	u64 vttbr;
	u64 vtcr;
	u64 cntvoff;
	u64 vdisr;
	u64 vsesr;
}, vhe_found);

static int vhe_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(el2_cpu, cpu) = per_cpu_ptr(&vhe_cpu, cpu);
	return 0;
}

static void vhe_exit(void)
{
}

static char *vhe_vectors(enum hyp_spectre spectre)
{
	switch (spectre) {
	case HYP_SPECTRE_LOOP:
		return guest_vectors_loop;
	case HYP_SPECTRE_CLRBHB:
		return guest_vectors_clrbhb;
	case HYP_SPECTRE_WA1:
		return guest_vectors_wa1;
	case HYP_SPECTRE_WA3:
		return guest_vectors_wa3;
	default:
		return guest_vectors_none;
	}
}

static hyp_addr_t vhe_addr(void *va)
{
	return (__force hyp_addr_t)va;
}

static int vhe_take(struct hyp_cpu *cpu)
{
	struct vhe_found *found = this_cpu_ptr(&vhe_found);

	cpu->vectors = vhe_addr(vhe_vectors(cpu->spectre));

	found->vpidr = hyp_read(HYP_VPIDR_EL2);
	found->vmpidr = hyp_read(HYP_VMPIDR_EL2);
	found->vttbr = hyp_read(HYP_VTTBR_EL2);
	found->vtcr = hyp_read(HYP_VTCR_EL2);
	found->cntvoff = hyp_read(HYP_CNTVOFF_EL2);
	if (cpu->features & HYP_CPU_RAS) {
		found->vdisr = hyp_read(HYP_VDISR_EL2);
		found->vsesr = hyp_read(HYP_VSESR_EL2);
		/* Left by somebody else: a guest's is looked for there */
		hyp_write(HYP_DISR_EL1, 0);
	}
	hyp_write(HYP_VPIDR_EL2, read_cpuid_id());
	if (cpu->features & HYP_CPU_GICV3) {
		found->icc_sre = hyp_read(HYP_ICC_SRE_EL2);
		vgic_keep(cpu, &found->vgic);
		hyp_write(HYP_ICC_SRE_EL2, HYP_ICC_SRE_GUEST);
		hyp_write(HYP_ICH_HCR_EL2, HYP_ICH_HCR_TRAP_ALL);
	}
	/* A VHE kernel sets these for good when it brings up the CPU */
	cpu->host_hcr = hyp_read(HYP_HCR_EL2);
	cpu->host_hstr = hyp_read(HYP_HSTR_EL2);
	if (cpu->features & HYP_CPU_HCX)
		cpu->host_hcrx = hyp_read(HYP_HCRX_EL2);
	if (cpu->features & HYP_CPU_MPAM_HCR)
		cpu->host_mpamhcr = hyp_read(HYP_MPAMHCR_EL2);
	fgt_save(cpu);
	fgt_enter(cpu);
	profiling_no_guest(cpu);
	timers_off();
	/* Broadcast TLB maintenance may have missed a CPU that was away (D8.13.4) */
	asm volatile("tlbi alle1" : : : "memory");
	dsb(nsh);
	isb();
	return 0;
}

static void vhe_release(struct hyp_cpu *cpu)
{
	const struct vhe_found *found = this_cpu_ptr(&vhe_found);

	/* Walks of the guest that was here last, as in hyp_load() */
	dsb(nsh);
	fgt_leave(cpu);
	hyp_write(HYP_VPIDR_EL2, found->vpidr);
	hyp_write(HYP_VMPIDR_EL2, found->vmpidr);
	hyp_write(HYP_VTTBR_EL2, found->vttbr);
	hyp_write(HYP_VTCR_EL2, found->vtcr);
	hyp_write(HYP_CNTVOFF_EL2, found->cntvoff);
	if (cpu->features & HYP_CPU_RAS) {
		hyp_write(HYP_VDISR_EL2, found->vdisr);
		hyp_write(HYP_VSESR_EL2, found->vsesr);
	}
	if (cpu->features & HYP_CPU_GICV3) {
		vgic_return(cpu, &found->vgic);
		hyp_write(HYP_ICC_SRE_EL2, found->icc_sre);
	}
	isb();
}

static int vhe_share(void *page, size_t size)
{
	return 0;
}

static void vhe_unshare(void *page, size_t size)
{
}

const struct el2_ops el2_vhe_ops = {
	.mode = ARM_VCPU_EL2_VHE,
	.init = vhe_init,
	.exit = vhe_exit,
	.take = vhe_take,
	.release = vhe_release,
	.share = vhe_share,
	.unshare = vhe_unshare,
	.addr = vhe_addr,
	.run = hyp_run,
	.flush_ipa = hyp_tlb_flush_ipa,
	.flush_vmid = hyp_tlb_flush_vmid,
	.flush_local = hyp_tlb_flush_local,
};
