// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows how arm_vcpu_kvm.ko comes and goes: with a line in the log, not where there is a /dev/kvm
 * already, not away while a VM is there in any form, and with it the core; and who may open it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "kvm.h"
#include "module.h"

#define KVM_KO		ARM_VCPU_KVM_KO
#define KVMMINOR_KO	"ARM_VCPU_KVMMINOR_KO", "/kvmminor.ko"
#define FRONT		"arm_vcpu_kvm"

FIXTURE(kvm_load) {
	int log;
};

FIXTURE_SETUP(kvm_load)
{
	if (!access("/dev/kvm", F_OK))
		SKIP(return, "kernel: it has a /dev/kvm of its own");
	self->log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(self->log, 0, SEEK_END);
}

FIXTURE_TEARDOWN(kvm_load)
{
	module_unload(FRONT);
	module_unload("kvmminor");
	close(self->log);
}

/* Since the last time, or the test's begin */
static bool logged(FIXTURE_DATA(kvm_load) *self, const char *text)
{
	bool found = false;
	char line[1024];
	ssize_t length;

	while ((length = read(self->log, line, sizeof(line) - 1)) > 0) {
		line[length] = 0;
		found |= !!strstr(line, text);
	}
	return found;
}

/* Descriptors are dropped a moment after close() */
static int unload(void)
{
	int ret, tries;

	for (tries = 0; tries < 200; tries++) {
		ret = module_unload(FRONT);
		if (ret != -EWOULDBLOCK)
			break;
		sleep_ms(10);
	}
	return ret;
}

TEST_F(kvm_load, says_whose_it_is)
{
	ASSERT_EQ(0, module_load(KVM_KO));
	EXPECT_TRUE(logged(self, "arm_vcpu_kvm: /dev/kvm is arm_vcpu's"));
	EXPECT_EQ(0, access("/dev/kvm", F_OK));
	EXPECT_EQ(0, module_unload(FRONT));
	EXPECT_NE(0, access("/dev/kvm", F_OK));
}

TEST_F(kvm_load, refuses_where_the_minor_is_taken)
{
	ASSERT_EQ(0, module_load(KVMMINOR_KO));
	EXPECT_EQ(-EBUSY, module_load(KVM_KO));
	EXPECT_TRUE(logged(self, "there is a /dev/kvm already"));
	ASSERT_EQ(0, module_unload("kvmminor"));
	EXPECT_EQ(0, module_load(KVM_KO));
}

TEST_F(kvm_load, holds_the_core)
{
	ASSERT_EQ(0, module_load(KVM_KO));
	EXPECT_EQ(-EWOULDBLOCK, module_unload("arm_vcpu"));
}

TEST_F(kvm_load, stays_while_a_vm_or_a_vcpu_is_there_in_any_form)
{
	struct kvm_vcpu vcpu;
	struct kvm kvm;

	ASSERT_EQ(0, module_load(KVM_KO));
	kvm_begin(&kvm);
	kvm_vcpu(&kvm, 0, 0, &vcpu);
	close(kvm.dev);
	EXPECT_EQ(-EWOULDBLOCK, module_unload(FRONT));
	close(kvm.fd);
	EXPECT_EQ(-EWOULDBLOCK, module_unload(FRONT));
	/* And the VM with it */
	EXPECT_EQ(0, kvm_get(&vcpu, KVM_PC));
	close(vcpu.fd);
	EXPECT_EQ(-EWOULDBLOCK, module_unload(FRONT));
	munmap(vcpu.run, page_size());
	EXPECT_EQ(0, unload());
}

/* What somebody gets who may do nothing but what the node's mode says */
static int opens_as_a_user(void)
{
	int status;
	pid_t child = fork();

	if (!child) {
		if (setgid(12345) || setuid(12345))
			_exit(255);
		_exit(open("/dev/kvm", O_RDWR | O_CLOEXEC) < 0 ? errno : 0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(kvm_load, is_roots_whatever_its_mode_is)
{
	struct stat stat_kvm;

	ASSERT_EQ(0, module_load(KVM_KO));
	ASSERT_EQ(0, stat("/dev/kvm", &stat_kvm));
	EXPECT_EQ(0600, stat_kvm.st_mode & 0777);
	EXPECT_EQ(EACCES, opens_as_a_user());
	chmod("/dev/kvm", 0666);
	EXPECT_EQ(EACCES, opens_as_a_user());
	ASSERT_EQ(0, module_unload(FRONT));
	ASSERT_EQ(0, module_load_with(KVM_KO, "everyone=1"));
	EXPECT_EQ(EACCES, opens_as_a_user());
	chmod("/dev/kvm", 0666);
	EXPECT_EQ(0, opens_as_a_user());
}

TEST_HARNESS_MAIN
