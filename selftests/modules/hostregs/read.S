/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads any system register of op0 2 and 3 that the kernel's exception level can read, and
 * finds out whether it can.
 */
#include <linux/linkage.h>

	.text

/*
 * void hostregs_read(const u16 *list, struct hostreg *values, u64 count)
 *
 * With all exceptions masked, for the vectors are ours meanwhile: what an MRS raises says that
 * there is no such register.  On VHE the _EL1 names here mean EL2's registers.  Going to an
 * MRS by RET asks for no landing pad (BTI).
 */
SYM_FUNC_START(hostregs_read)
	mov	x13, x30
	mrs	x12, vbar_el1
	adr_l	x3, vectors
	msr	vbar_el1, x3
	isb
	adr_l	x3, table
1:	cbz	x2, 3f
	ldrh	w4, [x0], #2
	sub	x4, x4, #0x8000
	add	x5, x3, x4, lsl #3
	mov	x6, #1
	adr	x30, 2f
	ret	x5
SYM_INNER_LABEL(there, SYM_L_LOCAL)
2:	stp	x7, x6, [x1], #16
	sub	x2, x2, #1
	b	1b
3:	msr	vbar_el1, x12
	isb
	ret	x13
SYM_FUNC_END(hostregs_read)

	.balign	2048
SYM_CODE_START_LOCAL(vectors)
	.rept	16
	mov	x6, #0
	mov	x7, #0
	adr_l	x8, there
	msr	elr_el1, x8
	eret
	.balign	128
	.endr
SYM_CODE_END(vectors)

/* mrs x7, <op0 2 and 3, all else> */
SYM_CODE_START_LOCAL(table)
	.set	encoding, 0x8000
	.rept	0x8000
	.inst	0xd5200007 | encoding << 5
	ret
	.set	encoding, encoding + 1
	.endr
SYM_CODE_END(table)
