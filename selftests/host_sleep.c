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
#include "module.h"
#include "vm.h"

#define PM_TEST		"/sys/power/pm_test"
/* Seconds; who has it depends on the kernel */
#define DELAY_OF_SUSPEND	"/sys/module/suspend/parameters/pm_test_delay"
#define DELAY_OF_HIBERNATION	"/sys/module/hibernate/parameters/pm_test_delay"
#define KEPT		0x5a5a

/* x0 is kept in two registers that are switched only when another guest has the CPU */
GUEST_ASM(guest_keeps, "msr tpidr_el1, x0\n lsl x1, x0, #12\n msr vbar_el1, x1\n hvc #1\n"
	  "mrs x0, tpidr_el1\n mrs x1, vbar_el1\n hvc #2\n b .");

TEST(vcpus_go_on_after_a_sleep)
{
	struct vcpu *resident[MAX_VCPUS], *spins;
	struct vm vm;
	int i, ret;

	ret = write_file(PM_TEST, "core");
	if (ret == -ENOENT)
		SKIP(return, "kernel: no CONFIG_PM_DEBUG");
	ASSERT_EQ(0, ret);
	write_file(DELAY_OF_SUSPEND, "0");
	write_file(DELAY_OF_HIBERNATION, "0");

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
