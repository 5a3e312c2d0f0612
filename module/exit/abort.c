// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instruction and data aborts of the guest's that stage 2 took.
 *
 * pc moves for none of them before it is known what is to be done.
 */
#include <linux/printk.h>

#include "gic/device.h"
#include "guest/inject.h"
#include "guest/stat.h"
#include "guest/trace.h"
#include "host/el2.h"
#include "memory/fault.h"
#include "abort.h"
#include "mmio.h"
#include "outcome.h"
#include "ras.h"

/* Fault status codes beside those of the four types (D19.2.37, table of DFSC) */
#define FSC_TLB_CONFLICT	0x30
#define FSC_UNSUPPORTED_ATOMIC	0x31 /* hardware update of a table that isn't memory */
#define FSC_UNSUPPORTED_EXCL	0x35 /* exclusive or atomic on a device */

#define PAGE_OFFSET_4K		0xfffULL

/*
 * What the access needs.  For the walk of a stage 1 table, and for cache maintenance, WnR
 * doesn't tell: these read, and only a permission fault, which a read can't
 * have, says that they need to write: the access flag, the dirty state.  Otherwise
 * tables in read-only memory would be exits.
 */
static u32 access_of(u64 esr)
{
	bool fetch = HYP_ESR_EC(esr) == HYP_EC_IABT_LOW;
	bool permission = (esr & HYP_ISS_FSC_TYPE) == HYP_FSC_PERMISSION;

	if (esr & HYP_ISS_S1PTW)
		return ARM_VCPU_ACCESS_TABLE_WALK |
		       (permission ? ARM_VCPU_ACCESS_WRITE : ARM_VCPU_ACCESS_READ);
	if (fetch)
		return ARM_VCPU_ACCESS_EXEC;
	if (esr & HYP_ISS_CM)
		return ARM_VCPU_ACCESS_CACHE |
		       (permission ? ARM_VCPU_ACCESS_WRITE : ARM_VCPU_ACCESS_READ);
	return esr & HYP_ISS_WNR ? ARM_VCPU_ACCESS_WRITE : ARM_VCPU_ACCESS_READ;
}

static void memory_fault(struct vcpu *vcpu, u64 ipa, u32 access, int error)
{
	struct arm_vcpu_run *run = vcpu->run;

	stat_count(vcpu, ARM_VCPU_STAT_MEMORY_FAULT);
	run->exit_reason = ARM_VCPU_EXIT_MEMORY_FAULT;
	run->fault.addr = ipa;
	run->fault.access = access;
	run->fault.error = error;
}

/* One of the kinds of fault that tables make */
static int table_fault(struct vcpu *vcpu, u64 esr)
{
	struct hyp_vcpu *hyp = vcpu->hyp;
	bool decoded = HYP_ESR_EC(esr) == HYP_EC_DABT_LOW && (esr & HYP_ISS_ISV);
	u32 access = access_of(esr);
	u64 ipa;
	int ret;

	/* HPFAR_EL2 has no offset.  For a table walk, FAR_EL2's isn't that of the table. */
	ipa = hyp->hpfar;
	if (!(esr & HYP_ISS_S1PTW))
		ipa |= hyp->far & PAGE_OFFSET_4K;

	/* First, for no region is there, and it is touched more often than new memory */
	if (gic_spans(vcpu->vm, ipa) && decoded && mmio_gic(vcpu, esr, ipa))
		return ENTER_AGAIN;
	ret = stage2_fault(vcpu, ipa, access);
	trace_arm_vcpu_guest_fault(vcpu, ipa, access, ret);
	if (!ret || ret == -EIO) {
		stat_count(vcpu, ARM_VCPU_STAT_FAULT);
		return ret ?: ENTER_AGAIN;
	}

	vcpu->run->far = hyp->far;
	vcpu->run->ipa = ipa;
	if (ret == -ENOENT && decoded)
		return mmio_exit(vcpu, esr, ipa);
	memory_fault(vcpu, ipa, access, ret == -ENOENT ? 0 : -ret);
	return TO_USER;
}

/**
 * abort_exit() - a fault of stage 2, or an external abort that EL2 was given
 * @vcpu: whose; it isn't running
 * @esr: of the abort
 *
 * Return: 1 to enter the guest again, 0 for an exit, -EIO when the VM is dead.
 */
int abort_exit(struct vcpu *vcpu, u64 esr)
{
	bool fetch = HYP_ESR_EC(esr) == HYP_EC_IABT_LOW;
	u64 fsc = esr & HYP_ISS_FSC;

	/*
	 * The guest changed its tables while we looked, or an SError took the addresses with it:
	 * it faults again, or not
	 */
	if (!vcpu->hyp->hpfar_valid) {
		stat_count(vcpu, ARM_VCPU_STAT_FAULT);
		return ENTER_AGAIN;
	}

	switch (esr & HYP_ISS_FSC_TYPE) {
	case HYP_FSC_TRANSLATION:
	case HYP_FSC_ACCESS:
	case HYP_FSC_PERMISSION:
		return table_fault(vcpu, esr);
	}

	stat_count(vcpu, ARM_VCPU_STAT_ABORT);
	switch (fsc) {
	case FSC_TLB_CONFLICT:
		/* The guest changed a size without break-before-make: its loss, not ours */
		el2_tlb_flush_vmid(&vcpu->vm->stage2.tables.hw);
		return ENTER_AGAIN;
	case FSC_UNSUPPORTED_ATOMIC:
	case FSC_UNSUPPORTED_EXCL:
		inject_abort(vcpu, fetch, fsc | (esr & HYP_ISS_WNR), vcpu->hyp->far);
		return ENTER_AGAIN;
	}

	if ((fsc & HYP_FSC_EXTABT_MASK) == HYP_FSC_EXTABT) {
		ras_abort(vcpu, esr);
		return ENTER_AGAIN;
	}
	pr_err_ratelimited("arm_vcpu: vCPU %u: abort that no table explains, ESR_EL2 %#llx, IPA %#llx\n",
			   vcpu->id, esr, vcpu->hyp->hpfar);
	inject_abort(vcpu, fetch, HYP_FSC_EXTABT, vcpu->hyp->far);
	return ENTER_AGAIN;
}
