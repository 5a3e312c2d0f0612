// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what libarmvcpu's emulation of an access does besides: its order, what it leaves when
 * it fails, what has no answer but an exception, and what is left to the VMM.
 */
#include "kselftest_harness.h"
#include "reg.h"
#include "window.h"

#define CPACR		REG(3, 0, 1, 0, 2)

FIXTURE(emulate) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct armvcpu_cpu cpu;
	struct window window;
};

FIXTURE_SETUP(emulate)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->cpu.fd = self->vcpu->fd;
	self->cpu.run = self->run;
	window_create(&self->window, &self->vm);
}

FIXTURE_TEARDOWN(emulate)
{
	vm_destroy(&self->vm);
}

/* With the MMU off. x1: the address; the access comes first */
#define ACCESS(name, text) GUEST_ASM(guest_##name, text "\n hvc #1\n b .")

ACCESS(ldp, "ldp x2, x3, [x1], #16");
ACCESS(stp, "stp x2, x3, [x1], #16");
ACCESS(str, "str x2, [x1]");
ACCESS(ldxr, "ldxr x2, [x1]");
ACCESS(dc_zva, "dc zva, x1");
ACCESS(ld1, "ld1 {v0.16b}, [x1]");

static void fault(FIXTURE_DATA(emulate) *self, const void *code, u64 addr)
{
	vcpu_enter(self->vcpu, code, 0, addr);
	self->run->x[2] = 0x2222222222222222;
	self->run->x[3] = 0x3333333333333333;
	reg_set(self->vcpu, CPACR, 3 << 20);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
}

static void nothing_happened(struct __test_metadata *_metadata, FIXTURE_DATA(emulate) *self,
			     const void *code, u64 addr)
{
	EXPECT_EQ(vm_gpa(code), self->run->pc);
	EXPECT_EQ(addr, self->run->x[1]);
	EXPECT_EQ(0x2222222222222222, self->run->x[2]);
	EXPECT_EQ(0x3333333333333333, self->run->x[3]);
}

TEST_F(emulate, the_lower_address_is_first)
{
	memset(self->window.bytes, 0x11, 8);
	memset(self->window.bytes + 8, 0x22, 8);
	fault(self, guest_ldp, WINDOW);
	ASSERT_EQ(0, armvcpu_emulate(&self->cpu, &self->window.bus));
	EXPECT_EQ(2, self->window.accesses);
	EXPECT_EQ(WINDOW + 8, self->window.last);
	EXPECT_EQ(0x1111111111111111, self->run->x[2]);
	EXPECT_EQ(0x2222222222222222, self->run->x[3]);
}

TEST_F(emulate, a_step_ends_and_a_branch_target_was_one)
{
	u64 pstate;

	fault(self, guest_ldp, WINDOW);
	pstate = self->run->pstate;
	self->run->pstate = pstate | PSR_SS | 3 << 10;
	ASSERT_EQ(0, armvcpu_emulate(&self->cpu, &self->window.bus));
	EXPECT_EQ(pstate, self->run->pstate);
	EXPECT_EQ(vm_gpa(guest_ldp) + 4, self->run->pc);
}

TEST_F(emulate, nothing_changes_when_the_bus_fails)
{
	u32 i;

	for (i = 1; i <= 2; i++) {
		fault(self, guest_ldp, WINDOW);
		self->window.accesses = 0;
		self->window.fail_at = i;
		EXPECT_EQ(-EREMOTEIO, armvcpu_emulate(&self->cpu, &self->window.bus));
		EXPECT_EQ(i, self->window.accesses);
		nothing_happened(_metadata, self, guest_ldp, WINDOW);
		fault(self, guest_stp, WINDOW);
		self->window.accesses = 0;
		EXPECT_EQ(-EREMOTEIO, armvcpu_emulate(&self->cpu, &self->window.bus));
		EXPECT_EQ(i, self->window.accesses);
		nothing_happened(_metadata, self, guest_stp, WINDOW);
	}
}

TEST_F(emulate, exclusives_and_dc_zva_are_exceptions)
{
	static const struct {
		const void *code;
		u64 esr;
	} cases[] = {
		{ guest_ldxr, 0x96000035 },
		{ guest_dc_zva, 0x96000061 },	/* WnR */
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		fault(self, cases[i].code, WINDOW + 64);
		ASSERT_EQ(0, armvcpu_emulate(&self->cpu, &self->window.bus));
		EXPECT_EQ(0, self->window.accesses);
		EXPECT_EQ(cases[i].esr, reg_get(self->vcpu, REG(3, 0, 5, 2, 0)));
		EXPECT_EQ(WINDOW + 64, reg_get(self->vcpu, REG(3, 0, 6, 0, 0)));
		EXPECT_EQ(vm_gpa(cases[i].code), reg_get(self->vcpu, ARM_VCPU_REG_ELR_EL1));
		EXPECT_EQ(reg_get(self->vcpu, REG(3, 0, 12, 0, 0)) + 0x200, self->run->pc);
	}
}

