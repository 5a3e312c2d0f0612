/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FP and SIMD registers, loaded and stored: see fp.h.
 */
#include <asm/unistd.h>
#include "fp.h"
#include "guest.h"

	.macro	each_v op, base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22
	\op	q\n, [\base, #(16 * \n)]
	.endr
	.irp	n, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	q\n, [\base, #(16 * \n)]
	.endr
	.endm

	.macro	load_fp base
	each_v	ldr, \base
	ldr	x9, [\base, #FP_FPCR]
	ldr	x10, [\base, #FP_FPSR]
	msr	fpcr, x9
	msr	fpsr, x10
	.endm

	.macro	store_fp base
	each_v	str, \base
	mrs	x9, fpcr
	mrs	x10, fpsr
	str	x9, [\base, #FP_FPCR]
	str	x10, [\base, #FP_FPSR]
	.endm

	/* CPACR_EL1.FPEN */
	.macro	allow_fp
	mov	x9, #(3 << 20)
	msr	cpacr_el1, x9
	isb
	.endm

guest_asm guest_fp
	allow_fp
1:	load_fp	x0
	hvc	#1
	store_fp x1
	hvc	#2
	b	1b
end_guest_asm

guest_asm guest_fp_long
	allow_fp
	load_fp	x0
1:	orr	v31.16b, v31.16b, v31.16b
	subs	x2, x2, #1
	b.ne	1b
	store_fp x1
	hvc	#2
	b	.
end_guest_asm

guest_asm guest_fp_begin
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	add	x0, x0, #(2 * \n + 1)
	dup	v\n\().2d, x0
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	add	x0, x0, x0, lsl #7
	dup	v\n\().2d, x0
	.endr
	mov	x9, #(1 << 22)	/* RMode: towards plus infinity */
	msr	fpcr, x9
	msr	fpsr, xzr
	fmov	d31, #1.5
	ret
end_guest_asm

guest_asm guest_fp_step
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	add	v\n\().2d, v\n\().2d, v30.2d
	ext	v30.16b, v30.16b, v\n\().16b, #5
	.endr
	.irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
	eor	v\n\().16b, v\n\().16b, v30.16b
	add	v30.16b, v30.16b, v\n\().16b
	.endr
	/* x = x / 1.75 + 1, by way of D0 */
	str	q0, [sp, #-16]!
	fmov	d0, #1.75
	fdiv	d31, d31, d0
	fmov	d0, #1.0
	fadd	d31, d31, d0
	ldr	q0, [sp], #16
	ret
end_guest_asm

guest_asm guest_fp_end
	store_fp x0
	ret
end_guest_asm

guest_asm guest_fp_fresh
	allow_fp
	store_fp x1
	hvc	#1
	b	.
end_guest_asm

/* x21 and x28 stand for the general registers that a system call keeps */
	.text
	.global	host_run
	.type	host_run, %function
host_run:
	stp	x29, x30, [sp, #-176]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x27, x28, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	mrs	x9, fpcr
	str	x9, [sp, #160]
	mov	x19, x2
	mov	x20, x3
	mov	x21, #0x2121
	mov	x28, #0x2828
	mov	x2, #0
	load_fp	x19
	mov	x8, #__NR_ioctl
	svc	#0
	store_fp x20
	mov	x9, #0x2121
	cmp	x9, x21
	b.ne	1f
	mov	x9, #0x2828
	cmp	x9, x28
	b.eq	2f
1:	mov	x0, #-1000
2:	ldr	x9, [sp, #160]
	msr	fpcr, x9
	ldp	d14, d15, [sp, #144]
	ldp	d12, d13, [sp, #128]
	ldp	d10, d11, [sp, #112]
	ldp	d8, d9, [sp, #96]
	ldp	x27, x28, [sp, #80]
	ldp	x21, x22, [sp, #32]
	ldp	x19, x20, [sp, #16]
	ldp	x29, x30, [sp], #176
	ret

	.section .note.GNU-stack, "", %progbits
