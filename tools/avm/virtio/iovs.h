/* SPDX-License-Identifier: MIT */
/* Memory in pieces: what is taken from it or put into it is gone from its front */
#ifndef AVM_IOVS_H
#define AVM_IOVS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>
#include <linux/types.h>

/**
 * struct iovs - memory in pieces
 * @iov: the pieces, none of them empty
 * @count: of them
 * @bytes: of all together
 */
struct iovs {
	struct iovec *iov;
	unsigned int count;
	__u64 bytes;
};

/**
 * iovs_skip() - take bytes away from the front
 * @iovs: has so many
 * @size: how many
 */
void iovs_skip(struct iovs *iovs, __u64 size);

/**
 * iovs_get() - copy bytes from the front, once, and take them away
 * @iovs: where from
 * @to: where to
 * @size: how many
 *
 * Return: false, and nothing has happened, if there are less.
 */
bool iovs_get(struct iovs *iovs, void *to, size_t size);

/**
 * iovs_put() - copy bytes to the front, and take them away
 * @iovs: where to
 * @from: where from
 * @size: how many
 *
 * Return: false, and nothing has happened, if there is less room.
 */
bool iovs_put(struct iovs *iovs, const void *from, size_t size);

/**
 * iovs_clear() - put zeros to all that is left, and take it away
 * @iovs: the memory
 */
void iovs_clear(struct iovs *iovs);

/**
 * iovs_last() - take the last byte away
 * @iovs: the memory
 *
 * Return: where it is, or NULL if there is none.
 */
__u8 *iovs_last(struct iovs *iovs);

#endif /* AVM_IOVS_H */
