// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that stage 2 follows the process's page tables while the guest runs: after munmap,
 * mmap over, mremap, mprotect, MADV_DONTNEED and REMOVE, truncation, fork and copy on write the
 * guest sees the new memory and never writes to, or reads from, the old page again.
 */
#include <errno.h>
#include <sys/syscall.h>
#include "kselftest_harness.h"
#include "vm.h"

#define BASE	(GUEST_RAM + 0x10000000UL)

/* In GUEST_SHARED: the host says which generation of the page is there */
struct control {
	u64 generation;
	u64 end;
	u64 stale;
	u64 reads;
	u64 last;
};

/*
 * Reads the generation, then the page: the page can't be older.  While the host replaces the
 * page, nothing is announced: then what was read doesn't count.
 */
static u64 __guest guest_compares(void)
{
	volatile struct control *control = (void *)GUEST_SHARED;
	u64 announced, seen;

	while (!control->end) {
		announced = control->generation;
		dmb();
		seen = *(volatile u64 *)BASE;
		dmb();
		if (seen < announced && control->generation == announced) {
			control->last = seen;
			control->stale = announced;
			break;
		}
		control->reads = control->reads + 1;
	}
	return control->stale;
}

FIXTURE(notifier) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page;
	u64 *user;		/* the page at BASE */
	volatile struct control *control;
};

FIXTURE_SETUP(notifier)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->page = page_size();
	self->user = map_pages(self->page);
	self->control = vm_host(&self->vm, GUEST_SHARED);
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, self->page, self->user));
}

FIXTURE_TEARDOWN(notifier)
{
	vm_destroy(&self->vm);
}

static void start(FIXTURE_DATA(notifier) *self)
{
	vcpu_call(self->vcpu, guest_compares, 0, 0);
	vcpu_start_persistent(self->vcpu);
}

/* Announces a generation, and waits for the guest to have read it a few times */
static void announce(struct __test_metadata *_metadata, FIXTURE_DATA(notifier) *self,
		     u64 generation)
{
	u64 reads;

	self->control->generation = generation;
	__sync_synchronize();
	reads = self->control->reads;
	EXPECT_TRUE(wait_for(self->control->reads > reads + 3 || self->control->stale));
	ASSERT_EQ(0, self->control->stale) {
		TH_LOG("guest saw %llu", (unsigned long long)self->control->last);
	}
}

static void finish(struct __test_metadata *_metadata, FIXTURE_DATA(notifier) *self)
{
	self->control->end = 1;
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	EXPECT_EQ(CALL_DONE, self->vcpu->run->call.immediate);
	EXPECT_EQ(0, self->control->stale);
}

/*
 * Takes the page that has just been freed, before it can come back as the one that takes its
 * place: a guest that still has the old one would see nothing wrong.
 */
static void take_freed(FIXTURE_DATA(notifier) *self)
{
	memset(map_pages(8 * self->page), 0, 8 * self->page);
}

#define ROUNDS 60

