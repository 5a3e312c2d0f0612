// SPDX-License-Identifier: MIT
/* See emulate.h */
#include "emulate.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "decode.h"

#define REG_SCTLR	ARM_VCPU_REG_SYSREG(3, 0, 1, 0, 0)
#define REG_TCR		ARM_VCPU_REG_SYSREG(3, 0, 2, 0, 2)
#define REG_TTBR0	ARM_VCPU_REG_SYSREG(3, 0, 2, 0, 0)
#define REG_TTBR1	ARM_VCPU_REG_SYSREG(3, 0, 2, 0, 1)

/* pstate */
#define PSR_MODE	0xfULL
#define PSR_EL0T	0x0ULL
#define PSR_EL1H	0x5ULL
#define PSR_NRW		(1ULL << 4)
#define PSR_BTYPE	(3ULL << 10)
#define PSR_SS		(1ULL << 21)

#define SCTLR_E0E	(1ULL << 24) /* data is big-endian at EL0, at EL1 */
#define SCTLR_EE	(1ULL << 25)

#define ESR_EC		(0x3fULL << 26)
#define ESR_EC_IABT_LOWER (0x20ULL << 26)
#define ESR_EC_DABT_LOWER (0x24ULL << 26)
#define ESR_EC_CURRENT	(1ULL << 26) /* added to either: from EL1 itself */
#define ESR_IL		(1ULL << 25)
#define ESR_WNR		(1ULL << 6)
#define FSC_EXTERNAL	0x10ULL
#define FSC_EXTERNAL_WALK(level) (0x14ULL + (level))
#define DFSC_ALIGNMENT	0x21ULL
#define DFSC_ATOMIC	0x35ULL

#define PAGE		0x1000ULL
#define UNTAGGED	0x00ffffffffffffffULL
#define LARGEST		16
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * struct emulation - an instruction at work
 * @cpu: whose
 * @bus: what it accesses
 * @access: what it does
 * @stage1: the guest's
 * @pa: guest-physical address of its first byte
 * @bytes: of each register, as memory has them
 */
struct emulation {
	struct armvcpu_cpu *cpu;
	const struct armvcpu_bus *bus;
	struct armvcpu_access access;
	struct armvcpu_stage1 stage1;
	__u64 pa;
	__u8 bytes[2][LARGEST];
};

static bool at_el0(const struct arm_vcpu_run *run)
{
	return (run->pstate & PSR_MODE) == PSR_EL0T;
}

/* What its execution does to pc and PSTATE: a step ends, and a branch target was one */
static void step_over(struct arm_vcpu_run *run)
{
	run->pc += 4;
	run->pstate &= ~(PSR_BTYPE | PSR_SS);
}

int armvcpu_get_stage1(struct armvcpu_cpu *cpu, struct armvcpu_stage1 *stage1)
{
	const struct { __u64 id, *value; } regs[] = {
		{ REG_SCTLR, &stage1->sctlr }, { REG_TCR, &stage1->tcr },
		{ REG_TTBR0, &stage1->ttbr0 }, { REG_TTBR1, &stage1->ttbr1 },
	};
	__u64 value[2];
	int rc;

	for (unsigned int i = 0; i < ARRAY_SIZE(regs); i++) {
		rc = armvcpu_get_reg(cpu, regs[i].id, value);
		if (rc)
			return rc;
		*regs[i].value = value[0];
	}
	return 0;
}

/* Instructions are little-endian, always */
static int fetch(struct emulation *em, __u32 *insn)
{
	const void *code;
	__u64 pa;
	int rc;

	rc = armvcpu_get_stage1(em->cpu, &em->stage1);
	if (rc)
		return rc;
	rc = armvcpu_translate(&em->stage1, em->bus->memory, em->bus->context,
			       em->cpu->run->pc, &pa);
	if (rc)
		return rc;
	code = em->bus->memory(em->bus->context, pa, sizeof(*insn));
	if (!code)
		return -EFAULT;
	memcpy(insn, code, sizeof(*insn));
	return 0;
}

/* The instruction at pc, and what it does */
static int look(struct emulation *em)
{
	__u32 insn;
	int rc = fetch(em, &insn);

	if (!rc)
		em->access = armvcpu_decode(insn);
	return rc;
}

int armvcpu_instruction(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus, __u32 *insn)
{
	struct emulation em = { .cpu = cpu, .bus = bus };

	return fetch(&em, insn);
}

static __u64 get_x(const struct arm_vcpu_run *run, unsigned int reg)
{
	return reg == 31 ? 0 : run->x[reg];
}

