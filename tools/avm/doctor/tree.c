// SPDX-License-Identifier: MIT
/*
 * What the device tree says, read as the folders that the kernel makes of it, which anybody may.
 * The bindings: arm,arch_timer.yaml, arm,gic.yaml, arm,gic-v3.yaml.
 */
#include <dirent.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "file.h"

#define TREE		"/sys/firmware/devicetree/base"
#define MAX_DEPTH	16
#define PPI		1	/* first cell of an interrupt */
#define FIRST_PPI	16	/* its INTID */

static const struct {
	const char *compatible;
	enum controller controller;
} controllers[] = {
	{ "arm,gic-v3",			CONTROLLER_GICV3 },
	{ "arm,gic-v5",			CONTROLLER_GICV5 },
	{ "arm,gic-400",		CONTROLLER_GICV2 },
	{ "arm,cortex-a15-gic",		CONTROLLER_GICV2 },
	{ "arm,cortex-a9-gic",		CONTROLLER_GICV2 },
	{ "arm,cortex-a7-gic",		CONTROLLER_GICV2 },
	{ "qcom,msm-qgic2",		CONTROLLER_GICV2 },
	{ "brcm,bcm2836-l1-intc",	CONTROLLER_OTHER },
	{ "apple,aic",			CONTROLLER_OTHER },
	{ "apple,aic2",			CONTROLLER_OTHER },
};

static const char * const timer_names[NR_TIMERS] = {
	"sec-phys", "phys", "virt", "hyp-phys", "hyp-virt",
};

/* Cells of a property, in the machine's order; fewer than max if there are fewer */
static unsigned int cells_of(const char *node, const char *property, uint32_t *cells,
			     unsigned int max)
{
	size_t size = 0;
	char *data = file_read(&size, "", "%s/%s", node, property);
	unsigned int count = size / sizeof(*cells);

	if (count > max)
		count = max;
	for (unsigned int i = 0; i < count; i++) {
		memcpy(&cells[i], data + i * sizeof(*cells), sizeof(*cells));
		cells[i] = be32toh(cells[i]);
	}
	free(data);
	return count;
}

/* The place of a string in a list of them, or -1 */
static int place_of(const char *strings, size_t size, const char *string)
{
	int place = 0;

	for (size_t at = 0; at < size; at += strlen(strings + at) + 1, place++)
		if (!strcmp(strings + at, string))
			return place;
	return -1;
}

static unsigned int intid(const uint32_t *cells, unsigned int count, unsigned int width, int place)
{
	unsigned int at = place * width;

	if (place < 0 || at + width > count)
		return NO_INTERRUPT;
	return width >= 3 && cells[at] == PPI ? cells[at + 1] + FIRST_PPI : SOME_INTERRUPT;
}

static void look_at_controller(struct facts *facts, const char *node, const char *compatible,
			       enum controller controller)
{
	uint32_t cells[64], address = 2, size = 1; /* as the specification has them (2.3.5) */
	unsigned int count;

	/* On a Raspberry Pi, others hang below the first */
	if (facts->controller != CONTROLLER_UNKNOWN && controller == CONTROLLER_OTHER)
		return;
	facts->controller = controller;
	snprintf(facts->controller_name, sizeof(facts->controller_name), "%s", compatible);
	if (!cells_of(node, "#interrupt-cells", &facts->cells, 1))
		facts->cells = 0;
	if (controller != CONTROLLER_GICV2 && controller != CONTROLLER_GICV3)
		return;
	count = cells_of(node, "interrupts", cells, ARRAY_SIZE(cells));
	facts->maintenance = intid(cells, count, facts->cells, 0);
	/* Distributor, CPU interface, virtual control, virtual CPU interface */
	count = cells_of(node, "reg", cells, ARRAY_SIZE(cells));
	cells_of(node, "../#address-cells", &address, 1);
	cells_of(node, "../#size-cells", &size, 1);
	facts->virtual_interface = controller == CONTROLLER_GICV2 && count >= 4 * (address + size);
}

static void look_at_timer(struct facts *facts, const char *node)
{
	size_t size = 0;
	char *names = file_read(&size, "", "%s/interrupt-names", node);
	uint32_t cells[4 * NR_TIMERS];
	unsigned int count = cells_of(node, "interrupts", cells, ARRAY_SIZE(cells));
	/* Its controller may come later than it does */
	unsigned int width = facts->cells ? facts->cells : 3;

	facts->has_timer = true;
	for (int i = 0; i < NR_TIMERS; i++)
		facts->timers[i] = intid(cells, count, width,
					 names ? place_of(names, size, timer_names[i]) : i);
	free(names);
}

/* Pass 0 looks for the controller, by which pass 1 understands the rest */
static void look_at_node(struct facts *facts, const char *node, int pass)
{
	size_t size = 0;
	char *compatible = file_read(&size, "", "%s/compatible", node);

	if (!compatible)
		return;
	for (unsigned int i = 0; !pass && i < ARRAY_SIZE(controllers); i++)
		if (place_of(compatible, size, controllers[i].compatible) >= 0) {
			look_at_controller(facts, node, controllers[i].compatible,
					   controllers[i].controller);
			break;
		}
	if (pass && place_of(compatible, size, "arm,armv8-timer") >= 0)
		look_at_timer(facts, node);
	if (pass && (place_of(compatible, size, "gunyah-hypervisor") >= 0 ||
		     place_of(compatible, size, "xen,xen") >= 0))
		snprintf(facts->hypervisor, sizeof(facts->hypervisor), "%s",
			 place_of(compatible, size, "xen,xen") < 0 ? "Gunyah" : "Xen");
	free(compatible);
}

static void walk(struct facts *facts, const char *node, int pass, int depth)
{
	DIR *folder = depth < MAX_DEPTH ? opendir(node) : NULL;
	char child[PATH_MAX];
	struct dirent *entry;

	if (!folder)
		return;
	look_at_node(facts, node, pass);
	while ((entry = readdir(folder)))
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") &&
		    strcmp(entry->d_name, "..") &&
		    snprintf(child, sizeof(child), "%s/%s", node, entry->d_name) <
		    (int)sizeof(child))
			walk(facts, child, pass, depth + 1);
	closedir(folder);
}

static void name_board(struct facts *facts)
{
	size_t size = 0;
	char *compatible = file_read(&size, facts->root, TREE "/compatible");

	file_line(facts->model, sizeof(facts->model), facts->root, TREE "/model");
	for (size_t i = 0; compatible && i + 1 < size; i++)
		if (!compatible[i])
			compatible[i] = ' ';
	snprintf(facts->board, sizeof(facts->board), "%s", compatible ? compatible : "");
	free(compatible);
}

void facts_tree(struct facts *facts)
{
	char root[PATH_MAX];

	file_path(root, facts->root, TREE);
	name_board(facts);
	for (int pass = 0; pass < 2; pass++)
		walk(facts, root, pass, 0);
	/* With ACPI there is one, too, of a node or two */
	if (facts->has_timer || facts->controller != CONTROLLER_UNKNOWN)
		facts->firmware = FIRMWARE_TREE;
}
