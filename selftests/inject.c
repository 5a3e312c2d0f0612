// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows INJECT: the guest's EL1 takes a synchronous exception with the syndrome that the VMM
 * gives, from every mode, with PSTATE as the architecture has it; an access that is pending is
 * dropped; a virtual SError waits until it is unmasked, and is saved and restored with the
 * registers; and a command that is refused has changed nothing.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "reg.h"

#define CALL_TAKEN	0x1001	/* x0: ESR, x1: ELR, x2: FAR, x3: vector */
#define CALL_SPSR	0x1002	/* x0: SPSR, x1: ISR_EL1 */

#define CLASS(ec)	((u64)(ec) << 26 | 1 << 25)
#define PSR_PAN		(1UL << 22)
#define PSR_UAO		(1UL << 23)
#define PSR_SSBS	(1UL << 12)
#define PSR_BTYPE	(3UL << 10)
#define PSR_ALLINT	(1UL << 13)
#define PSR_DIT		(1UL << 24)
#define PSR_TCO		(1UL << 25)
#define PSR_EL2H	0x9UL
#define SCTLR		REG(3, 0, 1, 0, 0)
#define SCTLR_SPAN	(1UL << 23)
#define SCTLR_DSSBS	(1UL << 44)
#define HCR		REG(3, 4, 1, 1, 0)
#define VSESR		REG(3, 4, 5, 2, 3)
#define HCR_VSE		(1UL << 8)
#define VECTOR_SERROR	7

static void __guest guest_taken(struct guest_frame *frame, u64 vector)
{
	guest_call(CALL_TAKEN, frame->esr, frame->elr, frame->far, vector);
	guest_call(CALL_SPSR, frame->spsr, read_sysreg(isr_el1), 0, 0);
}

/* Sets up vectors and a stack, and waits with SErrors masked and not */
static void __guest guest_begins(void)
{
	for (;;)
		guest_sync(0);
}

GUEST_ASM(guest_loads, "ldr x0, [x1]\n hvc #1\n b .");
GUEST_ASM(guest_undefined, "udf #0\n b .");
GUEST_ASM(guest_unmasks, "msr daifclr, #4\n isb\n hvc #2\n b .");

FIXTURE(inject) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	bool ras;
};

FIXTURE_SETUP(inject)
{
	u64 value[2];
	int n;

	vm_create(&self->vm);
	for (n = 0; n < NR_VECTORS; n++)
		vm_handler(&self->vm, (unsigned int)n, guest_taken);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	vcpu_call(self->vcpu, guest_begins, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->ras = vcpu_get_reg(self->vcpu, VSESR, value) != -ENOENT;
}

FIXTURE_TEARDOWN(inject)
{
	vm_destroy(&self->vm);
}

static int inject(struct vcpu *vcpu, u64 flags, u64 esr, u64 far)
{
	struct arm_vcpu_inject arg = {
		.size = sizeof(arg), .flags = flags, .esr = esr, .far = far,
	};

	return vm_ioctl(vcpu->fd, ARM_VCPU_INJECT, &arg);
}

/* Where each mode's exceptions go */
static const struct {
	u64 pstate, vector;
} modes[] = {
	{ PSR_EL1T, 0 },
	{ PSR_EL1H, VECTOR_SYNC },
	{ PSR_EL0T, VECTOR_EL0_SYNC },
};

TEST_F(inject, every_mode_takes_it)
{
	u64 i, n = 0, pc = vm_gpa(guest_spin), pstate;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		pstate = modes[i].pstate | PSR_NZCV | PSR_F;
		self->run->pc = pc;
		self->run->pstate = pstate;
		ASSERT_EQ(0, inject(self->vcpu, 0, CLASS(EC_DABT) | 0x10, 0x1234567812345678));
		vcpu_expect_call(self->vcpu, CALL_TAKEN);
		EXPECT_EQ(CLASS(EC_DABT) | 0x10, self->run->x[0]);
		EXPECT_EQ(pc, self->run->x[1]);
		EXPECT_EQ(0x1234567812345678, self->run->x[2]);
		EXPECT_EQ(modes[i].vector, self->run->x[3]);
		vcpu_expect_call(self->vcpu, CALL_SPSR);
		EXPECT_EQ(pstate, self->run->x[0]);
		/* And back to where it was, sooner or later */
		self->run->flags = ARM_VCPU_RUN_EXTERNAL_INTERRUPT;
		do {
			vcpu_expect(self->vcpu, EXTERNAL_INTERRUPT);
		} while (self->run->pc != pc && n++ < 100);
		self->run->flags = 0;
		EXPECT_EQ(pc, self->run->pc);
		EXPECT_EQ(pstate, self->run->pstate);
	}
}

