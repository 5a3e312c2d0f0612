// SPDX-License-Identifier: MIT
#include "ram.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "map.h"
#include "say.h"

/*
 * Memory that comes into being as the guest touches it, in huge pages where the host has them: they
 * are the guest's as well where both addresses are a multiple of their size, which is what one
 * table of pages maps.  NULL with errno set if there isn't so much.
 */
static void *map_memory(__u64 size)
{
	__u64 page = (__u64)sysconf(_SC_PAGESIZE), huge = page * (page / sizeof(__u64));
	char *all = mmap(NULL, size + huge, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	__u64 before, behind;

	if (all == MAP_FAILED)
		return NULL;
	before = -(__u64)(uintptr_t)all & (huge - 1);
	behind = huge - before;
	if (before)
		munmap(all, before);
	if (behind)
		munmap(all + before + size, behind);
	madvise(all + before, size, MADV_HUGEPAGE);
	return all + before;
}

int ram_allocate(struct ram *ram, __u64 size)
{
	memset(ram, 0, sizeof(*ram));
	ram->base = memory_map[MAP_RAM].base;
	ram->size = size;
	ram->host = map_memory(size);
	if (ram->host)
		return 0;
	say("the host doesn't give the guest %llu MiB of memory (%s): ask for less with --mem",
	    (unsigned long long)size >> 20, strerror(errno));
	return -1;
}

/* It is this process's alone: what isn't needed is gone, and arm_vcpu follows */
void ram_discard(void *from, __u64 size)
{
	__u64 page = (__u64)sysconf(_SC_PAGESIZE);
	__u64 start = (uintptr_t)from + page - 1, end = (uintptr_t)from + size;

	start &= ~(page - 1);
	end &= ~(page - 1);
	if (start < end)
		madvise((void *)(uintptr_t)start, end - start, MADV_DONTNEED);
}

void ram_clear(struct ram *ram)
{
	ram_discard(ram->host, ram->size);
	ram->count = 0;
}

void *ram_at(const struct ram *ram, __u64 addr, __u64 size)
{
	if (addr < ram->base || addr - ram->base > ram->size ||
	    size > ram->size - (addr - ram->base))
		return NULL;
	return ram->host + (addr - ram->base);
}

bool ram_take(struct ram *ram, __u64 addr, __u64 size)
{
	const __u64 most = memory_map[MAP_RAM].size;
	struct range *last = &ram->taken[RAM_RANGES - 1];

	if (addr < ram->base || addr - ram->base > most || size > most - (addr - ram->base))
		return false;
	if (ram->count < RAM_RANGES) {
		ram->taken[ram->count++] = (struct range){ addr, addr + size };
		return true;
	}
	if (last->start > addr)
		last->start = addr;
	if (last->end < addr + size)
		last->end = addr + size;
	return true;
}

static const struct range *taker(const struct ram *ram, __u64 addr, __u64 size)
{
	for (unsigned int i = 0; i < ram->count; i++)
		if (addr < ram->taken[i].end && ram->taken[i].start < addr + size)
			return &ram->taken[i];
	return NULL;
}

bool ram_is_free(const struct ram *ram, __u64 addr, __u64 size)
{
	return !taker(ram, addr, size);
}

/* The highest free place below @top, or 0 */
static __u64 place_below(const struct ram *ram, __u64 top, __u64 size, __u64 align)
{
	__u64 end = ALIGN_DOWN(top, align);

	while (end >= ram->base && end - ram->base >= size) {
		const struct range *other = taker(ram, end - size, size);

		if (!other)
			return end - size;
		end = ALIGN_DOWN(other->start, align);
	}
	return 0;
}

__u64 ram_place(struct ram *ram, __u64 size, __u64 align)
{
	__u64 addr = 0, low = RAM_LOW;

	for (;;) {
		addr = place_below(ram, ram->base + (low < ram->size ? low : ram->size),
				   size, align);
		if (addr || low >= ram->size)
			break;
		low *= 2;
	}
	if (addr)
		ram_take(ram, addr, size);
	return addr;
}

__u64 ram_top(const struct ram *ram)
{
	__u64 top = ram->base;

	for (unsigned int i = 0; i < ram->count; i++)
		if (top < ram->taken[i].end)
			top = ram->taken[i].end;
	return top;
}
