/* SPDX-License-Identifier: MIT */
/* The guest's memory, and what of it is taken before the guest begins */
#ifndef AVM_RAM_H
#define AVM_RAM_H

#include <stdbool.h>
#include <linux/types.h>

#include "util.h"

/* What the guest is told of is in this much of RAM where it can be, whatever there is above */
#define RAM_LOW		SIZE_GIB(1)

/* As many are told apart; what comes then is one range with all that lies between */
#define RAM_RANGES	32

/**
 * struct range - a part of the guest's memory
 * @start: its first address
 * @end: the first address above it
 */
struct range {
	__u64 start;
	__u64 end;
};

/**
 * struct ram - the guest's memory
 * @host: where it is in this process
 * @base: guest-physical address
 * @size: in bytes
 * @taken: what images, device tree and initial RAM disk take; a range can lie above the
 *	memory that there is
 * @count: of @taken
 */
struct ram {
	unsigned char *host;
	__u64 base;
	__u64 size;
	struct range taken[RAM_RANGES];
	unsigned int count;
};

/**
 * ram_allocate() - get it from the host
 * @ram: is filled in
 * @size: in bytes
 *
 * Return: 0, or -1 after a message.
 */
int ram_allocate(struct ram *ram, __u64 size);

/**
 * ram_clear() - all of it is zero and free again
 * @ram: the guest's memory
 */
void ram_clear(struct ram *ram);

/**
 * ram_discard() - give memory back to the host: it is zero when it is used again
 * @from: where it is in this process
 * @size: in bytes; whole pages of the host's go
 */
void ram_discard(void *from, __u64 size);

/**
 * ram_at() - guest-physical to host address
 * @ram: the guest's memory
 * @addr: guest-physical address
 * @size: bytes that are wanted there
 *
 * Return: NULL when not all of it is RAM.
 */
void *ram_at(const struct ram *ram, __u64 addr, __u64 size);

/**
 * ram_take() - remember that a part is taken
 * @ram: the guest's memory
 * @addr: guest-physical address; it may lie above the memory that there is
 * @size: in bytes
 *
 * Return: false when no --mem gives it RAM there.
 */
bool ram_take(struct ram *ram, __u64 addr, __u64 size);

/**
 * ram_is_free() - whether nothing takes any of this
 * @ram: the guest's memory
 * @addr: guest-physical address
 * @size: in bytes
 */
bool ram_is_free(const struct ram *ram, __u64 addr, __u64 size);

/**
 * ram_place() - find a free part and take it: the highest in low RAM, else one above
 * @ram: the guest's memory
 * @size: in bytes
 * @align: what the end is a multiple of
 *
 * Return: its address, or 0 when there is none.
 */
__u64 ram_place(struct ram *ram, __u64 size, __u64 align);

/**
 * ram_top() - the first address above all that is taken
 * @ram: the guest's memory
 */
__u64 ram_top(const struct ram *ram);

#endif /* AVM_RAM_H */
