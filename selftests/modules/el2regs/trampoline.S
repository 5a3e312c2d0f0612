/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs at EL2 by HVC_SOFT_RESTART, from a copy in a page of its own, with EL2's MMU and
 * caches off: reads the registers to physical address x0 and returns to where the HVC was.
 * ELR_EL2 and SPSR_EL2 are still the HVC's.  x1: nonzero with a GICv3.
 */
#include <linux/linkage.h>
#include "list.h"

	.macro	store name, encoding
	mrs	x2, \encoding
	str	x2, [x0], #8
	.endm

#define STORE(name, encoding) store name, encoding ;

	.pushsection .rodata, "a"
	.balign	8
	.global	el2regs_trampoline, el2regs_trampoline_end
el2regs_trampoline:
	EVERY_REGS(STORE)
	NVHE_REGS(STORE)
	cbz	x1, 1f
	GIC_REGS(STORE)
1:	dsb	sy
	eret
el2regs_trampoline_end:
	.popsection