static void aborted(struct __test_metadata *_metadata, FIXTURE_DATA(emulate) *self, u64 esr,
		    u64 far, u64 pc, u64 vector)
{
	ASSERT_EQ(0, armvcpu_abort(&self->cpu, &self->window.bus));
	EXPECT_EQ(0, self->window.accesses);
	EXPECT_EQ(esr, reg_get(self->vcpu, REG(3, 0, 5, 2, 0)));
	EXPECT_EQ(far, reg_get(self->vcpu, REG(3, 0, 6, 0, 0)));
	EXPECT_EQ(pc, reg_get(self->vcpu, ARM_VCPU_REG_ELR_EL1));
	EXPECT_EQ(reg_get(self->vcpu, REG(3, 0, 12, 0, 0)) + vector, self->run->pc);
}

TEST_F(emulate, where_nothing_is_an_access_can_be_aborted)
{
	u64 pc = vm_gpa(guest_ldp);

	fault(self, guest_ldp, WINDOW);
	aborted(_metadata, self, 0x96000010, WINDOW, pc, 0x200);
	fault(self, guest_stp, WINDOW + 8);
	aborted(_metadata, self, 0x96000050, WINDOW + 8, vm_gpa(guest_stp), 0x200);
	self->run->pc = WINDOW;
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	aborted(_metadata, self, 0x86000010, WINDOW, WINDOW, 0x200);

	/* Described by the CPU, and pending */
	vcpu_enter(self->vcpu, guest_str, 0, WINDOW + 16);
	vcpu_expect(self->vcpu, MMIO_WRITE);
	aborted(_metadata, self, 0x96000050, WINDOW + 16, vm_gpa(guest_str), 0x200);
	EXPECT_EQ(0, self->run->pending);

	/* From EL0 */
	self->run->pc = WINDOW + 4;
	self->run->pstate = PSR_EL0T;
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	aborted(_metadata, self, 0x82000010, WINDOW + 4, WINDOW + 4, 0x400);
	self->run->pc = pc;
	self->run->pstate = PSR_EL0T;
	self->run->x[1] = WINDOW;
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	aborted(_metadata, self, 0x92000010, WINDOW, pc, 0x400);

	self->run->exit_reason = ARM_VCPU_EXIT_KICKED;
	EXPECT_EQ(-EOPNOTSUPP, armvcpu_abort(&self->cpu, &self->window.bus));
}

/* No CPU of the matrix has cache maintenance abort, so the exit is made up */
TEST_F(emulate, cache_maintenance_does_nothing)
{
	fault(self, guest_stp, WINDOW);
	self->run->fault.access |= ARM_VCPU_ACCESS_CACHE;
	EXPECT_EQ(0, armvcpu_emulate(&self->cpu, &self->window.bus));
	EXPECT_EQ(0, self->window.accesses);
	self->run->pc -= 4;
	nothing_happened(_metadata, self, guest_stp, WINDOW);
}

static void refused(struct __test_metadata *_metadata, FIXTURE_DATA(emulate) *self,
		    const void *code, u64 addr, int error)
{
	EXPECT_EQ(error, armvcpu_emulate(&self->cpu, &self->window.bus));
	EXPECT_EQ(0, self->window.accesses);
	nothing_happened(_metadata, self, code, addr);
}

static const void *no_memory(void *context, __u64 addr, size_t size)
{
	(void)context;
	(void)addr;
	(void)size;
	return NULL;
}

TEST_F(emulate, what_is_not_known_is_left_to_the_vmm)
{
	u64 end = WINDOW + 0xff8;

	fault(self, guest_ld1, WINDOW);
	refused(_metadata, self, guest_ld1, WINDOW, -EOPNOTSUPP);
	fault(self, guest_ldp, end);	/* in two pages */
	refused(_metadata, self, guest_ldp, end, -EOPNOTSUPP);

	fault(self, guest_ldp, WINDOW + 64);
	self->run->x[1] = WINDOW + 80;	/* not what has faulted */
	refused(_metadata, self, guest_ldp, WINDOW + 80, -EOPNOTSUPP);
	self->run->x[1] = WINDOW + 48;
	refused(_metadata, self, guest_ldp, WINDOW + 48, -EOPNOTSUPP);
	fault(self, guest_ldp, WINDOW);
	self->run->fault.error = EFAULT;
	refused(_metadata, self, guest_ldp, WINDOW, -EOPNOTSUPP);
	self->run->fault.error = 0;
	self->run->fault.access |= ARM_VCPU_ACCESS_TABLE_WALK;
	refused(_metadata, self, guest_ldp, WINDOW, -EOPNOTSUPP);
	self->run->fault.access = ARM_VCPU_ACCESS_EXEC;
	refused(_metadata, self, guest_ldp, WINDOW, -EOPNOTSUPP);
	self->run->fault.access = ARM_VCPU_ACCESS_READ;
	self->run->exit_reason = ARM_VCPU_EXIT_KICKED;
	refused(_metadata, self, guest_ldp, WINDOW, -EOPNOTSUPP);
	self->run->exit_reason = ARM_VCPU_EXIT_MEMORY_FAULT;
	self->window.bus.memory = no_memory;
	refused(_metadata, self, guest_ldp, WINDOW, -EFAULT);
	self->window.bus.memory = window_memory;
	EXPECT_EQ(0, armvcpu_emulate(&self->cpu, &self->window.bus));
}

TEST_HARNESS_MAIN