TEST_F(inject, the_page_shows_it_at_once)
{
	u64 vbar = reg_get(self->vcpu, REG(3, 0, 12, 0, 0));
	u64 far = reg_get(self->vcpu, REG(3, 0, 6, 0, 0));

	self->run->pc = 0x4000;
	self->run->pstate = PSR_EL0T | PSR_NZCV;
	/* ISS2 is part of it; an unknown instruction has no FAR */
	ASSERT_EQ(0, inject(self->vcpu, 0, 0xffUL << 32 | CLASS(EC_UNKNOWN), 0x99));
	EXPECT_EQ(vbar + 0x400, self->run->pc);
	EXPECT_EQ(PSR_EL1H | PSR_DAIF | PSR_NZCV,
		  self->run->pstate & (0x1f | PSR_DAIF | PSR_NZCV | PSR_IL | PSR_SS));
	EXPECT_EQ(0x4000, reg_get(self->vcpu, ARM_VCPU_REG_ELR_EL1));
	EXPECT_EQ(PSR_EL0T | PSR_NZCV, reg_get(self->vcpu, ARM_VCPU_REG_SPSR_EL1));
	EXPECT_EQ(0xffUL << 32 | CLASS(EC_UNKNOWN), reg_get(self->vcpu, REG(3, 0, 5, 2, 0)));
	EXPECT_EQ(far, reg_get(self->vcpu, REG(3, 0, 6, 0, 0)));
}

TEST_F(inject, pstate_is_as_the_architecture_sets_it)
{
	bool pan = reg_get(self->vcpu, REG(3, 0, 0, 7, 1)) >> 20 & 0xf;
	u64 sctlr = reg_get(self->vcpu, SCTLR), old;
	int n;

	for (n = 0; n < 8; n++) {
		reg_set(self->vcpu, SCTLR, n & 1 ? sctlr | SCTLR_SPAN : sctlr & ~SCTLR_SPAN);
		old = PSR_EL1H | PSR_IL | PSR_SS | PSR_UAO | PSR_SSBS |
		      (n & 2 ? PSR_PAN : 0) | (n & 4 ? PSR_NZCV : 0);
		self->run->pstate = old;
		ASSERT_EQ(0, inject(self->vcpu, 0, CLASS(EC_UNKNOWN), 0));
		EXPECT_EQ(old, reg_get(self->vcpu, ARM_VCPU_REG_SPSR_EL1));
		EXPECT_EQ(PSR_EL1H | PSR_DAIF | (n & 4 ? PSR_NZCV : 0) |
			  (n & 2 || (pan && !(n & 1)) ? PSR_PAN : 0),
			  self->run->pstate & ~(1UL << 25) /* TCO, by the CPU */);
	}
}

/*
 * What it is in the handler, but for the flags, which are the handler's, ALLINT, which is
 * of a feature that guests haven't got, and DIT, which QEMU clears and the manual doesn't
 */
static u64 taken_with(FIXTURE_DATA(inject) *self)
{
	vcpu_expect_call(self->vcpu, CALL_TAKEN);
	return self->run->pstate & ~(PSR_NZCV | PSR_ALLINT | PSR_DIT);
}

