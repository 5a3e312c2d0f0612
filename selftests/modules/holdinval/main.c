// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the test host_invalidation: invalidations that take as long as the test likes.
 *
 * An open /proc/holdinval is a notifier of the process's memory.  Those that come later are
 * called before it, so a VM that is bound meanwhile has begun its part of an invalidation
 * when this one holds it.  What is written is a range, two u64: invalidations of it are held
 * until another range is written, or the file is closed.  A read says how many are.  With
 * a third u64 that isn't 0 they aren't held, but may not block from here on: so it is for a VM
 * that was bound before.
 */
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

struct hold {
	struct mmu_notifier notifier;
	struct mm_struct *mm;
	wait_queue_head_t queue;
	atomic_t held;
	u64 range[3];
};

static bool overlaps(struct hold *hold, const struct mmu_notifier_range *range)
{
	return range->start < READ_ONCE(hold->range[1]) && range->end > READ_ONCE(hold->range[0]);
}

static int hold_it(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	struct hold *hold = container_of(mn, struct hold, notifier);

	if (!mmu_notifier_range_blockable(range) || !overlaps(hold, range))
		return 0;
	if (hold->range[2]) {
		/* As for the OOM reaper; whoever calls us looks again, and ends what begins here */
		((struct mmu_notifier_range *)range)->flags &= ~MMU_NOTIFIER_RANGE_BLOCKABLE;
		non_block_start();
		return 0;
	}
	atomic_inc(&hold->held);
	/* Fatal signals only: the process may be ended */
	wait_event_killable(hold->queue, !overlaps(hold, range));
	atomic_dec(&hold->held);
	return 0;
}

static const struct mmu_notifier_ops notifier_ops = {
	.invalidate_range_start = hold_it,
};

static int hold_open(struct inode *inode, struct file *file)
{
	struct hold *hold = kzalloc(sizeof(*hold), GFP_KERNEL);
	int ret;

	if (!hold)
		return -ENOMEM;
	init_waitqueue_head(&hold->queue);
	hold->notifier.ops = &notifier_ops;
	hold->mm = current->mm;
	ret = mmu_notifier_register(&hold->notifier, hold->mm);
	if (ret)
		kfree(hold);
	else
		file->private_data = hold;
	return ret;
}

static void set_range(struct hold *hold, const u64 range[3])
{
	hold->range[2] = range[2];
	WRITE_ONCE(hold->range[0], range[0]);
	WRITE_ONCE(hold->range[1], range[1]);
	wake_up_all(&hold->queue);
}

static ssize_t hold_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	u64 range[3] = { };

	if (size != sizeof(range) && size != 2 * sizeof(*range))
		return -EINVAL;
	if (copy_from_user(range, user, size))
		return -EFAULT;
	set_range(file->private_data, range);
	return size;
}

static ssize_t hold_read(struct file *file, char __user *user, size_t size, loff_t *pos)
{
	struct hold *hold = file->private_data;
	u64 held = atomic_read(&hold->held);

	if (size != sizeof(held))
		return -EINVAL;
	return copy_to_user(user, &held, sizeof(held)) ? -EFAULT : sizeof(held);
}

static int hold_release(struct inode *inode, struct file *file)
{
	static const u64 nothing[3];
	struct hold *hold = file->private_data;

	set_range(hold, nothing);
	mmu_notifier_unregister(&hold->notifier, hold->mm);
	kfree(hold);
	return 0;
}

static const struct proc_ops ops = {
	.proc_open = hold_open,
	.proc_read = hold_read,
	.proc_write = hold_write,
	.proc_release = hold_release,
};

static int __init holdinval_init(void)
{
	return proc_create("holdinval", 0600, NULL, &ops) ? 0 : -ENOMEM;
}

static void __exit holdinval_exit(void)
{
	remove_proc_entry("holdinval", NULL);
}

module_init(holdinval_init);
module_exit(holdinval_exit);
MODULE_DESCRIPTION("Holds invalidations, for a test of arm_vcpu");
MODULE_LICENSE("GPL");
