// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the scenario far, which gives the host memory beyond what 48 bits of address reach:
 * the kernel is told of it.
 *
 * start=, size=: where it is, in whole sections.
 */
#include <linux/memory_hotplug.h>
#include <linux/module.h>

static unsigned long start;
module_param(start, ulong, 0);
static unsigned long size;
module_param(size, ulong, 0);

static int __init farmem_init(void)
{
#ifdef CONFIG_MEMORY_HOTPLUG
	return add_memory(0, start, size, MHP_NONE);
#else
	return -EOPNOTSUPP;
#endif
}
module_init(farmem_init);

MODULE_DESCRIPTION("Tells the kernel of memory");
MODULE_LICENSE("GPL");
