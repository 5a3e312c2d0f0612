// SPDX-License-Identifier: MIT
/* See report.h.  Classes and codes are those of ESR_EL1 (DDI 0487, D19.2.37). */
#include "report.h"

#include <stdio.h>

#include "exit.h"
#include "machine.h"
#include "say.h"

#define REG_ESR		ARM_VCPU_REG_SYSREG(3, 0, 5, 2, 0)
#define REG_FAR		ARM_VCPU_REG_SYSREG(3, 0, 6, 0, 0)
#define REG_VBAR	ARM_VCPU_REG_SYSREG(3, 0, 12, 0, 0)

#define PSR_MODE	0x0fULL
#define PSR_NRW		0x10ULL

#define ESR_EC(esr)	((esr) >> 26 & 0x3f)
#define EC_IABT_LOWER	0x20
#define EC_IABT		0x21
#define EC_DABT_LOWER	0x24
#define EC_DABT		0x25

#define ESR_WNR		(1ULL << 6)
#define ESR_FSC(esr)	((esr) & 0x3f)
#define FSC_WITH_LEVEL	0x18 /* below are codes of four levels each, */
#define FSC_EXTERNAL	0x10 /* but these */

static const char * const classes[64] = {
	[0x00] = "undefined instruction",
	[0x01] = "trapped WFI or WFE",
	[0x07] = "FP or SIMD while CPACR_EL1 traps it",
	[0x0d] = "branch to what is no target",
	[0x0e] = "illegal execution state",
	[0x11] = "SVC of AArch32",
	[0x15] = "SVC",
	[0x18] = "trapped MSR, MRS or SYS",
	[0x19] = "trapped SVE",
	[0x1c] = "pointer authentication",
	[EC_IABT_LOWER] = "instruction abort from EL0",
	[EC_IABT] = "instruction abort at EL1",
	[0x22] = "misaligned pc",
	[EC_DABT_LOWER] = "data abort from EL0",
	[EC_DABT] = "data abort at EL1",
	[0x26] = "misaligned sp",
	[0x2c] = "floating-point exception",
	[0x2f] = "SError",
	[0x30] = "breakpoint from EL0",
	[0x31] = "breakpoint at EL1",
	[0x32] = "step from EL0",
	[0x33] = "step at EL1",
	[0x34] = "watchpoint from EL0",
	[0x35] = "watchpoint at EL1",
	[0x3c] = "BRK",
};

static const char *fault_of(unsigned int fsc)
{
	static const char * const with_level[] = {
		"address size fault", "translation fault", "access flag fault",
		"permission fault", NULL, "external abort on a table walk",
	};

	if (fsc < FSC_WITH_LEVEL && with_level[fsc / 4])
		return with_level[fsc / 4];
	switch (fsc) {
	case FSC_EXTERNAL:
		return "external abort";
	case 0x21:
		return "misaligned";
	case 0x30:
		return "TLB conflict";
	case 0x31:
		return "unsupported update of a table";
	case 0x35:
		return "unsupported exclusive or atomic";
	default:
		return "another fault";
	}
}

static const char *mode_of(__u64 pstate)
{
	if (pstate & PSR_NRW)
		return "AArch32";
	switch (pstate & PSR_MODE) {
	case 0:
		return "EL0";
	case 4:
		return "EL1t";
	case 5:
		return "EL1h";
	default:
		return "no mode";
	}
}

/* An abort in words: what was done, and what came of it */
static void describe_abort(char *text, size_t size, __u64 esr)
{
	unsigned int class = ESR_EC(esr), fsc = ESR_FSC(esr);
	const char *access = "";
	char level[16] = "";

	if (class == EC_DABT || class == EC_DABT_LOWER)
		access = esr & ESR_WNR ? ", write" : ", read";
	else if (class != EC_IABT && class != EC_IABT_LOWER)
		return;
	if (fsc < FSC_WITH_LEVEL && fsc / 4 != FSC_EXTERNAL / 4)
		snprintf(level, sizeof(level), ", level %u", fsc % 4);
	snprintf(text, size, "%s, %s%s", access, fault_of(fsc), level);
}

const char *report_class(__u64 esr)
{
	const char *class = classes[ESR_EC(esr)];

	return class ? class : "an unknown class";
}

static void report_exception(unsigned int index, const __u64 *regs)
{
	const __u64 esr = regs[0], elr = regs[1], spsr = regs[2], far = regs[3];
	char abort[96] = "";

	/* as a reset has left them */
	if (!esr && !elr && !spsr) {
		say("CPU %u: has taken no exception", index);
		return;
	}
	describe_abort(abort, sizeof(abort), esr);
	say("CPU %u: last exception: %s%s", index, report_class(esr), abort);
	say("CPU %u: ESR_EL1 %#llx, ELR_EL1 %#llx, SPSR_EL1 %#llx (%s), FAR_EL1 %#llx", index,
	    esr, elr, spsr, mode_of(spsr), far);
}

/* What it was about to do, and with what */
static void report_registers(struct vcpu *vcpu, unsigned int index)
{
	const struct armvcpu_bus bus = exit_bus(vcpu->machine);
	const __u64 *x = vcpu->cpu.run->x;
	__u32 insn;

	if (armvcpu_instruction(&vcpu->cpu, &bus, &insn))
		say("CPU %u: no instruction is in memory there", index);
	else
		say("CPU %u: the instruction there is %#010x", index, insn);
	for (unsigned int i = 0; i < 28; i += 4)
		say("CPU %u: x%-2u %016llx %016llx %016llx %016llx", index, i,
		    x[i], x[i + 1], x[i + 2], x[i + 3]);
	say("CPU %u: x28 %016llx %016llx %016llx", index, x[28], x[29], x[30]);
}

void report_vcpu(struct vcpu *vcpu)
{
	static const __u64 ids[] = {
		REG_ESR, ARM_VCPU_REG_ELR_EL1, ARM_VCPU_REG_SPSR_EL1, REG_FAR, REG_VBAR,
	};
	const struct arm_vcpu_run *run = vcpu->cpu.run;
	unsigned int index = vcpu - vcpu->machine->vcpus;
	__u64 value[2], regs[ARRAY_SIZE(ids)];

	if (armvcpu_get_power(&vcpu->cpu) == ARM_VCPU_POWER_OFF) {
		say("CPU %u: off", index);
		return;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		/* the VM has died: the registers are lost, and somebody has said why */
		if (armvcpu_get_reg(&vcpu->cpu, ids[i], value))
			return;
		regs[i] = value[0];
	}
	say("CPU %u: at pc %#llx, %s, x30 %#llx, VBAR_EL1 %#llx", index, run->pc,
	    mode_of(run->pstate), run->x[30], regs[4]);
	if (vcpu == vcpu->machine->crashed)
		report_registers(vcpu, index);
	report_exception(index, regs);
}
