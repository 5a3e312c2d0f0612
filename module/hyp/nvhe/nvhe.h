/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the EL2 image of nVHE hosts and its keeper, el2_nvhe.c, share: the calls, a CPU's
 * page, and the image's header.  At EL2 every pointer is a physical address.
 */
#ifndef ARM_VCPU_HYP_NVHE_H
#define ARM_VCPU_HYP_NVHE_H

#include "../hyp.h"

/*
 * x0 of an HVC.  Numbers below HVC_STUB_HCALL_NR are the kernel's (asm/virt.h), and are
 * honoured as its own stub honours them.
 */
#define NVHE_RUN		0x100 /* x1: struct hyp_vcpu */
#define NVHE_TLB_IPA		0x101 /* x1: VTTBR, x2: VTCR, x3: IPA */
#define NVHE_TLB_VMID		0x102 /* x1: VTTBR, x2: VTCR */
#define NVHE_TLB_LOCAL		0x103 /* x1: VTTBR, x2: VTCR */
#define NVHE_UNMAP		0x104 /* x1: address, x2: size */
#define NVHE_RELEASE		0x105 /* hand EL2 back to the stub */

/* What NVHE_RUN returns when EL2 broke down; struct nvhe_cpu.panic says how */
#define NVHE_PANIC		0xdead

/* What the trampoline returns when HCR_EL2.E2H is one: not an nVHE CPU */
#define NVHE_IS_E2H		0xe2

/* What host.S knows of struct nvhe_cpu */
#define NVHE_CPU_SP		0x00
#define NVHE_CPU_SCTLR		0x08
#define NVHE_CPU_TCR		0x10
#define NVHE_CPU_TTBR0		0x18
#define NVHE_CPU_MAIR		0x20
#define NVHE_CPU_VBAR		0x28
#define NVHE_CPU_STUB_SCTLR	0x30
#define NVHE_CPU_STUB_TCR	0x38
#define NVHE_CPU_STUB_TTBR0	0x40
#define NVHE_CPU_STUB_MAIR	0x48
#define NVHE_CPU_STUB_VBAR	0x50
#define NVHE_CPU_STUB_TPIDR	0x58

/*
 * The frame of a call at the top of the stack: x18, which is the host's shadow call stack if it
 * has any, x29, x30, ELR_EL2, SPSR_EL2
 */
#define NVHE_CALL_FRAME		48

#ifndef __ASSEMBLY__

/**
 * struct nvhe_stub - registers of EL2 as the kernel's stub had them
 * @hcr: HCR_EL2
 * @mdcr: MDCR_EL2
 * @cptr: CPTR_EL2
 * @cnthctl: CNTHCTL_EL2
 * @cntvoff: CNTVOFF_EL2
 * @cnthp_ctl: CNTHP_CTL_EL2
 * @cnthp_cval: CNTHP_CVAL_EL2
 * @vttbr: VTTBR_EL2
 * @vtcr: VTCR_EL2
 * @hstr: HSTR_EL2
 * @vpidr: VPIDR_EL2
 * @vmpidr: VMPIDR_EL2
 * @hcrx: HCRX_EL2
 * @icc_sre: ICC_SRE_EL2
 * @vgic: ICH_*_EL2
 * @vdisr: VDISR_EL2
 * @vsesr: VSESR_EL2
 */
struct nvhe_stub {
	u64 hcr;
	u64 mdcr;
	u64 cptr;
	u64 cnthctl;
	u64 cntvoff;
	u64 cnthp_ctl;
	u64 cnthp_cval;
	u64 vttbr;
	u64 vtcr;
	u64 hstr;
	u64 vpidr;
	u64 vmpidr;
	u64 hcrx;
	u64 icc_sre;
	struct hyp_vgic vgic;
	u64 vdisr;
	u64 vsesr;
};

/**
 * struct nvhe_panic - an exception that EL2 didn't expect
 * @happened: the rest is valid
 * @esr: ESR_EL2
 * @elr: ELR_EL2: where, physical
 * @far: FAR_EL2
 * @spsr: SPSR_EL2
 * @serror: DISR_EL1 (with RAS): the syndrome of an SError that was deferred by then, or 0
 */
struct nvhe_panic {
	u64 happened;
	u64 esr;
	u64 elr;
	u64 far;
	u64 spsr;
	u64 serror;
};

/**
 * struct nvhe_cpu - a CPU's page at EL2; TPIDR_EL2 points at it
 * @sp: top of its stack
 * @sctlr: SCTLR_EL2 while EL2 is ours
 * @tcr: TCR_EL2 while EL2 is ours
 * @ttbr0: TTBR0_EL2 while EL2 is ours
 * @mair: MAIR_EL2 while EL2 is ours
 * @vbar: VBAR_EL2 while EL2 is ours and the host runs
 * @stub_sctlr: the stub's; so the next five
 * @stub_tcr: the stub's
 * @stub_ttbr0: the stub's
 * @stub_mair: the stub's
 * @stub_vbar: the stub's
 * @stub_tpidr: the stub's
 * @stub: more of the stub's, which C saves and restores
 * @panic: what went wrong
 * @hyp: the world switch's
 */
struct nvhe_cpu {
	u64 sp;
	u64 sctlr;
	u64 tcr;
	u64 ttbr0;
	u64 mair;
	u64 vbar;
	u64 stub_sctlr;
	u64 stub_tcr;
	u64 stub_ttbr0;
	u64 stub_mair;
	u64 stub_vbar;
	u64 stub_tpidr;
	struct nvhe_stub stub;
	struct nvhe_panic panic;
	struct hyp_cpu hyp;
};

static_assert(offsetof(struct nvhe_cpu, sp) == NVHE_CPU_SP);
static_assert(offsetof(struct nvhe_cpu, vbar) == NVHE_CPU_VBAR);
static_assert(offsetof(struct nvhe_cpu, stub_sctlr) == NVHE_CPU_STUB_SCTLR);
static_assert(offsetof(struct nvhe_cpu, stub_tpidr) == NVHE_CPU_STUB_TPIDR);

/**
 * struct nvhe_image - header of the EL2 image: offsets from its start, in bytes
 * @trampoline: where HVC_SOFT_RESTART enters, MMU off, x0 = struct nvhe_cpu
 * @host_vectors: VBAR_EL2 while the host runs
 * @guest_vectors: VBAR_EL2 while the guest runs, by enum hyp_spectre
 * @rodata: where what is executed ends; page aligned
 * @end: size
 */
struct nvhe_image {
	u32 trampoline;
	u32 host_vectors;
	u32 guest_vectors[HYP_NR_SPECTRE];
	u32 rodata;
	u32 end;
};

#endif /* !__ASSEMBLY__ */
#endif /* ARM_VCPU_HYP_NVHE_H */
