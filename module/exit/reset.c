// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU as power-on leaves it (D1.10), and the control registers that hold it.
 */
#include <linux/string.h>

#include "gic/device.h"
#include "gic/vgic.h"
#include "guest/idreg.h"
#include "guest/sysreg.h"
#include "guest/timer.h"
#include "host/cache.h"
#include "host/cpu.h"
#include "host/el2.h"
#include "reset.h"
#include "smccc_flags.h"

/*
 * All of EL1 and EL0 that isn't switched is trapped, as far as HCR_EL2 can: ID registers
 * (TID1 to 3, 5), ACTLR (TACR), what is the CPU's own (TIDCP), LORegions (TLOR), error
 * records (TERR); and external aborts come to EL2 (TEA, with RAS).  Traps of features that a CPU
 * doesn't have are RES0 there.
 *
 * FB and BSU make the guest's local TLB and barrier instructions count on all CPUs: it
 * doesn't know that it moves.  PTW keeps walks of its tables, which CPUs make on their own, from
 * devices.
 */
#define HCR_GUEST	(HYP_HCR_VM | HYP_HCR_SWIO | HYP_HCR_RW | HYP_HCR_PTW |		\
			 HYP_HCR_FMO | HYP_HCR_IMO | HYP_HCR_AMO |			\
			 HYP_HCR_FB | HYP_HCR_BSU_IS | HYP_HCR_TWI | HYP_HCR_TSC |	\
			 HYP_HCR_TID1 | HYP_HCR_TID2 | HYP_HCR_TID3 | HYP_HCR_TID5 |	\
			 HYP_HCR_TIDCP | HYP_HCR_TACR | HYP_HCR_TSW | HYP_HCR_TVM |	\
			 HYP_HCR_TLOR | HYP_HCR_TERR | HYP_HCR_TEA)

/*
 * Debug registers, OS lock, performance monitors, profiling and trace filters trap.  The
 * buffers of SPE and TRBE aren't EL1's (E2PB and E2TB are 0).
 */
#define MDCR_GUEST	(HYP_MDCR_TDA | HYP_MDCR_TDRA | HYP_MDCR_TDOSA | HYP_MDCR_TPM |	\
			 HYP_MDCR_TPMCR | HYP_MDCR_TPMS | HYP_MDCR_TTRF | HYP_MDCR_TDCC)

/* In the order of enum hyp_reg, which the same list makes */
static const u64 reset_values[] = {
#define X(name, op0, op1, crn, crm, op2, reset)	(reset),
	HYP_ALL_REGS(X)
#undef X
};

static u64 hcr_guest(const struct vm *vm)
{
	u64 hcr = HCR_GUEST;

	/* Physical interrupts go to EL1, and ICC_* there is the CPU's own interface (D19.2.48) */
	if (vm->passthrough & HYP_PASS_INTERRUPTS)
		hcr &= ~(HYP_HCR_FMO | HYP_HCR_IMO);

	if (el2_mode() == ARM_VCPU_EL2_VHE)
		hcr |= HYP_HCR_E2H;
	if (cache_is_forced())
		hcr |= HYP_HCR_FWB;
	/* The keys are switched */
	if (idreg_shows_pauth(vm))
		hcr |= HYP_HCR_API | HYP_HCR_APK;
	return hcr;
}

/**
 * reset_vcpu() - power a vCPU on
 * @vcpu: isn't running; its registers aren't resident
 * @entry: where it begins, with what in x0 to x3
 */
void reset_vcpu(struct vcpu *vcpu, const struct arm_vcpu_entry *entry)
{
	struct hyp_vcpu *hyp = vcpu->hyp;
	struct arm_vcpu_run *run = vcpu->run;
	int i;

	for (i = 0; i < ARRAY_SIZE(run->x); i++)
		WRITE_ONCE(run->x[i], i < ARRAY_SIZE(entry->x) ? entry->x[i] : 0);
	WRITE_ONCE(run->pc, entry->pc);
	WRITE_ONCE(run->pstate, HYP_PSR_EL1h | HYP_PSR_D | HYP_PSR_A | HYP_PSR_I | HYP_PSR_F);
	WRITE_ONCE(run->pending, 0);
	WRITE_ONCE(run->timers, 0);

	memcpy(hyp->regs, reset_values, sizeof(hyp->regs));
	memset(hyp->keys, 0, sizeof(hyp->keys));
	memset(&hyp->fp, 0, sizeof(hyp->fp));
	hyp->sp_el0 = 0;
	hyp->tpidr2 = 0;
	hyp->vdisr = 0;
	hyp->vsesr = 0;
	hyp->hcr = hcr_guest(vcpu->vm);
	hyp->mdcr_traps = MDCR_GUEST;
	hyp->smccc = smccc_flags(vcpu->vm);
	idreg_fill(vcpu->vm, hyp->ids);
	hyp->stage2 = vcpu->vm->stage2.tables.hw;
	memset(&hyp->icc, 0, sizeof(hyp->icc));
	if (vcpu->gic)
		gic_reset_vcpu(vcpu);
	else
		vgic_reset(vcpu);
	vcpu->active_ppis = 0;
	timer_take_offset(vcpu);
	timer_reset(vcpu);
	sysreg_reset(vcpu);

	vcpu->pending = PENDING_NONE;
	vcpu->debugger.step_done = false;
	vcpu->debugger.vmm_can_do = false;
	vcpu->timers_seen = 0;
	clear_bit(VCPU_NO_ENTRY, &vcpu->unready);
	WRITE_ONCE(vcpu->power, ARM_VCPU_POWER_ON);
	clear_bit(VCPU_OFF, &vcpu->unready);
}
