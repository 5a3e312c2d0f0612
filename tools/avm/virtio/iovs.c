// SPDX-License-Identifier: MIT
#include "iovs.h"

#include <string.h>

/* As much of the front as is in one piece */
static size_t front(const struct iovs *iovs, __u64 size)
{
	return size < iovs->iov->iov_len ? size : iovs->iov->iov_len;
}

static void skip_front(struct iovs *iovs, size_t size)
{
	struct iovec *iov = iovs->iov;

	iov->iov_base = (char *)iov->iov_base + size;
	iov->iov_len -= size;
	iovs->bytes -= size;
	if (!iov->iov_len) {
		iovs->iov++;
		iovs->count--;
	}
}

void iovs_skip(struct iovs *iovs, __u64 size)
{
	size_t part;

	for (; size; size -= part) {
		part = front(iovs, size);
		skip_front(iovs, part);
	}
}

bool iovs_get(struct iovs *iovs, void *to, size_t size)
{
	size_t part;

	if (size > iovs->bytes)
		return false;
	for (char *at = to; size; size -= part, at += part) {
		part = front(iovs, size);
		memcpy(at, iovs->iov->iov_base, part);
		skip_front(iovs, part);
	}
	return true;
}

bool iovs_put(struct iovs *iovs, const void *from, size_t size)
{
	size_t part;

	if (size > iovs->bytes)
		return false;
	for (const char *at = from; size; size -= part, at += part) {
		part = front(iovs, size);
		memcpy(iovs->iov->iov_base, at, part);
		skip_front(iovs, part);
	}
	return true;
}

void iovs_clear(struct iovs *iovs)
{
	while (iovs->count) {
		memset(iovs->iov->iov_base, 0, iovs->iov->iov_len);
		skip_front(iovs, iovs->iov->iov_len);
	}
}

__u8 *iovs_last(struct iovs *iovs)
{
	struct iovec *last;

	if (!iovs->count)
		return NULL;
	last = &iovs->iov[iovs->count - 1];
	last->iov_len--;
	iovs->bytes--;
	if (!last->iov_len)
		iovs->count--;
	return (__u8 *)last->iov_base + last->iov_len;
}
