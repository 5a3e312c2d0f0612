// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl commands by table.  Their numbers say what is copied, and which way.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/ioctl.h>
#include <linux/uaccess.h>

#include "kvm.h"

/* Every struct fits */
#define COMMAND_MAX_SIZE	sizeof(struct kvm_guest_debug)

static long with_struct(const struct kvm_command *command, void *object, unsigned long user)
{
	u64 arg[COMMAND_MAX_SIZE / sizeof(u64)] = { };
	void __user *from = (void __user *)user;
	size_t size = _IOC_SIZE(command->number);
	long ret;

	if (WARN_ON_ONCE(size > sizeof(arg)))
		return -EINVAL;
	if (_IOC_DIR(command->number) & _IOC_WRITE && copy_from_user(arg, from, size))
		return -EFAULT;
	ret = command->handler(object, arg, user);
	if (ret >= 0 && _IOC_DIR(command->number) & _IOC_READ && copy_to_user(from, arg, size))
		return -EFAULT;
	return ret;
}

/**
 * kvm_dispatch() - find a command, fetch its struct, do it, give the struct back
 * @table: commands of this kind of file
 * @count: rows in @table
 * @object: for the handler
 * @number: of the ioctl
 * @user: its argument
 *
 * Return: what the handler does, -EFAULT, or -ENOTTY for a number that isn't in the table.
 */
long kvm_dispatch(const struct kvm_command *table, size_t count, void *object,
		  unsigned int number, unsigned long user)
{
	const struct kvm_command *command;

	for (command = table; command < table + count; command++) {
		if (command->number != number)
			continue;
		if (!_IOC_SIZE(number) || command->fetches)
			return command->handler(object, NULL, user);
		return with_struct(command, object, user);
	}
	return -ENOTTY;
}
