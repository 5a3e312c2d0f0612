// SPDX-License-Identifier: MIT
/* Commands of avm's test guest: PSCI, on a machine with four CPUs */
#include "guest.h"

#define CPUS	4

/* Shared by the CPUs, hence read and written by name */
static unsigned int started[CPUS];
static unsigned int release;
static unsigned int work[CPUS];

static unsigned int get(const unsigned int *value)
{
	return read32((unsigned long)value);
}

static void set(unsigned int *value, unsigned int to)
{
	write32((unsigned long)value, to);
}

void guest_secondary(unsigned long index)
{
	unsigned long mpidr;

	asm volatile("mrs %0, mpidr_el1" : "=r" (mpidr));
	if ((mpidr & 0xff00ffffff) == index)
		set(&started[index], get(&started[index]) + 1);
	while (!get(&release))
		set(&work[index], get(&work[index]) + 1);
	hvc(PSCI_CPU_OFF, 0, 0, 0);
}

static long cpu_on(unsigned long target)
{
	return hvc(PSCI_CPU_ON, target, (unsigned long)start_secondary, target);
}

/* Calls that touch no other CPU */
void do_psci(void)
{
	EXPECT(hvc(PSCI_VERSION, 0, 0, 0) == 0x10001);
	EXPECT(smc(PSCI_VERSION, 0, 0, 0) == 0x10001);
	EXPECT(hvc(PSCI_FEATURES, PSCI_CPU_ON, 0, 0) == 0);
	EXPECT(hvc(PSCI_FEATURES, PSCI_SYSTEM_OFF, 0, 0) == 0);
	EXPECT(hvc(PSCI_FEATURES, SMCCC_VERSION, 0, 0) == 0);
	EXPECT(hvc(PSCI_FEATURES, PSCI_SYSTEM_SUSPEND, 0, 0) == NOT_SUPPORTED);
	EXPECT(hvc(PSCI_SYSTEM_SUSPEND, 0, 0, 0) == NOT_SUPPORTED);
	EXPECT(hvc(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0) == 2);
	EXPECT(hvc(SMCCC_VERSION, 0, 0, 0) >= 0x10001);
	EXPECT(hvc(PSCI_CPU_SUSPEND, 0, 0, 0) == SUCCESS);
	EXPECT(hvc(0xc6001234, 0, 0, 0) == NOT_SUPPORTED);
	EXPECT(smc(0xc6001234, 0, 0, 0) == NOT_SUPPORTED);

	EXPECT(hvc(PSCI_AFFINITY_INFO, 0, 0, 0) == 0);
	EXPECT(hvc(PSCI_AFFINITY_INFO, 0, 1, 0) == 0);
	EXPECT(hvc(PSCI_AFFINITY_INFO, 0x500, 0, 0) == INVALID_PARAMETERS);
	EXPECT(hvc(PSCI_AFFINITY_INFO, 0, 4, 0) == INVALID_PARAMETERS);
	EXPECT(cpu_on(0) == ALREADY_ON);
	EXPECT(cpu_on(0x500) == INVALID_PARAMETERS);
}

static int is_off(unsigned long target)
{
	return hvc(PSCI_AFFINITY_INFO, target, 0, 0) == 1;
}

/* Up, told from pending, refused a second time, at work at the same time, down */
static void round(unsigned int times)
{
	long rc;

	set(&release, 0);
	for (unsigned long cpu = 1; cpu < CPUS; cpu++) {
		EXPECT(is_off(cpu));
		EXPECT(hvc(PSCI_CPU_ON, cpu, NOWHERE, 0) == INVALID_ADDRESS);
		EXPECT(cpu_on(cpu) == SUCCESS);
		rc = cpu_on(cpu);
		EXPECT(rc == ON_PENDING || rc == ALREADY_ON);
	}
	for (unsigned long cpu = 1; cpu < CPUS; cpu++) {
		while (get(&started[cpu]) < times)
			;
		EXPECT(get(&started[cpu]) == times);
		EXPECT(hvc(PSCI_AFFINITY_INFO, cpu, 0, 0) == 0);
		EXPECT(cpu_on(cpu) == ALREADY_ON);
		for (unsigned int before = get(&work[cpu]); get(&work[cpu]) == before;)
			;
	}
	set(&release, 1);
	for (unsigned long cpu = 1; cpu < CPUS; cpu++)
		while (!is_off(cpu))
			;
}

void do_smp(void)
{
	for (unsigned int times = 1; times <= 5 && !failed; times++)
		round(times);
}

/* Leaves all CPUs busy, for whatever happens to the machine next */
void do_smp_run(void)
{
	set(&release, 0);
	for (unsigned long cpu = 1; cpu < CPUS; cpu++)
		EXPECT(cpu_on(cpu) == SUCCESS);
	for (unsigned long cpu = 1; cpu < CPUS && !failed; cpu++)
		while (!get(&work[cpu]))
			;
}
