// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a VMM which doesn't keep to any rule hurts its own guest only: a thread that
 * rewrites the whole run page while RUN loops, random pages, and commands that race with
 * each other and with close.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include "kselftest_harness.h"
#include "vm.h"

struct hostile {
	struct vcpu *vcpu;
	u64 seed;
	bool stop;
	u64 exits[ARM_VCPU_EXIT_INTERNAL_ERROR + 1];
	int wrong;
	u64 wrong_value;
};

FIXTURE(hostile) {
	struct vm vm;
	struct vcpu *vcpu;
	struct hostile hostile;
};

FIXTURE_SETUP(hostile)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->hostile.vcpu = self->vcpu;
	self->hostile.seed = 1;
}

FIXTURE_TEARDOWN(hostile)
{
	vm_destroy(&self->vm);
}

static u64 next(struct hostile *hostile)
{
	return guest_pattern(hostile->seed++, 3);
}

/* Half of the time something that can be entered */
static void scribble(struct hostile *hostile)
{
	volatile struct arm_vcpu_run *run = hostile->vcpu->run;
	volatile u64 *words = (volatile u64 *)run;
	u64 i, kind = next(hostile);

	for (i = 0; i < sizeof(*run) / 8; i++)
		words[i] = next(hostile);
	if (kind & 1) {
		run->flags = kind >> 8 & 1 ? 0 : (u32)next(hostile);
		run->lines = next(hostile) & 3;
		run->pstate = (next(hostile) & (PSR_DAIF | PSR_NZCV | PSR_SS)) | PSR_EL1H;
		run->pc = kind & 2 ? vm_gpa(guest_hvc) : GUEST_RAM + (next(hostile) & 0x3ffffc);
	}
}

static void *scribbler(void *arg)
{
	struct hostile *hostile = arg;

	while (!READ_ONCE(hostile->stop))
		scribble(hostile);
	return NULL;
}

static void *kicker(void *arg)
{
	struct hostile *hostile = arg;

	while (!READ_ONCE(hostile->stop)) {
		vm_kick(hostile->vcpu->fd);
		sleep_ms(2);
	}
	return NULL;
}

/* RUN may succeed with any exit that the documentation knows but INTERNAL_ERROR */
static void run_once(struct hostile *hostile)
{
	int ret = vcpu_run(hostile->vcpu);

	if (ret && ret != -EINTR) {
		hostile->wrong = ret;
	} else if (!ret) {
		/* The page isn't to be trusted, its writer is: us */
		u32 reason = READ_ONCE(hostile->vcpu->run->exit_reason);

		if (reason < ARRAY_SIZE(hostile->exits))
			hostile->exits[reason]++;
	}
}

static void goes_on(struct __test_metadata *_metadata, FIXTURE_DATA(hostile) *self)
{
	self->vcpu->run->flags = 0;
	self->vcpu->run->lines = 0;
	vcpu_enter(self->vcpu, guest_hvc, 5, 0);
	while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_KICKED)
		;
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, self->vcpu->run->exit_reason);
	EXPECT_EQ(CALL_SYNC, self->vcpu->run->call.immediate);
	EXPECT_EQ(5, self->vcpu->run->x[0]);
}

TEST_F(hostile, a_page_rewritten_all_the_time)
{
	struct hostile *hostile = &self->hostile;
	u64 end = now_ns() + 2 * SECOND, n = 0;
	pthread_t thread[2];

	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	pthread_create(&thread[0], NULL, scribbler, hostile);
	pthread_create(&thread[1], NULL, kicker, hostile);
	while (now_ns() < end && !hostile->wrong) {
		run_once(hostile);
		n++;
	}
	WRITE_ONCE(hostile->stop, true);
	pthread_join(thread[0], NULL);
	pthread_join(thread[1], NULL);
	EXPECT_EQ(0, hostile->wrong);
	EXPECT_LT(10, n);
	goes_on(_metadata, self);
}

TEST_F(hostile, random_pages)
{
	struct hostile *hostile = &self->hostile;
	u64 i, end = now_ns() + 2 * SECOND;
	pthread_t thread;

	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	pthread_create(&thread, NULL, kicker, hostile);
	for (i = 0; now_ns() < end && !hostile->wrong; i++) {
		if (i % 16 == 15)
			vcpu_enter(self->vcpu, guest_hvc, 0, 0);
		scribble(hostile);
		run_once(hostile);
		ASSERT_NE(ARM_VCPU_EXIT_INTERNAL_ERROR, self->vcpu->run->exit_reason) {
			TH_LOG("esr %#llx pc %#llx", self->vcpu->run->internal.esr,
			       self->vcpu->run->internal.pc);
		}
	}
	WRITE_ONCE(hostile->stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, hostile->wrong);
	EXPECT_LT(0, hostile->exits[ARM_VCPU_EXIT_FAIL_ENTRY]);
	EXPECT_LT(0, hostile->exits[ARM_VCPU_EXIT_HYPERCALL]);
	goes_on(_metadata, self);
}

