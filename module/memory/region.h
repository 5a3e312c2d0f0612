/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Regions: which memory of the process is behind which guest addresses.
 */
#ifndef ARM_VCPU_REGION_H
#define ARM_VCPU_REGION_H

#include "guest/guest.h"

/**
 * struct region - one of a VM's memory regions
 * @rcu: it is freed behind those who look it up without the lock
 * @guest_addr: where it begins for the guest
 * @length: in bytes, not 0
 * @user_addr: where it begins for the process.  Regions may share memory.
 * @readonly: the guest can't write
 * @dirty: its log, a bit a page, if it has one: set for each page that the guest can write to,
 *	or that the kernel has written to for it.  Under the stage 2 lock.
 * @going: being removed: nothing is mapped any more, but invalidations still reach
 *	what is
 */
struct region {
	struct rcu_head rcu;
	u64 guest_addr;
	u64 length;
	unsigned long user_addr;
	bool readonly;
	bool going;
	unsigned long *dirty;
};

/**
 * struct regions - all of a VM's memory regions, as they were at some time
 * @rcu: it is freed behind those who look into it without the lock
 * @nr: how many
 * @at: they, by guest address; they don't overlap
 */
struct regions {
	struct rcu_head rcu;
	unsigned int nr;
	struct region *at[];
};

/* The SET_MEMORY flags that there are */
#define REGION_FLAGS	(ARM_VCPU_MEMORY_READONLY | ARM_VCPU_MEMORY_LOG_DIRTY)

int region_check(const struct arm_vcpu_memory *m, unsigned int ipa_bits);
int region_set(struct stage2 *s2, const struct arm_vcpu_memory *m);
struct region *region_next(struct stage2 *s2, u64 from);
bool region_any(struct stage2 *s2, u64 addr, u64 length);
struct region *region_at(struct stage2 *s2, u64 ipa);
struct region *region_for(struct stage2 *s2, u64 ipa, bool write);
bool region_allows(struct stage2 *s2, u64 ipa, bool write);
unsigned int region_count(const struct stage2 *s2);
unsigned int region_fits(const struct stage2 *s2, const struct region *region, u64 ipa);
void region_free_all(struct stage2 *s2);

#endif /* ARM_VCPU_REGION_H */
