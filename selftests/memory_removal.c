// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that nobody waits while a big region is taken away, which takes its time: a VM is
 * kicked, its counters are read, and another region gets its memory meanwhile; and that what
 * it took, which can be any number of tables, is given back when nobody can wait for it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include "kselftest_harness.h"
#include "trace.h"
#include "vm.h"

#define BASE	(GUEST_RAM + 0x10000000UL)
#define LENGTH	(32UL << 20)	/* where things don't take longer than elsewhere */
#define OTHER	(BASE + (1UL << 30))
#define ROUNDS	12

FIXTURE(removal) {
	struct vm vm;
	struct vcpu *vcpu;
	size_t length;		/* of the memory at BASE */
	char *user;
	char *other;		/* a page at OTHER */
	pthread_t thread;
	u64 took;		/* 0 while it lasts */
};

FIXTURE_SETUP(removal)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->length = LENGTH * slowness();
	self->user = map_pages(self->length);
	self->other = map_pages(page_size());
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, OTHER, page_size(), self->other));
}

FIXTURE_TEARDOWN(removal)
{
	vm_destroy(&self->vm);
	munmap(self->user, self->length);
	munmap(self->other, page_size());
}

static void *take_away(void *arg)
{
	FIXTURE_DATA(removal) *self = arg;
	u64 begin = now_ns();

	pin_to(cpu_nth(1));
	if (vm_memory(self->vm.fd, 0, BASE, 0, NULL))
		die("SET_MEMORY failed");
	WRITE_ONCE(self->took, now_ns() - begin);
	return NULL;
}

static u64 __guest guest_touches(u64 page_size, u64 length)
{
	u64 i;

	for (i = 0; i < length; i += page_size)
		*(volatile u64 *)(BASE + i) = i;
	return 0;
}

static void kick(FIXTURE_DATA(removal) *self)
{
	if (vm_kick(self->vm.fd))
		die("KICK failed");
}

static void read_counters(FIXTURE_DATA(removal) *self)
{
	char text[2048];
	int fd = open("/sys/kernel/debug/arm_vcpu/stats", O_RDONLY | O_CLOEXEC);

	(void)self;
	if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
		die("can't read the counters");
	close(fd);
}

GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

static void fault(FIXTURE_DATA(removal) *self)
{
	if (madvise(self->other, page_size(), MADV_DONTNEED))
		die("madvise failed");
	/* Not by SET_ENTRY, which has all memory cleaned first */
	self->vcpu->run->pc = vm_gpa(guest_load);
	self->vcpu->run->x[1] = OTHER;
	vcpu_expect_call(self->vcpu, 1);
}

/* The longest that @what takes meanwhile, of the time that the removal takes */
static bool is_held_up(FIXTURE_DATA(removal) *self, void (*what)(FIXTURE_DATA(removal) *self))
{
	u64 longest = 0, begin, took;

	if (vm_memory(self->vm.fd, 0, BASE, self->length, self->user))
		die("SET_MEMORY failed");
	vcpu_call(self->vcpu, guest_touches, page_size(), self->length);
	while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_KICKED)
		;
	self->took = 0;
	pthread_create(&self->thread, NULL, take_away, self);
	while (!READ_ONCE(self->took)) {
		begin = now_ns();
		what(self);
		took = now_ns() - begin;
		if (took > longest)
			longest = took;
	}
	pthread_join(self->thread, NULL);
	printf("# %lu us of %lu\n", (unsigned long)longest / 1000,
	       (unsigned long)self->took / 1000);
	return longest > self->took / 3;
}

/* One that waits does so each time; others may, once in a while, for a CPU */
static void goes_on(struct __test_metadata *_metadata, FIXTURE_DATA(removal) *self,
		    void (*what)(FIXTURE_DATA(removal) *self))
{
	int i;

	if (write_back_is_forced())
		SKIP(return, "hardware: FEAT_S2FWB: nothing is cleaned, and so all is soon gone");
	pin_to(cpu_nth(0));
	for (i = 0; i < ROUNDS && is_held_up(self, what); i++)
		;
	EXPECT_GT(ROUNDS, i);
}

TEST_F_TIMEOUT(removal, a_kick_of_the_vm_does_not_wait, 90)
{
	goes_on(_metadata, self, kick);
}

TEST_F_TIMEOUT(removal, who_reads_counters_does_not_wait, 90)
{
	if (access("/sys/kernel/debug/arm_vcpu", F_OK))
		SKIP(return, "kernel: no debugfs");
	goes_on(_metadata, self, read_counters);
}

TEST_F_TIMEOUT(removal, a_fault_of_other_memory_does_not_wait, 90)
{
	goes_on(_metadata, self, fault);
}

/* As table_pages has it: x0: first address, x1: from one to the next, x2: how many */
GUEST_ASM(guest_touch, "1: ldr x3, [x0]\n add x0, x0, x1\n subs x2, x2, #1\n b.ne 1b\n"
	  "hvc #1\n b .");

#define TABLES		500UL
#define ALONE		(1UL << 33)	/* no table there is another region's */
#define EVENT		"events/kmem/mm_page_free"
#define SWITCHES	"events/sched/sched_switch"
#define TEXT_SIZE	(1UL << 20)

static unsigned long lines_with(const char *text, const char *what)
{
	unsigned long n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static unsigned long count_events(char *text, const char *what)
{
	trace_take(text, TEXT_SIZE);
	return lines_with(text, what);
}

/* Only a kernel that counts spinlocks tells whether one is held; on PREEMPT_RT they pin the task */
static bool locks_are_counted(char *text)
{
	trace_set(SWITCHES "/filter", "common_preempt_count > 0");
	trace_set(SWITCHES "/enable", "1");
	sleep_ms(20);
	trace_set(SWITCHES "/enable", "0");
	return count_events(text, " sched_switch: ");
}

static unsigned long freed_where(FIXTURE_DATA(removal) *self, char *text, u64 length, char *space,
				 const char *condition)
{
	char filter[128];

	if (vm_memory(self->vm.fd, 0, ALONE, length, space) ||
	    vcpu_set_entry(self->vcpu, vm_gpa(guest_touch), ALONE, length / TABLES, TABLES, 0))
		die("no memory");
	vcpu_expect_call(self->vcpu, 1);
	snprintf(filter, sizeof(filter), "common_pid == %d && %s", (int)syscall(SYS_gettid),
		 condition);
	trace_set(EVENT "/filter", filter);
	trace_set(EVENT "/enable", "1");
	if (vm_memory(self->vm.fd, 0, ALONE, 0, NULL))
		die("SET_MEMORY failed");
	trace_set(EVENT "/enable", "0");
	return count_events(text, " mm_page_free: ");
}

TEST_F(removal, tables_are_given_back_when_nobody_can_wait_for_it)
{
	u64 length = TABLES * page_size() * page_size() / 8;
	char *text, *space;

	if (!trace_open())
		SKIP(return, "kernel: no tracefs, or no events in it");
	text = map_pages(TEXT_SIZE);
	if (!locks_are_counted(text)) {
		trace_close();
		SKIP(return, "kernel: doesn't count who holds a spinlock");
	}
	/* The other region, and the host's zero page at each address */
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, OTHER, 0, NULL));
	space = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, space);
	madvise(space, length, MADV_NOHUGEPAGE);
	EXPECT_LE(TABLES, freed_where(self, text, length, space, "common_preempt_count >= 0"));
	EXPECT_GT(TABLES / 10, freed_where(self, text, length, space, "common_preempt_count > 0"));
	munmap(space, length);
	trace_close();
}

TEST_HARNESS_MAIN
