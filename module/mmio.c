// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads and stores that the VMM answers.
 *
 * Only those with a valid syndrome come here (ISV): one general register, 1 to 8 bytes.
 */
#include <linux/swab.h>

#include "cpu.h"
#include "mmio.h"

/* SCTLR_EL1: data is big-endian at EL1, at EL0; and SPSR_EL2.E of an AArch32 EL0 */
#define SCTLR_E0E	BIT(24)
#define SCTLR_EE	BIT(25)
#define A32_E		BIT(9)

static bool big_endian(struct vcpu *vcpu)
{
	if (vcpu_is_aarch32(vcpu))
		return vcpu->hyp->pstate & A32_E;
	return vcpu->hyp->regs[HYP_REG_SCTLR_EL1] & (vcpu_at_el0(vcpu) ? SCTLR_E0E : SCTLR_EE);
}

/*
 * The bus carries bytes, lowest address first, and a VMM's devices are little-endian:
 * what a big-endian guest has in its register is the other way round.
 */
static u64 reverse(u64 value, unsigned int width)
{
	switch (width) {
	case 2:
		return swab16(value);
	case 4:
		return swab32(value);
	case 8:
		return swab64(value);
	default:
		return value;
	}
}

static u64 narrow(u64 value, unsigned int width)
{
	return value & GENMASK_ULL(width * 8 - 1, 0);
}

/**
 * mmio_exit() - make an MMIO_READ or MMIO_WRITE exit of a data abort
 * @vcpu: whose; it isn't running
 * @esr: of the abort, with ISV
 * @ipa: guest-physical address
 *
 * What completes the access is kept in @vcpu: the run page can change under us.
 */
void mmio_exit(struct vcpu *vcpu, u64 esr, u64 ipa)
{
	struct arm_vcpu_run *run = vcpu->run;
	bool write = esr & HYP_ISS_WNR;
	u64 data = 0;

	vcpu->rt = HYP_ISS_SRT(esr);
	vcpu->width = 1 << HYP_ISS_SAS(esr);
	vcpu->reg_width = esr & HYP_ISS_SF ? 8 : 4;
	vcpu->sign_extend = esr & HYP_ISS_SSE;
	vcpu->big_endian = big_endian(vcpu);
	vcpu->pending = write ? PENDING_STEP : PENDING_MMIO_READ;

	if (write) {
		data = narrow(vcpu_get_x(vcpu, vcpu->rt), vcpu->width);
		if (vcpu->big_endian)
			data = reverse(data, vcpu->width);
	}

	run->exit_reason = write ? ARM_VCPU_EXIT_MMIO_WRITE : ARM_VCPU_EXIT_MMIO_READ;
	run->mmio.addr = ipa;
	run->mmio.data = data;
	run->mmio.width = vcpu->width;
	run->mmio.reg = vcpu->rt;
	run->mmio.reg_width = vcpu->reg_width;
	run->mmio.sign_extend = vcpu->sign_extend;
}

/**
 * mmio_complete_read() - put what the VMM answered into the register
 * @vcpu: whose; it isn't running
 *
 * Of the value, the bytes that were asked for count.  A 32-bit register clears the upper
 * half of the 64-bit one.
 */
void mmio_complete_read(struct vcpu *vcpu)
{
	u64 value = narrow(READ_ONCE(vcpu->run->mmio.data), vcpu->width);

	if (vcpu->big_endian)
		value = reverse(value, vcpu->width);
	if (vcpu->sign_extend)
		value = sign_extend64(value, vcpu->width * 8 - 1);
	vcpu_set_x(vcpu, vcpu->rt, narrow(value, vcpu->reg_width));
}
