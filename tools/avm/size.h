/* SPDX-License-Identifier: MIT */
/* A size of memory, as a user writes it */
#ifndef AVM_SIZE_H
#define AVM_SIZE_H

#include <linux/types.h>

/* What a guest has at least, in bytes */
#define SIZE_LEAST	(8ULL << 20)

/**
 * size_parse() - read a size: in MiB, or with a unit
 * @text: 512, 512M, 1.5GiB
 * @max: in bytes
 *
 * Return: in bytes, whole MiB from SIZE_LEAST to @max; or 0.
 */
__u64 size_parse(const char *text, __u64 max);

#endif /* AVM_SIZE_H */
