// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what a plain user may: nothing, unless the device is his group's, as udev's rule
 * (tools/package/60-arm-vcpu.rules) has it; then run guests, but give them nothing of the host's.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "vm.h"

#define USER	54321
#define GROUP	54322
#define OTHERS	54323

FIXTURE(user) {
	struct stat before;
};

FIXTURE_SETUP(user)
{
	ASSERT_EQ(0, stat(DEVICE, &self->before));
	ASSERT_EQ(0, chown(DEVICE, 0, GROUP));
	ASSERT_EQ(0, chmod(DEVICE, 0660));
}

FIXTURE_TEARDOWN(user)
{
	EXPECT_EQ(0, chown(DEVICE, self->before.st_uid, self->before.st_gid));
	EXPECT_EQ(0, chmod(DEVICE, self->before.st_mode & 07777));
}

static void become_user(gid_t group)
{
	if (setgroups(0, NULL) || setgid(group) || setuid(USER))
		die("can't become a user");
}

/* What @act returns when a user of this group calls it */
static int as_user(gid_t group, int (*act)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		become_user(group);
		_exit(act());
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void map_id(pid_t child, const char *map, unsigned int first, unsigned int other)
{
	char path[64], text[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", child, map);
	snprintf(text, sizeof(text), "0 %u 1\n1 %u 1\n", first, other);
	if (write_file(path, text))
		die("%s: %s", path, strerror(errno));
}

/* What @act returns when the user calls it by the other name that he has in a namespace of his */
static int by_another_name(int (*act)(void))
{
	int entered[2], mapped[2], status;
	pid_t child;
	char none;

	if (pipe(entered) || pipe(mapped))
		die("no pipes");
	child = fork();
	if (!child) {
		close(mapped[1]);
		become_user(GROUP);
		if (unshare(CLONE_NEWUSER) || write(entered[1], "", 1) != 1)
			_exit(255);
		(void)!read(mapped[0], &none, 1);
		_exit(setuid(1) ? 255 : act());
	}
	close(entered[1]);
	if (read(entered[0], &none, 1) == 1) {
		map_id(child, "gid_map", GROUP, OTHERS);
		map_id(child, "uid_map", USER, OTHERS);
	}
	close(mapped[1]);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int open_it(void)
{
	return open(DEVICE, O_RDWR | O_CLOEXEC) < 0 ? errno : 0;
}

static int run_guest(void)
{
	struct vm vm;
	struct vcpu *vcpu;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	vcpu_enter(vcpu, guest_hvc, 0, 0);
	vcpu_expect_call(vcpu, CALL_SYNC);
	vm_destroy(&vm);
	return 0;
}

static int configure(void)
{
	return -vm_configure(vm_open(), 0, 0);
}

/* Whether or not the module has the parameter */
static int take_timer(void)
{
	return -vm_configure(vm_open(), 0, ARM_VCPU_CONFIG_PASSTHROUGH_TIMER);
}

TEST_F(user, of_another_group_is_refused)
{
	EXPECT_EQ(EACCES, as_user(OTHERS, open_it));
}

TEST_F(user, of_the_group_runs_a_guest)
{
	EXPECT_EQ(0, as_user(GROUP, run_guest));
}

TEST_F(user, of_the_group_gets_nothing_of_the_host)
{
	int error = as_user(GROUP, take_timer);

	EXPECT_TRUE(error == EPERM || error == EOPNOTSUPP);
}

/* Half of 255, with VMIDs of 8 bits; of 65535 more than there is memory for here */
TEST_F(user, leaves_vms_to_others)
{
	enum { SHARE = 127, MORE = 300 };
	const struct rlimit limit = { 2 * MORE, 2 * MORE };
	int told[2], leave[2], count;
	char none;

	ASSERT_EQ(0, pipe(told));
	ASSERT_EQ(0, pipe(leave));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	if (!fork()) {
		close(leave[1]);
		become_user(GROUP);
		for (count = 0; count < MORE; count++)
			if (vm_configure(vm_open(), 0, 0))
				break;
		if (write(told[1], &count, sizeof(count)) == sizeof(count))
			(void)!read(leave[0], &none, 1);
		_exit(0);
	}
	close(told[1]);
	ASSERT_EQ(sizeof(count), read(told[0], &count, sizeof(count)));
	if (count != MORE)
		EXPECT_EQ(SHARE, count);
	EXPECT_EQ(count == MORE ? 0 : ENOSPC, as_user(GROUP, configure));
	if (!access("/proc/self/ns/user", F_OK))
		EXPECT_EQ(count == MORE ? 0 : ENOSPC, by_another_name(configure));
	EXPECT_EQ(0, configure());
	close(leave[1]);
	wait(NULL);
	EXPECT_EQ(0, as_user(GROUP, configure));
}

TEST_F(user, is_refused_without_the_rule)
{
	ASSERT_EQ(0, chown(DEVICE, 0, 0));
	ASSERT_EQ(0, chmod(DEVICE, 0600));
	EXPECT_EQ(EACCES, as_user(GROUP, open_it));
}

TEST_HARNESS_MAIN
