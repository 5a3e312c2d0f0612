// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows several vCPUs at once: they share memory and locks, are migrated, signalled and
 * outnumber the CPUs, in one VM and in two, with real-time priorities; a CPU_UP starts one
 * from another; and what one vCPU's translation tables say is never used by another's.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "vm.h"

#define MAX	8
#define ROUNDS	2000UL

struct shared {
	u32 lock;
	u32 unused;
	u64 count;
	u64 flag;
	u64 stop;
	u64 alive[MAX];
};

FIXTURE(smp) {
	struct vm vm;
	struct vcpu *vcpu[MAX];
	volatile struct shared *shared;
};

static void make(FIXTURE_DATA(smp) *self, int n)
{
	int i;

	vm_create(&self->vm);
	vm_tables(&self->vm);
	for (i = 0; i < n; i++)
		self->vcpu[i] = vcpu_create(&self->vm);
	self->shared = vm_host(&self->vm, GUEST_SHARED);
}

FIXTURE_SETUP(smp)
{
	make(self, MAX);
}

FIXTURE_TEARDOWN(smp)
{
	vm_destroy(&self->vm);
}

/* Exclusives need the MMU on (DDI 0487, B2.9) */
static void __guest guest_lock(u32 *lock)
{
	u32 value, status;

	asm volatile("1: ldaxr %w0, [%2]\n cbnz %w0, 1b\n stxr %w1, %w3, [%2]\n cbnz %w1, 1b"
		     : "=&r" (value), "=&r" (status) : "r" (lock), "r" (1) : "memory");
}

static void __guest guest_unlock(u32 *lock)
{
	asm volatile("stlr wzr, [%0]" : : "r" (lock) : "memory");
}

static u64 __guest guest_adds(u64 index, u64 rounds)
{
	struct shared *shared = (void *)GUEST_SHARED;
	u64 i;

	(void)index;
	guest_mmu_on(GUEST_TABLES);
	for (i = 0; i < rounds; i++) {
		guest_lock(&shared->lock);
		WRITE_ONCE(shared->count, READ_ONCE(shared->count) + 1);
		guest_unlock(&shared->lock);
	}
	return i;
}

static void start_all(FIXTURE_DATA(smp) *self, int n, const void *code, u64 arg)
{
	int i;

	for (i = 0; i < n; i++) {
		vcpu_call(self->vcpu[i], code, (u64)i, arg);
		vcpu_start(self->vcpu[i]);
	}
}

static void join_all(struct __test_metadata *_metadata, FIXTURE_DATA(smp) *self, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[i]));
		EXPECT_EQ(CALL_DONE, self->vcpu[i]->run->call.immediate);
	}
}

TEST_F(smp, a_lock_between_vcpus_holds)
{
	start_all(self, 4, guest_adds, ROUNDS);
	join_all(_metadata, self, 4);
	EXPECT_EQ(4 * ROUNDS, self->shared->count);
}

TEST_F(smp, more_vcpus_than_cpus)
{
	start_all(self, MAX, guest_adds, ROUNDS / 4);
	join_all(_metadata, self, MAX);
	EXPECT_EQ(MAX * (ROUNDS / 4), self->shared->count);
}

/* Works with registers only the vCPU has, and says that it lives */
static u64 __guest guest_lives(u64 index)
{
	struct shared *shared = (void *)GUEST_SHARED;
	u64 n = 0, value;

	while (!READ_ONCE(shared->stop)) {
		value = guest_pattern(index, n++);
		write_sysreg(value, tpidr_el1);
		write_sysreg(~value, tpidr_el0);
		write_sysreg(value, far_el1);
		write_sysreg(~value, sp_el0);
		WRITE_ONCE(shared->alive[index], n);
		GUEST_ASSERT_EQ(read_sysreg(tpidr_el1), value);
		GUEST_ASSERT_EQ(read_sysreg(tpidr_el0), ~value);
		GUEST_ASSERT_EQ(read_sysreg(far_el1), value);
		GUEST_ASSERT_EQ(read_sysreg(sp_el0), ~value);
	}
	return n;
}

