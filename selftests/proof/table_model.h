/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2 tables in small, for proofs about them: tables of two entries, two levels deep, with
 * what a TLB may still hold of each entry behind them.
 */
#ifndef PROOF_TABLE_MODEL_H
#define PROOF_TABLE_MODEL_H

#define TABLE_INDEX_BITS	1
/* Less work at once, so that blocks are cleaned in pieces, and the lock is dropped in between */
#undef SZ_64K
#define SZ_64K			0x1000UL

static void write_entry(unsigned long *entry, unsigned long value);

#undef WRITE_ONCE
#define WRITE_ONCE(entry, value)	write_entry(&(entry), value)

#define PAGES		4	/* of the guest's address space */
#define TABLES		4	/* the root, two tables of pages, and one in the cache */
#define CACHED		3
#define ENTRIES		2

/* Where tables are, and memory isn't */
#define TABLES_PA	(1UL << 32)

/* Entries, then what a walker may have in mind of them; apart, so that they are told apart */
static unsigned long root[2 * ENTRIES], low[2 * ENTRIES], high[2 * ENTRIES], cached[2 * ENTRIES];
static unsigned long *const tables[TABLES] = { root, low, high, cached };

static void *phys_to_virt(unsigned long pa)
{
	switch (pa) {
	case TABLES_PA + 1 * PAGE_SIZE:
		return low;
	case TABLES_PA + 2 * PAGE_SIZE:
		return high;
	case TABLES_PA + 3 * PAGE_SIZE:
		return cached;
	}
	return (void *)pa;
}

static unsigned long virt_to_phys(const void *table)
{
	unsigned int i;

	for (i = 0; i < TABLES; i++)
		if (table == tables[i])
			return TABLES_PA + i * PAGE_SIZE;
	prove(!"a table");
	return 0;
}

static void *memchr_inv(const void *table, int value, unsigned long length)
{
	const unsigned long *entry = table;

	prove(!value && length == PAGE_SIZE);
	return entry[0] || entry[1] ? (void *)table : NULL;
}

/* The page allocator: it gives a table that is nowhere else, or none */
static bool in_use[TABLES];

static unsigned long __get_free_pages(gfp_t flags, unsigned int order)
{
	unsigned int i = nondet_u32();

	prove(flags & __GFP_ZERO && !order);
	if (i >= TABLES || in_use[i])
		return 0;
	in_use[i] = true;
	tables[i][0] = 0;
	tables[i][1] = 0;
	return (unsigned long)tables[i];
}

static void free_pages(unsigned long table, unsigned int order)
{
	unsigned int i = (virt_to_phys((void *)table) - TABLES_PA) / PAGE_SIZE;

	prove(!order && in_use[i]);
	in_use[i] = false;
}

#define get_order(size)				((size) > PAGE_SIZE)
#define virt_to_page(address)			(address)
#define mod_lruvec_page_state(page, item, by)	((void)(page))

#endif /* PROOF_TABLE_MODEL_H */
