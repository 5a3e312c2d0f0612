// SPDX-License-Identifier: MIT
/* See translate.h; the walk is DDI 0487, D8.2 and D8.3 */
#include "translate.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define SCTLR_M		(1ULL << 0)
#define SCTLR_EE	(1ULL << 25) /* tables are big-endian too */

#define TCR_TXSZ(tcr, upper)	((tcr) >> ((upper) ? 16 : 0) & 0x3f)
#define TCR_TG(tcr, upper)	((tcr) >> ((upper) ? 30 : 14) & 3)
#define TCR_EPD(tcr, upper)	((tcr) >> ((upper) ? 23 : 7) & 1)
#define TCR_IPS(tcr)		((tcr) >> 32 & 7)
#define IPS_52_BITS		6
#define TCR_DS			(1ULL << 59) /* descriptors of 52-bit addresses */

#define DESC_VALID	1ULL
#define DESC_TABLE	2ULL /* at the last level: a page */
#define ADDRESS		0x0000fffffffff000ULL
#define TTBR_ADDRESS	0x0000fffffffffff0ULL /* a small table is aligned to its size */
#define LARGEST_BLOCK	30

#define LAST_LEVEL	3
/* Bits of the address that a level translates: a table is a page */
#define STRIDE(walk)	((walk)->page - 3)

/*
 * struct walk - how an address is translated
 * @page: log2 of the granule
 * @bits: of the input address
 * @shift: log2 of what an entry of @table spans
 * @table: the one at hand, the first one to begin with
 * @missing: it isn't in memory
 */
struct walk {
	unsigned int page;
	unsigned int bits;
	unsigned int shift;
	__u64 table;
	bool missing;
};

static __u64 low_bits(unsigned int count)
{
	return (1ULL << count) - 1;
}

static int begin_walk(const struct armvcpu_stage1 *stage1, __u64 va, struct walk *walk)
{
	static const __u8 pages[2][4] = { { 12, 16, 14, 0 }, { 0, 14, 12, 16 } };
	bool upper = va >> 55 & 1;
	__u64 tcr = stage1->tcr;

	if (tcr & TCR_DS || TCR_IPS(tcr) == IPS_52_BITS)
		return -EOPNOTSUPP;
	walk->page = pages[upper][TCR_TG(tcr, upper)];
	walk->bits = 64 - TCR_TXSZ(tcr, upper);
	if (!walk->page || walk->bits > 52 || (walk->bits > 48 && walk->page != 16))
		return -EOPNOTSUPP;
	if (TCR_EPD(tcr, upper) || walk->bits <= walk->page)
		return -EFAULT;
	if (va >> walk->bits != (upper ? ~0ULL >> walk->bits : 0))
		return -EFAULT;
	walk->table = (upper ? stage1->ttbr1 : stage1->ttbr0) & TTBR_ADDRESS;
	walk->shift = walk->page + (walk->bits - walk->page - 1) / STRIDE(walk) * STRIDE(walk);
	walk->missing = false;
	return 0;
}

/* The entry for an address in the table at hand; false if there is none */
static bool read_descriptor(const struct armvcpu_stage1 *stage1, armvcpu_memory *memory,
			    void *context, struct walk *walk, __u64 va, __u64 *desc)
{
	__u64 index = (va & low_bits(walk->bits)) >> walk->shift & low_bits(STRIDE(walk));
	const void *entry = memory(context, walk->table + index * 8, sizeof(*desc));

	walk->missing = !entry;
	if (!entry)
		return false;
	/* the guest may be writing it: it is read once, whole */
	*desc = __atomic_load_n((const __u64 *)entry, __ATOMIC_RELAXED);
	if (stage1->sctlr & SCTLR_EE)
		*desc = __builtin_bswap64(*desc);
	return *desc & DESC_VALID;
}

static int do_walk(const struct armvcpu_stage1 *stage1, armvcpu_memory *memory, void *context,
		   __u64 va, struct walk *walk, __u64 *pa)
{
	unsigned int shift;
	__u64 desc;
	int rc;

	rc = begin_walk(stage1, va, walk);
	if (rc)
		return rc;

	for (;; walk->shift -= STRIDE(walk)) {
		if (!read_descriptor(stage1, memory, context, walk, va, &desc))
			return -EFAULT;
		if (walk->shift == walk->page || !(desc & DESC_TABLE))
			break;
		walk->table = desc & ADDRESS & ~low_bits(walk->page);
	}

	/* at the last level nothing but a page, and above it no blocks beyond a size */
	shift = walk->shift;
	if (shift == walk->page ? !(desc & DESC_TABLE) : shift > LARGEST_BLOCK)
		return -EFAULT;
	*pa = (desc & ADDRESS & ~low_bits(shift)) | (va & low_bits(shift));
	return 0;
}

int armvcpu_translate(const struct armvcpu_stage1 *stage1, armvcpu_memory *memory,
		      void *context, __u64 va, __u64 *pa)
{
	struct walk walk;

	if (!(stage1->sctlr & SCTLR_M)) {
		*pa = va;
		return 0;
	}
	return do_walk(stage1, memory, context, va, &walk, pa);
}

int armvcpu_missing_level(const struct armvcpu_stage1 *stage1, armvcpu_memory *memory,
			  void *context, __u64 va)
{
	struct walk walk = { .missing = false };
	__u64 pa;

	if (!(stage1->sctlr & SCTLR_M) || !do_walk(stage1, memory, context, va, &walk, &pa) ||
	    !walk.missing)
		return -ENOENT;
	return LAST_LEVEL - (walk.shift - walk.page) / STRIDE(&walk);
}
