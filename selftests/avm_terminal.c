// SPDX-License-Identifier: MIT
/*
 * avm on a terminal: all keys but Ctrl-A are the guest's, and the terminal is as it was on
 * every way out.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "kselftest_harness.h"

#define PATIENCE_MS	30000

FIXTURE(terminal)
{
	int master;
	int slave;
	pid_t avm;
	struct termios before;
	/* what avm has printed so far, with a NUL behind it */
	char output[32768];
	unsigned int length;
};

static void run_avm(int in, int out)
{
	char self[PATH_MAX] = "", guest[PATH_MAX + 16];

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		exit(99);
	snprintf(guest, sizeof(guest), "%s/guest.elf", dirname(self));
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execlp("avm", "avm", "run", "--kernel", guest, "--timeout", "60", NULL);
	exit(98);
}

static void run_avm_on_terminal(const char *slave)
{
	int fd;

	setsid();
	fd = open(slave, O_RDWR);
	ioctl(fd, TIOCSCTTY, 0);
	run_avm(fd, fd);
}

static void run_stat_on_terminal(const char *slave, pid_t of)
{
	char pid[16];
	int fd;

	setsid();
	fd = open(slave, O_RDWR);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	snprintf(pid, sizeof(pid), "%d", of);
	execlp("avm", "avm", "stat", "--delay", "0.1", "--pid", pid, NULL);
	exit(98);
}

/* Wait until avm has printed this, and return what follows it; NULL when it doesn't come */
static const char *wait_for(FIXTURE_DATA(terminal) *self, const char *text)
{
	struct pollfd fd = { .fd = self->master, .events = POLLIN };
	ssize_t got;

	while (!strstr(self->output, text)) {
		if (poll(&fd, 1, PATIENCE_MS) <= 0 || self->length == sizeof(self->output) - 1)
			return NULL;
		got = read(self->master, self->output + self->length,
			   sizeof(self->output) - 1 - self->length);
		if (got <= 0)
			return NULL;
		self->length += got;
		self->output[self->length] = 0;
	}
	return strstr(self->output, text) + strlen(text);
}

static int type(FIXTURE_DATA(terminal) *self, const char *keys)
{
	return write(self->master, keys, strlen(keys)) == (ssize_t)strlen(keys) ? 0 : -1;
}

static int wait_status(FIXTURE_DATA(terminal) *self)
{
	int status;

	if (waitpid(self->avm, &status, 0) != self->avm)
		return -1;
	self->avm = 0;
	return status;
}

static bool is_as_before(FIXTURE_DATA(terminal) *self)
{
	struct termios now;

	return !tcgetattr(self->slave, &now) && now.c_iflag == self->before.c_iflag &&
	       now.c_oflag == self->before.c_oflag && now.c_cflag == self->before.c_cflag &&
	       now.c_lflag == self->before.c_lflag &&
	       !memcmp(now.c_cc, self->before.c_cc, sizeof(now.c_cc));
}

static void open_terminal(struct __test_metadata *_metadata, FIXTURE_DATA(terminal) *self,
			  char *slave, size_t size)
{
	self->master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	ASSERT_GE(self->master, 0);
	ASSERT_EQ(grantpt(self->master), 0);
	ASSERT_EQ(unlockpt(self->master), 0);
	ASSERT_EQ(ptsname_r(self->master, slave, size), 0);
	/* held open, so that the settings outlive avm */
	self->slave = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ASSERT_GE(self->slave, 0);
	ASSERT_EQ(tcgetattr(self->slave, &self->before), 0);
	ASSERT_TRUE(self->before.c_lflag & ICANON);
}

FIXTURE_SETUP(terminal)
{
	char slave[64];

	if (access("/dev/arm_vcpu", R_OK | W_OK))
		SKIP(return, "there is no /dev/arm_vcpu: load the module");

	open_terminal(_metadata, self, slave, sizeof(slave));
	self->avm = fork();
	ASSERT_GE(self->avm, 0);
	if (!self->avm)
		run_avm_on_terminal(slave);
	ASSERT_NE(wait_for(self, "guest ready\n"), NULL);
}

FIXTURE_TEARDOWN(terminal)
{
	if (self->avm > 0) {
		kill(self->avm, SIGKILL);
		wait_status(self);
	}
	close(self->slave);
	close(self->master);
}

TEST_F(terminal, raw_while_the_guest_runs)
{
	struct termios now;

	ASSERT_EQ(tcgetattr(self->slave, &now), 0);
	EXPECT_EQ(now.c_lflag & (ICANON | ISIG | ECHO), 0);
	EXPECT_EQ(now.c_oflag & OPOST, 0);
	EXPECT_FALSE(is_as_before(self));
}

TEST_F(terminal, ctrl_c_is_the_guests)
{
	ASSERT_EQ(type(self, "escape\n\003off\n"), 0);
	EXPECT_NE(wait_for(self, "key 0x3\n"), NULL);
	EXPECT_EQ(wait_status(self), 0);
}

TEST_F(terminal, ctrl_a_twice_is_one_for_the_guest)
{
	ASSERT_EQ(type(self, "escape\n\001\001off\n"), 0);
	EXPECT_NE(wait_for(self, "key 0x1\n"), NULL);
	EXPECT_EQ(wait_status(self), 0);
}

