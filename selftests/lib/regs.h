/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of EL1 and EL0 that are a vCPU's own: X(name, bits that a test may write).
 * What is written with the MMU off must not change how the test's own code runs.
 */
#ifndef SELFTEST_REGS_H
#define SELFTEST_REGS_H

#define ALL		(~0UL)

/* Every bit can be written on any CPU */
#define FULL_REGS(X)				\
	X(sp_el0, ALL)				\
	X(tpidr_el0, ALL)			\
	X(tpidrro_el0, ALL)			\
	X(tpidr_el1, ALL)			\
	X(elr_el1, ALL)				\
	X(far_el1, ALL)				\
	X(mair_el1, 0xf4f4f4f4f4f4f4f4UL)	\
	X(cntv_cval_el0, ALL)			\
	X(cntp_cval_el0, ALL)

/* Some bits are reserved, or are there with some extension only */
#define PART_REGS(X)				\
	X(ttbr0_el1, 0xffff00fffffff000UL)	\
	X(ttbr1_el1, 0xffff00fffffff000UL)	\
	X(tcr_el1, 0x0000003f3fbf3fbfUL)	\
	X(esr_el1, 0xffffffffUL)		\
	X(afsr0_el1, 0xffffffffUL)		\
	X(afsr1_el1, 0xffffffffUL)		\
	X(amair_el1, ALL)			\
	X(contextidr_el1, 0xffffffffUL)		\
	X(spsr_el1, 0xf02003dfUL)		\
	X(cntkctl_el1, 0x3ffUL)			\
	X(cpacr_el1, 3UL << 20)			\
	X(csselr_el1, 0xfUL)			\
	X(vbar_el1, 0x00007ffffffff800UL)	\
	X(par_el1, 0x0000fffffffff000UL)	\
	X(mdscr_el1, 1UL << 12)			\
	X(cntv_ctl_el0, 2UL)			\
	X(cntp_ctl_el0, 2UL)

/* Of SCTLR_EL1: bits that change nothing while the MMU is off and nothing is at EL0 */
#define SCTLR_BITS	(1UL << 9 /* UMA */ | 1UL << 14 /* DZE */ | 1UL << 15 /* UCT */ | \
			 1UL << 16 /* nTWI */ | 1UL << 18 /* nTWE */ | 1UL << 24 /* E0E */ | \
			 1UL << 26 /* UCI */)

#endif
