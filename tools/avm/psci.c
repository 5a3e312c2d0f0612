// SPDX-License-Identifier: MIT
#include "psci.h"

#include "machine.h"
#include "say.h"

#define PSCI(number)	(0x84000000U | (number))
#define SMC64		0x40000000U

#define PSCI_VERSION		PSCI(0)
#define CPU_SUSPEND		PSCI(1)
#define CPU_OFF			PSCI(2)
#define CPU_ON			PSCI(3)
#define AFFINITY_INFO		PSCI(4)
#define MIGRATE_INFO_TYPE	PSCI(6)
#define SYSTEM_OFF		PSCI(8)
#define SYSTEM_RESET		PSCI(9)
#define PSCI_FEATURES		PSCI(10)
#define SYSTEM_RESET2		PSCI(18)

#define SMCCC_VERSION		0x80000000U
#define SMCCC_ARCH_FEATURES	0x80000001U

#define PSCI_1_1		0x10001
#define SMCCC_1_1		0x10001

/* MIGRATE_INFO_TYPE: there is no trusted OS, or it needs no migration */
#define NOTHING_TO_MIGRATE	2

#define MPIDR_AFFINITY		0xff00ffffffULL

/* AFFINITY_INFO */
#define AFFINITY_ON		0
#define AFFINITY_OFF		1

/* CPU_SUSPEND's power_state, in the original format */
#define SUSPEND_POWER_DOWN	BIT(16)
#define SUSPEND_RESERVED	0xfcfe0000U

static struct vcpu *find(struct machine *machine, __u64 mpidr)
{
	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		if (machine->vcpus[i].mpidr == mpidr)
			return &machine->vcpus[i];
	return NULL;
}

/* Code that a CPU can begin with: aligned, and in RAM or in the firmware's flash */
static bool entry_is_valid(struct machine *machine, __u64 entry)
{
	const struct map_entry *flash = &memory_map[MAP_FLASH0];

	if (entry & 3)
		return false;
	if (ram_at(&machine->ram, entry, 4))
		return true;
	return machine->images.firmware.size && entry - flash->base < flash->size;
}

/*
 * Under the lock a CPU is off or on, and the first caller takes it from one to the other:
 * of two that race, one gets ALREADY_ON.  Nothing is pending in between.
 */
__s64 psci_cpu_on(struct machine *machine, __u64 target, __u64 entry, __u64 arg)
{
	struct vcpu *vcpu = find(machine, target);

	if (!vcpu)
		return PSCI_INVALID_PARAMETERS;
	if (vcpu->on)
		return PSCI_ALREADY_ON;
	if (!entry_is_valid(machine, entry))
		return PSCI_INVALID_ADDRESS;
	return vcpu_power_on(vcpu, entry, arg) ? PSCI_INTERNAL_FAILURE : PSCI_SUCCESS;
}

void psci_cpu_off(struct vcpu *vcpu)
{
	struct machine *machine = vcpu->machine;

	vcpu->on = false;
	for (unsigned int i = 0; i < machine->vcpu_count; i++)
		if (machine->vcpus[i].on)
			return;
	say("the guest has switched off its last CPU without powering off the machine");
	machine_end(machine, STATUS_CRASH);
}

/* Of an affinity level above 0: on when one of its CPUs is, off when all are */
static __s64 affinity_info(struct machine *machine, __u64 target, __u32 level)
{
	__s64 result = PSCI_INVALID_PARAMETERS;
	__u64 mask;

	if (level > 3 || target & ~MPIDR_AFFINITY)
		return PSCI_INVALID_PARAMETERS;
	mask = level == 3 ? 0xff00000000ULL : MPIDR_AFFINITY & ~0ULL << level * 8;

	for (unsigned int i = 0; i < machine->vcpu_count; i++) {
		const struct vcpu *vcpu = &machine->vcpus[i];

		if ((vcpu->mpidr ^ target) & mask)
			continue;
		if (vcpu->on)
			return AFFINITY_ON;
		result = AFFINITY_OFF;
	}
	return result;
}

/*
 * A standby that ends at once, which it always may; and so may a power-down, then as if an
 * interrupt had been pending, which leaves its entry unused.
 */
static __s64 cpu_suspend(struct machine *machine, __u32 state, __u64 entry)
{
	if (state & SUSPEND_RESERVED)
		return PSCI_INVALID_PARAMETERS;
	if (state & SUSPEND_POWER_DOWN && !entry_is_valid(machine, entry))
		return PSCI_INVALID_ADDRESS;
	return PSCI_SUCCESS;
}

static __s64 features(__u32 function)
{
	switch (function) {
	case CPU_ON | SMC64:
	case CPU_SUSPEND | SMC64:
	case AFFINITY_INFO | SMC64:
	case SYSTEM_RESET2 | SMC64:
	case PSCI_VERSION:
	case CPU_SUSPEND:
	case CPU_OFF:
	case CPU_ON:
	case AFFINITY_INFO:
	case MIGRATE_INFO_TYPE:
	case SYSTEM_OFF:
	case SYSTEM_RESET:
	case SYSTEM_RESET2:
	case PSCI_FEATURES:
	case SMCCC_VERSION:
		return PSCI_SUCCESS;
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

__s64 psci_call(struct vcpu *vcpu, const __u64 *x)
{
	struct machine *machine = vcpu->machine;
	/*
	 * SMCCC: the function id is w0, and a 32-bit function's arguments are w1 to w3.  Of a
	 * 64-bit one, some arguments are 32 bits wide all the same (DEN 0022).
	 */
	__u32 function = x[0];

	switch (function) {
	case PSCI_VERSION:
		return PSCI_1_1;
	case PSCI_FEATURES:
		return features(x[1]);
	case AFFINITY_INFO:
		return affinity_info(machine, (__u32)x[1], x[2]);
	case AFFINITY_INFO | SMC64:
		return affinity_info(machine, x[1], x[2]);
	case MIGRATE_INFO_TYPE:
		return NOTHING_TO_MIGRATE;
	case CPU_SUSPEND:
		return cpu_suspend(machine, x[1], (__u32)x[2]);
	case CPU_SUSPEND | SMC64:
		return cpu_suspend(machine, x[1], x[2]);
	case SYSTEM_RESET2:
	case SYSTEM_RESET2 | SMC64:
		/* of a reserved type, or the kernel would have an exit of its own */
		return PSCI_INVALID_PARAMETERS;
	case SMCCC_VERSION:
		return SMCCC_1_1;
	case SMCCC_ARCH_FEATURES:
		return (__u32)x[1] == SMCCC_VERSION || (__u32)x[1] == SMCCC_ARCH_FEATURES ?
			PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
	default:
		return PSCI_NOT_SUPPORTED;
	}
}
