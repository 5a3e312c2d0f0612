// SPDX-License-Identifier: GPL-2.0-only
/*
 * How EL2 takes another CPU out of its guest, where Linux's own function can't be called: by the
 * interrupt that this sends, SGI 0.
 *
 * Linux numbers the interrupts between CPUs in the order of its enum ipi_msg_type, the first SGIs
 * are these, and the first one asks a CPU to look whether another task is to run there
 * (arch/arm64/kernel/smp.c, drivers/irqchip/irq-gic-v3.c).  A CPU that gets it for nothing looks.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/string.h>
#include <asm/cputype.h>

#include "hyp/post.h"
#include "kick.h"
#include "ppi.h"

/* Is SGI @n one of those that Linux's CPUs send each other */
static bool is_ipi(unsigned int n)
{
	struct irq_domain *domain = ppi_domain();
	unsigned int irq = domain ? irq_find_mapping(domain, n) : 0;
	struct irq_data *data = irq ? irq_get_irq_data(irq) : NULL;
	const struct irqaction *action = data ? irq_data_to_desc(data)->action : NULL;

	return action && action->name && !strcmp(action->name, "IPI");
}

/**
 * kick_sgi() - what interrupts this CPU
 *
 * Context: the task stays on the CPU.
 *
 * Return: a value for ICC_SGI1R_EL1 (IHI 0069, 12.2), or 0: not to be had.
 */
u64 kick_sgi(void)
{
	return is_ipi(0) ? hyp_sgi_to(read_cpuid_mpidr()) : 0;
}
