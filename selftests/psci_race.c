// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows vCPUs that are switched on and off at the same time, where PSCI is the kernel's: of many
 * callers of CPU_ON one succeeds, whoever else sets the power, and whenever the vCPU goes off; and
 * a VM that goes while some of its vCPUs are off, and asleep.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "psci.h"

#define CALLERS	5
#define STORMS	50
#define ROUNDS	200
#define STORMERS	3
#define WINS	100

FIXTURE(psci_race) {
	struct vm vm;
	struct vcpu *caller[CALLERS];
	struct vcpu *target;
	pthread_barrier_t begin, end;
	s64 result[CALLERS];
};

FIXTURE_SETUP(psci_race)
{
	int i;

	psci_vm(&self->vm);
	for (i = 0; i < CALLERS; i++)
		self->caller[i] = vcpu_create(&self->vm);
	self->target = vcpu_create(&self->vm);
}

FIXTURE_TEARDOWN(psci_race)
{
	vm_destroy(&self->vm);
}

/* x0 is shown, then off */
GUEST_ASM(guest_shows, "hvc #2\n movz x0, #0x8400, lsl #16\n movk x0, #2\n hvc #0\n b .");

struct one_caller {
	FIXTURE_DATA(psci_race) *self;
	int index;
	pthread_t thread;
};

static void *calls(void *arg)
{
	FIXTURE_DATA(psci_race) *self = ((struct one_caller *)arg)->self;
	int i, index = ((struct one_caller *)arg)->index;

	for (i = 0; i < STORMS; i++) {
		pthread_barrier_wait(&self->begin);
		self->result[index] = psci(self->caller[index], CPU_ON, self->target->index,
					   vm_gpa(guest_shows), index);
		pthread_barrier_wait(&self->end);
	}
	return NULL;
}

static void one_has_won(struct __test_metadata *_metadata, FIXTURE_DATA(psci_race) *self)
{
	int i, winner = -1;

	for (i = 0; i < CALLERS; i++) {
		if (self->result[i] == SUCCESS) {
			EXPECT_EQ(-1, winner);
			winner = i;
			continue;
		}
		EXPECT_TRUE(self->result[i] == ALREADY_ON || self->result[i] == ON_PENDING) {
			TH_LOG("%d", (int)self->result[i]);
		}
	}
	ASSERT_NE(-1, winner);
	EXPECT_EQ(winner, self->target->run->x[0]);
}

TEST_F_TIMEOUT(psci_race, of_many_callers_one_switches_it_on, 90)
{
	struct one_caller callers[CALLERS];
	int i, round;

	pthread_barrier_init(&self->begin, NULL, CALLERS + 1);
	pthread_barrier_init(&self->end, NULL, CALLERS + 1);
	for (i = 0; i < CALLERS; i++) {
		callers[i] = (struct one_caller) { .self = self, .index = i };
		ASSERT_EQ(0, pthread_create(&callers[i].thread, NULL, calls, &callers[i]));
	}
	for (round = 0; round < STORMS; round++) {
		/* In RUN, and in every other round not yet */
		if (round % 2)
			vcpu_start(self->target);
		pthread_barrier_wait(&self->begin);
		if (!(round % 2))
			vcpu_start(self->target);
		pthread_barrier_wait(&self->end);
		ASSERT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->target));
		one_has_won(_metadata, self);
		vcpu_run_until_off(self->target);
	}
	for (i = 0; i < CALLERS; i++)
		pthread_join(callers[i].thread, NULL);
}

/* Counts that it has begun, and goes off again */
GUEST_ASM(guest_counts, "movz x1, #(" STR(GUEST_SHARED) " >> 16 & 0xffff), lsl #16\n"
	  "ldr x2, [x1]\n add x2, x2, #1\n str x2, [x1]\n"
	  "movz x0, #0x8400, lsl #16\n movk x0, #2\n hvc #0\n hvc #3\n b .");

/* Again and again, wherever the target is between CPU_OFF and its beginning */
static u64 __guest guest_storms(u64 target, u64 entry)
{
	u64 won = 0, result;

	while (won < WINS) {
		result = guest_call(0, CPU_ON, target, entry, 0);
		if (result == SUCCESS)
			won++;
		else
			GUEST_ASSERT(result == (u64)ALREADY_ON || result == (u64)ON_PENDING);
	}
	return won;
}

