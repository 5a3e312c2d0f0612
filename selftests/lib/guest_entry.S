/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's first instructions, its exception vectors, and how it calls EL0.
 */
#include "guest.h"

	.section guest_text, "ax"
	.p2align 12

/* Must be first: the block begins at a page, and the vectors need 2 KiB */
	.macro	vector index
	.balign	0x80
	sub	sp, sp, #288
	stp	x0, x1, [sp]
	mov	x0, #\index
	b	exception
	.endm

guest_vectors:
	.irp	index, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\index
	.endr

	.balign	0x80
exception:
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x1, elr_el1
	stp	x30, x1, [sp, #240]
	mrs	x2, spsr_el1
	mrs	x3, esr_el1
	stp	x2, x3, [sp, #256]
	mrs	x4, far_el1
	stp	x4, x0, [sp, #272]
	movz	x5, #(GUEST_HANDLERS >> 16), lsl #16
	ldr	x5, [x5, x0, lsl #3]
	cbz	x5, unhandled
	mov	x1, x0
	mov	x0, sp
	blr	x5
	ldp	x30, x1, [sp, #240]
	msr	elr_el1, x1
	ldr	x2, [sp, #256]
	msr	spsr_el1, x2
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldp	x0, x1, [sp]
	add	sp, sp, #288
	eret

unhandled:
	mov	x5, x0
	mov	x0, x3
	mov	x2, x4
	mov	x3, x5
	hvc	#CALL_EXCEPTION
	b	.

/* x0: function, x1 and x2: its arguments, x3: stack */
guest_asm guest_start
	mov	sp, x3
	adr	x9, guest_vectors
	msr	vbar_el1, x9
	isb
	mov	x9, x0
	mov	x0, x1
	mov	x1, x2
	blr	x9
	hvc	#CALL_DONE
	b	.
end_guest_asm

guest_asm guest_spin
	b	.
end_guest_asm

guest_asm guest_hvc
	hvc	#CALL_SYNC
	b	guest_hvc
end_guest_asm

/* x0: where to, x1: PSTATE there */
guest_asm guest_leaves
	msr	elr_el1, x0
	msr	spsr_el1, x1
	mov	x0, #0
	mov	x1, #0
	eret
end_guest_asm

/* guest_el0_call(fn, arg, sp): fn runs at EL0 until its SVC; returns its x0 */
guest_asm guest_el0_call
	stp	x19, x20, [sp, #-96]!
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	msr	sp_el0, x2
	msr	elr_el1, x0
	mrs	x9, daif
	msr	spsr_el1, x9
	mov	x0, x1
	adr	x30, 1f
	eret
1:	svc	#0
	b	1b
end_guest_asm

/* Where guest_el0_sync() returns to */
guest_asm guest_el0_return
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	x19, x20, [sp], #96
	ret
end_guest_asm

	.section .note.GNU-stack, "", %progbits
