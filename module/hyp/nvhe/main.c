// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C side of EL2 on nVHE hosts: the host's calls, and what is kept of the stub's state.
 */
#include <asm/page.h>
#include <asm/virt.h>

#include "../access.h"
#include "../timers.h"
#include "nvhe.h"

void nvhe_take(struct nvhe_cpu *cpu);
void nvhe_restore(struct nvhe_cpu *cpu);
void nvhe_host_undef(void);
void nvhe_panic(struct nvhe_cpu *cpu);
u64 nvhe_call(u64 function, u64 a1, u64 a2, u64 a3, struct nvhe_cpu *cpu);

/* All that the world switch changes; SCTLR_EL2 and what goes with it is host.S's */
void nvhe_take(struct nvhe_cpu *cpu)
{
	struct nvhe_stub *stub = &cpu->stub;
	struct hyp_cpu *hyp = &cpu->hyp;

	stub->hcr = hyp_read(HYP_HCR_EL2);
	stub->mdcr = hyp_read(HYP_MDCR_EL2);
	stub->cptr = hyp_read(HYP_CPTR_EL2);
	stub->cnthctl = hyp_read(HYP_CNTHCTL_EL2);
	stub->cntvoff = hyp_read(HYP_CNTVOFF_EL2);
	stub->cnthp_ctl = hyp_read(HYP_CNTHP_CTL_EL2);
	stub->cnthp_cval = hyp_read(HYP_CNTHP_CVAL_EL2);
	stub->vttbr = hyp_read(HYP_VTTBR_EL2);
	stub->vtcr = hyp_read(HYP_VTCR_EL2);
	stub->hstr = hyp_read(HYP_HSTR_EL2);
	stub->vpidr = hyp_read(HYP_VPIDR_EL2);
	stub->vmpidr = hyp_read(HYP_VMPIDR_EL2);
	if (hyp->features & HYP_CPU_HCX)
		stub->hcrx = hyp_read(HYP_HCRX_EL2);
	if (hyp->features & HYP_CPU_RAS) {
		stub->vdisr = hyp_read(HYP_VDISR_EL2);
		stub->vsesr = hyp_read(HYP_VSESR_EL2);
	}
	if (hyp->features & HYP_CPU_GICV3) {
		stub->icc_sre = hyp_read(HYP_ICC_SRE_EL2);
		vgic_keep(hyp, &stub->vgic);
	}

	/* Left by somebody else: a guest's is looked for there */
	if (hyp->features & HYP_CPU_RAS)
		hyp_write(HYP_DISR_EL1, 0);
	/* Its interrupt is about to be enabled */
	hyp_write(HYP_CNTHP_CTL_EL2, 0);
	timers_off();

	if (hyp->features & HYP_CPU_MPAM)
		hyp->host_mpam = hyp_read(HYP_MPAM2_EL2);
	if (hyp->features & HYP_CPU_MPAM_HCR)
		hyp->host_mpamhcr = hyp_read(HYP_MPAMHCR_EL2);
	fgt_save(hyp);
	hyp->host_hcr = stub->hcr;
	hyp->host_mdcr = stub->mdcr;
	hyp->host_cptr = stub->cptr;
	hyp->host_cnthctl = stub->cnthctl;
	hyp->host_hstr = stub->hstr;
	hyp->host_hcrx = stub->hcrx;
	hyp->host_vmpidr = stub->vmpidr;
	hyp->host_icc_sre = stub->icc_sre;
	hyp->host_vectors = cpu->vbar;
}

void nvhe_restore(struct nvhe_cpu *cpu)
{
	const struct nvhe_stub *stub = &cpu->stub;
	const struct hyp_cpu *hyp = &cpu->hyp;

	hyp_write_hcr(hyp, stub->hcr);
	hyp_write(HYP_MDCR_EL2, stub->mdcr);
	hyp_write(HYP_CPTR_EL2, stub->cptr);
	hyp_write(HYP_CNTHCTL_EL2, stub->cnthctl);
	hyp_write(HYP_CNTVOFF_EL2, stub->cntvoff);
	hyp_write(HYP_CNTHP_CVAL_EL2, stub->cnthp_cval);
	hyp_write(HYP_CNTHP_CTL_EL2, stub->cnthp_ctl);
	hyp_write(HYP_VTTBR_EL2, stub->vttbr);
	hyp_write(HYP_VTCR_EL2, stub->vtcr);
	hyp_write(HYP_HSTR_EL2, stub->hstr);
	hyp_write(HYP_VPIDR_EL2, stub->vpidr);
	hyp_write(HYP_VMPIDR_EL2, stub->vmpidr);
	if (hyp->features & HYP_CPU_HCX)
		hyp_write(HYP_HCRX_EL2, stub->hcrx);
	if (hyp->features & HYP_CPU_RAS) {
		hyp_write(HYP_VDISR_EL2, stub->vdisr);
		hyp_write(HYP_VSESR_EL2, stub->vsesr);
	}
	if (hyp->features & HYP_CPU_GICV3) {
		vgic_return(hyp, &stub->vgic);
		hyp_write(HYP_ICC_SRE_EL2, stub->icc_sre);
	}
	isb();
}

