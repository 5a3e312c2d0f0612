/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Swap, in compressed memory (Documentation/admin-guide/blockdev/zram.rst).
 */
#ifndef SELFTEST_SWAP_H
#define SELFTEST_SWAP_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>
#include "vm.h"

#define SWAP		"/dev/zram0"
#define SWAP_SIZE	(64UL << 20)
#define NO_SWAP		"kernel: no zram"

/* The header is a page: its version is 1, pages are counted without it, and its name ends it */
static inline void swap_make(void)
{
	u32 *header = (u32 *)map_pages(page_size());
	int fd = open(SWAP, O_RDWR | O_CLOEXEC);

	header[256] = 1;
	header[257] = (u32)(SWAP_SIZE / page_size() - 1);
	memcpy((char *)header + page_size() - 10, "SWAPSPACE2", 10);
	if (write(fd, header, page_size()) != (ssize_t)page_size() || fsync(fd))
		die("can't write " SWAP);
	close(fd);
}

/* False: there can't be any */
static inline bool swap_on(void)
{
	char size[32];

	if (access("/sys/block/zram0/disksize", W_OK))
		return false;
	snprintf(size, sizeof(size), "%lu", (unsigned long)SWAP_SIZE);
	if (write_file("/sys/block/zram0/disksize", size))
		die("zram has no memory");
	swap_make();
	if (swapon(SWAP, 0))
		die("swapon: %s", strerror(errno));
	return true;
}

static inline void swap_off(void)
{
	if (swapoff(SWAP) || !wait_for(!write_file("/sys/block/zram0/reset", "1")))
		die("swap doesn't end");
}

#endif
