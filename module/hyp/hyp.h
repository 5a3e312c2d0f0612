/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What hyp/ and the rest of the module share: the state of a vCPU and of a physical
 * CPU as the world switch sees them, and the calls into hyp/.
 *
 * hyp/ is compiled twice: into the module, for VHE hosts, where it runs as any kernel
 * code does; and with HYP_NVHE into an image of its own, for nVHE hosts, where it runs
 * at EL2 behind HVCs.
 */
#ifndef ARM_VCPU_HYP_HYP_H
#define ARM_VCPU_HYP_HYP_H

#include <linux/const.h>

#include "arch.h"
#include "cpu_features.h"

/* What entry.S knows of struct hyp_vcpu, struct hyp_cpu and the run page */
#define HYP_VCPU_RUN		0x00
#define HYP_VCPU_SP_EL0		0x08
#define HYP_VCPU_PC		0x10
#define HYP_VCPU_PSTATE		0x18
#define HYP_VCPU_CPU		0x20
#define HYP_VCPU_SERROR		0x28
#define HYP_VCPU_KEYS		0x30
#define HYP_CPU_VECTORS		0x00
#define HYP_CPU_HOST_VECTORS	0x08
#define HYP_CPU_BHB_LOOPS	0x10
#define HYP_CPU_PAUTH		0x18
#define HYP_CPU_FEATURES	0x20
#define HYP_CPU_KEYS		0x28

#define HYP_NR_KEYS		10
#define HYP_NR_FGT		10

/* How __guest_enter() came back */
#define HYP_EXIT_SYNC		0
#define HYP_EXIT_IRQ		1
#define HYP_EXIT_FIQ		2
#define HYP_EXIT_SERROR		3
#define HYP_EXIT_EL2		4 /* an exception at EL2 itself */
#define HYP_EXIT_CODE		0xff
#define HYP_EXIT_WITH_SERROR_BIT	8 /* and an SError of the guest's was consumed */
#define HYP_EXIT_WITH_SERROR	_BITUL(HYP_EXIT_WITH_SERROR_BIT)

#ifndef __ASSEMBLY__

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#include "regs.h"

struct arm_vcpu_run;

#ifdef HYP_NVHE
#define hyp_is_vhe()	false
#else
#define hyp_is_vhe()	true
#endif

/*
 * An address as code in hyp/ follows it: kernel virtual on VHE, physical on nVHE.
 * Only hyp/ may make a pointer of it, and only el2_addr() makes one.
 */
typedef u64 __bitwise hyp_addr_t;

#define HYP_FP_REGS	32
#define HYP_ID_REGS	64
#define HYP_DBG_REGS	16

/**
 * struct hyp_fpsimd - V0 to V31 and the floating-point control registers
 * @v: the vector registers
 * @fpsr: FPSR
 * @fpcr: FPCR
 */
struct hyp_fpsimd {
	__uint128_t v[HYP_FP_REGS];
	u64 fpsr;
	u64 fpcr;
};

/**
 * struct hyp_debug - break- and watchpoints, and MDSCR_EL1
 * @bvr: DBGBVR<n>_EL1
 * @bcr: DBGBCR<n>_EL1
 * @wvr: DBGWVR<n>_EL1
 * @wcr: DBGWCR<n>_EL1
 * @mdscr: MDSCR_EL1
 */
struct hyp_debug {
	u64 bvr[HYP_DBG_REGS];
	u64 bcr[HYP_DBG_REGS];
	u64 wvr[HYP_DBG_REGS];
	u64 wcr[HYP_DBG_REGS];
	u64 mdscr;
};

/**
 * struct hyp_stage2 - what the CPU needs to know of a VM's second translation stage
 * @vttbr: VTTBR_EL2: root table and VMID
 * @vtcr: VTCR_EL2
 */
struct hyp_stage2 {
	u64 vttbr;
	u64 vtcr;
};

/**
 * struct hyp_timer - one of the guest's timers as it is when the vCPU isn't in the guest
 * @ctl: CNTx_CTL_EL0 without ISTATUS
 * @cval: CNTx_CVAL_EL0
 */
struct hyp_timer {
	u64 ctl;
	u64 cval;
};

/* struct hyp_vcpu.passthrough: what of the CPU's own is the guest's */
#define HYP_PASS_PTIMER		_BITULL(0) /* the physical timer, on which an nVHE host ticks */
#define HYP_PASS_INTERRUPTS	_BITULL(1) /* the GIC's CPU interface, group 1 */

/**
 * struct hyp_icc - the GIC's CPU interface
 * @ctlr: ICC_CTLR_EL1
 * @bpr1: ICC_BPR1_EL1
 * @pmr: ICC_PMR_EL1
 * @igrpen1: ICC_IGRPEN1_EL1
 * @ap1r: ICC_AP1R<n>_EL1, as many as there are
 */
