/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2 on nVHE hosts: in through the kernel's stub, the host's calls, and back out.
 */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include <asm/virt.h>

#include "nvhe.h"

#define HCR_E2H_BIT	34
#define ICH_VTR_EL2	S3_4_C12_C11_1

	/* struct nvhe_image, at offset 0 of the image */
	.section .head, "a"
SYM_DATA_START(nvhe_image)
	.long	trampoline - nvhe_image
	.long	host_vectors - nvhe_image
	.long	guest_vectors_none - nvhe_image
	.long	guest_vectors_loop - nvhe_image
	.long	guest_vectors_clrbhb - nvhe_image
	.long	guest_vectors_wa1 - nvhe_image
	.long	guest_vectors_wa3 - nvhe_image
	.long	__rodata_start - nvhe_image
	.long	__image_end - nvhe_image
SYM_DATA_END(nvhe_image)

	.section .text, "ax"

/*
 * HVC_SOFT_RESTART comes here from the stub: MMU and caches off, x0 = struct nvhe_cpu,
 * which the host has cleaned to the point of coherency.  The stub's VBAR_EL2 is still in
 * place; ours replaces it last.  x0 to x18 may be clobbered; returns to the host with x0
 * = 0.
 */
SYM_CODE_START_LOCAL(trampoline)
	mrs	x1, hcr_el2
	tbnz	x1, #HCR_E2H_BIT, 2f
	/* E2H may read as 0 and be 1 all the same: then FAR_EL1 is a name of FAR_EL2 */
	mrs	x1, far_el2
	mrs	x2, far_el1
	mvn	x3, x2
	msr	far_el2, x3
	isb
	mrs	x2, far_el1
	msr	far_el2, x1
	cmp	x2, x3
	b.ne	1f
2:
	mov	x0, #NVHE_IS_E2H
	eret
