// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioctl commands by table.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "command.h"

/* Every struct fits */
#define COMMAND_MAX_SIZE	528

/*
 * Structs begin with their size: copy_struct_from_user() takes a shorter one with zeros for
 * what is missing, and a longer one if what we don't know is zero (else -E2BIG).
 */
static long fetch(const struct command *command, void *arg, void __user *user)
{
	u32 size;

	if (WARN_ON_ONCE(command->size > COMMAND_MAX_SIZE))
		return -EINVAL;
	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < sizeof(size))
		return -EINVAL;
	/* A tail of more than a page isn't looked at byte by byte: it isn't a struct of ours */
	if (size > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(arg, command->size, user, size);
}

static long with_struct(const struct command *command, void *object, void __user *user)
{
	u64 arg[COMMAND_MAX_SIZE / sizeof(u64)] __uninitialized;

	return fetch(command, arg, user) ?: command->handler(object, arg, user);
}

/**
 * command_answer() - give back a struct that is an answer, too
 * @user: where it came from; NULL: from command_call()
 * @arg: the struct
 * @size: that the program knows, in bytes
 * @known: its own size
 *
 * Return: 0 or -EFAULT.
 */
long command_answer(void __user *user, const void *arg, u32 size, size_t known)
{
	/* The caller is in the kernel, and @arg its struct */
	if (!user)
		return 0;
	return copy_to_user(user, arg, min_t(size_t, size, known)) ? -EFAULT : 0;
}

static const struct command *find(const struct command *table, size_t count, unsigned int number)
{
	const struct command *command;

	for (command = table; command < table + count; command++)
		if (command->number == number)
			return command;
	return NULL;
}

/**
 * command_dispatch() - find a command, fetch its argument, do it
 * @table: commands of this kind of file
 * @count: rows in @table
 * @object: the VM or vCPU
 * @number: of the ioctl
 * @user: its argument
 *
 * Return: what the handler does, -ENOTTY for a number that isn't in the table, or what is
 * wrong with the argument.
 */
long command_dispatch(const struct command *table, size_t count, void *object,
		      unsigned int number, unsigned long user)
{
	const struct command *command = find(table, count, number);

	if (!command)
		return -ENOTTY;
	if (command->size)
		return with_struct(command, object, (void __user *)user);
	return user ? -EINVAL : command->handler(object, NULL, NULL);
}

/**
 * command_call() - the same for a caller in the kernel
 * @table: commands of this kind of object
 * @count: rows in @table
 * @object: the VM or vCPU
 * @number: of the command
 * @arg: its struct as this kernel knows it, for the answer too; NULL if it has none
 *
 * Return: what the handler does, or -ENOTTY.
 */
long command_call(const struct command *table, size_t count, void *object, unsigned int number,
		  void *arg)
{
	const struct command *command = find(table, count, number);

	return command ? command->handler(object, arg, NULL) : -ENOTTY;
}
