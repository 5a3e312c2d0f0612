/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores to devices that the CPU doesn't describe: MEMORY_FAULT exits.  What can't
 * be done can be an abort instead.
 *
 * A data abort of a single general register has a syndrome (ISV=1), and is an MMIO_READ or
 * MMIO_WRITE exit.  For all others a VMM has to fetch the instruction and do what it says.
 */
#ifndef ARMVCPU_EMULATE_H
#define ARMVCPU_EMULATE_H

#include "armvcpu.h"
#include "translate.h"

/**
 * struct armvcpu_bus - how the guest's physical addresses are reached
 * @context: handed to the functions
 * @memory: where memory is; instructions and translation tables are looked for there
 * @read: a load of @width bytes (1, 2, 4 or 8) from a device; 0, or a negative errno
 * @write: a store of @width bytes to a device; 0, or a negative errno
 */
struct armvcpu_bus {
	void *context;
	armvcpu_memory *memory;
	int (*read)(void *context, __u64 addr, unsigned int width, __u64 *value);
	int (*write)(void *context, __u64 addr, unsigned int width, __u64 value);
};

/**
 * armvcpu_emulate() - do the access of a MEMORY_FAULT exit
 * @cpu: whose exit it is; it isn't running
 * @bus: what its access goes to
 *
 * What is done:
 *
 * - Load and store register and pair, as armvcpu_decode() has them, within 4 KiB.  The bus sees
 *   an access for each register, the lower address first, and two of 8 bytes for a register of
 *   16.  Registers change after all accesses have succeeded, and pc is past the instruction.
 * - Cache maintenance by address: nothing.  A device isn't cached.
 * - Exclusives and atomics: an exception for the guest, unsupported exclusive or atomic access.
 *   That is what memory without an exclusive monitor answers (DDI 0487, B2: Load-Exclusive
 *   and Store-Exclusive instruction usage restrictions).
 * - DC ZVA: an exception for the guest, alignment fault, as of any Device memory (C5.3: DC ZVA).
 *
 * Return: 0: run it again.  -EOPNOTSUPP: it is another form, or another exit, and nothing has
 * happened.  -EFAULT: the instruction can't be found, and nothing has happened.  Or what
 * @bus said, or a failure of a register access.
 */
int armvcpu_emulate(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus);

/**
 * armvcpu_get_stage1() - the registers that armvcpu_translate() wants
 * @cpu: it isn't running
 * @stage1: is filled in
 *
 * Return: 0, or a failure of a register access.
 */
int armvcpu_get_stage1(struct armvcpu_cpu *cpu, struct armvcpu_stage1 *stage1);

/**
 * armvcpu_instruction() - the instruction that pc is at
 * @cpu: it isn't running
 * @bus: where its code is
 * @insn: is filled in
 *
 * Return: 0, -EFAULT: it can't be found, or a failure of a register access.
 */
int armvcpu_instruction(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus, __u32 *insn);

/**
 * armvcpu_access_start() - where the access of an MMIO_READ or MMIO_WRITE exit begins
 * @cpu: whose exit it is; it isn't running
 * @bus: where its code is
 * @va: is filled in: the virtual address of the first byte
 *
 * An access that begins in memory and goes on where there is none stops there: the exit has the
 * address of the page where memory ends, and the width of the whole access.  Only the
 * instruction tells it from one that begins there.
 *
 * Return: 0, -EOPNOTSUPP: it is a form that can't be looked at, or a failure as above.
 */
int armvcpu_access_start(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus, __u64 *va);

/**
 * armvcpu_abort() - have an access or a fetch end as on a bus where nothing is
 * @cpu: whose MMIO_READ, MMIO_WRITE or MEMORY_FAULT exit it is; it isn't running
 * @bus: where translation tables are looked for
 *
 * The guest takes a synchronous external abort: of a data access or a fetch, or of the walk
 * of its tables, and then of the level whose table isn't in memory.  If that can't be found
 * out, it is one of the access.
 *
 * Return: 0: run it again.  -EOPNOTSUPP: it is another exit.  Or a failure of a command.
 */
int armvcpu_abort(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus);

#endif /* ARMVCPU_EMULATE_H */
