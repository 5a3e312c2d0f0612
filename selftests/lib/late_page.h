/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page of a guest's memory that another thread brings when somebody needs it (userfaultfd).
 */
#ifndef SELFTEST_LATE_PAGE_H
#define SELFTEST_LATE_PAGE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "vm.h"

#define NO_LATE_PAGE	"kernel: no userfaultfd"

/**
 * struct late_page - the page
 * @user: where the process has it
 * @uffd: by what it comes; < 0 where there is no userfaultfd
 */
struct late_page {
	char *user;
	int uffd;
};

static inline bool late_page_open(struct late_page *page)
{
	page->uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	return page->uffd >= 0;
}

/* It is a VM's memory, and hasn't come */
static inline void late_page_map(struct late_page *page, struct vm *vm, u64 gpa)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .len = page_size() }, .mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	page->user = map_pages(page_size());
	range.range.start = (u64)page->user;
	if (ioctl(page->uffd, UFFDIO_API, &api) ||
	    ioctl(page->uffd, UFFDIO_REGISTER, &range) ||
	    vm_memory(vm->fd, 0, gpa, page_size(), page->user))
		die("a page can't be waited for");
}

/* Until somebody needs it */
static inline bool late_page_is_asked_for(struct late_page *page)
{
	struct pollfd fd = { .fd = page->uffd, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&fd, 1, (int)(8000 * slowness())) == 1 &&
	       read(page->uffd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT;
}

static inline void late_page_bring(struct late_page *page)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (u64)page->user, .len = page_size() },
	};

	if (ioctl(page->uffd, UFFDIO_ZEROPAGE, &zero))
		die("UFFDIO_ZEROPAGE: %d", errno);
}

#endif