/* x0 to x30, or the stack pointer that PSTATE selects */
static __u64 sp_id(const struct arm_vcpu_run *run)
{
	return (run->pstate & PSR_MODE) == PSR_EL1H ? ARM_VCPU_REG_SP_EL1 : ARM_VCPU_REG_SP_EL0;
}

static int get_base(const struct emulation *em, __u64 *base)
{
	struct arm_vcpu_run *run = em->cpu->run;
	__u64 value[2];
	int rc;

	if (em->access.rn != 31) {
		*base = run->x[em->access.rn];
		return 0;
	}
	rc = armvcpu_get_reg(em->cpu, sp_id(run), value);
	*base = value[0];
	return rc;
}

static int set_base(const struct emulation *em, __u64 base)
{
	struct arm_vcpu_run *run = em->cpu->run;

	if (em->access.rn == 31)
		return armvcpu_set_reg(em->cpu, sp_id(run), (const __u64[2]) { base });
	run->x[em->access.rn] = base;
	return 0;
}

static __u64 offset_of(const struct emulation *em)
{
	const struct armvcpu_access *access = &em->access;
	__u64 index;

	if (!access->has_index)
		return access->offset;
	index = get_x(em->cpu->run, access->rm);
	if (access->extend == 2)
		index = (__u32)index;
	else if (access->extend == 6)
		index = (__s64)(__s32)index;
	return index << access->shift;
}

/*
 * The abort has told where one page of the guest is, which is enough for an access that lies
 * within it.  FAR must be in there, or the guest has changed the instruction meanwhile.
 */
static bool find_address(struct emulation *em, __u64 va)
{
	const struct arm_vcpu_run *run = em->cpu->run;
	unsigned int length = em->access.count * em->access.size;

	if (((run->far - va) & UNTAGGED) >= length || va % PAGE + length > PAGE)
		return false;
	em->pa = (run->fault.addr & ~(PAGE - 1)) | va % PAGE;
	return true;
}

/* The byte order is that of a whole register, of 16 bytes too */
static void swap_if_big_endian(struct emulation *em)
{
	__u64 big = at_el0(em->cpu->run) ? SCTLR_E0E : SCTLR_EE;
	unsigned int size = em->access.size;

	if (!(em->stage1.sctlr & big))
		return;
	for (unsigned int i = 0; i < em->access.count; i++) {
		for (unsigned int n = 0; n < size / 2; n++) {
			__u8 byte = em->bytes[i][n];

			em->bytes[i][n] = em->bytes[i][size - 1 - n];
			em->bytes[i][size - 1 - n] = byte;
		}
	}
}

/* One register's worth of the bus, by pieces that a device can take */
static int transfer(struct emulation *em, unsigned int i)
{
	const struct armvcpu_bus *bus = em->bus;
	unsigned int size = em->access.size;
	unsigned int width = size < 8 ? size : 8;
	__u64 value;
	int rc = 0;

	for (unsigned int done = 0; done < size && !rc; done += width) {
		__u64 addr = em->pa + i * size + done;

		value = 0;
		if (em->access.load) {
			rc = bus->read(bus->context, addr, width, &value);
			memcpy(em->bytes[i] + done, &value, width);
		} else {
			memcpy(&value, em->bytes[i] + done, width);
			rc = bus->write(bus->context, addr, width, value);
		}
	}
	return rc;
}

static int get_register(struct emulation *em, unsigned int i)
{
	__u64 value[2] = { 0 };
	int rc = 0;

	if (em->access.vector)
		rc = armvcpu_get_reg(em->cpu, ARM_VCPU_REG_V(em->access.rt[i]), value);
	else
		value[0] = get_x(em->cpu->run, em->access.rt[i]);
	memcpy(em->bytes[i], value, sizeof(value));
	return rc;
}

static __u64 extended(const struct armvcpu_access *access, __u64 value)
{
	unsigned int unused = 64 - 8 * access->size;

	if (access->sign_extend)
		value = (__s64)(value << unused) >> unused;
	return access->reg_size == 4 ? (__u32)value : value;
}

/* The parts of a register that aren't loaded become zero */
static int set_register(struct emulation *em, unsigned int i)
{
	__u64 value[2] = { 0 };
	__u8 rt = em->access.rt[i];

	memcpy(value, em->bytes[i], em->access.size);
	if (em->access.vector)
		return armvcpu_set_reg(em->cpu, ARM_VCPU_REG_V(rt), value);
	if (rt != 31)
		em->cpu->run->x[rt] = extended(&em->access, value[0]);
	return 0;
}

