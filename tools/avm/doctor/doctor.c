// SPDX-License-Identifier: MIT
/* The command, and the checks that the kernel's own words answer */
#include "doctor.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../options.h"
#include "../say.h"
#include "check.h"
#include "file.h"

static const char usage[] =
	"usage: avm doctor [options]\n"
	"\n"
	"Tell whether this machine can run guests with arm_vcpu, and what to do if it can't: a line\n"
	"for each check. As root it sees more.\n"
	"\n"
	"  -q, --quiet            only what isn't as it should be\n"
	"      --root DIR         look at the /proc, /sys, /dev, /boot and /lib in this folder\n"
	"  -h, --help             this text\n"
	"\n"
	"ok: as it should be; note: guests run, but; ?: it can't be told; NO: stands in the way.\n"
	"\n"
	"Exit status: 0 guests can run; 2 wrong usage; 3 something stands in the way.\n";

enum { OPT_ROOT = 256 };

static const struct option long_options[] = {
	{ "quiet",	no_argument,	   NULL, 'q' },
	{ "root",	required_argument, NULL, OPT_ROOT },
	{ "help",	no_argument,	   NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

void found(struct finding *f, enum verdict kind, const char *format, ...)
{
	va_list args;

	f->verdict = kind;
	va_start(args, format);
	vsnprintf(f->text, sizeof(f->text), format, args);
	va_end(args);
}

void remedy(struct finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(f->remedy, sizeof(f->remedy), format, args);
	va_end(args);
}

static void check_machine(const struct facts *facts, struct finding *f)
{
	if (*facts->model)
		found(f, VERDICT_OK, "%s", facts->model);
}

static void check_architecture(const struct facts *facts, struct finding *f)
{
	if (!strcmp(facts->arch, "aarch64")) {
		found(f, VERDICT_OK, "arm64");
	} else if (!strncmp(facts->arch, "arm", 3)) {
		found(f, VERDICT_NO, "the kernel is a 32-bit one (%s)", facts->arch);
		remedy(f, "install a 64-bit system, if the CPU has 64 bits");
	} else {
		found(f, VERDICT_NO, "%s", facts->arch);
		remedy(f, "take an arm64 machine, or an emulated one by 'make run'");
	}
}

static void check_kernel(const struct facts *facts, struct finding *f)
{
	unsigned int major = 0, minor = 0;

	if (sscanf(facts->release, "%u.%u", &major, &minor) != 2)
		major = 0;
	if (major > 6 || (major == 6 && minor >= 1)) {
		found(f, VERDICT_OK, "Linux %s", facts->release);
	} else {
		found(f, VERDICT_NO, "Linux %s is too old", facts->release);
		remedy(f, "install Linux 6.1 or newer, from the distribution's backports, say");
	}
}

static void check_config(const struct facts *facts, struct finding *f)
{
	static const char * const needed[] = {
		"CONFIG_MODULES", "CONFIG_MMU_NOTIFIER", "CONFIG_EVENTFD",
	};

	if (!facts->config) {
		found(f, VERDICT_UNKNOWN, "neither in /boot nor in /proc/config.gz");
		return;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(needed); i++)
		if (!facts_config(facts, needed[i])) {
			found(f, VERDICT_NO, "the kernel was built without %s", needed[i]);
			remedy(f, "install another kernel, or build one");
			return;
		}
	found(f, VERDICT_OK, "the kernel has what the module needs");
}

static void check_pages(const struct facts *facts, struct finding *f)
{
	long kib = 0;

	if (facts_config(facts, "CONFIG_ARM64_4K_PAGES"))
		kib = 4;
	else if (facts_config(facts, "CONFIG_ARM64_16K_PAGES"))
		kib = 16;
	else if (facts_config(facts, "CONFIG_ARM64_64K_PAGES"))
		kib = 64;
	else if (!*facts->root)
		kib = sysconf(_SC_PAGESIZE) / 1024;
	if (kib == 64)
		found(f, VERDICT_NOTE, "of 64 KiB, with which nobody has tried arm_vcpu");
	else if (kib)
		found(f, VERDICT_OK, "of %ld KiB", kib);
}

/* Who has the module needs none */
static void check_headers(const struct facts *facts, struct finding *f)
{
	if (module_loaded(facts) || module_installed(facts))
		return;
	if (file_exists(facts->root, "/lib/modules/%s/build/Makefile", facts->release)) {
		found(f, VERDICT_OK, "/lib/modules/%s/build", facts->release);
		return;
	}
	found(f, VERDICT_NO, "there are none for this kernel, nor a module");
	remedy(f, "apt-get install linux-headers-%s, or what they are called",
	       facts->release);
}

/* From what can't be changed to what can */
static const struct check checks[] = {
	{ "machine",		check_machine },
	{ "architecture",	check_architecture },
	{ "kernel",		check_kernel },
	{ "configuration",	check_config },
	{ "pages",		check_pages },
	{ "EL2",		check_el2 },
	{ "interrupts",		check_interrupts },
	{ "timers",		check_timers },
	{ "addresses",		check_addresses },
	{ "headers",		check_headers },
	{ "signature",		check_signature },
	{ "module",		check_module },
	{ "device",		check_device },
	{ "log",		check_log },
};

static void print(const struct check *check, const struct finding *f)
{
	static const char * const words[] = {
		[VERDICT_OK] = "ok", [VERDICT_NOTE] = "note", [VERDICT_UNKNOWN] = "?",
		[VERDICT_NO] = "NO",
	};

	printf("%-4s  %-13s  %s%s%s\n", words[f->verdict], check->name, f->text,
	       *f->remedy ? " -> " : "", f->remedy);
}

static int examine(const struct facts *facts, bool quiet)
{
	unsigned int obstacles = 0, unknown = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(checks); i++) {
		struct finding finding = { 0 };

		checks[i].look(facts, &finding);
		obstacles += finding.verdict == VERDICT_NO;
		unknown += finding.verdict == VERDICT_UNKNOWN;
		if (finding.verdict > (quiet ? VERDICT_OK : VERDICT_NONE))
			print(&checks[i], &finding);
		/* The rest is about arm64 machines */
		if (checks[i].look == check_architecture && obstacles)
			break;
	}
	if (obstacles)
		printf("\nNo guest can run here: see what is marked NO.\n");
	else if (unknown)
		printf("\nNothing is seen that stands in the way, but not all could be seen.\n");
	else
		printf("\nGuests can run here.\n");
	return obstacles ? STATUS_HOST : STATUS_OFF;
}

int doctor_main(int argc, char **argv)
{
	struct facts facts;
	const char *root = "";
	bool quiet = false;
	int option, status;

	while ((option = getopt_long(argc, argv, "qh", long_options, NULL)) != -1) {
		switch (option) {
		case 'q':
			quiet = true;
			break;
		case OPT_ROOT:
			root = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return STATUS_OFF;
		default:
			return STATUS_USAGE;
		}
	}
	if (optind < argc) {
		say("'%s' isn't an option", argv[optind]);
		return STATUS_USAGE;
	}
	facts_probe(&facts, root);
	status = examine(&facts, quiet);
	facts_free(&facts);
	return fflush(stdout) ? STATUS_HOST : status;
}
