// SPDX-License-Identifier: MIT
#define _GNU_SOURCE /* accept4() */
#include "control.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"
#include "say.h"
#include "size.h"

/* Who has connected and says nothing keeps others waiting */
#define PATIENCE	2000

#define NAME_CHARACTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* Root's machines are the system's */
static const char *folder(void)
{
	static char path[80];
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (!geteuid() || !runtime || !*runtime)
		return geteuid() ? NULL : "/run/avm";
	snprintf(path, sizeof(path), "%s/avm", runtime);
	return path;
}

bool control_address(struct sockaddr_un *address, const char *name)
{
	const char *where = folder();
	int length;

	if (!*name || *name == '.' || name[strspn(name, NAME_CHARACTERS)]) {
		say("a machine's name has letters, digits, '.', '_' and '-', not '%s'", name);
		return false;
	}
	if (!where) {
		say("there is no folder for the control socket: set XDG_RUNTIME_DIR");
		return false;
	}
	address->sun_family = AF_UNIX;
	length = snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s", where, name);
	if (length >= (int)sizeof(address->sun_path)) {
		say("the name '%s' is too long for a socket in %s", name, where);
		return false;
	}
	return true;
}

/* Of one that was killed */
static bool is_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool stale;

	if (fd < 0)
		return false;
	stale = connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
		errno == ECONNREFUSED;
	close(fd);
	return stale;
}

static int listen_at(int fd, const struct sockaddr_un *address)
{
	const struct sockaddr *at = (const struct sockaddr *)address;

	mkdir(folder(), 0700);
	if (!bind(fd, at, sizeof(*address)))
		return listen(fd, 8);
	if (errno != EADDRINUSE || !is_stale(address)) {
		errno = errno == ECONNREFUSED ? EADDRINUSE : errno;
		return -1;
	}
	unlink(address->sun_path);
	return bind(fd, at, sizeof(*address)) || listen(fd, 8) ? -1 : 0;
}

int control_open(struct machine *machine)
{
	struct control *control = &machine->control;
	const char *name = machine->options->name;

	control->listener = -1;
	control->client = -1;
	if (!name)
		return 0;
	if (!control_address(&control->address, name))
		return STATUS_USAGE;
	control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listener >= 0 && !listen_at(control->listener, &control->address))
		return 0;
	if (errno == EADDRINUSE)
		say("there is a machine called '%s' already: 'avm ctl %s status'", name, name);
	else
		say("can't listen at %s: %s", control->address.sun_path, strerror(errno));
	if (control->listener >= 0)
		close(control->listener);
	control->listener = -1;
	return STATUS_HOST;
}

static void hang_up(struct control *control)
{
	if (control->client >= 0)
		close(control->client);
	control->client = -1;
	control->length = 0;
}

void control_close(struct machine *machine)
{
	struct control *control = &machine->control;

	hang_up(control);
	if (control->listener < 0)
		return;
	unlink(control->address.sun_path);
	close(control->listener);
	control->listener = -1;
}

int control_poll(const struct machine *machine, struct pollfd *fd, __u64 now)
{
	const struct control *control = &machine->control;

	fd->fd = control->client < 0 ? control->listener : control->client;
	fd->events = POLLIN;
	if (control->client < 0)
		return -1;
	return control->deadline > now ? (int)(control->deadline - now) : 0;
}

/**
 * struct request - what a client wants
 * @argument: what is behind the command, or NULL
 * @text: gets what there is to say
 */
struct request {
	const char *argument;
	char text[CONTROL_ANSWER];
};

static bool answer(struct request *request, bool done, const char *text)
{
	snprintf(request->text, sizeof(request->text), "%s", text);
	return done;
}