/* avm stat on a terminal of its own: one table in the place of the other, until q */
TEST_F(terminal, stat_is_live_until_q_and_restores)
{
	static FIXTURE_DATA(terminal) stat;
	char slave[64];
	int i;

	open_terminal(_metadata, &stat, slave, sizeof(slave));
	stat.avm = fork();
	ASSERT_GE(stat.avm, 0);
	if (!stat.avm)
		run_stat_on_terminal(slave, self->avm);
	for (i = 0; i < 3; i++) {
		ASSERT_NE(wait_for(&stat, "\033[H\033[J    PID   VM VCPU"), NULL);
		ASSERT_NE(wait_for(&stat, "\r\n    all    -    -"), NULL);
		stat.length = 0;
		stat.output[0] = 0;
	}
	ASSERT_FALSE(is_as_before(&stat));
	ASSERT_EQ(type(&stat, "q"), 0);
	EXPECT_EQ(wait_status(&stat), 0);
	EXPECT_TRUE(is_as_before(&stat));
	close(stat.slave);
	close(stat.master);
	/* The VM goes on */
	EXPECT_EQ(waitpid(self->avm, NULL, WNOHANG), 0);
}

TEST_F(terminal, restored_after_poweroff)
{
	ASSERT_EQ(type(self, "off\n"), 0);
	EXPECT_EQ(wait_status(self), 0);
	EXPECT_TRUE(is_as_before(self));
}

TEST_F(terminal, restored_after_a_crash)
{
	ASSERT_EQ(type(self, "fault\n"), 0);
	EXPECT_EQ(WEXITSTATUS(wait_status(self)), 1);
	EXPECT_TRUE(is_as_before(self));
}

TEST_F(terminal, restored_after_ctrl_a_x)
{
	ASSERT_EQ(type(self, "spin\n\001x"), 0);
	EXPECT_EQ(WEXITSTATUS(wait_status(self)), 5);
	EXPECT_TRUE(is_as_before(self));
}

/* Typed at a guest that takes nothing: the UART's FIFO and the ring behind it fill up */
TEST_F(terminal, ctrl_a_x_gets_past_unread_input)
{
	char keys[512];

	memset(keys, 'k', sizeof(keys) - 1);
	keys[sizeof(keys) - 1] = 0;
	ASSERT_EQ(type(self, "spin\n"), 0);
	ASSERT_NE(wait_for(self, "spinning\n"), NULL);
	ASSERT_EQ(type(self, keys), 0);
	ASSERT_EQ(type(self, "\001x"), 0);
	EXPECT_EQ(WEXITSTATUS(wait_status(self)), 5);
}

TEST_F(terminal, restored_after_sigterm)
{
	ASSERT_EQ(kill(self->avm, SIGTERM), 0);
	EXPECT_EQ(WEXITSTATUS(wait_status(self)), 128 + SIGTERM);
	EXPECT_TRUE(is_as_before(self));
}

TEST_F(terminal, restored_after_sigint)
{
	ASSERT_EQ(kill(self->avm, SIGINT), 0);
	EXPECT_EQ(WEXITSTATUS(wait_status(self)), 128 + SIGINT);
	EXPECT_TRUE(is_as_before(self));
}

TEST_F(terminal, restored_after_sighup)
{
	ASSERT_EQ(kill(self->avm, SIGHUP), 0);
	EXPECT_EQ(WEXITSTATUS(wait_status(self)), 128 + SIGHUP);
	EXPECT_TRUE(is_as_before(self));
}

/* as if avm had a bug */
TEST_F(terminal, restored_after_a_fatal_signal)
{
	int status;

	ASSERT_EQ(kill(self->avm, SIGSEGV), 0);
	status = wait_status(self);
	EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	EXPECT_TRUE(is_as_before(self));
}

/* avm, its stdin and stdout being pipes, the latter as small as can be */
static pid_t start_piped(const char *commands, int *output)
{
	int in[2], out[2];
	pid_t avm;

	if (pipe(in) || pipe2(out, O_CLOEXEC) || fcntl(out[1], F_SETPIPE_SZ, 4096) < 0 ||
	    write(in[1], commands, strlen(commands)) < 0)
		return -1;
	avm = fork();
	if (!avm)
		run_avm(in[0], out[1]);
	close(in[0]);
	close(in[1]);
	close(out[1]);
	*output = out[0];
	return avm;
}

/* The pipe holds 4 KiB, avm as much, and the guest prints 12 */
TEST(late_reader_misses_nothing)
{
	const char *line = "0123456789abcdefghijklmnopqrst\n", *text;
	char output[32768];
	unsigned int length = 0;
	int fd, status, lines = 0;
	ssize_t got;
	pid_t avm;

	if (access("/dev/arm_vcpu", R_OK | W_OK))
		SKIP(return, "there is no /dev/arm_vcpu: load the module");
	avm = start_piped("flood\noff\n", &fd);
	ASSERT_GT(avm, 0);
	sleep(3);
	ASSERT_EQ(waitpid(avm, NULL, WNOHANG), 0) {
		TH_LOG("the guest has ended, though nobody has taken what it prints");
	}
	while ((got = read(fd, output + length, sizeof(output) - 1 - length)) > 0)
		length += got;
	output[length] = 0;
	for (text = output; (text = strstr(text, line)); text += strlen(line))
		lines++;
	EXPECT_EQ(lines, 400);
	ASSERT_EQ(waitpid(avm, &status, 0), avm);
	EXPECT_EQ(status, 0);
}

TEST_HARNESS_MAIN
