// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_ageing: asks a VM whether memory is used, as reclaim does.
 *
 * An open /proc/ageing is a notifier of the process's memory, by which it finds those that
 * were there before it.  What is written are three u64, a range and what to do with it:
 * 0 test_young, 1 clear_young, 2 clear_flush_young.  A read has three: whether it was used,
 * how often arm_vcpu had TLBs flushed for that, and whether CPUs note accesses themselves
 * (ID_AA64MMFR1_EL1.HAFDBS).
 */
#include <linux/kprobes.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#include <asm/cpufeature.h>

static const struct mmu_notifier_ops no_ops;
static struct mmu_notifier notifier = { .ops = &no_ops };
static atomic_t flushes;
static u64 answer[3];

static int count(struct kprobe *probe, struct pt_regs *regs)
{
	atomic_inc(&flushes);
	return 0;
}

static struct kprobe vmid = { .symbol_name = "el2_tlb_flush_vmid", .pre_handler = count };
static struct kprobe ipa = { .symbol_name = "el2_tlb_flush_ipa", .pre_handler = count };
static struct kprobe *probes[] = { &vmid, &ipa };

static bool ask(struct mmu_notifier *other, const u64 *what)
{
	const struct mmu_notifier_ops *ops = other->ops;
	struct mm_struct *mm = current->mm;

	switch (what[2]) {
	case 0:
		return ops->test_young && ops->test_young(other, mm, what[0]);
	case 1:
		return ops->clear_young && ops->clear_young(other, mm, what[0], what[1]);
	default:
		return ops->clear_flush_young &&
		       ops->clear_flush_young(other, mm, what[0], what[1]);
	}
}

static ssize_t ageing_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	struct mmu_notifier *other = &notifier;
	u64 what[3];

	if (size != sizeof(what))
		return -EINVAL;
	if (copy_from_user(what, user, sizeof(what)))
		return -EFAULT;
	atomic_set(&flushes, 0);
	answer[0] = 0;
	hlist_for_each_entry_continue(other, hlist)
		answer[0] |= ask(other, what);
	answer[1] = atomic_read(&flushes);
	answer[2] = read_sanitised_ftr_reg(SYS_ID_AA64MMFR1_EL1) & 0xf;
	return size;
}

static ssize_t ageing_read(struct file *file, char __user *user, size_t size, loff_t *pos)
{
	if (size != sizeof(answer))
		return -EINVAL;
	return copy_to_user(user, answer, sizeof(answer)) ? -EFAULT : sizeof(answer);
}

static int ageing_open(struct inode *inode, struct file *file)
{
	return mmu_notifier_register(&notifier, current->mm);
}

static int ageing_release(struct inode *inode, struct file *file)
{
	mmu_notifier_unregister(&notifier, notifier.mm);
	return 0;
}

static const struct proc_ops ops = {
	.proc_open = ageing_open,
	.proc_read = ageing_read,
	.proc_write = ageing_write,
	.proc_release = ageing_release,
};

static int __init ageing_init(void)
{
	int ret = register_kprobes(probes, ARRAY_SIZE(probes));

	if (ret)
		return ret;
	if (!proc_create("ageing", 0600, NULL, &ops)) {
		unregister_kprobes(probes, ARRAY_SIZE(probes));
		return -ENOMEM;
	}
	return 0;
}

static void __exit ageing_exit(void)
{
	remove_proc_entry("ageing", NULL);
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

module_init(ageing_init);
module_exit(ageing_exit);
MODULE_DESCRIPTION("Asks whether memory is used, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
