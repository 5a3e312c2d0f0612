// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads and stores that the VMM answers.
 *
 * Only those with a valid syndrome come here (ISV): one general register, 1 to 8 bytes.
 */
#include <linux/swab.h>

#include "gic/device.h"
#include "guest/skip.h"
#include "guest/stat.h"
#include "guest/trace.h"
#include "host/cpu.h"
#include "ioeventfd.h"
#include "mmio.h"
#include "outcome.h"

/* SPSR_EL2.E of an AArch32 EL0 */
#define A32_E		BIT(9)

static bool big_endian(struct vcpu *vcpu)
{
	if (vcpu_is_aarch32(vcpu))
		return vcpu->hyp->pstate & A32_E;
	return vcpu->hyp->regs[HYP_REG_SCTLR_EL1] &
	       (vcpu_at_el0(vcpu) ? HYP_SCTLR_E0E : HYP_SCTLR_EE);
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

/* What an abort's syndrome says of the access (D19.2.37, ISS of a data abort) */
static unsigned int width(u64 esr)
{
	return 1 << HYP_ISS_SAS(esr);
}

static unsigned int reg_width(u64 esr)
{
	return esr & HYP_ISS_SF ? 8 : 4;
}

static u64 narrow(u64 value, unsigned int width)
{
	return value & GENMASK_ULL(width * 8 - 1, 0);
}

static u64 stored(struct vcpu *vcpu, u64 esr)
{
	u64 data = narrow(vcpu_get_x(vcpu, HYP_ISS_SRT(esr)), width(esr));

	return big_endian(vcpu) ? reverse(data, width(esr)) : data;
}

/* A 32-bit register clears the upper half of the 64-bit one */
static void load(struct vcpu *vcpu, u64 esr, u64 value)
{
	value = narrow(value, width(esr));
	trace_arm_vcpu_mmio(vcpu, TRACE_MMIO_READ, value);
	if (big_endian(vcpu))
		value = reverse(value, width(esr));
	if (esr & HYP_ISS_SSE)
		value = sign_extend64(value, width(esr) * 8 - 1);
	vcpu_set_x(vcpu, HYP_ISS_SRT(esr), narrow(value, reg_width(esr)));
}

/**
 * mmio_gic() - do what a data abort asks of the GIC in the kernel
 * @vcpu: whose; it isn't running
 * @esr: of the abort, with ISV
 * @ipa: guest-physical address
 *
 * Return: whether it was an access to that.
 */
bool mmio_gic(struct vcpu *vcpu, u64 esr, u64 ipa)
{
	bool write = esr & HYP_ISS_WNR;
	u64 value = write ? stored(vcpu, esr) : 0;

	if (!gic_access(vcpu, ipa, width(esr), write, &value))
		return false;
	stat_count(vcpu, ARM_VCPU_STAT_GIC);
	if (write)
		trace_arm_vcpu_mmio(vcpu, TRACE_MMIO_WRITE, value);
	else
		load(vcpu, esr, value);
	skip_instruction(vcpu, esr);
	return true;
}

/**
 * mmio_exit() - a data abort where no memory and no GIC is: an eventfd's, or an exit
 * @vcpu: whose; it isn't running
 * @esr: of the abort, with ISV
 * @ipa: guest-physical address
 *
 * The page can change under us: what completes the access is @vcpu's syndrome.
 *
 * Return: 1 when it was answered, 0 for an exit.
 */
int mmio_exit(struct vcpu *vcpu, u64 esr, u64 ipa)
{
	struct arm_vcpu_run *run = vcpu->run;
	bool write = esr & HYP_ISS_WNR;
	u64 data = write ? stored(vcpu, esr) : 0;

	if (write && ioeventfd_store(vcpu->vm, ipa, width(esr), data)) {
		stat_count(vcpu, ARM_VCPU_STAT_IOEVENTFD);
		trace_arm_vcpu_mmio(vcpu, TRACE_MMIO_WRITE, data);
		skip_instruction(vcpu, esr);
		return ENTER_AGAIN;
	}

	vcpu->pending = write ? PENDING_STEP : PENDING_MMIO_READ;

	stat_count(vcpu, write ? ARM_VCPU_STAT_MMIO_WRITE : ARM_VCPU_STAT_MMIO_READ);
	run->exit_reason = write ? ARM_VCPU_EXIT_MMIO_WRITE : ARM_VCPU_EXIT_MMIO_READ;
	run->mmio.addr = ipa;
	run->mmio.data = data;
	run->mmio.width = width(esr);
	run->mmio.reg = HYP_ISS_SRT(esr);
	run->mmio.reg_width = reg_width(esr);
	run->mmio.sign_extend = !!(esr & HYP_ISS_SSE);
	trace_arm_vcpu_mmio(vcpu, write ? TRACE_MMIO_WRITE : TRACE_MMIO_READ_UNSATISFIED, data);
	return TO_USER;
}

/**
 * mmio_complete_read() - put what the VMM answered into the register
 * @vcpu: whose; it isn't running
 *
 * Of the value, the bytes that were asked for count.
 */
void mmio_complete_read(struct vcpu *vcpu)
{
	load(vcpu, vcpu->hyp->esr, READ_ONCE(vcpu->run->mmio.data));
}
