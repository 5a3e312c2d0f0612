// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a guest with the host's interrupts takes those of its timer itself, without an
 * exit; that it hears of the host's, which gets the CPU back when it lets go; and that
 * its CPU interface is its own, and the host's as it was.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "gic.h"
#include "passthrough.h"
#include "reg.h"

#define INTERRUPTS	ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS
#define LATE		(15000 * MS)	/* only what hangs takes so long */
#define CALL_HOST	0x1001	/* x0: an interrupt that isn't the guest's */
#define CALL_MIDDLE	0x1002	/* acknowledged, and not ended yet */
#define CALL_STATE	0x1003	/* x0: ICC_PMR_EL1, x1: ICC_BPR1_EL1, x2: ICC_IGRPEN1_EL1 */
#define NR_TICKS	100

struct shared {
	u64 ticks;
	u64 middle; /* say so in the middle of each */
	u64 stop; /* keep the CPU no longer */
	u64 self; /* this CPU for ICC_SGI1R_EL1 */
};

#define SHARED	((struct shared *)GUEST_SHARED)

FIXTURE(interrupts) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct shared *shared;
};

static void __guest guest_irq(struct guest_frame *frame, u64 vector)
{
	u64 id;

	(void)frame;
	(void)vector;
	id = guest_acknowledge(INTID_VTIMER, SHARED->self);
	if (id != INTID_VTIMER) {
		if (id < INTID_SPECIAL)
			guest_call(CALL_HOST, id, 0, 0, 0);
		return;
	}
	if (SHARED->middle)
		guest_call(CALL_MIDDLE, id, 0, 0, 0);
	write_sysreg(0, cntv_ctl_el0);
	write_sysreg(id, ICC_EOIR1);
	SHARED->ticks++;
}

FIXTURE_SETUP(interrupts)
{
	int ret;

	passthrough_begin();
	self->vm.fd = vm_open();
	ret = vm_configure(self->vm.fd, 0, INTERRUPTS);
	if (ret == -EOPNOTSUPP) {
		close(self->vm.fd);
		passthrough_end();
		SKIP(return, "hardware: there is no GICv3");
	}
	ASSERT_EQ(0, ret);
	vm_fill(&self->vm);
	vm_handler(&self->vm, VECTOR_IRQ, guest_irq);
	vm_handler(&self->vm, VECTOR_SYNC, guest_skip);
	self->shared = vm_host(&self->vm, GUEST_SHARED);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->vcpu->cpu = passthrough_cpu();
	self->shared->self = passthrough_sgi_target(self->vcpu->cpu);
	pin_to(self->vcpu->cpu);
}

FIXTURE_TEARDOWN(interrupts)
{
	vm_destroy(&self->vm);
	passthrough_end();
}

/* The next exit that isn't because of the host's own interrupts */
static u32 next(struct vcpu *vcpu)
{
	u32 reason;

	do {
		reason = vcpu_next(vcpu);
	} while (reason == ARM_VCPU_EXIT_HYPERCALL && vcpu->run->call.immediate == CALL_HOST);
	return reason;
}

#define EXPECT_CALL(n) do {						\
	ASSERT_EQ(ARM_VCPU_EXIT_HYPERCALL, next(self->vcpu));		\
	ASSERT_EQ(n, self->run->call.immediate);			\
} while (0)

static void __guest guest_interrupts_on(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	asm volatile("msr daifclr, #2");
}

__guest_inline void guest_tick(u64 per_second)
{
	write_sysreg(read_sysreg(cntfrq_el0) / per_second, cntv_tval_el0);
	write_sysreg(1, cntv_ctl_el0);
}

/* An interrupt between the look and WFI would be slept through */
__guest_inline void guest_waits(u64 ticks)
{
	asm volatile("msr daifset, #2" : : : "memory");
	if (READ_ONCE(SHARED->ticks) == ticks)
		wfi();
	asm volatile("msr daifclr, #2" : : : "memory");
}

static u64 __guest guest_ticks(u64 n, u64 wait)
{
	u64 i;

	guest_interrupts_on();
	for (i = 0; i < n; i++) {
		guest_tick(1000);
		while (READ_ONCE(SHARED->ticks) == i)
			if (wait)
				guest_waits(i);
	}
	asm volatile("msr daifset, #2");
	return n;
}

