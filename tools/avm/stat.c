// SPDX-License-Identifier: MIT
#include "stat.h"

#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "machine.h"
#include "say.h"
#include "term.h"

#define CTRL_C	3

static const char usage[] =
	"usage: avm stat [options]\n"
	"\n"
	"Show what the virtual CPUs of this host do: exits per second, by reason.\n"
	"\n"
	"  -p, --pid PID          of this process's VMs alone\n"
	"  -d, --delay SECONDS    between two tables (1)\n"
	"  -n, --count N          end after N tables\n"
	"  -b, --batch            plain text with all columns, a table below the other\n"
	"  -t, --total            how often in all, not per second\n"
	"  -h, --help             this text\n"
	"\n"
	"On a terminal, q ends it. Exit status: 0; 2 wrong usage; 3 no counters to read.\n";

static const struct option long_options[] = {
	{ "pid",	required_argument, NULL, 'p' },
	{ "delay",	required_argument, NULL, 'd' },
	{ "count",	required_argument, NULL, 'n' },
	{ "batch",	no_argument,	   NULL, 'b' },
	{ "total",	no_argument,	   NULL, 't' },
	{ "help",	no_argument,	   NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

struct stat_options {
	unsigned int pid;
	unsigned int delay_ms;
	unsigned int count;
	bool batch;
	bool total;
};

/* A whole number, or 0 after a message */
static unsigned int parse_count(const char *option, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || *text < '0' || *text > '9' || !value || value > INT_MAX) {
		say("%s takes a number from 1 on, not '%s'", option, text);
		return 0;
	}
	return (unsigned int)value;
}

static unsigned int parse_delay(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*end || end == text || !(seconds >= 0.01 && seconds <= 1000000)) {
		say("--delay takes seconds from 0.01 to 1000000, not '%s'", text);
		return 0;
	}
	return (unsigned int)(seconds * 1000);
}

/* Returns -1 to go on, or a status to end with */
static int parse(struct stat_options *options, int argc, char **argv)
{
	int option, ok = 1;

	*options = (struct stat_options) { .delay_ms = 1000 };
	while (ok && (option = getopt_long(argc, argv, "p:d:n:bth", long_options, NULL)) != -1) {
		switch (option) {
		case 'p':
			ok = !!(options->pid = parse_count("--pid", optarg));
			break;
		case 'd':
			ok = !!(options->delay_ms = parse_delay(optarg));
			break;
		case 'n':
			ok = !!(options->count = parse_count("--count", optarg));
			break;
		case 'b':
			options->batch = true;
			break;
		case 't':
			options->total = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return STATUS_OFF;
		default:
			ok = 0;
		}
	}
	if (ok && optind < argc)
		say("'%s' isn't an option", argv[optind]);
	return ok && optind == argc ? -1 : STATUS_USAGE;
}

/* Until the time has come, true; or a key that ends it */
static bool wait_for_it(const struct stat_options *options, bool keys)
{
	struct pollfd input = { .fd = keys ? STDIN_FILENO : -1, .events = POLLIN };
	char key;

	fflush(stdout);
	if (poll(&input, 1, (int)options->delay_ms) <= 0)
		return true;
	return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q' && key != CTRL_C;
}

static void show(const struct stat_options *options, const struct stat_sample *before,
		 const struct stat_sample *now, bool screen, const char *end)
{
	struct winsize size = { 0 };

	if (screen) {
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
		printf("\033[H\033[J");
	}
	stat_print(options->total ? NULL : before, now, options->batch, size.ws_col, size.ws_row,
		   end);
}

int stat_main(int argc, char **argv)
{
	struct stat_sample before, now;
	struct stat_options options;
	unsigned int tables = 0;
	bool screen, keys;
	int status;

	status = parse(&options, argc, argv);
	if (status >= 0)
		return status;
	if (!stat_read(&before, options.pid))
		return STATUS_HOST;
	screen = !options.batch && isatty(STDOUT_FILENO);
	keys = screen && term_raw();

	/* Rates take two looks */
	while (options.total || wait_for_it(&options, keys)) {
		if (!stat_read(&now, options.pid))
			return STATUS_HOST;
		show(&options, &before, &now, screen, keys ? "\r\n" : "\n");
		stat_free(&before);
		before = now;
		if (++tables == options.count || (options.total && !wait_for_it(&options, keys)))
			break;
	}
	stat_free(&before);
	fflush(stdout);
	return ferror(stdout) ? STATUS_HOST : STATUS_OFF;
}
