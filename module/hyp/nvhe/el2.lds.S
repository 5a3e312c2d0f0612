/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The EL2 image: position independent as it is, with nothing to relocate and nothing to
 * write to.  Sections on page boundaries, for they are mapped differently.
 */
#include <linux/kconfig.h>

#ifdef CONFIG_PAGE_SHIFT
#define PAGE_SIZE	(1 << CONFIG_PAGE_SHIFT)
#else
#define PAGE_SIZE	(1 << CONFIG_ARM64_PAGE_SHIFT)
#endif

/* An image that has grown past this, pages aside, isn't small any more */
#define IMAGE_CAP	0x10000

OUTPUT_FORMAT("elf64-littleaarch64")
OUTPUT_ARCH(aarch64)
ENTRY(nvhe_image)

SECTIONS
{
	. = 0;
	.image : {
		KEEP(*(.head))
		*(.text .text.* .noinstr.text)
		__text_end = .;
		. = ALIGN(PAGE_SIZE);
		__rodata_start = .;
		*(.rodata .rodata.*)
		__rodata_end = .;
		. = ALIGN(PAGE_SIZE);
		__image_end = .;
	}

	/*
	 * What the linker makes for any position-independent program, the empty GOT's
	 * header words too; not in the image
	 */
	.linker : {
		__got_start = .;
		*(.got .got.plt .igot*)
		__got_end = .;
		*(.dynamic .dynsym .dynstr .hash .gnu.hash .gnu.version* .interp)
	}

	.data : {
		*(.data .data.* .bss .bss.* .dynbss COMMON)
	}
	.plt : {
		*(.plt .iplt)
	}
	.rela.dyn : {
		*(.rela*)
	}
	.kernel : {
		*(.altinstructions .altinstr_replacement __jump_table __ex_table)
		*(__bug_table .init* .exit* .static_call*)
	}
	ASSERT(SIZEOF(.data) == 0, "the EL2 image has data to write to")
	ASSERT(__got_end - __got_start <= 0x20, "the EL2 image has a global offset table")
	ASSERT(SIZEOF(.plt) == 0, "the EL2 image has a procedure linkage table")
	ASSERT(SIZEOF(.rela.dyn) == 0, "the EL2 image has something to relocate")
	ASSERT(SIZEOF(.kernel) == 0, "the EL2 image has what only the kernel can patch")
	ASSERT(__text_end + __rodata_end - __rodata_start <= IMAGE_CAP,
	       "the EL2 image is past its cap")

	/DISCARD/ : {
		*(.note* .comment .eh_frame* .discard* .modinfo __patchable_function_entries)
		*(.export_symbol ___ksymtab* __ksymtab* .debug*)
	}
}
