// SPDX-License-Identifier: MIT
#include "points.h"

#include <errno.h>
#include <string.h>

#include "machine.h"
#include "memory.h"

#define INSN_SIZE	4
#define INSN_BRK	0xd4200000U /* brk #0, little-endian as all instructions */

/* DBGBCR<n>_EL1 and DBGWCR<n>_EL1 (DDI 0487, D19.3) */
#define CONTROL_ENABLE	(1ULL << 0)
#define CONTROL_EL1_EL0	(3ULL << 1)
#define CONTROL_LOAD	(1ULL << 3)
#define CONTROL_STORE	(2ULL << 3)
#define CONTROL_BYTES(mask) ((__u64)(mask) << 5)
#define CONTROL_MASK(bits) ((__u64)(bits) << 24)

#define WORD		8ULL	 /* what a watchpoint can tell bytes of */
#define LARGEST		(1ULL << 31)

/* A watchpoint watches bytes of a word, or a power of two */
static bool can_be_watched(__u64 va, __u64 length)
{
	if (length && length <= WORD - va % WORD)
		return true;
	return length > WORD && length <= LARGEST && !(length & (length - 1)) &&
	       !(va & (length - 1));
}

static void fill(struct arm_vcpu_debug_point *to, const struct point *point)
{
	static const __u64 kinds[POINT_TYPES] = {
		[POINT_WRITE] = CONTROL_STORE, [POINT_READ] = CONTROL_LOAD,
		[POINT_ACCESS] = CONTROL_LOAD | CONTROL_STORE,
	};
	__u64 offset = point->va % WORD;

	if (!point->length)
		return;
	to->control = CONTROL_ENABLE | CONTROL_EL1_EL0 | kinds[point->type];
	to->value = point->va;
	if (point->type == POINT_EXECUTE) {
		to->control |= CONTROL_BYTES(0xf);
	} else if (point->length <= WORD) {
		to->value -= offset;
		to->control |= CONTROL_BYTES(((1U << point->length) - 1) << offset);
	} else {
		to->control |= CONTROL_BYTES(0xff) | CONTROL_MASK(__builtin_ctzll(point->length));
	}
}

int points_arm(struct vcpu *vcpu, bool step)
{
	const struct points *points = &vcpu->machine->gdb.points;
	struct arm_vcpu_debug debug = { .flags = step ? ARM_VCPU_DEBUG_STEP : 0 };

	if (points->patch_count)
		debug.flags |= ARM_VCPU_DEBUG_BRK;
	for (unsigned int i = 0; i < POINTS_IN_REGISTERS; i++) {
		fill(&debug.breakpoints[i], &points->breakpoints[i]);
		fill(&debug.watchpoints[i], &points->watchpoints[i]);
		if (points->breakpoints[i].length || points->watchpoints[i].length)
			debug.flags |= ARM_VCPU_DEBUG_POINTS;
	}
	return armvcpu_set_debug(&vcpu->cpu, &debug);
}

static int arm_all(struct machine *machine)
{
	int rc = 0;

	for (unsigned int i = 0; i < machine->vcpu_count && !rc; i++)
		rc = points_arm(&machine->vcpus[i], false);
	return rc;
}

/* Those of a type, and how many this host has */
static struct point *of_type(struct machine *machine, enum point_type type, unsigned int *count)
{
	const struct arm_vcpu_info *info = &machine->vm.info;
	struct points *points = &machine->gdb.points;
	bool executes = type == POINT_EXECUTE;

	*count = executes ? info->breakpoints : info->watchpoints;
	if (*count > POINTS_IN_REGISTERS)
		*count = POINTS_IN_REGISTERS;
	return executes ? points->breakpoints : points->watchpoints;
}

static bool is_same(const struct point *point, enum point_type type, __u64 va, __u64 length)
{
	return point->type == type && point->va == va && point->length == length;
}

static int add_point(struct machine *machine, enum point_type type, __u64 va, __u64 length)
{
	struct point *point = NULL, *all;
	unsigned int count;
	int rc;

	if (type == POINT_EXECUTE ? va % INSN_SIZE || length != INSN_SIZE :
				    !can_be_watched(va, length))
		return -EINVAL;
	all = of_type(machine, type, &count);
	while (count--) {
		if (is_same(&all[count], type, va, length))
			return 0;
		if (!all[count].length)
			point = &all[count];
	}
	if (!point)
		return -ENOSPC;
	*point = (struct point){ type, va, length };
	rc = arm_all(machine);
	if (rc) {
		point->length = 0;
		arm_all(machine);
	}
	return rc;
}

static struct patch *patch_at(struct points *points, __u64 va)
{
	for (unsigned int i = 0; i < points->patch_count; i++)
		if (points->patches[i].va == va)
			return &points->patches[i];
	return NULL;
}

/* Of those at the same place, which may have several virtual addresses */
static const struct patch *patch_of(const struct points *points, __u64 pa)
{
	for (unsigned int i = 0; i < points->patch_count; i++)
		if (points->patches[i].pa == pa)
			return &points->patches[i];
	return NULL;
}

