// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's profiling and tracing, out of the way of a guest.  A VHE host profiles through
 * EL2's tables, which stay as they are, and has registers of its own for it.
 */
#include "access.h"

#define BUFFER_ON	1ULL /* PMBLIMITR_EL1.E, TRBLIMITR_EL1.E */

/*
 * A buffer that is on may have its owner's translation regime walked at any time, also when
 * nothing is written: so it is off before anything of that regime changes.
 */
static void __hyp spe_stop(struct hyp_cpu *cpu)
{
	if (cpu->features & HYP_CPU_SPE) {
		cpu->host_pmblimitr = hyp_read(HYP_PMBLIMITR_EL1);
		if (!(cpu->host_pmblimitr & BUFFER_ON))
			return;
		cpu->host_pmscr = hyp_read(HYP_PMSCR_EL1);
		hyp_write(HYP_PMSCR_EL1, 0);
		isb();
		asm volatile("hint #17" : : : "memory"); /* PSB CSYNC */
		dsb(nsh);
		hyp_write(HYP_PMBLIMITR_EL1, 0);
		isb();
	}
}

static void __hyp spe_resume(const struct hyp_cpu *cpu)
{
	if ((cpu->features & HYP_CPU_SPE) && (cpu->host_pmblimitr & BUFFER_ON)) {
		hyp_write(HYP_PMBLIMITR_EL1, cpu->host_pmblimitr);
		isb();
		hyp_write(HYP_PMSCR_EL1, cpu->host_pmscr);
	}
}

/* TSB CSYNC, twice for errata 2054223 and 2067961 */
static __hyp_inline void trace_drain(void)
{
	asm volatile("hint #18; hint #18" : : : "memory");
	dsb(nsh);
}

/*
 * The filters are reached only while the buffer is on: who has it filled has set them before.
 * Nothing else says that they aren't EL3's, for MDCR_EL3 has a trap of its own for them.
 */
static void __hyp trbe_stop(struct hyp_cpu *cpu)
{
	if (cpu->features & HYP_CPU_TRBE) {
		cpu->host_trblimitr = hyp_read(HYP_TRBLIMITR_EL1);
		if (!(cpu->host_trblimitr & BUFFER_ON))
			return;
		if (cpu->features & HYP_CPU_TRF) {
			cpu->host_trfcr = hyp_read(HYP_TRFCR_EL1);
			hyp_write(HYP_TRFCR_EL1, 0);
			isb();
		}
		trace_drain();
		hyp_write(HYP_TRBLIMITR_EL1, cpu->host_trblimitr & ~BUFFER_ON);
		/* Erratum 2064142: what is written to it counts only after another one */
		trace_drain();
		isb();
	}
}

static void __hyp trbe_resume(const struct hyp_cpu *cpu)
{
	if ((cpu->features & HYP_CPU_TRBE) && (cpu->host_trblimitr & BUFFER_ON)) {
		hyp_write(HYP_TRBLIMITR_EL1, cpu->host_trblimitr);
		isb();
		/* Erratum 2038923: once more, before anything is traced */
		isb();
		if (cpu->features & HYP_CPU_TRF)
			hyp_write(HYP_TRFCR_EL1, cpu->host_trfcr);
	}
}

/*
 * Profiling hardware writes memory through the EL1&0 translation regime of an nVHE host:
 * it has to be drained and off before a register of the guest's regime is loaded.
 * PSB CSYNC and TSB CSYNC, then DSB, make its writes complete (D14.7, D6.5).
 */
void __hyp profiling_stop(struct hyp_cpu *cpu)
{
	spe_stop(cpu);
	if (cpu->features & HYP_CPU_BRBE) {
		cpu->host_brbcr = hyp_read(HYP_BRBCR_EL1);
		hyp_write(HYP_BRBCR_EL1, 0);
	}
	trbe_stop(cpu);
}

/*
 * VHE: what of a guest is profiled is in registers that only a guest notices.  Their values at
 * reset are unknown, and its accesses trap: they are off for as long as EL2 is ours.  But for
 * BRBCR_EL1, from which a host that records its own branches needs what isn't about a guest; and
 * for TRFCR_EL1, which has a guest traced by nobody after a reset, and may be EL3's.
 */
void __hyp profiling_no_guest(const struct hyp_cpu *cpu)
{
	if (cpu->features & HYP_CPU_SPE)
		hyp_write(HYP_PMSCR_EL12, 0);
	if (cpu->features & HYP_CPU_BRBE)
		hyp_write(HYP_BRBCR_EL12, hyp_read(HYP_BRBCR_EL12) & ~HYP_BRBCR_RECORDS);
}

void __hyp profiling_resume(const struct hyp_cpu *cpu)
{
	/* The host's translation regime is back for good before anything uses it */
	if (cpu->features & (HYP_CPU_SPE | HYP_CPU_TRBE))
		isb();
	trbe_resume(cpu);
	if (cpu->features & HYP_CPU_BRBE)
		hyp_write(HYP_BRBCR_EL1, cpu->host_brbcr);
	spe_resume(cpu);
}
