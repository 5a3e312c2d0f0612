// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that EL2 is taken again when the host has slept, and that vCPUs go on where they were:
 * their registers left in a CPU, or inside a guest.  The kernel's own test of hibernation takes all
 * CPUs but the first down, puts that one through what a sleep does to it, and wakes up again.
 * Devices sleep too, and not all come back on every machine: not for the runner.
 */
#include <errno.h>
#include <string.h>
#include "kselftest_harness.h"
#include "gic_ticks.h"
#include "module.h"

#define PM_TEST		"/sys/power/pm_test"
/* Seconds; who has it depends on the kernel */
#define DELAY_OF_SUSPEND	"/sys/module/suspend/parameters/pm_test_delay"
#define DELAY_OF_HIBERNATION	"/sys/module/hibernate/parameters/pm_test_delay"
#define KEPT		0x5a5a

/* x0 is kept in two registers that are switched only when another guest has the CPU */
GUEST_ASM(guest_keeps, "msr tpidr_el1, x0\n lsl x1, x0, #12\n msr vbar_el1, x1\n hvc #1\n"
	  "mrs x0, tpidr_el1\n mrs x1, vbar_el1\n hvc #2\n b .");

/* 0, or why it can't sleep */
static int sleep_begin(void)
{
	write_file(DELAY_OF_SUSPEND, "0");
	write_file(DELAY_OF_HIBERNATION, "0");
	return write_file(PM_TEST, "core");
}

/* In the middle of a timer's interrupt, which is active on the CPU that goes, or stays */
TEST(a_timers_interrupt_ends_after_a_sleep)
{
	struct vcpu *vcpu[MAX_VCPUS];
	struct vm vm[MAX_VCPUS];
	int i, ret = sleep_begin();

	if (ret == -ENOENT)
		SKIP(return, "kernel: no CONFIG_PM_DEBUG");
	ASSERT_EQ(0, ret);
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	for (i = 0; i < cpu_count(); i++) {
		vcpu[i] = ticks_vm(&vm[i], 0, 0);
		ticks_start(vcpu[i], 10, EACH_STEP);
		pin_to(cpu_nth(i));
		do {
			ASSERT_TRUE(ticks_go_on(vcpu[i]));
		} while (vcpu[i]->run->x[0] != 1);
	}
	unpin();
	EXPECT_EQ(0, write_file("/sys/power/state", "disk"));
	EXPECT_EQ(0, write_file(PM_TEST, "none"));
	for (i = 0; i < cpu_count(); i++) {
		pin_to(cpu_nth(i));
		while (ticks_go_on(vcpu[i]))
			;
		vm_destroy(&vm[i]);
	}
	unpin();
}

TEST(vcpus_go_on_after_a_sleep)
{
	struct vcpu *resident[MAX_VCPUS], *spins;
	struct vm vm;
	int i, ret = sleep_begin();

	if (ret == -ENOENT)
		SKIP(return, "kernel: no CONFIG_PM_DEBUG");
	ASSERT_EQ(0, ret);

	vm_create(&vm);
	spins = vcpu_create(&vm);
	vcpu_enter(spins, guest_spin, 0, 0);
	vcpu_start(spins);
	for (i = 0; i < cpu_count(); i++) {
		pin_to(cpu_nth(i));
		resident[i] = vcpu_create(&vm);
		vcpu_enter(resident[i], guest_keeps, (u64)(KEPT + i), 0);
		vcpu_expect_call(resident[i], 1);
	}
	unpin();

	EXPECT_EQ(0, write_file("/sys/power/state", "disk"));
	EXPECT_EQ(0, write_file(PM_TEST, "none"));

	for (i = 0; i < cpu_count(); i++) {
		pin_to(cpu_nth(i));
		vcpu_expect_call(resident[i], 2);
		EXPECT_EQ(KEPT + i, resident[i]->run->x[0]);
		EXPECT_EQ((KEPT + i) << 12, resident[i]->run->x[1]);
	}
	unpin();
	vm_kick(spins->fd);
	ret = vcpu_join(spins);
	EXPECT_TRUE(ret == -EINTR || ret == ARM_VCPU_EXIT_KICKED) TH_LOG("%d", ret);
	vm_destroy(&vm);
	guests_run_everywhere();
}

TEST_HARNESS_MAIN
