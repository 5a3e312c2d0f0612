// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that an exception at EL2 that nobody expected hangs nothing: the VM ends, the log
 * says where, and host and EL2 go on.  The module el2break provokes it, in the middle of the
 * world switch; on nVHE only, for on VHE EL2 is the host kernel, which reports its own
 * faults.
 */
#include <errno.h>
#include <sys/klog.h>
#include "kselftest_harness.h"
#include "module.h"
#include "vm.h"

#define KLOG_READ_ALL	3
#define EC(esr)		((esr) >> 26 & 0x3f)
#define EC_DABT_EL2	0x25

static char log_text[1 << 20];

static bool log_says(const char *words)
{
	int n = klogctl(KLOG_READ_ALL, log_text, sizeof(log_text) - 1);

	log_text[n > 0 ? n : 0] = 0;
	return strstr(log_text, words);
}

static u64 __guest guest_answer(u64 n)
{
	return n + 1;
}

static void guest_works(struct __test_metadata *_metadata)
{
	struct vcpu *vcpu;
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_call(vcpu, guest_answer, 41, 0);
	vcpu_expect(vcpu, HYPERCALL);
	EXPECT_EQ(42, vcpu->run->x[0]);
	vm_destroy(&vm);
}

TEST(a_breakdown_of_el2_ends_the_vm_and_nothing_else)
{
	struct vcpu *vcpu;
	struct vm vm;
	int i;

	for (i = 0; i < 3; i++) {
		vm_create(&vm);
		vcpu = vcpu_create(&vm);
		vcpu_call(vcpu, guest_answer, 41, 0);
		errno = -module_load("ARM_VCPU_EL2BREAK_KO", "/el2break.ko");
		if (errno == EOPNOTSUPP) {
			vm_destroy(&vm);
			SKIP(return, "hardware: the host kernel runs at EL2 itself");
		}
		ASSERT_EQ(0, errno);

		EXPECT_EQ(0, vcpu_run(vcpu));
		EXPECT_EQ(ARM_VCPU_EXIT_INTERNAL_ERROR, vcpu->run->exit_reason);
		EXPECT_EQ(EC_DABT_EL2, EC(vcpu->run->internal.esr));
		EXPECT_EQ(0, module_unload("el2break"));
		EXPECT_EQ(-EIO, vcpu_run(vcpu));
		vm_destroy(&vm);
		EXPECT_TRUE(log_says("EL2 broke down on CPU"));
		guest_works(_metadata);
	}
}

TEST_HARNESS_MAIN