struct hyp_icc {
	u64 ctlr;
	u64 bpr1;
	u64 pmr;
	u64 igrpen1;
	u64 ap1r[4];
};

#define HYP_LIST_REGS	16
#define HYP_SGIS	16
#define HYP_APRS	4

/**
 * struct hyp_frame - the first registers of a frame of the GIC in the kernel
 * @at: its guest-physical address, and HYP_FRAME_VALID
 * @word: what the guest reads there; changed while it runs
 */
struct hyp_frame {
	u64 at;
	u32 word[4];
};

#define HYP_FRAME_VALID	_BITULL(0)

/**
 * struct hyp_vgic - a virtual CPU interface of a GICv3
 * @on: the guest has one
 * @stays: what isn't in list registers may stay in a VHE CPU: hyp_put() brings it into memory
 * @used: bit n: @lr[n] isn't zero
 * @hcr: ICH_HCR_EL2, for a guest without En
 * @vmcr: ICH_VMCR_EL2
 * @misr: ICH_MISR_EL2 at the last exit
 * @ap0r: ICH_AP0R<n>_EL2, as many as there are
 * @ap1r: ICH_AP1R<n>_EL2, as many as there are
 * @lr: ICH_LR<n>_EL2, as many as there are
 * @to_itself: what the guest writes to ICC_SGI1R_EL1 to interrupt itself, but for the SGI
 * @cluster: the same without itself: to those that @posts are of
 * @posts: &struct hyp_post of its cluster, or 0
 * @late: of these, those that the host is to wake
 * @offered: SGIs that can go into a list register as they come, see sgi.h
 * @priority: theirs
 * @sgis: bit n: @lr[n] has one of these
 * @frame: the distributor's, and that of the vCPU's redistributor
 */
struct hyp_vgic {
	bool on;
	bool stays;
	u32 used;
	u64 hcr;
	u64 vmcr;
	u64 misr;
	u32 ap0r[HYP_APRS];
	u32 ap1r[HYP_APRS];
	u64 lr[HYP_LIST_REGS];
	u64 to_itself;
	u64 cluster;
	hyp_addr_t posts;
	u32 late;
	u32 offered;
	u32 sgis;
	u8 priority[HYP_SGIS];
	struct hyp_frame frame[2];
};

/**
 * struct hyp_handled - counts of exits after which the guest went on at once
 * @hvc: calls that were answered
 * @fp: the guest was given its FP registers
 * @fault: aborts whose address wasn't to be had
 * @sysreg: accesses to system registers
 * @gic: loads from the GIC's frames
 */
struct hyp_handled {
	u64 hvc;
	u64 fp;
	u64 fault;
	u64 sysreg;
	u64 gic;
};

/* True: the exit was handled.  The host side may read the counter meanwhile. */
static __always_inline bool hyp_count(u64 *counter)
{
	WRITE_ONCE(*counter, *counter + 1);
	return true;
}

/**
 * struct hyp_vcpu - a vCPU as the world switch sees it
 * @run: its run page, where x0 to x30 live
 * @sp_el0: SP_EL0
 * @pc: ELR_EL2 for the next entry, and of the last exit
 * @pstate: SPSR_EL2 for the next entry, and of the last exit; checked by the host side
 * @cpu: struct hyp_cpu of the CPU that it runs on
 * @serror: DISR_EL1, or without RAS ESR_EL2, of an SError that came with the last exit, or
 *	before EL2 broke down; 0 once the host side has seen to it
 * @keys: PAuth keys IA, IB, DA, DB, GA; low half first
 * @regs: the uniform registers, see regs.h.  While the vCPU is resident (VHE), only
 *	SCTLR_EL1 is up to date, and only to be read.
 * @hcr: HCR_EL2 while it runs, without VI and VF
 * @lines: HCR_EL2.VI and VF for this entry
 * @mdcr_traps: MDCR_EL2 while it runs, without HPMN, which the CPU has
 * @vmpidr: VMPIDR_EL2
 * @cntvoff: CNTVOFF_EL2
 * @stage2: of its VM
 * @vdisr: VDISR_EL2 (with RAS)
 * @vsesr: VSESR_EL2 (with RAS), for as long as @hcr has VSE
 * @tpidr2: TPIDR2_EL0, where it can't be trapped
 * @vtimer: the virtual timer
 * @ptimer: the physical timer.  On nVHE, the host emulates it, but for HYP_PASS_PTIMER.
 * @passthrough: HYP_PASS_* for this entry
 * @icc: the guest's CPU interface, with HYP_PASS_INTERRUPTS
 * @vgic: its virtual CPU interface
 * @debug: debug registers that are in force while it runs: the guest's, or the VMM's.  The
 *	guest's accesses are trapped.
 * @debug_active: break- and watchpoints are on: load @debug
 * @fp_usable: the host's FP registers are dead: the guest may have them
 * @fp_loaded: the guest's FP registers are in the CPU
 * @fp_used: the guest has used FP; the host side clears it
 * @fp: its FP registers while they aren't
 * @smccc: HYP_SMCCC_*: which calls are answered, and how
 * @traced: an exit that has a tracepoint isn't to end at EL2, which has none
 * @resident_cpu: CPU whose registers hold @regs (VHE), or -1; cpu.c's
 * @esr: ESR_EL2 of the last exit
 * @far: FAR_EL2 of the last abort or watchpoint
 * @hpfar: IPA of the last abort, page aligned; valid when @hpfar_valid
 * @ras: the CPU of the last stay has RAS: so are SErrors of it to be read
 * @hpfar_valid: the addresses are known.  They aren't when the guest changed its tables while
 *	we looked, when looking aborted, or when an SError came with the fault: entering again
 *	repeats it.
 * @handled: exits that ended at EL2, by what they were
 * @ids: what the guest reads in the ID registers, by CRm and op2; CRm 0 has CTR_EL0 alone
 */
