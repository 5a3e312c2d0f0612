/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How hyp/ reaches the guest's registers, in the two modes.
 *
 * At EL2 of a VHE host the EL1 names mean EL2's own registers; the guest's have _EL12 and
 * _EL02 names, which differ in op1 = 5 (D19.1.3.4).
 */
#ifndef ARM_VCPU_HYP_ACCESS_H
#define ARM_VCPU_HYP_ACCESS_H

#include <linux/compiler.h>
#include <asm/barrier.h>
#include <asm/sysreg.h>

#include "hyp.h"

#ifdef HYP_NVHE
#define __hyp
#define HYP_EL1_OP1	0
#define HYP_EL0_OP1	3
#else
/* Runs with the guest's EL1 state in place: no tracing, probes or instrumentation */
#define __hyp		noinstr
#define HYP_EL1_OP1	5
#define HYP_EL0_OP1	5
#endif

/* A part of one of these functions, which goes where that goes */
#define __hyp_inline	__always_inline

/* A guest's register of EL1 by the encoding of its _EL1 name */
#define hyp_el1(crn, crm, op2)	sys_reg(3, HYP_EL1_OP1, crn, crm, op2)
/* A guest's timer register by the encoding of its _EL0 name */
#define hyp_el0(crn, crm, op2)	sys_reg(3, HYP_EL0_OP1, crn, crm, op2)

#define HYP_SCTLR_EL1		hyp_el1(1, 0, 0)
#define HYP_TCR_EL1		hyp_el1(2, 0, 2)
#define HYP_CNTP_CTL		hyp_el0(14, 2, 1)
#define HYP_CNTP_CVAL		hyp_el0(14, 2, 2)
#define HYP_CNTV_CTL		hyp_el0(14, 3, 1)
#define HYP_CNTV_CVAL		hyp_el0(14, 3, 2)