/* The CPU takes the exception of an instruction; then the same is injected */
TEST_F(inject, pstate_is_what_the_cpu_makes_of_it)
{
	static const u64 bits[] = {
		0, PSR_PAN, PSR_UAO, PSR_SSBS, PSR_DIT, PSR_TCO, PSR_BTYPE,
		PSR_PAN | PSR_UAO | PSR_SSBS | PSR_DIT | PSR_TCO | PSR_BTYPE,
	};
	static const u64 controls[] = { 0, SCTLR_SPAN, SCTLR_DSSBS, SCTLR_SPAN | SCTLR_DSSBS };
	u64 sctlr = reg_get(self->vcpu, SCTLR) & ~(SCTLR_SPAN | SCTLR_DSSBS);
	u64 sp = reg_get(self->vcpu, ARM_VCPU_REG_SP_EL1), taken, n, i;

	for (n = 0; n < ARRAY_SIZE(modes) * ARRAY_SIZE(controls); n++) {
		reg_set(self->vcpu, SCTLR, sctlr | controls[n / ARRAY_SIZE(modes)]);
		for (i = 0; i < ARRAY_SIZE(bits); i++) {
			reg_set(self->vcpu, ARM_VCPU_REG_SP_EL1, sp);
			self->run->pc = vm_gpa(guest_undefined);
			self->run->pstate = modes[n % ARRAY_SIZE(modes)].pstate | bits[i];
			taken = taken_with(self);
			reg_set(self->vcpu, ARM_VCPU_REG_SP_EL1, sp);
			self->run->pstate = modes[n % ARRAY_SIZE(modes)].pstate | bits[i];
			ASSERT_EQ(0, inject(self->vcpu, 0, CLASS(EC_UNKNOWN), 0));
			EXPECT_EQ(taken, taken_with(self)) {
				TH_LOG("of %#llx, SCTLR_EL1 %#llx",
				       (unsigned long long)bits[i],
				       (unsigned long long)reg_get(self->vcpu, SCTLR));
			}
		}
	}
}

TEST_F(inject, an_access_that_is_pending_is_dropped)
{
	self->run->pc = vm_gpa(guest_loads);
	self->run->x[0] = 0x4711;
	self->run->x[1] = GUEST_MMIO;
	vcpu_expect(self->vcpu, MMIO_READ);
	self->run->mmio.data = 0x99;
	/* Nobody answered: an external abort */
	ASSERT_EQ(0, inject(self->vcpu, 0, CLASS(EC_DABT) | 0x10, self->run->far));
	EXPECT_EQ(0, self->run->pending);
	EXPECT_EQ(0x4711, self->run->x[0]);
	vcpu_expect_call(self->vcpu, CALL_TAKEN);
	EXPECT_EQ(vm_gpa(guest_loads), self->run->x[1]);
	EXPECT_EQ(GUEST_MMIO, self->run->x[2]);
	vcpu_expect_call(self->vcpu, CALL_SPSR);
	/* The handler has returned to the load */
	vcpu_expect(self->vcpu, MMIO_READ);
	EXPECT_EQ(0x4711, self->run->x[0]);
	self->run->mmio.data = 0x55;
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0x55, self->run->x[0]);
}

TEST_F(inject, what_is_refused_changes_nothing)
{
	struct arm_vcpu_inject arg = { .size = sizeof(arg), .reserved = 1 };
	struct arm_vcpu_run before;
	struct vcpu *fresh = vcpu_create(&self->vm);
	static const u64 bad[] = { PSR_EL2H, 0x8, 0xc, 0xd, 0x10, 0x1f, 0x6 };
	u64 n;

	for (n = 0; n < ARRAY_SIZE(bad); n++) {
		self->run->pstate = bad[n];
		EXPECT_EQ(-EINVAL, inject(self->vcpu, 0, CLASS(EC_UNKNOWN), 0));
		EXPECT_EQ(bad[n], self->run->pstate);
	}
	self->run->pstate = PSR_EL1H;
	before = *self->run;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vcpu->fd, ARM_VCPU_INJECT, &arg));
	EXPECT_EQ(-EINVAL, inject(self->vcpu, 0, 1UL << 56, 0));
	EXPECT_EQ(-EINVAL, inject(self->vcpu, 0, 1UL << 63, 0));
	for (n = 1; n < 64; n++)
		EXPECT_EQ(-EOPNOTSUPP, inject(self->vcpu, 1UL << n, 0, 0));
	EXPECT_EQ(-EINVAL, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, 1 << 25, 0));
	EXPECT_EQ(-EINVAL, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, 0, 1));
	if (!self->ras)
		EXPECT_EQ(-EOPNOTSUPP, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, 1, 0));
	EXPECT_EQ(0, memcmp(&before, self->run, sizeof(before)));
	EXPECT_EQ(0, reg_get(self->vcpu, HCR));
	EXPECT_EQ(-ENOEXEC, inject(fresh, 0, CLASS(EC_UNKNOWN), 0));

	vcpu_enter(self->vcpu, guest_spin, 0, 0);
	vcpu_start(self->vcpu);
	EXPECT_TRUE(wait_for(inject(self->vcpu, 0, 1UL << 56, 0) == -EBUSY));
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	EXPECT_EQ(vm_gpa(guest_spin), self->run->pc);
}

