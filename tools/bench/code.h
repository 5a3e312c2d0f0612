/* SPDX-License-Identifier: MIT */
/*
 * The guest's code: one entry point an operation, each an endless loop.
 *
 * It is position-independent and runs at EL1 with the MMU off.  On entry
 *
 *	x19	an address with no memory behind it: loads and stores there reach the VMM
 *	x20	operations between two looks at the clock, for loops that look themselves
 *	x21	memory that the guest hasn't touched yet
 *	x22	a page's size
 *
 * A loop that looks at the clock itself stores what an operation took, in ticks of
 * CNTVCT_EL0, to [x19].  Where it is about interrupts the VM has to have a GIC.
 */
#ifndef BENCH_CODE_H
#define BENCH_CODE_H

extern const char guest_begin[], guest_end[];

/* Measured by the VMM: each turn is an exit to it */
extern const char guest_store[], guest_load[], guest_call[], guest_store_fp[];
/* Measured by the guest */
extern const char guest_smccc_version[], guest_id_register[], guest_sleep[];
extern const char guest_read_page[], guest_write_page[];
extern const char guest_doorbell[], guest_gicd_iidr[], guest_sgi_self[], guest_ipi_send[];
extern const char guest_timer[], guest_timer_asleep[];
/* Measured from without */
extern const char guest_spin[], guest_write_pages[], guest_calls[], guest_write_again[];
/* The same, but they store when it came, in ticks of CNTPCT_EL0 */
extern const char guest_interrupted[], guest_interrupted_asleep[];
/* Those that answer another vCPU, and store to [x19] when they have x20 times */
extern const char guest_ipi_answer[], guest_ipi_answer_asleep[];

#endif /* BENCH_CODE_H */
