// SPDX-License-Identifier: MIT
/*
 * See registers.h.  Names and order are those of "AArch64 Features" in gdb's manual, which a gdb
 * without XML knows as well.
 */
#include "registers.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "packet.h"

#define NUMBER_SP	31
#define NUMBER_PC	32
#define NUMBER_CPSR	33
#define NUMBER_V0	34
#define NUMBER_FPSR	66
#define NUMBER_FPCR	67

#define PSR_MODE	0x0fULL
#define PSR_EL0T	0x00ULL
#define PSR_EL1T	0x04ULL
#define PSR_EL1H	0x05ULL
#define PSR_NRW		0x10ULL

#define SYSREG(op0, op1, crn, crm, op2)	ARM_VCPU_REG_SYSREG(op0, op1, crn, crm, op2)

/* What tells where a kernel is and what has befallen it */
static const struct {
	const char *name;
	__u64 id;
} system_registers[] = {
	{ "sctlr_el1",	SYSREG(3, 0, 1, 0, 0) },
	{ "ttbr0_el1",	SYSREG(3, 0, 2, 0, 0) },
	{ "ttbr1_el1",	SYSREG(3, 0, 2, 0, 1) },
	{ "tcr_el1",	SYSREG(3, 0, 2, 0, 2) },
	{ "mair_el1",	SYSREG(3, 0, 10, 2, 0) },
	{ "vbar_el1",	SYSREG(3, 0, 12, 0, 0) },
	{ "esr_el1",	SYSREG(3, 0, 5, 2, 0) },
	{ "far_el1",	SYSREG(3, 0, 6, 0, 0) },
	{ "elr_el1",	ARM_VCPU_REG_ELR_EL1 },
	{ "spsr_el1",	ARM_VCPU_REG_SPSR_EL1 },
	{ "sp_el0",	ARM_VCPU_REG_SP_EL0 },
	{ "sp_el1",	ARM_VCPU_REG_SP_EL1 },
	{ "tpidr_el0",	SYSREG(3, 3, 13, 0, 2) },
	{ "tpidr_el1",	SYSREG(3, 0, 13, 0, 4) },
};

/*
 * struct place - where a register is
 * @memory: in the run page, or NULL
 * @id: else for GET_REG
 */
struct place {
	__u64 *memory;
	__u64 id;
};

unsigned int register_size(unsigned int number)
{
	if (number >= REGISTERS_GENERAL + ARRAY_SIZE(system_registers))
		return 0;
	if (number == NUMBER_CPSR || number == NUMBER_FPSR || number == NUMBER_FPCR)
		return 4;
	return number >= NUMBER_V0 && number < NUMBER_FPSR ? REGISTER_BYTES : 8;
}

static __u64 id_of(const struct arm_vcpu_run *run, unsigned int number)
{
	if (number == NUMBER_SP)
		return (run->pstate & PSR_MODE) == PSR_EL1H ? ARM_VCPU_REG_SP_EL1 :
							      ARM_VCPU_REG_SP_EL0;
	if (number < NUMBER_FPSR)
		return ARM_VCPU_REG_V(number - NUMBER_V0);
	if (number < REGISTERS_GENERAL)
		return number == NUMBER_FPSR ? ARM_VCPU_REG_FPSR : ARM_VCPU_REG_FPCR;
	return system_registers[number - REGISTERS_GENERAL].id;
}

static struct place place_of(struct arm_vcpu_run *run, unsigned int number)
{
	if (number < NUMBER_SP)
		return (struct place){ .memory = &run->x[number] };
	if (number == NUMBER_PC)
		return (struct place){ .memory = &run->pc };
	if (number == NUMBER_CPSR)
		return (struct place){ .memory = &run->pstate };
	return (struct place){ .id = id_of(run, number) };
}

int register_read(struct vcpu *vcpu, unsigned int number, __u8 bytes[REGISTER_BYTES])
{
	struct place place = place_of(vcpu->cpu.run, number);
	__u64 value[2] = { 0 };
	int rc = 0;

	if (place.memory)
		value[0] = *place.memory;
	else
		rc = armvcpu_get_reg(&vcpu->cpu, place.id, value);
	memcpy(bytes, value, REGISTER_BYTES);
	return rc;
}

