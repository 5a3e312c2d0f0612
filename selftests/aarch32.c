// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what becomes of AArch32 at EL0, which isn't offered but can't be forbidden: it runs, an
 * instruction that the kernel answers is stepped over by its length, what isn't offered is
 * undefined, and an exit leaves a pstate that isn't entered again.  IT blocks aren't shown: to
 * QEMU, an instruction that traps has left its own already.
 */
#include "kselftest_harness.h"
#include "reg.h"

#define PSR_A32_USER	0x10UL
#define PSR_A32_T	(1UL << 5)
#define PSR_A32_IT	(3UL << 25 | 0x3fUL << 10)
#define PSR_AIF		(PSR_A | PSR_I | PSR_F)
#define VECTOR_A32_SYNC	12	/* from EL0 in AArch32 */
#define EC_SVC32	0x11
#define SCTLR		REG(3, 0, 1, 0, 0)
#define SCTLR_nTWI	(1UL << 16)
#define ATTEMPTS	100

/* ldr r3, [r2]; cmp r3, #0; beq; wfi; mov r0, #1; mov r1, #2; svc #3 */
GUEST_ASM(guest_t32,
	  ".hword 0x6813, 0x2b00, 0xd0fc, 0xbf30, 0x2001, 0x2102, 0xdf03\n");
GUEST_ASM(guest_a32,	/* wfine */
	  ".inst 0xe5923000, 0xe3530000, 0x0afffffc, 0x1320f003\n"
	  ".inst 0xe3a00001, 0xe3a01002, 0xef000003\n");
GUEST_ASM(guest_a32_c11, ".inst 0xee1b0f10, 0xef000003\n");	/* mrc p15, 0, r0, c11, c0, 0 */
GUEST_ASM(guest_a32_c15, ".inst 0xee1f0f10, 0xef000003\n");
GUEST_ASM(guest_a32_store, ".inst 0xe5820000, 0xef000003\n");	/* str r0, [r2] */

static void __guest guest_taken(struct guest_frame *frame, u64 vector)
{
	guest_call(CALL_SYNC, frame->x[0] | frame->x[1] << 8, vector, frame->esr, frame->spsr);
}

static u64 __guest guest_nothing(void)
{
	return 0;
}

FIXTURE(aarch32) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	u32 *word;
};

static void leave(FIXTURE_DATA(aarch32) *self, const void *code, u64 pstate)
{
	*self->word = 0;
	self->run->flags = 0;
	self->run->lines = 0;
	vcpu_call(self->vcpu, guest_nothing, 0, 0);	/* sets sp and vbar */
	vcpu_expect_call(self->vcpu, CALL_DONE);
	reg_set(self->vcpu, SCTLR, reg_get(self->vcpu, SCTLR) | SCTLR_nTWI);
	self->run->pc = vm_gpa(guest_leaves);
	self->run->x[0] = vm_gpa(code);
	self->run->x[1] = pstate | PSR_AIF;
	self->run->x[2] = GUEST_SHARED;
}

FIXTURE_SETUP(aarch32)
{
	vm_create(&self->vm);
	vm_handler(&self->vm, VECTOR_SYNC, guest_taken);
	vm_handler(&self->vm, VECTOR_A32_SYNC, guest_taken);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->word = vm_host(&self->vm, GUEST_SHARED);

	leave(self, guest_a32, PSR_A32_USER);
	*self->word = 1;
	self->run->lines = ARM_VCPU_LINE_IRQ;
	if (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_HYPERCALL &&
	    ESR_EC(self->run->x[2]) == EC_ILLEGAL)
		SKIP(return, "hardware: no AArch32");
}

FIXTURE_TEARDOWN(aarch32)
{
	vm_destroy(&self->vm);
}

/*
 * To the guest's SVC.  Work of the task's may end RUN while the guest is there, which is
 * the end of it: again then.
 */
static void reaches_svc(struct __test_metadata *_metadata, FIXTURE_DATA(aarch32) *self,
			const void *code, u64 pstate, bool waits)
{
	u64 before;
	int n;

	for (n = 0; n < ATTEMPTS; n++) {
		leave(self, code, pstate);
		before = vcpu_stat(self->vcpu, ARM_VCPU_STAT_WFX);
		vcpu_start(self->vcpu);
		sleep_ms(20);
		/* With the guest on its way already: its CPU traps no WFI that is over at once */
		WRITE_ONCE(self->run->lines, ARM_VCPU_LINE_IRQ);
		WRITE_ONCE(*self->word, 1);
		if (vcpu_join(self->vcpu) != ARM_VCPU_EXIT_HYPERCALL)
			continue;
		if (!waits || vcpu_stat(self->vcpu, ARM_VCPU_STAT_WFX) > before)
			break;
	}
	ASSERT_GT(ATTEMPTS, n) TH_LOG("%s", exit_name(self->run->exit_reason));
	TH_LOG("%d attempts failed", n);
	EXPECT_EQ(VECTOR_A32_SYNC, self->run->x[1]);
	EXPECT_EQ(pstate & (PSR_A32_USER | PSR_A32_T),
		  self->run->x[3] & (0x1f | PSR_A32_T | PSR_A32_IT));
}

TEST_F(aarch32, an_instruction_of_32_bits_is_stepped_over)
{
	reaches_svc(_metadata, self, guest_a32, PSR_A32_USER, true);
	EXPECT_EQ(EC_SVC32, ESR_EC(self->run->x[2]));
	EXPECT_EQ(0x201, self->run->x[0]);
}

TEST_F(aarch32, an_instruction_of_16_bits_is_stepped_over)
{
	reaches_svc(_metadata, self, guest_t32, PSR_A32_USER | PSR_A32_T, true);
	EXPECT_EQ(EC_SVC32, ESR_EC(self->run->x[2]));
	EXPECT_EQ(0x201, self->run->x[0]);
}

TEST_F(aarch32, what_is_not_offered_is_undefined)
{
	static const void * const code[] = { guest_a32_c11, guest_a32_c15 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(code); i++) {
		reaches_svc(_metadata, self, code[i], PSR_A32_USER, false);
		EXPECT_EQ(EC_UNKNOWN, ESR_EC(self->run->x[2]));
	}
}

TEST_F(aarch32, an_exit_shows_its_pstate_which_is_not_entered_again)
{
	do {
		leave(self, guest_a32_store, PSR_A32_USER);
		self->run->x[2] = GUEST_MMIO;
	} while (vcpu_next(self->vcpu) == ARM_VCPU_EXIT_FAIL_ENTRY);
	EXPECT_EQ(ARM_VCPU_EXIT_MMIO_WRITE, self->run->exit_reason);
	EXPECT_EQ(vm_gpa(guest_a32_store), self->run->pc);
	EXPECT_EQ(PSR_A32_USER, self->run->pstate & (0x1f | PSR_A32_T));
	vcpu_expect(self->vcpu, FAIL_ENTRY);
	EXPECT_EQ(ARM_VCPU_FAIL_PSTATE, self->run->fail.reason);
	/* SET_ENTRY is a way out */
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
}

TEST_HARNESS_MAIN
