// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a vCPU's self-hosted debug registers are its own, that the OS lock's registers
 * are there (every Linux writes them at boot), and that they never reach the host's.
 */
#include "kselftest_harness.h"
#include "probe.h"

FIXTURE(debug) {
	struct vm vm;
	struct vcpu *vcpu[2];
};

FIXTURE_VARIANT(debug) {
	bool moving;
};

FIXTURE_VARIANT_ADD(debug, on_one_cpu) { .moving = false };
FIXTURE_VARIANT_ADD(debug, moving) { .moving = true };

FIXTURE_SETUP(debug)
{
	int i;

	vm_create(&self->vm);
	for (i = 0; i < 2; i++) {
		self->vcpu[i] = vcpu_create(&self->vm);
		probe_init(self->vcpu[i]);
	}
}

FIXTURE_TEARDOWN(debug)
{
	vm_destroy(&self->vm);
}

/* DBGBVR, DBGBCR, DBGWVR, DBGWCR: op2 4 to 7; enabled by none of these values */
static u64 pattern(u64 vcpu, u32 n, u32 op2)
{
	u64 value = guest_pattern(vcpu + 50, n * 8 + op2);

	switch (op2) {
	case 4:
	case 6:
		return value & 0x0000fffffffffff8UL;
	case 5:
		return 0x1e6;		/* BAS all, EL1 and EL0, disabled */
	default:
		return value & 0x1ff8;	/* BAS and LSC, disabled */
	}
}

static u32 count(struct vcpu *vcpu, u32 shift)
{
	/* ID_AA64DFR0_EL1.BRPs and WRPs */
	return (probe(vcpu, INSN_MRS(ENCODING(3, 0, 0, 5, 0), 0), 0) >> shift & 0xf) + 1;
}

static void each(struct __test_metadata *_metadata, FIXTURE_DATA(debug) *self, u64 i, bool write)
{
	struct vcpu *vcpu = self->vcpu[i];
	u32 n, op2, counts[2] = { count(vcpu, 12), count(vcpu, 20) };
	u64 value;

	EXPECT_LE(2, counts[0]);
	EXPECT_LE(2, counts[1]);
	for (op2 = 4; op2 < 8; op2++) {
		for (n = 0; n < counts[op2 / 6]; n++) {
			u32 encoding = ENCODING(2, 0, 0, n, op2);

			value = pattern(i, n, op2);
			EXPECT_EQ(value, probe(vcpu, write ? INSN_MSR(encoding, 0) :
					       INSN_MRS(encoding, 0), write ? value : 0)) {
				TH_LOG("register %u of kind %u", n, op2);
			}
		}
	}
}

TEST_F(debug, breakpoints_and_watchpoints_are_each_vcpus_own)
{
	int round;
	u64 i;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < 2; i++) {
			pin_to(cpu_nth(variant->moving ? (int)i : 0));
			each(_metadata, self, i, true);
		}
		for (i = 0; i < 2; i++) {
			pin_to(cpu_nth(variant->moving ? (int)i + 1 : 0));
			each(_metadata, self, i, false);
		}
	}
}

TEST_F(debug, os_lock_registers_are_there)
{
	struct vcpu *vcpu = self->vcpu[0];

	/* OSLAR_EL1, OSLSR_EL1, OSDLR_EL1 */
	EXPECT_EQ(0, probe(vcpu, INSN_MSR(ENCODING(2, 0, 1, 0, 4), 0), 0) & GUEST_TRAPPED);
	EXPECT_EQ(0, probe(vcpu, INSN_MRS(ENCODING(2, 0, 1, 1, 4), 0), 0) & GUEST_TRAPPED);
	EXPECT_EQ(0, probe(vcpu, INSN_MSR(ENCODING(2, 0, 1, 3, 4), 0), 0) & GUEST_TRAPPED);
	/* MDSCR_EL1: MDE and KDE can be set, and are the other vCPU's own */
	EXPECT_EQ(0, probe(vcpu, INSN_MSR(ENCODING(2, 0, 0, 2, 2), 0), 0xa000) & GUEST_TRAPPED);
	EXPECT_EQ(0xa000, probe(vcpu, INSN_MRS(ENCODING(2, 0, 0, 2, 2), 0), 0) & 0xa000);
	EXPECT_EQ(0, probe(self->vcpu[1], INSN_MRS(ENCODING(2, 0, 0, 2, 2), 0), 0) & 0xa000);
}

TEST_F(debug, other_debug_registers_are_undefined_or_zero)
{
	/* DBGAUTHSTATUS_EL1, DBGDTRRX, MDCCSR, DBGPRCR, DBGCLAIMSET: nothing of the host's */
	static const u32 others[] = {
		ENCODING(2, 0, 7, 14, 6), ENCODING(2, 3, 0, 5, 0), ENCODING(2, 3, 0, 1, 0),
		ENCODING(2, 0, 1, 4, 4), ENCODING(2, 0, 7, 8, 6), ENCODING(2, 0, 0, 0, 2),
		ENCODING(2, 0, 0, 3, 2), ENCODING(2, 0, 1, 0, 0),
	};
	u64 value;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		value = probe(self->vcpu[0], INSN_MRS(others[i], 0), 0);
		EXPECT_TRUE(is_undefined(value) || value < 256) {
			TH_LOG("%#llx", (unsigned long long)value);
		}
	}
}

