// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that HVC and SMC are exits with their number and immediate, where pc stands after
 * each, that all general registers pass both ways through the run page, and that an SMC
 * is stepped over once and never reaches the firmware.
 */
#include "kselftest_harness.h"
#include "vm.h"

FIXTURE(hypercall) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(hypercall)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(hypercall)
{
	vm_destroy(&self->vm);
}

GUEST_ASM(guest_immediates, "hvc #0x1234\n hvc #0xffff\n hvc #0\n b .");

TEST_F(hypercall, has_number_and_immediate)
{
	u64 pc = vm_gpa(guest_immediates);

	vcpu_enter(self->vcpu, guest_immediates, 0xc0ffee, 0);
	vcpu_expect_call(self->vcpu, 0x1234);
	EXPECT_EQ(0xc0ffee, self->run->call.nr);
	EXPECT_EQ(EC_HVC, ESR_EC(self->run->esr));
	EXPECT_EQ(0x1234, self->run->esr & 0xffff);
	self->run->x[0] = 0x1122334455667788;
	vcpu_expect_call(self->vcpu, 0xffff);
	EXPECT_EQ(0x1122334455667788, self->run->call.nr);
	self->run->x[0] = 0xdead;
	vcpu_expect_call(self->vcpu, 0);
	EXPECT_EQ(pc + 12, self->run->pc);
}

TEST_F(hypercall, leaves_pc_past_the_hvc_and_nothing_pending)
{
	vcpu_enter(self->vcpu, guest_immediates, 0, 0);
	vcpu_expect_call(self->vcpu, 0x1234);
	EXPECT_EQ(vm_gpa(guest_immediates) + 4, self->run->pc);
	EXPECT_EQ(0, self->run->pending);
}

#define REGS_0_TO_15	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"
#define REGS_16_TO_30	"16,17,18,19,20,21,22,23,24,25,26,27,28,29,30"

/* x[n] += n + 1, for all 31 */
GUEST_ASM(guest_add, ".irp n, " REGS_0_TO_15 "," REGS_16_TO_30 "\n"
	  "add x\\n, x\\n, #(\\n + 1)\n .endr\n hvc #1\n b guest_add");

TEST_F(hypercall, all_registers_pass_both_ways)
{
	u64 round, n;

	vcpu_enter(self->vcpu, guest_add, 0, 0);
	for (round = 0; round < 3; round++) {
		for (n = 0; n < 31; n++)
			self->run->x[n] = guest_pattern(round, n);
		vcpu_expect_call(self->vcpu, 1);
		for (n = 0; n < 31; n++)
			ASSERT_EQ(guest_pattern(round, n) + n + 1, self->run->x[n]) {
				TH_LOG("x%llu in round %llu", (unsigned long long)n,
				       (unsigned long long)round);
			}
	}
}

GUEST_ASM(guest_stack_pointers,
	  "mov sp, x0\n msr sp_el0, x1\n hvc #1\n mov x2, sp\n mrs x3, sp_el0\n hvc #2\n b .");

TEST_F(hypercall, stack_pointers_are_kept)
{
	vcpu_enter(self->vcpu, guest_stack_pointers, 0x123456789abcdef0, 0xfedcba9876543210);
	vcpu_expect_call(self->vcpu, 1);
	vcpu_expect_call(self->vcpu, 2);
	EXPECT_EQ(0x123456789abcdef0, self->run->x[2]);
	EXPECT_EQ(0xfedcba9876543210, self->run->x[3]);
}

GUEST_ASM(guest_flags, "mrs x0, nzcv\n mrs x1, daif\n hvc #1\n msr nzcv, x2\n"
	  "msr daif, x3\n hvc #2\n b .");

