// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that each vCPU has a virtual and a physical timer of its own: their output is a
 * level in the run page and its rise an exit, not early and not lost while the vCPU is out
 * of RUN or another one runs; the mask and the status bit work; and that the counter never
 * goes back, whatever CPU and vCPU it is read on.
 */
#include "timer.h"

static void timer_begin(struct vm *vm)
{
	vm_create(vm);
}

static void timer_end(void)
{
}

/* The usual life of a timer: exit, line up, handler reprograms, line down */
static void __guest guest_irq(struct guest_frame *frame, u64 vector)
{
	u64 *count = (u64 *)GUEST_SHARED;

	(void)frame;
	(void)vector;
	write_sysreg(0, cntv_ctl_el0);
	WRITE_ONCE(*count, *count + 1);
	guest_sync(*count);
	write_sysreg(read_sysreg(cntfrq_el0) / 500, cntv_tval_el0);
	write_sysreg(1, cntv_ctl_el0);
}

static u64 __guest guest_ticks(u64 n)
{
	u64 *count = (u64 *)GUEST_SHARED;

	write_sysreg(read_sysreg(cntfrq_el0) / 500, cntv_tval_el0);
	write_sysreg(1, cntv_ctl_el0);
	/* A tick is taken here alone, and none after the last */
	while (READ_ONCE(*count) < n)
		wfi_take_irq();
	return *count;
}

TEST(a_guest_that_ticks)
{
	struct vcpu *vcpu;
	struct vm vm;
	u32 reason;

	vm_create(&vm);
	vm_handler(&vm, VECTOR_IRQ, guest_irq);
	vcpu = vcpu_create(&vm);
	vcpu_call(vcpu, guest_ticks, 50, 0);
	do {
		reason = vcpu_next(vcpu);
		ASSERT_TRUE(reason == ARM_VCPU_EXIT_TIMER || reason == ARM_VCPU_EXIT_HYPERCALL);
		vcpu->run->lines = vcpu->run->timers ? ARM_VCPU_LINE_IRQ : 0;
	} while (reason == ARM_VCPU_EXIT_TIMER || vcpu->run->call.immediate == CALL_SYNC);
	EXPECT_EQ(CALL_DONE, vcpu->run->call.immediate);
	EXPECT_EQ(50, vcpu->run->x[0]);
	vm_destroy(&vm);
}

static u64 __guest guest_counts(u64 round)
{
	u64 last = 0, i;

	for (i = 0; i < round; i++) {
		u64 virtual, physical;

		isb();
		virtual = read_sysreg(cntvct_el0);
		isb();
		physical = read_sysreg(cntpct_el0);
		GUEST_ASSERT(virtual >= last);
		GUEST_ASSERT((s64)(physical - virtual) >= 0 || last == 0);
		last = virtual;
		if (i % 64 == 0)
			guest_sync(virtual);
	}
	return 0;
}

TEST(the_counter_never_goes_back_when_the_vcpu_moves)
{
	struct vcpu *vcpu;
	struct vm vm;
	int i = 0;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_call(vcpu, guest_counts, 64 * 60, 0);
	do {
		pin_to(cpu_nth(i++));
		vcpu_expect(vcpu, HYPERCALL);
	} while (vcpu->run->call.immediate == CALL_SYNC);
	EXPECT_EQ(CALL_DONE, vcpu->run->call.immediate);
	vm_destroy(&vm);
}

GUEST_ASM(guest_frequency, "isb\n mrs x0, cntvct_el0\n mrs x1, cntfrq_el0\n hvc #1\n b .");

TEST(the_counter_is_the_same_on_all_vcpus_and_runs_at_its_frequency)
{
	u64 last = 0, first = 0, before[2] = { 0 }, after[2] = { 0 }, counted;
	struct arm_vcpu_info info;
	struct vcpu *vcpu[2];
	struct vm vm;
	int i;

	vm_create(&vm);
	ASSERT_EQ(0, vm_info(vm.fd, &info));
	for (i = 0; i < 2; i++)
		vcpu[i] = vcpu_create(&vm);
	for (i = 0; i < 40; i++) {
		struct vcpu *c = vcpu[i % 2];

		pin_to(cpu_nth(i / 2));
		vcpu_enter(c, guest_frequency, 0, 0);
		before[1] = now_ns();
		vcpu_expect_call(c, 1);
		after[1] = now_ns();
		EXPECT_LE(last, c->run->x[0]);
		EXPECT_EQ(info.timer_hz, c->run->x[1]);
		last = c->run->x[0];
		if (i == 0) {
			before[0] = before[1];
			after[0] = after[1];
			first = last;
		}
		sleep_ms(5);
	}
	/* Between the two reads lies at least, and at most */
	counted = (last - first) * 1000000 / (info.timer_hz / 1000);
	EXPECT_LE(before[1] - after[0], counted + MS);
	EXPECT_GE(after[1] - before[0] + MS, counted);
	vm_destroy(&vm);
}

TEST_HARNESS_MAIN
