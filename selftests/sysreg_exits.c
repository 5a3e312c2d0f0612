// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows SYSREG_READ and SYSREG_WRITE: with the CONFIGURE flag, an access to a register that
 * the kernel doesn't provide is an exit with the register's id, completed by the next RUN
 * or by the VMM; without the flag it is UNDEFINED and no exit.
 */
#include "kselftest_harness.h"
#include "probe.h"

#define REGISTER	ENCODING(3, 3, 9, 13, 0)			/* PMCCNTR_EL0 */
#define ID		ARM_VCPU_REG_SYSREG(3, 3, 9, 13, 0)

FIXTURE(sysreg) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(sysreg)
{
	vm_create(&self->vm);
	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_SYSREG_EXITS);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	probe_init(self->vcpu);
}

FIXTURE_TEARDOWN(sysreg)
{
	vm_destroy(&self->vm);
}

TEST_F(sysreg, a_read_is_an_exit_and_the_next_run_completes_it)
{
	u32 rt;

	for (rt = 0; rt < 31; rt++) {
		probe_enter(self->vcpu, INSN_MRS(REGISTER, rt), 0, false);
		vcpu_expect(self->vcpu, SYSREG_READ);
		EXPECT_EQ(ID, self->run->sysreg.id);
		EXPECT_EQ(rt, self->run->sysreg.reg);
		EXPECT_EQ(PROBE_CODE, self->run->pc);
		EXPECT_NE(0, self->run->pending);
		EXPECT_EQ(EC_SYSREG, ESR_EC(self->run->esr));
		self->run->sysreg.value = 0x1122334455667788 + rt;
		vcpu_expect_call(self->vcpu, PROBE_CALL);
		EXPECT_EQ(0x1122334455667788 + rt, self->run->x[rt]);
		EXPECT_EQ(PROBE_CODE + 8, self->run->pc);
		EXPECT_EQ(0, self->run->pending);
	}
}

TEST_F(sysreg, a_write_is_an_exit_with_its_value)
{
	u32 rt;

	for (rt = 0; rt < 31; rt++) {
		probe_enter(self->vcpu, INSN_MSR(REGISTER, rt), 0, false);
		self->run->x[rt] = 0xfedcba9876543210 + rt;
		vcpu_expect(self->vcpu, SYSREG_WRITE);
		EXPECT_EQ(ID, self->run->sysreg.id);
		EXPECT_EQ(rt, self->run->sysreg.reg);
		EXPECT_EQ(0xfedcba9876543210 + rt, self->run->sysreg.value);
		EXPECT_EQ(PROBE_CODE, self->run->pc);
		EXPECT_NE(0, self->run->pending);
		vcpu_expect_call(self->vcpu, PROBE_CALL);
		EXPECT_EQ(0xfedcba9876543210 + rt, self->run->x[rt]);
	}
}

TEST_F(sysreg, register_31_is_zero)
{
	u64 x30 = 0x3030303030303030;

	probe_enter(self->vcpu, INSN_MSR(REGISTER, 31), 0, false);
	vcpu_expect(self->vcpu, SYSREG_WRITE);
	EXPECT_EQ(31, self->run->sysreg.reg);
	EXPECT_EQ(0, self->run->sysreg.value);
	vcpu_expect_call(self->vcpu, PROBE_CALL);
	probe_enter(self->vcpu, INSN_MRS(REGISTER, 31), 7, false);
	self->run->x[30] = x30;
	vcpu_expect(self->vcpu, SYSREG_READ);
	EXPECT_EQ(31, self->run->sysreg.reg);
	self->run->sysreg.value = ~0UL;
	vcpu_expect_call(self->vcpu, PROBE_CALL);
	EXPECT_EQ(7, self->run->x[0]);
	EXPECT_EQ(x30, self->run->x[30]);
}

TEST_F(sysreg, ids_are_the_encodings)
{
	static const struct {
		u32 encoding;
		u64 id;
	} regs[] = {
		{ ENCODING(3, 3, 9, 12, 0), ARM_VCPU_REG_SYSREG(3, 3, 9, 12, 0) },
		{ ENCODING(3, 0, 9, 14, 1), ARM_VCPU_REG_SYSREG(3, 0, 9, 14, 1) },
		{ ENCODING(3, 3, 14, 15, 7), ARM_VCPU_REG_SYSREG(3, 3, 14, 15, 7) },
		{ ENCODING(3, 3, 14, 8, 1), ARM_VCPU_REG_SYSREG(3, 3, 14, 8, 1) },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		probe_enter(self->vcpu, INSN_MRS(regs[i].encoding, 0), 0, false);
		vcpu_expect(self->vcpu, SYSREG_READ);
		EXPECT_EQ(regs[i].id, self->run->sysreg.id);
		self->run->sysreg.value = 0;
		vcpu_expect_call(self->vcpu, PROBE_CALL);
	}
}

TEST_F(sysreg, no_enter_completes_a_read)
{
	probe_enter(self->vcpu, INSN_MRS(REGISTER, 4), 0, false);
	vcpu_expect(self->vcpu, SYSREG_READ);
	self->run->sysreg.value = 44;
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	EXPECT_EQ(44, self->run->x[4]);
	EXPECT_EQ(PROBE_CODE + 4, self->run->pc);
	EXPECT_EQ(0, self->run->pending);
	self->run->flags = 0;
	vcpu_expect_call(self->vcpu, PROBE_CALL);
}

TEST_F(sysreg, pending_cleared_is_the_access_again)
{
	probe_enter(self->vcpu, INSN_MRS(REGISTER, 4), 0, false);
	vcpu_expect(self->vcpu, SYSREG_READ);
	self->run->pending = 0;
	self->run->x[4] = 9;
	vcpu_expect(self->vcpu, SYSREG_READ);
	EXPECT_EQ(9, self->run->x[4]);
	self->run->pending = 0;
	self->run->pc += 4;
	vcpu_expect_call(self->vcpu, PROBE_CALL);
	EXPECT_EQ(9, self->run->x[4]);
}

TEST_F(sysreg, what_the_kernel_provides_is_no_exit)
{
	/* MIDR_EL1, MPIDR_EL1, ID_AA64PFR0_EL1, CTR_EL0, CSSELR_EL1, MDSCR_EL1, CNTVCT_EL0 */
	static const u32 provided[] = {
		ENCODING(3, 0, 0, 0, 0), ENCODING(3, 0, 0, 0, 5), ENCODING(3, 0, 0, 4, 0),
		ENCODING(3, 3, 0, 0, 1), ENCODING(3, 2, 0, 0, 0), ENCODING(2, 0, 0, 2, 2),
		ENCODING(3, 3, 14, 0, 2),
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(provided); i++)
		EXPECT_EQ(0, probe(self->vcpu, INSN_MRS(provided[i], 0), 0) & GUEST_TRAPPED);
}

TEST(without_the_flag_it_is_undefined)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	probe_init(vcpu);
	EXPECT_TRUE(is_undefined(probe(vcpu, INSN_MRS(REGISTER, 0), 0)));
	EXPECT_TRUE(is_undefined(probe(vcpu, INSN_MSR(REGISTER, 0), 0)));
	vm_destroy(&vm);
}

TEST_HARNESS_MAIN
