// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that take a CPU out of its guest, of timers and of the virtual GIC: found in the
 * device tree or in ACPI's GTDT and MADT, for no helper that knows them is exported, and
 * requested.
 */
#include <linux/acpi.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>
#include <asm/barrier.h>

#include "features.h"
#include "ppi.h"
#include "../../uapi/linux/arm_vcpu.h"

#define CURRENT_EL2	0x8

/**
 * struct ppi - such an interrupt
 * @timer: ARM_VCPU_TIMER_*, or 0
 * @node: whose it is: "compatible" in the device tree
 * @name: as the device tree names it
 * @index: in the device tree's list, which the binding orders
 * @irq: Linux's number; 0 if there is none
 * @intid: the GIC's
 * @ours: we hold it
 */
struct ppi {
	const u32 timer;
	const char *const node;
	const char *const name;
	const int index;
	int irq;
	unsigned int intid;
	bool ours;
};

#define TIMER_NODE	"arm,armv8-timer"
#define GIC_NODE	"arm,gic-v3"

static struct ppi ppis[] = {
	{ ARM_VCPU_TIMER_VIRTUAL, TIMER_NODE, "virt", 2 },
	{ ARM_VCPU_TIMER_PHYSICAL, TIMER_NODE, "phys", 1 },
	/* EL2's own, which nVHE hosts don't use */
	{ 0, TIMER_NODE, "hyp-phys", 3 },
	/* The GIC's only one; its binding has no names */
	{ 0, GIC_NODE, "", 0 },
};

#define VIRTUAL	(&ppis[0])
#define PHYSICAL (&ppis[1])
#define HYP	(&ppis[2])
#define MAINTENANCE (&ppis[3])
#define NR_TIMERS	3 /* those before it */

DEFINE_PER_CPU(u32, ppi_masked);

/* What comes isn't masked, and won't be when it has been handled: @dev is ppi_masked here */
static irqreturn_t ppi_handler(int irq, void *dev)
{
	const struct ppi *ppi;
	u32 *masked = dev;

	for (ppi = ppis; ppi < ppis + ARRAY_SIZE(ppis); ppi++)
		if (ppi->irq == irq)
			*masked &= ~ppi->timer;
	return IRQ_HANDLED;
}

static int find_in_device_tree(const struct ppi *ppi)
{
	struct device_node *np = of_find_compatible_node(NULL, NULL, ppi->node);
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
static int register_gsi(u32 gsi, bool edge, bool low)
{
	int irq = acpi_register_gsi(NULL, gsi, edge ? ACPI_EDGE_SENSITIVE : ACPI_LEVEL_SENSITIVE,
				    low ? ACPI_ACTIVE_LOW : ACPI_ACTIVE_HIGH);

	return irq > 0 ? irq : -ENOENT;
}

/* Every usable CPU's entry has the same; its polarity isn't told (ACPI 6.5, 5.2.12.14) */
static int find_in_madt(void)
{
	/* Entries of earlier revisions are shorter */
	const u32 least = offsetofend(struct acpi_madt_generic_interrupt, vgic_interrupt);
	struct acpi_madt_generic_interrupt *gicc;
	struct acpi_table_header *table;
	u32 at = sizeof(struct acpi_table_madt);
	int irq = -ENOENT;

	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_MADT, 0, &table)))
		return -ENOENT;
	for (; at + sizeof(gicc->header) <= table->length; at += gicc->header.length) {
		gicc = (void *)table + at;
		if (gicc->header.length < sizeof(gicc->header) ||
		    gicc->header.length > table->length - at)
			break;
		if (gicc->header.type != ACPI_MADT_TYPE_GENERIC_INTERRUPT ||
		    gicc->header.length < least || !(gicc->flags & ACPI_MADT_ENABLED) ||
		    !gicc->vgic_interrupt)
			continue;
		irq = register_gsi(gicc->vgic_interrupt, gicc->flags & ACPI_MADT_VGIC_IRQ_MODE,
				   false);
		break;
	}
	acpi_put_table(table);
	return irq;
}

