// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's profiling and tracing, out of the way of a guest.  A VHE host profiles through
 * EL2's tables, which stay as they are, and has registers of its own for it.
 */
#include "access.h"

/*
 * Profiling hardware writes memory through the EL1&0 translation regime of an nVHE host:
 * it has to be drained and off before a register of the guest's regime is loaded.
 * PSB CSYNC and TSB CSYNC, then DSB, make its writes complete (D14.7, D6.5).
 */
void __hyp profiling_stop(struct hyp_cpu *cpu)
{
	if (cpu->features & HYP_CPU_SPE) {
		cpu->host_pmscr = hyp_read(HYP_PMSCR_EL1);
		if (cpu->host_pmscr) {
			hyp_write(HYP_PMSCR_EL1, 0);
			isb();
			asm volatile("hint #17" : : : "memory"); /* PSB CSYNC */
			dsb(nsh);
		}
	}
	if (cpu->features & HYP_CPU_TRF) {
		cpu->host_trfcr = hyp_read(HYP_TRFCR_EL1);
		if (cpu->host_trfcr) {
			hyp_write(HYP_TRFCR_EL1, 0);
			isb();
			/* TSB CSYNC, twice for errata 2054223 and 2067961 */
			asm volatile("hint #18; hint #18" : : : "memory");
			dsb(nsh);
		}
	}
	if (cpu->features & HYP_CPU_BRBE) {
		cpu->host_brbcr = hyp_read(HYP_BRBCR_EL1);
		hyp_write(HYP_BRBCR_EL1, 0);
	}
	if (cpu->features & HYP_CPU_TRBE) {
		cpu->host_trblimitr = hyp_read(HYP_TRBLIMITR_EL1);
		if (cpu->host_trblimitr & 1) {
			hyp_write(HYP_TRBLIMITR_EL1, cpu->host_trblimitr & ~1ULL);
			isb();
		}
	}
}

/*
 * VHE: what of a guest is profiled is in registers that only a guest notices.  Their values at
 * reset are unknown, and its accesses trap: they are off for as long as EL2 is ours.  But for
 * BRBCR_EL1, from which a host that records its own branches needs what isn't about a guest.
 */
void __hyp profiling_no_guest(const struct hyp_cpu *cpu)
{
	if (cpu->features & HYP_CPU_SPE)
		hyp_write(HYP_PMSCR_EL12, 0);
	if (cpu->features & HYP_CPU_TRF)
		hyp_write(HYP_TRFCR_EL12, 0);
	if (cpu->features & HYP_CPU_BRBE)
		hyp_write(HYP_BRBCR_EL12, hyp_read(HYP_BRBCR_EL12) & ~HYP_BRBCR_RECORDS);
}

void __hyp profiling_resume(const struct hyp_cpu *cpu)
{
	/* The host's translation regime is back for good before anything uses it */
	if (cpu->features & (HYP_CPU_SPE | HYP_CPU_TRF | HYP_CPU_TRBE))
		isb();
	if ((cpu->features & HYP_CPU_TRBE) && (cpu->host_trblimitr & 1)) {
		hyp_write(HYP_TRBLIMITR_EL1, cpu->host_trblimitr);
		isb();
	}
	if (cpu->features & HYP_CPU_BRBE)
		hyp_write(HYP_BRBCR_EL1, cpu->host_brbcr);
	if ((cpu->features & HYP_CPU_TRF) && cpu->host_trfcr)
		hyp_write(HYP_TRFCR_EL1, cpu->host_trfcr);
	if ((cpu->features & HYP_CPU_SPE) && cpu->host_pmscr)
		hyp_write(HYP_PMSCR_EL1, cpu->host_pmscr);
}