/* None of them is lost, and none counts twice */
TEST_F_TIMEOUT(psci_race, each_success_is_a_beginning, 90)
{
	volatile u64 *begun = vm_host(&self->vm, GUEST_SHARED);
	int i;

	vcpu_start(self->target);
	for (i = 0; i < STORMERS; i++) {
		vcpu_call(self->caller[i], guest_storms, (u64)self->target->index,
			  vm_gpa(guest_counts));
		vcpu_start(self->caller[i]);
	}
	for (i = 0; i < STORMERS; i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->caller[i]));
		EXPECT_EQ(CALL_DONE, self->caller[i]->run->call.immediate);
	}
	EXPECT_TRUE(wait_for(vcpu_power(self->target) == ARM_VCPU_POWER_OFF));
	EXPECT_EQ(STORMERS * WINS, *begun);
	ASSERT_EQ(0, vm_kick(self->target->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->target));
}

static void *calls_once(void *arg)
{
	FIXTURE_DATA(psci_race) *self = ((struct one_caller *)arg)->self;

	pthread_barrier_wait(&self->begin);
	psci(self->caller[0], CPU_ON, self->target->index, vm_gpa(guest_shows), 0);
	return NULL;
}

/* Whoever is first, SET_ENTRY leaves it on, and where it says */
TEST_F_TIMEOUT(psci_race, the_vmm_and_a_caller_switch_it_on, 90)
{
	struct one_caller caller = { .self = self, .index = 0 };
	u64 at;
	int i;

	pthread_barrier_init(&self->begin, NULL, 2);
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, vcpu_set_power(self->target, ARM_VCPU_POWER_OFF));
		ASSERT_EQ(0, pthread_create(&caller.thread, NULL, calls_once, &caller));
		pthread_barrier_wait(&self->begin);
		for (at = now_ns() + (u64)i * 1000; now_ns() < at;)
			;
		ASSERT_EQ(0, vcpu_set_entry(self->target, vm_gpa(guest_shows), 77, 0, 0, 0));
		pthread_join(caller.thread, NULL);
		ASSERT_EQ(ARM_VCPU_POWER_ON, vcpu_power(self->target));
		vcpu_expect_call(self->target, 2);
		ASSERT_EQ(77, self->target->run->x[0]);
	}
}

static bool all_asleep(FIXTURE_DATA(psci_race) *self)
{
	int i;

	for (i = 0; i < CALLERS; i++)
		if (!vcpu_stat(self->caller[i], ARM_VCPU_STAT_SLEEP))
			return false;
	return true;
}

/* The files are closed, and their RUNs go on until a signal ends them */
TEST_F(psci_race, a_vm_is_closed_while_vcpus_are_off)
{
	int users = module_users(), i;
	pthread_t thread[CALLERS];

	catch_signal(SIGUSR1, 0);
	for (i = 0; i < CALLERS; i++) {
		vcpu_start_once(self->caller[i]);
		thread[i] = self->caller[i]->thread;
	}
	ASSERT_TRUE(wait_for(all_asleep(self)));
	close(self->vm.fd);
	for (i = 0; i < CALLERS; i++)
		close(self->caller[i]->fd);
	sleep_ms(20);
	for (i = 0; i < CALLERS; i++) {
		EXPECT_EQ(-EAGAIN, READ_ONCE(self->caller[i]->result));
		pthread_kill(thread[i], SIGUSR1);
		EXPECT_EQ(-EINTR, vcpu_join(self->caller[i]));
		munmap(self->caller[i]->run, page_size());
	}
	vcpu_destroy(self->target);
	EXPECT_TRUE(wait_for(module_users() < users));

	self->vm.nr_vcpus = 0;
	self->vm.fd = vm_open();
}

TEST_F(psci_race, a_process_is_killed_while_vcpus_are_off)
{
	int users = module_users(), i, status;
	pid_t pid = fork();

	if (!pid) {
		psci_vm(&self->vm);
		for (i = 0; i < CALLERS; i++) {
			self->caller[i] = vcpu_create(&self->vm);
			vcpu_start(self->caller[i]);
		}
		wait_for(all_asleep(self));
		kill(getpid(), SIGKILL);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(wait_for(module_users() == users));
}

TEST_HARNESS_MAIN
