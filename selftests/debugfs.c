// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the counters in debugfs: they are what GET_STATS says, totals outlive what they
 * counted, and files can be read while their VM dies.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "vm.h"

#define DEBUGFS	"/sys/kernel/debug/arm_vcpu"

/* In the order of their ids: what debugfs calls them */
static const char * const names[NR_STATS] = {
	"exits", "interrupt", "interrupt_user", "serror", "mmio_read", "mmio_write", "fault",
	"memory_fault", "abort", "sysreg", "sysreg_read", "sysreg_write", "send_ipi", "hvc",
	"hvc_user", "smc", "smc_user", "wfx", "wfx_user", "fp", "undef", "debug",
	"debug_user", "refused", "error", "timer", "kicked", "signal", "sleep", "injected",
	"maintenance", "gic", "ioeventfd",
};

GUEST_ASM(guest_stores, "str w2, [x1]\n b guest_stores");

FIXTURE(debugfs) {
	struct vm vm;
	struct vcpu *vcpu;
};

FIXTURE_SETUP(debugfs)
{
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
}

FIXTURE_TEARDOWN(debugfs)
{
	vm_destroy(&self->vm);
}

/* What a file says, or false */
static bool read_file(const char *path, u64 *values)
{
	FILE *file = fopen(path, "re");
	char name[64];
	u32 i = 0;
	unsigned long long value;

	if (!file)
		return false;
	while (fscanf(file, "%63s %llu", name, &value) == 2) {
		if (i >= NR_STATS || strcmp(name, names[i]))
			die("%s: '%s' in line %u", path, name, i + 1);
		values[i++] = value;
	}
	fclose(file);
	if (i != NR_STATS)
		die("%s: %u lines", path, i);
	return true;
}

/* The folder of this process's newest VM */
static bool find_vm(char *path, size_t size)
{
	char command[128], found[64] = "";
	FILE *ls;

	snprintf(command, sizeof(command), "ls -d " DEBUGFS "/%d-* 2>/dev/null | sort -t- -k2n",
		 getpid());
	ls = popen(command, "r");
	while (fgets(found, sizeof(found), ls))
		;
	pclose(ls);
	found[strcspn(found, "\n")] = 0;
	snprintf(path, size, "%s", found);
	return found[0];
}

TEST_F(debugfs, it_is_what_get_stats_says)
{
	u64 values[NR_STATS], other[NR_STATS], file[NR_STATS], all[NR_STATS];
	struct vcpu *second = vcpu_create(&self->vm);
	char vm[64], path[128];
	u32 i;

	ASSERT_TRUE(find_vm(vm, sizeof(vm)));
	ASSERT_TRUE(read_file(DEBUGFS "/stats", all));
	vcpu_set_entry(second, vm_gpa(guest_stores), 0, GUEST_MMIO, 0, 0);
	vcpu_expect(second, MMIO_WRITE);
	vcpu_set_entry(self->vcpu, vm_gpa(guest_stores), 0, GUEST_MMIO, 0, 0);
	for (i = 0; i < 10; i++)
		vcpu_expect(self->vcpu, MMIO_WRITE);

	ASSERT_EQ(NR_STATS, vcpu_stats(self->vcpu, values, NR_STATS));
	ASSERT_EQ(NR_STATS, vcpu_stats(second, other, NR_STATS));
	snprintf(path, sizeof(path), "%s/vcpu1/stats", vm);
	ASSERT_TRUE(read_file(path, file));
	EXPECT_EQ(0, memcmp(values, file, sizeof(file)));
	snprintf(path, sizeof(path), "%s/vcpu2/stats", vm);
	ASSERT_TRUE(read_file(path, file));
	EXPECT_EQ(0, memcmp(other, file, sizeof(file)));
	snprintf(path, sizeof(path), "%s/stats", vm);
	ASSERT_TRUE(read_file(path, file));
	for (i = 0; i < NR_STATS; i++)
		EXPECT_EQ(values[i] + other[i], file[i]) TH_LOG("counter %u", i);

	/* A vCPU that goes leaves its counts to its VM, and takes its folder along */
	self->vm.nr_vcpus--;
	vcpu_destroy(second);
	ASSERT_TRUE(wait_for(module_users() == 2));
	ASSERT_TRUE(read_file(path, file));
	for (i = 0; i < NR_STATS; i++)
		EXPECT_EQ(values[i] + other[i], file[i]) TH_LOG("counter %u", i);
	snprintf(path, sizeof(path), "%s/vcpu2", vm);
	EXPECT_NE(0, access(path, F_OK));

	/* And so does a VM */
	ASSERT_TRUE(read_file(DEBUGFS "/stats", file));
	EXPECT_LE(all[ARM_VCPU_STAT_MMIO_WRITE] + 11, file[ARM_VCPU_STAT_MMIO_WRITE]);
	vm_destroy(&self->vm);
	ASSERT_TRUE(wait_for(module_users() == 0));
	EXPECT_NE(0, access(vm, F_OK));
	ASSERT_TRUE(read_file(DEBUGFS "/stats", all));
	EXPECT_EQ(0, memcmp(all, file, sizeof(file)));
	vm_create(&self->vm);
}

/* Reads all that there is, again and again, until its group is killed */
static void read_everything(void)
{
	setpgid(0, 0);
	execl("/bin/sh", "sh", "-c", "while :; do cat " DEBUGFS "/*/stats " DEBUGFS
	      "/*/*/stats " DEBUGFS "/stats; done >/dev/null 2>&1", NULL);
	_exit(1);
}

TEST_F_TIMEOUT(debugfs, vms_come_and_go_under_readers, 120)
{
	pid_t readers[3];
	struct vm vm;
	u32 i;

	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i] = fork();
		if (!readers[i])
			read_everything();
		setpgid(readers[i], readers[i]);
	}
	for (i = 0; i < 100; i++) {
		vm_create(&vm);
		vcpu_create(&vm);
		vcpu_create(&vm);
		vcpu_set_entry(&vm.vcpus[0], vm_gpa(guest_hvc), 1, 0, 0, 0);
		vcpu_expect_call(&vm.vcpus[0], CALL_SYNC);
		vm_destroy(&vm);
	}
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		kill(-readers[i], SIGKILL);
	/* What they have started, too: it may have a file open, which holds the module */
	while (wait(NULL) > 0)
		;
	EXPECT_TRUE(wait_for(module_users() == 2));
}

TEST_F(debugfs, a_file_that_is_open_outlives_its_vm)
{
	char vm[64], path[128], line[16];
	int fds[2];

	ASSERT_TRUE(find_vm(vm, sizeof(vm)));
	snprintf(path, sizeof(path), "%s/stats", vm);
	fds[0] = open(path, O_RDONLY);
	snprintf(path, sizeof(path), "%s/vcpu1/stats", vm);
	fds[1] = open(path, O_RDONLY);
	ASSERT_LE(0, fds[0]);
	ASSERT_LE(0, fds[1]);
	vm_destroy(&self->vm);
	ASSERT_TRUE(wait_for(access(vm, F_OK)));
	/* They are closed to readers, and hold the module */
	EXPECT_EQ(-1, read(fds[0], line, sizeof(line)));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, read(fds[1], line, sizeof(line)));
	EXPECT_EQ(2, module_users());
	close(fds[0]);
	close(fds[1]);
	EXPECT_TRUE(wait_for(module_users() == 0));
	vm_create(&self->vm);
}

TEST_HARNESS_MAIN
