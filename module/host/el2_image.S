/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The EL2 image of nVHE hosts, linked on its own, as data of the module.
 */
#include <linux/linkage.h>

	.section .rodata, "a"
	.balign	8
SYM_DATA_START(el2_image_start)
	.incbin	"module/hyp/nvhe/el2.bin"
SYM_INNER_LABEL(el2_image_end, SYM_L_GLOBAL)
SYM_DATA_END(el2_image_start)