/* It is there as long as the guest hasn't written over it */
static bool is_there(const struct machine *machine, const struct patch *patch)
{
	const __u32 *memory = ram_at(&machine->ram, patch->pa, sizeof(*memory));

	return memory && *memory == INSN_BRK;
}

static int put(struct machine *machine, __u64 pa, __u32 insn)
{
	void *memory = ram_at(&machine->ram, pa, sizeof(insn));

	if (!memory)
		return -EFAULT;
	memcpy(memory, &insn, sizeof(insn));
	return memory_changed(machine, pa, sizeof(insn));
}

static int add_patch(struct vcpu *vcpu, __u64 va)
{
	struct machine *machine = vcpu->machine;
	struct points *points = &machine->gdb.points;
	struct patch patch = { .va = va };
	const struct patch *other;
	int rc;

	if (patch_at(points, va))
		return 0;
	if (va % INSN_SIZE)
		return -EINVAL;
	if (points->patch_count == POINTS_IN_MEMORY)
		return -ENOSPC;
	if (memory_translate(vcpu, va, &patch.pa) ||
	    memory_read(vcpu, va, &patch.insn, INSN_SIZE) != INSN_SIZE)
		return -EFAULT;
	other = patch_of(points, patch.pa);
	rc = other ? 0 : put(machine, patch.pa, INSN_BRK);
	if (!rc)
		points->patches[points->patch_count++] = patch;
	return rc;
}

/* Where the guest has written meanwhile, what it has written stays */
static int remove_patch(struct machine *machine, __u64 va)
{
	struct points *points = &machine->gdb.points;
	struct patch *found = patch_at(points, va), patch;

	if (!found)
		return 0;
	patch = *found;
	*found = points->patches[--points->patch_count];
	if (!is_there(machine, &patch) || patch_of(points, patch.pa))
		return 0;
	return put(machine, patch.pa, patch.insn);
}

int points_add(struct vcpu *vcpu, enum point_type type, __u64 va, __u64 length)
{
	if (type != POINT_MEMORY)
		return add_point(vcpu->machine, type, va, length);
	return length == INSN_SIZE ? add_patch(vcpu, va) : -EINVAL;
}

int points_remove(struct machine *machine, enum point_type type, __u64 va, __u64 length)
{
	struct point *all;
	unsigned int count;

	if (type == POINT_MEMORY)
		return remove_patch(machine, va);
	all = of_type(machine, type, &count);
	while (count--)
		if (is_same(&all[count], type, va, length))
			all[count].length = 0;
	return arm_all(machine);
}

void points_remove_all(struct machine *machine)
{
	struct points *points = &machine->gdb.points;

	while (points->patch_count)
		remove_patch(machine, points->patches[0].va);
	memset(points, 0, sizeof(*points));
	arm_all(machine);
}

bool points_has_patch(const struct points *points, __u64 pa)
{
	return patch_of(points, pa);
}

static __u64 distance(const struct point *point, __u64 va)
{
	if (va < point->va)
		return point->va - va;
	return va - point->va < point->length ? 0 : va - point->va - point->length + 1;
}

const struct point *points_hit(const struct points *points, __u64 va)
{
	const struct point *nearest = NULL;

	for (unsigned int i = 0; i < POINTS_IN_REGISTERS; i++) {
		const struct point *point = &points->watchpoints[i];

		if (point->length && (!nearest || distance(point, va) < distance(nearest, va)))
			nearest = point;
	}
	return nearest;
}

/* Of @size bytes at @pa, copy those that are an instruction's at @at to it, or else from it */
static void exchange(__u64 at, void *insn, bool to_insn, __u64 pa, __u8 *bytes, size_t size)
{
	__u8 *byte = insn;

	for (unsigned int i = 0; i < INSN_SIZE; i++) {
		if (at + i - pa >= size)
			continue;
		if (to_insn)
			byte[i] = bytes[at + i - pa];
		else
			bytes[at + i - pa] = byte[i];
	}
}

void points_hide(struct machine *machine, __u64 pa, void *copy, size_t size)
{
	struct points *points = &machine->gdb.points;

	for (unsigned int i = 0; i < points->patch_count; i++) {
		struct patch *patch = &points->patches[i];

		if (is_there(machine, patch))
			exchange(patch->pa, &patch->insn, false, pa, copy, size);
	}
}

/* There may be several at a place */
void points_keep(struct machine *machine, __u64 pa, void *memory, size_t size)
{
	struct points *points = &machine->gdb.points;
	__u32 brk = INSN_BRK;

	for (unsigned int i = 0; i < points->patch_count; i++)
		exchange(points->patches[i].pa, &points->patches[i].insn, true, pa, memory, size);
	for (unsigned int i = 0; i < points->patch_count; i++)
		exchange(points->patches[i].pa, &brk, false, pa, memory, size);
}