static void __guest guest_listens(void)
{
	guest_interrupts_on();
	for (;;)
		;
}

TEST_F(interrupts, a_guest_takes_its_timers_itself)
{
	vcpu_call(self->vcpu, guest_ticks, NR_TICKS, 0);
	EXPECT_CALL(CALL_DONE);
	EXPECT_EQ(NR_TICKS, self->shared->ticks);
	EXPECT_EQ(0, vcpu_stat(self->vcpu, ARM_VCPU_STAT_INTERRUPT));
	EXPECT_EQ(0, vcpu_stat(self->vcpu, ARM_VCPU_STAT_TIMER));
	EXPECT_EQ(0, self->run->timers);
	/* the host's are another matter */
	TH_LOG("%llu exits", (unsigned long long)vcpu_stat(self->vcpu, ARM_VCPU_STAT_EXITS));
}

TEST_F(interrupts, wfi_waits_in_the_guest)
{
	vcpu_call(self->vcpu, guest_ticks, NR_TICKS, 1);
	EXPECT_CALL(CALL_DONE);
	EXPECT_EQ(NR_TICKS, self->shared->ticks);
	EXPECT_EQ(0, vcpu_stat(self->vcpu, ARM_VCPU_STAT_WFX));
}

GUEST_ASM(guest_wfi, "1: wfi\n b 1b");

TEST_F(interrupts, wfi_is_an_exit_for_who_asks)
{
	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	self->run->flags = ARM_VCPU_RUN_HALT;
	vcpu_expect(self->vcpu, HALT);
	vcpu_expect(self->vcpu, HALT);
	EXPECT_EQ(ARM_VCPU_HALT_WFI, self->run->halt.kind);
}

TEST_F(interrupts, a_step_over_wfi_has_an_end)
{
	struct arm_vcpu_debug debug = { .size = sizeof(debug), .flags = ARM_VCPU_DEBUG_STEP };

	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_DEBUG, &debug));
	vcpu_enter(self->vcpu, guest_wfi, 0, 0);
	vcpu_expect(self->vcpu, DEBUG);
	EXPECT_EQ(vm_gpa(guest_wfi) + 4, self->run->pc);
}

/* What an exit in the middle of an interrupt must not do: keep the host from its own */
TEST_F(interrupts, an_exit_in_the_middle_of_one)
{
	u64 begin, i;

	self->shared->middle = 1;
	vcpu_call(self->vcpu, guest_ticks, 10, 0);
	for (i = 0; i < 10; i++) {
		EXPECT_CALL(CALL_MIDDLE);
		EXPECT_EQ(INTID_VTIMER, self->run->x[0]);
		EXPECT_EQ(i, self->shared->ticks);
		begin = now_ns();
		sleep_ms(20);
		EXPECT_GE(LATE * slowness(), now_ns() - begin);
	}
	EXPECT_CALL(CALL_DONE);
	EXPECT_EQ(10, self->shared->ticks);
}

/* Its timer's interrupt is active on this CPU when it goes */
TEST_F(interrupts, one_that_was_never_ended_keeps_none_from_others)
{
	struct vcpu *other = vcpu_create(&self->vm);

	self->shared->middle = 1;
	vcpu_call(self->vcpu, guest_ticks, 1, 0);
	EXPECT_CALL(CALL_MIDDLE);
	self->shared->middle = 0;
	vcpu_call(other, guest_ticks, 10, 0);
	ASSERT_EQ(ARM_VCPU_EXIT_HYPERCALL, next(other));
	EXPECT_EQ(CALL_DONE, other->run->call.immediate);
	EXPECT_EQ(10, self->shared->ticks);
	/* and it ends its own when it goes on */
	EXPECT_CALL(CALL_DONE);
}

TEST_F(interrupts, kick_reaches_a_guest_that_listens)
{
	int i;

	vcpu_call(self->vcpu, guest_listens, 0, 0);
	for (i = 0; i < 20; i++) {
		unpin();
		vcpu_start(self->vcpu);
		sleep_ms(i);
		ASSERT_EQ(0, vm_kick(self->vcpu->fd));
		while (vcpu_join(self->vcpu) == ARM_VCPU_EXIT_HYPERCALL) {
			ASSERT_EQ(CALL_HOST, self->run->call.immediate);
			vcpu_start(self->vcpu);
		}
		ASSERT_EQ(ARM_VCPU_EXIT_KICKED, self->vcpu->result);
	}
}

