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

	.bss
	.balign	0x1000
	/* each CPU's grows down from the next one's */
stacks:	.skip	4 * 0x1000
