/* SPDX-License-Identifier: MIT */
/* The guest's memory, as a vCPU has it by its own tables, or physical while its MMU is off */
#ifndef AVM_GDB_MEMORY_H
#define AVM_GDB_MEMORY_H

#include <stddef.h>
#include <linux/types.h>

struct machine;
struct vcpu;

/**
 * memory_translate() - from a virtual address to a guest-physical one
 * @vcpu: it has parked
 * @va: virtual address
 * @pa: is filled in
 *
 * Return: 0, or a negative errno.
 */
int memory_translate(struct vcpu *vcpu, __u64 va, __u64 *pa);

/**
 * memory_read() - read what the guest has there, breakpoints aside
 * @vcpu: it has parked
 * @va: virtual address
 * @to: where it goes
 * @size: in bytes
 *
 * Devices aren't read: that may change them.
 *
 * Return: how many bytes there were before what isn't memory.
 */
size_t memory_read(struct vcpu *vcpu, __u64 va, void *to, size_t size);

/**
 * memory_write() - write there, whatever the guest's tables permit; not to devices and flash
 * @vcpu: it has parked
 * @va: virtual address
 * @from: what is written
 * @size: in bytes
 *
 * Return: 0, or -EFAULT: not all of it is RAM, and nothing or a part has been written.
 */
int memory_write(struct vcpu *vcpu, __u64 va, const void *from, size_t size);

/**
 * memory_changed() - have vCPUs fetch what has been written to RAM
 * @machine: all vCPUs have parked
 * @pa: where, guest-physical
 * @size: in bytes
 *
 * Return: 0, or a negative errno: the host doesn't allow it.
 */
int memory_changed(struct machine *machine, __u64 pa, size_t size);

#endif /* AVM_GDB_MEMORY_H */
