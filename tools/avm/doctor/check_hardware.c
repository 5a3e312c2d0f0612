// SPDX-License-Identifier: MIT
/* Interrupt controller, timers, addresses */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <armvcpu.h>

#include "check.h"

#define IMPLEMENTER_ARM	0x41

static void check_gicv3(const struct facts *facts, struct finding *f)
{
	if (facts->firmware == FIRMWARE_SECRET || facts->firmware == FIRMWARE_UNKNOWN) {
		found(f, VERDICT_OK, "GICv3 or newer; root would see more of it");
	} else if (facts->maintenance == NO_INTERRUPT) {
		found(f, VERDICT_NOTE,
		      "GICv3, but %s has no maintenance interrupt: guests have no GIC",
		      facts->firmware == FIRMWARE_TREE ? "the device tree" : "ACPI's MADT");
		remedy(f, "newer firmware or device tree, if Linux is to be the guest");
	} else {
		found(f, VERDICT_OK, "GICv3 or newer, maintenance interrupt %u",
		      facts->maintenance);
	}
}

void check_interrupts(const struct facts *facts, struct finding *f)
{
	switch (facts->controller) {
	case CONTROLLER_GICV3:
		check_gicv3(facts, f);
		break;
	case CONTROLLER_GICV2:
		found(f, VERDICT_NOTE, "GICv2%s: guests have no GIC",
		      facts->virtual_interface ? " with a virtual interface" : "");
		remedy(f, "what polls runs; Linux as a guest takes a host with a GICv3");
		break;
	case CONTROLLER_GICV5:
		found(f, VERDICT_NO, "GICv5, which can't be kept from guests yet");
		remedy(f, "take a machine with a GICv3 or GICv2");
		break;
	case CONTROLLER_OTHER:
		found(f, VERDICT_NO, "the interrupt controller is no GIC (%s)",
		      facts->controller_name);
		remedy(f, "take a machine with a GICv3 or GICv2");
		break;
	default:
		found(f, VERDICT_UNKNOWN, "nothing tells what the interrupt controller is");
	}
}

void check_timers(const struct facts *facts, struct finding *f)
{
	const unsigned int *timers = facts->timers;

	if (facts->firmware == FIRMWARE_SECRET || facts->firmware == FIRMWARE_UNKNOWN)
		return;
	if (!facts->has_timer || timers[TIMER_VIRTUAL] == NO_INTERRUPT) {
		found(f, VERDICT_NO, "%s has no architected timer%s",
		      facts->firmware == FIRMWARE_TREE ? "the device tree" : "ACPI's GTDT",
		      facts->has_timer ? " for guests: the virtual one is missing" : "");
		remedy(f, "newer firmware, or a device tree that has it");
	} else if (timers[TIMER_VIRTUAL] == SOME_INTERRUPT) {
		found(f, VERDICT_OK, "there are some");
	} else {
		found(f, VERDICT_OK, "virtual %u, physical %u",
		      timers[TIMER_VIRTUAL], timers[TIMER_PHYSICAL]);
	}
}

/* Bits of physical address that these have, by their manuals (ID_AA64MMFR0_EL1) */
static const struct {
	unsigned int part;
	const char *name;
	unsigned int bits;
} parts[] = {
	{ 0xd03, "Cortex-A53", 40 },
	{ 0xd04, "Cortex-A35", 40 },
	{ 0xd05, "Cortex-A55", 40 },
	{ 0xd07, "Cortex-A57", 44 },
	{ 0xd08, "Cortex-A72", 44 },
	{ 0xd0b, "Cortex-A76", 40 },
	{ 0xd0c, "Neoverse-N1", 48 },
	{ 0xd40, "Neoverse-V1", 48 },
	{ 0xd49, "Neoverse-N2", 48 },
};

static unsigned int part_of(unsigned int part)
{
	unsigned int i = 0;

	while (i < ARRAY_SIZE(parts) && parts[i].part != part)
		i++;
	return i;
}

/* The value behind "name : " in a line of /proc/cpuinfo that begins at @at */
static bool field(const char *at, const char *name, unsigned int *value)
{
	if (strncmp(at, name, strlen(name)))
		return false;
	at = strchr(at, ':');
	*value = at ? strtoul(at + 1, NULL, 16) : 0;
	return at;
}

/* The least of all CPUs' bits, of which every model has to be known; or 0 */
static unsigned int least_bits(const struct facts *facts, char *names, size_t length)
{
	unsigned int implementer = 0, part, i, bits = 0;
	const char *line = facts->cpuinfo;

	*names = '\0';
	for (; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		field(line, "CPU implementer", &implementer);
		if (!field(line, "CPU part", &part))
			continue;
		i = part_of(part);
		if (implementer != IMPLEMENTER_ARM || i == ARRAY_SIZE(parts))
			return 0;
		if (!bits || parts[i].bits < bits)
			bits = parts[i].bits;
		if (!strstr(names, parts[i].name))
			snprintf(names + strlen(names), length - strlen(names), "%s%s",
				 *names ? ", " : "", parts[i].name);
	}
	return bits;
}

void check_addresses(const struct facts *facts, struct finding *f)
{
	struct armvcpu_vm vm;
	unsigned int bits;
	char names[128];

	if (!*facts->root && !armvcpu_open(&vm)) {
		found(f, VERDICT_OK, "guests have up to %u bits, and up to %u CPUs%s",
		      vm.info.ipa_bits_max, vm.info.max_vcpus,
		      vm.info.config_flags & ARM_VCPU_CONFIG_GIC ? ", and a GICv3" : "");
		armvcpu_close(&vm);
		return;
	}
	bits = least_bits(facts, names, sizeof(names));
	if (bits)
		found(f, VERDICT_OK, "guests have up to %u bits (%s)", bits, names);
	else if (*facts->root || !module_loaded(facts))
		found(f, VERDICT_OK, "the module tells how large guests can be");
}
