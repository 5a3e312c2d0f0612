// SPDX-License-Identifier: GPL-2.0-only
/*
 * The world switch: from the host to the guest and back, for one stay in the guest.
 *
 * One source for both modes.  What differs is at home in one place each: names of EL1
 * registers in access.h, the swap of the host's EL1 state in host_leave() and
 * host_return(), control values in traps.h, and the way in and out around this file
 * (el2_vhe.c; nvhe/host.S).
 */
#include "access.h"
#include "move.h"
#include "smccc.h"
#include "timers.h"
#include "traps.h"
#include "../../uapi/linux/arm_vcpu.h"

/*
 * CPUs with the speculative AT errata may walk tables for an out-of-context EL1&0 regime.
 * While VTTBR_EL2, HCR_EL2.VM and the EL1 registers don't belong together, no walk may
 * happen: EPD0 and EPD1 are set first, and go last, and count only while SCTLR_EL1.M is
 * set.  On VHE nothing is to be done: before HCR_EL2.TGE is cleared, AT acts on EL2&0.
 */
static __hyp_inline void walks_off(const struct hyp_cpu *cpu)
{
	if (hyp_is_vhe() || !(cpu->features & HYP_CPU_SPECULATIVE_AT))
		return;
	hyp_write(HYP_TCR_EL1, hyp_read(HYP_TCR_EL1) | HYP_TCR_EPD0 | HYP_TCR_EPD1);
	isb();
	hyp_write(HYP_SCTLR_EL1, hyp_read(HYP_SCTLR_EL1) | HYP_SCTLR_M);
	isb();
}

/* EL1 registers in, walks last.  The stage 2 that they belong to is in place. */
static __hyp_inline void el1_load(const struct hyp_cpu *cpu, const u64 *regs)
{
	bool ordered = !hyp_is_vhe() && (cpu->features & HYP_CPU_SPECULATIVE_AT);

	regs_load_el1(regs);
	if (ordered)
		isb();
	hyp_write(HYP_SCTLR_EL1, regs[HYP_REG_SCTLR_EL1]);
	if (ordered)
		isb();
	hyp_write(HYP_TCR_EL1, regs[HYP_REG_TCR_EL1]);
}

/* What belongs to the VM and the vCPU rather than to this stay in the guest */
static __hyp_inline void identity_load(const struct hyp_vcpu *vcpu)
{
	hyp_write(HYP_VTCR_EL2, vcpu->stage2.vtcr);
	hyp_write(HYP_VTTBR_EL2, vcpu->stage2.vttbr);
	hyp_write(HYP_VMPIDR_EL2, vcpu->vmpidr);
	hyp_write(HYP_CNTVOFF_EL2, vcpu->cntvoff);
}

/*
 * VHE: the host doesn't use any of these, so they stay until another vCPU needs the CPU,
 * or this vCPU another CPU.  The ISB puts both stages of translation in force before
 * HCR_EL2.TGE is ever cleared (erratum 1165522).
 */
void __hyp hyp_load(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	/* The guest that was here last may have left walks, see host_leave() */
	dsb(nsh);
	identity_load(vcpu);
	regs_load_exception(vcpu->regs);
	el1_load(cpu, vcpu->regs);
	timers_load(vcpu);
	if (vcpu->vgic.stays)
		vgic_load(cpu, &vcpu->vgic);
	isb();
}

void __hyp hyp_put(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	regs_save_exception(vcpu->regs);
	regs_save_el1(vcpu->regs);
	timers_put(vcpu);
	if (vcpu->vgic.stays)
		vgic_put(cpu, &vcpu->vgic);
}

/* nVHE: the host's EL1 state makes room */
static __hyp_inline void host_leave(struct hyp_cpu *cpu)
{
	profiling_stop(cpu);
	/*
	 * A walk that was begun for the EL1&0 regime may go on at EL2, and a DSB alone ends it:
	 * before that, nothing of the regime changes (R_LFHQG).
	 */
	dsb(nsh);
	regs_save_el1(cpu->host_regs);
	walks_off(cpu);
}

