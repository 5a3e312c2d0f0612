// SPDX-License-Identifier: MIT
#include "step.h"

#include <stdbool.h>

#include "exit.h"
#include "machine.h"

#define PSR_MODE	0x1fULL
#define PSR_EL0T	0x00ULL
#define PSR_EL1H	0x05ULL
#define PSR_MASKS	0xc0ULL	/* I and F */

#define REG_VBAR	ARM_VCPU_REG_SYSREG(3, 0, 12, 0, 0)
#define VECTORS_SIZE	0x800ULL

/* Instructions that read or write PSTATE's masks (DDI 0487, C4.1.94) */
static const struct { __u32 mask, value; } touchy[] = {
	{ 0xfff8f01f, 0xd500401f },	/* MSR (immediate) */
	{ 0xffdfffe0, 0xd51b4220 },	/* MSR and MRS of DAIF */
	{ 0xfffff000, 0xd69f0000 },	/* ERET, ERETAA, ERETAB */
};

static bool can_be_masked(struct vcpu *vcpu)
{
	const struct armvcpu_bus bus = exit_bus(vcpu->machine);
	__u32 insn;

	/* EL0 can't mask what EL1 takes */
	if ((vcpu->cpu.run->pstate & PSR_MODE) == PSR_EL0T ||
	    armvcpu_instruction(&vcpu->cpu, &bus, &insn))
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(touchy); i++)
		if ((insn & touchy[i].mask) == touchy[i].value)
			return false;
	return true;
}

void step_begin(struct vcpu *vcpu, struct step *step)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;

	step->pc = run->pc;
	step->masked = can_be_masked(vcpu) ? ~run->pstate & PSR_MASKS : 0;
	run->pstate |= step->masked;
}

/* The instruction was an exception, or SVC, so that PSTATE is where that leaves it */
static bool is_in_handler(struct vcpu *vcpu, const struct step *step)
{
	const struct arm_vcpu_run *run = vcpu->cpu.run;
	__u64 vbar[2], elr[2];

	if ((run->pstate & PSR_MODE) != PSR_EL1H ||
	    armvcpu_get_reg(&vcpu->cpu, REG_VBAR, vbar) ||
	    armvcpu_get_reg(&vcpu->cpu, ARM_VCPU_REG_ELR_EL1, elr))
		return false;
	return run->pc - ALIGN_DOWN(vbar[0], VECTORS_SIZE) < VECTORS_SIZE &&
	       (elr[0] == step->pc || elr[0] == step->pc + 4);
}

void step_end(struct vcpu *vcpu, struct step *step)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;
	__u64 spsr[2];

	if (step->masked && is_in_handler(vcpu, step)) {
		if (!armvcpu_get_reg(&vcpu->cpu, ARM_VCPU_REG_SPSR_EL1, spsr)) {
			spsr[0] &= ~step->masked;
			armvcpu_set_reg(&vcpu->cpu, ARM_VCPU_REG_SPSR_EL1, spsr);
		}
	} else {
		run->pstate &= ~step->masked;
	}
	step->masked = 0;
}
