// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that insmod survives the failure of any of its allocations, the kernel's on its
 * behalf included: it is refused with ENOMEM, EL2 and the timers' interrupts are as before,
 * nothing stays behind, and the next insmod works.  Where a failure doesn't matter, as in
 * debugfs, it works at once.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "fail.h"
#include "module.h"
#include "vm.h"

#define MOST_FAILURES	400

FIXTURE(load) {
	char before[EL2_REGISTERS_MAX];
	char after[EL2_REGISTERS_MAX];
};

FIXTURE_SETUP(load)
{
	ASSERT_TRUE(module_file_exists(EL2REGS_KO));
	if (module_users() >= 0)
		ASSERT_EQ(0, module_unload_idle());
	el2_registers(self->before);
}

FIXTURE_TEARDOWN(load)
{
	if (module_users() < 0)
		module_load(ARM_VCPU_KO);
}

/* The module's callbacks are gone, or are those of the one that is loaded */
static void hotplug(struct __test_metadata *_metadata)
{
	int cpu = hotplug_cpu();

	if (cpu < 0)
		return;
	EXPECT_EQ(0, cpu_set_online(cpu, false));
	EXPECT_EQ(0, cpu_set_online(cpu, true));
}

TEST_F_TIMEOUT(load, each_allocation_fails_once, 110)
{
	unsigned int nth, refused = 0;
	bool failed;
	int ret;

	for (nth = 1; nth < MOST_FAILURES; nth++) {
		fail_arm(nth);
		ret = module_load(ARM_VCPU_KO);
		failed = fail_disarm();
		if (ret) {
			ASSERT_TRUE(failed) TH_LOG("%d without a failure", ret);
			ASSERT_EQ(-ENOMEM, ret) TH_LOG("failure %u", nth);
			el2_registers(self->after);
			EXPECT_STREQ(self->before, self->after) TH_LOG("failure %u", nth);
			ASSERT_EQ(0, module_load(ARM_VCPU_KO)) TH_LOG("after failure %u", nth);
			refused++;
		}
		ASSERT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK))) TH_LOG("failure %u", nth);
		guests_run_everywhere();
		ASSERT_EQ(0, module_unload_idle()) TH_LOG("failure %u", nth);
		if (!failed)
			break;
	}
	hotplug(_metadata);
	TH_LOG("%u failures, %u of them fatal", nth - 1, refused);
	EXPECT_GT(MOST_FAILURES, nth);
	EXPECT_LT(10, refused);
}

int main(int argc, char **argv)
{
	const char *reason = fail_setup("do_one_initcall");

	if (reason)
		ksft_exit_skip("%s\n", reason);
	return test_harness_run(argc, argv);
}