static void all_lived(struct __test_metadata *_metadata, FIXTURE_DATA(smp) *self, int n)
{
	u64 patience = now_ns() + 30 * SECOND;
	int i;

	/* A busy machine may not have let each of them have a turn yet */
	for (i = 0; i < n; i++)
		while (READ_ONCE(self->shared->alive[i]) < 2 && now_ns() < patience)
			sleep_ms(10);
	self->shared->stop = 1;
	join_all(_metadata, self, n);
	for (i = 0; i < n; i++)
		EXPECT_LT(1, self->shared->alive[i]);
}

TEST_F(smp, threads_that_are_migrated_all_the_time)
{
	u64 end = now_ns() + SECOND;
	cpu_set_t set;
	int i = 0;

	start_all(self, 3, guest_lives, 0);
	while (now_ns() < end) {
		CPU_ZERO(&set);
		CPU_SET(cpu_nth(i / 3), &set);
		pthread_setaffinity_np(self->vcpu[i % 3]->thread, sizeof(set), &set);
		i++;
		if (i % 8 == 0)
			sleep_ms(1);
	}
	all_lived(_metadata, self, 3);
}

TEST_F(smp, threads_that_are_signalled_all_the_time)
{
	u64 end = now_ns() + 700 * MS;
	int i = 0;

	catch_signal(SIGUSR1, 0);
	start_all(self, 3, guest_lives, 0);
	while (now_ns() < end) {
		pthread_kill(self->vcpu[i++ % 3]->thread, SIGUSR1);
		sleep_ms(1);
	}
	all_lived(_metadata, self, 3);
}

TEST_F(smp, two_vms_at_once)
{
	FIXTURE_DATA(smp) other;

	memset(&other, 0, sizeof(other));
	make(&other, 2);
	start_all(self, 2, guest_lives, 0);
	start_all(&other, 2, guest_lives, 0);
	sleep_ms(500);
	all_lived(_metadata, self, 2);
	all_lived(_metadata, &other, 2);
	vm_destroy(&other.vm);
}

/* A real-time vCPU spins on the last CPU: it can be kicked, and what runs there can't stop it */
TEST_F(smp, a_vcpu_with_real_time_priority_can_be_kicked)
{
	struct sched_param param = { .sched_priority = 10 };
	struct vcpu *vcpu = self->vcpu[0];
	int i;

	pin_to(cpu_nth(0));
	for (i = 0; i < 5; i++) {
		vcpu_enter(vcpu, guest_spin, 0, 0);
		vcpu->cpu = cpu_nth(cpu_count() - 1);
		vcpu_start(vcpu);
		ASSERT_EQ(0, pthread_setschedparam(vcpu->thread, SCHED_FIFO, &param));
		sleep_ms(20);
		ASSERT_EQ(0, vm_kick(vcpu->fd));
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(vcpu));
	}
}

TEST_F(smp, a_process_that_is_killed_doesnt_hang)
{
	int round, i, status;
	pid_t pid;

	for (round = 0; round < 10; round++) {
		pid = fork();
		if (!pid) {
			FIXTURE_DATA(smp) mine;

			make(&mine, 4);
			start_all(&mine, 4, guest_lives, 0);
			for (i = 0; ; i++)
				vm_kick(mine.vm.fd);
		}
		sleep_ms(20 + round * 3);
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
	}
}

/* PSCI: vCPU 0 starts vCPU 1, which answers over shared memory */
static u64 __guest guest_starts_another(u64 entry)
{
	struct shared *shared = (void *)GUEST_SHARED;

	GUEST_ASSERT_EQ(guest_call(0, 0xc4000003, 1, entry, 0x1234), 0);
	while (READ_ONCE(shared->flag) != 0x1234)
		barrier();
	return 0;
}

GUEST_ASM(guest_second, "movz x1, #(" STR(GUEST_SHARED) " >> 16 & 0xffff), lsl #16\n"
	  "str x0, [x1, #16]\n hvc #1\n b .");

TEST_F(smp, cpu_up_starts_a_vcpu)
{
	struct arm_vcpu_run *run = self->vcpu[0]->run;

	vcpu_call(self->vcpu[0], guest_starts_another, vm_gpa(guest_second), 0);
	vcpu_expect(self->vcpu[0], CPU_UP);
	ASSERT_EQ(1, run->cpu_up.target);
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu[1], run->cpu_up.entry, run->cpu_up.arg, 0, 0, 0));
	vcpu_start(self->vcpu[1]);
	run->x[0] = 0;
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
}

TEST_HARNESS_MAIN
