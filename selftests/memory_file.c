// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows memory that is a file: what a guest writes while the file system writes it back gets to
 * the disk, all of it; and what the file loses is a MEMORY_FAULT with the reason, until it is there
 * again.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "busy.h"
#include "disk.h"
#include "huge.h"

#define PAGES	32UL

struct memory {
	struct busy busy;
	size_t page;
	int file;
};

FIXTURE(disk) {
	struct memory m;
};

FIXTURE(file) {
	struct memory m;
};

FIXTURE_VARIANT(file) {
	bool disk;
};

FIXTURE_VARIANT_ADD(file, ext4) { .disk = true };
FIXTURE_VARIANT_ADD(file, shmem) { .disk = false };

static char *map_shmem(size_t length, int *file)
{
	char *user;

	*file = (int)syscall(SYS_memfd_create, "guest", 0);
	if (*file < 0 || ftruncate(*file, (off_t)length))
		die("no memfd");
	user = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, *file, 0);
	if (user == MAP_FAILED)
		die("a memfd can't be mapped");
	return user;
}

/* False: there can't be a disk */
static bool set_up(struct memory *m, bool disk)
{
	size_t length = PAGES * page_size();

	if (disk && !disk_mount())
		return false;
	m->page = page_size();
	busy_create(&m->busy, disk ? disk_file(length, &m->file) : map_shmem(length, &m->file),
		    PAGES);
	return true;
}

static void tear_down(struct memory *m, bool disk)
{
	if (!m->page)
		return;
	vm_destroy(&m->busy.vm);
	munmap(m->busy.user, PAGES * m->page);
	close(m->file);
	if (disk && umount(DISK_FOLDER))
		die("the disk is still used");
}

FIXTURE_SETUP(disk)
{
	if (!set_up(&self->m, true))
		SKIP(return, NO_DISK);
}

FIXTURE_TEARDOWN(disk)
{
	tear_down(&self->m, true);
}

FIXTURE_SETUP(file)
{
	if (!set_up(&self->m, variant->disk))
		SKIP(return, NO_DISK);
}

FIXTURE_TEARDOWN(file)
{
	tear_down(&self->m, variant->disk);
}

/* Words that a file doesn't have although they were written: once it has been read anew */
static u64 words_lost(struct memory *m)
{
	u64 *buffer = (u64 *)map_pages(m->page), i, who, lost = 0;

	posix_fadvise(m->file, 0, 0, POSIX_FADV_DONTNEED);
	for (i = 0; i < PAGES; i++) {
		if (pread(m->file, buffer, m->page, (off_t)(i * m->page)) != (ssize_t)m->page)
			die("the file is too short");
		for (who = 0; who < BUSY_VCPUS; who++)
			lost += buffer[i % BUSY_WORDS + BUSY_WORDS * who] !=
				m->busy.control->rounds[who];
	}
	return lost;
}

TEST_F(disk, has_all_that_is_written_while_it_is_written_back)
{
	struct memory *m = &self->m;
	size_t length = PAGES * m->page;
	u64 i = 0;

	busy_start(&m->busy);
	busy_for(&m->busy, thorough(1000), i > 4) {
		ASSERT_EQ(0, msync(m->busy.user, length, MS_SYNC));
		/* Out of the page cache, what is clean then */
		if (++i % 4 == 0)
			ASSERT_EQ(0, madvise(m->busy.user, length, MADV_PAGEOUT));
	}
	EXPECT_TRUE(busy_end(&m->busy));
	TH_LOG("%lu times", i);
	EXPECT_LT(4, i);
	ASSERT_EQ(0, munmap(m->busy.user, length));
	ASSERT_EQ(0, fsync(m->file));
	EXPECT_EQ(0, words_lost(m));
}

/* Without end */
static void __guest guest_touches(u64 page_size)
{
	u64 i;

	for (i = 0;; i = (i + 1) % PAGES)
		*(volatile u64 *)(BUSY_BASE + i * page_size) = i;
}

TEST_F(file, that_is_cut_off_is_a_fault_there_until_it_is_long_enough)
{
	struct memory *m = &self->m;
	struct vm *vm = &m->busy.vm;
	u64 half = PAGES / 2 * m->page;
	struct arm_vcpu_run *run;
	unsigned int i, n;

	for (i = 0; i < BUSY_VCPUS; i++)
		vcpu_call(&vm->vcpus[i], guest_touches, m->page, 0);
	for (n = 0; n < 20; n++) {
		for (i = 0; i < BUSY_VCPUS; i++)
			vcpu_start(&vm->vcpus[i]);
		sleep_ms(5);
		ASSERT_EQ(0, ftruncate(m->file, (off_t)half));
		for (i = 0; i < BUSY_VCPUS; i++) {
			run = vm->vcpus[i].run;
			ASSERT_EQ(ARM_VCPU_EXIT_MEMORY_FAULT, vcpu_join(&vm->vcpus[i]));
			EXPECT_EQ(EFAULT, run->fault.error);
			EXPECT_EQ(ARM_VCPU_ACCESS_WRITE, run->fault.access);
			EXPECT_LE(BUSY_BASE + half, run->fault.addr);
			EXPECT_GT(BUSY_BASE + 2 * half, run->fault.addr);
		}
		EXPECT_EQ(PAGES / 2 - 1, *(u64 *)(m->busy.user + half - m->page));
		ASSERT_EQ(0, ftruncate(m->file, (off_t)(2 * half)));
	}
}

TEST_HARNESS_MAIN