/* The kernel wouldn't enter a guest that is elsewhere, and that is the machine's end */
static bool can_be_pstate(__u64 pstate)
{
	__u64 mode = pstate & PSR_MODE;

	return !(pstate & PSR_NRW) && (mode == PSR_EL0T || mode == PSR_EL1T || mode == PSR_EL1H);
}

int register_write(struct vcpu *vcpu, unsigned int number, const __u8 bytes[REGISTER_BYTES])
{
	struct place place = place_of(vcpu->cpu.run, number);
	__u64 value[2];

	memcpy(value, bytes, REGISTER_BYTES);
	if (number == NUMBER_CPSR && !can_be_pstate(value[0]))
		return -EINVAL;
	if (!place.memory)
		return armvcpu_set_reg(&vcpu->cpu, place.id, value);
	*place.memory = value[0];
	return 0;
}

/* What is asked for of a text that is made again each time */
struct window {
	struct reply *reply;
	size_t offset;
	size_t length;
};

static void __printf(2, 3) show(struct window *window, const char *format, ...)
{
	char text[256];
	size_t length, skip;
	va_list args;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	skip = length < window->offset ? length : window->offset;
	window->offset -= skip;
	length -= skip;
	if (length > window->length)
		length = window->length;
	window->length -= length;
	reply_raw(window->reply, text + skip, length);
}

static void show_register(struct window *window, const char *name, unsigned int number,
			  const char *type)
{
	show(window, "<reg name=\"%s\" bitsize=\"%u\" regnum=\"%u\"%s/>\n", name,
	     register_size(number) * 8, number, type);
}

static void show_numbered(struct window *window, char letter, unsigned int first,
			  unsigned int count, const char *type)
{
	char name[8];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%c%u", letter, i);
		show_register(window, name, first + i, type);
	}
}

void registers_describe(struct reply *reply, size_t offset, size_t length)
{
	struct window window = { reply, offset, length };

	show(&window, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		      "<target version=\"1.0\">\n<architecture>aarch64</architecture>\n");
	show(&window, "<feature name=\"org.gnu.gdb.aarch64.core\">\n");
	show_numbered(&window, 'x', 0, NUMBER_SP, "");
	show_register(&window, "sp", NUMBER_SP, " type=\"data_ptr\"");
	show_register(&window, "pc", NUMBER_PC, " type=\"code_ptr\"");
	show_register(&window, "cpsr", NUMBER_CPSR, "");
	show(&window, "</feature>\n<feature name=\"org.gnu.gdb.aarch64.fpu\">\n"
		      "<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>\n"
		      "<vector id=\"v2u\" type=\"uint64\" count=\"2\"/>\n");
	show(&window, "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>\n"
		      "<vector id=\"v4u\" type=\"uint32\" count=\"4\"/>\n"
		      "<vector id=\"v8u\" type=\"uint16\" count=\"8\"/>\n"
		      "<vector id=\"v16u\" type=\"uint8\" count=\"16\"/>\n");
	show(&window, "<union id=\"vn\">\n<field name=\"d\" type=\"v2d\"/>\n"
		      "<field name=\"du\" type=\"v2u\"/>\n<field name=\"s\" type=\"v4f\"/>\n");
	show(&window, "<field name=\"su\" type=\"v4u\"/>\n<field name=\"hu\" type=\"v8u\"/>\n"
		      "<field name=\"bu\" type=\"v16u\"/>\n"
		      "<field name=\"q\" type=\"uint128\"/>\n</union>\n");
	show_numbered(&window, 'v', NUMBER_V0, 32, " type=\"vn\"");
	show_register(&window, "fpsr", NUMBER_FPSR, "");
	show_register(&window, "fpcr", NUMBER_FPCR, "");
	show(&window, "</feature>\n<feature name=\"arm_vcpu.system\">\n");
	for (unsigned int i = 0; i < ARRAY_SIZE(system_registers); i++)
		show_register(&window, system_registers[i].name, REGISTERS_GENERAL + i,
			      " group=\"system\"");
	show(&window, "</feature>\n</target>\n");
}
