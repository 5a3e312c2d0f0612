// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows SEND_IPI: with the CONFIGURE flag, a write to one of the GIC's registers that
 * interrupt other CPUs is an exit with all its fields, which the next RUN steps over or the
 * VMM takes over; without the flag these registers are as any that the kernel doesn't provide.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "probe.h"

#define SGI1R	ENCODING(3, 0, 12, 11, 5)
#define ASGI1R	ENCODING(3, 0, 12, 11, 6)
#define SGI0R	ENCODING(3, 0, 12, 11, 7)

#define IRM	(1UL << 40)
#define RES0	0xff000e00f0000000UL

static const struct {
	u32 encoding;
	u32 group;
} registers[] = {
	{ SGI1R, ARM_VCPU_SGI_GROUP1 },
	{ ASGI1R, ARM_VCPU_SGI_GROUP1_OTHER },
	{ SGI0R, ARM_VCPU_SGI_GROUP0 },
};

static bool has_gicv3(void)
{
	return vm_flags() & ARM_VCPU_CONFIG_SGI_EXITS;
}

static struct vcpu *create(struct vm *vm, u64 flags)
{
	struct vcpu *vcpu;

	vm_create(vm);
	vm_replace(vm, 0, flags);
	vcpu = vcpu_create(vm);
	probe_init(vcpu);
	return vcpu;
}

FIXTURE(ipi) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
};

FIXTURE_SETUP(ipi)
{
	if (!has_gicv3())
		SKIP(return, "hardware: the host has no GICv3");
	self->vcpu = create(&self->vm, ARM_VCPU_CONFIG_SGI_EXITS);
	self->run = self->vcpu->run;
}

FIXTURE_TEARDOWN(ipi)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

/* The guest writes x1, which @value is, up to the exit */
static void send(FIXTURE_DATA(ipi) *self, u32 encoding, u64 value)
{
	probe_enter(self->vcpu, INSN_MSR(encoding, 1), 0, false);
	/* Of the one before */
	self->run->pending = 0;
	self->run->x[1] = value;
	vcpu_expect(self->vcpu, SEND_IPI);
}

TEST_F(ipi, an_exit_tells_every_field)
{
	u64 seed, value;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		for (seed = 0; seed < 16; seed++) {
			value = guest_pattern(seed, i) & ~RES0;
			send(self, registers[i].encoding, value);
			EXPECT_EQ(registers[i].group, self->run->send_ipi.group);
			EXPECT_EQ(value & 0xffff, self->run->send_ipi.target_list);
			EXPECT_EQ((value >> 16 & 0xff) << 8 | (value >> 32 & 0xff) << 16 |
				  (value >> 48 & 0xff) << 32, self->run->send_ipi.target);
			EXPECT_EQ(value >> 44 & 0xf, self->run->send_ipi.range_selector);
			EXPECT_EQ(value >> 24 & 0xf, self->run->send_ipi.vector);
			EXPECT_EQ(!!(value & IRM), self->run->send_ipi.to_all);
			EXPECT_EQ(EC_SYSREG, ESR_EC(self->run->esr));
			vcpu_expect_call(self->vcpu, PROBE_CALL);
		}
	}
}

TEST_F(ipi, each_field_by_itself)
{
	send(self, SGI1R, 0x8001);
	EXPECT_EQ(0x8001, self->run->send_ipi.target_list);
	EXPECT_EQ(0, self->run->send_ipi.target);
	EXPECT_EQ(0, self->run->send_ipi.range_selector);
	EXPECT_EQ(0, self->run->send_ipi.to_all);
	EXPECT_EQ(0, self->run->send_ipi.vector);
	send(self, SGI1R, IRM);
	EXPECT_EQ(1, self->run->send_ipi.to_all);
	send(self, SGI1R, 0xfUL << 44);
	EXPECT_EQ(15, self->run->send_ipi.range_selector);
	EXPECT_EQ(0, self->run->send_ipi.target);
	send(self, SGI1R, 15UL << 24);
	EXPECT_EQ(15, self->run->send_ipi.vector);
	send(self, SGI1R, 0xa3UL << 48 | 0xa2UL << 32 | 0xa1UL << 16);
	EXPECT_EQ(0xa300a2a100UL, self->run->send_ipi.target);
	/* What is reserved is nobody's */
	send(self, SGI1R, RES0);
	EXPECT_EQ(0, self->run->send_ipi.target);
	EXPECT_EQ(0, self->run->send_ipi.target_list);
	EXPECT_EQ(0, self->run->send_ipi.range_selector);
	EXPECT_EQ(0, self->run->send_ipi.to_all);
	EXPECT_EQ(0, self->run->send_ipi.vector);
}

TEST_F(ipi, the_next_run_steps_over_it)
{
	send(self, SGI1R, 1);
	EXPECT_EQ(PROBE_CODE, self->run->pc);
	EXPECT_NE(0, self->run->pending);
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	EXPECT_EQ(PROBE_CODE + 4, self->run->pc);
	EXPECT_EQ(0, self->run->pending);
	self->run->flags = 0;
	vcpu_expect_call(self->vcpu, PROBE_CALL);
	EXPECT_EQ(1, self->run->x[1]);
}

TEST_F(ipi, pending_cleared_is_the_access_again)
{
	send(self, SGI0R, 2);
	self->run->pending = 0;
	self->run->x[1] = 3;
	vcpu_expect(self->vcpu, SEND_IPI);
	EXPECT_EQ(3, self->run->send_ipi.target_list);
	self->run->pending = 0;
	self->run->pc += 4;
	vcpu_expect_call(self->vcpu, PROBE_CALL);
}

TEST_F(ipi, register_31_is_zero)
{
	probe_enter(self->vcpu, INSN_MSR(SGI1R, 31), 0, false);
	vcpu_expect(self->vcpu, SEND_IPI);
	EXPECT_EQ(0, self->run->send_ipi.target_list);
	vcpu_expect_call(self->vcpu, PROBE_CALL);
}

TEST_F(ipi, other_accesses_are_as_before)
{
	/* A read of these, EL0, and another register of the GIC: the flag isn't about them */
	EXPECT_TRUE(is_undefined(probe(self->vcpu, INSN_MRS(SGI1R, 0), 0)));
	EXPECT_TRUE(probe_el0(self->vcpu, INSN_MSR(SGI1R, 0), 0) & GUEST_TRAPPED);
	EXPECT_TRUE(is_undefined(probe(self->vcpu, INSN_MSR(ENCODING(3, 0, 12, 11, 1), 0), 0)));
}

TEST(without_the_flag_it_is_as_any_register)
{
	struct vcpu *vcpu;
	struct vm vm;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(registers); i++) {
		vcpu = create(&vm, 0);
		EXPECT_TRUE(is_undefined(probe(vcpu, INSN_MSR(registers[i].encoding, 0), 0)));
		vm_destroy(&vm);
		if (!has_gicv3())
			continue;
		vcpu = create(&vm, ARM_VCPU_CONFIG_SYSREG_EXITS);
		probe_enter(vcpu, INSN_MSR(registers[i].encoding, 1), 0, false);
		vcpu_expect(vcpu, SYSREG_WRITE);
		vm_destroy(&vm);
	}
}

TEST(only_a_host_with_a_gicv3_takes_the_flag)
{
	int fd = vm_open();

	EXPECT_EQ(has_gicv3() ? 0 : -EOPNOTSUPP, vm_configure(fd, 0, ARM_VCPU_CONFIG_SGI_EXITS));
}

TEST_HARNESS_MAIN
