// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows SET_DEBUG: BRK instructions and single steps are exits DEBUG when the VMM asks for them
 * and not else, and a step is one instruction whatever the instruction does.
 */
#include <errno.h>
#include "debug.h"
#include "window.h"

/*
 * BRK
 */
GUEST_ASM(guest_brk, "mov x0, #1\n brk #0x123\n mov x0, #2\n hvc #1\n b .");
GUEST_ASM(guest_brk_el0, "brk #0x456\n b .");

TEST_F(debug, a_brk_is_an_exit)
{
	u64 pc = begin(self, guest_brk);

	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_BRK));
	EXPECT_EVENT(BRK, pc + 4);
	EXPECT_EQ(CLASS(EC_BRK) | 0x123, self->run->esr);
	EXPECT_EQ(0, self->run->pending);
	EXPECT_EQ(1, self->run->x[0]);
	EXPECT_EVENT(BRK, pc + 4);
	self->run->pc += 4;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(2, self->run->x[0]);

	self->run->pc = vm_gpa(guest_brk_el0);
	self->run->pstate = PSR_EL0T;
	EXPECT_EVENT(BRK, vm_gpa(guest_brk_el0));
	EXPECT_EQ(CLASS(EC_BRK) | 0x456, self->run->esr);
}

static void guest_gets_brk(struct __test_metadata *_metadata, FIXTURE_DATA(debug) *self)
{
	u64 pc = begin(self, guest_brk);

	vcpu_expect_call(self->vcpu, CALL_TAKEN);
	EXPECT_EQ(CLASS(EC_BRK) | 0x123, self->run->x[0]);
	EXPECT_EQ(pc + 4, self->run->x[1]);
	EXPECT_EQ(VECTOR_SYNC, self->run->x[3]);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(2, self->run->x[0]);
}

TEST_F(debug, a_brk_that_nobody_asked_for_is_the_guests)
{
	guest_gets_brk(_metadata, self);
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_POINTS));
	guest_gets_brk(_metadata, self);
	ASSERT_EQ(0, set_debug(self, 0));
	move(variant->moving);
	guest_gets_brk(_metadata, self);
}

TEST_F(debug, a_brk_can_be_given_to_the_guest)
{
	struct arm_vcpu_inject inject = { .size = sizeof(inject) };
	u64 pc = begin(self, guest_brk);

	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_BRK));
	EXPECT_EVENT(BRK, pc + 4);
	inject.esr = self->run->esr;
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_INJECT, &inject));
	vcpu_expect_call(self->vcpu, CALL_TAKEN);
	EXPECT_EQ(CLASS(EC_BRK) | 0x123, self->run->x[0]);
	EXPECT_EQ(pc + 4, self->run->x[1]);
}

/*
 * Steps
 */
TEST_F(debug, a_step_is_one_instruction)
{
	u64 pc = begin(self, guest_counts), i;

	self->run->x[0] = 0;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	/* Long enough that interrupts of the host come in between */
	for (i = 1; i <= 2000; i++) {
		EXPECT_EVENT(STEP, pc + (i & 1) * 4);
		ASSERT_EQ((i + 1) / 2, self->run->x[0]);
		ASSERT_EQ(0, self->run->pstate & PSR_SS);
	}
}

TEST_F(debug, a_step_over_a_branch_to_itself)
{
	u64 pc = begin(self, guest_spin);

	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	EXPECT_EVENT(STEP, pc);
	EXPECT_EVENT(STEP, pc);
	EXPECT_EVENT(STEP, pc);
}

GUEST_ASM(guest_calls, "hvc #5\n add x1, x1, #1\n mov x0, #0x80000000\n movk x0, #0x8000\n"
	  "hvc #0\n smc #7\n add x1, x1, #1\n b .");

TEST_F(debug, a_step_over_calls)
{
	u64 pc = begin(self, guest_calls);

	self->run->x[1] = 0;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	vcpu_expect_call(self->vcpu, 5);
	EXPECT_EQ(pc + 4, self->run->pc);
	move(variant->moving);
	EXPECT_EVENT(STEP, pc + 4);
	EXPECT_EQ(0, self->run->x[1]);
	EXPECT_EVENT(STEP, pc + 8);
	EXPECT_EQ(1, self->run->x[1]);
	EXPECT_EVENT(STEP, pc + 12);
	EXPECT_EVENT(STEP, pc + 16);
	/* Answered in the kernel: SMCCC_ARCH_WORKAROUND_1 */
	EXPECT_EVENT(STEP, pc + 20);
	vcpu_expect(self->vcpu, SMC);
	EXPECT_EQ(pc + 20, self->run->pc);
	EXPECT_NE(0, self->run->pending);
	EXPECT_EVENT(STEP, pc + 24);
	EXPECT_EQ(1, self->run->x[1]);
}

GUEST_ASM(guest_accesses, "ldr w0, [x1]\n str w0, [x1, #4]\n add x0, x0, #1\n"
	  "mrs x0, id_aa64pfr0_el1\n ldr x0, [x2]\n wfi\n wfe\n nop\n b .");