TEST_F(notifier, munmap_and_a_new_mapping)
{
	u64 i;

	start(self);
	for (i = 1; i <= ROUNDS; i++) {
		self->control->generation = 0;
		munmap(self->user, self->page);
		take_freed(self);
		ASSERT_EQ(self->user, mmap(self->user, self->page, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
		*self->user = i;
		announce(_metadata, self, i);
	}
	finish(_metadata, self);
}

TEST_F(notifier, mmap_over_it)
{
	u64 i;

	start(self);
	for (i = 1; i <= ROUNDS; i++) {
		self->control->generation = 0;
		ASSERT_EQ(self->user, mmap(self->user, self->page, PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
		take_freed(self);
		*self->user = i;
		announce(_metadata, self, i);
	}
	finish(_metadata, self);
}

TEST_F(notifier, mremap_onto_it)
{
	u64 i, *fresh;

	start(self);
	for (i = 1; i <= ROUNDS; i++) {
		fresh = map_pages(self->page);
		*fresh = i;
		ASSERT_EQ(self->user, mremap(fresh, self->page, self->page,
					     MREMAP_MAYMOVE | MREMAP_FIXED, self->user));
		announce(_metadata, self, i);
	}
	finish(_metadata, self);
}

TEST_F(notifier, madvise_dontneed)
{
	u64 i;

	start(self);
	for (i = 1; i <= ROUNDS; i++) {
		self->control->generation = 0;
		ASSERT_EQ(0, madvise(self->user, self->page, MADV_DONTNEED));
		take_freed(self);
		*self->user = i;
		announce(_metadata, self, i);
	}
	finish(_metadata, self);
}

TEST_F(notifier, mprotect_takes_access_away_at_once)
{
	u64 i, reads;

	start(self);
	for (i = 1; i <= 20; i++) {
		*self->user = i;
		announce(_metadata, self, i);
		ASSERT_EQ(0, mprotect(self->user, self->page, PROT_NONE));
		sleep_ms(1);
		reads = self->control->reads;
		sleep_ms(5);
		ASSERT_GE(reads + 1, self->control->reads);	/* one was on its way */
		ASSERT_EQ(0, mprotect(self->user, self->page, PROT_READ | PROT_WRITE));
	}
	finish(_metadata, self);
}

/* In the page's place */
static int map_file(FIXTURE_DATA(notifier) *self)
{
	int fd = (int)syscall(SYS_memfd_create, "guest", 0);

	if (fd < 0 || ftruncate(fd, (off_t)self->page) ||
	    mmap(self->user, self->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) !=
	    self->user)
		die("no memfd");
	return fd;
}

TEST_F(notifier, a_hole_in_a_file)
{
	u64 i;

	map_file(self);
	start(self);
	for (i = 1; i <= ROUNDS; i++) {
		self->control->generation = 0;
		ASSERT_EQ(0, madvise(self->user, self->page, MADV_REMOVE));
		take_freed(self);
		*self->user = i;
		announce(_metadata, self, i);
	}
	finish(_metadata, self);
}

TEST_F(notifier, truncation_of_a_file)
{
	int fd = map_file(self);
	u64 i;

	start(self);
	for (i = 1; i <= ROUNDS; i++) {
		self->control->generation = 0;
		ASSERT_EQ(0, ftruncate(fd, 0));
		take_freed(self);
		ASSERT_EQ(0, ftruncate(fd, (off_t)self->page));
		*self->user = i;
		announce(_metadata, self, i);
	}
	finish(_metadata, self);
}

/* x0: counts; x1: where to */
GUEST_ASM(guest_count, "1: add x0, x0, #1\n str x0, [x1]\n b 1b");

TEST_F(notifier, an_old_page_is_never_written_again)
{
	int fd = (int)syscall(SYS_memfd_create, "old", 0), i;
	volatile u64 *old;
	u64 seen;

	ASSERT_EQ(0, ftruncate(fd, (off_t)self->page));
	old = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(self->user, mmap(self->user, self->page, PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_FIXED, fd, 0));
		*old = 0;
		vcpu_enter(self->vcpu, guest_count, 0, BASE);
		vcpu_start_persistent(self->vcpu);
		ASSERT_TRUE(wait_for(*old > 100));
		ASSERT_EQ(self->user, mmap(self->user, self->page, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
		seen = *old;
		sleep_ms(5);
		ASSERT_EQ(seen, *old);
		ASSERT_TRUE(wait_for(READ_ONCE(*self->user) > seen));
		vm_kick(self->vcpu->fd);
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	}
}

/* A child that looks at the page when told to, and says whether it holds what it held */
struct child {
	pid_t pid;
	int to[2], from[2];
};

static void fork_child(struct child *child, volatile u64 *page)
{
	char c = 0;

	if (pipe(child->to) || pipe(child->from))
		die("no pipe");
	child->pid = fork();
	if (child->pid)
		return;
	if (read(child->to[0], &c, 1) != 1)
		_exit(1);
	c = *page == 1;
	*page = 0xbad;
	if (write(child->from[1], &c, 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

static bool ask_child(struct child *child)
{
	char c = 0;

	if (write(child->to[1], &c, 1) != 1 || read(child->from[0], &c, 1) != 1)
		die("the child is gone");
	return c;
}

GUEST_ASM(guest_store, "str x0, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

TEST_F(notifier, after_fork_the_guest_writes_to_the_parents_copy_only)
{
	struct child child;
	int i;

	for (i = 0; i < 5; i++) {
		/* The guest has the page mapped writable before the fork */
		vcpu_enter(self->vcpu, guest_store, 1, BASE);
		vcpu_expect_call(self->vcpu, 1);
		ASSERT_EQ(1, *self->user);
		fork_child(&child, self->user);
		vcpu_enter(self->vcpu, guest_store, 2, BASE);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(2, READ_ONCE(*self->user));
		EXPECT_TRUE(ask_child(&child));		/* then writes 0xbad into its own */
		vcpu_enter(self->vcpu, guest_load, 0, BASE);
		vcpu_expect_call(self->vcpu, 1);
		EXPECT_EQ(2, self->vcpu->run->x[0]);
		kill(child.pid, SIGKILL);
		waitpid(child.pid, NULL, 0);
	}
}

TEST_F(notifier, after_fork_the_guest_sees_what_the_parent_writes)
{
	struct child child;

	vcpu_enter(self->vcpu, guest_store, 1, BASE);
	vcpu_expect_call(self->vcpu, 1);
	fork_child(&child, self->user);
	*self->user = 3;		/* the parent breaks the sharing: a new page */
	vcpu_enter(self->vcpu, guest_load, 0, BASE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(3, self->vcpu->run->x[0]);
	EXPECT_TRUE(ask_child(&child));
	vcpu_enter(self->vcpu, guest_load, 0, BASE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(3, self->vcpu->run->x[0]);
	kill(child.pid, SIGKILL);
	waitpid(child.pid, NULL, 0);
}

TEST_F(notifier, a_private_file_is_copied_when_the_guest_writes)
{
	int fd = (int)syscall(SYS_memfd_create, "cow", 0);
	u64 *file;

	ASSERT_EQ(0, ftruncate(fd, (off_t)self->page));
	file = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	*file = 11;
	ASSERT_EQ(self->user, mmap(self->user, self->page, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_FIXED, fd, 0));
	vcpu_enter(self->vcpu, guest_load, 0, BASE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(11, self->vcpu->run->x[0]);
	*file = 12;
	vcpu_enter(self->vcpu, guest_load, 0, BASE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(12, self->vcpu->run->x[0]);
	vcpu_enter(self->vcpu, guest_store, 13, BASE);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(12, *file);
	EXPECT_EQ(13, *self->user);
}

/* Many pages come and go while two vCPUs write them: no page is written after it went */
#define STORM_PAGES 32

static u64 __guest guest_storm(u64 page_size)
{
	volatile struct control *control = (void *)GUEST_SHARED;
	u64 i;

	while (!control->end) {
		for (i = 0; i < STORM_PAGES; i++)
			*(volatile u64 *)(BASE + (1UL << 30) + i * page_size) = i + 1;
	}
	return 0;
}

TEST_F(notifier, a_storm_of_replaced_pages)
{
	size_t length = STORM_PAGES * self->page;
	char *pages = map_pages(length);
	struct vcpu *vcpu[2] = { self->vcpu, vcpu_create(&self->vm) };
	u64 i, n, value;

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE + (1UL << 30), length, pages));
	for (i = 0; i < 2; i++) {
		vcpu_call(vcpu[i], guest_storm, self->page, 0);
		vcpu_start_persistent(vcpu[i]);
	}
	for (n = 0; n < 400; n++) {
		i = n * 7 % STORM_PAGES;
		madvise(pages + i * self->page, self->page, MADV_DONTNEED);
		value = *(volatile u64 *)(pages + (i + 3) % STORM_PAGES * self->page);
		ASSERT_TRUE(value == 0 || value == (i + 3) % STORM_PAGES + 1);
	}
	self->control->end = 1;
	for (i = 0; i < 2; i++)
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(vcpu[i]));
}

TEST_HARNESS_MAIN