static int find_in_acpi(const struct ppi *ppi)
{
	struct acpi_table_header *table;
	struct acpi_table_gtdt *gtdt;
	u32 gsi, flags;

	if (ppi == MAINTENANCE)
		return find_in_madt();
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
	return register_gsi(gsi, flags & ACPI_GTDT_INTERRUPT_MODE,
			    flags & ACPI_GTDT_INTERRUPT_POLARITY);
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
	struct irq_data *data;

	if (irq < 0)
		return irq;
	ppi->irq = irq;
	/* The GIC is the root of all */
	for (data = irq_get_irq_data(irq); data; data = data->parent_data)
		ppi->intid = data->hwirq;
	return 0;
}

static int request(struct ppi *ppi)
{
	int ret = find(ppi);

	if (ret)
		return ret;
	ret = request_percpu_irq(ppi->irq, ppi_handler, "arm_vcpu", &ppi_masked);
	if (ret)
		return ret == -ENOMEM ? ret : -EBUSY;
	ppi->ours = true;
	return 0;
}

/* 0, or -ENOMEM: what there need not be isn't there */
static int optional(int error)
{
	return error == -ENOMEM ? error : 0;
}

/*
 * The physical timer is the guest's only on VHE; on nVHE the host ticks on it.  There EL2's
 * own is asked for, with which a guest may have the physical one for a stay.
 */
static int request_timers(void)
{
	int ret = request(VIRTUAL);

	if (ret)
		return ret;
	if (read_sysreg(CurrentEL) != CURRENT_EL2)
		return optional(find(PHYSICAL) ?: request(HYP));
	/* The host's tick, to be deactivated: see below */
	find(HYP);
	return request(PHYSICAL);
}

/**
 * ppi_request() - get hold of the interrupts
 *
 * Return: 0, -ENOENT if the host has no virtual timer, or on VHE no physical one, -EBUSY if
 * its interrupt is taken, -ENOMEM.
 */
int ppi_request(void)
{
	int ret = request_timers();

	if (!ret && features_gicv3())
		ret = optional(request(MAINTENANCE));
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

/**
 * ppi_has_maintenance() - does the virtual GIC's interrupt come
 *
 * Return: whether it does.
 */
bool ppi_has_maintenance(void)
{
	return MAINTENANCE->ours;
}

/**
 * ppi_intid() - a timer's interrupt as the host's GIC knows it
 * @timer: ARM_VCPU_TIMER_*
 *
 * Return: its INTID; 0 if it isn't the guest's.
 */
unsigned int ppi_intid(u32 timer)
{
	const struct ppi *ppi = timer == ARM_VCPU_TIMER_VIRTUAL ? VIRTUAL : PHYSICAL;

	return ppi->ours ? ppi->intid : 0;
}

/**
 * ppi_domain() - the interrupts of the GIC, by INTID
 *
 * Return: Linux's domain, or NULL: the virtual GIC's interrupt isn't there.
 */
struct irq_domain *ppi_domain(void)
{
	struct irq_data *data = MAINTENANCE->ours ? irq_get_irq_data(MAINTENANCE->irq) : NULL;

	while (data && data->parent_data)
		data = data->parent_data;
	return data ? data->domain : NULL;
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

	ppi_mask(0);
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
	for (i = 0; i < NR_TIMERS; i++) {
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
	for (i = 0; i < NR_TIMERS; i++)
		if (active & BIT(i))
			set_active(&ppis[i], true);
	/* They are active before the guest can end them */
	dsb(sy);
}

/* ppi_mask(), if there is something to do: what is active isn't signalled */
void ppi_mask_just(u32 timers)
{
	u32 change = timers ^ __this_cpu_read(ppi_masked);
	unsigned int i;

	__this_cpu_write(ppi_masked, timers);
	/* What the guest has ended is ended before (IHI 0069, 4.1.1) */
	dsb(sy);
	for (i = 0; i < NR_TIMERS; i++)
		if (ppis[i].ours && change & ppis[i].timer)
			set_active(&ppis[i], timers & ppis[i].timer);
}
