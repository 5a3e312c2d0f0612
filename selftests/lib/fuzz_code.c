// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the fuzzer has guests execute: words of which some bits are as the encoding of a class of
 * instructions has them (DDI 0487, C4.1 and F3.1, F4.1), and the others anything.
 */
#include "fuzz.h"

struct pattern {
	u32 fixed;
	u32 any;
};

/* x0 is memory, x1 a device's; x2 and x3 are values */
static const struct pattern a64[] = {
	{ 0x00000000, 0xffffffff },	/* anything */
	{ 0x10000000, 0xe3ffffff },	/* data processing, immediate */
	{ 0x0a000000, 0xf1ffffff },	/* registers */
	{ 0x0e000000, 0xf1ffffff },	/* FP and SIMD */
	{ 0x04000000, 0xe1ffffff },	/* SVE */
	{ 0x80000000, 0x61ffffff },	/* SME */
	{ 0x08000000, 0xf5ffffff },	/* loads and stores, anywhere */
	{ 0x08000000, 0xf5fffc1f },	/* of memory */
	{ 0x08000020, 0xf5fffc1f },	/* of a device */
	{ 0x39000022, 0xc0fffc00 },	/* simple ones of a device */
	{ 0x08000000, 0xc0fffc1f },	/* exclusive, ordered, compare and swap */
	{ 0x38200000, 0xc0dff01f },	/* atomic */
	{ 0xc85f7c02, 0x00000000 },	/* ldxr x2, [x0] */
	{ 0xc8037c02, 0x00000000 },	/* stxr w3, x2, [x0] */
	{ 0xf9400002, 0x003ffc00 },	/* ldr x2, [x0, #] */
	{ 0xf9000002, 0x003ffc00 },	/* str x2, [x0, #] */
	{ 0xa9000c02, 0x007f8000 },	/* stp x2, x3, [x0, #] */
	{ 0xa9400c22, 0x007f8000 },	/* ldp x2, x3, [x1, #] */
	{ 0x10000000, 0x600fffe0 },	/* adr x0, # */
	{ 0x91000000, 0x007ffc00 },	/* add x0, x0, # */
	{ 0xd2a10001, 0x00002320 },	/* movz x1, # << 16, where devices are */
	{ 0xf2800001, 0x001fffe0 },	/* movk x1, # */
	{ 0x91000021, 0x003ffc00 },	/* add x1, x1, # */
	{ 0xd2800002, 0x007fffe0 },	/* movz x2, # */
	{ 0xd5100000, 0x002fffff },	/* MSR, MRS */
	{ 0xd5180000, 0x0020ffff },	/* MSR, MRS, of EL1's */
	{ 0xd51b0000, 0x0020ffff },	/* of EL0's */
	{ 0xd518c000, 0x00200fff },	/* of the GIC's, VBAR_EL1 */
	{ 0xd5080000, 0x0027ffff },	/* SYS, SYSL */
	{ 0xd5087000, 0x00270fe0 },	/* IC, DC, AT, of x0 */
	{ 0xd5088000, 0x00070fe3 },	/* TLBI */
	{ 0xd5000000, 0x0027ffff },	/* PSTATE and all that is near it */
	{ 0xd500401f, 0x00070fe0 },	/* MSR of a part of PSTATE */
	{ 0xd503201f, 0x00000fe0 },	/* hints */
	{ 0xd503301f, 0x00000fe0 },	/* barriers */
	{ 0xd4000000, 0x00ffffff },	/* exceptions */
	{ 0xd4000001, 0x001fffe0 },	/* svc # */
	{ 0xd4000002, 0x001fffe0 },	/* hvc # */
	{ 0xd4000003, 0x001fffe0 },	/* smc # */
	{ 0xd4200000, 0x001fffe0 },	/* brk # */
	{ 0xd4000002, 0x00000001 },	/* hvc #0, smc #0 */
	{ 0x52b08000, 0x00000000 },	/* mov w0, #0x84000000 */
	{ 0xf2800000, 0x000003e0 },	/* movk x0, #: a function of PSCI */
	{ 0x54000000, 0x000001ef },	/* b.cond, forwards */
	{ 0x34000000, 0x810001ff },	/* cbz, cbnz */
	{ 0x36000000, 0x81f801ff },	/* tbz, tbnz */
};

