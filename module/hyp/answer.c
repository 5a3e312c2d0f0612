// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trapped accesses that need nothing but words which EL2 can see: the guest goes on at once.
 *
 * It is done as the kernel does it (exit/exit.c), which does it while exits are traced.
 */
#include "access.h"
#include "../../uapi/linux/arm_vcpu.h"

/* General registers but for XZR, the 31st */
#define NR_X		31

/* The ID registers, CRm and op2 being any */
#define IDS		HYP_ISS_SYS(3, 0, 0, 0, 0)
#define IDS_MASK	HYP_ISS_SYS(3, 7, 15, 0, 0)
#define CTR_EL0		HYP_ISS_SYS(3, 3, 0, 0, 1)
#define ICC_SGI1R	HYP_ISS_SYS(3, 0, 12, 11, 5)
#define REG_MASK	HYP_ISS_SYS(3, 7, 15, 15, 7)

/* A load of 32 bits into a general register, from where nothing is mapped */
#define LOAD		((u64)HYP_EC_DABT_LOW << HYP_ESR_EC_SHIFT | HYP_ISS_ISV |	\
			 HYP_ISS_SAS_WORD | HYP_FSC_TRANSLATION)
#define LOAD_MASK	(0x3fULL << HYP_ESR_EC_SHIFT | HYP_ISS_ISV | HYP_ISS_SAS_MASK |	\
			 HYP_ISS_SSE | HYP_ISS_WNR | HYP_ISS_FSC_TYPE)

static __hyp_inline u64 *x_of(const struct hyp_vcpu *vcpu, unsigned int n)
{
	return &((__force struct arm_vcpu_run *)vcpu->run)->x[n];
}

/* CTR_EL0 too, which Linux reads for each line of cache that it makes executable */
static __hyp_inline bool is_id(u64 esr)
{
	if ((esr & REG_MASK) == CTR_EL0)
		return true;
	/* CRm 1 to 7 */
	return (esr & IDS_MASK) == IDS && HYP_ISS_SYS_CRM(esr) - 1 < 7;
}

static __hyp_inline void read_id(struct hyp_vcpu *vcpu, u64 esr)
{
	unsigned int rt = HYP_ISS_SYS_RT(esr);
	unsigned int reg = HYP_ISS_SYS_CRM(esr) << 3 | HYP_ISS_SYS_OP2(esr);

	if (rt < NR_X)
		WRITE_ONCE(*x_of(vcpu, rt), vcpu->ids[reg % HYP_ID_REGS]);
}

/* As skip_instruction(), at EL1 */
static __hyp_inline void skip(struct hyp_vcpu *vcpu)
{
	vcpu->pc += 4;
	vcpu->pstate &= ~(HYP_PSR_BTYPE | HYP_PSR_SS);
}

/* Not inlined, for it calls: others are read more often than this is written */
static noinline bool __hyp send_sgi(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu, u64 *code)
{
	unsigned int rt = HYP_ISS_SYS_RT(vcpu->esr);
	u64 value;

	if ((vcpu->esr & REG_MASK) != ICC_SGI1R || rt >= NR_X)
		return false;
	value = READ_ONCE(*x_of(vcpu, rt));
	if (!vgic_sgi(cpu, vcpu, value) && !post_sgi(&vcpu->vgic, value))
		return false;
	skip(vcpu);
	hyp_count(&vcpu->handled.sysreg);
	if (likely(!vcpu->vgic.late))
		return true;
	/* It is done, and somebody is to be woken */
	*code = HYP_EXIT_IRQ;
	return false;
}

static __hyp_inline bool at_el0(const struct hyp_vcpu *vcpu)
{
	return (vcpu->pstate & HYP_PSR_M_MASK) == HYP_PSR_EL0t;
}

/* At EL0 none of these has a name */
bool __hyp answer_sysreg(const struct hyp_cpu *cpu, struct hyp_vcpu *vcpu, u64 *code)
{
	u64 esr = vcpu->esr;

	if (at_el0(vcpu))
		return false;
	if (!(esr & HYP_ISS_SYS_READ))
		return send_sgi(cpu, vcpu, code);
	if (!is_id(esr))
		return false;
	read_id(vcpu, esr);
	skip(vcpu);
	return hyp_count(&vcpu->handled.sysreg);
}

static __hyp_inline bool little_endian(const struct hyp_vcpu *vcpu)
{
	return !at_el0(vcpu) && !(hyp_read(HYP_SCTLR_EL1) & HYP_SCTLR_EE);
}

/* GICD_CTLR and GICR_CTLR above all, which are polled after what they tell has been changed */
bool __hyp answer_abort(struct hyp_vcpu *vcpu)
{
	u64 ipa = vcpu->hpfar | (vcpu->far & GENMASK_ULL(11, 0));
	const struct hyp_frame *frame = vcpu->vgic.frame;
	u64 at = (ipa & ~GENMASK_ULL(3, 0)) | HYP_FRAME_VALID;
	unsigned int rt = HYP_ISS_SRT(vcpu->esr);

	if ((vcpu->esr & LOAD_MASK) != LOAD || (frame->at != at && (++frame)->at != at))
		return false;
	if (ipa % 4 || !little_endian(vcpu))
		return false;
	if (rt < NR_X)
		WRITE_ONCE(*x_of(vcpu, rt), READ_ONCE(frame->word[ipa / 4 % 4]));
	skip(vcpu);
	return hyp_count(&vcpu->handled.gic);
}
