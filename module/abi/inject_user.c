// SPDX-License-Identifier: GPL-2.0-only
/*
 * INJECT: an exception that the VMM has for the guest.
 */
#include "guest/inject.h"
#include "guest/pstate.h"
#include "host/features.h"
#include "inject_user.h"

/* ESR_EL1[63:56] are RES0 */
#define ESR_BITS	GENMASK_ULL(55, 0)

static int serror(struct vcpu *vcpu, const struct arm_vcpu_inject *inject)
{
	if (inject->far || inject->esr & ~(u64)HYP_VSESR_BITS)
		return -EINVAL;
	if (inject->esr && !features_ras())
		return -EOPNOTSUPP;
	inject_serror(vcpu, inject->esr);
	return 0;
}

/* pc and pstate are those of the run page, each read once, and checked as RUN does it */
static int sync(struct vcpu *vcpu, const struct arm_vcpu_inject *inject)
{
	struct arm_vcpu_run *run = vcpu->run;
	struct hyp_vcpu *hyp = vcpu->hyp;
	u64 pstate = READ_ONCE(run->pstate);

	if (inject->esr & ~ESR_BITS || !pstate_allowed(pstate))
		return -EINVAL;
	hyp->pc = READ_ONCE(run->pc);
	hyp->pstate = pstate & PSTATE_BITS;
	inject_sync(vcpu, inject->esr, inject->far);
	/* To take an exception is a step (D2.11) */
	vcpu->debugger.step_done = vcpu->debugger.flags & ARM_VCPU_DEBUG_STEP;

	/* What was to be completed has been interrupted instead */
	vcpu->pending = PENDING_NONE;
	WRITE_ONCE(run->pending, 0);
	WRITE_ONCE(run->pc, hyp->pc);
	WRITE_ONCE(run->pstate, hyp->pstate);
	return 0;
}

/**
 * inject_user() - the command INJECT
 * @vcpu: not running, its registers not resident
 * @arg: struct arm_vcpu_inject
 *
 * Return: 0, -EINVAL or -EOPNOTSUPP.
 */
long inject_user(struct vcpu *vcpu, void *arg)
{
	const struct arm_vcpu_inject *inject = arg;

	if (inject->flags & ~INJECT_FLAGS)
		return -EOPNOTSUPP;
	if (inject->reserved)
		return -EINVAL;
	if (inject->flags & ARM_VCPU_INJECT_SERROR)
		return serror(vcpu, inject);
	return sync(vcpu, inject);
}