/* Until told to stop, or for n ticks of the counter: the host's interrupts wait meanwhile */
static u64 __guest guest_keeps(u64 n)
{
	u64 end = read_sysreg(cntvct_el0) + n;

	WRITE_ONCE(SHARED->ticks, 1);
	while (!READ_ONCE(SHARED->stop) && read_sysreg(cntvct_el0) < end)
		;
	return READ_ONCE(SHARED->stop);
}

static u64 __guest guest_answer(u64 n)
{
	return n + 1;
}

/* Whatever else the host does may have to wait for that CPU; other VMs don't */
TEST_F(interrupts, vms_come_and_go_while_a_guest_keeps_its_cpu)
{
	struct vcpu *other;
	struct vm vm;
	int i;

	if (cpu_count() < 2)
		SKIP(return, "hardware: there is one CPU");
	/* Less than what the kernel calls a stall */
	vcpu_call(self->vcpu, guest_keeps, 15 * read_sysreg(cntfrq_el0), 0);
	unpin();
	vcpu_start(self->vcpu);
	pin_to(cpu_nth(cpu_nth(0) == self->vcpu->cpu));
	ASSERT_TRUE(wait_for(READ_ONCE(self->shared->ticks)));
	for (i = 0; i < 3; i++) {
		vm_create(&vm);
		other = vcpu_create(&vm);
		vcpu_call(other, guest_answer, 41, 0);
		vcpu_expect_call(other, CALL_DONE);
		EXPECT_EQ(42, other->run->x[0]);
		vm_destroy(&vm);
	}
	WRITE_ONCE(self->shared->stop, 1);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	EXPECT_EQ(CALL_DONE, self->run->call.immediate);
	EXPECT_EQ(1, self->run->x[0]);
}

/* RUN returns with it, or with the guest's call that has let it in */
TEST_F(interrupts, signal_reaches_a_guest_that_listens)
{
	u64 begin = now_ns();

	vcpu_call(self->vcpu, guest_listens, 0, 0);
	alarm_each(50);
	while (!alarmed)
		vcpu_run(self->vcpu);
	alarm_off();
	EXPECT_GE(LATE * slowness(), now_ns() - begin);
}

static void __guest guest_state(u64 pmr, u64 bpr1)
{
	for (;;) {
		guest_call(CALL_STATE, read_sysreg(ICC_PMR), read_sysreg(ICC_BPR1),
			   read_sysreg(ICC_IGRPEN1), 0);
		write_sysreg(pmr, ICC_PMR);
		write_sysreg(bpr1, ICC_BPR1);
		write_sysreg(1, ICC_IGRPEN1);
	}
}

TEST_F(interrupts, the_cpu_interface_is_each_vcpus_own)
{
	struct vcpu *other = vcpu_create(&self->vm);
	int i;

	vcpu_call(self->vcpu, guest_state, 0x40, 5);
	vcpu_call(other, guest_state, 0x80, 6);
	vcpu_expect_call(self->vcpu, CALL_STATE);
	EXPECT_EQ(0, self->run->x[0]);
	EXPECT_EQ(0, self->run->x[2]);
	vcpu_expect_call(other, CALL_STATE);
	EXPECT_EQ(0, other->run->x[0]);
	for (i = 0; i < 10; i++) {
		vcpu_expect_call(self->vcpu, CALL_STATE);
		EXPECT_EQ(0x40, self->run->x[0]);
		EXPECT_EQ(5, self->run->x[1]);
		EXPECT_EQ(1, self->run->x[2]);
		vcpu_expect_call(other, CALL_STATE);
		EXPECT_EQ(0x80, other->run->x[0]);
		EXPECT_EQ(6, other->run->x[1]);
		/* the host has its own priorities, or wouldn't wake */
		sleep_ms(1);
	}
}

