/* SPDX-License-Identifier: MIT */
/*
 * The guest's code, the same for all hypervisors: see code.h.
 */
#include "marker.h"

#define SMCCC_VERSION		0x80000000
/* Of the range for hypervisors, and no hypervisor's: it goes to the VMM, if it can */
#define CALL_FOR_VMM		0x86000100
#define CPACR_FPEN		(3 << 20)
#define CNTV_CTL_ENABLE		(1 << 0)
#define CNTV_CTL_ISTATUS_BIT	2
#define SLEEP_HZ		100
#define SPIN_TURNS		1000

	.macro	entry name
	.balign	64
	.globl	\name
\name:
	.endm

	.macro	now reg
	isb
	mrs	\reg, cntvct_el0
	.endm

	.macro	start
	now	x23
	hint	#MARK_START
	.endm

	.macro	stop
	hint	#MARK_STOP
	now	x24
	sub	x24, x24, x23
	str	x24, [x19]
	.endm

	.section .rodata
	.balign	4096
	.globl	guest_begin
guest_begin:

entry guest_store
	str	x20, [x19]
	b	guest_store

entry guest_load
	ldr	x0, [x19]
	b	guest_load

entry guest_call
	ldr	w0, =CALL_FOR_VMM
	hvc	#0
	b	guest_call

entry guest_store_fp
	mov	x0, #CPACR_FPEN
	msr	cpacr_el1, x0
	isb
1:	fadd	d0, d0, d1
	str	x20, [x19]
	b	1b

entry guest_smccc_version
	mov	x25, x20
	start
1:	ldr	w0, =SMCCC_VERSION
	hvc	#0
	subs	x25, x25, #1
	b.ne	1b
	stop
	/* A call that nobody answers is something else: not the exit that is expected */
	tbz	w0, #31, guest_smccc_version
	ldr	x0, [x19]

entry guest_id_register
	mov	x25, x20
	start
1:	mrs	x0, id_aa64pfr0_el1
	subs	x25, x25, #1
	b.ne	1b
	stop
	b	guest_id_register

	/* As often as there is memory; the VMM knows when to end */
entry guest_read_page
	start
	ldr	xzr, [x21]
	stop
	add	x21, x21, x22
	b	guest_read_page

entry guest_write_page
	start
	str	xzr, [x21]
	stop
	add	x21, x21, x22
	b	guest_write_page

	/* How late it is awake: a WFI may end early, so the timer is what counts */
entry guest_sleep
	mrs	x0, cntfrq_el0
	mov	x1, #SLEEP_HZ
	udiv	x0, x0, x1
	now	x23
	add	x23, x23, x0
	msr	cntv_cval_el0, x23
	mov	x0, #CNTV_CTL_ENABLE
	msr	cntv_ctl_el0, x0
	isb
	hint	#MARK_START
1:	wfi
	mrs	x0, cntv_ctl_el0
	tbz	x0, #CNTV_CTL_ISTATUS_BIT, 1b
	hint	#MARK_STOP
	now	x24
	msr	cntv_ctl_el0, xzr
	isb
	sub	x24, x24, x23
	str	x24, [x19]
	b	guest_sleep

	/* Busy, but with a YIELD now and then: see kick.c */
entry guest_spin
	mov	x0, #SPIN_TURNS
1:	subs	x0, x0, #1
	b.ne	1b
	yield
	b	guest_spin

	.ltorg
	.globl	guest_end
guest_end:

	.section .note.GNU-stack, "", %progbits
