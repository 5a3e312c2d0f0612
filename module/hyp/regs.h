/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one list of the guest's uniform system registers: those that are saved and
 * loaded without regard to order.  It generates storage, save, load, reset values
 * and user ids.  A register whose order matters stands in switch.c by name.
 *
 * X(name, op0, op1, CRn, CRm, op2, reset)
 */
#ifndef ARM_VCPU_HYP_REGS_H
#define ARM_VCPU_HYP_REGS_H

#include <asm/sysreg.h>

#include "arch.h"

/*
 * On VHE the host has no use for these: its own accesses by these names go to EL2's
 * registers, and the guest's are reached by the _EL12 names, which differ in op1 = 5
 * (D19.1.3).  So they may stay loaded while the host runs.
 */
#define HYP_EL12_REGS(X)						\
	X(CPACR_EL1,      3, 0, 1, 0, 2, 0)				\
	X(TTBR0_EL1,      3, 0, 2, 0, 0, 0)				\
	X(TTBR1_EL1,      3, 0, 2, 0, 1, 0)				\
	X(MAIR_EL1,       3, 0, 10, 2, 0, 0)				\
	X(AMAIR_EL1,      3, 0, 10, 3, 0, 0)				\
	X(VBAR_EL1,       3, 0, 12, 0, 0, 0)				\
	X(CONTEXTIDR_EL1, 3, 0, 13, 0, 1, 0)				\
	X(CNTKCTL_EL1,    3, 0, 14, 1, 0, 0)

/*
 * By _EL12 names as well.  An exception to EL1 writes them before its handler reads them, so
 * an nVHE host that is in a system call with interrupts off has nothing there.
 */
#define HYP_EXCEPTION_REGS(X)						\
	X(SPSR_EL1,       3, 0, 4, 0, 0, 0)				\
	X(ELR_EL1,        3, 0, 4, 0, 1, 0)				\
	X(AFSR0_EL1,      3, 0, 5, 1, 0, 0)				\
	X(AFSR1_EL1,      3, 0, 5, 1, 1, 0)				\
	X(ESR_EL1,        3, 0, 5, 2, 0, 0)				\
	X(FAR_EL1,        3, 0, 6, 0, 0, 0)

/*
 * By _EL12 names as well, but switched by name: errata forbid to load them in any
 * order on nVHE (speculative AT).
 */
#define HYP_ORDERED_REGS(X)						\
	X(SCTLR_EL1,      3, 0, 1, 0, 0, HYP_SCTLR_EL1_RES1)		\
	X(TCR_EL1,        3, 0, 2, 0, 2, 0)

/* One register for both, which a VHE host doesn't use: may stay loaded as well */
#define HYP_SHARED_REGS(X)						\
	X(SP_EL1,         3, 4, 4, 1, 0, 0)				\
	X(TPIDR_EL1,      3, 0, 13, 0, 4, 0)

/* One register for both, which the host uses in every mode: swapped in each window */
#define HYP_WINDOW_REGS(X)						\
	X(TPIDR_EL0,      3, 3, 13, 0, 2, 0)				\
	X(TPIDRRO_EL0,    3, 3, 13, 0, 3, 0)

/*
 * The same, but the host has nothing there for longer than a few instructions: its AT and
 * the read of the result are one section with interrupts off.
 */
#define HYP_SCRATCH_REGS(X)						\
	X(PAR_EL1,        3, 0, 7, 4, 0, 0)

#define HYP_ALL_REGS(X)		\
	HYP_EL12_REGS(X)	\
	HYP_EXCEPTION_REGS(X)	\
	HYP_ORDERED_REGS(X)	\
	HYP_SHARED_REGS(X)	\
	HYP_WINDOW_REGS(X)	\
	HYP_SCRATCH_REGS(X)

/* Index into struct hyp_vcpu.regs and struct hyp_cpu.host_regs */
enum hyp_reg {
#define X(name, op0, op1, crn, crm, op2, reset)	HYP_REG_##name,
	HYP_ALL_REGS(X)
#undef X
	HYP_NR_REGS
};

#endif /* ARM_VCPU_HYP_REGS_H */