/* The guest single-steps itself: what it asked for is its own exception, not the host's */
GUEST_ASM(guest_steps, "msr oslar_el1, xzr\n mov x9, #0x2001\n msr mdscr_el1, x9\n isb\n"
	  "adr x9, 1f\n msr elr_el1, x9\n mov x9, #0x105\n movk x9, #0x20, lsl #16\n"
	  "msr spsr_el1, x9\n mov x0, #0\n eret\n 1: nop\n nop\n hvc #1\n b .");

static void __guest guest_stepped(struct guest_frame *frame, u64 vector)
{
	guest_call(0x33, frame->esr, frame->elr, vector, 0);
}

TEST_F(debug, a_guest_can_step_itself)
{
	struct vcpu *vcpu = self->vcpu[0];

	vm_handler(&self->vm, VECTOR_SYNC, guest_stepped);
	vcpu->run->pc = vm_gpa(guest_steps);
	pin_to(cpu_nth(0));
	vcpu_expect_call(vcpu, 0x33);
	EXPECT_EQ(0x33, ESR_EC(vcpu->run->x[0]));	/* software step, same EL */
}

/*
 * A breakpoint on x1, a watchpoint on x2: enabled for EL1, MDE and KDE, debug exceptions
 * unmasked; then the instruction at 1, and a store to x2.
 */
GUEST_ASM(guest_breaks, "msr oslar_el1, xzr\n adr x9, 1f\n msr dbgbvr0_el1, x9\n"
	  "mov x9, #0x1e3\n msr dbgbcr0_el1, x9\n"
	  "msr dbgwvr0_el1, x2\n movz x9, #0x1ff3\n msr dbgwcr0_el1, x9\n"
	  "mov x9, #0xa000\n msr mdscr_el1, x9\n isb\n msr daifclr, #8\n isb\n"
	  "mov x0, #1\n 1: mov x0, #2\n str x0, [x2]\n mov x0, #3\n hvc #1\n b .");

static void __guest guest_broke(struct guest_frame *frame, u64 vector)
{
	guest_call(0x33, frame->esr, frame->x[0], vector, frame->far);
	/* Off, and on with it */
	if (ESR_EC(frame->esr) == 0x31)
		write_sysreg(0, dbgbcr0_el1);
	else
		write_sysreg(0, dbgwcr0_el1);
}

TEST_F(debug, a_guest_has_breakpoints_and_watchpoints)
{
	struct vcpu *vcpu = self->vcpu[0];
	u64 *word = vm_host(&self->vm, GUEST_SHARED + 0x100);

	vm_handler(&self->vm, VECTOR_SYNC, guest_broke);
	vcpu->run->pc = vm_gpa(guest_breaks);
	vcpu->run->x[2] = GUEST_SHARED + 0x100;
	vcpu_expect_call(vcpu, 0x33);
	EXPECT_EQ(0x31, ESR_EC(vcpu->run->x[0]));	/* breakpoint, same EL */
	EXPECT_EQ(1, vcpu->run->x[1]);
	pin_to(cpu_nth(variant->moving ? 1 : 0));
	vcpu_expect_call(vcpu, 0x33);
	EXPECT_EQ(0x35, ESR_EC(vcpu->run->x[0]));	/* watchpoint, same EL */
	EXPECT_EQ(2, vcpu->run->x[1]);
	EXPECT_EQ(GUEST_SHARED + 0x100, vcpu->run->x[3]);
	EXPECT_EQ(0, *word);
	vcpu_expect_call(vcpu, 1);
	EXPECT_EQ(2, *word);
	EXPECT_EQ(3, vcpu->run->x[0]);
}

/* A guest's enabled breakpoint doesn't hit the host or another vCPU */
TEST_F(debug, an_enabled_breakpoint_stays_with_its_vcpu)
{
	struct vcpu *vcpu = self->vcpu[0], *other = self->vcpu[1];
	u64 sum = 0, i;

	vm_handler(&self->vm, VECTOR_SYNC, guest_broke);
	vcpu->run->pc = vm_gpa(guest_breaks);
	vcpu->run->x[2] = GUEST_SHARED + 0x100;
	vcpu_expect_call(vcpu, 0x33);
	pin_to(cpu_nth(variant->moving ? 1 : 0));
	vcpu_enter(other, guest_hvc, 0, 0);
	for (i = 0; i < 3; i++)
		vcpu_expect_call(other, CALL_SYNC);
	for (i = 0; i < 1000; i++)
		sum += i;
	EXPECT_EQ(499500, sum);
}

TEST_HARNESS_MAIN
