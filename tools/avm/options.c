// SPDX-License-Identifier: MIT
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "say.h"
#include "size.h"

static const char usage[] =
	"usage: avm run --kernel FILE [options]\n"
	"       avm run --firmware FILE [options]\n"
	"       avm ctl NAME COMMAND\n"
	"       avm stat [options]\n"
	"       avm doctor [options]\n"
	"       avm help | version\n"
	"\n"
	"Run a virtual machine. Its serial port is stdin and stdout.\n"
	"\n"
	"What it runs:\n"
	"  -k, --kernel FILE      Linux or another arm64 Image, ELF program or raw binary, which\n"
	"                         may be gzipped\n"
	"  -i, --initrd FILE      initial RAM disk for the kernel\n"
	"  -p, --params STRING    kernel command line\n"
	"  -f, --firmware FILE    firmware in flash at address 0, say U-Boot or EDK2\n"
	"      --vars FILE        keep its variables there\n"
	"\n"
	"What it has:\n"
	"  -c, --cpus N           virtual CPUs (1)\n"
	"  -m, --mem MIB          memory in MiB, or with a unit: 512M, 1.5G (256)\n"
	"  -d, --disk FILE        a disk: a raw image or a block device; more of them are more disks.\n"
	"                         FILE,ro can't be written; FILE,serial=NAME names the disk\n"
	"  -n, --network KIND     a network interface: user, which is passt and needs no privileges, or\n"
	"                         tap=NAME; more of them are more interfaces\n"
	"      --rng              a source of random numbers\n"
	"      --vsock CID        sockets that lead to the host and back (AF_VSOCK); the guest's address is\n"
	"                         CID, from 3 on, the host's is 2\n"
	"      --balloon          memory that the guest does without goes back to the host: what is free,\n"
	"                         and what 'avm ctl NAME balloon SIZE' doesn't leave it\n"
	"      --console KIND     a port of a virtio console: terminal, which is this one; pty, a pseudo\n"
	"                         terminal; or file=FILE. KIND,name=NAME is for programs, not a console;\n"
	"                         more of them are more ports\n"
	"      --irqchip KIND     interrupt controller: gicv3 or none (gicv3 if the host has one)\n"
	"\n"
	"How it runs:\n"
	"      --no-reboot        end when the guest resets, instead of a new start\n"
	"      --timeout SECONDS  end a guest that takes longer\n"
	"      --escape           Ctrl-A is a command even when stdin is no terminal\n"
	"      --name NAME        listen to 'avm ctl NAME status', stop, pause, ... ('avm ctl --help')\n"
	"      --pidfile FILE     write the number of avm's process there\n"
	"      --gdb PORT         be debugged by gdb: 'target remote localhost:PORT', or a socket where\n"
	"                         a path is given, with a / in it; the guest waits for gdb at its start\n"
	"      --dump-dtb FILE    write the device tree and end (- for stdout)\n"
	"  -h, --help             this text\n"
	"\n"
	"On a terminal, Ctrl-A X leaves, Ctrl-A Ctrl-A is a Ctrl-A for the guest, and\n"
	"everything else, Ctrl-C included, goes to the guest.\n"
	"\n"
	"Exit status: 0 the guest powered off; 1 it crashed; 2 wrong usage or file;\n"
	"3 something is wrong with the host; 4 it reset, with --no-reboot; 5 left by\n"
	"Ctrl-A X; 124 --timeout; 128+N ended by signal N.\n";

#define MAX_PARAMS	2047 /* COMMAND_LINE_SIZE, without the NUL */

enum { OPT_IRQCHIP = 256, OPT_NO_REBOOT, OPT_TIMEOUT, OPT_ESCAPE, OPT_DUMP_DTB,
	OPT_RNG, OPT_VSOCK, OPT_BALLOON, OPT_CONSOLE, OPT_NAME, OPT_PIDFILE, OPT_GDB, OPT_VARS };

