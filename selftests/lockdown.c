// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a kernel which is locked down lets no program hand to a guest what is the host's,
 * although the module was loaded for it.  It locks the kernel down: not for the runner.
 */
#include <errno.h>
#include <linux/psci.h>
#include "kselftest_harness.h"
#include "vm.h"

#define LOCKDOWN	"/sys/kernel/security/lockdown"

static int list(int fd, u32 function)
{
	struct arm_vcpu_config config = { .size = sizeof(config), .smc = { function } };

	return vm_ioctl(fd, ARM_VCPU_CONFIGURE, &config);
}

TEST(nothing_is_handed_out_any_more)
{
	int fd = vm_open();
	struct arm_vcpu_info info;
	u64 flag;

	ASSERT_EQ(0, vm_info(fd, &info));
	EXPECT_NE(0, info.max_smc);
	EXPECT_EQ(0, list(fd, PSCI_0_2_FN_PSCI_VERSION));
	for (flag = ARM_VCPU_CONFIG_PASSTHROUGH_TIMER;
	     flag <= ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS; flag <<= 1)
		EXPECT_EQ(0, vm_configure(fd, 0, flag));

	ASSERT_EQ(0, write_file(LOCKDOWN, "integrity"));

	EXPECT_EQ(-EPERM, list(fd, PSCI_0_2_FN_PSCI_VERSION));
	for (flag = ARM_VCPU_CONFIG_PASSTHROUGH_TIMER;
	     flag <= ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS; flag <<= 1)
		EXPECT_EQ(-EPERM, vm_configure(fd, 0, flag));
	EXPECT_EQ(0, vm_configure(fd, 0, 0));
	close(fd);
}

TEST_HARNESS_MAIN
