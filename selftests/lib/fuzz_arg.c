// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the fuzzer draws: numbers and arguments.
 */
#include <string.h>
#include "fuzz.h"

/* splitmix64: each seed is a sequence of its own */
u64 fuzz_next(struct fuzz *f)
{
	u64 z = f->state += 0x9e3779b97f4a7c15UL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return z ^ z >> 31;
}

u64 fuzz_value(struct fuzz *f)
{
	const u64 known[] = {
		0, 1, 2, 7, 31, 32, 255, 4095, page_size(), 0x10000, 0x7fffffff, 0x80000000,
		0xffffffff, 1UL << 32, 1UL << 40, 1UL << 48, 1UL << 63, ~0UL, FUZZ_RAM,
		GUEST_MMIO, FUZZ_DIST, FUZZ_ITS, FUZZ_REDIST,
	};

	switch (fuzz_below(f, 4)) {
	case 0:
		return fuzz_next(f);
	case 1:
		return 1UL << fuzz_below(f, 64);
	default:
		return fuzz_pick(f, known);
	}
}

u64 fuzz_page(struct fuzz *f)
{
	return fuzz_below(f, FUZZ_PAGES);
}

u64 fuzz_gpa(struct fuzz *f)
{
	static const u64 bases[] = { GUEST_MMIO, FUZZ_DIST, FUZZ_ITS, FUZZ_REDIST };

	if (fuzz_one_in(f, 4))
		return fuzz_pick(f, bases) + (fuzz_next(f) & 0xfff8);
	return FUZZ_RAM + fuzz_page(f) * page_size();
}

u64 fuzz_user(struct fuzz *f)
{
	return FUZZ_MEMORY + fuzz_page(f) * page_size();
}

/* Well before an argument */
u64 fuzz_word(struct fuzz *f, u64 value)
{
	u64 *word = (u64 *)(f->arg - page_size());

	*word = value;
	return (u64)word;
}

/*
 * An address leads into the arena, to nothing, or beyond what a process has: guests and the
 * kernel write there.
 */
static void tame(const struct fuzz_command *c, void *arg)
{
	u64 *address = (u64 *)((char *)arg + c->address);

	if (c->address && *address >= 4096 && *address - FUZZ_ARENA >= FUZZ_ARENA_SIZE)
		*address |= 1UL << 63;
	if (c->tame)
		c->tame(arg);
}

/* A few words, the size not among them */
static void mutate(struct fuzz *f, const struct fuzz_command *c, char *arg)
{
	u64 first = c->sized ? 1 : 0, words = c->size / 4 - first, n;

	if (!words)
		return;
	for (n = 1 + fuzz_below(f, 3); n; n--) {
		char *at = arg + 4 * (first + fuzz_below(f, words));
		u64 room = (u64)(arg + c->size - at), value = 0;
		size_t width = room >= 8 && fuzz_one_in(f, 2) ? 8 : 4;

		memcpy(&value, at, width);
		switch (fuzz_below(f, 4)) {
		case 0:
			value ^= 1UL << fuzz_below(f, 8 * width);
			break;
		case 1:
			value += fuzz_one_in(f, 2) ? 1 : -1;
			break;
		case 2:
			value += fuzz_value(f);
			break;
		default:
			value = fuzz_value(f);
		}
		memcpy(at, &value, width);
	}
}

static void randomise(struct fuzz *f, const struct fuzz_command *c, char *arg)
{
	unsigned int i;

	for (i = c->sized ? 4 : 0; i + 4 <= c->size; i += 4)
		*(u32 *)(arg + i) = (u32)fuzz_value(f);
}

/* Nowhere, the kernel's, a hole, or where the struct isn't all there */
static void *bad_pointer(struct fuzz *f, const struct fuzz_command *c, char *arg)
{
	static const u64 bad[] = { 0, 1, 4096, 1UL << 47, 1UL << 55, 0xffff000000000000, ~7UL };

	if (fuzz_one_in(f, 2))
		return (void *)fuzz_pick(f, bad);
	return arg + (c->size > 4 ? 4 * (1 + fuzz_below(f, c->size / 4)) : c->size);
}

static u32 other_size(struct fuzz *f, const struct fuzz_command *c)
{
	switch (fuzz_below(f, 4)) {
	case 0:
		return (u32)fuzz_value(f);
	case 1:
		return c->size + 4 * (u32)fuzz_below(f, 4);
	default:
		return (u32)fuzz_below(f, c->size);
	}
}

/* Its struct ends where memory does */
void *fuzz_argument(struct fuzz *f, const struct fuzz_command *c)
{
	char *arg = f->arg - c->size;
	u64 kind = fuzz_below(f, 16), number = 0;

	if (!c->size) {
		if (c->make)
			c->make(f, &number);
		return (void *)(kind < 14 ? number : fuzz_value(f));
	}
	memset(arg, 0, c->size);
	if (c->sized)
		*(u32 *)arg = c->size;
	if (kind == 12)
		randomise(f, c, arg);
	else if (c->make)
		c->make(f, arg);
	if (kind >= 9 && kind < 12)
		mutate(f, c, arg);
	if (kind == 14 && c->sized)
		*(u32 *)arg = other_size(f, c);
	tame(c, arg);
	return kind == 15 ? bad_pointer(f, c, arg) : arg;
}