/* One guest is tormented, another one on the same CPU keeps its registers */
GUEST_ASM(guest_keeps, "msr tpidr_el1, x0\n msr tpidr_el0, x1\n hvc #1\n"
	  "mrs x0, tpidr_el1\n mrs x1, tpidr_el0\n hvc #2\n b guest_keeps");

TEST_F(hostile, another_vcpu_is_not_disturbed)
{
	struct vcpu *good = vcpu_create(&self->vm);
	struct hostile *hostile = &self->hostile;
	pthread_t thread;
	u64 i;

	pin_to(cpu_nth(0));
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_enter(good, guest_keeps, 0, 0);
	pthread_create(&thread, NULL, kicker, hostile);
	for (i = 0; i < 150 && !hostile->wrong; i++) {
		good->run->x[0] = i;
		good->run->x[1] = ~i;
		vcpu_expect_call(good, 1);
		scribble(hostile);
		run_once(hostile);
		good->run->x[0] = 0;
		vcpu_expect_call(good, 2);
		ASSERT_EQ(i, good->run->x[0]);
		ASSERT_EQ(~i, good->run->x[1]);
		if (i % 8 == 7)
			vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	}
	WRITE_ONCE(hostile->stop, true);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, hostile->wrong);
}

/* Commands at random, from several threads, on the same VM */
static void *commander(void *arg)
{
	struct hostile *hostile = arg, mine = *hostile;
	struct vm *vm = hostile->vcpu->vm;
	int fd;

	mine.seed += (u64)&mine;
	while (!READ_ONCE(hostile->stop)) {
		u64 r = next(&mine), gpa = 0x80000000UL + (r >> 8 & 3) * page_size();

		switch (r % 8) {
		case 0:
		case 1:
			vm_memory(vm->fd, 0, gpa, page_size(), vm->ram);
			break;
		case 2:
			vm_memory(vm->fd, 0, gpa, 0, NULL);
			break;
		case 3:
			fd = vm_vcpu(vm->fd, 100 + (r >> 16 & 3));
			if (fd >= 0)
				close(fd);
			break;
		case 4:
			vcpu_set_entry(hostile->vcpu, vm_gpa(guest_hvc), 0, 0, 0, 0);
			break;
		case 5:
			vm_kick(r >> 9 & 1 ? vm->fd : hostile->vcpu->fd);
			break;
		case 6:
			vcpu_run(hostile->vcpu);
			break;
		case 7:
			vm_configure(vm->fd, 0, 0);
			break;
		}
	}
	return NULL;
}

TEST_F(hostile, commands_that_race)
{
	pthread_t thread[4];
	u32 i;

	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	for (i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_create(&thread[i], NULL, commander, &self->hostile);
	sleep_ms(1000);
	WRITE_ONCE(self->hostile.stop, true);
	for (i = 0; i < ARRAY_SIZE(thread); i++)
		pthread_join(thread[i], NULL);
	goes_on(_metadata, self);
}

/* The descriptors are closed under the running vCPU's feet */
TEST_F(hostile, descriptors_closed_while_a_vcpu_runs)
{
	struct vcpu *vcpu;
	int i, copy, ret;

	for (i = 0; i < 10; i++) {
		struct vm vm;

		vm_create(&vm);
		vcpu = vcpu_create(&vm);
		vcpu_enter(vcpu, guest_spin, 0, 0);
		vcpu_start(vcpu);
		sleep_ms(5);
		copy = fcntl(vcpu->fd, F_DUPFD_CLOEXEC, 0);
		close(vcpu->fd);
		close(vm.fd);
		sleep_ms(2);
		EXPECT_EQ(0, vm_kick(copy));
		/* EBADF: a RUN that came back before the kick, and called again */
		ret = vcpu_join(vcpu);
		EXPECT_TRUE(ret == ARM_VCPU_EXIT_KICKED || ret == -EBADF) TH_LOG("%d", ret);
		close(copy);
		munmap(vcpu->run, page_size());
		munmap(vm.ram, GUEST_RAM_SIZE);
	}
}

TEST_HARNESS_MAIN
