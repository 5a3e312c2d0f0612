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

static const u64 flags[] = { ARM_VCPU_CONFIG_PASSTHROUGH_TIMER,
	ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS, ARM_VCPU_CONFIG_PASSTHROUGH_MEMORY };

static int list(int fd, u32 function)
{
	struct arm_vcpu_config config = { .size = sizeof(config), .smc = { function } };

	return vm_ioctl(fd, ARM_VCPU_CONFIGURE, &config);
}

TEST(nothing_is_handed_out_any_more)
{
	int fd = vm_open();
	struct arm_vcpu_info info;
	u32 i;

	ASSERT_EQ(0, vm_info(fd, &info));
	EXPECT_NE(0, info.max_smc);
	EXPECT_EQ(0, list(fd, PSCI_0_2_FN_PSCI_VERSION));
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(0, vm_configure(fd, 0, flags[i]));

	ASSERT_EQ(0, write_file(LOCKDOWN, "integrity"));

	EXPECT_EQ(-EPERM, list(fd, PSCI_0_2_FN_PSCI_VERSION));
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(-EPERM, vm_configure(fd, 0, flags[i]));
	EXPECT_EQ(0, vm_configure(fd, 0, 0));
	close(fd);
}

TEST_HARNESS_MAIN
