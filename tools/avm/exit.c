// SPDX-License-Identifier: MIT
#include "exit.h"

#include <string.h>

#include "machine.h"
#include "report.h"
#include "say.h"

/* The CPU's smallest: memory ends at the end of one */
#define PAGE	0x1000

#define SMCCC_NOT_SUPPORTED	(~0ULL)

#define REG_VBAR	ARM_VCPU_REG_SYSREG(3, 0, 12, 0, 0)
#define VECTORS_SIZE	0x800ULL

#define PSR_MODE	0x1fULL
#define PSR_EL1H	0x05ULL

#define ESR_EC(esr)	((esr) >> 26 & 0x3f)
#define EC_IABT_LOWER	0x20

/* What there is to say is said when all vCPUs have stopped, and their registers can be read */
static void crash(struct vcpu *vcpu, int status)
{
	struct machine *machine = vcpu->machine;

	if (!machine->crashed)
		machine->crashed = vcpu;
	machine_end(machine, status);
}

/*
 * TIMER, KICKED: without a GIC the guest asks its timers itself, with one they are the kernel's;
 * and who kicks has set the phase
 */
static void handle_nothing(struct vcpu *vcpu)
{
	(void)vcpu;
}

/* The vCPU may have switched itself off.  A machine whose CPUs all are can't come back: it ends. */
static void handle_none(struct vcpu *vcpu)
{
	struct machine *machine = vcpu->machine;

	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		if (armvcpu_get_power(&machine->vcpus[i].cpu) != ARM_VCPU_POWER_OFF)
			return;
	say("the guest has switched off its last CPU without powering off the machine");
	machine_end(machine, STATUS_CRASH);
}

/* A device that couldn't show its memory or set its line: the guest has a wrong view of it */
static void check_bus(struct machine *machine)
{
	if (!machine->bus.error)
		return;
	say("can't give the guest what a device has for it: %s", strerror(-machine->bus.error));
	machine_end(machine, STATUS_HOST);
}

static const void *emulated_memory(void *context, __u64 addr, size_t size)
{
	struct machine *machine = context;
	const void *memory = ram_at(&machine->ram, addr, size);

	return memory ? memory : bus_memory(&machine->bus, addr, size);
}

static int emulated_read(void *context, __u64 addr, unsigned int width, __u64 *value)
{
	struct machine *machine = context;

	*value = bus_read(&machine->bus, addr, width);
	return 0;
}

static int emulated_write(void *context, __u64 addr, unsigned int width, __u64 value)
{
	struct machine *machine = context;

	bus_write(&machine->bus, addr, value, width);
	return 0;
}

struct armvcpu_bus exit_bus(struct machine *machine)
{
	return (struct armvcpu_bus){
		.context = machine,
		.memory = emulated_memory,
		.read = emulated_read,
		.write = emulated_write,
	};
}

/* A load or store that the CPU doesn't describe: the library fetches the instruction */
static bool emulated(struct vcpu *vcpu)
{
	const struct armvcpu_bus bus = exit_bus(vcpu->machine);

	if (armvcpu_emulate(&vcpu->cpu, &bus))
		return false;
	check_bus(vcpu->machine);
	return true;
}

/*
 * A fetch from the table of vectors is what an exception comes to, and so would be the abort
 * that it gets: no instruction of the guest's would ever run again.
 */
static bool at_missing_vectors(struct vcpu *vcpu)
{
	const struct arm_vcpu_run *run = vcpu->cpu.run;
	__u64 vbar[2];

	if (ESR_EC(run->esr) != EC_IABT_LOWER || (run->pstate & PSR_MODE) != PSR_EL1H ||
	    armvcpu_get_reg(&vcpu->cpu, REG_VBAR, vbar))
		return false;
	return run->pc - ALIGN_DOWN(vbar[0], VECTORS_SIZE) < VECTORS_SIZE;
}

/* What a bus answers where nothing is, and at a device that can't be accessed so */
static void external_abort(struct vcpu *vcpu)
{
	const struct armvcpu_bus bus = exit_bus(vcpu->machine);
	struct arm_vcpu_run *run = vcpu->cpu.run;
	int rc;

	if (at_missing_vectors(vcpu)) {
		say("the guest can't go on: its exception vectors, at %#llx, aren't in memory",
		    run->pc);
		crash(vcpu, STATUS_CRASH);
		return;
	}
	rc = armvcpu_abort(&vcpu->cpu, &bus);
	if (!rc)
		return;
	say("can't give the guest an external abort: %s", strerror(-rc));
	machine_end(vcpu->machine, STATUS_HOST);
}

/*
 * Memory and a device, or nothing, can't share an access: what it gets of memory isn't here.
 * One that ends in memory has the exit's address; one that begins there has been stopped where
 * memory ends, and the exit has that address.
 */
