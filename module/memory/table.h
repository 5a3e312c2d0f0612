/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2 translation tables: the only code that knows their format.
 */
#ifndef ARM_VCPU_TABLE_H
#define ARM_VCPU_TABLE_H

#include "guest/guest.h"
#include "give_way.h"
#include "table_level.h"
#include "unflushed.h"

/*
 * What a guest may do with a leaf; it can always read.  Where the host lets the process write,
 * the guest may be kept from it so that its first write is seen.
 */
#define TABLE_WRITE		BIT(0)
#define TABLE_EXEC		BIT(1)
#define TABLE_HOST_WRITE	BIT(2)

/*
 * What isn't RAM of the kernel's: it may have no address in the kernel, and nobody sees to its
 * caches.  Without one of the other two it is Write-Back, which takes cache_is_forced().
 */
#define TABLE_FOREIGN		BIT(3)
#define TABLE_UNCACHED		BIT(4) /* Normal Non-cacheable */
#define TABLE_DEVICE		BIT(5) /* Device-nGnRnE */

/**
 * struct table_cache - tables to put in, allocated before the lock is taken
 * @nr: how many
 * @pages: zeroed
 * @dead: those that were taken out, a chain for table_free_dead()
 */
struct table_cache {
	unsigned int nr;
	void *pages[TABLE_PAGE_LEVEL];
	u64 *dead;
};

/**
 * struct table_leaf - what stands at a guest address
 * @mapped: anything at all
 * @going: it is being taken away, and nothing can be mapped there until that is done
 * @perm: TABLE_*
 * @level: of the leaf, or of the hole
 */
struct table_leaf {
	bool mapped;
	bool going;
	unsigned int perm;
	unsigned int level;
};

void table_setup(unsigned int addr_bits);

int table_cache_fill(struct table_cache *cache, unsigned int nr);
void table_cache_drain(struct table_cache *cache);

int table_create(struct stage2_tables *t);
void table_destroy(struct stage2_tables *t);

struct table_leaf table_look(struct stage2 *s2, u64 ipa);
bool table_touch(struct stage2 *s2, u64 ipa);
void table_let_write(struct stage2 *s2, u64 ipa);
u64 table_protect(struct stage2 *s2, u64 start, u64 end, struct unflushed *u);
int table_map(struct stage2 *s2, u64 ipa, phys_addr_t pa, unsigned int level,
	      unsigned int perm, struct table_cache *cache);
void table_unmap(struct stage2 *s2, u64 start, u64 end, struct give_way *way);
u64 *table_prune(struct stage2 *s2, u64 start, u64 end);
void table_free_dead(u64 *dead);
bool table_age(struct stage2 *s2, u64 start, u64 end, bool clear, struct unflushed *u);
void table_flush(struct stage2 *s2, struct unflushed *u);
u64 table_flush_caches(struct stage2 *s2, u64 start, u64 end, struct give_way *way);

#endif /* ARM_VCPU_TABLE_H */
