/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A piece of the guest's address space that is a device's, for tests of libarmvcpu.
 */
#ifndef SELFTEST_WINDOW_H
#define SELFTEST_WINDOW_H

#include <errno.h>
#include <string.h>
#include "emulate.h"
#include "vm.h"

#define WINDOW		GUEST_MMIO
#define WINDOW_SIZE	0x20000UL

struct window {
	struct vm *vm;
	struct armvcpu_bus bus;
	u8 *bytes;
	u32 accesses;	/* that came by the bus */
	u64 last;	/* the last one's address */
	u32 fail_at;	/* which of them fails with EREMOTEIO; 0 for none */
};

static inline const void *window_memory(void *context, __u64 addr, size_t size)
{
	struct window *window = context;

	if (addr < GUEST_RAM || addr + size > GUEST_RAM + GUEST_RAM_SIZE)
		return NULL;
	return vm_host(window->vm, addr);
}

static inline int window_count(struct window *window, u64 addr, u32 width)
{
	if (addr < WINDOW || addr + width > WINDOW + WINDOW_SIZE)
		die("the bus sees an access of %u bytes at %#lx", width, (unsigned long)addr);
	window->last = addr;
	return ++window->accesses == window->fail_at ? -EREMOTEIO : 0;
}

static inline int window_read(void *context, __u64 addr, unsigned int width, __u64 *value)
{
	struct window *window = context;
	int rc = window_count(window, addr, width);

	if (!rc)
		memcpy(value, window->bytes + (addr - WINDOW), width);
	return rc;
}

static inline int window_write(void *context, __u64 addr, unsigned int width, __u64 value)
{
	struct window *window = context;
	int rc = window_count(window, addr, width);

	if (!rc)
		memcpy(window->bytes + (addr - WINDOW), &value, width);
	return rc;
}

static inline void window_create(struct window *window, struct vm *vm)
{
	memset(window, 0, sizeof(*window));
	window->vm = vm;
	window->bytes = map_pages(WINDOW_SIZE);
	window->bus.context = window;
	window->bus.memory = window_memory;
	window->bus.read = window_read;
	window->bus.write = window_write;
}

#endif
