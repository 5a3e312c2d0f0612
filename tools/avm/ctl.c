// SPDX-License-Identifier: MIT
/* avm ctl: a line to a machine's control socket, and its answer */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "options.h"
#include "say.h"

static const char usage[] =
	"usage: avm ctl NAME COMMAND\n"
	"\n"
	"Control the machine that was started with --name NAME.\n"
	"\n"
	"  status   what it does, its process, CPUs and memory, pseudo terminals and balloon\n"
	"  stop     press its power button, as SIGTERM does\n"
	"  end      end it at once\n"
	"  reset    reset it\n"
	"  pause    stop its CPUs\n"
	"  resume   let them go on\n"
	"  balloon  SIZE: leave it so much of its memory, in MiB or with a unit\n"
	"\n"
	"Exit status: 0 it was done; 1 it wasn't; 2 wrong usage; 3 no such machine.\n";

enum { DONE, NOT_DONE };

static int connect_to(const struct sockaddr_un *address, const char *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !connect(fd, (const struct sockaddr *)address, sizeof(*address)))
		return fd;
	if (errno == ENOENT || errno == ECONNREFUSED)
		say("no machine is called '%s': start one with 'avm run --name %s'", name, name);
	else
		say("can't connect to %s: %s", address->sun_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Its first line says whether; what follows is for the reader */
static int print_answer(int fd, const char *name)
{
	FILE *answer = fdopen(fd, "r");
	char line[160];
	int status;

	if (!answer || !fgets(line, sizeof(line), answer)) {
		say("'%s' has ended, or doesn't answer", name);
		return STATUS_HOST;
	}
	status = strcmp(line, "ok\n") ? NOT_DONE : DONE;
	while (fgets(line, sizeof(line), answer)) {
		line[strcspn(line, "\n")] = 0;
		if (status == DONE)
			puts(line);
		else
			say("%s", line);
	}
	fclose(answer);
	return status;
}

int ctl_main(int argc, char **argv)
{
	struct sockaddr_un address;
	char line[CONTROL_LINE];
	int fd, length;

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(usage, stdout);
		return STATUS_OFF;
	}
	length = argc == 3 || argc == 4 ? snprintf(line, sizeof(line), "%s%s%s\n", argv[2],
						   argc == 4 ? " " : "", argc == 4 ? argv[3] : "") :
					  0;
	if (length < 2 || length >= (int)sizeof(line)) {
		fputs(usage, stderr);
		return STATUS_USAGE;
	}
	if (!control_address(&address, argv[1]))
		return STATUS_USAGE;
	fd = connect_to(&address, argv[1]);
	if (fd < 0)
		return STATUS_HOST;
	if (send(fd, line, length, MSG_NOSIGNAL) != length) {
		say("can't tell '%s': %s", argv[1], strerror(errno));
		close(fd);
		return STATUS_HOST;
	}
	return print_answer(fd, argv[1]);
}