TEST_F(debug, a_step_over_accesses_and_waits)
{
	u64 pc = begin(self, guest_accesses);

	self->run->x[1] = GUEST_MMIO;
	self->run->x[2] = WORD;
	*(u64 *)vm_host(&self->vm, WORD) = 0x1122334455667788;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	vcpu_expect(self->vcpu, MMIO_READ);
	EXPECT_EQ(pc, self->run->pc);
	self->run->mmio.data = 0x4711;
	move(variant->moving);
	EXPECT_EVENT(STEP, pc + 4);
	EXPECT_EQ(0x4711, self->run->x[0]);

	/* With what is pending finished by itself */
	vcpu_expect(self->vcpu, MMIO_WRITE);
	EXPECT_EQ(0x4711, self->run->mmio.data);
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(pc + 8, self->run->pc);
	self->run->flags = 0;
	EXPECT_EVENT(STEP, pc + 8);
	EXPECT_EQ(0x4711, self->run->x[0]);

	EXPECT_EVENT(STEP, pc + 12);
	EXPECT_EQ(0x4712, self->run->x[0]);
	EXPECT_EVENT(STEP, pc + 16);
	EXPECT_EVENT(STEP, pc + 20);
	EXPECT_EQ(0x1122334455667788, self->run->x[0]);
	/* Without anything that would end it.  QEMU has WFI do nothing in a step. */
	EXPECT_EVENT(STEP, pc + 24);
	EXPECT_EVENT(STEP, pc + 28);
	EXPECT_EVENT(STEP, pc + 32);
}

TEST_F(debug, an_access_that_the_vmm_does_is_a_step)
{
	u64 pc = begin(self, guest_accesses);

	self->run->x[1] = GUEST_MMIO;
	self->run->x[0] = 1;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->pending = 0;
	self->run->pc = pc + 4;
	move(variant->moving);
	EXPECT_EVENT(STEP, pc + 4);

	/* Whatever comes in between */
	vcpu_expect(self->vcpu, MMIO_WRITE);
	self->run->pending = 0;
	self->run->pc = pc + 8;
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	vcpu_expect(self->vcpu, KICKED);
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	self->run->flags = 0;
	EXPECT_EVENT(STEP, pc + 8);
	EXPECT_EQ(1, self->run->x[0]);
	EXPECT_EVENT(STEP, pc + 12);
	EXPECT_EQ(2, self->run->x[0]);
}

TEST_F(debug, an_access_that_the_vmm_sends_back_is_none)
{
	u64 pc = begin(self, guest_accesses), other = vm_gpa(guest_counts);

	self->run->x[1] = GUEST_MMIO;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->pending = 0;
	vcpu_expect(self->vcpu, MMIO_READ);
	EXPECT_EQ(pc, self->run->pc);
	EXPECT_EVENT(STEP, pc + 4);

	/* To go on elsewhere after a step isn't one either */
	self->run->x[0] = 0;
	self->run->pc = other;
	EXPECT_EVENT(STEP, other + 4);
	EXPECT_EQ(1, self->run->x[0]);

	/* Nor is what was an exit before these steps */
	self->run->pc = pc;
	vcpu_expect(self->vcpu, MMIO_READ);
	ASSERT_EQ(0, set_debug(self, 0));
	self->run->pending = 0;
	self->run->pc = other;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	EXPECT_EVENT(STEP, other + 4);
}

GUEST_ASM(guest_pairs, "ldp x2, x3, [x1], #16\n stp x2, x3, [x1]\n ldxr x4, [x1]\n b .");

TEST_F(debug, an_access_that_the_library_emulates_is_a_step)
{
	struct armvcpu_cpu cpu = { .fd = self->vcpu->fd, .run = self->run };
	u64 pc = begin(self, guest_pairs);
	struct window window;

	window_create(&window, &self->vm);
	memset(window.bytes, 0x11, 16);
	self->run->x[1] = WINDOW;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	ASSERT_EQ(0, armvcpu_emulate(&cpu, &window.bus));
	move(variant->moving);
	EXPECT_EVENT(STEP, pc + 4);
	EXPECT_EQ(0x1111111111111111, self->run->x[3]);
	EXPECT_EQ(2, window.accesses);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	ASSERT_EQ(0, armvcpu_emulate(&cpu, &window.bus));
	EXPECT_EVENT(STEP, pc + 8);
	EXPECT_EQ(4, window.accesses);

	/* Not possible at a device: an exception, which is a step too */
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	ASSERT_EQ(0, armvcpu_emulate(&cpu, &window.bus));
	EXPECT_EVENT(STEP, self->vector);
}

TEST_F(debug, kicks_and_signals_lose_no_step)
{
	u64 pc = begin(self, guest_counts), i;

	self->run->x[0] = 0;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	for (i = 1; i <= 100; i++) {
		ASSERT_EQ(0, vm_kick(self->vcpu->fd));
		vcpu_expect(self->vcpu, KICKED);
		EXPECT_EQ(i / 2, self->run->x[0]);
		EXPECT_EVENT(STEP, pc + (i & 1) * 4);
		ASSERT_EQ((i + 1) / 2, self->run->x[0]);
	}
}

