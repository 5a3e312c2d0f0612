// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupts of timers: found in the device tree or in ACPI's GTDT, for
 * no helper that knows them is exported, and requested.
 */
#include <linux/acpi.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>
#include <asm/barrier.h>

#include "ppi.h"
#include "../uapi/linux/arm_vcpu.h"

#define CURRENT_EL2	0x8

/**
 * struct ppi - a timer's interrupt
 * @timer: ARM_VCPU_TIMER_*
 * @name: as the device tree names it
 * @index: in the device tree's list, which the binding orders
 * @irq: Linux's number; 0 if there is none
 * @ours: we hold it
 */
struct ppi {
	const u32 timer;
	const char *const name;
	const int index;
	int irq;
	bool ours;
};

static struct ppi ppis[] = {
	{ ARM_VCPU_TIMER_VIRTUAL, "virt", 2 },
	{ ARM_VCPU_TIMER_PHYSICAL, "phys", 1 },
	/* EL2's own, which nVHE hosts don't use */
	{ 0, "hyp-phys", 3 },
};

#define VIRTUAL	(&ppis[0])
#define PHYSICAL (&ppis[1])
#define HYP	(&ppis[2])

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
	if (ppi == VIRTUAL) {
		gsi = gtdt->virtual_timer_interrupt;
		flags = gtdt->virtual_timer_flags;
	} else if (ppi == HYP) {
		gsi = gtdt->non_secure_el2_interrupt;
		flags = gtdt->non_secure_el2_flags;
	} else {
		gsi = gtdt->non_secure_el1_interrupt;
		flags = gtdt->non_secure_el1_flags;
	}
	acpi_put_table(table);

	/* The table has 0 for a timer that isn't there (ACPI 6.5, 5.2.25) */
	if (!gsi)
		return -ENOENT;
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

static int find(struct ppi *ppi)
{
	int irq = acpi_disabled ? find_in_device_tree(ppi) : find_in_acpi(ppi);

	if (irq < 0)
		return irq;
	ppi->irq = irq;
	return 0;
}

static int request(struct ppi *ppi)
{
	int ret = find(ppi);

	if (ret)
		return ret;
	/* Any per-CPU cookie does; the handler doesn't look at it */
	ret = request_percpu_irq(ppi->irq, ppi_handler, "arm_vcpu", &ppi_masked);
	if (ret)
		return ret == -ENOMEM ? ret : -EBUSY;
	ppi->ours = true;
	return 0;
}

/**
 * ppi_request() - get hold of the timers' interrupts
 *
 * The physical timer is the guest's only on VHE; on nVHE the host ticks on it.  There EL2's
 * own is asked for, with which a guest may have the physical one for a stay.
 *
 * Return: 0, -ENOENT if the host has no such timer, -EBUSY if its interrupt is taken, -ENOMEM.
 */
int ppi_request(void)
{
	int ret = request(VIRTUAL);

	if (ret)
		return ret;
	if (read_sysreg(CurrentEL) == CURRENT_EL2) {
		/* The host's tick, to be deactivated: see below */
		find(HYP);
		ret = request(PHYSICAL);
	} else {
		ret = find(PHYSICAL) ?: request(HYP);
		/* Nothing else depends on it */
		if (ret != -ENOMEM)
			return 0;
	}
	if (ret)
		ppi_free();
	return ret;
}

/**
 * ppi_lends_ptimer() - can an nVHE host's physical timer be a guest's for a stay
 *
 * Return: whether EL2's timer can stand in for it.
 */
bool ppi_lends_ptimer(void)
{
	return HYP->ours;
}

void ppi_free(void)
{
	struct ppi *ppi;

	for (ppi = ppis; ppi < ppis + ARRAY_SIZE(ppis); ppi++) {
		if (ppi->ours)
			free_percpu_irq(ppi->irq, &ppi_masked);
		ppi->irq = 0;
		ppi->ours = false;
	}
}

void ppi_enable(void)
{
	struct ppi *ppi;

	this_cpu_write(ppi_masked, 0);
	for (ppi = ppis; ppi < ppis + ARRAY_SIZE(ppis); ppi++)
		if (ppi->ours)
			enable_percpu_irq(ppi->irq, irq_get_trigger_type(ppi->irq));
}

void ppi_disable(void)
{
	struct ppi *ppi;

	for (ppi = ppis; ppi < ppis + ARRAY_SIZE(ppis); ppi++)
		if (ppi->ours)
			disable_percpu_irq(ppi->irq);
}

static bool is_active(const struct ppi *ppi)
{
	bool active;

	return !irq_get_irqchip_state(ppi->irq, IRQCHIP_STATE_ACTIVE, &active) && active;
}

/* The write can be answered before it arrives (nGnRE); a read of what was written can't */
static void set_active(const struct ppi *ppi, bool active)
{
	irq_set_irqchip_state(ppi->irq, IRQCHIP_STATE_ACTIVE, active);
	is_active(ppi);
}

/**
 * ppi_deactivate() - end the timers' interrupts on this CPU
 *
 * A guest that takes interrupts itself may have left in the middle of one, and as long as
 * that is active it isn't signalled again, to nobody.
 *
 * Context: interrupts are off.
 * Return: those that were active, for ppi_activate().
 */
unsigned int ppi_deactivate(void)
{
	unsigned int active = 0, i;

	/* What the guest has acknowledged or ended shows after a DSB (IHI 0069, 4.1.1) */
	dsb(sy);
	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		if (!ppis[i].irq || !is_active(&ppis[i]))
			continue;
		set_active(&ppis[i], false);
		active |= BIT(i);
	}
	return active;
}

/**
 * ppi_activate() - have the guest go on in the middle of its interrupts
 * @active: what ppi_deactivate() has returned, on whatever CPU
 *
 * The guest will end them, which it may only do with what is active (IHI 0069, 4.1).
 *
 * Context: interrupts are off.
 */
void ppi_activate(unsigned int active)
{
	unsigned int i;

	if (!active)
		return;
	for (i = 0; i < ARRAY_SIZE(ppis); i++)
		if (active & BIT(i))
			set_active(&ppis[i], true);
	/* They are active before the guest can end them */
	dsb(sy);
}

void ppi_mask_just(u32 timers)
{
	u32 change = timers ^ __this_cpu_read(ppi_masked);
	int i;

	__this_cpu_write(ppi_masked, timers);
	for (i = 0; i < ARRAY_SIZE(ppis); i++) {
		if (!ppis[i].ours || !(change & ppis[i].timer))
			continue;
		if (timers & ppis[i].timer)
			disable_percpu_irq(ppis[i].irq);
		else
			enable_percpu_irq(ppis[i].irq, IRQ_TYPE_NONE);
	}
}
