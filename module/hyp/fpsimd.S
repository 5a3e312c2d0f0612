/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Save and load V0 to V31, FPSR and FPCR: struct hyp_fpsimd in x0.
 */
#include <linux/linkage.h>

	.arch_extension fp
	.arch_extension simd

#ifdef HYP_NVHE
	.section .text, "ax"
#else
	.section .noinstr.text, "ax"
#endif

	.macro	vregs, op
	\op	q0, q1, [x0, #(16 * 0)]
	\op	q2, q3, [x0, #(16 * 2)]
	\op	q4, q5, [x0, #(16 * 4)]
	\op	q6, q7, [x0, #(16 * 6)]
	\op	q8, q9, [x0, #(16 * 8)]
	\op	q10, q11, [x0, #(16 * 10)]
	\op	q12, q13, [x0, #(16 * 12)]
	\op	q14, q15, [x0, #(16 * 14)]
	\op	q16, q17, [x0, #(16 * 16)]
	\op	q18, q19, [x0, #(16 * 18)]
	\op	q20, q21, [x0, #(16 * 20)]
	\op	q22, q23, [x0, #(16 * 22)]
	\op	q24, q25, [x0, #(16 * 24)]
	\op	q26, q27, [x0, #(16 * 26)]
	\op	q28, q29, [x0, #(16 * 28)]
	\op	q30, q31, [x0, #(16 * 30)]
	.endm

#define FPSR	(16 * 32)

SYM_CODE_START(__fpsimd_save)
	vregs	stp
	mrs	x1, fpsr
	mrs	x2, fpcr
	str	x1, [x0, #FPSR]
	str	x2, [x0, #FPSR + 8]
	ret
SYM_CODE_END(__fpsimd_save)

SYM_CODE_START(__fpsimd_load)
	vregs	ldp
	ldr	x1, [x0, #FPSR]
	ldr	x2, [x0, #FPSR + 8]
	msr	fpsr, x1
	msr	fpcr, x2
	ret
SYM_CODE_END(__fpsimd_load)
