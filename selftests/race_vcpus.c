// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that vCPUs of one VM can be made, kicked and closed by many threads at once: the VM
 * keeps count.
 */
#include "kselftest_harness.h"
#include "vm.h"

/* A thread that makes one vCPU after the other, all with the same MPIDR_EL1 */
struct comer {
	pthread_t thread;
	int vm;
	u64 mpidr;
	bool stop;
	u64 lives;
	int wrong;
};

static void *come_and_go(void *arg)
{
	struct comer *comer = arg;
	int fd;

	while (!READ_ONCE(comer->stop) && !comer->wrong) {
		fd = vm_vcpu(comer->vm, comer->mpidr);
		if (fd < 0)
			comer->wrong = fd;
		else
			close(fd);
		vm_kick(comer->vm);
		comer->lives++;
	}
	return NULL;
}

/* In the end the VM has none again, or it couldn't be configured */
TEST(vcpus_of_a_vm_come_and_go)
{
	struct comer comers[4] = { };
	int vm = vm_open();
	u64 i, lives = 0;

	for (i = 0; i < ARRAY_SIZE(comers); i++) {
		comers[i].vm = vm;
		comers[i].mpidr = i;
		pthread_create(&comers[i].thread, NULL, come_and_go, &comers[i]);
	}
	sleep_ms(2000);
	for (i = 0; i < ARRAY_SIZE(comers); i++)
		WRITE_ONCE(comers[i].stop, true);
	for (i = 0; i < ARRAY_SIZE(comers); i++) {
		pthread_join(comers[i].thread, NULL);
		EXPECT_EQ(0, comers[i].wrong);
		lives += comers[i].lives;
	}
	TH_LOG("%lu vCPUs", lives);
	EXPECT_LE(ARRAY_SIZE(comers), lives);
	EXPECT_EQ(0, vm_configure(vm, 0, 0));
	close(vm);
}

TEST_HARNESS_MAIN