#define HYP_HCR_EL2		sys_reg(3, 4, 1, 1, 0)
#define HYP_MDCR_EL2		sys_reg(3, 4, 1, 1, 1)
#define HYP_CPTR_EL2		sys_reg(3, 4, 1, 1, 2)
#define HYP_HSTR_EL2		sys_reg(3, 4, 1, 1, 3)
#define HYP_HCRX_EL2		sys_reg(3, 4, 1, 2, 2)
#define HYP_VTTBR_EL2		sys_reg(3, 4, 2, 1, 0)
#define HYP_VTCR_EL2		sys_reg(3, 4, 2, 1, 2)
#define HYP_VPIDR_EL2		sys_reg(3, 4, 0, 0, 0)
#define HYP_VMPIDR_EL2		sys_reg(3, 4, 0, 0, 5)
#define HYP_ESR_EL2		sys_reg(3, 4, 5, 2, 0)
#define HYP_VSESR_EL2		sys_reg(3, 4, 5, 2, 3)
#define HYP_FAR_EL2		sys_reg(3, 4, 6, 0, 0)
#define HYP_HPFAR_EL2		sys_reg(3, 4, 6, 0, 4)
#define HYP_VBAR_EL2		sys_reg(3, 4, 12, 0, 0)
#define HYP_DISR_EL1		sys_reg(3, 0, 12, 1, 1)
#define HYP_VDISR_EL2		sys_reg(3, 4, 12, 1, 1)
#define HYP_MPAMHCR_EL2		sys_reg(3, 4, 10, 4, 0)
#define HYP_MPAM2_EL2		sys_reg(3, 4, 10, 5, 0)
#define HYP_ICC_SRE_EL2		sys_reg(3, 4, 12, 9, 5)
#define HYP_ICC_SGI1R_EL1	sys_reg(3, 0, 12, 11, 5)
#define HYP_ICH_AP0R_EL2(n)	sys_reg(3, 4, 12, 8, n)
#define HYP_ICH_AP1R_EL2(n)	sys_reg(3, 4, 12, 9, n)
#define HYP_ICH_HCR_EL2		sys_reg(3, 4, 12, 11, 0)
#define HYP_ICH_VTR_EL2		sys_reg(3, 4, 12, 11, 1)
#define HYP_ICH_MISR_EL2	sys_reg(3, 4, 12, 11, 2)
#define HYP_ICH_ELRSR_EL2	sys_reg(3, 4, 12, 11, 5)
#define HYP_ICH_VMCR_EL2	sys_reg(3, 4, 12, 11, 7)
#define HYP_ICH_LR_EL2(n)	sys_reg(3, 4, 12, 12 + ((n) >> 3), (n) & 7)
#define HYP_CNTVOFF_EL2		sys_reg(3, 4, 14, 0, 3)
#define HYP_CNTHCTL_EL2		sys_reg(3, 4, 14, 1, 0)
#define HYP_CNTHP_CTL_EL2	sys_reg(3, 4, 14, 2, 1)
#define HYP_CNTHP_CVAL_EL2	sys_reg(3, 4, 14, 2, 2)
#define HYP_HFGRTR_EL2		sys_reg(3, 4, 1, 1, 4)
#define HYP_HFGWTR_EL2		sys_reg(3, 4, 1, 1, 5)
#define HYP_HFGITR_EL2		sys_reg(3, 4, 1, 1, 6)
#define HYP_HDFGRTR_EL2		sys_reg(3, 4, 3, 1, 4)
#define HYP_HDFGWTR_EL2		sys_reg(3, 4, 3, 1, 5)
#define HYP_HDFGRTR2_EL2	sys_reg(3, 4, 3, 1, 0)
#define HYP_HDFGWTR2_EL2	sys_reg(3, 4, 3, 1, 1)
#define HYP_HFGRTR2_EL2		sys_reg(3, 4, 3, 1, 2)
#define HYP_HFGWTR2_EL2		sys_reg(3, 4, 3, 1, 3)
#define HYP_HFGITR2_EL2		sys_reg(3, 4, 3, 1, 7)
#define HYP_ISR_EL1		sys_reg(3, 0, 12, 1, 0)
#define HYP_MDSCR_EL1		sys_reg(2, 0, 0, 2, 2)
#define HYP_PAR_EL1		sys_reg(3, 0, 7, 4, 0)
#define HYP_TPIDR2_EL0		sys_reg(3, 3, 13, 0, 5)
#define HYP_PMSCR_EL1		sys_reg(3, 0, 9, 9, 0)
#define HYP_PMBLIMITR_EL1	sys_reg(3, 0, 9, 10, 0)
#define HYP_TRBLIMITR_EL1	sys_reg(3, 0, 9, 11, 0)
#define HYP_BRBCR_EL1		sys_reg(2, 1, 9, 0, 0)
#define HYP_TRFCR_EL1		sys_reg(3, 0, 1, 2, 1)
#define HYP_MPAM0_EL1		sys_reg(3, 0, 10, 5, 1)
#define HYP_MPAM1_EL12		sys_reg(3, 5, 10, 5, 0)
#define HYP_PMSCR_EL12		sys_reg(3, 5, 9, 9, 0)
#define HYP_BRBCR_EL12		sys_reg(2, 5, 9, 0, 0)

#define hyp_read(reg)		read_sysreg_s(reg)
#define hyp_write(reg, value)	write_sysreg_s(value, reg)

/* Erratum AC04_CPU_23: what went before must be done with the old value, by barriers */
static __always_inline void hyp_write_hcr(const struct hyp_cpu *cpu, u64 hcr)
{
	if (unlikely(cpu->features & HYP_CPU_HCR_BARRIERS)) {
		dsb(nsh);
		hyp_write(HYP_HCR_EL2, hcr);
		isb();
	} else {
		hyp_write(HYP_HCR_EL2, hcr);
	}
}

/*
 * Active priorities of a CPU interface: 32 of them are in one register.  @bits: bits of
 * preemption, less one, 4 to 6.
 */
#define hyp_write_aprs(reg, bits, from) do {				\
	if ((bits) >= 6) {						\
		hyp_write(reg(3), (from)[3]);				\
		hyp_write(reg(2), (from)[2]);				\
	}								\
	if ((bits) >= 5)						\
		hyp_write(reg(1), (from)[1]);				\
	hyp_write(reg(0), (from)[0]);					\
} while (0)

