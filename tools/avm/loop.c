// SPDX-License-Identifier: MIT
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "machine.h"
#include "say.h"

enum { FD_WAKE, FD_SIGNAL, FD_CONTROL, FD_GDB, FD_CONSOLE, FDS = FD_CONSOLE + CONSOLE_FDS };

int loop_prepare(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (unsigned int i = 0; i < ARRAY_SIZE(ending); i++)
		sigaddset(&set, ending[i]);
	/* threads inherit the mask: a vCPU's RUN isn't interrupted by these */
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);

	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		say("can't wait for signals: %s", strerror(errno));
	return fd;
}

/* How long poll() may take, in ms, if the console and the devices can wait so long */
static int poll_time(int wait, __u64 now, __u64 deadline)
{
	__u64 left = deadline > now ? deadline - now : 0;

	return deadline ? sooner(wait, left) : wait;
}

/* SIGTERM asks the guest first, if that looks at its power button */
static void serve_signal(struct machine *machine, int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGTERM && !machine->asked && machine_press_power(machine)) {
		machine->asked = true;
		say("the guest has been asked to power off: a second SIGTERM ends it");
		return;
	}
	machine_end(machine, STATUS_SIGNAL + info.ssi_signo);
}

static void serve_deadline(struct machine *machine, __u64 deadline)
{
	if (!deadline || now_ms() < deadline || machine->phase == PHASE_END)
		return;
	say("the guest still runs after %u s: ended", machine->options->timeout);
	machine_end(machine, STATUS_TIMEOUT);
}

void loop_run(struct machine *machine, int signals)
{
	struct pollfd fds[FDS] = {
		[FD_WAKE] = { .fd = machine->wake, .events = POLLIN },
		[FD_SIGNAL] = { .fd = signals, .events = POLLIN },
	};
	__u64 deadline = 0;
	uint64_t count;
	int wait;

	if (machine->options->timeout)
		deadline = now_ms() + machine->options->timeout * 1000ULL;

	pthread_mutex_lock(&machine->lock);
	while (machine->phase != PHASE_END) {
		if (machine->phase == PHASE_RESET)
			machine_reset(machine);
		wait = sooner(console_poll(machine, &fds[FD_CONSOLE], now_ms()),
			      bus_tick(&machine->bus));
		wait = sooner(wait, control_poll(machine, &fds[FD_CONTROL], now_ms()));
		gdb_poll(machine, &fds[FD_GDB]);
		pthread_mutex_unlock(&machine->lock);

		if (poll(fds, FDS, poll_time(wait, now_ms(), deadline)) > 0) {
			if (fds[FD_WAKE].revents && read(machine->wake, &count, sizeof(count)) < 0)
				say("can't read what woke me: %s", strerror(errno));
			console_serve(machine, &fds[FD_CONSOLE], now_ms());
		} else {
			fds[FD_SIGNAL].revents = 0;
			fds[FD_CONTROL].revents = 0;
			fds[FD_GDB].revents = 0;
		}

		pthread_mutex_lock(&machine->lock);
		if (fds[FD_SIGNAL].revents)
			serve_signal(machine, signals);
		control_serve(machine, fds[FD_CONTROL].revents, now_ms());
		gdb_serve(machine, fds[FD_GDB].revents);
		serve_deadline(machine, deadline);
	}
	pthread_mutex_unlock(&machine->lock);
}
