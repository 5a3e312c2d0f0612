// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache maintenance by address: loops of our own, since the kernel exports none that
 * reaches the point of coherency.
 *
 * What CTR_EL0 says is the sanitised view: the smallest lines of all CPUs, and IDC and
 * DIC only where every CPU has them.  Instructions by address are broadcast to the
 * inner shareable domain (D7.5), so it doesn't matter which CPU runs them.
 */
#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/cache.h>

#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "cache.h"

/* CTR_EL0 */
#define CACHE_CTR_IMINLINE	GENMASK_ULL(3, 0)
#define CACHE_CTR_L1IP		GENMASK_ULL(15, 14)
#define CACHE_CTR_L1IP_PIPT	3
#define CACHE_CTR_DMINLINE	GENMASK_ULL(19, 16)
#define CACHE_CTR_DIC		BIT_ULL(29)

/* ID_AA64MMFR2_EL1 */
#define CACHE_MMFR2_FWB		GENMASK_ULL(43, 40)

static bool forced __ro_after_init;
static size_t dcache_line __ro_after_init;
static size_t icache_line __ro_after_init;
static bool icache_by_address __ro_after_init;
static bool icache_coherent __ro_after_init;

/**
 * cache_init - learn what the host's caches are like; at load
 */
void __init cache_init(void)
{
	u64 ctr = read_sanitised_ftr_reg(SYS_CTR_EL0);

	dcache_line = 4UL << FIELD_GET(CACHE_CTR_DMINLINE, ctr);
	icache_line = 4UL << FIELD_GET(CACHE_CTR_IMINLINE, ctr);
	icache_coherent = ctr & CACHE_CTR_DIC;
	forced = read_sanitised_ftr_reg(SYS_ID_AA64MMFR2_EL1) & CACHE_MMFR2_FWB;

	/*
	 * Only in a PIPT instruction cache does the kernel's address of a page find what
	 * a guest's address has brought in (D7.5).
	 */
	icache_by_address = FIELD_GET(CACHE_CTR_L1IP, ctr) == CACHE_CTR_L1IP_PIPT;
}

/**
 * cache_is_forced() - whether guests access memory through the caches, whatever they think
 *
 * FEAT_S2FWB (D8.6.5): HCR_EL2.FWB is on, and stage 2 alone says what memory is.
 *
 * Return: whether all CPUs have it.
 */
bool cache_is_forced(void)
{
	return forced;
}

static __always_inline unsigned long clean_inval_line(unsigned long line, unsigned long step)
{
	asm volatile("dc civac, %0" : : "r" (line) : "memory");
	return line + step;
}

/**
 * cache_clean_inval - make memory the same for accesses with and without caches
 * @start: kernel address
 * @size: in bytes
 *
 * Clean: who reads past the caches sees what was written through them.  Invalidate: who
 * writes past them isn't hidden by an old line.  To the point of coherency, and so to
 * the point of unification.
 */
void cache_clean_inval(const void *start, size_t size)
{
	unsigned long end = (unsigned long)start + size;
	unsigned long step = dcache_line;	/* which isn't memory that the loop clobbers */
	unsigned long line = ALIGN_DOWN((unsigned long)start, step);

	/* A page has many: four at a time, to count them costs as much as to name them */
	while (line + 3 * step < end) {
		line = clean_inval_line(line, step);
		line = clean_inval_line(line, step);
		line = clean_inval_line(line, step);
		line = clean_inval_line(line, step);
	}
	while (line < end)
		line = clean_inval_line(line, step);

	/* Maintenance is complete for all observers only after a DSB (D7.5) */
	dsb(sy);
}

/**
 * cache_inval_icache_all - forget all instructions, after cache_clean_inval()
 */
void cache_inval_icache_all(void)
{
	if (icache_coherent)
		return;
	asm volatile("ic ialluis" : : : "memory");
	/* Complete on all CPUs, as below */
	dsb(ish);
	isb();
}

/**
 * cache_inval_icache - forget instructions fetched from a page's former contents
 * @start: kernel address
 * @size: in bytes
 *
 * After cache_clean_inval(), and before the page becomes executable for the guest.
 * CPUs that run the guest need no ISB for this: nothing can have been fetched from a
 * page that they couldn't execute, and the one that faulted comes back by an ERET.
 */
void cache_inval_icache(const void *start, size_t size)
{
	unsigned long end = (unsigned long)start + size;
	unsigned long step = icache_line;
	unsigned long line;

	if (icache_coherent)
		return;

	if (!icache_by_address) {
		cache_inval_icache_all();
		return;
	}

	line = ALIGN_DOWN((unsigned long)start, step);
	for (; line < end; line += step)
		asm volatile("ic ivau, %0" : : "r" (line) : "memory");

	/* As above: complete, on all CPUs, before the page can be mapped */
	dsb(ish);
	isb();
}
