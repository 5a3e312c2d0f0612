/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the process has in large pages, for certain: transparent ones are made by
 * MADV_COLLAPSE, which says whether it could, and those of hugetlbfs are nothing else.
 */
#ifndef SELFTEST_HUGE_H
#define SELFTEST_HUGE_H

#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "vm.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#ifndef MADV_COLD
#define MADV_COLD	20
#define MADV_PAGEOUT	21
#endif
#ifndef MFD_HUGETLB
#define MFD_HUGETLB	4U
#endif

#define NO_THP		"kernel: no transparent huge pages"
#define NO_HUGETLB	"kernel: no hugetlbfs"
/* Linux has up to 2048 pages side by side in a file, which are less than a block of 64K pages */
#define NO_HUGE_FILE	"hardware: pages so small that files have large ones"

#define KHUGEPAGED	"/sys/kernel/mm/transparent_hugepage/khugepaged/"

/* What a block of the last but one level translates, and an entry of the host's of that level */
static inline size_t huge_size(void)
{
	return page_size() * page_size() / 8;
}

enum huge_kind {
	HUGE_NOT,		/* small ones, that aren't there yet */
	HUGE_ANONYMOUS,
	HUGE_SHARED,		/* a file of shmem */
	HUGE_TLB,
	HUGE_TLB_SHARED,
};

static inline bool huge_is_tlb(enum huge_kind kind)
{
	return kind == HUGE_TLB || kind == HUGE_TLB_SHARED;
}

/* NULL, or why there can't be any */
static inline const char *huge_missing(enum huge_kind kind)
{
	if (kind == HUGE_NOT)
		return NULL;
	if (huge_is_tlb(kind))
		return access("/proc/sys/vm/nr_hugepages", W_OK) ? NO_HUGETLB : NULL;
	if (kind == HUGE_SHARED && huge_size() / page_size() > 2048)
		return NO_HUGE_FILE;
	return access("/sys/kernel/mm/transparent_hugepage/enabled", R_OK) ? NO_THP : NULL;
}

/* Pages that hugetlbfs has; 0 gives back all that aren't used */
static inline void huge_pool(unsigned int pages)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", pages);
	write_file("/proc/sys/vm/compact_memory", "1");
	if (write_file("/proc/sys/vm/nr_hugepages", text))
		die("no pool of huge pages");
}

/* Addresses without memory, aligned to @huge_size() */
static inline char *huge_space(size_t length)
{
	size_t huge = huge_size();
	char *p = mmap(NULL, length + huge, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("no address space");
	return (char *)(((u64)p + huge - 1) / huge * huge);
}

/* Large pages that the kernel makes when it finds the time: not for so long */
static inline void huge_wait(const char *ms)
{
	if (write_file(KHUGEPAGED "scan_sleep_millisecs", ms))
		die("khugepaged isn't to be told");
}

#define HUGE_WAIT_USUAL	"10000"
#define HUGE_WAIT_LONG	"1000000"

/* Has transparent huge pages stand there; what is there already stays what it is */
static inline void huge_collapse(char *p, size_t length)
{
	if (!wait_for(!madvise(p, length, MADV_COLLAPSE)))
		die("MADV_COLLAPSE: %s", strerror(errno));
}

/* A new file to map, or -1 */
static inline int huge_file(enum huge_kind kind, size_t length)
{
	unsigned int flags = kind == HUGE_TLB_SHARED ? MFD_HUGETLB : 0;
	int fd;

	if (kind != HUGE_SHARED && kind != HUGE_TLB_SHARED)
		return -1;
	fd = (int)syscall(SYS_memfd_create, "huge", flags);
	if (fd < 0 || ftruncate(fd, (off_t)length))
		die("memfd_create: %s", strerror(errno));
	return fd;
}

/* Maps memory of the kind, in which there is nothing yet */
static inline void huge_map_at(char *p, size_t length, enum huge_kind kind)
{
	int flags = MAP_FIXED | (kind == HUGE_TLB ? MAP_HUGETLB : 0);
	int fd = huge_file(kind, length);

	flags |= fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	if (mmap(p, length, PROT_READ | PROT_WRITE, flags, fd, 0) == MAP_FAILED)
		die("no huge pages: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* @length of memory, all of it there, in large pages if it is of such a kind */
static inline char *huge_map(size_t length, enum huge_kind kind)
{
	char *p = huge_space(length);
	size_t i;

	huge_map_at(p, length, kind);
	if (kind == HUGE_NOT) {
		madvise(p, length, MADV_NOHUGEPAGE);
		return p;
	}
	if (!huge_is_tlb(kind))
		madvise(p, length, MADV_HUGEPAGE);
	for (i = 0; i < length; i += page_size())
		*(volatile char *)(p + i) = 0;
	if (!huge_is_tlb(kind))
		huge_collapse(p, length);
	return p;
}

#endif
