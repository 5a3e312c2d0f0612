// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest loses nothing, and writes nothing that it shouldn't, while another thread of
 * the VMM's serves its faults (userfaultfd): pages that are taken away and brought again, pages
 * that are there and wait to be mapped, and pages that are protected against being written to.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "busy.h"

#define PAGES	64UL

FIXTURE(userfault) {
	struct busy busy;
	size_t page;
	char *store;		/* what was in pages that were taken away */
	int uffd;
	int (*serve)(FIXTURE_DATA(userfault) *self, u64 page);
	u64 served;
	pthread_t thread;
	bool end;
};

FIXTURE_SETUP(userfault)
{
	struct uffdio_api api = { .api = UFFD_API };

	self->uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (self->uffd < 0)
		SKIP(return, "kernel: no userfaultfd");
	ASSERT_EQ(0, ioctl(self->uffd, UFFDIO_API, &api));
	self->page = page_size();
	self->store = map_pages(PAGES * self->page);
}

FIXTURE_TEARDOWN(userfault)
{
	if (!self->busy.user)
		return;
	vm_destroy(&self->busy.vm);
	close(self->uffd);
	munmap(self->busy.user, PAGES * self->page);
	munmap(self->store, PAGES * self->page);
}

/* False: the kernel has no such faults */
static bool creates(FIXTURE_DATA(userfault) *self, char *user, u64 mode)
{
	struct uffdio_register range = {
		.range = { .start = (u64)user, .len = PAGES * self->page }, .mode = mode,
	};

	madvise(user, PAGES * self->page, MADV_NOHUGEPAGE);
	if (ioctl(self->uffd, UFFDIO_REGISTER, &range))
		return false;
	busy_create(&self->busy, user, PAGES);
	return true;
}

/* All that is asked for, one page at a time */
static void *serve(void *arg)
{
	FIXTURE_DATA(userfault) *self = arg;
	struct pollfd fd = { .fd = self->uffd, .events = POLLIN };
	struct uffd_msg msg;
	u64 page;

	while (!READ_ONCE(self->end)) {
		if (poll(&fd, 1, 10) != 1 || read(self->uffd, &msg, sizeof(msg)) != sizeof(msg))
			continue;
		page = (msg.arg.pagefault.address - (u64)self->busy.user) / self->page;
		/* Two may have asked for it */
		if (self->serve(self, page) && errno != EEXIST)
			die("page %lu can't be served: %s", page, strerror(errno));
		WRITE_ONCE(self->served, self->served + 1);
	}
	return NULL;
}

static void start(FIXTURE_DATA(userfault) *self,
		  int (*function)(FIXTURE_DATA(userfault) *self, u64 page))
{
	self->serve = function;
	pthread_create(&self->thread, NULL, serve, self);
	busy_start(&self->busy);
}

static bool ends(FIXTURE_DATA(userfault) *self)
{
	bool fine = busy_end(&self->busy);

	WRITE_ONCE(self->end, true);
	pthread_join(self->thread, NULL);
	return fine;
}

static char *user_page(FIXTURE_DATA(userfault) *self, u64 page)
{
	return self->busy.user + page * self->page;
}

static int bring(FIXTURE_DATA(userfault) *self, u64 page)
{
	struct uffdio_copy copy = {
		.dst = (u64)user_page(self, page), .src = (u64)self->store + page * self->page,
		.len = self->page,
	};

	return ioctl(self->uffd, UFFDIO_COPY, &copy);
}

/* As a VMM does that has its guest's memory somewhere else */
TEST_F(userfault, pages_that_are_taken_away_come_back)
{
	u64 i = 0, taken = 0;
	char *page;

	ASSERT_TRUE(creates(self, map_pages(PAGES * self->page), UFFDIO_REGISTER_MODE_MISSING));
	start(self, bring);
	busy_for(&self->busy, thorough(1000), READ_ONCE(self->served) > PAGES) {
		for (i = taken % 3; i < PAGES; i += 3, taken++) {
			page = user_page(self, i);
			ASSERT_EQ(0, mprotect(page, self->page, PROT_READ));
			memcpy(self->store + i * self->page, page, self->page);
			ASSERT_EQ(0, madvise(page, self->page, MADV_DONTNEED));
			ASSERT_EQ(0, mprotect(page, self->page, PROT_READ | PROT_WRITE));
		}
	}
	EXPECT_TRUE(ends(self));
	TH_LOG("%lu taken, %lu served", taken, self->served);
	EXPECT_LT(PAGES, self->served);
}

static int let_have(FIXTURE_DATA(userfault) *self, u64 page)
{
	struct uffdio_continue range = {
		.range = { .start = (u64)user_page(self, page), .len = self->page },
	};

	return ioctl(self->uffd, UFFDIO_CONTINUE, &range);
}

TEST_F(userfault, pages_of_a_file_wait_to_be_mapped)
{
	int fd = (int)syscall(SYS_memfd_create, "minor", 0);
	char *user;

	ASSERT_EQ(0, ftruncate(fd, (off_t)(PAGES * self->page)));
	user = mmap(NULL, PAGES * self->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, user);
	memset(user, 0, PAGES * self->page);
	if (!creates(self, user, UFFDIO_REGISTER_MODE_MINOR))
		SKIP(return, "kernel: no userfaultfd for pages that are there");
	start(self, let_have);
	busy_for(&self->busy, thorough(1000), READ_ONCE(self->served) > PAGES)
		ASSERT_EQ(0, madvise(user, PAGES * self->page, MADV_DONTNEED));
	EXPECT_TRUE(ends(self));
	TH_LOG("%lu served", self->served);
	EXPECT_LT(PAGES, self->served);
}

static int protect(FIXTURE_DATA(userfault) *self, u64 page, u64 mode)
{
	struct uffdio_writeprotect range = {
		.range = { .start = (u64)user_page(self, page), .len = self->page }, .mode = mode,
	};

	return ioctl(self->uffd, UFFDIO_WRITEPROTECT, &range);
}

/* As a VMM does that saves its guest's memory while it runs; who waits to write goes on then */
TEST_F(userfault, a_protected_page_is_not_written_to)
{
	u64 i = 0, asked = 0;
	struct uffd_msg msg;
	char *page;

	if (!creates(self, map_pages(PAGES * self->page), UFFDIO_REGISTER_MODE_WP))
		SKIP(return, "kernel: no userfaultfd for pages that are written to");
	memset(self->busy.user, 0, PAGES * self->page);
	busy_start(&self->busy);
	busy_for(&self->busy, thorough(1000), asked) {
		i = (i + 7) % PAGES;
		page = user_page(self, i);
		ASSERT_EQ(0, protect(self, i, UFFDIO_WRITEPROTECT_MODE_WP));
		memcpy(self->store, page, self->page);
		sleep_ms(2);
		ASSERT_EQ(0, memcmp(self->store, page, self->page));
		while (read(self->uffd, &msg, sizeof(msg)) == sizeof(msg))
			asked++;
		ASSERT_EQ(0, protect(self, i, 0));
	}
	EXPECT_TRUE(busy_end(&self->busy));
	TH_LOG("%lu asked for", asked);
	EXPECT_LT(0, asked);
}

TEST_HARNESS_MAIN
