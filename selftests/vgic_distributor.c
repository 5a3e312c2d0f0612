// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a VMM can be the distributor of a virtual GICv3: levels, by the timer's, and
 * interrupts between vCPUs that run at the same time and move.
 */
#include "kselftest_harness.h"
#include "vgic.h"

/*
 * Levels: the list register is pending as long as the line is up, and its end is an exit, for
 * the line may have gone down and up again by then.
 */
static void sample(struct arm_vcpu_run *run, __u64 *lr)
{
	u64 up = run->timers & ARM_VCPU_TIMER_VIRTUAL;

	if (up && !ICH_LR_STATE(*lr))
		*lr = vgic_pending(INTID_VTIMER, 0xa0, GROUP1) | ICH_LR_EOI;
	else if (!up && !(*lr & ICH_LR_ACTIVE))
		*lr = 0;
}

static void __guest guest_timer_interrupt(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	/* the level went down again before it was taken */
	if (id == INTID_NONE)
		return;
	GUEST_ASSERT_EQ(id, INTID_VTIMER);
	write_sysreg(0, cntv_ctl_el0);
	write_sysreg(id, ICC_EOIR1);
	VGIC_SHARED->taken++;
}

static u64 __guest guest_ticks(u64 n)
{
	u64 i;

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	for (i = 0; i < n; i++) {
		write_sysreg(read_sysreg(cntfrq_el0) / 1000, cntv_tval_el0);
		write_sysreg(1, cntv_ctl_el0);
		while (READ_ONCE(VGIC_SHARED->taken) == i)
			wfi_take_irq();
		GUEST_ASSERT_EQ(VGIC_SHARED->taken, i + 1);
	}
	return VGIC_SHARED->taken;
}

FIXTURE(distributor) {
	struct vm vm;
	struct vcpu *vcpu[2];
};

FIXTURE_SETUP(distributor)
{
	int i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	vgic_vm(&self->vm, ARM_VCPU_CONFIG_SGI_EXITS);
	for (i = 0; i < 2; i++)
		self->vcpu[i] = vcpu_create(&self->vm);
}

FIXTURE_TEARDOWN(distributor)
{
	if (self->vcpu[0])
		vm_destroy(&self->vm);
}

TEST_F(distributor, a_timer)
{
	struct vcpu *vcpu = self->vcpu[0];
	u64 exits[2] = { 0 };
	u32 reason;

	vm_handler(&self->vm, VECTOR_IRQ, guest_timer_interrupt);
	vcpu_call(vcpu, guest_ticks, 100, 0);
	for (;;) {
		reason = vcpu_next(vcpu);
		if (reason == ARM_VCPU_EXIT_HYPERCALL)
			break;
		ASSERT_TRUE(reason == ARM_VCPU_EXIT_TIMER ||
			    reason == ARM_VCPU_EXIT_MAINTENANCE) TH_LOG("exit %u", reason);
		exits[reason == ARM_VCPU_EXIT_MAINTENANCE]++;
		sample(vcpu->run, &vcpu->run->gic.lr[3]);
	}
	EXPECT_EQ(CALL_DONE, vcpu->run->call.immediate);
	EXPECT_EQ(100, vcpu->run->x[0]);
	TH_LOG("%lu exits TIMER, %lu MAINTENANCE", exits[0], exits[1]);
	EXPECT_LT(0, exits[0]);
}

/* Two vCPUs, each of which sends when it has received, and moves from CPU to CPU */
#define ROUNDS	1000UL
#define SGI	5UL

struct end {
	struct vcpu *vcpu;
	struct end *other;
	u32 wanted;	/* SGIs on their way to it */
	u64 exits;
};

static void __guest guest_sgi(struct guest_frame *frame, u64 vector)
{
	u64 *received = (u64 *)GUEST_SHARED + read_sysreg(mpidr_el1) % 256;
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	GUEST_ASSERT_EQ(id, SGI);
	WRITE_ONCE(*received, *received + 1);
	write_sysreg(id, ICC_EOIR1);
}

static u64 __guest guest_plays(u64 index, u64 rounds)
{
	u64 *received = (u64 *)GUEST_SHARED + index;
	u64 i;

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	for (i = 0; i < rounds; i++) {
		if (index == 0 || i > 0)
			write_sysreg(ICC_SGI1R_ID(SGI) | 1 << (index ^ 1), ICC_SGI1R);
		while (READ_ONCE(*received) == i)
			wfi_take_irq();
		GUEST_ASSERT_EQ(*received, i + 1);
	}
	/* the last ball */
	if (index)
		write_sysreg(ICC_SGI1R_ID(SGI) | 1, ICC_SGI1R);
	return *received;
}

static void *play(void *arg)
{
	struct end *end = arg;
	struct arm_vcpu_run *run = end->vcpu->run;

	for (;;) {
		pin_to(cpu_nth((int)(end->exits++ / 7 + end->vcpu->index)));
		switch (vcpu_next(end->vcpu)) {
		case ARM_VCPU_EXIT_SEND_IPI:
			if (run->send_ipi.target_list != 1U << end->other->vcpu->index)
				return NULL;
			if (run->send_ipi.vector != SGI)
				return NULL;
			__atomic_fetch_add(&end->other->wanted, 1, __ATOMIC_SEQ_CST);
			vm_kick(end->other->vcpu->fd);
			break;
		case ARM_VCPU_EXIT_KICKED:
			break;
		default:
			return NULL;
		}
		if (ICH_LR_STATE(run->gic.lr[1]) & ICH_LR_PENDING)
			continue;
		if (__atomic_exchange_n(&end->wanted, 0, __ATOMIC_SEQ_CST))
			run->gic.lr[1] = vgic_pending(SGI, 0x80, GROUP1) |
				(run->gic.lr[1] & ICH_LR_ACTIVE);
	}
}

TEST_F_TIMEOUT(distributor, interrupts_between_vcpus, 120)
{
	struct end ends[2];
	pthread_t thread[2];
	u64 i;

	vm_handler(&self->vm, VECTOR_IRQ, guest_sgi);
	for (i = 0; i < 2; i++) {
		ends[i] = (struct end) { .vcpu = self->vcpu[i], .other = &ends[!i] };
		vcpu_call(self->vcpu[i], guest_plays, i, ROUNDS);
	}
	for (i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, play, &ends[i]);
	for (i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, self->vcpu[i]->run->exit_reason);
		EXPECT_EQ(CALL_DONE, self->vcpu[i]->run->call.immediate);
		EXPECT_EQ(ROUNDS, self->vcpu[i]->run->x[0]);
	}
}

TEST_HARNESS_MAIN