#define hyp_read_aprs(reg, bits, to) do {				\
	if ((bits) >= 6) {						\
		(to)[3] = hyp_read(reg(3));				\
		(to)[2] = hyp_read(reg(2));				\
	}								\
	if ((bits) >= 5)						\
		(to)[1] = hyp_read(reg(1));				\
	(to)[0] = hyp_read(reg(0));					\
} while (0)

/* ICH_HCR_EL2 as it is while a VHE host runs.  On nVHE traps_leave() sees to it. */
static __always_inline void hyp_close_cpu_interface(void)
{
	if (hyp_is_vhe())
		hyp_write(HYP_ICH_HCR_EL2, HYP_ICH_HCR_TRAP_ALL);
}

/*
 * profiling.c: stop what the host profiles before its EL1 state makes room, and go on (nVHE);
 * have no guest profiled (VHE)
 */
void profiling_stop(struct hyp_cpu *cpu);
void profiling_no_guest(const struct hyp_cpu *cpu);
void profiling_resume(const struct hyp_cpu *cpu);

/* fgt.c: fine-grained traps: the host's are kept, the guest's put in, the host's put back */
void fgt_save(struct hyp_cpu *cpu);
void fgt_enter(const struct hyp_cpu *cpu);
void fgt_leave(const struct hyp_cpu *cpu);

/* debug.c: break- and watchpoints into the CPU, and the host's back; all that is the host's back */
void debug_lend_points(struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu);
void debug_return_points(struct hyp_cpu *cpu);
void debug_return(struct hyp_cpu *cpu);

static __always_inline void debug_enter(struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu)
{
	if (unlikely(vcpu->debug_active))
		debug_lend_points(cpu, vcpu);
	if (cpu->host_debug.mdscr != vcpu->debug.mdscr)
		hyp_write(HYP_MDSCR_EL1, vcpu->debug.mdscr);
}

static __always_inline void debug_leave(struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu)
{
	if (cpu->host_debug.mdscr != vcpu->debug.mdscr)
		hyp_write(HYP_MDSCR_EL1, cpu->host_debug.mdscr);
	if (unlikely(cpu->points_lent))
		debug_return_points(cpu);
}

/* passthrough.c: hardware of the host's to the guest for this stay, and back */
void passthrough_enter(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu);
void passthrough_leave(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu);
void passthrough_return(struct hyp_cpu *cpu);

/*
 * vgic.c: the guest's virtual CPU interface into the CPU, and out of it; an SGI that it sends
 * itself, if that can be done here; what was found when EL2 was taken, and back.  vgic_load() and
 * vgic_put(): VMCR and the active priorities, which stay in a VHE CPU (hyp_load(), hyp_put()).
 */
void vgic_load(const struct hyp_cpu *cpu, const struct hyp_vgic *vgic);
void vgic_put(const struct hyp_cpu *cpu, struct hyp_vgic *vgic);
void vgic_enter(const struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu);
void vgic_leave(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu);
bool vgic_sgi(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu, u64 value);
void vgic_abandon(const struct hyp_cpu *cpu);
void vgic_keep(struct hyp_cpu *cpu, struct hyp_vgic *found);
void vgic_return(const struct hyp_cpu *cpu, const struct hyp_vgic *found);

/* post.c: an SGI to others, if they are in the guest */
bool post_sgi(struct hyp_vgic *vgic, u64 value);

/*
 * answer.c: what a trapped access to a system register, or one where no memory is, asks for, if
 * EL2 knows it; @code is changed if it is done, and the host has to do more
 */
bool answer_sysreg(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu, u64 *code);
bool answer_abort(struct hyp_vcpu *vcpu);

/* entry.S, fpsimd.S */
u64 __guest_enter(struct hyp_vcpu *vcpu);
u64 __guest_at(const struct hyp_cpu *cpu, u64 va);
void __keys_abandon(struct hyp_cpu *cpu, u64 pc);
void __fpsimd_save(struct hyp_fpsimd *fp);
void __fpsimd_load(const struct hyp_fpsimd *fp);

#endif /* ARM_VCPU_HYP_ACCESS_H */
