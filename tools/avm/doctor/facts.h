/* SPDX-License-Identifier: MIT */
/* What is known of a machine, as far as one may look */
#ifndef AVM_DOCTOR_FACTS_H
#define AVM_DOCTOR_FACTS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * enum controller - the interrupt controller
 * @CONTROLLER_UNKNOWN: nothing tells
 * @CONTROLLER_GICV2: a GICv2
 * @CONTROLLER_GICV3: a GICv3, or a GICv4
 * @CONTROLLER_GICV5: a GICv5
 * @CONTROLLER_OTHER: none of Arm's
 */
enum controller {
	CONTROLLER_UNKNOWN, CONTROLLER_GICV2, CONTROLLER_GICV3, CONTROLLER_GICV5, CONTROLLER_OTHER,
};

/**
 * enum firmware - which of its descriptions could be read
 * @FIRMWARE_UNKNOWN: none
 * @FIRMWARE_TREE: the device tree
 * @FIRMWARE_ACPI: ACPI's MADT and GTDT
 * @FIRMWARE_SECRET: there is ACPI, but we may not read it
 */
enum firmware { FIRMWARE_UNKNOWN, FIRMWARE_TREE, FIRMWARE_ACPI, FIRMWARE_SECRET };

/* Timers, by their place in the device tree's binding */
enum timer { TIMER_SECURE, TIMER_PHYSICAL, TIMER_VIRTUAL, TIMER_HYP, TIMER_HYP_VIRTUAL, NR_TIMERS };

#define NO_INTERRUPT	0U
#define SOME_INTERRUPT	UINT_MAX	/* one that is no GIC's */

/**
 * struct facts - what the probe has found
 * @root: what paths are below; "" for this machine
 * @arch: `uname -m`
 * @release: `uname -r`
 * @model: as the device tree or DMI names the machine
 * @vendor: as DMI names who made it
 * @board: the root's compatible in the device tree, strings joined by blanks
 * @cmdline: the kernel's
 * @cpuinfo: /proc/cpuinfo
 * @interrupts: /proc/interrupts
 * @config: the kernel's; NULL if it isn't there
 * @log: the kernel's; NULL if we may not read it
 * @firmware: where what follows is from
 * @controller: the interrupt controller
 * @controller_name: what it calls itself
 * @virtual_interface: a GICv2 has the registers of one
 * @maintenance: its interrupt's INTID, or NO_INTERRUPT
 * @cells: of an interrupt in the device tree
 * @has_timer: there is an architected timer
 * @timers: its interrupts' INTIDs, or NO_INTERRUPT
 * @hypervisor: that the device tree names; or empty
 */
struct facts {
	const char *root;
	char arch[65];
	char release[128];
	char model[128];
	char vendor[128];
	char board[256];
	char *cmdline;
	char *cpuinfo;
	char *interrupts;
	char *config;
	char *log;
	enum firmware firmware;
	enum controller controller;
	char controller_name[64];
	bool virtual_interface;
	unsigned int maintenance;
	unsigned int cells;
	bool has_timer;
	unsigned int timers[NR_TIMERS];
	char hypervisor[64];
};

/**
 * facts_probe() - look at a machine
 * @facts: is filled in
 * @root: the root folder; "" for this machine
 */
void facts_probe(struct facts *facts, const char *root);

/**
 * facts_free() - after facts_probe()
 * @facts: that it has filled in
 */
void facts_free(struct facts *facts);

/**
 * facts_tree() - what the device tree says
 * @facts: root is there; the rest is filled in
 */
void facts_tree(struct facts *facts);

/**
 * facts_acpi() - what ACPI's tables say
 * @facts: root is there; the rest is filled in
 */
void facts_acpi(struct facts *facts);

/**
 * facts_config() - how the kernel was configured
 * @facts: of the machine
 * @option: CONFIG_*
 *
 * Return: whether it is built in; false if nobody knows.
 */
bool facts_config(const struct facts *facts, const char *option);

/**
 * facts_logged() - has the kernel's log this
 * @facts: of the machine
 * @words: to look for
 *
 * Return: whether it has; false if it can't be read.
 */
bool facts_logged(const struct facts *facts, const char *words);

/**
 * facts_interrupt() - find a per-CPU interrupt in /proc/interrupts
 * @facts: of the machine
 * @name: whose it is: the last word of its line
 * @chip: is filled in: of the controller
 * @length: of @chip
 *
 * Return: its number there, for a GIC the INTID; NO_INTERRUPT if nobody has it.
 */
unsigned int facts_interrupt(const struct facts *facts, const char *name, char *chip,
			     size_t length);

#endif /* AVM_DOCTOR_FACTS_H */