/* The host trapped to EL2 by something that it didn't mean to do: let it have an UNDEF */
void nvhe_host_undef(void)
{
	u64 spsr = read_sysreg(spsr_el2);
	u64 vector = read_sysreg(vbar_el1);

	write_sysreg(read_sysreg(elr_el2), elr_el1);
	write_sysreg(spsr, spsr_el1);
	write_sysreg(((u64)HYP_EC_UNKNOWN << 26) | HYP_ESR_IL, esr_el1);

	if (spsr & HYP_PSR_nRW)
		vector += 0x600;
	else if ((spsr & HYP_PSR_M_MASK) == HYP_PSR_EL0t)
		vector += 0x400;
	else if ((spsr & HYP_PSR_M_MASK) == HYP_PSR_EL1h)
		vector += 0x200;
	write_sysreg(vector, elr_el2);
	write_sysreg(HYP_PSR_EL1h | HYP_PSR_D | HYP_PSR_A | HYP_PSR_I | HYP_PSR_F, spsr_el2);
}

void nvhe_panic(struct nvhe_cpu *cpu)
{
	bool away = READ_ONCE(cpu->hyp.host_away);

	if (!cpu->panic.happened) {
		cpu->panic.esr = hyp_read(HYP_ESR_EL2);
		cpu->panic.elr = read_sysreg(elr_el2);
		cpu->panic.far = hyp_read(HYP_FAR_EL2);
		cpu->panic.spsr = read_sysreg(spsr_el2);
		cpu->panic.serror = 0;
		if (cpu->hyp.features & HYP_CPU_RAS) {
			cpu->panic.serror = hyp_read(HYP_DISR_EL1);
			hyp_write(HYP_DISR_EL1, 0);
		}
	}
	cpu->panic.happened++;

	/* Once, or an exception on the way back would keep us here */
	WRITE_ONCE(cpu->hyp.host_away, false);
	if (away) {
		__keys_abandon(&cpu->hyp, read_sysreg(elr_el2));
		hyp_abandon(&cpu->hyp);
	}
}

static void unmap_once(u64 start, u64 size)
{
	u64 addr;

	for (addr = start; addr < start + size; addr += PAGE_SIZE)
		asm volatile("tlbi vae2is, %0" : : "r" (addr >> 12) : "memory");
	dsb(ish);
}

static void unmap(const struct hyp_cpu *cpu, u64 start, u64 size)
{
	/* The host has made the entries invalid (D8.13.4: DSB, TLBI, DSB) */
	dsb(ishst);
	unmap_once(start, size);
	if (cpu->features & HYP_CPU_REPEAT_TLBI)
		unmap_once(start, size);
	isb();
}

u64 nvhe_call(u64 function, u64 a1, u64 a2, u64 a3, struct nvhe_cpu *cpu)
{
	struct hyp_stage2 s2 = { .vttbr = a1, .vtcr = a2 };
	u64 code;

	switch (function) {
	case NVHE_RUN:
		cpu->hyp.host_sp_el0 = read_sysreg(sp_el0);
		code = hyp_run(&cpu->hyp, (struct hyp_vcpu *)a1);
		WRITE_ONCE(cpu->hyp.host_away, false);
		return code;
	case NVHE_TLB_IPA:
		hyp_tlb_flush_ipa(&cpu->hyp, &s2, a3);
		return 0;
	case NVHE_TLB_VMID:
		hyp_tlb_flush_vmid(&cpu->hyp, &s2);
		return 0;
	case NVHE_TLB_LOCAL:
		hyp_tlb_flush_local(&cpu->hyp, &s2);
		return 0;
	case NVHE_UNMAP:
		unmap(&cpu->hyp, a1, a2);
		return 0;
	}
	return HVC_STUB_ERR;
}
