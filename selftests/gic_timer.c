// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the timers of guests with the kernel's GIC: that nobody but the guest is at the end of
 * their interrupts, and that one whose vCPU leaves a CPU in the middle of it is in nobody's way
 * there, and ends on the next.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kselftest_harness.h"
#include "gic_ticks.h"

FIXTURE(timer) {
	struct vm vm[2];
	struct vcpu *vcpu[2];
};

FIXTURE_VARIANT(timer) {
	u64 physical;
	u64 splits;
};

FIXTURE_VARIANT_ADD(timer, virtual) { .physical = 0 };
FIXTURE_VARIANT_ADD(timer, physical) { .physical = 1 };
FIXTURE_VARIANT_ADD(timer, virtual_eoimode_1) { .splits = 1 };

FIXTURE_SETUP(timer)
{
	int i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	for (i = 0; i < 2; i++)
		self->vcpu[i] = ticks_vm(&self->vm[i], variant->physical, variant->splits);
}

FIXTURE_TEARDOWN(timer)
{
	int i;

	unpin();
	for (i = 0; i < 2; i++)
		if (self->vcpu[i])
			vm_destroy(&self->vm[i]);
}

/* Of the emulated one on nVHE, each end is an exit */
static bool is_hardware(const FIXTURE_VARIANT(timer) *variant)
{
	struct arm_vcpu_info info;
	int fd = vm_open();

	if (vm_info(fd, &info))
		die("GET_INFO failed");
	close(fd);
	return !variant->physical || info.el2_mode == ARM_VCPU_EL2_VHE;
}

#define MANY	200UL

/* How often the first CPU has been interrupted by what is the host's own */
static u64 host_interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char line[4096], *colon;
	u64 sum = 0;

	while (fgets(line, sizeof(line), file)) {
		colon = strchr(line, ':');
		if (colon)
			sum += strtoul(colon + 1, NULL, 10);
	}
	fclose(file);
	return sum;
}

/* Each takes the guest out when it comes, and no more.  So do some of the host's own. */
static bool costs_one_exit(struct vcpu *vcpu, u64 tells)
{
	u64 exits = vcpu_stat(vcpu, ARM_VCPU_STAT_INTERRUPT), own;

	pin_to(cpu_nth(0));
	own = host_interrupts();
	ticks_start(vcpu, MANY, tells);
	while (ticks_go_on(vcpu))
		;
	exits = vcpu_stat(vcpu, ARM_VCPU_STAT_INTERRUPT) - exits;
	own = host_interrupts() - own;
	printf("# %lu exits, %lu interrupts of the host's\n", (unsigned long)exits,
	       (unsigned long)own);
	return exits <= MANY * 5 / 4 + own;
}

TEST_F(timer, its_end_is_no_exit)
{
	EXPECT_TRUE(costs_one_exit(self->vcpu[0], 0) || !is_hardware(variant));
}

/*
 * As long as it is active, it doesn't come, to the host neither: also when the vCPU has been out
 * of the guest before it rises
 */
TEST_F(timer, its_rise_before_the_end_is_no_exit)
{
	ticks_of(self->vcpu[0])->lingers = 1;
	ticks_of(self->vcpu[0])->interval *= 5;
	EXPECT_TRUE(costs_one_exit(self->vcpu[0], 1 << 2) || !is_hardware(variant));
}

TEST_F(timer, on_another_cpu_at_each_step)
{
	int i = 0;

	ticks_start(self->vcpu[0], 100, EACH_STEP);
	do {
		pin_to(cpu_nth(i++ % cpu_count()));
	} while (ticks_go_on(self->vcpu[0]));
	/* And there it comes as before */
	for (i = 0; i < cpu_count(); i++) {
		pin_to(cpu_nth(i));
		ticks_start(self->vcpu[0], 10, 0);
		EXPECT_FALSE(ticks_go_on(self->vcpu[0]));
	}
}

TEST_F(timer, two_in_turns_on_one_cpu)
{
	bool first = true, second = true;

	pin_to(cpu_nth(0));
	ticks_start(self->vcpu[0], 50, EACH_STEP);
	ticks_start(self->vcpu[1], 75, EACH_STEP);
	while (first || second) {
		if (first)
			first = ticks_go_on(self->vcpu[0]);
		if (second)
			second = ticks_go_on(self->vcpu[1]);
	}
}

/* Another VM's in the middle of one */
TEST_F(timer, another_ones_in_the_middle_of_it)
{
	pin_to(cpu_nth(0));
	ticks_start(self->vcpu[0], 10, EACH_STEP);
	while (ticks_go_on(self->vcpu[0])) {
		ticks_start(self->vcpu[1], 3, 0);
		EXPECT_FALSE(ticks_go_on(self->vcpu[1]));
	}
}

/* x0: ticks */
GUEST_ASM(guest_waits_for_ever, "msr cntv_tval_el0, x0\n mov x9, #1\n msr cntv_ctl_el0, x9\n"
	  "1: b 1b");

/* A VM without a GIC: its VMM is told */
TEST_F(timer, a_vm_without_a_gic_in_the_middle_of_it)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	pin_to(cpu_nth(0));
	ticks_start(self->vcpu[0], 10, EACH_STEP);
	while (ticks_go_on(self->vcpu[0])) {
		vcpu_enter(vcpu, guest_waits_for_ever, ticks_of(self->vcpu[0])->interval, 0);
		vcpu_expect(vcpu, TIMER);
	}
	vm_destroy(&vm);
}

TEST_F(timer, one_that_is_gone_in_the_middle_of_it)
{
	static const u64 steps[] = { 1, 2, 4, 5, 6 };
	unsigned int i;

	pin_to(cpu_nth(0));
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ticks_start(self->vcpu[0], 10, EACH_STEP);
		do {
			ASSERT_TRUE(ticks_go_on(self->vcpu[0]));
		} while (self->vcpu[0]->run->x[0] != steps[i]);
		vm_destroy(&self->vm[0]);
		ticks_start(self->vcpu[1], 3, 0);
		EXPECT_FALSE(ticks_go_on(self->vcpu[1]));
		self->vcpu[0] = ticks_vm(&self->vm[0], variant->physical, variant->splits);
	}
}

TEST_HARNESS_MAIN
