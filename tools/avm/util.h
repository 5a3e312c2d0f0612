/* SPDX-License-Identifier: MIT */
/* What every file may use */
#ifndef AVM_UTIL_H
#define AVM_UTIL_H

#include <stddef.h>
#include <time.h>
#include <linux/types.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define BIT(n)			(1U << (n))

#define ALIGN_DOWN(value, to)	((value) & ~((to) - 1))
#define ALIGN_UP(value, to)	ALIGN_DOWN((value) + (to) - 1, to)

#define SIZE_KIB(n)		((__u64)(n) << 10)
#define SIZE_MIB(n)		((__u64)(n) << 20)
#define SIZE_GIB(n)		((__u64)(n) << 30)

#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))

static inline __u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* Of two times to wait, in ms: -1 is for ever */
static inline int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

#define attribute(name)		__attribute__((name))
#define __printf(string, first)	attribute(format(printf, string, first))

#endif /* AVM_UTIL_H */