static bool is_half_memory(struct vcpu *vcpu)
{
	const struct arm_vcpu_run *run = vcpu->cpu.run;
	const struct armvcpu_bus bus = exit_bus(vcpu->machine);
	__u64 addr = run->mmio.addr, offset = addr % PAGE, start;

	if (offset)
		return offset + run->mmio.width > PAGE &&
		       bus.memory(bus.context, addr + run->mmio.width - 1, 1);
	return bus.memory(bus.context, addr - 1, 1) &&
	       !armvcpu_access_start(&vcpu->cpu, &bus, &start) && start % PAGE;
}

static bool refused(struct vcpu *vcpu)
{
	if (!is_half_memory(vcpu))
		return false;
	bus_warn(&vcpu->machine->bus, vcpu->cpu.run->mmio.addr, true,
		 "gets an external abort, for an access across an end of memory, at");
	external_abort(vcpu);
	return true;
}

static void handle_mmio_read(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;

	if (refused(vcpu))
		return;
	run->mmio.data = bus_read(&vcpu->machine->bus, run->mmio.addr, run->mmio.width);
	check_bus(vcpu->machine);
}

static void handle_mmio_write(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;

	if (refused(vcpu))
		return;
	bus_write(&vcpu->machine->bus, run->mmio.addr, run->mmio.data, run->mmio.width);
	check_bus(vcpu->machine);
}

/* What the kernel hasn't answered is no call by the convention (DEN 0028, 2.9), or not there */
static void handle_call(struct vcpu *vcpu)
{
	vcpu->cpu.run->x[0] = SMCCC_NOT_SUPPORTED;
}

static void handle_system_down(struct vcpu *vcpu)
{
	if (vcpu->cpu.run->system.type == ARM_VCPU_SYSTEM_OFF)
		machine_end(vcpu->machine, STATUS_OFF);
	else
		machine_request_reset(vcpu->machine);
}

static void handle_memory_fault(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;

	if (emulated(vcpu))
		return;
	if (run->fault.error) {
		say("the host has no memory for the guest's address %#llx: %s",
		    run->fault.addr, strerror(run->fault.error));
		machine_end(vcpu->machine, STATUS_HOST);
		return;
	}
	if (!(run->fault.access & (ARM_VCPU_ACCESS_EXEC | ARM_VCPU_ACCESS_TABLE_WALK)))
		bus_warn(&vcpu->machine->bus, run->fault.addr, true,
			 "gets an external abort, for what avm can't emulate, at");
	external_abort(vcpu);
}

static void handle_fail_entry(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;

	say("the guest can't be entered: reason %u (pc %#llx, pstate %#llx)",
	    run->fail.reason, run->pc, run->pstate);
	crash(vcpu, run->fail.reason == ARM_VCPU_FAIL_CPU ? STATUS_HOST : STATUS_CRASH);
}

static void handle_internal_error(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;

	say("arm_vcpu met what it can't explain (%s, esr %#llx, pc %#llx): see the kernel log",
	    report_class(run->internal.esr), run->internal.esr, run->internal.pc);
	crash(vcpu, STATUS_HOST);
}

static void (* const handlers[])(struct vcpu *vcpu) = {
	[ARM_VCPU_EXIT_NONE]		= handle_none,
	[ARM_VCPU_EXIT_MMIO_READ]	= handle_mmio_read,
	[ARM_VCPU_EXIT_MMIO_WRITE]	= handle_mmio_write,
	[ARM_VCPU_EXIT_HYPERCALL]	= handle_call,
	[ARM_VCPU_EXIT_SMC]		= handle_call,
	[ARM_VCPU_EXIT_SYSTEM_DOWN]	= handle_system_down,
	[ARM_VCPU_EXIT_TIMER]		= handle_nothing,
	[ARM_VCPU_EXIT_KICKED]		= handle_nothing,
	[ARM_VCPU_EXIT_MEMORY_FAULT]	= handle_memory_fault,
	[ARM_VCPU_EXIT_FAIL_ENTRY]	= handle_fail_entry,
	[ARM_VCPU_EXIT_INTERNAL_ERROR]	= handle_internal_error,
	[ARM_VCPU_EXIT_DEBUG]		= gdb_event,
};

void exit_handle(struct vcpu *vcpu)
{
	struct arm_vcpu_run *run = vcpu->cpu.run;
	__u32 reason = run->exit_reason;

	if (reason < ARRAY_SIZE(handlers) && handlers[reason]) {
		handlers[reason](vcpu);
		return;
	}
	say("avm doesn't know what to do about an exit %s (%u) at pc %#llx, esr %#llx (%s)",
	    armvcpu_exit_name(reason), reason, run->pc, run->esr, report_class(run->esr));
	crash(vcpu, STATUS_CRASH);
}
