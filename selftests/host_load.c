// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that the module can be loaded and unloaded again and again and works each time,
 * that it can't be unloaded while a VM exists in any form, and that it leaves nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include "kselftest_harness.h"
#include "module.h"
#include "vm.h"

FIXTURE(load) {
	int unused;
};

FIXTURE_SETUP(load)
{
	if (module_users() < 0)
		ASSERT_EQ(0, module_load(ARM_VCPU_KO));
}

FIXTURE_TEARDOWN(load)
{
	if (module_users() < 0)
		module_load(ARM_VCPU_KO);
}

TEST_F(load, unload_is_refused_while_a_vm_is_open)
{
	int vm = vm_open();

	EXPECT_EQ(-EWOULDBLOCK, module_unload("arm_vcpu"));
	close(vm);
	EXPECT_EQ(0, module_unload_idle());
}

TEST_F(load, unload_is_refused_while_a_vcpu_is_open_and_it_goes_on)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_enter(vcpu, guest_hvc, 0, 0);
	close(vm.fd);
	EXPECT_EQ(-EWOULDBLOCK, module_unload("arm_vcpu"));
	vcpu_expect_call(vcpu, CALL_SYNC);
	munmap(vcpu->run, page_size());
	close(vcpu->fd);
	EXPECT_EQ(0, module_unload_idle());
}

TEST_F(load, unload_is_refused_while_a_run_page_is_mapped)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	close(vcpu->fd);
	close(vm.fd);
	sleep_ms(10);
	EXPECT_EQ(-EWOULDBLOCK, module_unload("arm_vcpu"));
	vcpu->run->x[0] = 1;
	munmap(vcpu->run, page_size());
	EXPECT_EQ(0, module_unload_idle());
}

TEST_F(load, unload_is_refused_while_a_vcpu_runs)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_enter(vcpu, guest_spin, 0, 0);
	vcpu_start(vcpu);
	sleep_ms(10);
	EXPECT_EQ(-EWOULDBLOCK, module_unload("arm_vcpu"));
	vm_kick(vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(vcpu));
	vm_destroy(&vm);
	EXPECT_EQ(0, module_unload_idle());
}

TEST_F(load, the_device_comes_and_goes_with_the_module)
{
	ASSERT_EQ(0, module_unload_idle());
	EXPECT_EQ(-1, open(DEVICE, O_RDWR));
	ASSERT_EQ(0, module_load(ARM_VCPU_KO));
	EXPECT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK)));
	guests_run_everywhere();
}

TEST_F(load, it_is_loaded_once)
{
	EXPECT_EQ(-EEXIST, module_load(ARM_VCPU_KO));
	guests_run_everywhere();
}

TEST_F_TIMEOUT(load, many_cycles, 90)
{
	unsigned int i;

	for (i = 0; i < thorough(40); i++) {
		ASSERT_EQ(0, module_unload_idle()) TH_LOG("cycle %u", i);
		ASSERT_EQ(0, module_load(ARM_VCPU_KO)) TH_LOG("cycle %u", i);
		if (i % 10 == 0) {
			ASSERT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK)));
			guests_run_everywhere();
		}
	}
	guests_run_everywhere();
}

TEST_HARNESS_MAIN
