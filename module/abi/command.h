/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ioctl commands by table: the number, the struct, and what it takes to be called.
 */
#ifndef ARM_VCPU_COMMAND_H
#define ARM_VCPU_COMMAND_H

#include <linux/types.h>

/**
 * struct command - a row of the table
 * @number: ARM_VCPU_*
 * @size: of its struct, as this kernel knows it; 0: the argument has to be 0
 * @handler: does it; @arg is a zero-extended copy of the struct
 */
struct command {
	unsigned int number;
	size_t size;
	long (*handler)(void *object, void *arg, void __user *user);
};

long command_dispatch(const struct command *table, size_t count, void *object,
		      unsigned int number, unsigned long user);
long command_call(const struct command *table, size_t count, void *object, unsigned int number,
		  void *arg);
long command_answer(void __user *user, const void *arg, u32 size, size_t known);

#endif /* ARM_VCPU_COMMAND_H */
