// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module for a selftest only: /proc/hostregs reads system registers as the kernel does.
 *
 * What is written to it is a list of encodings (16 bits each, op0 2 or 3 at the top); each
 * read() from the beginning reads those registers on the CPU that it is on, and gives for
 * each a value and whether there is such a register.  For one user at a time.
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/barrier.h>
#include <asm/sysreg.h>

#define MAX_COUNT	0x8000
#define AT_ONCE		64	/* interrupts are masked for so many */

struct hostreg {
	u64 value;
	u64 there;
};

asmlinkage void hostregs_read(const u16 *list, struct hostreg *values, u64 count);

static u16 *list;
static struct hostreg *values;
static size_t count;

static ssize_t set_list(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	size_t i;

	count = 0;
	if (size > MAX_COUNT * sizeof(*list) || size % sizeof(*list))
		return -EINVAL;
	if (copy_from_user(list, user, size))
		return -EFAULT;
	for (i = 0; i < size / sizeof(*list); i++)
		if (list[i] < 0x8000)
			return -EINVAL;
	count = size / sizeof(*list);
	return size;
}

static ssize_t get_values(struct file *file, char __user *user, size_t size, loff_t *pos)
{
	unsigned long flags;
	size_t i;

	for (i = 0; !*pos && i < count; i += AT_ONCE) {
		flags = read_sysreg(daif);
		asm volatile("msr daifset, #0xf" : : : "memory");
		hostregs_read(list + i, values + i, min_t(size_t, AT_ONCE, count - i));
		write_sysreg(flags, daif);
	}
	return simple_read_from_buffer(user, size, pos, values, count * sizeof(*values));
}

static const struct proc_ops ops = {
	.proc_read = get_values,
	.proc_write = set_list,
	.proc_lseek = default_llseek,
};

static int __init hostregs_init(void)
{
	list = vmalloc(MAX_COUNT * sizeof(*list));
	values = vzalloc(MAX_COUNT * sizeof(*values));
	if (!list || !values || !proc_create("hostregs", 0600, NULL, &ops)) {
		vfree(list);
		vfree(values);
		return -ENOMEM;
	}
	return 0;
}

static void __exit hostregs_exit(void)
{
	remove_proc_entry("hostregs", NULL);
	vfree(list);
	vfree(values);
}

module_init(hostregs_init);
module_exit(hostregs_exit);
MODULE_DESCRIPTION("Reads system registers, for a selftest");
MODULE_LICENSE("GPL");
