// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped accesses that need nothing but words which EL2 can see: the guest goes on at once.
 *
 * It is done as the kernel does it (exit/exit.c), which does it while exits are traced.
 */
#include "access.h"
#include "../../uapi/linux/arm_vcpu.h"

static __hyp_inline void set_x(struct hyp_vcpu *vcpu, unsigned int n, u64 value)
{
	struct arm_vcpu_run *run = (__force struct arm_vcpu_run *)vcpu->run;

	if (n < 31)
		WRITE_ONCE(run->x[n], value);
}

/* As skip_instruction(), of AArch64 */
static __hyp_inline void skip(struct hyp_vcpu *vcpu)
{
	vcpu->pc += 4;
	vcpu->pstate &= ~(HYP_PSR_BTYPE | HYP_PSR_SS);
}

/* MRS of op0 3, op1 0, CRn 0, CRm 1 to 7 */
static __hyp_inline bool reads_id(u64 esr)
{
	return esr & HYP_ISS_SYS_READ && HYP_ISS_SYS_OP0(esr) == 3 && !HYP_ISS_SYS_OP1(esr) &&
	       !HYP_ISS_SYS_CRN(esr) && HYP_ISS_SYS_CRM(esr) - 1 < 7;
}

/* At EL0 these registers have no name */
bool __hyp answer_sysreg(struct hyp_vcpu *vcpu)
{
	u64 esr = vcpu->esr;

	if (!reads_id(esr) || (vcpu->pstate & HYP_PSR_M_MASK) == HYP_PSR_EL0t)
		return false;
	set_x(vcpu, HYP_ISS_SYS_RT(esr),
	      vcpu->ids[(HYP_ISS_SYS_CRM(esr) << 3 | HYP_ISS_SYS_OP2(esr)) % HYP_ID_REGS]);
	skip(vcpu);
	return hyp_count(&vcpu->handled.sysreg);
}
