// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that KICK is sticky and exact: one RUN returns KICKED, whatever the vCPU was doing,
 * kicks before it coalesce, one survives -EINTR, a VM's kick is one for each vCPU; and that
 * a signal ends RUN with -EINTR and changes nothing.
 */
#include <errno.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "vm.h"

FIXTURE(kick) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(kick)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(kick)
{
	vm_destroy(&self->vm);
}

GUEST_ASM(guest_wfi_loop, "1: wfi\n b 1b");
/* x0: counts; x1: where to */
GUEST_ASM(guest_count, "1: add x0, x0, #1\n str x0, [x1]\n b 1b");

TEST_F(kick, before_run_is_returned_by_exactly_one_run)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	vcpu_expect(self->vcpu, KICKED);
	EXPECT_EQ(vm_gpa(guest_hvc), self->run->pc);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

TEST_F(kick, kicks_before_run_coalesce)
{
	int i;

	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	vcpu_expect(self->vcpu, KICKED);
	for (i = 0; i < 10; i++)
		vcpu_expect_call(self->vcpu, CALL_SYNC);
}

TEST_F(kick, of_a_spinning_guest)
{
	int i;

	vcpu_enter(self->vcpu, guest_spin, 0, 0);
	for (i = 0; i < 20; i++) {
		vcpu_start(self->vcpu);
		sleep_ms(i);
		ASSERT_EQ(0, vm_kick(self->vcpu->fd));
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
		ASSERT_EQ(vm_gpa(guest_spin), self->run->pc);
	}
}

TEST_F(kick, of_a_sleeping_guest)
{
	int i;

	vcpu_enter(self->vcpu, guest_wfi_loop, 0, 0);
	for (i = 0; i < 20; i++) {
		vcpu_start(self->vcpu);
		sleep_ms(i);
		ASSERT_EQ(0, vm_kick(self->vcpu->fd));
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	}
}

TEST_F(kick, of_the_vm_is_one_for_every_vcpu)
{
	struct vcpu *spin = self->vcpu, *sleep = vcpu_create(&self->vm);
	struct vcpu *idle = vcpu_create(&self->vm);

	vcpu_enter(spin, guest_spin, 0, 0);
	vcpu_enter(sleep, guest_wfi_loop, 0, 0);
	vcpu_enter(idle, guest_hvc, 0, 0);
	vcpu_start(spin);
	vcpu_start(sleep);
	sleep_ms(30);
	ASSERT_EQ(0, vm_kick(self->vm.fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(spin));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(sleep));
	vcpu_expect(idle, KICKED);
	vcpu_expect_call(idle, CALL_SYNC);
	/* none is left over */
	vcpu_start(spin);
	sleep_ms(30);
	EXPECT_EQ(-EAGAIN, READ_ONCE(spin->result));
	vm_kick(spin->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(spin));
}

/* Each kick answers the KICKED before it: no one is lost, no one counts twice */
struct game {
	struct vcpu *vcpu;
	unsigned int rounds, kicked;
};

static void *player(void *arg)
{
	struct game *game = arg;

	for (;;) {
		if (vcpu_next(game->vcpu) != ARM_VCPU_EXIT_KICKED)
			continue;
		if (__atomic_add_fetch(&game->kicked, 1, __ATOMIC_SEQ_CST) == game->rounds)
			return NULL;
	}
}

static void play(struct __test_metadata *_metadata, FIXTURE_DATA(kick) *self,
		 const void *code)
{
	struct game game = { .vcpu = self->vcpu, .rounds = 500 };
	unsigned int i;
	pthread_t thread;

	vcpu_enter(self->vcpu, code, 0, 0);
	pthread_create(&thread, NULL, player, &game);
	for (i = 1; i <= game.rounds; i++) {
		vm_kick(self->vcpu->fd);
		ASSERT_TRUE(wait_for(__atomic_load_n(&game.kicked, __ATOMIC_SEQ_CST) >= i)) {
			TH_LOG("kick %u was lost", i);
		}
		ASSERT_EQ(i, game.kicked);
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(game.rounds, game.kicked);
}

TEST_F(kick, none_is_lost_and_none_counts_twice_while_spinning)
{
	play(_metadata, self, guest_spin);
}

TEST_F(kick, none_is_lost_and_none_counts_twice_while_sleeping)
{
	play(_metadata, self, guest_wfi_loop);
}

TEST_F(kick, none_is_lost_and_none_counts_twice_while_exiting)
{
	play(_metadata, self, guest_hvc);
}

static void start_one_run(struct vcpu *vcpu)
{
	catch_signal(SIGUSR1, SA_RESTART);
	vcpu_start_once(vcpu);
}

TEST_F(kick, a_signal_is_eintr_and_the_guest_goes_on_where_it_was)
{
	u64 *count = vm_host(&self->vm, GUEST_SHARED), seen = 0;
	int i;

	vcpu_enter(self->vcpu, guest_count, 0, GUEST_SHARED);
	for (i = 0; i < 10; i++) {
		self->run->exit_reason = 77;
		start_one_run(self->vcpu);
		ASSERT_TRUE(wait_for(READ_ONCE(*count) > seen));
		/* Not one only: it may come just outside RUN */
		while (READ_ONCE(self->vcpu->result) == -EAGAIN) {
			pthread_kill(self->vcpu->thread, SIGUSR1);
			sleep_ms(2);
		}
		ASSERT_EQ(-EINTR, vcpu_join(self->vcpu));
		EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
		seen = *count;
		EXPECT_LE(self->run->x[0] - seen, 1);
		EXPECT_EQ(GUEST_SHARED, self->run->x[1]);
	}
}

TEST_F(kick, one_survives_eintr)
{
	int i, kicked, ret;

	vcpu_enter(self->vcpu, guest_spin, 0, 0);
	for (i = 0; i < 20; i++) {
		start_one_run(self->vcpu);
		sleep_ms(2);
		pthread_kill(self->vcpu->thread, SIGUSR1);
		vm_kick(self->vcpu->fd);
		ret = vcpu_join(self->vcpu);
		kicked = !ret && self->run->exit_reason == ARM_VCPU_EXIT_KICKED;
		if (!kicked) {
			ASSERT_EQ(-EINTR, ret);
			vcpu_expect(self->vcpu, KICKED);
		}
	}
	/* None is left over */
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

TEST_F(kick, a_blocked_signal_disturbs_nothing)
{
	u64 *count = vm_host(&self->vm, GUEST_SHARED);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR2);
	vcpu_enter(self->vcpu, guest_count, 0, GUEST_SHARED);
	start_one_run(self->vcpu);
	ASSERT_TRUE(wait_for(READ_ONCE(*count) > 0));
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu->result));
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(0, vcpu_join(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, self->run->exit_reason);
}

TEST_F(kick, kicks_of_vcpu_and_vm_coalesce)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(0, vm_kick(self->vm.fd));
	vcpu_expect(self->vcpu, KICKED);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

TEST_HARNESS_MAIN