/* What may lead back, and never on from there */
static const struct pattern a64_back[] = {
	{ 0xd6000000, 0x01ffffff },	/* branches to registers */
	{ 0xd69f03e0, 0x00000000 },	/* eret */
	{ 0xd69f0bff, 0x00000400 },	/* eretaa, eretab */
	{ 0x54fffe00, 0x000001ef },	/* b.cond, back */
};

/* r2 is memory */
static const struct pattern a32[] = {
	{ 0x00000000, 0xffffffff },	/* anything */
	{ 0xe0000000, 0x0fffffff },	/* anything, always */
	{ 0xf0000000, 0x0fffffff },	/* what has no condition */
	{ 0xe0000000, 0x03ffffff },	/* data processing */
	{ 0xe4000000, 0x03ffffff },	/* loads and stores */
	{ 0xe4020000, 0x03f0ffff },	/* of memory */
	{ 0xe8000000, 0x01ffffff },	/* of several registers */
	{ 0xee000010, 0x01ffffef },	/* MCR, MRC */
	{ 0xee000f10, 0x00fff0ef },	/* of CP15 */
	{ 0xee000e10, 0x00fff0ef },	/* of CP14 */
	{ 0xec000000, 0x01ffffff },	/* LDC, STC, MCRR, MRRC */
	{ 0xeee00a10, 0x001ff000 },	/* VMSR, VMRS */
	{ 0xf2000000, 0x01ffffff },	/* SIMD */
	{ 0xe1000070, 0x006fff0f },	/* HVC, SMC, BKPT */
	{ 0xef000000, 0x00ffffff },	/* svc # */
	{ 0xe320f000, 0x000000ff },	/* hints */
	{ 0x0320f000, 0xf0000003 },	/* WFI and others, conditional */
	{ 0xf57ff040, 0x0000003f },	/* barriers */
	{ 0xe1920f9f, 0x0060f000 },	/* ldrex */
	{ 0xf1000000, 0x000fffff },	/* CPS, SETEND */
	{ 0x0a000000, 0xf000000f },	/* b, forwards */
};

/* Half-words; one of 32 bits has any other behind it */
static const struct pattern t32[] = {
	{ 0x0000, 0xffff },
	{ 0xe800, 0x17ff },
	{ 0xf800, 0x07ff },
	{ 0xee00, 0x11ff },	/* coprocessors */
	{ 0xbf00, 0x00ff },	/* IT, hints */
	{ 0xbf30, 0x0000 },	/* wfi */
	{ 0xdf00, 0x00ff },	/* svc # */
	{ 0xbe00, 0x00ff },	/* bkpt # */
	{ 0x6000, 0x1fff },	/* loads and stores */
	{ 0xb100, 0x0a0f },	/* cbz, cbnz */
};

#define draw(f, patterns) ({						\
	const struct pattern *pattern_ = &fuzz_pick(f, patterns);	\
	pattern_->fixed | ((u32)fuzz_next(f) & pattern_->any);		\
})

void fuzz_code(struct fuzz *f, u32 *code, unsigned int words)
{
	unsigned int i;

	for (i = 0; i < words - 1; i++)
		code[i] = fuzz_one_in(f, 64) ? draw(f, a64_back) : draw(f, a64);
	code[i] = 0x14000000 | ((0U - i) & 0x3ffffff);
}

void fuzz_code32(struct fuzz *f, u32 *code, unsigned int words, bool thumb)
{
	unsigned int i;

	for (i = 0; i < words - 1; i++)
		code[i] = thumb ? draw(f, t32) | draw(f, t32) << 16 : draw(f, a32);
	/* b to the first: from 8 or, in the second half-word, 4 bytes behind it */
	code[i] = thumb ? 0xe000bf00 | ((0U - 2 * i - 3) & 0x7ff) << 16 :
			  0xea000000 | ((0U - i - 2) & 0xffffff);
}