struct hyp_vcpu {
	hyp_addr_t run;
	u64 sp_el0;
	u64 pc;
	u64 pstate;
	hyp_addr_t cpu;
	u64 serror;
	u64 keys[HYP_NR_KEYS];
	u64 regs[HYP_NR_REGS];
	u64 hcr;
	u64 lines;
	u64 mdcr_traps;
	u64 vmpidr;
	u64 cntvoff;
	struct hyp_stage2 stage2;
	u64 vdisr;
	u64 vsesr;
	u64 tpidr2;
	struct hyp_timer vtimer;
	struct hyp_timer ptimer;
	u64 passthrough;
	struct hyp_icc icc;
	struct hyp_vgic vgic;
	bool debug_active;
	bool fp_usable;
	bool fp_loaded;
	bool fp_used;
	bool ras;
	bool hpfar_valid;
	bool traced;
	u32 smccc;
	int resident_cpu;
	u64 esr;
	u64 far;
	u64 hpfar;
	struct hyp_handled handled;
	u64 ids[HYP_ID_REGS];
	struct hyp_debug debug;
	struct hyp_fpsimd fp;
};

static_assert(offsetof(struct hyp_vcpu, run) == HYP_VCPU_RUN);
static_assert(offsetof(struct hyp_vcpu, sp_el0) == HYP_VCPU_SP_EL0);
static_assert(offsetof(struct hyp_vcpu, pc) == HYP_VCPU_PC);
static_assert(offsetof(struct hyp_vcpu, pstate) == HYP_VCPU_PSTATE);
static_assert(offsetof(struct hyp_vcpu, cpu) == HYP_VCPU_CPU);
static_assert(offsetof(struct hyp_vcpu, serror) == HYP_VCPU_SERROR);
static_assert(offsetof(struct hyp_vcpu, keys) == HYP_VCPU_KEYS);

/* What a CPU has to do about Spectre on entry from the guest; picks the guest's vectors */
enum hyp_spectre {
	HYP_SPECTRE_NONE,
	HYP_SPECTRE_LOOP,	/* overwrite the branch history by taken branches */
	HYP_SPECTRE_CLRBHB,	/* the CPU's instruction for it */
	HYP_SPECTRE_WA1,	/* firmware: SMCCC_ARCH_WORKAROUND_1 */
	HYP_SPECTRE_WA3,	/* firmware: SMCCC_ARCH_WORKAROUND_3 */
	HYP_NR_SPECTRE
};

