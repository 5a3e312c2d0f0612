// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a CPU can go, and the module too, in the middle of a timer's interrupt that a guest
 * of the kernel's GIC is to end: it ends elsewhere, and where it was the next one comes.
 */
#include "kselftest_harness.h"
#include "gic_ticks.h"
#include "module.h"

FIXTURE(gone) {
	struct vm vm;
	struct vcpu *vcpu;
	int cpu;
};

FIXTURE_VARIANT(gone) {
	u64 step;
};

FIXTURE_VARIANT_ADD(gone, active_and_up) { .step = 1 };
FIXTURE_VARIANT_ADD(gone, active_and_down) { .step = 2 };
FIXTURE_VARIANT_ADD(gone, pending) { .step = 6 };

FIXTURE_SETUP(gone)
{
	self->cpu = hotplug_cpu();
	if (self->cpu < 0)
		SKIP(return, "hardware: no CPU that can go offline");
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	self->vcpu = ticks_vm(&self->vm, 0, 0);
	ticks_start(self->vcpu, 10, EACH_STEP);
	pin_to(self->cpu);
	do {
		vcpu_expect_call(self->vcpu, CALL_SYNC);
	} while (self->vcpu->run->x[0] != variant->step);
	/* It is in the middle of it on that CPU, and was on it last */
	pin_to(cpu_nth(0));
}

FIXTURE_TEARDOWN(gone)
{
	if (!self->vcpu)
		return;
	unpin();
	cpu_set_online(self->cpu, true);
	if (module_users() < 0)
		module_load(ARM_VCPU_KO);
}

static void ticks_on(struct __test_metadata *_metadata, struct vcpu *vcpu, int cpu)
{
	pin_to(cpu);
	ticks_start(vcpu, 10, 0);
	EXPECT_FALSE(ticks_go_on(vcpu));
}

TEST_F(gone, a_cpu)
{
	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	while (ticks_go_on(self->vcpu))
		;
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
	ticks_on(_metadata, self->vcpu, self->cpu);
	vm_destroy(&self->vm);
}

/* To the CPU that it left, in the middle of the same */
TEST_F(gone, a_cpu_that_is_back)
{
	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
	pin_to(self->cpu);
	while (ticks_go_on(self->vcpu))
		;
	ticks_on(_metadata, self->vcpu, cpu_nth(0));
	vm_destroy(&self->vm);
}

TEST_F(gone, the_module)
{
	vm_destroy(&self->vm);
	ASSERT_EQ(0, module_unload_idle());
	ASSERT_EQ(0, module_load(ARM_VCPU_KO));
	ASSERT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK)));
	self->vcpu = ticks_vm(&self->vm, 0, 0);
	ticks_on(_metadata, self->vcpu, self->cpu);
	vm_destroy(&self->vm);
}

TEST_HARNESS_MAIN