/* Each returns false if it couldn't be done */
static bool do_status(struct machine *machine, struct request *request)
{
	static const char * const phases[] = {
		[PHASE_RUN] = "running", [PHASE_PAUSE] = "paused", [PHASE_DEBUG] = "stopped by gdb",
		[PHASE_RESET] = "resetting", [PHASE_END] = "ending",
	};
	int length;

	length = snprintf(request->text, sizeof(request->text),
			  "%s, process %d, %u CPUs, %llu MiB", phases[machine->phase], getpid(),
			  machine->vcpu_count, machine->ram.size >> 20);
	bus_tell(&machine->bus, request->text + length, sizeof(request->text) - length);
	return true;
}

static bool do_stop(struct machine *machine, struct request *request)
{
	if (machine_press_power(machine))
		return answer(request, true, "the guest has been asked to power off");
	return answer(request, false, "the guest doesn't look at its power button: 'end' ends it");
}

static bool do_end(struct machine *machine, struct request *request)
{
	(void)request;
	machine_end(machine, STATUS_SIGNAL + SIGTERM);
	return true;
}

static bool do_reset(struct machine *machine, struct request *request)
{
	(void)request;
	machine_request_reset(machine);
	return true;
}

static bool do_pause(struct machine *machine, struct request *request)
{
	if (machine_pause(machine))
		return true;
	return answer(request, false, "it isn't running");
}

static bool do_resume(struct machine *machine, struct request *request)
{
	if (machine_resume(machine))
		return true;
	return answer(request, false, "it isn't paused");
}

static bool do_balloon(struct machine *machine, struct request *request)
{
	__u64 left = size_parse(request->argument, machine->ram.size);

	if (!left) {
		snprintf(request->text, sizeof(request->text),
			 "it can be left %llu to %llu MiB, in whole MiB, not '%s'",
			 SIZE_LEAST >> 20, machine->ram.size >> 20, request->argument);
		return false;
	}
	if (machine_leave_memory(machine, left))
		return true;
	return answer(request, false, "it has no balloon: start it with --balloon");
}

static const struct {
	const char *name;
	bool (*function)(struct machine *machine, struct request *request);
	bool has_argument;
} commands[] = {
	{ "status",	do_status,	false },
	{ "stop",	do_stop,	false },
	{ "end",	do_end,		false },
	{ "reset",	do_reset,	false },
	{ "pause",	do_pause,	false },
	{ "resume",	do_resume,	false },
	{ "balloon",	do_balloon,	true },
};

/* A word, and for some another one */
static bool do_command(struct machine *machine, char *command, struct request *request)
{
	char *space = strchr(command, ' ');

	if (space) {
		*space = 0;
		request->argument = space + 1;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(command, commands[i].name) && !space == !commands[i].has_argument)
			return commands[i].function(machine, request);
	return answer(request, false,
		      "it takes status, stop, end, reset, pause, resume or balloon SIZE");
}

static void obey(struct machine *machine, char *command)
{
	struct request request = { 0 };
	bool done = do_command(machine, command, &request);
	char line[CONTROL_ANSWER + 16];
	int length;

	length = snprintf(line, sizeof(line), "%s%s%s\n", done ? "ok" : "error",
			  *request.text ? "\n" : "", request.text);
	/* Who doesn't wait for it doesn't get it */
	(void)!send(machine->control.client, line, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* A line, or as much of it as is there */
static void listen_to(struct machine *machine)
{
	struct control *control = &machine->control;
	unsigned int room = sizeof(control->line) - control->length;
	ssize_t got = recv(control->client, control->line + control->length, room, MSG_DONTWAIT);
	char *end;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0) {
		end = memchr(control->line + control->length, '\n', got);
		control->length += got;
		if (!end && control->length < sizeof(control->line))
			return;
		if (end) {
			*end = 0;
			obey(machine, control->line);
		}
	}
	hang_up(control);
}

void control_serve(struct machine *machine, bool ready, __u64 now)
{
	struct control *control = &machine->control;

	if (control->client >= 0) {
		if (ready)
			listen_to(machine);
		else if (now >= control->deadline)
			hang_up(control);
	} else if (ready) {
		control->client = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
		control->deadline = now + PATIENCE;
	}
}
