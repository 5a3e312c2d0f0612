// SPDX-License-Identifier: MIT
/* What ACPI's tables say (ACPI 6.5, 5.2.12 and 5.2.25), which only root may read */
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "file.h"

#define TABLES		"/sys/firmware/acpi/tables"

/* MADT: its entries, and what of them is looked at */
#define MADT_ENTRIES	44
#define ENTRY_GICC	11
#define GICC_FLAGS	12
#define GICC_ENABLED	1
#define GICC_VGIC	56
#define ENTRY_GICD	12
#define GICD_VERSION	20

/* GTDT: GSIs, each with flags behind it */
#define GTDT_SECURE	48
#define GTDT_PHYSICAL	56
#define GTDT_VIRTUAL	64
#define GTDT_HYP	72

/* 0 beyond the end, as an older revision's table is shorter */
static uint32_t word(const char *table, size_t size, size_t at)
{
	uint32_t value;

	if (at + sizeof(value) > size)
		return 0;
	memcpy(&value, table + at, sizeof(value));
	return le32toh(value);
}

static void look_at_madt(struct facts *facts, const char *table, size_t size)
{
	static const enum controller versions[] = {
		[2] = CONTROLLER_GICV2, [3] = CONTROLLER_GICV3, [4] = CONTROLLER_GICV3,
		[5] = CONTROLLER_GICV5,
	};
	size_t length;

	for (size_t at = MADT_ENTRIES; at + 2 <= size; at += length) {
		const char *entry = table + at;

		length = (unsigned char)entry[1];
		if (length < 2 || length > size - at)
			return;
		if (entry[0] == ENTRY_GICC && facts->maintenance == NO_INTERRUPT &&
		    word(entry, length, GICC_FLAGS) & GICC_ENABLED)
			facts->maintenance = word(entry, length, GICC_VGIC);
		if (entry[0] == ENTRY_GICD) {
			unsigned int version = word(entry, length, GICD_VERSION) & 0xff;

			/* 0: whatever the hardware says */
			if (version < ARRAY_SIZE(versions))
				facts->controller = versions[version];
		}
	}
}

static void look_at_gtdt(struct facts *facts, const char *table, size_t size)
{
	facts->has_timer = true;
	facts->timers[TIMER_SECURE] = word(table, size, GTDT_SECURE);
	facts->timers[TIMER_PHYSICAL] = word(table, size, GTDT_PHYSICAL);
	facts->timers[TIMER_VIRTUAL] = word(table, size, GTDT_VIRTUAL);
	facts->timers[TIMER_HYP] = word(table, size, GTDT_HYP);
}

void facts_acpi(struct facts *facts)
{
	size_t madt_size = 0, gtdt_size = 0;
	char *madt, *gtdt;

	if (!file_exists(facts->root, TABLES "/APIC"))
		return;
	madt = file_read(&madt_size, facts->root, TABLES "/APIC");
	gtdt = file_read(&gtdt_size, facts->root, TABLES "/GTDT");
	facts->firmware = madt ? FIRMWARE_ACPI : FIRMWARE_SECRET;
	if (madt)
		look_at_madt(facts, madt, madt_size);
	if (gtdt)
		look_at_gtdt(facts, gtdt, gtdt_size);
	free(madt);
	free(gtdt);
}
