/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cache maintenance by address, on memory that the kernel maps.
 */
#ifndef ARM_VCPU_CACHE_H
#define ARM_VCPU_CACHE_H

#include <linux/types.h>

void cache_init(void);
bool cache_is_forced(void);
void cache_clean_inval(const void *start, size_t size);
void cache_inval_icache_all(void);
void cache_inval_icache(const void *start, size_t size);

#endif /* ARM_VCPU_CACHE_H */