TEST_F(hypercall, pstate_passes_both_ways)
{
	vcpu_enter(self->vcpu, guest_flags, 0, 0);
	EXPECT_EQ(PSR_DAIF | PSR_EL1H, self->run->pstate);
	self->run->pstate = PSR_EL1H | PSR_D | PSR_A | (0xaUL << 28);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0xaUL << 28, self->run->x[0]);
	EXPECT_EQ(PSR_D | PSR_A, self->run->x[1]);
	self->run->x[2] = 0x5UL << 28;
	self->run->x[3] = PSR_DAIF;
	vcpu_expect_call(self->vcpu, 2);
	EXPECT_EQ(PSR_EL1H | PSR_DAIF | (0x5UL << 28),
		  self->run->pstate & (PSR_NZCV | PSR_DAIF | 0x1f));
}

GUEST_ASM(guest_elsewhere, "mov x0, #77\n hvc #9\n b .");

TEST_F(hypercall, pc_can_be_set)
{
	vcpu_enter(self->vcpu, guest_immediates, 0, 0);
	vcpu_expect_call(self->vcpu, 0x1234);
	self->run->pc = vm_gpa(guest_elsewhere);
	vcpu_expect_call(self->vcpu, 9);
	EXPECT_EQ(77, self->run->x[0]);
}

GUEST_ASM(guest_smc, "smc #0x4321\n hvc #1\n b .");

TEST_F(hypercall, smc_has_pc_at_it_and_is_pending)
{
	u64 pc = vm_gpa(guest_smc);

	vcpu_enter(self->vcpu, guest_smc, 0xc2001234, 0);
	vcpu_expect(self->vcpu, SMC);
	EXPECT_EQ(0xc2001234, self->run->call.nr);
	EXPECT_EQ(0x4321, self->run->call.immediate);
	EXPECT_EQ(EC_SMC, ESR_EC(self->run->esr));
	EXPECT_EQ(pc, self->run->pc);
	EXPECT_NE(0, self->run->pending);
	self->run->x[0] = 0x5555;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x5555, self->run->x[0]);
	EXPECT_EQ(pc + 8, self->run->pc);
	EXPECT_EQ(0, self->run->pending);
}

TEST_F(hypercall, smc_with_pending_cleared_is_the_vmms)
{
	u64 pc = vm_gpa(guest_smc);

	vcpu_enter(self->vcpu, guest_smc, 0xc2001234, 0);
	vcpu_expect(self->vcpu, SMC);
	self->run->pending = 0;
	vcpu_expect(self->vcpu, SMC);		/* pc is still there: the same again */
	EXPECT_EQ(pc, self->run->pc);
	self->run->pending = 0;
	self->run->pc = vm_gpa(guest_elsewhere);
	vcpu_expect_call(self->vcpu, 9);
}

TEST_F(hypercall, smc_is_finished_without_entering_the_guest)
{
	vcpu_enter(self->vcpu, guest_smc, 0xc2001234, 0);
	vcpu_expect(self->vcpu, SMC);
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	EXPECT_EQ(0, self->run->pending);
	EXPECT_EQ(vm_gpa(guest_smc) + 4, self->run->pc);
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(vm_gpa(guest_smc) + 4, self->run->pc);
	self->run->flags = 0;
	vcpu_expect_call(self->vcpu, 1);
}

static void __guest guest_el0_calls(void)
{
	/* Both are UNDEFINED at EL0, HVC always and SMC always (DDI 0487, C6.2) */
	register u64 x0 asm("x0") = 0;

	asm volatile("hvc #7" : "+r" (x0));
	if (x0 != (GUEST_TRAPPED | 1 << 25))
		goto out;
	x0 = 0;
	asm volatile("smc #7" : "+r" (x0));
out:
	asm volatile("svc #0" : : "r" (x0));
}

static void __guest guest_calls_from_el0(void)
{
	GUEST_ASSERT_EQ(guest_el0_call(guest_el0_calls, 0, 0), GUEST_TRAPPED | 1 << 25);
}

TEST_F(hypercall, hvc_and_smc_at_el0_are_undefined)
{
	vm_handler(&self->vm, VECTOR_EL0_SYNC, guest_el0_sync);
	vcpu_call(self->vcpu, guest_calls_from_el0, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_DONE);
}

TEST_HARNESS_MAIN