1:
	mrs	x1, sctlr_el2
	mrs	x2, tcr_el2
	mrs	x3, ttbr0_el2
	mrs	x4, mair_el2
	mrs	x5, vbar_el2
	mrs	x6, tpidr_el2

	ldp	x7, x8, [x0, #NVHE_CPU_SP]
	ldp	x9, x10, [x0, #NVHE_CPU_TCR]
	ldp	x11, x12, [x0, #NVHE_CPU_MAIR]
	msr	tcr_el2, x9
	msr	ttbr0_el2, x10
	msr	mair_el2, x11
	isb
	/*
	 * What a former owner of EL2 left in TLB and instruction cache, and what broadcast
	 * maintenance missed while this CPU was away (D8.13.4)
	 */
	tlbi	alle2
	tlbi	alle1
	ic	iallu
	dsb	nsh
	isb
	msr	sctlr_el2, x8
	isb

	/* The MMU is on: from here the page is accessed as the host accesses it */
	stp	x1, x2, [x0, #NVHE_CPU_STUB_SCTLR]
	stp	x3, x4, [x0, #NVHE_CPU_STUB_TTBR0]
	stp	x5, x6, [x0, #NVHE_CPU_STUB_VBAR]
	mov	sp, x7
	msr	tpidr_el2, x0
	msr	vbar_el2, x12
	isb
	stp	x29, x30, [sp, #-16]!
	bl	nvhe_take
	ldp	x29, x30, [sp], #16
	mov	x0, #0
	eret
	dsb	nsh
	isb
SYM_CODE_END(trampoline)

/* An exception from the host.  Only HVCs are expected; x0 to x17 are then ours to clobber. */
SYM_CODE_START_LOCAL(host_sync)
	stp	x0, x1, [sp, #-16]!
	mrs	x0, esr_el2
	lsr	x0, x0, #HYP_ESR_EC_SHIFT
	cmp	x0, #HYP_EC_HVC64
	ldp	x0, x1, [sp], #16
	b.ne	host_trap

	cmp	x0, #HVC_STUB_HCALL_NR
	b.lo	stub_call
	cmp	x0, #NVHE_RELEASE
	b.eq	release

	str	x18, [sp, #-16]!
	stp	x29, x30, [sp, #-16]!
	mrs	x5, elr_el2
	mrs	x6, spsr_el2
	stp	x5, x6, [sp, #-16]!
	mrs	x4, tpidr_el2
	bl	nvhe_call
SYM_INNER_LABEL(host_return, SYM_L_LOCAL)
	ldp	x5, x6, [sp], #16
	ldp	x29, x30, [sp], #16
	ldr	x18, [sp], #16
	msr	elr_el2, x5
	msr	spsr_el2, x6
	eret
	dsb	nsh
	isb
SYM_CODE_END(host_sync)

/*
 * The kernel's own calls (kexec, kdump, hibernation): answered as its stub answers them,
 * once EL2 is as the stub had it.
 */
SYM_CODE_START_LOCAL(stub_call)
	cmp	x0, #HVC_RESET_VECTORS
	b.ls	release
#ifdef HVC_GET_ICH_VTR_EL2
	cmp	x0, #HVC_GET_ICH_VTR_EL2
	b.ne	1f
	mrs	x1, ICH_VTR_EL2
	mov	x0, xzr
	eret
1:
#endif
	mov_q	x0, HVC_STUB_ERR
	eret
SYM_CODE_END(stub_call)

/*
 * Hand EL2 back, then do what x0 to x4 ask for: NVHE_RELEASE, HVC_RESET_VECTORS: nothing
 * more; HVC_SET_VECTORS: x1 is the new VBAR_EL2; HVC_SOFT_RESTART: enter x1 at EL2 with
 * x2, x3, x4 as arguments.  Once the MMU is off, what lies in the cache can't be relied on
 * here: everything is in registers by then.
 */
SYM_CODE_START_LOCAL(release)
	stp	x29, x30, [sp, #-16]!
	stp	x0, x1, [sp, #-16]!
	stp	x2, x3, [sp, #-16]!
	stp	x4, xzr, [sp, #-16]!
	mrs	x0, tpidr_el2
	bl	nvhe_restore
	ldp	x4, xzr, [sp], #16
	ldp	x2, x3, [sp], #16
	ldp	x0, x1, [sp], #16
	ldp	x29, x30, [sp], #16

	mrs	x9, tpidr_el2
	ldp	x10, x11, [x9, #NVHE_CPU_STUB_SCTLR]
	ldp	x12, x13, [x9, #NVHE_CPU_STUB_TTBR0]
	ldp	x14, x15, [x9, #NVHE_CPU_STUB_VBAR]
	msr	sctlr_el2, x10
	isb
	msr	tcr_el2, x11
	msr	ttbr0_el2, x12
	msr	mair_el2, x13
	msr	vbar_el2, x14
	msr	tpidr_el2, x15
	isb
	tlbi	alle2
	dsb	nsh
	isb

	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_SET_VECTORS
	b.ne	1f
	msr	vbar_el2, x1
	/* SCTLR_EL2 is the stub's, and without EOS an ERET synchronises nothing (D1.4.4) */
	isb
1:
	mov	x0, xzr
	eret
	dsb	nsh
	isb
2:
	mov	x8, x1
	mov	x0, x2
	mov	x1, x3
	mov	x2, x4
	br	x8
SYM_CODE_END(release)

/* Anything else from the host is an UNDEF of its own, which it can report */
SYM_CODE_START_LOCAL(host_trap)
	stp	x0, x1, [sp, #-16]!
	stp	x2, x3, [sp, #-16]!
	stp	x4, x5, [sp, #-16]!
	stp	x6, x7, [sp, #-16]!
	stp	x8, x9, [sp, #-16]!
	stp	x10, x11, [sp, #-16]!
	stp	x12, x13, [sp, #-16]!
	stp	x14, x15, [sp, #-16]!
	stp	x16, x17, [sp, #-16]!
	stp	x18, x30, [sp, #-16]!
	bl	nvhe_host_undef
	ldp	x18, x30, [sp], #16
	ldp	x16, x17, [sp], #16
	ldp	x14, x15, [sp], #16
	ldp	x12, x13, [sp], #16
	ldp	x10, x11, [sp], #16
	ldp	x8, x9, [sp], #16
	ldp	x6, x7, [sp], #16
	ldp	x4, x5, [sp], #16
	ldp	x2, x3, [sp], #16
	ldp	x0, x1, [sp], #16
	eret
	dsb	nsh
	isb
SYM_CODE_END(host_trap)

/*
 * An exception at EL2 itself, by the host's vectors or by the guest's.  Its cause is written
 * down, the host's world is put back, and the call that was under way returns NVHE_PANIC.
 */
SYM_CODE_START(el2_panic)
	msr	spsel, #1
	mrs	x0, tpidr_el2
	ldr	x1, [x0, #NVHE_CPU_VBAR]
	msr	vbar_el2, x1
	isb
	ldr	x1, [x0, #NVHE_CPU_SP]
	sub	sp, x1, #NVHE_CALL_FRAME
	bl	nvhe_panic
	mov	x0, #NVHE_PANIC
	b	host_return
SYM_CODE_END(el2_panic)

/* Not routed here while the host runs */
SYM_CODE_START_LOCAL(host_async)
	eret
	dsb	nsh
	isb
SYM_CODE_END(host_async)

	.macro	vector, handler
	.align	7
	b	\handler
	.endm

	.align	11
SYM_CODE_START(host_vectors)
	.rept	8 /* EL2 */
	vector	el2_panic
	.endr
	.rept	2 /* AArch64 and AArch32 below */
	vector	host_sync
	vector	host_async
	vector	host_async
	vector	host_async
	.endr
SYM_CODE_END(host_vectors)
