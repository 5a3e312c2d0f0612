/* SPDX-License-Identifier: MIT */
/*
 * The first instructions of avm's test guest, on the boot CPU and on the others.  All
 * code refers to what it needs by its own pc, so it runs wherever it is loaded.
 */
	.section .text.start, "ax"
	.global	start
start:
#ifdef IMAGE
	/* Documentation/arm64/booting.rst */
	b	begin
	.long	0
	.quad	0x200000		/* text_offset */
	.quad	image_size
	.quad	0x2			/* flags: little-endian, 4K pages */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0
begin:
#endif
	mov	x1, x0			/* the device tree's address */
	adr	x0, start
	adrp	x2, stacks
	add	x2, x2, #:lo12:stacks
	add	sp, x2, #0x1000
	bl	guest_main
0:	wfi
	b	0b

	/* x0: index of the CPU */
	.global	start_secondary
start_secondary:
	adrp	x2, stacks + 0x1000
	add	x2, x2, x0, lsl #12
	mov	sp, x2
	bl	guest_secondary
0:	wfi
	b	0b

	/* the same, for a CPU that takes interrupts */
	.global	start_gic_secondary
start_gic_secondary:
	adrp	x2, stacks + 0x1000
	add	x2, x2, x0, lsl #12
	mov	sp, x2
	b	guest_gic_secondary

	/*
	 * x0: an address, x1: three words.  Returns 0, or 1 when the access was aborted.
	 * The handler goes where TPIDR_EL1 says, at EL1 as before.
	 */
	.macro	try name, access:vararg
	.global	\name
\name:	adr	x2, aborted
	msr	tpidr_el1, x2
	\access
	mov	x0, #0
	ret
	.endm

	try	try_load, ldr x0, [x0]
	try	try_pair, ldp x0, x2, [x0]
	try	try_vector, ld1 {v0.16b}, [x0]
	try	try_jump, br x0

aborted:
	mrs	x2, esr_el1
	mrs	x3, far_el1
	stp	x2, x3, [x1]
	mrs	x2, elr_el1
	str	x2, [x1, #16]
	mov	x0, #1
	ret

	.global	vectors
	.balign	0x800
vectors:
	.skip	0x200
	mrs	x2, tpidr_el1
	br	x2
	.balign	0x80
	b	interrupt

	/* what a function may change */
interrupt:
	sub	sp, sp, #0xa0
	stp	x0, x1, [sp, #0x00]
	stp	x2, x3, [sp, #0x10]
	stp	x4, x5, [sp, #0x20]
	stp	x6, x7, [sp, #0x30]
	stp	x8, x9, [sp, #0x40]
	stp	x10, x11, [sp, #0x50]
	stp	x12, x13, [sp, #0x60]
	stp	x14, x15, [sp, #0x70]
	stp	x16, x17, [sp, #0x80]
	stp	x18, x30, [sp, #0x90]
	bl	guest_interrupt
	ldp	x0, x1, [sp, #0x00]
	ldp	x2, x3, [sp, #0x10]
	ldp	x4, x5, [sp, #0x20]
	ldp	x6, x7, [sp, #0x30]
	ldp	x8, x9, [sp, #0x40]
	ldp	x10, x11, [sp, #0x50]
	ldp	x12, x13, [sp, #0x60]
	ldp	x14, x15, [sp, #0x70]
	ldp	x16, x17, [sp, #0x80]
	ldp	x18, x30, [sp, #0x90]
	add	sp, sp, #0xa0
	eret

	.bss
	.balign	0x1000
	/* each CPU's grows down from the next one's */
stacks:	.skip	64 * 0x1000
