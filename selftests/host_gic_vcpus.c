// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that there is a place in the kernel's GIC for each vCPU that there may be, also while
 * another one is on its way out: delays.ko has that take its time.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "kselftest_harness.h"
#include "gic_vm.h"
#include "module.h"

#define PARAMETERS	"function=gic_remove_vcpu ms=300"

static void *close_it(void *fd)
{
	close(*(int *)fd);
	return NULL;
}

TEST(one_more_when_one_goes)
{
	struct rlimit limit = { 8192, 8192 };
	struct arm_vcpu_info info;
	pthread_t thread;
	struct vm vm;
	u32 i, max;
	int *fds;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	gic_vm(&vm);
	ASSERT_EQ(0, vm_info(vm.fd, &info));
	max = info.max_vcpus;
	fds = calloc(max, sizeof(*fds));
	for (i = 0; i < max; i++) {
		fds[i] = vm_vcpu(vm.fd, (i & ~0xffU) << 8 | (i & 0xff));
		ASSERT_LE(0, fds[i]);
	}
	ASSERT_EQ(-ENOSPC, vm_vcpu(vm.fd, 1UL << 32));
	ASSERT_EQ(0, module_load_with("ARM_VCPU_DELAYS_KO", "/delays.ko", PARAMETERS));
	ASSERT_EQ(0, pthread_create(&thread, NULL, close_it, &fds[1]));
	do {
		fds[0] = vm_vcpu(vm.fd, 1UL << 32);
	} while (fds[0] == -ENOSPC);
	EXPECT_LE(0, fds[0]);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, module_unload("delays"));
	EXPECT_EQ(-ENOSPC, vm_vcpu(vm.fd, 1));
	vm_destroy(&vm);
	free(fds);
}

TEST_HARNESS_MAIN
