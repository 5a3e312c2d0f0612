// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a fault waits for the invalidation that takes its memory away, and for no
 * other: however long that is, and however many come and go; and that one that may not
 * block leaves the CPU to others all the same.  The module holdinval makes invalidations long,
 * or such that they may not block.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include "kselftest_harness.h"
#include "module.h"
#include "vm.h"

#define HOLDINVAL_KO	"ARM_VCPU_HOLDINVAL_KO", "/holdinval.ko"

#define BASE	(GUEST_RAM + 0x10000000UL)
#define PAGES	16UL

/*
 * Threads that wait for their turn: who holds an invalidation has mmap_lock, and nobody makes
 * a thread, with a stack, then
 */
struct hold {
	int fd;
	char *page;		/* whose invalidation is held */
	pthread_t thread;
	bool begin, over;
};

FIXTURE(invalidation) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t page;
	char *user;		/* PAGES at BASE */
	struct hold first, last;
	bool run;
};

static void wait_until(bool *turn)
{
	while (!READ_ONCE(*turn))
		sleep_ms(1);
}

static void *invalidate(void *arg)
{
	struct hold *hold = arg;

	wait_until(&hold->begin);
	if (madvise(hold->page, page_size(), MADV_DONTNEED))
		die("madvise failed");
	WRITE_ONCE(hold->over, true);
	return NULL;
}

static void hold_open(struct hold *hold)
{
	hold->fd = open("/proc/holdinval", O_RDWR | O_CLOEXEC);
	if (hold->fd < 0)
		die("no /proc/holdinval");
}

static void *run(void *arg)
{
	FIXTURE_DATA(invalidation) *self = arg;

	wait_until(&self->run);
	WRITE_ONCE(self->vcpu->result, (int)vcpu_next(self->vcpu));
	return NULL;
}

/* They come before the VM: it has begun its part of an invalidation when they hold it */
FIXTURE_SETUP(invalidation)
{
	u64 i;

	ASSERT_EQ(0, module_load(HOLDINVAL_KO));
	hold_open(&self->first);
	hold_open(&self->last);
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->vcpu->result = -EAGAIN;
	self->page = page_size();
	self->user = map_pages(PAGES * self->page);
	for (i = 0; i < PAGES; i++)
		*(u64 *)(self->user + i * self->page) = i;
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, PAGES * self->page, self->user));
	self->first.page = self->user;
	self->last.page = self->user + (PAGES - 1) * self->page;
	pthread_create(&self->first.thread, NULL, invalidate, &self->first);
	pthread_create(&self->last.thread, NULL, invalidate, &self->last);
	pthread_create(&self->vcpu->thread, NULL, run, self);
}

FIXTURE_TEARDOWN(invalidation)
{
	close(self->first.fd);
	close(self->last.fd);
	vm_destroy(&self->vm);
	EXPECT_EQ(0, module_unload("holdinval"));
}

static u64 held(struct hold *hold)
{
	u64 count;

	if (read(hold->fd, &count, sizeof(count)) != sizeof(count))
		die("holdinval doesn't answer");
	return count;
}

static void set_range(struct hold *hold, const void *start, size_t length)
{
	u64 range[2] = { (u64)start, (u64)start + length };

	if (write(hold->fd, range, sizeof(range)) != sizeof(range))
		die("holdinval doesn't listen");
}

static void begin(struct hold *hold)
{
	set_range(hold, hold->page, page_size());
	WRITE_ONCE(hold->begin, true);
	if (!wait_for(held(hold)))
		die("no invalidation came");
}

static void end(struct hold *hold)
{
	set_range(hold, NULL, 0);
	pthread_join(hold->thread, NULL);
}

GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

static void start_load(FIXTURE_DATA(invalidation) *self, const char *page)
{
	vcpu_enter(self->vcpu, guest_load, ~0UL, BASE + (u64)(page - self->user));
	WRITE_ONCE(self->run, true);
}

static bool is_there(struct vcpu *vcpu)
{
	return READ_ONCE(vcpu->result) != -EAGAIN;
}

/* Within the time that wait_for() has; else the invalidations end, lest the vCPU hangs */
static void comes_meanwhile(struct __test_metadata *_metadata,
			    FIXTURE_DATA(invalidation) *self, u64 value)
{
	EXPECT_TRUE(wait_for(is_there(self->vcpu)));
	EXPECT_FALSE(READ_ONCE(self->first.over));
	end(&self->first);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	EXPECT_EQ(value, self->vcpu->run->x[0]);
}

TEST_F(invalidation, a_fault_waits_for_the_one_that_covers_it)
{
	begin(&self->first);
	start_load(self, self->first.page);
	sleep_ms(100);
	EXPECT_FALSE(is_there(self->vcpu));
	end(&self->first);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	EXPECT_EQ(0, self->vcpu->run->x[0]);
}

