// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that CPUs can go offline and come online while vCPUs run there, while the module is
 * loaded and unloaded, and that no vCPU loses its registers or its memory's changes by it.
 */
#include <errno.h>
#include <sched.h>
#include "kselftest_harness.h"
#include "mitigations.h"
#include "module.h"
#include "vm.h"

FIXTURE(hotplug) {
	struct vm vm;
	int cpu;
};

FIXTURE_SETUP(hotplug)
{
	self->cpu = hotplug_cpu();
	if (self->cpu < 0)
		SKIP(return, "hardware: no CPU that can go offline");
	vm_create(&self->vm);
}

FIXTURE_TEARDOWN(hotplug)
{
	cpu_set_online(self->cpu, true);
	if (module_users() < 0)
		module_load(ARM_VCPU_KO);
}

/* Counts in x0 and in memory, and checks that its registers hold */
static u64 __guest guest_lives(u64 index)
{
	volatile u64 *count = (u64 *)GUEST_SHARED + index;
	volatile u64 *stop = (u64 *)(GUEST_SHARED + 0x100);
	u64 n = 0, value;

	while (!*stop) {
		value = guest_pattern(index, n++);
		write_sysreg(value, tpidr_el1);
		write_sysreg(~value, tpidr_el0);
		write_sysreg(value, far_el1);
		write_sysreg(value, cntv_cval_el0);
		*count = n;
		GUEST_ASSERT_EQ(read_sysreg(tpidr_el1), value);
		GUEST_ASSERT_EQ(read_sysreg(tpidr_el0), ~value);
		GUEST_ASSERT_EQ(read_sysreg(far_el1), value);
		GUEST_ASSERT_EQ(read_sysreg(cntv_cval_el0), value);
	}
	return n;
}

static volatile u64 *count_of(FIXTURE_DATA(hotplug) *self, int index)
{
	return (u64 *)vm_host(&self->vm, GUEST_SHARED) + index;
}

static bool counts(FIXTURE_DATA(hotplug) *self, int index)
{
	u64 seen = *count_of(self, index);

	return wait_for(*count_of(self, index) > seen + 2);
}

static struct vcpu *live(FIXTURE_DATA(hotplug) *self, int cpu)
{
	struct vcpu *vcpu = vcpu_create(&self->vm);

	vcpu->cpu = cpu;
	vcpu_call(vcpu, guest_lives, vcpu->index, 0);
	vcpu_start(vcpu);
	return vcpu;
}

static void stop(struct __test_metadata *_metadata, FIXTURE_DATA(hotplug) *self)
{
	u32 i;

	*(volatile u64 *)vm_host(&self->vm, GUEST_SHARED + 0x100) = 1;
	for (i = 0; i < self->vm.nr_vcpus; i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(&self->vm.vcpus[i]));
		EXPECT_EQ(CALL_DONE, self->vm.vcpus[i].run->call.immediate);
	}
}

TEST_F(hotplug, a_vcpu_pinned_to_a_cpu_that_goes_runs_on_another)
{
	struct vcpu *vcpu = live(self, self->cpu);
	cpu_set_t set;
	int i;

	CPU_ZERO(&set);
	CPU_SET(self->cpu, &set);
	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(counts(self, 0));
		ASSERT_EQ(0, cpu_set_online(self->cpu, false));
		ASSERT_TRUE(counts(self, 0));
		ASSERT_EQ(0, cpu_set_online(self->cpu, true));
		ASSERT_EQ(0, pthread_setaffinity_np(vcpu->thread, sizeof(set), &set));
		ASSERT_TRUE(counts(self, 0));
	}
	stop(_metadata, self);
}

TEST_F(hotplug, vcpus_go_on_while_a_cpu_comes_and_goes)
{
	int i, n;

	for (i = 0; i < 3; i++)
		live(self, -1);
	for (n = 0; n < 4; n++) {
		ASSERT_EQ(0, cpu_set_online(self->cpu, false));
		sleep_ms(20);
		ASSERT_EQ(0, cpu_set_online(self->cpu, true));
		for (i = 0; i < 3; i++) {
			ASSERT_TRUE(counts(self, i)) {
				TH_LOG("vCPU %d: %d, %s, reason %u", i,
				       self->vm.vcpus[i].result,
				       exit_name(self->vm.vcpus[i].run->exit_reason),
				       self->vm.vcpus[i].run->fail.reason);
			}
		}
	}
	stop(_metadata, self);
}

GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

/* hazard: the CPU was the last to run the vCPU, is gone, and the memory changes then */
TEST_F(hotplug, memory_that_changes_while_the_cpu_is_away_is_seen)
{
	u64 base = GUEST_RAM + 0x10000000, *page = map_pages(page_size()), i;
	struct vcpu *vcpu = vcpu_create(&self->vm);

	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, base, page_size(), page));
	for (i = 0; i < 3; i++) {
		pin_to(self->cpu);
		*page = 2 * i;
		vcpu_enter(vcpu, guest_load, 0, base);
		vcpu_expect_call(vcpu, 1);
		EXPECT_EQ(2 * i, vcpu->run->x[0]);
		pin_to(cpu_nth(0));
		ASSERT_EQ(0, cpu_set_online(self->cpu, false));
		ASSERT_EQ(page, mmap(page, page_size(), PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
		*page = 2 * i + 1;
		ASSERT_EQ(0, cpu_set_online(self->cpu, true));
		pin_to(self->cpu);
		vcpu_enter(vcpu, guest_load, 0, base);
		vcpu_expect_call(vcpu, 1);
		EXPECT_EQ(2 * i + 1, vcpu->run->x[0]);
	}
}

TEST_F(hotplug, the_line_about_a_cpu_goes_and_comes_with_it)
{
	struct mitigations before, after;

	ASSERT_EQ(1, mitigations_of(self->cpu, &before));
	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	EXPECT_EQ(0, mitigations_of(self->cpu, &after));
	EXPECT_EQ(1, mitigations_of(cpu_nth(0), &after));
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
	ASSERT_EQ(1, mitigations_of(self->cpu, &after));
	EXPECT_STREQ(before.spectre, after.spectre);
	EXPECT_STREQ(before.errata, after.errata);
}

static void works_on(FIXTURE_DATA(hotplug) *self, int cpu)
{
	struct vcpu *vcpu;

	vm_create(&self->vm);
	vcpu = vcpu_create(&self->vm);
	pin_to(cpu);
	vcpu_enter(vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(vcpu, CALL_SYNC);
	unpin();
	vm_destroy(&self->vm);
}

TEST_F(hotplug, a_cpu_that_comes_after_the_module_is_used)
{
	vm_destroy(&self->vm);
	ASSERT_EQ(0, module_unload_idle());
	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	ASSERT_EQ(0, module_load(ARM_VCPU_KO));
	ASSERT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK)));
	works_on(self, cpu_nth(0));
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
	works_on(self, self->cpu);
}

TEST_F(hotplug, the_module_can_go_while_a_cpu_is_away)
{
	vm_destroy(&self->vm);
	ASSERT_EQ(0, cpu_set_online(self->cpu, false));
	ASSERT_EQ(0, module_unload_idle());
	ASSERT_EQ(0, cpu_set_online(self->cpu, true));
	ASSERT_EQ(0, module_load(ARM_VCPU_KO));
	ASSERT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK)));
	works_on(self, self->cpu);
}

TEST_HARNESS_MAIN