/**
 * struct hyp_cpu - a physical CPU as the world switch sees it
 * @vectors: our exception vectors for this CPU's Spectre mitigation
 * @host_vectors: VBAR_EL2 while the host runs
 * @bhb_loops: rounds of the branch history loop, for the vectors that loop
 * @pauth: PAuth keys are to be switched
 * @features: HYP_CPU_*
 * @keys: the host's PAuth keys
 * @brps: number of breakpoints
 * @wrps: number of watchpoints
 * @spectre: what @vectors do; the host side's
 * @ich_vtr: ICH_VTR_EL2, with HYP_CPU_GICV3
 * @kick: what is written to ICC_SGI1R_EL1 to interrupt it, or 0; the host side's
 * @host_regs: the host's uniform registers (on VHE, only those of the window)
 * @host_hcr: HCR_EL2 while the host runs
 * @host_mdcr: MDCR_EL2 while the host runs
 * @host_cptr: CPTR_EL2 while the host runs
 * @host_cnthctl: CNTHCTL_EL2 while the host runs
 * @host_hstr: HSTR_EL2 while the host runs
 * @host_hcrx: HCRX_EL2 while the host runs
 * @host_vmpidr: VMPIDR_EL2 of an nVHE host: its MPIDR_EL1
 * @host_icc_sre: ICC_SRE_EL2 while the host runs
 * @host_mpam: MPAM2_EL2 while the host runs
 * @host_mpamhcr: MPAMHCR_EL2 while the host runs
 * @host_sp_el0: SP_EL0 of an nVHE host, in case EL2 breaks down
 * @host_fgt: fine-grained trap registers while the host runs, see fgt.c
 * @host_tpidr2: the host's TPIDR2_EL0
 * @host_pmblimitr: PMBLIMITR_EL1 of the host (nVHE with SPE)
 * @host_pmscr: PMSCR_EL1 of the host, if its buffer is on
 * @host_trfcr: TRFCR_EL1 of the host, if its trace buffer is on (nVHE with trace filters)
 * @host_trblimitr: TRBLIMITR_EL1 of the host (nVHE with TRBE)
 * @host_brbcr: BRBCR_EL1 of the host (nVHE with BRBE)
 * @passed: HYP_PASS_* that a guest has now
 * @points_lent: a guest's break- and watchpoints are in the CPU
 * @host_ptimer: the host's physical timer meanwhile (nVHE)
 * @host_icc: the host's CPU interface meanwhile
 * @host_debug: the host's debug registers while the guest's are loaded
 * @host_away: the host's world is kept here, and may be put away (nVHE)
 */
struct hyp_cpu {
	hyp_addr_t vectors;
	u64 host_vectors;
	u64 bhb_loops;
	u64 pauth;
	u64 features;
	u64 keys[HYP_NR_KEYS];
	u32 brps;
	u32 wrps;
	enum hyp_spectre spectre;
	u64 ich_vtr;
	u64 kick;
	u64 host_regs[HYP_NR_REGS];
	u64 host_hcr;
	u64 host_mdcr;
	u64 host_cptr;
	u64 host_cnthctl;
	u64 host_hstr;
	u64 host_hcrx;
	u64 host_vmpidr;
	u64 host_icc_sre;
	u64 host_mpam;
	u64 host_mpamhcr;
	u64 host_sp_el0;
	u64 host_fgt[HYP_NR_FGT];
	u64 host_tpidr2;
	u64 host_pmblimitr;
	u64 host_pmscr;
	u64 host_trfcr;
	u64 host_trblimitr;
	u64 host_brbcr;
	u64 passed;
	bool points_lent;
	struct hyp_timer host_ptimer;
	struct hyp_icc host_icc;
	struct hyp_debug host_debug;
	bool host_away;
};

static_assert(offsetof(struct hyp_cpu, vectors) == HYP_CPU_VECTORS);
static_assert(offsetof(struct hyp_cpu, host_vectors) == HYP_CPU_HOST_VECTORS);
static_assert(offsetof(struct hyp_cpu, bhb_loops) == HYP_CPU_BHB_LOOPS);
static_assert(offsetof(struct hyp_cpu, pauth) == HYP_CPU_PAUTH);
static_assert(offsetof(struct hyp_cpu, features) == HYP_CPU_FEATURES);
static_assert(offsetof(struct hyp_cpu, keys) == HYP_CPU_KEYS);

/*
 * The calls into hyp/.  Interrupts are off for all of them.
 *
 * hyp_run() enters the guest and returns HYP_EXIT_*.  hyp_load() and hyp_put() (VHE only)
 * move what may stay in the CPU between its registers and @vcpu.  hyp_abandon() (nVHE
 * only) puts the host's world back when hyp_run() couldn't.
 */
long hyp_run(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu);
void hyp_load(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu);
void hyp_put(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu);
void hyp_abandon(struct hyp_cpu *cpu);

/*
 * TLB maintenance for a VM's stage 2 (D8.13.5).  _ipa: the entries for the page at
 * @ipa and all of stage 1 of the VMID, on all CPUs.  _vmid: all entries of the VMID, on
 * all CPUs.  _local: stage 1 entries of the VMID on this CPU alone, and its instruction
 * cache: what is a vCPU's own.
 */
void hyp_tlb_flush_ipa(struct hyp_cpu *cpu, const struct hyp_stage2 *s2, u64 ipa);
void hyp_tlb_flush_vmid(struct hyp_cpu *cpu, const struct hyp_stage2 *s2);
void hyp_tlb_flush_local(struct hyp_cpu *cpu, const struct hyp_stage2 *s2);

#endif /* !__ASSEMBLY__ */
#endif /* ARM_VCPU_HYP_HYP_H */
