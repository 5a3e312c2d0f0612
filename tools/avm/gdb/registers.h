/* SPDX-License-Identifier: MIT */
/* A vCPU's registers, by gdb's numbers, and the description that gives them out */
#ifndef AVM_GDB_REGISTERS_H
#define AVM_GDB_REGISTERS_H

#include <stddef.h>
#include <linux/types.h>

struct reply;
struct vcpu;

/* x0 to x30, sp, pc, cpsr, v0 to v31, fpsr, fpcr: gdb takes them all at once */
#define REGISTERS_GENERAL	68
#define REGISTER_BYTES		16

/**
 * register_size() - how large a register is
 * @number: gdb's
 *
 * Return: in bytes; 0: there is no such register.
 */
unsigned int register_size(unsigned int number);

/**
 * register_read() - read one
 * @vcpu: it has parked
 * @number: gdb's
 * @bytes: as memory has it; those beyond its size are zero
 *
 * Return: 0, or a negative errno: it has none yet.
 */
int register_read(struct vcpu *vcpu, unsigned int number, __u8 bytes[REGISTER_BYTES]);

/**
 * register_write() - write one
 * @vcpu: it has parked
 * @number: gdb's
 * @bytes: as memory has it; those beyond its size are zero
 *
 * Return: 0, or a negative errno: it can't be that.
 */
int register_write(struct vcpu *vcpu, unsigned int number, const __u8 bytes[REGISTER_BYTES]);

/**
 * registers_describe() - a part of the target description
 * @reply: it is added there
 * @offset: where it begins
 * @length: of it at most
 */
void registers_describe(struct reply *reply, size_t offset, size_t length);

#endif /* AVM_GDB_REGISTERS_H */
