// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an exit of the core's is in KVM's ABI.
 *
 * One contract for all here, as in the core: > 0, into the guest again; 0, to the program; < 0,
 * errno.
 */
#include <linux/kernel.h>
#include <linux/smp.h>
#include <asm/esr.h>

#include "kvm.h"

#define ENTER_AGAIN	1
#define TO_USER		0

#define NOT_SUPPORTED	(~0ULL)
#define PSTATE_BTYPE	GENMASK_ULL(11, 10)

static long exit_as(struct kvm_cpu *cpu, u32 reason)
{
	WRITE_ONCE(cpu->run->exit_reason, reason);
	return TO_USER;
}

/* The bus carries bytes */
static long mmio(struct kvm_cpu *cpu)
{
	const struct arm_vcpu_run *page = cpu->page;
	struct kvm_run *run = cpu->run;
	__le64 data = cpu_to_le64(page->mmio.data);

	cpu->reads_mmio = page->exit_reason == ARM_VCPU_EXIT_MMIO_READ;
	run->mmio.phys_addr = page->mmio.addr;
	run->mmio.len = page->mmio.width;
	run->mmio.is_write = !cpu->reads_mmio;
	memcpy(run->mmio.data, &data, sizeof(data));
	return exit_as(cpu, KVM_EXIT_MMIO);
}

/* A call that nobody here knows */
static long call(struct kvm_cpu *cpu)
{
	cpu->page->x[0] = NOT_SUPPORTED;
	return ENTER_AGAIN;
}

static bool is_reset2(const struct arm_vcpu_run *page)
{
	return (u32)page->x[0] == PSCI_1_1_FN_SYSTEM_RESET2 ||
	       (u32)page->x[0] == PSCI_1_1_FN64_SYSTEM_RESET2;
}

/* The caller is off; one that a program enters again all the same sees that nothing came of it */
static long system_event(struct kvm_cpu *cpu)
{
	struct arm_vcpu_power power = { .size = sizeof(power), .state = ARM_VCPU_POWER_OFF };
	struct arm_vcpu_run *page = cpu->page;
	struct kvm_run *run = cpu->run;
	bool reset = page->system.type == ARM_VCPU_SYSTEM_RESET;
	long ret = arm_vcpu_command(cpu->core, ARM_VCPU_SET_POWER, &power);

	if (ret)
		return ret;
	run->system_event.type = reset ? KVM_SYSTEM_EVENT_RESET : KVM_SYSTEM_EVENT_SHUTDOWN;
	run->system_event.ndata = 1;
	run->system_event.data[0] = is_reset2(page) ? KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2 : 0;
	page->x[0] = PSCI_RET_INTERNAL_FAILURE;
	return exit_as(cpu, KVM_EXIT_SYSTEM_EVENT);
}

/* Cache maintenance where no memory is has nothing to do */
static long step_over(struct kvm_cpu *cpu)
{
	cpu->page->pc += 4;
	cpu->page->pstate &= ~PSTATE_BTYPE;
	return ENTER_AGAIN;
}

/* A load or a store that only its instruction describes */
static long undecoded(struct kvm_cpu *cpu)
{
	if (!READ_ONCE(cpu->vm->nisv))
		return -ENOSYS;
	cpu->run->arm_nisv.esr_iss = cpu->page->esr & ESR_ELx_ISS_MASK;
	cpu->run->arm_nisv.fault_ipa = cpu->page->fault.addr;
	return exit_as(cpu, KVM_EXIT_ARM_NISV);
}

static long memory_fault(struct kvm_cpu *cpu)
{
	const struct arm_vcpu_run *page = cpu->page;
	bool fetch = ESR_ELx_EC(page->esr) == ESR_ELx_EC_IABT_LOW;

	if (page->fault.error)
		return -EFAULT;
	if (fetch || page->fault.access & ARM_VCPU_ACCESS_TABLE_WALK)
		return kvm_inject_abort(cpu, fetch, page->far) ?: ENTER_AGAIN;
	if (page->fault.access & ARM_VCPU_ACCESS_CACHE)
		return step_over(cpu);
	return undecoded(cpu);
}

static long debug(struct kvm_cpu *cpu)
{
	const struct arm_vcpu_run *page = cpu->page;
	struct kvm_run *run = cpu->run;

	run->debug.arch.hsr = lower_32_bits(page->esr);
	run->debug.arch.hsr_high = upper_32_bits(page->esr);
	run->debug.arch.far = page->debug.event == ARM_VCPU_EVENT_WATCHPOINT ? page->far : 0;
	run->flags = KVM_DEBUG_ARCH_HSR_HIGH_VALID;
	return exit_as(cpu, KVM_EXIT_DEBUG);
}

static long fail_entry(struct kvm_cpu *cpu)
{
	struct kvm_run *run = cpu->run;
	bool unfit = cpu->page->fail.reason == ARM_VCPU_FAIL_CPU;

	run->fail_entry.hardware_entry_failure_reason =
		unfit ? KVM_EXIT_FAIL_ENTRY_CPU_UNSUPPORTED : 0;
	run->fail_entry.cpu = raw_smp_processor_id();
	exit_as(cpu, KVM_EXIT_FAIL_ENTRY);
	return unfit ? TO_USER : -EINVAL;
}

static long internal_error(struct kvm_cpu *cpu)
{
	struct kvm_run *run = cpu->run;

	run->internal.suberror = KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON;
	run->internal.ndata = 2;
	run->internal.data[0] = cpu->page->internal.esr;
	run->internal.data[1] = cpu->page->internal.pc;
	return exit_as(cpu, KVM_EXIT_INTERNAL_ERROR);
}

/**
 * kvm_exit() - tell the program of an exit, or deal with it
 * @cpu: whose RUN has returned 0
 *
 * Return: > 0 to enter the guest again, 0 to go to the program, -EINTR if there is nothing but
 * levels of timers to see, -ERESTARTNOHAND if there is nothing at all, or another errno.
 */
long kvm_exit(struct kvm_cpu *cpu)
{
	cpu->run->flags = 0;
	switch (cpu->page->exit_reason) {
	case ARM_VCPU_EXIT_MMIO_READ:
	case ARM_VCPU_EXIT_MMIO_WRITE:
		return mmio(cpu);
	case ARM_VCPU_EXIT_TIMER:
		return -EINTR;
	case ARM_VCPU_EXIT_NONE:
		return -ERESTARTNOHAND;
	case ARM_VCPU_EXIT_HYPERCALL:
	case ARM_VCPU_EXIT_SMC:
		return call(cpu);
	case ARM_VCPU_EXIT_SYSTEM_DOWN:
		return system_event(cpu);
	case ARM_VCPU_EXIT_MEMORY_FAULT:
		return memory_fault(cpu);
	case ARM_VCPU_EXIT_DEBUG:
		return debug(cpu);
	case ARM_VCPU_EXIT_FAIL_ENTRY:
		return fail_entry(cpu);
	default:
		return internal_error(cpu);
	}
}
