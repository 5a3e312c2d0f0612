// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating-point and vector registers.
 *
 * The kernel's functions that save the host's aren't exported, but kernel_neon_begin() is:
 * after it the task's registers are in memory, and TIF_FOREIGN_FPSTATE tells the way back to
 * user space to load them from there.  From then on what is in the CPU is dead, and the
 * guest's may be loaded over it in a section with interrupts off, and need only be saved
 * before interrupts come on.  The host's FP state costs nothing while a guest uses none.
 */
#include <linux/preempt.h>
#include <asm/cpufeature.h>
#include <asm/neon.h>
#include <asm/thread_info.h>

#include "compat.h"
#include "fpsimd.h"

#define SVCR	sys_reg(3, 3, 4, 2, 2)

/**
 * fpsimd_usable() - the host has nothing of its own in the FP registers of this CPU
 *
 * Context: interrupts are off.  Holds until they come on.
 */
bool fpsimd_usable(void)
{
	return test_thread_flag(TIF_FOREIGN_FPSTATE) &&
	       (!IS_ENABLED(CONFIG_ARM64_SME) || !system_supports_sme() ||
		!read_sysreg_s(SVCR));
}

static void flush_host(void)
{
	preempt_disable();
	compat_neon_begin();
	compat_neon_end();
	preempt_enable();
}

/**
 * fpsimd_allow() - flush the host's FP registers
 * @vcpu: the guest of this thread used FP, and the host's registers were live
 *
 * The next entry may give the registers to the guest, unless a context switch or an
 * interrupt comes between; then it traps again.
 *
 * Context: process, interrupts are on
 */
void fpsimd_allow(struct vcpu *vcpu)
{
	flush_host();
}

/**
 * fpsimd_expect() - flush the host's FP registers early
 * @vcpu: about to RUN
 *
 * The way to user space has loaded the host's registers.  A guest that used FP in the last
 * RUN will in this one: spare it the exit that it takes to find out.
 *
 * Context: process, interrupts are on
 */
void fpsimd_expect(struct vcpu *vcpu)
{
	if (vcpu->hyp->fp_used && !test_thread_flag(TIF_FOREIGN_FPSTATE))
		flush_host();
	vcpu->hyp->fp_used = false;
}
