/* SPDX-License-Identifier: MIT */
/*
 * The guest's code, the same for all hypervisors: see code.h.
 */
#include "layout.h"
#include "marker.h"

#define SMCCC_VERSION		0x80000000
/* Of the range for hypervisors, and no hypervisor's: it goes to the VMM, if it can */
#define CALL_FOR_VMM		0x86000100
#define CPACR_FPEN		(3 << 20)
#define CNTV_CTL_ENABLE		(1 << 0)
#define CNTV_CTL_ISTATUS_BIT	2
#define SLEEP_HZ		100
#define TICK_HZ			10000
#define SPIN_TURNS		1000

#define ICC_PMR_EL1		s3_0_c4_c6_0
#define ICC_SGI1R_EL1		s3_0_c12_c11_5
#define ICC_IAR1_EL1		s3_0_c12_c12_0
#define ICC_EOIR1_EL1		s3_0_c12_c12_1
#define ICC_IGRPEN1_EL1		s3_0_c12_c12_7
#define SGI_TO(cpu)		(INTID_SGI << 24 | 1 << (cpu))
#define GICD_IIDR		(GIC_DIST + 0x0008)
#define VECTOR_IRQ		0x280

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

	/* Its vectors, too: where an IRQ is taken, x28 says how */
	.org	guest_begin + VECTOR_IRQ
	br	x28

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

	/* All of them, unmeasured */
entry guest_write_pages
	str	xzr, [x21]
	add	x21, x21, x22
	subs	x20, x20, #1
	b.ne	guest_write_pages
	str	xzr, [x19]
	b	.

	/* Between two stores, by which the VMM measures: calls; stores to the same pages */
entry guest_calls
	mov	x25, x20
1:	ldr	w0, =SMCCC_VERSION
	hvc	#0
	subs	x25, x25, #1
	b.ne	1b
	str	xzr, [x19]
	b	guest_calls

entry guest_write_again
	mov	x25, x20
	mov	x26, x21
1:	str	xzr, [x26]
	add	x26, x26, x22
	subs	x25, x25, #1
	b.ne	1b
	str	xzr, [x19]
	b	guest_write_again

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

	/* Busy, but with a YIELD now and then: see threads.c */
entry guest_spin
	mov	x0, #SPIN_TURNS
1:	subs	x0, x0, #1
	b.ne	1b
	yield
	b	guest_spin

	/* The GIC by gic.c's list, and then this vCPU's interface to it */
gic_set_up:
	ldr	x0, =GUEST_RAM + GIC_STORES
1:	ldp	x1, x2, [x0], #16
	cbz	x1, gic_interface
	tbnz	x1, #0, 2f
	str	w2, [x1]
	b	1b
2:	sub	x1, x1, #1
	str	x2, [x1]
	b	1b

gic_interface:
	mov	x0, #0xff
	msr	ICC_PMR_EL1, x0
	mov	x0, #1
	msr	ICC_IGRPEN1_EL1, x0
	adr	x0, guest_begin
	msr	vbar_el1, x0
	isb
	ret

	/* Takes interrupts from here on */
	.macro	run_interrupted
	msr	daifclr, #2
1:	mov	x0, #SPIN_TURNS
2:	subs	x0, x0, #1
	b.ne	2b
	yield
	b	1b
	.endm

	.macro	sleep_interrupted
	msr	daifclr, #2
1:	wfi
	b	1b
	.endm

entry guest_gicd_iidr
	bl	gic_set_up
	mov	x1, #GIC_DIST
1:	mov	x25, x20
	start
2:	ldr	w0, [x1, #GICD_IIDR - GIC_DIST]
	subs	x25, x25, #1
	b.ne	2b
	stop
	b	1b

	/* From the store of an SGI to its end, without an exception in between */
entry guest_sgi_self
	bl	gic_set_up
	ldr	x1, =SGI_TO(0)
1:	mov	x25, x20
	start
2:	msr	ICC_SGI1R_EL1, x1
	isb
	mrs	x0, ICC_IAR1_EL1
	cmp	x0, #INTID_SGI
	b.ne	guest_failed
	msr	ICC_EOIR1_EL1, x0
	subs	x25, x25, #1
	b.ne	2b
	stop
	b	1b

	/* Not the exit that is expected */
guest_failed:
	ldr	x0, [x19]

entry guest_doorbell
	ldr	x1, =GUEST_DOORBELL
1:	mov	x25, x20
	start
2:	str	w20, [x1]
	subs	x25, x25, #1
	b.ne	2b
	stop
	b	1b

	/* The first vCPU sends, and waits until the second one has counted that at x21 */
entry guest_ipi_send
	bl	gic_set_up
	mov	x25, #0
	ldr	x1, =SGI_TO(1)
1:	add	x25, x25, #1
	start
	msr	ICC_SGI1R_EL1, x1
	isb
2:	yield
	ldr	x0, [x21]
	cmp	x0, x25
	b.ne	2b
	stop
	b	1b

entry guest_ipi_answer
	bl	gic_interface
	adr	x28, ipi_taken
	mov	x26, #0
	run_interrupted

entry guest_ipi_answer_asleep
	bl	gic_interface
	adr	x28, ipi_taken
	mov	x26, #0
	sleep_interrupted

ipi_taken:
	mrs	x0, ICC_IAR1_EL1
	add	x26, x26, #1
	str	x26, [x21]
	msr	ICC_EOIR1_EL1, x0
	cmp	x26, x20
	b.ne	1f
	str	x26, [x19]
1:	eret

	/* Somebody else interrupts it, and knows when: it says when it came */
entry guest_interrupted
	bl	gic_set_up
	adr	x28, interrupt_taken
	run_interrupted

entry guest_interrupted_asleep
	bl	gic_set_up
	adr	x28, interrupt_taken
	sleep_interrupted

interrupt_taken:
	mrs	x0, ICC_IAR1_EL1
	hint	#MARK_STOP
	isb
	mrs	x24, cntpct_el0
	msr	ICC_EOIR1_EL1, x0
	str	x24, [x19]
	eret

	/* How late the timer's interrupt is */
	.macro	set_timer hz
	mrs	x0, cntfrq_el0
	mov	x1, #\hz
	udiv	x0, x0, x1
	now	x23
	add	x23, x23, x0
	msr	cntv_cval_el0, x23
	mov	x0, #CNTV_CTL_ENABLE
	msr	cntv_ctl_el0, x0
	isb
	hint	#MARK_START
	msr	daifclr, #2
	.endm

	.macro	timer_taken again
	mrs	x0, ICC_IAR1_EL1
	hint	#MARK_STOP
	now	x24
	msr	cntv_ctl_el0, xzr
	isb
	msr	ICC_EOIR1_EL1, x0
	sub	x24, x24, x23
	str	x24, [x19]
	b	\again
	.endm

entry guest_timer
	bl	gic_set_up
	adr	x28, 3f
1:	set_timer TICK_HZ
2:	b	2b
3:	timer_taken 1b

entry guest_timer_asleep
	bl	gic_set_up
	adr	x28, 3f
1:	set_timer SLEEP_HZ
2:	wfi
	b	2b
3:	timer_taken 1b

	.ltorg
	.globl	guest_end
guest_end:

	.section .note.GNU-stack, "", %progbits