static u64 __guest guest_has_none(void)
{
	register u64 x0 asm("x0") = 0;

	asm volatile("mrs x0, " STR(ICC_PMR) : "+r" (x0));
	GUEST_ASSERT_EQ(x0 >> 63, 1);
	x0 = 0;
	asm volatile("mrs x0, " STR(ICC_IGRPEN1) : "+r" (x0));
	GUEST_ASSERT_EQ(x0 >> 63, 1);
	return 0;
}

/* On the CPU where another has it */
TEST_F(interrupts, the_cpu_interface_is_no_other_vms)
{
	struct vcpu *other;
	struct vm vm;

	vm_create(&vm);
	vm_handler(&vm, VECTOR_SYNC, guest_skip);
	other = vcpu_create(&vm);
	vcpu_call(self->vcpu, guest_state, 0x40, 5);
	vcpu_expect_call(self->vcpu, CALL_STATE);
	vcpu_call(other, guest_has_none, 0, 0);
	vcpu_expect_call(other, CALL_DONE);
	vm_destroy(&vm);
}

/* CBPR has one binary point for both groups, and hides the one of group 1 meanwhile */
static void __guest guest_hides(void)
{
	u64 cbpr;

	write_sysreg(6, ICC_BPR1);
	write_sysreg(1, ICC_CTLR);
	cbpr = read_sysreg(ICC_CTLR) & 1;
	guest_call(CALL_STATE, cbpr, 0, 0, 0);
	write_sysreg(0, ICC_CTLR);
	GUEST_ASSERT_EQ(read_sysreg(ICC_BPR1), 6);
}

TEST_F(interrupts, what_cbpr_hides_is_kept)
{
	vcpu_call(self->vcpu, guest_hides, 0, 0);
	EXPECT_CALL(CALL_STATE);
	if (!self->run->x[0])
		TH_LOG("CBPR is firmware's");
	EXPECT_CALL(CALL_DONE);
}

static void __guest guest_knows(void)
{
	GUEST_ASSERT_EQ(read_sysreg(id_aa64pfr0_el1) >> 24 & 0xf, 1);
	GUEST_ASSERT_EQ(read_sysreg(ICC_SRE), 7);
	write_sysreg(0, ICC_SRE);
	GUEST_ASSERT_EQ(read_sysreg(ICC_SRE), 7);
	/* group 0 isn't given */
	{
		register u64 x0 asm("x0") = 0;

		asm volatile("mrs x0, " STR(ICC_IGRPEN0) : "+r" (x0));
		GUEST_ASSERT_EQ(x0 >> 63, 1);
	}
}

TEST_F(interrupts, a_guest_knows_what_it_has)
{
	vcpu_call(self->vcpu, guest_knows, 0, 0);
	EXPECT_CALL(CALL_DONE);
}

TEST(without_the_right_to_it)
{
	int fd = vm_open(), ret;

	EXPECT_EQ(-EOPNOTSUPP, vm_configure(fd, 0, INTERRUPTS));
	close(fd);
	passthrough_begin();
	fd = vm_open();
	ret = vm_configure(fd, 0, INTERRUPTS);
	passthrough_capability(false);
	EXPECT_EQ(ret ? -EOPNOTSUPP : -EPERM, vm_configure(fd, 0, INTERRUPTS));
	passthrough_capability(true);
	close(fd);
	passthrough_end();
}

/* A CPU interface is the virtual GIC's or the host's */
TEST(not_with_a_virtual_gic)
{
	int fd, ret;

	passthrough_begin();
	fd = vm_open();
	ret = vm_configure(fd, 0, ARM_VCPU_CONFIG_VGIC);
	if (!ret) {
		EXPECT_EQ(0, vm_configure(fd, 0, INTERRUPTS));
		EXPECT_EQ(-EINVAL, vm_configure(fd, 0, INTERRUPTS | ARM_VCPU_CONFIG_VGIC));
		EXPECT_EQ(0, vm_configure(fd, 0, ARM_VCPU_CONFIG_PASSTHROUGH_TIMER |
					  ARM_VCPU_CONFIG_VGIC));
	}
	close(fd);
	passthrough_end();
	if (ret)
		SKIP(return, "hardware: the host has no GICv3 with list registers");
}

TEST_HARNESS_MAIN
