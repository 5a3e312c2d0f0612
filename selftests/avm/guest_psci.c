// SPDX-License-Identifier: MIT
/* Commands of avm's test guest: PSCI, on a machine with four CPUs */
#include "guest.h"

#define CPUS	4

static volatile unsigned long started[CPUS];
static volatile unsigned long release;
static volatile unsigned long work[CPUS];

void guest_secondary(unsigned long index)
{
	unsigned long mpidr;

	asm volatile("mrs %0, mpidr_el1" : "=r" (mpidr));
	if ((mpidr & 0xff00ffffff) == index)
		started[index]++;
	while (!release)
		work[index]++;
	hvc(PSCI_CPU_OFF, 0, 0, 0);
}

static long cpu_on(unsigned long target)
{
	return hvc(PSCI_CPU_ON, target, (unsigned long)start_secondary, target);
}

/* Calls that touch no other CPU */
int do_psci(void)
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
	return 0;
}

static int off(unsigned long target)
{
	return hvc(PSCI_AFFINITY_INFO, target, 0, 0) == 1;
}

/* Up, told from pending, refused a second time, at work at the same time, down */
static int round(unsigned long times)
{
	long rc;

	release = 0;
	for (unsigned long cpu = 1; cpu < CPUS; cpu++) {
		EXPECT(off(cpu));
		EXPECT(hvc(PSCI_CPU_ON, cpu, NOWHERE, 0) == INVALID_ADDRESS);
		EXPECT(cpu_on(cpu) == SUCCESS);
		rc = cpu_on(cpu);
		EXPECT(rc == ON_PENDING || rc == ALREADY_ON);
	}
	for (unsigned long cpu = 1; cpu < CPUS; cpu++) {
		while (started[cpu] < times)
			;
		EXPECT(started[cpu] == times);
		EXPECT(hvc(PSCI_AFFINITY_INFO, cpu, 0, 0) == 0);
		EXPECT(cpu_on(cpu) == ALREADY_ON);
		for (unsigned long before = work[cpu]; work[cpu] == before;)
			;
	}
	release = 1;
	for (unsigned long cpu = 1; cpu < CPUS; cpu++)
		while (!off(cpu))
			;
	return 0;
}

int do_smp(void)
{
	int failed = 0;

	for (unsigned long times = 1; times <= 20 && !failed; times++)
		failed = round(times);
	return failed;
}

/* Leaves all CPUs busy, for whatever happens to the machine next */
int do_smp_run(void)
{
	release = 0;
	for (unsigned long cpu = 1; cpu < CPUS; cpu++)
		EXPECT(cpu_on(cpu) == SUCCESS);
	for (unsigned long cpu = 1; cpu < CPUS; cpu++)
		while (!work[cpu])
			;
	return 0;
}