/* Into the handler of an instruction that is UNDEFINED, and of one that EL2 says so of */
GUEST_ASM(guest_undefined, ".inst 0\n mrs x0, pmcr_el0\n svc #0\n brk #1\n nop\n b .");

TEST_F(debug, a_step_takes_an_exception)
{
	u64 pc = begin(self, guest_undefined), pstate = self->run->pstate, elr, i;

	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	for (i = 0; i < 4; i++) {
		self->run->pc = pc + 4 * i;
		self->run->pstate = pstate;
		EXPECT_EVENT(STEP, self->vector);
		/* An SVC has been executed */
		elr = pc + 4 * i + (i == 2 ? 4 : 0);
		EXPECT_EQ(elr, reg_get(self->vcpu, ARM_VCPU_REG_ELR_EL1));
		EXPECT_EVENT(STEP, self->vector + 4);
	}
}

TEST_F(debug, an_injected_exception_is_a_step)
{
	struct arm_vcpu_inject inject = { .size = sizeof(inject), .esr = CLASS(EC_DABT) | 0x10 };
	u64 pc = begin(self, guest_accesses);

	self->run->x[1] = GUEST_MMIO;
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	vcpu_expect(self->vcpu, MMIO_READ);
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_INJECT, &inject));
	EXPECT_EVENT(STEP, self->vector);
	EXPECT_EQ(pc, reg_get(self->vcpu, ARM_VCPU_REG_ELR_EL1));
	EXPECT_EVENT(STEP, self->vector + 4);
}

static u64 __guest guest_el0_sum(u64 n)
{
	u64 sum = 0;

	while (n)
		sum += n--;
	return sum;
}

/* EL0 and back, exceptions and their handlers, ERET: all of it in steps */
static u64 __guest guest_program(u64 fn, u64 n)
{
	u64 sum = guest_el0_call((void *)fn, n, GUEST_STACKS + 15 * GUEST_STACK);

	/* guest_skip() goes to the second instruction after an SVC */
	asm volatile(".inst 0\n svc #0\n nop" : : : "x0");
	return sum + 1;
}

TEST_F(debug, a_whole_program_in_steps)
{
	u64 steps = 0, at_el0 = 0, handlers = 0, pc = 0;
	u32 reason;

	vm_handler(&self->vm, VECTOR_SYNC, guest_skip);
	vm_handler(&self->vm, VECTOR_EL0_SYNC, guest_el0_sync);
	vcpu_call(self->vcpu, guest_program, vm_gpa(guest_el0_sum), 20);
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	while ((reason = vcpu_next(self->vcpu)) == ARM_VCPU_EXIT_DEBUG && steps < 5000) {
		ASSERT_EQ(ARM_VCPU_EVENT_STEP, self->run->debug.event);
		EXPECT_NE(pc, self->run->pc);
		pc = self->run->pc;
		steps++;
		at_el0 += (self->run->pstate & 0xf) == PSR_EL0T;
		handlers += pc == self->vector || pc == self->vector + 0x200;
		if (steps % 16 == 0)
			move(variant->moving);
	}
	ASSERT_EQ(ARM_VCPU_EXIT_HYPERCALL, reason);
	EXPECT_EQ(CALL_DONE, self->run->call.immediate);
	EXPECT_EQ(211, self->run->x[0]);
	EXPECT_LE(60, at_el0);
	EXPECT_EQ(3, handlers);
	EXPECT_LE(200, steps);
}

TEST_F(debug, without_the_flag_it_runs_on)
{
	begin(self, guest_brk_el0);
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_BRK));
	begin(self, guest_brk);
	EXPECT_EVENT(BRK, vm_gpa(guest_brk) + 4);
	ASSERT_EQ(0, set_debug(self, 0));
	guest_gets_brk(_metadata, self);
}

/*
 * The command
 */
TEST_F(debug, it_is_there_before_an_entry_and_after)
{
	struct vcpu *vcpu = vcpu_create(&self->vm);

	self->debug.flags = ARM_VCPU_DEBUG_STEP;
	ASSERT_EQ(0, vm_ioctl(vcpu->fd, ARM_VCPU_SET_DEBUG, &self->debug));
	vcpu_enter(vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(vcpu, CALL_SYNC);
	/* The HVC has been executed; a reset forgets that */
	vcpu_enter(vcpu, guest_counts, 0, 0);
	vcpu_expect(vcpu, DEBUG);
	EXPECT_EQ(vm_gpa(guest_counts) + 4, vcpu->run->pc);
	EXPECT_EQ(1, vcpu->run->x[0]);
	/* The other one isn't debugged */
	guest_gets_brk(_metadata, self);
}

TEST_F(debug, a_running_vcpu_is_busy)
{
	begin(self, guest_spin);
	vcpu_start(self->vcpu);
	EXPECT_TRUE(wait_for(set_debug(self, 0) == -EBUSY));
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	ASSERT_EQ(0, set_debug(self, ARM_VCPU_DEBUG_STEP));
	EXPECT_EVENT(STEP, vm_gpa(guest_spin));
}

TEST_HARNESS_MAIN