TEST_F(invalidation, a_fault_beside_one_waits_for_nothing)
{
	begin(&self->first);
	start_load(self, self->first.page + self->page);
	comes_meanwhile(_metadata, self, 1);
}

TEST_F(invalidation, a_fault_between_two_waits_for_neither)
{
	begin(&self->first);
	begin(&self->last);
	start_load(self, self->user + 5 * self->page);
	EXPECT_TRUE(wait_for(is_there(self->vcpu)));
	EXPECT_FALSE(READ_ONCE(self->last.over));
	end(&self->last);
	comes_meanwhile(_metadata, self, 5);
}

TEST_F(invalidation, a_fault_does_not_wait_for_another_once_its_own_is_over)
{
	begin(&self->first);
	begin(&self->last);
	end(&self->last);
	start_load(self, self->last.page);
	comes_meanwhile(_metadata, self, 0);
}

TEST_F(invalidation, a_fault_that_waits_goes_on_when_its_own_is_over)
{
	begin(&self->first);
	begin(&self->last);
	start_load(self, self->last.page);
	sleep_ms(100);
	EXPECT_FALSE(is_there(self->vcpu));
	end(&self->last);
	comes_meanwhile(_metadata, self, 0);
}

TEST_F(invalidation, a_fault_that_waits_is_ended_by_a_signal)
{
	int i;

	catch_signal(SIGUSR1, 0);
	begin(&self->first);
	start_load(self, self->first.page);
	/* vcpu_next() calls RUN again each time */
	for (i = 0; i < 10; i++) {
		sleep_ms(10);
		pthread_kill(self->vcpu->thread, SIGUSR1);
	}
	EXPECT_TRUE(wait_for(vcpu_stat(self->vcpu, ARM_VCPU_STAT_SIGNAL)));
	EXPECT_FALSE(is_there(self->vcpu));
	end(&self->first);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	EXPECT_EQ(0, self->vcpu->run->x[0]);
}

#define MANY		(64UL << 20)	/* bytes, as long as it takes */
#define MANY_AT		(BASE + (1UL << 30))

struct big {
	char *user;
	u64 took;		/* 0 while it lasts */
};

static u64 __guest guest_touches(u64 page_size)
{
	u64 i;

	for (i = 0; i < MANY; i += page_size)
		*(volatile u64 *)(MANY_AT + i) = i;
	return 0;
}

static void set_policy(int policy)
{
	struct sched_param param = { .sched_priority = policy == SCHED_FIFO };

	if (sched_setscheduler(0, policy, &param))
		die("can't set a scheduling policy");
}

static void *invalidate_big(void *arg)
{
	struct big *big = arg;
	u64 begin;

	pin_to(cpu_nth(1));
	set_policy(SCHED_OTHER);
	begin = now_ns();
	if (madvise(big->user, MANY, MADV_DONTNEED))
		die("madvise failed");
	WRITE_ONCE(big->took, now_ns() - begin);
	return NULL;
}

/* The longest that this thread, which has priority, doesn't get the CPU that it sleeps on */
static bool keeps_the_cpu(struct vcpu *vcpu, struct big *big)
{
	u64 longest = 0, took, begin;
	pthread_t thread;

	vcpu_call(vcpu, guest_touches, page_size(), 0);
	vcpu_expect_call(vcpu, CALL_DONE);
	set_policy(SCHED_FIFO);
	big->took = 0;
	pthread_create(&thread, NULL, invalidate_big, big);
	while (!READ_ONCE(big->took)) {
		begin = now_ns();
		sleep_ms(1);
		took = now_ns() - begin;
		longest = took > longest ? took : longest;
	}
	pthread_join(thread, NULL);
	set_policy(SCHED_OTHER);
	printf("# %lu us of %lu\n", (unsigned long)longest / 1000,
	       (unsigned long)big->took / 1000);
	return longest > big->took / 4;
}

TEST_F(invalidation, one_that_may_not_block_leaves_the_cpu_to_others)
{
	struct big big = { .user = map_pages(MANY) };
	u64 range[3] = { (u64)big.user, (u64)big.user + MANY, 1 };
	struct utsname name;
	int i;

	/* The threads of the other tests */
	begin(&self->first);
	begin(&self->last);
	end(&self->first);
	end(&self->last);
	start_load(self, self->user);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));

	if (uname(&name) || !strstr(name.version, "PREEMPT"))
		SKIP(return, "kernel: isn't preempted");
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, MANY_AT, MANY, big.user));
	/* Anew, to be called before the VM */
	close(self->first.fd);
	hold_open(&self->first);
	ASSERT_EQ(sizeof(range), write(self->first.fd, range, sizeof(range)));
	pin_to(cpu_nth(1));
	for (i = 0; i < 5 && keeps_the_cpu(self->vcpu, &big); i++)
		;
	EXPECT_GT(5, i);
	unpin();
	munmap(big.user, MANY);
}

TEST_HARNESS_MAIN
