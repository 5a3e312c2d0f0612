// SPDX-License-Identifier: GPL-2.0-only
/*
 * Failures on order: see fail.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fail.h"
#include "vm.h"

#define DEBUGFS		"/sys/kernel/debug/"
#define FAIL_NTH	"/proc/thread-self/fail-nth"

static const char * const capabilities[] = { "failslab", "fail_page_alloc", "fail_usercopy" };

struct range {
	u64 start;
	u64 end;
};

static bool attribute(const char *capability, const char *name, const char *value)
{
	char path[96];

	snprintf(path, sizeof(path), DEBUGFS "%s/%s", capability, name);
	return !write_file(path, value);
}

static bool range_attribute(const char *capability, const char *name, u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "%#lx", value);
	return attribute(capability, name, text);
}

/* Where the kernel's function @name is */
static struct range find_function(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	struct range function = { .end = ~0UL };
	char symbol[128], line[256];
	u64 addr;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %*c %127s", &addr, symbol) == 2 && !strcmp(symbol, name))
			function.start = addr;
	}
	if (!file || !function.start)
		die("no %s in /proc/kallsyms", name);
	rewind(file);
	while (fgets(line, sizeof(line), file)) {
		addr = strtoul(line, NULL, 16);
		if (addr > function.start && addr < function.end)
			function.end = addr;
	}
	fclose(file);
	return function;
}

/* Where the module's code is */
static struct range find_module(void)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	struct range module = { .start = ~0UL };
	char owner[64], line[256];
	u64 addr;
	char type;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx %c %*s %63s", &addr, &type, owner) != 3 ||
		    strcmp(owner, "[arm_vcpu]") || (type != 't' && type != 'T'))
			continue;
		if (addr < module.start)
			module.start = addr;
		/* The last function is longer than its first byte: /proc/modules isn't finer */
		if (addr + 4096 > module.end)
			module.end = addr + 4096;
	}
	if (!file || module.start == ~0UL)
		die("no arm_vcpu in /proc/kallsyms");
	fclose(file);
	return module;
}

/*
 * The kernel warns when the bookkeeping of an allocation fails: alloc_slab_obj_exts() is
 * spared.
 */
const char *fail_setup(const char *function)
{
	struct range callers, spared;
	unsigned int i;

	if (access(FAIL_NTH, W_OK))
		return "kernel: built without CONFIG_FAULT_INJECTION";
	callers = function ? find_function(function) : find_module();
	spared = find_function("alloc_slab_obj_exts");
	for (i = 0; i < ARRAY_SIZE(capabilities); i++) {
		const char *name = capabilities[i];

		if (!attribute(name, "verbose", "0") ||
		    !range_attribute(name, "require-start", callers.start) ||
		    !range_attribute(name, "require-end", callers.end) ||
		    !range_attribute(name, "reject-start", spared.start) ||
		    !range_attribute(name, "reject-end", spared.end))
			return "kernel: fault injection by stack trace isn't built for all";
	}
	/* By default those that may wait don't fail, which is nearly all of ours */
	if (!attribute("failslab", "ignore-gfp-wait", "N") ||
	    !attribute("fail_page_alloc", "ignore-gfp-wait", "N") ||
	    !attribute("fail_page_alloc", "min-order", "0"))
		die("failslab and fail_page_alloc don't take their settings");
	return NULL;
}

static int fail_nth_fd(void)
{
	int fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("no " FAIL_NTH);
	return fd;
}

void fail_arm(unsigned int n)
{
	int fd = fail_nth_fd();
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("can't write to " FAIL_NTH);
	close(fd);
}

bool fail_disarm(void)
{
	int fd = fail_nth_fd();
	char text[16] = "";
	bool failed;

	if (read(fd, text, sizeof(text) - 1) <= 0)
		die("can't read " FAIL_NTH);
	failed = atoi(text) == 0;
	if (pwrite(fd, "0", 1, 0) != 1)
		die("can't write to " FAIL_NTH);
	close(fd);
	return failed;
}

long module_memory(void)
{
	FILE *file = fopen("/proc/allocinfo", "r");
	long sum = 0;
	char line[256];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, "[arm_vcpu]") && !strstr(line, "el2_map.c"))
			sum += strtol(line, NULL, 10);
	}
	fclose(file);
	return sum;
}
