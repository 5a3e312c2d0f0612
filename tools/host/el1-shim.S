/* SPDX-License-Identifier: MIT */
/*
 * What QEMU boots in the place of Linux, to make a host that has EL2 and was booted at EL1 all
 * the same, as some firmware does.  QEMU takes it for an arm64 Image and enters it at EL2 with
 * the device tree in x0, MMU and caches off; the real Image lies at KERNEL already.  The shim
 * opens EL2's doors, goes to EL1 and jumps there, x0 as it was.
 *
 * One CPU only: the others would come up at EL2, by PSCI.
 */

#define HCR_EL2_RW		(1 << 31)
#define CNTHCTL_EL1PCTEN_EL1PCEN 3
#define ICC_SRE_EL2_SRE_ENABLE	0xf
#define SCTLR_EL1_RES1_MMU_OFF	0x30d00800
#define CPTR_EL2_RES1		0x33ff
#define PSTATE_DAIF_EL1H	0x3c5

	.text
	.globl	_start
_start:
	/* the header of an arm64 Image: Documentation/arm64/booting.rst */
	b	enter
	.long	0
	.quad	0			/* text_offset */
	.quad	0x10000			/* image_size */
	.quad	0xa			/* flags: little endian, 4K pages, anywhere */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

enter:
	mov	x9, #HCR_EL2_RW
	msr	hcr_el2, x9
	mov	x9, #CNTHCTL_EL1PCTEN_EL1PCEN
	msr	cnthctl_el2, x9
	msr	cntvoff_el2, xzr
	mov	x9, #CPTR_EL2_RES1
	msr	cptr_el2, x9
	msr	hstr_el2, xzr
	msr	vttbr_el2, xzr
	mrs	x9, midr_el1
	msr	vpidr_el2, x9
	mrs	x9, mpidr_el1
	msr	vmpidr_el2, x9

	/* all the counters of the PMU are the host's: HPMN = PMCR_EL0.N */
	mrs	x9, pmcr_el0
	ubfx	x9, x9, #11, #5
	msr	mdcr_el2, x9

	/* GICv3 alone has system registers */
	mrs	x9, id_aa64pfr0_el1
	ubfx	x9, x9, #24, #4
	cbz	x9, 1f
	mov	x9, #ICC_SRE_EL2_SRE_ENABLE
	msr	s3_4_c12_c9_5, x9	/* ICC_SRE_EL2 */
	isb
	msr	s3_4_c12_c11_0, xzr	/* ICH_HCR_EL2 */
1:
	ldr	x9, =SCTLR_EL1_RES1_MMU_OFF
	msr	sctlr_el1, x9
	mov	x9, #PSTATE_DAIF_EL1H
	msr	spsr_el2, x9
	ldr	x9, =KERNEL
	msr	elr_el2, x9
	isb
	eret

	.ltorg
