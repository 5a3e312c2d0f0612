// SPDX-License-Identifier: MIT
/* A machine that avm doctor looks at: all files that it reads, as pieces in their order */
#include "doctor/doctor.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "util.h"

#define TREE	"/sys/firmware/devicetree/base"
#define TABLES	"/sys/firmware/acpi/tables"

/* The folders come before what is in them */
static const char * const folders[] = {
	"/sys", "/sys/firmware", "/sys/firmware/devicetree", TREE, TREE "/gic", TREE "/timer",
	TREE "/hypervisor", "/sys/firmware/acpi", TABLES, "/proc", "/dev", "/sys/module",
	"/sys/module/arm_vcpu",
};

static const char * const files[] = {
	TREE "/gic/compatible", TREE "/gic/reg", TREE "/gic/interrupts",
	TREE "/gic/#interrupt-cells",
	TREE "/#address-cells", TREE "/#size-cells", TREE "/timer/compatible",
	TREE "/timer/interrupts", TREE "/timer/interrupt-names", TREE "/hypervisor/compatible",
	TREE "/compatible", TREE "/model", TABLES "/APIC", TABLES "/GTDT", "/proc/interrupts",
	"/proc/cmdline", "/proc/cpuinfo", "/proc/config.gz", "/dev/kmsg",
	"/sys/module/arm_vcpu/version",
};

static char root[32];

static void clean_up(void)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s%s", root, files[i]);
		unlink(path);
	}
	for (size_t i = ARRAY_SIZE(folders); i--;) {
		snprintf(path, sizeof(path), "%s%s", root, folders[i]);
		rmdir(path);
	}
	rmdir(root);
}

static void make_folders(void)
{
	char path[PATH_MAX];

	snprintf(root, sizeof(root), "/tmp/fuzz.XXXXXX");
	if (!mkdtemp(root))
		abort();
	atexit(clean_up);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s%s", root, folders[i]);
		if (mkdir(path, 0700))
			abort();
	}
}

/* One that has nothing in it isn't there */
static void make_file(const char *name, const uint8_t *data, size_t size)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", root, name);
	unlink(path);
	if (!size)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[] = "doctor", option[] = "--root", *words[4] = { name, option, root };
	static bool made;
	const uint8_t *piece;

	if (!made) {
		make_folders();
		made = true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		size_t length = fuzz_piece(&data, &size, &piece);

		make_file(files[i], piece, length);
	}
	optind = 0;
	doctor_main(3, words);
	return 0;
}
