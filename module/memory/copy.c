// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses to guest memory by devices in the kernel.
 *
 * They go by the region to the process's memory, as a program's own accesses do: pages are
 * brought in, copied on write and become dirty as always, and what the guest has mapped follows by
 * the notifier.  The guest's caches may be off, but devices are coherent, and say so to the guest.
 */
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "copy.h"
#include "dirty.h"
#include "region.h"

/* Where a piece of memory is for the process; returns how much of it is side by side, or 0 */
static size_t look_up(struct stage2 *s2, u64 ipa, size_t length, bool write,
		      void __user **user)
{
	struct region *region;

	spin_lock(&s2->lock);
	region = region_for(s2, ipa, write);
	if (region) {
		length = min_t(u64, length, region->guest_addr + region->length - ipa);
		*user = u64_to_user_ptr(region->user_addr + (ipa - region->guest_addr));
	}
	spin_unlock(&s2->lock);
	return region ? length : 0;
}

/* Afterwards: a log that is read before has the write in what is read next */
static void mark_written(struct stage2 *s2, u64 ipa, size_t length)
{
	u64 page = ipa & PAGE_MASK;
	struct region *region;

	spin_lock(&s2->lock);
	for (; page < ipa + length; page += PAGE_SIZE) {
		region = region_at(s2, page);
		if (region)
			dirty_mark(region, page);
	}
	spin_unlock(&s2->lock);
}

/**
 * copy_guest_read() - read from guest memory
 * @vm: whose; the current task is in its address space
 * @ipa: guest-physical address
 * @to: where it goes
 * @length: in bytes
 *
 * May sleep.
 *
 * Return: 0, or -EFAULT: not all of it is there, and @to is undefined.
 */
int copy_guest_read(struct vm *vm, u64 ipa, void *to, size_t length)
{
	struct stage2 *s2 = &vm->stage2;
	void __user *user;
	size_t some;
	int ret = 0;

	down_read(&s2->copies);
	for (; length; ipa += some, to += some, length -= some) {
		some = look_up(s2, ipa, length, false, &user);
		if (some && !copy_from_user(to, user, some))
			continue;
		ret = -EFAULT;
		break;
	}
	up_read(&s2->copies);
	return ret;
}

/**
 * copy_guest_write() - write to guest memory
 * @vm: whose; the current task is in its address space
 * @ipa: guest-physical address
 * @from: what
 * @length: in bytes
 *
 * May sleep.
 *
 * Return: 0, or -EFAULT: not all of it could be written.
 */
int copy_guest_write(struct vm *vm, u64 ipa, const void *from, size_t length)
{
	struct stage2 *s2 = &vm->stage2;
	void __user *user;
	size_t some;
	int ret = 0;

	down_read(&s2->copies);
	for (; length; ipa += some, from += some, length -= some) {
		some = look_up(s2, ipa, length, true, &user);
		if (!some) {
			ret = -EFAULT;
			break;
		}
		if (copy_to_user(user, from, some))
			ret = -EFAULT;
		mark_written(s2, ipa, some);
		if (ret)
			break;
	}
	up_read(&s2->copies);
	return ret;
}

/**
 * copy_guest_can_write() - is there memory that the guest may write to
 * @vm: whose
 * @ipa: guest-physical address
 * @length: in bytes
 *
 * Return: whether regions have all of it now.
 */
bool copy_guest_can_write(struct vm *vm, u64 ipa, size_t length)
{
	void __user *user;
	size_t some;

	for (; length; ipa += some, length -= some) {
		some = look_up(&vm->stage2, ipa, length, true, &user);
		if (!some)
			return false;
	}
	return true;
}
