/* SPDX-License-Identifier: MIT */
/* A debugger's breakpoints, in memory and in registers, and its watchpoints: all vCPUs' alike */
#ifndef AVM_GDB_POINTS_H
#define AVM_GDB_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct machine;
struct vcpu;

#define POINTS_IN_MEMORY	256
#define POINTS_IN_REGISTERS	16

/**
 * enum point_type - as gdb counts them
 * @POINT_MEMORY: an instruction in memory is replaced
 * @POINT_EXECUTE: a breakpoint of the CPU's
 * @POINT_WRITE: a watchpoint for stores
 * @POINT_READ: one for loads
 * @POINT_ACCESS: one for both
 * @POINT_TYPES: so many
 */
enum point_type {
	POINT_MEMORY, POINT_EXECUTE, POINT_WRITE, POINT_READ, POINT_ACCESS, POINT_TYPES,
};

/**
 * struct patch - a breakpoint in memory
 * @va: where, virtual
 * @pa: where that was, guest-physical
 * @insn: what is there without it
 */
struct patch {
	__u64 va;
	__u64 pa;
	__u32 insn;
};

/**
 * struct point - one in a register
 * @type: of it
 * @va: where
 * @length: of what is watched, in bytes; 0: there is no point
 */
struct point {
	enum point_type type;
	__u64 va;
	__u64 length;
};

/**
 * struct points - all of them
 * @patches: in memory
 * @patch_count: of them
 * @breakpoints: in registers
 * @watchpoints: the same
 */
struct points {
	struct patch patches[POINTS_IN_MEMORY];
	unsigned int patch_count;
	struct point breakpoints[POINTS_IN_REGISTERS];
	struct point watchpoints[POINTS_IN_REGISTERS];
};

/**
 * points_add() - add one; one that is there stays as it is
 * @vcpu: by whose tables a place in memory is found; all vCPUs have parked
 * @type: of it
 * @va: where
 * @length: of what is watched, in bytes; of an instruction, 4
 *
 * Return: 0, or a negative errno.
 */
int points_add(struct vcpu *vcpu, enum point_type type, __u64 va, __u64 length);

/**
 * points_remove() - take one away, if it is there
 * @machine: all vCPUs have parked
 * @type: as when it was added, and so the next two
 * @va: where
 * @length: of what is watched
 *
 * Return: 0, or a negative errno.
 */
int points_remove(struct machine *machine, enum point_type type, __u64 va, __u64 length);

/**
 * points_remove_all() - take all away
 * @machine: all vCPUs have parked
 */
void points_remove_all(struct machine *machine);

/**
 * points_arm() - have a vCPU stop at them
 * @vcpu: it has parked
 * @step: and after a step
 *
 * Return: 0, or a negative errno.
 */
int points_arm(struct vcpu *vcpu, bool step);

/**
 * points_has_patch() - whether a BRK is a breakpoint's
 * @points: all of them
 * @pa: where it is, guest-physical
 */
bool points_has_patch(const struct points *points, __u64 pa);

/**
 * points_hit() - the watchpoint that an access has hit
 * @points: all of them
 * @va: address that the CPU has told: it can be near
 *
 * Return: the nearest, or NULL: there is none.
 */
const struct point *points_hit(const struct points *points, __u64 va);

/**
 * points_hide() - of a copy of memory, make one without breakpoints
 * @machine: all vCPUs have parked
 * @pa: where it was, guest-physical
 * @copy: the copy
 * @size: in bytes
 */
void points_hide(struct machine *machine, __u64 pa, void *copy, size_t size);

/**
 * points_keep() - memory has been written to: breakpoints are put back
 * @machine: all vCPUs have parked
 * @pa: where, guest-physical
 * @memory: the memory itself
 * @size: in bytes
 */
void points_keep(struct machine *machine, __u64 pa, void *memory, size_t size);

#endif /* AVM_GDB_POINTS_H */
