// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows RUN while memory is waited for that another thread brings (userfaultfd): a kick doesn't
 * end that and is kept until it is there, a signal does where the kernel lets it, the guest's
 * access is done then, and a process that waits can be killed.
 */
#include <errno.h>
#include <signal.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "late_page.h"

#define BASE	(GUEST_RAM + 0x10000000UL)

FIXTURE(wait) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct late_page page;	/* at BASE */
};

GUEST_ASM(guest_load, "ldr x0, [x1]\n hvc #1\n b .");

/* False: there is no userfaultfd */
static bool prepare(FIXTURE_DATA(wait) *self)
{
	if (!late_page_open(&self->page))
		return false;
	vm_create(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	late_page_map(&self->page, &self->vm, BASE);
	vcpu_enter(self->vcpu, guest_load, 1, BASE);
	return true;
}

FIXTURE_SETUP(wait)
{
	if (!prepare(self))
		SKIP(return, NO_LATE_PAGE);
}

FIXTURE_TEARDOWN(wait)
{
	if (self->page.uffd < 0)
		return;
	vm_destroy(&self->vm);
	close(self->page.uffd);
}

static void start(FIXTURE_DATA(wait) *self)
{
	vcpu_start_once(self->vcpu);
	if (!late_page_is_asked_for(&self->page))
		die("nobody asked for the page");
}

static bool is_back(FIXTURE_DATA(wait) *self)
{
	return READ_ONCE(self->vcpu->result) != -EAGAIN;
}

TEST_F(wait, a_kick_is_returned_by_one_run)
{
	start(self);
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	sleep_ms(200);
	EXPECT_FALSE(is_back(self));
	late_page_bring(&self->page);
	EXPECT_EQ(0, vcpu_join(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, self->run->exit_reason);
	EXPECT_EQ(vm_gpa(guest_load), self->run->pc);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->run->x[0]);
}

/* Whoever waits for a page with get_user_pages(): from 6.2 on (FOLL_INTERRUPTIBLE) */
static bool signals_end_waits(void)
{
	struct utsname name;
	int major, minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		die("which kernel is this?");
	return major > 6 || (major == 6 && minor >= 2);
}

TEST_F(wait, a_signal_is_eintr)
{
	catch_signal(SIGUSR1, SA_RESTART);
	start(self);
	ASSERT_EQ(0, pthread_kill(self->vcpu->thread, SIGUSR1));
	sleep_ms(200);
	EXPECT_EQ(signals_end_waits(), is_back(self));
	late_page_bring(&self->page);
	EXPECT_EQ(-EINTR, vcpu_join(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	EXPECT_EQ(vm_gpa(guest_load), self->run->pc);
	vcpu_expect_call(self->vcpu, 1);
	EXPECT_EQ(0, self->run->x[0]);
}

/* In a process of its own */
static void wait_for_ever(int ready)
{
	FIXTURE_DATA(wait) self = { };

	if (!prepare(&self))
		_exit(1);
	start(&self);
	if (write(ready, "", 1) != 1)
		_exit(1);
	pause();
	_exit(1);
}

TEST_F(wait, who_waits_can_be_killed)
{
	int users = module_users(), ready[2], status;
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid)
		wait_for_ever(ready[1]);
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &c, 1));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(wait_for(module_users() == users));
}

TEST_HARNESS_MAIN
