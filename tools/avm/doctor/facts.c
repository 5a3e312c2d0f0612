// SPDX-License-Identifier: MIT
/* What the kernel says of itself and its machine */
#include "facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "file.h"

/* Where a distribution or the kernel itself leaves it */
static char *read_config(const struct facts *facts)
{
	static const char * const places[] = {
		"/boot/config-%s", "/usr/lib/modules/%s/config", "/lib/modules/%s/config",
		"/lib/modules/%s/build/.config",
	};
	char path[PATH_MAX], *config;

	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), places[i], facts->release);
		config = file_read(NULL, facts->root, "%s", path);
		if (config)
			return config;
	}
	return file_read(NULL, facts->root, "/proc/config.gz");
}

/* What firmware tells of the machine's maker, where there is no device tree to name it */
static void read_dmi(struct facts *facts)
{
	char product[64];

	file_line(facts->vendor, sizeof(facts->vendor) / 2, facts->root,
		  "/sys/class/dmi/id/sys_vendor");
	file_line(product, sizeof(product), facts->root, "/sys/class/dmi/id/product_name");
	if (!*facts->model && (*facts->vendor || *product))
		snprintf(facts->model, sizeof(facts->model), "%.60s%s%s", facts->vendor,
			 *facts->vendor && *product ? " " : "", product);
}

/* /proc/interrupts tells of the controller what firmware doesn't tell us */
static void guess_controller(struct facts *facts)
{
	if (facts->controller != CONTROLLER_UNKNOWN ||
	    facts_interrupt(facts, "arch_timer", facts->controller_name,
			    sizeof(facts->controller_name)) == NO_INTERRUPT)
		return;
	if (!strncmp(facts->controller_name, "GICv3", 5) ||
	    !strncmp(facts->controller_name, "GICv4", 5))
		facts->controller = CONTROLLER_GICV3;
	else if (!strncmp(facts->controller_name, "GICv5", 5))
		facts->controller = CONTROLLER_GICV5;
	else if (!strncmp(facts->controller_name, "GIC", 3))
		facts->controller = CONTROLLER_GICV2;
	else
		facts->controller = CONTROLLER_OTHER;
}

void facts_probe(struct facts *facts, const char *root)
{
	struct utsname names;

	*facts = (struct facts){ .root = root };
	uname(&names);
	/* Linux has it there since 6.1 */
	if (!file_line(facts->arch, sizeof(facts->arch), root, "/proc/sys/kernel/arch"))
		snprintf(facts->arch, sizeof(facts->arch), "%s", names.machine);
	if (!file_line(facts->release, sizeof(facts->release), root, "/proc/sys/kernel/osrelease"))
		snprintf(facts->release, sizeof(facts->release), "%s", names.release);
	facts->cmdline = file_read(NULL, root, "/proc/cmdline");
	facts->cpuinfo = file_read(NULL, root, "/proc/cpuinfo");
	facts->interrupts = file_read(NULL, root, "/proc/interrupts");
	facts->config = read_config(facts);
	facts->log = file_log(root);

	facts_tree(facts);
	if (facts->firmware == FIRMWARE_UNKNOWN)
		facts_acpi(facts);
	read_dmi(facts);
	guess_controller(facts);
}

void facts_free(struct facts *facts)
{
	free(facts->cmdline);
	free(facts->cpuinfo);
	free(facts->interrupts);
	free(facts->config);
	free(facts->log);
}

bool facts_config(const struct facts *facts, const char *option)
{
	size_t length = strlen(option);
	const char *at = facts->config;

	while (at && (at = strstr(at, option))) {
		if ((at == facts->config || at[-1] == '\n') && !strncmp(at + length, "=y", 2))
			return true;
		at += length;
	}
	return false;
}

bool facts_logged(const struct facts *facts, const char *words)
{
	return facts->log && strstr(facts->log, words);
}

/* "11:  2056  1033  GICv3  30 Level  arch_timer": a count for each CPU, and four words */
static unsigned int parse_interrupt(char *line, const char *name, char *chip, size_t length)
{
	const char *last[4] = { "", "", "", "" };
	char *rest = line, *word;

	while ((word = strtok_r(rest, " \t", &rest))) {
		memmove(last, last + 1, sizeof(last) - sizeof(last[0]));
		last[3] = word;
	}
	if (strcmp(last[3], name))
		return NO_INTERRUPT;
	snprintf(chip, length, "%s", last[0]);
	return strtoul(last[1], NULL, 10);
}

unsigned int facts_interrupt(const struct facts *facts, const char *name, char *chip,
			     size_t length)
{
	char *copy = facts->interrupts ? strdup(facts->interrupts) : NULL;
	unsigned int found = NO_INTERRUPT;
	char *rest = copy, *line;

	while (found == NO_INTERRUPT && rest && (line = strtok_r(rest, "\n", &rest)))
		found = parse_interrupt(line, name, chip, length);
	free(copy);
	return found;
}
