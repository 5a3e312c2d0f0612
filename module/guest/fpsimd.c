// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floating-point and vector registers.
 *
 * The kernel's functions that save the host's aren't exported, but kernel_neon_begin() is:
 * after it the task's registers are in memory, TIF_FOREIGN_FPSTATE tells the way back to user
 * space to load them from there, and the kernel takes what is in this CPU for nobody's.  The
 * guest's may be loaded over it in a section with interrupts off, and need only be saved
 * before interrupts come on.  The host's FP state costs nothing while a guest uses none.
 *
 * This lasts until the next context switch and no longer.  A task that ran in between has left
 * its registers in the CPU, in memory too, but the kernel remembers that the CPU has them:
 * when that task comes back it isn't given them anew, and would go on with the guest's.
 * TIF_FOREIGN_FPSTATE says nothing of that, as it is about the current task; so the
 * context switches of this task are counted.
 */
#include <linux/preempt.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <asm/neon.h>
#include <asm/thread_info.h>

#include "compat.h"
#include "fpsimd.h"

#define SVCR	sys_reg(3, 3, 4, 2, 2)

/* How often this task has been switched out: each time, one of the two goes up */
static unsigned long switches(void)
{
	return current->nvcsw + current->nivcsw;
}

/**
 * fpsimd_nobodys() - nothing in this CPU's FP registers is still needed
 * @vcpu: this thread's, which has flushed the host's
 *
 * Context: interrupts are off.  Holds until they come on.
 *
 * Return: whether it is so.
 */
bool fpsimd_nobodys(const struct vcpu *vcpu)
{
	return vcpu->fp_switches == switches() &&
	       test_thread_flag(TIF_FOREIGN_FPSTATE) &&
	       (!IS_ENABLED(CONFIG_ARM64_SME) || !system_supports_sme() ||
		!read_sysreg_s(SVCR));
}

/**
 * fpsimd_flush_host() - put the host's FP registers into memory
 * @vcpu: the guest of this thread uses FP
 *
 * The next entry may give the registers to the guest, unless a context switch comes between;
 * then it traps again.
 *
 * Context: process, interrupts are on
 */
void fpsimd_flush_host(struct vcpu *vcpu)
{
	preempt_disable();
	compat_neon_begin();
	compat_neon_end();
	vcpu->fp_switches = switches();
	vcpu->fp_flushed = true;
	preempt_enable();
}
