// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupts of the guest's timers: found in the device tree or in ACPI's GTDT, for
 * no helper that knows them is exported, and requested.
 */
#include <linux/acpi.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>

#include "ppi.h"
#include "../uapi/linux/arm_vcpu.h"

#define CURRENT_EL2	0x8

/**
 * struct ppi - a timer's interrupt
 * @timer: ARM_VCPU_TIMER_*
 * @name: as the device tree names it
 * @index: in the device tree's list, which the binding orders
 * @irq: Linux's number; 0 when not requested
 */
struct ppi {
	const u32 timer;
	const char *const name;
	const int index;
	int irq;
};

static struct ppi ppis[] = {
	{ ARM_VCPU_TIMER_VIRTUAL, "virt", 2, 0 },
	{ ARM_VCPU_TIMER_PHYSICAL, "phys", 1, 0 },
};

DEFINE_PER_CPU(u32, ppi_masked);

static irqreturn_t ppi_handler(int irq, void *dev)
{
	return IRQ_HANDLED;
}

static int find_in_device_tree(const struct ppi *ppi)
{
	struct device_node *np = of_find_compatible_node(NULL, NULL, "arm,armv8-timer");
	int irq;

	if (!np)
		return -ENOENT;
	/* Lists with names may leave interrupts out, and don't keep the order */
	if (of_property_read_bool(np, "interrupt-names"))
		irq = of_irq_get_byname(np, ppi->name);
	else
		irq = irq_of_parse_and_map(np, ppi->index);
	of_node_put(np);
	return irq > 0 ? irq : -ENOENT;
}

#ifdef CONFIG_ACPI
static int find_in_acpi(const struct ppi *ppi)
{
	struct acpi_table_header *table;
	struct acpi_table_gtdt *gtdt;
	u32 gsi, flags;
	int irq;

	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_GTDT, 0, &table)))
		return -ENOENT;
	gtdt = (struct acpi_table_gtdt *)table;
	if (ppi->timer == ARM_VCPU_TIMER_VIRTUAL) {
		gsi = gtdt->virtual_timer_interrupt;
		flags = gtdt->virtual_timer_flags;
	} else {
		gsi = gtdt->non_secure_el1_interrupt;
		flags = gtdt->non_secure_el1_flags;
	}
	acpi_put_table(table);

	irq = acpi_register_gsi(NULL, gsi, flags & ACPI_GTDT_INTERRUPT_MODE ?
				ACPI_EDGE_SENSITIVE : ACPI_LEVEL_SENSITIVE,
				flags & ACPI_GTDT_INTERRUPT_POLARITY ?
				ACPI_ACTIVE_LOW : ACPI_ACTIVE_HIGH);
	return irq > 0 ? irq : -ENOENT;
}
#else
static int find_in_acpi(const struct ppi *ppi)
{
	return -ENOENT;
}
#endif

static int ppi_request_one(struct ppi *ppi)
{
	int irq = acpi_disabled ? find_in_device_tree(ppi) : find_in_acpi(ppi);
	int ret;

	if (irq < 0)
		return irq;
	/* Any per-CPU cookie does; the handler doesn't look at it */
	ret = request_percpu_irq(irq, ppi_handler, "arm_vcpu", &ppi_masked);
	if (ret)
		return ret == -ENOMEM ? ret : -EBUSY;
	ppi->irq = irq;
	return 0;
}

/**
 * ppi_request() - get hold of the timers' interrupts
 *
 * The physical timer is the guest's only on VHE; on nVHE the host ticks on it.
 *
 * Return: 0, -ENOENT if the host has no such timer, -EBUSY if its interrupt is taken, -ENOMEM.
 */
int ppi_request(void)
{
	int ret = ppi_request_one(&ppis[0]);

	if (ret || read_sysreg(CurrentEL) != CURRENT_EL2)
		return ret;
	ret = ppi_request_one(&ppis[1]);
	if (ret)
		ppi_free();
	return ret;
}

void ppi_free(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		if (ppis[i].irq)
			free_percpu_irq(ppis[i].irq, &ppi_masked);
		ppis[i].irq = 0;
	}
}

void ppi_enable(void)
{
	int i;

	this_cpu_write(ppi_masked, 0);
	for (i = 0; i < ARRAY_SIZE(ppis); i++)
		if (ppis[i].irq)
			enable_percpu_irq(ppis[i].irq, irq_get_trigger_type(ppis[i].irq));
}

void ppi_disable(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ppis); i++)
		if (ppis[i].irq)
			disable_percpu_irq(ppis[i].irq);
}

void ppi_mask_just(u32 timers)
{
	u32 change = timers ^ __this_cpu_read(ppi_masked);
	int i;

	__this_cpu_write(ppi_masked, timers);
	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		if (!ppis[i].irq || !(change & ppis[i].timer))
			continue;
		if (timers & ppis[i].timer)
			disable_percpu_irq(ppis[i].irq);
		else
			enable_percpu_irq(ppis[i].irq, IRQ_TYPE_NONE);
	}
}