static void serror_is_taken(struct __test_metadata *_metadata, FIXTURE_DATA(inject) *self,
			    u64 syndrome)
{
	vcpu_expect_call(self->vcpu, CALL_TAKEN);
	EXPECT_EQ(0x2f, ESR_EC(self->run->x[0]));
	if (self->ras)
		EXPECT_EQ(syndrome, self->run->x[0] & 0x1ffffff);
	EXPECT_EQ(VECTOR_SERROR, self->run->x[3]);
	/* Once */
	vcpu_expect_call(self->vcpu, CALL_SPSR);
	EXPECT_EQ(0, self->run->x[1] & PSR_A);
	EXPECT_EQ(0, reg_get(self->vcpu, HCR));
}

TEST_F(inject, an_serror_waits_until_it_is_unmasked)
{
	u64 syndrome = self->ras ? 1 << 24 | 0x1234 : 0, pstate = PSR_EL1H | PSR_DAIF;

	self->run->pstate = pstate;
	ASSERT_EQ(0, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, syndrome, 0));
	EXPECT_EQ(pstate, self->run->pstate);
	EXPECT_EQ(HCR_VSE, reg_get(self->vcpu, HCR));
	/* The guest goes on with it, on this CPU and another, and after an exit */
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	pin_to(cpu_nth(1));
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	EXPECT_EQ(HCR_VSE, reg_get(self->vcpu, HCR));
	self->run->pc = vm_gpa(guest_unmasks);
	serror_is_taken(_metadata, self, syndrome);
	vcpu_expect_call(self->vcpu, 2);
}

TEST_F(inject, an_serror_that_is_unmasked_is_taken_at_once)
{
	self->run->pc = vm_gpa(guest_spin);
	self->run->pstate = PSR_EL1H;
	ASSERT_EQ(0, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, 0, 0));
	serror_is_taken(_metadata, self, 0);
	/* Of two, the last */
	self->run->pstate = PSR_EL1H;
	ASSERT_EQ(0, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, 0, 0));
	ASSERT_EQ(0, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, self->ras ? 7 : 0, 0));
	serror_is_taken(_metadata, self, self->ras ? 7 : 0);
}

TEST_F(inject, an_serror_that_waits_is_restored)
{
	struct vcpu *other = vcpu_create(&self->vm);
	u64 value;

	vcpu_call(other, guest_begins, 0, 0);
	vcpu_expect_call(other, CALL_SYNC);
	ASSERT_EQ(0, inject(self->vcpu, ARM_VCPU_INJECT_SERROR, self->ras ? 0x77 : 0, 0));
	if (self->ras) {
		value = reg_get(self->vcpu, VSESR);
		EXPECT_EQ(0x77, value);
		reg_set(other, VSESR, value);
		EXPECT_EQ(-EINVAL, vcpu_set_reg(other, VSESR, (u64[2]) { 1 << 25 }));
	}
	reg_set(other, HCR, reg_get(self->vcpu, HCR));
	EXPECT_EQ(-EINVAL, vcpu_set_reg(other, HCR, (u64[2]) { 1 }));
	EXPECT_EQ(-EINVAL, vcpu_set_reg(other, HCR, (u64[2]) { HCR_VSE | 1UL << 27 }));
	EXPECT_EQ(HCR_VSE, reg_get(other, HCR));
	self->vcpu = other;
	self->run = other->run;
	self->run->pc = vm_gpa(guest_unmasks);
	serror_is_taken(_metadata, self, self->ras ? 0x77 : 0);
}

TEST_HARNESS_MAIN