/* nVHE: the host's EL1 state comes back; its stage 2 is off and its VMID is 0 */
static __hyp_inline void host_return(struct hyp_cpu *cpu)
{
	hyp_write(HYP_VTTBR_EL2, 0);
	hyp_write(HYP_VMPIDR_EL2, cpu->host_vmpidr);
	/* User space of the host reads CNTVCT_EL0 */
	hyp_write(HYP_CNTVOFF_EL2, 0);
	isb();
	el1_load(cpu, cpu->host_regs);
	profiling_resume(cpu);
}

/*
 * Where TPIDR2_EL0 can't be trapped, it is the guest's like TPIDR_EL0.  The host's are all
 * kept before anything of the guest's is looked at: hyp_abandon() counts on it.
 */
static __hyp_inline void window_host_save(struct hyp_cpu *cpu)
{
	regs_save_window(cpu->host_regs);
	cpu->host_debug.mdscr = hyp_read(HYP_MDSCR_EL1);
	if (cpu->features & HYP_CPU_TPIDR2)
		cpu->host_tpidr2 = hyp_read(HYP_TPIDR2_EL0);
}

static __hyp_inline void window_host_load(const struct hyp_cpu *cpu)
{
	regs_load_window(cpu->host_regs);
	if (cpu->features & HYP_CPU_TPIDR2)
		hyp_write(HYP_TPIDR2_EL0, cpu->host_tpidr2);
}

static __hyp_inline void window_guest_load(const struct hyp_cpu *cpu, const struct hyp_vcpu *vcpu)
{
	regs_load_window(vcpu->regs);
	regs_load_scratch(vcpu->regs);
	if (cpu->features & HYP_CPU_TPIDR2)
		hyp_write(HYP_TPIDR2_EL0, vcpu->tpidr2);
}

static __hyp_inline void window_guest_save(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	regs_save_window(vcpu->regs);
	regs_save_scratch(vcpu->regs);
	if (cpu->features & HYP_CPU_TPIDR2)
		vcpu->tpidr2 = hyp_read(HYP_TPIDR2_EL0);
}

/*
 * HPFAR_EL2 isn't valid for a permission fault on the final address of an access
 * (D19.2.64), nor for a translation fault on CPUs with erratum 834220.
 */
static __hyp_inline bool hpfar_lies(const struct hyp_cpu *cpu, u64 esr)
{
	if (esr & HYP_ISS_S1PTW)
		return false;
	switch (esr & HYP_ISS_FSC_TYPE) {
	case HYP_FSC_PERMISSION:
		return true;
	case HYP_FSC_TRANSLATION:
	case HYP_FSC_ACCESS:
		return cpu->features & HYP_CPU_HPFAR_BY_AT;
	}
	return false;
}

/*
 * An interrupt or SError that is pending already is the host's, which takes it as soon as it
 * unmasks.  Errors of the host's own accesses are waited for, lest the guest be blamed for them,
 * or given them.
 */
static __hyp_inline u64 host_pending(void)
{
	dsb(nsh);
	isb();
	return hyp_read(HYP_ISR_EL1);
}

/*
 * Did the walk of AT leave an SError?  With RAS the barrier behind it has deferred that.
 * Without, it stays pending, and comes as an exit of its own when the guest is tried again.
 */
static __hyp_inline bool walk_failed(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu, u64 *code)
{
	if (cpu->features & HYP_CPU_RAS) {
		vcpu->serror = hyp_read(HYP_DISR_EL1);
		if (likely(!vcpu->serror))
			return false;
		hyp_write(HYP_DISR_EL1, 0);
		*code |= HYP_EXIT_WITH_SERROR;
		return true;
	}
	dsb(sy);
	isb();
	return hyp_read(HYP_ISR_EL1) & HYP_ISR_A;
}

/*
 * Where HPFAR_EL2 can't be trusted, ask stage 1.  The guest may have changed its tables
 * since, then AT fails; or the walk aborts, for memory has failed or can't do what
 * TCR_EL1.HA asks of it.  The access is to be tried again: what is lasting, the guest's own
 * walk meets, and the guest is told by an abort of its own.
 */
