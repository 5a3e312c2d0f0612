// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is counted of a vCPU.
 *
 * A count costs a load, an addition and a store: there is one writer, the thread in RUN.
 */
#include "stat.h"

static const char * const names[VCPU_STATS] = {
	[ARM_VCPU_STAT_EXITS]		= "exits",
	[ARM_VCPU_STAT_INTERRUPT]	= "interrupt",
	[ARM_VCPU_STAT_INTERRUPT_USER]	= "interrupt_user",
	[ARM_VCPU_STAT_SERROR]		= "serror",
	[ARM_VCPU_STAT_MMIO_READ]	= "mmio_read",
	[ARM_VCPU_STAT_MMIO_WRITE]	= "mmio_write",
	[ARM_VCPU_STAT_FAULT]		= "fault",
	[ARM_VCPU_STAT_MEMORY_FAULT]	= "memory_fault",
	[ARM_VCPU_STAT_ABORT]		= "abort",
	[ARM_VCPU_STAT_SYSREG]		= "sysreg",
	[ARM_VCPU_STAT_SYSREG_READ]	= "sysreg_read",
	[ARM_VCPU_STAT_SYSREG_WRITE]	= "sysreg_write",
	[ARM_VCPU_STAT_SEND_IPI]	= "send_ipi",
	[ARM_VCPU_STAT_HVC]		= "hvc",
	[ARM_VCPU_STAT_HVC_USER]	= "hvc_user",
	[ARM_VCPU_STAT_SMC]		= "smc",
	[ARM_VCPU_STAT_SMC_USER]	= "smc_user",
	[ARM_VCPU_STAT_WFX]		= "wfx",
	[ARM_VCPU_STAT_WFX_USER]	= "wfx_user",
	[ARM_VCPU_STAT_FP]		= "fp",
	[ARM_VCPU_STAT_UNDEF]		= "undef",
	[ARM_VCPU_STAT_DEBUG]		= "debug",
	[ARM_VCPU_STAT_DEBUG_USER]	= "debug_user",
	[ARM_VCPU_STAT_REFUSED]		= "refused",
	[ARM_VCPU_STAT_ERROR]		= "error",
	[ARM_VCPU_STAT_TIMER]		= "timer",
	[ARM_VCPU_STAT_KICKED]		= "kicked",
	[ARM_VCPU_STAT_SIGNAL]		= "signal",
	[ARM_VCPU_STAT_SLEEP]		= "sleep",
	[ARM_VCPU_STAT_INJECTED]	= "injected",
	[ARM_VCPU_STAT_MAINTENANCE]	= "maintenance",
	[ARM_VCPU_STAT_GIC]		= "gic",
	[ARM_VCPU_STAT_IOEVENTFD]	= "ioeventfd",
};

const char *stat_name(unsigned int stat)
{
	return names[stat];
}

/**
 * stat_read() - all counts of a vCPU
 * @vcpu: may be running
 * @values: VCPU_STATS of them
 *
 * What EL2 has handled by itself is counted there.
 */
void stat_read(const struct vcpu *vcpu, u64 *values)
{
	const struct hyp_handled *handled = &vcpu->hyp->handled;
	unsigned int i;

	for (i = 0; i < VCPU_STATS; i++)
		values[i] = READ_ONCE(vcpu->stats[i]);
	values[ARM_VCPU_STAT_HVC] += READ_ONCE(handled->hvc);
	values[ARM_VCPU_STAT_FP] += READ_ONCE(handled->fp);
	values[ARM_VCPU_STAT_FAULT] += READ_ONCE(handled->fault);
	values[ARM_VCPU_STAT_SYSREG] += READ_ONCE(handled->sysreg);
	values[ARM_VCPU_STAT_GIC] += READ_ONCE(handled->gic);

	values[ARM_VCPU_STAT_EXITS] = 0;
	for (i = ARM_VCPU_STAT_INTERRUPT; i <= ARM_VCPU_STAT_ERROR; i++)
		values[ARM_VCPU_STAT_EXITS] += values[i];
	values[ARM_VCPU_STAT_EXITS] += values[ARM_VCPU_STAT_GIC] + values[ARM_VCPU_STAT_IOEVENTFD];
}

/**
 * stat_add() - add all counts of a vCPU to a total
 * @vcpu: may be running
 * @values: VCPU_STATS of them
 */
void stat_add(const struct vcpu *vcpu, u64 *values)
{
	u64 own[VCPU_STATS];
	unsigned int i;

	stat_read(vcpu, own);
	for (i = 0; i < VCPU_STATS; i++)
		values[i] += own[i];
}
