// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2's own stage 1 on nVHE hosts (D8.2, D8.3).
 *
 * The host writes these tables, and EL2 walks them.  Everything is mapped where it is, so
 * that an address is the same with the MMU on and off; nothing is ever mapped in two ways,
 * and leaves only go from invalid to valid and back, so no break-before-make is due
 * (D8.14.1).  Table pages live until unload.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <asm/barrier.h>

#include "el2_map.h"

#define VA_BITS_EL2	48
#define LEVEL_BITS	(PAGE_SHIFT - 3)
#define LAST_LEVEL	3
/* The level whose entries split what is left of the 48 bits: 0 for 4K and 16K, 1 for 64K */
#define START_LEVEL	(4 - DIV_ROUND_UP(VA_BITS_EL2 - PAGE_SHIFT, LEVEL_BITS))
#define LEVEL_SHIFT(l)	(PAGE_SHIFT + (LAST_LEVEL - (l)) * LEVEL_BITS)
#define PTRS		BIT(LEVEL_BITS)

#define PTE_TABLE_EL2	3ULL
#define PTE_PAGE_EL2	3ULL
#define PTE_AP_RES1	BIT_ULL(6) /* AP[1] in a regime of one privilege level */
#define PTE_AP_RO	BIT_ULL(7)
#define PTE_SH_INNER	(3ULL << 8)
#define PTE_AF_EL2	BIT_ULL(10)
#define PTE_XN_EL2	BIT_ULL(54)
#define PTE_ADDR	GENMASK_ULL(47, PAGE_SHIFT)

#define EL2_TCR_RES1	(BIT_ULL(31) | BIT_ULL(23))
#define EL2_TCR_IRGN0_WBWA	BIT_ULL(8)
#define EL2_TCR_ORGN0_WBWA	BIT_ULL(10)
#define EL2_TCR_SH0_INNER	(3ULL << 12)
#if PAGE_SHIFT == 12
#define EL2_TCR_TG0_PAGE	(0ULL << 14)
#elif PAGE_SHIFT == 14
#define EL2_TCR_TG0_PAGE	(2ULL << 14)
#else
#define EL2_TCR_TG0_PAGE	BIT_ULL(14)
#endif
#define EL2_TCR_PS_MAX	5ULL /* 48 bits: more isn't mapped here */
#define MAIR_NORMAL_WB	0xffULL /* attribute 0, the only one */

static DEFINE_MUTEX(map_lock);
static u64 *root;

static u64 *table_alloc(void)
{
	u64 *table = (u64 *)get_zeroed_page(GFP_KERNEL);

	/* Zeros are there for a walker before anything leads to them */
	dsb(ishst);
	return table;
}

static void table_free(u64 *table, int level)
{
	unsigned long i;

	for (i = 0; level < LAST_LEVEL && i < PTRS; i++)
		if (table[i])
			table_free(phys_to_virt(table[i] & PTE_ADDR), level + 1);
	free_page((unsigned long)table);
}

/* The entry for @pa at the last level; NULL without memory, or without a table */
static u64 *leaf(phys_addr_t pa, bool alloc)
{
	u64 *table = root;
	int level;

	for (level = START_LEVEL; level < LAST_LEVEL; level++) {
		u64 *pte = &table[(pa >> LEVEL_SHIFT(level)) & (PTRS - 1)];

		if (!*pte) {
			u64 *next = alloc ? table_alloc() : NULL;

			if (!next)
				return NULL;
			WRITE_ONCE(*pte, virt_to_phys(next) | PTE_TABLE_EL2);
		}
		table = phys_to_virt(*pte & PTE_ADDR);
	}
	return &table[(pa >> PAGE_SHIFT) & (PTRS - 1)];
}

static u64 attributes(enum el2_prot prot)
{
	u64 attr = PTE_PAGE_EL2 | PTE_AP_RES1 | PTE_SH_INNER | PTE_AF_EL2;

	switch (prot) {
	case EL2_CODE:
		return attr | PTE_AP_RO;
	case EL2_RODATA:
		return attr | PTE_AP_RO | PTE_XN_EL2;
	default:
		return attr | PTE_XN_EL2;
	}
}

/**
 * el2_map_invalidate() - unmap pages, but for the TLBs
 * @pa: first page
 * @size: in bytes
 *
 * The caller has EL2 do the TLB maintenance before the pages are freed.
 */
void el2_map_invalidate(phys_addr_t pa, size_t size)
{
	phys_addr_t end = pa + size;

	mutex_lock(&map_lock);
	for (; pa < end; pa += PAGE_SIZE) {
		u64 *pte = leaf(pa, false);

		if (pte)
			WRITE_ONCE(*pte, 0);
	}
	mutex_unlock(&map_lock);
}

/**
 * el2_map() - map pages where they are
 * @pa: first page
 * @size: in bytes, whole pages
 * @prot: what EL2 may do there
 *
 * Return: 0, -ENOMEM, or -ERANGE: beyond what EL2's tables reach
 */
int el2_map(phys_addr_t pa, size_t size, enum el2_prot prot)
{
	phys_addr_t at, end = pa + size;
	int ret = 0;

	if (end > BIT_ULL(VA_BITS_EL2))
		return -ERANGE;

	mutex_lock(&map_lock);
	for (at = pa; at < end; at += PAGE_SIZE) {
		u64 *pte = leaf(at, true);

		if (!pte) {
			ret = -ENOMEM;
			break;
		}
		WARN_ON_ONCE(*pte);
		WRITE_ONCE(*pte, at | attributes(prot));
	}
	/* The HVC that uses the page is EL2's context synchronisation (D8.2.7) */
	dsb(ishst);
	mutex_unlock(&map_lock);
	if (ret)
		el2_map_invalidate(pa, at - pa);
	return ret;
}

int el2_map_init(void)
{
	root = table_alloc();
	return root ? 0 : -ENOMEM;
}

void el2_map_exit(void)
{
	if (root)
		table_free(root, START_LEVEL);
	root = NULL;
}

u64 el2_map_ttbr0(void)
{
	return virt_to_phys(root);
}

u64 el2_map_tcr(void)
{
	u64 parange = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	return EL2_TCR_RES1 | (64 - VA_BITS_EL2) | EL2_TCR_IRGN0_WBWA | EL2_TCR_ORGN0_WBWA |
	       EL2_TCR_SH0_INNER | EL2_TCR_TG0_PAGE | (min(parange, EL2_TCR_PS_MAX) << 16);
}

u64 el2_map_mair(void)
{
	return MAIR_NORMAL_WB;
}