static __hyp_inline void fault_address(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu,
				       u64 *code)
{
	u64 par, guest_par;

	vcpu->far = hyp_read(HYP_FAR_EL2);
	if (!hpfar_lies(cpu, vcpu->esr)) {
		vcpu->hpfar = (hyp_read(HYP_HPFAR_EL2) & GENMASK_ULL(43, 4)) << 8;
		vcpu->hpfar_valid = true;
		return;
	}

	/* An SError of the host's own accesses since the exit isn't the walk's */
	if (unlikely(host_pending() & HYP_ISR_A)) {
		*code = HYP_EXIT_IRQ;
		return;
	}
	guest_par = hyp_read(HYP_PAR_EL1);
	par = __guest_at(cpu, vcpu->far);
	hyp_write(HYP_PAR_EL1, guest_par);
	vcpu->hpfar = par & GENMASK_ULL(51, 12);
	vcpu->hpfar_valid = !walk_failed(cpu, vcpu, code) && !(par & HYP_PAR_F);
}

/*
 * The guest touched FP/SIMD for the first time in this window, and the host has no state
 * of its own in the registers (fpsimd.c saw to it): load the guest's, and go on.
 */
static bool __hyp give_fpsimd(struct hyp_vcpu *vcpu)
{
	vcpu->fp_used = true;
	if (!vcpu->fp_usable)
		return false;
	vcpu->fp_loaded = true;
	hyp_write(HYP_CPTR_EL2, cptr_traps(vcpu));
	isb();
	__fpsimd_load(&vcpu->fp);
	return hyp_count(&vcpu->handled.fp);
}

/* SMCCC's own calls need nothing but the CPU.  pc is past the HVC. */
static __hyp_inline bool answer_hvc(struct hyp_vcpu *vcpu)
{
	struct arm_vcpu_run *run = (__force struct arm_vcpu_run *)vcpu->run;
	u64 result;

	if (!hyp_smccc_call(vcpu->smccc, hyp_smccc_immediate(vcpu->esr), READ_ONCE(run->x[0]),
			    READ_ONCE(run->x[1]), &result))
		return false;
	WRITE_ONCE(run->x[0], result);
	return hyp_count(&vcpu->handled.hvc);
}

/*
 * Are accesses answered here?  Not while the kernel traces them, nor where the guest has the
 * host's interrupts: these come when something traps.
 */
static __hyp_inline bool answers(const struct hyp_vcpu *vcpu)
{
	return !vcpu->traced && likely(!(vcpu->passthrough & HYP_PASS_INTERRUPTS));
}

/* Exits that end here: true when the guest can go on at once */
static __hyp_inline bool handled(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu, u64 *code)
{
	/* An SError that came with it is for the host to tell, before anything goes on */
	bool alone = *code == HYP_EXIT_SYNC;

	vcpu->esr = hyp_read(HYP_ESR_EL2);
	if ((*code & HYP_EXIT_CODE) != HYP_EXIT_SYNC)
		return false;

	switch (HYP_ESR_EC(vcpu->esr)) {
	case HYP_EC_HVC64:
		return alone && answer_hvc(vcpu);
	case HYP_EC_SYS64:
		return alone && answers(vcpu) && answer_sysreg(cpu, vcpu, code);
	case HYP_EC_FP:
		return alone && give_fpsimd(vcpu);
	case HYP_EC_IABT_LOW:
	case HYP_EC_DABT_LOW:
		vcpu->hpfar_valid = false;
		if (unlikely(!alone))
			return false;
		fault_address(cpu, vcpu, code);
		if (vcpu->hpfar_valid)
			return answers(vcpu) && answer_abort(vcpu);
		return *code == HYP_EXIT_SYNC && hyp_count(&vcpu->handled.fault);
	case HYP_EC_WATCHPT_LOW:
		/* Without RAS, that SError was taken at EL2, and FAR_EL2 is unknown since */
		vcpu->far = alone || cpu->features & HYP_CPU_RAS ? hyp_read(HYP_FAR_EL2) : 0;
		return false;
	}
	return false;
}

static __hyp_inline bool host_is_called(const struct hyp_vcpu *vcpu)
{
	/* On nVHE, host_leave() has waited, and an ISB came since */
	u64 pending = hyp_is_vhe() ? host_pending() : hyp_read(HYP_ISR_EL1);

	/* Interrupts may be for the guest */
	if (unlikely(vcpu->passthrough & HYP_PASS_INTERRUPTS))
		pending &= HYP_ISR_A;
	return pending;
}

