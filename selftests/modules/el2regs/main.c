// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module for a selftest only: /proc/el2regs shows the EL2 registers of every online CPU,
 * to be compared before another module takes EL2 and after it has handed it back.
 *
 * On nVHE it runs a trampoline by the kernel's stub, which must be in place: don't read the
 * file while a hypervisor that has no such stub owns EL2.
 */
#include <linux/cpu.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>
#include <asm/virt.h>
#include "list.h"

#define NAME(name, encoding) #name,
static const char * const every[] = { EVERY_REGS(NAME) };
static const char * const nvhe[] = { NVHE_REGS(NAME) };
static const char * const gic[] = { GIC_REGS(NAME) };

#define NR_REGS (ARRAY_SIZE(every) + ARRAY_SIZE(nvhe) + ARRAY_SIZE(gic))

extern const char el2regs_trampoline[], el2regs_trampoline_end[];

static void *code;	/* the trampoline's page */
static u64 *values;	/* another page, which one CPU at a time fills */
static DEFINE_MUTEX(lock);

static bool at_el2(void)
{
	return read_sysreg(CurrentEL) == CurrentEL_EL2;
}

static bool has_gic_v3(void)
{
	return (read_sysreg(id_aa64pfr0_el1) >> 24 & 0xf) && (read_sysreg_s(SYS_ICC_SRE_EL1) & 1);
}

/* EL2's accesses there don't go through the caches: clean and invalidate to PoC */
static void flush(void *page)
{
	void *p;

	for (p = page; p < page + PAGE_SIZE; p += 16)
		asm volatile("dc civac, %0" : : "r" (p) : "memory");
	asm volatile("dsb sy\n\tic ialluis\n\tdsb sy\n\tisb" : : : "memory");
}

static void read_through_stub(u64 with_gic)
{
	register u64 x0 asm("x0") = HVC_SOFT_RESTART;
	register u64 x1 asm("x1") = virt_to_phys(code);
	register u64 x2 asm("x2") = virt_to_phys(values);
	register u64 x3 asm("x3") = with_gic;

	asm volatile("hvc #0" : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
		     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
		       "x14", "x15", "x16", "x17", "x18", "memory");
}

#define FETCH(name, encoding) *p++ = ({					\
	u64 value_;							\
	asm volatile("mrs %0, " #encoding : "=r" (value_));		\
	value_;								\
});

/* On the CPU in question, interrupts off */
static void read_registers(void *unused)
{
	u64 *p = values, with_gic = has_gic_v3();

	if (at_el2()) {
		EVERY_REGS(FETCH)
		p = values + ARRAY_SIZE(every) + ARRAY_SIZE(nvhe);
		if (with_gic) {
			GIC_REGS(FETCH)
		}
		return;
	}
	flush(code);
	flush(values);
	read_through_stub(with_gic);
	flush(values);
}

static void show_group(struct seq_file *seq, int cpu, const char * const *names, const u64 *from,
		       int count)
{
	int i;

	for (i = 0; i < count; i++)
		seq_printf(seq, "%d %s %#llx\n", cpu, names[i], from[i]);
}

static int el2regs_show(struct seq_file *seq, void *unused)
{
	int cpu;

	mutex_lock(&lock);
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		memset(values, 0, PAGE_SIZE);
		smp_call_function_single(cpu, read_registers, NULL, 1);
		show_group(seq, cpu, every, values, ARRAY_SIZE(every));
		if (!at_el2())
			show_group(seq, cpu, nvhe, values + ARRAY_SIZE(every), ARRAY_SIZE(nvhe));
		if (has_gic_v3())
			show_group(seq, cpu, gic, values + ARRAY_SIZE(every) + ARRAY_SIZE(nvhe),
				   ARRAY_SIZE(gic));
	}
	cpus_read_unlock();
	mutex_unlock(&lock);
	return 0;
}

static int __init el2regs_init(void)
{
	BUILD_BUG_ON(NR_REGS * sizeof(u64) > PAGE_SIZE);
	code = (void *)get_zeroed_page(GFP_KERNEL);
	values = (u64 *)get_zeroed_page(GFP_KERNEL);
	if (!code || !values)
		goto no_memory;
	memcpy(code, el2regs_trampoline, el2regs_trampoline_end - el2regs_trampoline);
	if (!proc_create_single("el2regs", 0400, NULL, el2regs_show))
		goto no_memory;
	return 0;
no_memory:
	free_page((unsigned long)code);
	free_page((unsigned long)values);
	return -ENOMEM;
}

static void __exit el2regs_exit(void)
{
	remove_proc_entry("el2regs", NULL);
	free_page((unsigned long)code);
	free_page((unsigned long)values);
}

module_init(el2regs_init);
module_exit(el2regs_exit);
MODULE_DESCRIPTION("Shows EL2 registers, for a selftest");
MODULE_LICENSE("GPL");