static const struct option long_options[] = {
	{ "kernel",	required_argument, NULL, 'k' },
	{ "initrd",	required_argument, NULL, 'i' },
	{ "params",	required_argument, NULL, 'p' },
	{ "firmware",	required_argument, NULL, 'f' },
	{ "vars",	required_argument, NULL, OPT_VARS },
	{ "cpus",	required_argument, NULL, 'c' },
	{ "mem",	required_argument, NULL, 'm' },
	{ "disk",	required_argument, NULL, 'd' },
	{ "network",	required_argument, NULL, 'n' },
	{ "rng",	no_argument,	   NULL, OPT_RNG },
	{ "vsock",	required_argument, NULL, OPT_VSOCK },
	{ "balloon",	no_argument,	   NULL, OPT_BALLOON },
	{ "console",	required_argument, NULL, OPT_CONSOLE },
	{ "irqchip",	required_argument, NULL, OPT_IRQCHIP },
	{ "no-reboot",	no_argument,	   NULL, OPT_NO_REBOOT },
	{ "timeout",	required_argument, NULL, OPT_TIMEOUT },
	{ "escape",	no_argument,	   NULL, OPT_ESCAPE },
	{ "name",	required_argument, NULL, OPT_NAME },
	{ "pidfile",	required_argument, NULL, OPT_PIDFILE },
	{ "gdb",	required_argument, NULL, OPT_GDB },
	{ "dump-dtb",	required_argument, NULL, OPT_DUMP_DTB },
	{ "help",	no_argument,	   NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

int options_usage(int status)
{
	fputs(usage, status == STATUS_OFF ? stdout : stderr);
	return status;
}

/* A whole decimal number from 1 to max, or 0 */
static unsigned long parse_number(const char *text, unsigned long max, char **end)
{
	unsigned long value;

	errno = 0;
	value = strtoul(text, end, 10);
	if (errno || *end == text || strchr("+-", *text) || value > max)
		return 0;
	return value;
}

static unsigned int parse_count(const char *option, const char *text, unsigned int max)
{
	char *end;
	unsigned long value = parse_number(text, max, &end);

	if (*end)
		value = 0;
	if (!value)
		say("%s takes a number from 1 to %u, not '%s'", option, max, text);
	return value;
}

static __u64 parse_mem(const char *text)
{
	__u64 max = memory_map[MAP_RAM].size, size = size_parse(text, max);

	if (!size)
		say("--mem takes a size from %llu (MiB) to %lluG, in whole MiB, not '%s'",
		    SIZE_LEAST >> 20, max >> 30, text);
	return size;
}

/* An arm64 Linux cuts off what is longer, without a word */
static bool parse_params(struct options *options, const char *text)
{
	if (strlen(text) > MAX_PARAMS) {
		say("--params takes up to %u characters, as Linux does, not %zu", MAX_PARAMS,
		    strlen(text));
		return false;
	}
	options->params = text;
	return true;
}

static bool parse_irqchip(struct options *options, const char *text)
{
	if (!strcmp(text, "gicv3")) {
		options->irqchip = IRQCHIP_GICV3;
	} else if (!strcmp(text, "none")) {
		options->irqchip = IRQCHIP_NONE;
	} else {
		say("--irqchip takes gicv3 or none, not '%s'", text);
		return false;
	}
	return true;
}

/* 0 to 2 are not a guest's, and the last one is anybody's */
static bool parse_vsock(struct options *options, const char *text)
{
	char *end;
	unsigned long cid = parse_number(text, UINT_MAX - 1, &end);

	if (*end || cid < 3) {
		say("--vsock takes a number from 3 to %u, not '%s'", UINT_MAX - 1, text);
		return false;
	}
	options->vsock = cid;
	return true;
}

/* A port of this machine's, or the path of a socket */
static bool parse_gdb(struct options *options, const char *text)
{
	options->gdb_path = strchr(text, '/') ? text : NULL;
	options->gdb_port = options->gdb_path ? 0 : parse_count("--gdb", text, USHRT_MAX);
	return options->gdb_path || options->gdb_port;
}

static bool add_word(struct words *words, const char *option, const char *word)
{
	if (words->count == MAX_WORDS) {
		say("there can be up to %u %s", MAX_WORDS, option);
		return false;
	}
	words->words[words->count++] = word;
	return true;
}

/* Returns false after a message */
static bool parse_option(struct options *options, int option)
{
	switch (option) {
	case 'k':
		options->kernel = optarg;
		return true;
	case 'i':
		options->initrd = optarg;
		return true;
	case 'p':
		return parse_params(options, optarg);
	case 'f':
		options->firmware = optarg;
		return true;
	case OPT_VARS:
		options->vars = optarg;
		return true;
	case 'c':
		options->cpus = parse_count("--cpus", optarg, MAX_CPUS);
		return options->cpus;
	case 'm':
		options->mem = parse_mem(optarg);
		return options->mem;
	case 'd':
		return add_word(&options->disks, "--disk", optarg);
	case 'n':
		return add_word(&options->networks, "--network", optarg);
	case OPT_RNG:
		options->rng = true;
		return true;
	case OPT_VSOCK:
		return parse_vsock(options, optarg);
	case OPT_BALLOON:
		options->balloon = true;
		return true;
	case OPT_CONSOLE:
		return add_word(&options->consoles, "--console", optarg);
	case OPT_IRQCHIP:
		return parse_irqchip(options, optarg);
	case OPT_NO_REBOOT:
		options->no_reboot = true;
		return true;
	case OPT_TIMEOUT:
		options->timeout = parse_count("--timeout", optarg, INT_MAX / 1000);
		return options->timeout;
	case OPT_ESCAPE:
		options->escape = true;
		return true;
	case OPT_NAME:
		options->name = optarg;
		return true;
	case OPT_PIDFILE:
		options->pidfile = optarg;
		return true;
	case OPT_GDB:
		return parse_gdb(options, optarg);
	case OPT_DUMP_DTB:
		options->dump_dtb = optarg;
		return true;
	default: /* getopt has said what is wrong */
		say("'avm help' lists the options");
		return false;
	}
}

int options_parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){ .cpus = 1, .mem = 256ULL << 20 };
	while ((option = getopt_long(argc, argv, "k:i:p:f:c:m:d:n:h", long_options, NULL)) != -1) {
		if (option == 'h')
			return options_usage(STATUS_OFF);
		if (!parse_option(options, option))
			return STATUS_USAGE;
	}

	if (optind < argc)
		say("'%s' isn't an option: a guest is named by --kernel or --firmware",
		    argv[optind]);
	else if (!options->kernel && !options->firmware)
		say("nothing to run: name a guest with --kernel or --firmware ('avm help')");
	else if (options->kernel && options->firmware)
		say("--kernel and --firmware exclude each other: firmware loads its own kernel");
	else if (options->initrd && !options->kernel)
		say("--initrd needs --kernel");
	else if (options->vars && !options->firmware)
		say("--vars needs --firmware, whose variables they are");
	else
		return -1;
	return STATUS_USAGE;
}