/* From the host to the point where only ERET is missing */
static __hyp_inline void world_enter(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	if (!hyp_is_vhe())
		host_leave(cpu);
	window_host_save(cpu);
	if (!hyp_is_vhe())
		WRITE_ONCE(cpu->host_away, true);

	vcpu->cpu = (__force hyp_addr_t)cpu;
	if (!hyp_is_vhe())
		identity_load(vcpu);
	window_guest_load(cpu, vcpu);
	debug_enter(cpu, vcpu);
	traps_enter(cpu, vcpu);
	if (!hyp_is_vhe()) {
		isb();
		regs_load_exception(vcpu->regs);
		el1_load(cpu, vcpu->regs);
	}
	timers_enter(vcpu);
	if (vcpu->vgic.on)
		vgic_enter(cpu, vcpu);
	if (unlikely(vcpu->passthrough))
		passthrough_enter(cpu, vcpu);
}

static __hyp_inline void world_leave(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	if (vcpu->fp_loaded) {
		__fpsimd_save(&vcpu->fp);
		vcpu->fp_loaded = false;
	}
	if (unlikely(cpu->passed))
		passthrough_leave(cpu, vcpu);
	if (vcpu->vgic.on)
		vgic_leave(cpu, vcpu);
	timers_leave(vcpu);
	if (hyp_is_vhe()) {
		/* Stays loaded as the rest does, but exits ask for it: byte order, caches */
		vcpu->regs[HYP_REG_SCTLR_EL1] = hyp_read(HYP_SCTLR_EL1);
	} else {
		regs_save_exception(vcpu->regs);
		regs_save_el1(vcpu->regs);
		/* The guest's walks, see host_leave().  Without RAS, guest_exit has waited. */
		if (cpu->features & HYP_CPU_RAS)
			dsb(nsh);
		walks_off(cpu);
	}
	serror_save(cpu, vcpu);
	traps_leave(cpu);
	debug_leave(cpu, vcpu);
	window_guest_save(cpu, vcpu);
	window_host_load(cpu);
	if (!hyp_is_vhe())
		host_return(cpu);
	/* The host's regime and traps are in force before it runs on */
	isb();
}

/*
 * A VHE host has only interrupts masked.  Debug exceptions and SErrors have to be as well,
 * while the guest's MDSCR_EL1 is in place and our vectors are; and the exception that
 * brings us back leaves all four masked, as the one does that calls EL2 on nVHE.
 */
static __hyp_inline u64 host_mask(void)
{
	u64 daif = 0;

	if (hyp_is_vhe()) {
		daif = read_sysreg(daif);
		asm volatile("msr daifset, #0xf" : : : "memory");
	}
	return daif;
}

static __hyp_inline void host_unmask(u64 daif)
{
	if (hyp_is_vhe())
		write_sysreg(daif, daif);
}

long __hyp hyp_run(struct hyp_cpu *cpu, struct hyp_vcpu *vcpu)
{
	u64 daif = host_mask();
	u64 code;

	world_enter(cpu, vcpu);
	if (host_is_called(vcpu)) {
		/* As an exit from the guest does: ICH_MISR_EL2 is of what was just written */
		isb();
		code = HYP_EXIT_IRQ;
	} else {
		do {
			code = __guest_enter(vcpu);
		} while (handled(cpu, vcpu, &code));
	}
	world_leave(cpu, vcpu);
	host_unmask(daif);
	return code;
}

/*
 * nVHE: EL2 broke down somewhere in hyp_run(), perhaps over the vCPU, which isn't looked at
 * again: the host's world back from what was kept of it on the way in.
 */
void __hyp hyp_abandon(struct hyp_cpu *cpu)
{
	hyp_write(HYP_CNTV_CTL, 0);
	passthrough_return(cpu);
	/* The guest's walks, see host_leave() */
	dsb(nsh);
	walks_off(cpu);
	traps_leave(cpu);
	vgic_abandon(cpu);
	debug_return(cpu);
	window_host_load(cpu);
	host_return(cpu);
	write_sysreg(cpu->host_sp_el0, sp_el0);
	isb();
}
