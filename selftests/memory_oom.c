// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a VMM goes, with its VM and all memory, when the host kills it for its memory while
 * its vCPUs run: by the OOM killer, in the middle of a fault, and with its memory taken away before
 * it has come to its end (the reaper's work, process_mrelease(2)).
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "cgroup.h"
#include "vm.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease	448
#endif

#define BASE	(GUEST_RAM + 0x10000000UL)
#define LENGTH	(8UL << 20)
#define VCPUS	2U
#define ROUNDS	4

static void __guest guest_touches(u64 page_size, u64 me)
{
	u64 i;

	for (i = me * page_size;; i = (i + page_size) % LENGTH)
		*(volatile u64 *)(BASE + i) = i + 1;
}

/* In a process of its own, which says when all of its memory is there */
static void run_for_ever(int ready)
{
	char *user = map_pages(LENGTH);
	struct vm vm;
	u64 i;

	madvise(user, LENGTH, MADV_NOHUGEPAGE);
	vm_create(&vm);
	if (vm_memory(vm.fd, 0, BASE, LENGTH, user))
		die("SET_MEMORY failed");
	for (i = 0; i < VCPUS; i++) {
		vcpu_call(vcpu_create(&vm), guest_touches, page_size(), i);
		vcpu_start(&vm.vcpus[i]);
	}
	while (*(volatile u64 *)(user + LENGTH - page_size()) == 0)
		sleep_ms(1);
	if (write(ready, "", 1) != 1)
		die("nobody listens");
	pause();
}

static pid_t start(int *ready, bool limited)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		die("no pipe");
	pid = fork();
	if (!pid) {
		close(ends[0]);
		if (limited)
			cgroup_enter();
		run_for_ever(ends[1]);
		_exit(1);
	}
	close(ends[1]);
	*ready = ends[0];
	return pid;
}

static void expect_killed(struct __test_metadata *_metadata, pid_t pid, int users)
{
	int status;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
	EXPECT_TRUE(wait_for(module_users() == users));
}

/* A line of memory.events */
static u64 oom_kills(void)
{
	FILE *file = fopen(CGROUP "/memory.events", "r");
	unsigned long value, kills = 0;
	char name[32];

	if (!file)
		die("no memory.events");
	while (fscanf(file, "%31s %lu", name, &value) == 2)
		kills = strcmp(name, "oom_kill") ? kills : value;
	fclose(file);
	return kills;
}

TEST(who_needs_more_than_there_is_is_killed)
{
	int users = module_users(), ready;
	char c;
	pid_t pid;

	if (!cgroup_create())
		SKIP(return, NO_CGROUP);
	cgroup_set(CGROUP "/memory.max", LENGTH / 2);
	pid = start(&ready, true);
	EXPECT_EQ(0, read(ready, &c, 1));	/* it never has all of it */
	expect_killed(_metadata, pid, users);
	EXPECT_EQ(1, oom_kills());
	close(ready);
	cgroup_destroy();
}

TEST(memory_is_taken_from_who_is_being_killed)
{
	int users = module_users(), reaped = 0, ready, pidfd, i;
	char c;
	pid_t pid;

	for (i = 0; i < ROUNDS; i++) {
		pid = start(&ready, false);
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		ASSERT_LE(0, pidfd);
		ASSERT_EQ(1, read(ready, &c, 1));
		ASSERT_EQ(0, kill(pid, SIGKILL));
		reaped += !syscall(SYS_process_mrelease, pidfd, 0);
		expect_killed(_metadata, pid, users);
		close(pidfd);
		close(ready);
	}
	TH_LOG("%d of %d times", reaped, ROUNDS);
	EXPECT_LT(0, reaped);
}

TEST_HARNESS_MAIN
