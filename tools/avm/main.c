// SPDX-License-Identifier: MIT
/* avm: a virtual machine monitor for /dev/arm_vcpu */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "doctor/doctor.h"
#include "loop.h"
#include "machine.h"
#include "say.h"
#include "stat.h"
#include "term.h"

static int dump_dtb(const struct machine *machine)
{
	const char *path = machine->options->dump_dtb;
	const void *fdt = ram_at(&machine->ram, machine->boot.dtb, 1);
	FILE *file = strcmp(path, "-") ? fopen(path, "we") : stdout;

	if (!file || fwrite(fdt, fdt_totalsize(fdt), 1, file) != 1 || fclose(file)) {
		say("can't write %s: %s", path, strerror(errno));
		return STATUS_USAGE;
	}
	return STATUS_OFF;
}

static int write_pid(const char *path)
{
	FILE *file = path ? fopen(path, "we") : NULL;

	if (!path || (file && fprintf(file, "%d\n", getpid()) > 0 && !fclose(file)))
		return 0;
	say("can't write %s: %s", path, strerror(errno));
	return -1;
}

/* From power-on to its end */
static int live(struct machine *machine, int signals)
{
	int status = machine_start(machine);

	if (status)
		return status;
	machine->console.escape = term_raw() || machine->options->escape;
	loop_run(machine, signals);
	machine_join(machine);
	console_flush(machine);
	return machine->status;
}

static int run(int argc, char **argv)
{
	static struct machine machine;
	struct options options;
	int signals, status;

	status = options_parse(&options, argc, argv);
	if (status >= 0)
		return status;
	status = machine_create(&machine, &options);
	if (status)
		return status;
	if (options.dump_dtb)
		return dump_dtb(&machine);

	signals = loop_prepare();
	if (signals < 0)
		return STATUS_HOST;
	status = control_open(&machine);
	if (status)
		return status;
	status = gdb_open(&machine);
	if (!status && write_pid(options.pidfile))
		status = STATUS_USAGE;
	if (!status) {
		status = live(&machine, signals);
		if (options.pidfile)
			unlink(options.pidfile);
	}
	gdb_close(&machine);
	control_close(&machine);
	return status;
}

static int help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return options_usage(STATUS_OFF);
}

static int version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("avm " AVM_VERSION);
	return STATUS_OFF;
}

static const struct command {
	const char *name;
	int (*function)(int argc, char **argv);
} commands[] = {
	{ "run",	run },
	{ "ctl",	ctl_main },
	{ "stat",	stat_main },
	{ "doctor",	doctor_main },
	{ "help",	help },
	{ "--help",	help },
	{ "-h",		help },
	{ "version",	version },
	{ "--version",	version },
	{ "-V",		version },
};

int main(int argc, char **argv)
{
	if (argc < 2)
		return options_usage(STATUS_USAGE);
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name)) {
			argv[1] = "avm"; /* as who getopt speaks */
			return commands[i].function(argc - 1, argv + 1);
		}
	say("'%s' isn't a command: 'avm help' lists them", argv[1]);
	return STATUS_USAGE;
}
