// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware errors while a guest ran: what has been lost is the guest's, and it is told; what
 * may have spread is the host's, and it stops, as it does for its own.
 *
 * The log has each syndrome: it can be the first sign of bad hardware.  No page is taken out of
 * use (memory_failure()): where it lies only the guest's tables tell, which it can change
 * meanwhile, and on some machines it can make aborts at will, by the memory type that it
 * chooses.  So it could take any page that it can read from all who share it.  The kernel does
 * so for what firmware reports alone, too.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/panic.h>
#include <linux/printk.h>

#include "guest/inject.h"
#include "guest/stat.h"
#include "ras.h"
#include "ras_grade.h"

/* What the syndrome of an external abort that EL2 took says to EL1 as well: S1PTW is stage 2's */
#define ABORT_ISS	(HYP_ISS_FSC | HYP_ISS_WNR | HYP_ISS_CM | HYP_ISS_EA | HYP_ISS_FNV | \
			 HYP_ISS_SET_MASK)

/**
 * ras_serror() - a physical SError while the guest ran
 * @vcpu: which; it isn't running
 * @syndrome: IDS and ISS, of ESR_EL2 or DISR_EL1
 *
 * It is asynchronous: what has failed is somewhere in what this CPU did before, and as EL2's
 * vectors begin with a barrier that separates it from the host's (hazard 2), that was the
 * guest.  The guest's has no syndrome, since guests aren't shown RAS.
 */
void ras_serror(struct vcpu *vcpu, u64 syndrome)
{
	stat_count(vcpu, ARM_VCPU_STAT_SERROR);
	switch (ras_grade_serror(syndrome, vcpu->hyp->ras)) {
	case RAS_HARMLESS:
		pr_warn_ratelimited("vCPU %u: SError while the guest ran, which goes on: syndrome %#llx\n",
				    vcpu->id, syndrome);
		break;
	case RAS_GUESTS:
		pr_err_ratelimited("vCPU %u: SError while the guest ran, which is given it: syndrome %#llx\n",
				   vcpu->id, syndrome);
		inject_serror(vcpu, 0);
		break;
	case RAS_HOSTS:
		panic(KBUILD_MODNAME ": vCPU %u: an SError that isn't contained, syndrome %#llx",
		      vcpu->id, syndrome);
	}
}

/**
 * ras_abort() - a synchronous external abort of the guest's
 * @vcpu: which; it isn't running
 * @esr: ESR_EL2
 *
 * With RAS each comes here (HCR_EL2.TEA); without, those that were met on the walk of stage 2.
 * The guest gets what it would have got from its own memory.  FAR_EL2 isn't its to see where
 * it isn't the address: it may be left from the host.
 *
 * That is so whatever SET says of containment.  The abort is precise, the access hasn't been
 * done, and a guest may know how to make one: were one the host's, a guest could stop the host.
 */
void ras_abort(struct vcpu *vcpu, u64 esr)
{
	bool fetch = HYP_ESR_EC(esr) == HYP_EC_IABT_LOW;
	u64 far = esr & HYP_ISS_FNV ? 0 : vcpu->hyp->far;

	pr_err_ratelimited("vCPU %u: external abort, which is given to the guest: ESR_EL2 %#llx, FAR_EL2 %#llx\n",
			   vcpu->id, esr, far);
	inject_abort(vcpu, fetch, esr & ABORT_ISS, far);
}