static int load(struct emulation *em)
{
	int rc = 0;

	for (unsigned int i = 0; i < em->access.count && !rc; i++)
		rc = transfer(em, i);
	if (rc)
		return rc;
	swap_if_big_endian(em);
	for (unsigned int i = 0; i < em->access.count && !rc; i++)
		rc = set_register(em, i);
	return rc;
}

static int store(struct emulation *em)
{
	int rc = 0;

	for (unsigned int i = 0; i < em->access.count && !rc; i++)
		rc = get_register(em, i);
	if (rc)
		return rc;
	swap_if_big_endian(em);
	for (unsigned int i = 0; i < em->access.count && !rc; i++)
		rc = transfer(em, i);
	return rc;
}

/* The virtual addresses of its first byte, and of what a write-back leaves in the base */
static int get_addresses(const struct emulation *em, __u64 *start, __u64 *moved)
{
	__u64 base;
	int rc = get_base(em, &base);

	if (rc)
		return rc;
	*moved = base + offset_of(em);
	*start = em->access.post_index ? base : *moved;
	return 0;
}

static int do_access(struct emulation *em)
{
	__u64 start, moved;
	int rc;

	rc = get_addresses(em, &start, &moved);
	if (rc)
		return rc;
	if (!find_address(em, start))
		return -EOPNOTSUPP;
	rc = em->access.load ? load(em) : store(em);
	if (!rc && em->access.writeback)
		rc = set_base(em, moved);
	if (!rc)
		step_over(em->cpu->run);
	return rc;
}

/* An abort that the guest takes, reported as its own memory system would */
static int abort_access(struct armvcpu_cpu *cpu, __u64 fsc)
{
	const struct arm_vcpu_run *run = cpu->run;
	__u64 esr = ESR_IL | fsc;

	if ((run->esr & ESR_EC) == ESR_EC_IABT_LOWER)
		esr |= ESR_EC_IABT_LOWER;
	else
		esr |= ESR_EC_DABT_LOWER | (run->esr & ESR_WNR);
	if (!at_el0(run))
		esr += ESR_EC_CURRENT;
	return armvcpu_inject(cpu, 0, esr, run->far);
}

int armvcpu_abort(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus)
{
	const struct arm_vcpu_run *run = cpu->run;
	bool described = run->exit_reason == ARM_VCPU_EXIT_MMIO_READ ||
			 run->exit_reason == ARM_VCPU_EXIT_MMIO_WRITE;
	struct armvcpu_stage1 stage1;
	__u64 fsc = FSC_EXTERNAL;
	int rc;

	if (!described && run->exit_reason != ARM_VCPU_EXIT_MEMORY_FAULT)
		return -EOPNOTSUPP;
	if (!described && run->fault.access & ARM_VCPU_ACCESS_TABLE_WALK) {
		rc = armvcpu_get_stage1(cpu, &stage1);
		if (rc)
			return rc;
		rc = armvcpu_missing_level(&stage1, bus->memory, bus->context,
					   (__s64)(run->far << 8) >> 8);
		if (rc >= 0)
			fsc = FSC_EXTERNAL_WALK(rc);
	}
	return abort_access(cpu, fsc);
}

int armvcpu_emulate(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus)
{
	struct arm_vcpu_run *run = cpu->run;
	struct emulation em = { .cpu = cpu, .bus = bus };
	int rc;

	if (run->exit_reason != ARM_VCPU_EXIT_MEMORY_FAULT || run->fault.error ||
	    run->fault.access & (ARM_VCPU_ACCESS_EXEC | ARM_VCPU_ACCESS_TABLE_WALK) ||
	    run->pstate & PSR_NRW)
		return -EOPNOTSUPP;
	if (run->fault.access & ARM_VCPU_ACCESS_CACHE) {
		step_over(run);
		return 0;
	}

	rc = look(&em);
	if (rc)
		return rc;
	switch (em.access.form) {
	case ARMVCPU_FORM_ACCESS:
		return do_access(&em);
	case ARMVCPU_FORM_ATOMIC:
		return abort_access(cpu, DFSC_ATOMIC);
	case ARMVCPU_FORM_ZERO:
		return abort_access(cpu, DFSC_ALIGNMENT);
	default:
		return -EOPNOTSUPP;
	}
}

int armvcpu_access_start(struct armvcpu_cpu *cpu, const struct armvcpu_bus *bus, __u64 *va)
{
	struct emulation em = { .cpu = cpu, .bus = bus };
	__u64 moved;
	int rc;

	if (cpu->run->pstate & PSR_NRW)
		return -EOPNOTSUPP;
	rc = look(&em);
	if (rc)
		return rc;
	if (em.access.form != ARMVCPU_FORM_ACCESS)
		return -EOPNOTSUPP;
	return get_addresses(&em, va, &moved);
}
