// SPDX-License-Identifier: MIT
/* Commands of avm's test guest: PSCI, on a machine with four CPUs */
#include "guest.h"

#define CPUS	4
/* In the upper half of an argument of 32 bits */
#define JUNK	(0xdeadbeefUL << 32)

/* Shared by the CPUs, hence read and written by name */
static unsigned int started[CPUS];
static unsigned int release;
static unsigned int work[CPUS];

/* do_race() */
#define LAST	(CPUS - 1)
#define NONE	1000
static unsigned int racing;
static unsigned int go;
static unsigned int result[CPUS];

static unsigned int get(const unsigned int *value)
{
	return read32((unsigned long)value);
}

static void set(unsigned int *value, unsigned int to)
{
	write32((unsigned long)value, to);
}

static long cpu_on(unsigned long target)
{
	return hvc(PSCI_CPU_ON, target, (unsigned long)start_secondary, target);
}

void guest_secondary(unsigned long index)
{
	unsigned long mpidr;

	asm volatile("mrs %0, mpidr_el1" : "=r" (mpidr));
	if ((mpidr & 0xff00ffffff) == index)
		set(&started[index], get(&started[index]) + 1);
	if (index != LAST && get(&racing)) {
		while (get(&go) != get(&started[index]))
			;
		set(&result[index], cpu_on(LAST));
	} else {
		while (!get(&release))
			set(&work[index], get(&work[index]) + 1);
	}
	hvc(PSCI_CPU_OFF, 0, 0, 0);
}

/* Of calls that don't end the machine: not by another immediate, and not with a wrong type */
static void other_calls(void)
{
	static const unsigned long functions[] = {
		PSCI_VERSION, PSCI_FEATURES, PSCI_CPU_ON, PSCI_CPU_OFF, PSCI_AFFINITY_INFO,
		PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, SMCCC_VERSION,
	};
	static const unsigned long types[] = { 1, 2, 0x7fffffff, JUNK | 1 };

	for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++) {
		EXPECT(hvc_other(functions[i], 0, 0, 0) == NOT_SUPPORTED);
		EXPECT(smc_other(functions[i], 0, 0, 0) == NOT_SUPPORTED);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		EXPECT(hvc(PSCI_SYSTEM_RESET2_32, types[i], 0, 0) == INVALID_PARAMETERS);
		EXPECT(hvc(PSCI_SYSTEM_RESET2, types[i], 0, 0) == INVALID_PARAMETERS);
		EXPECT(smc(PSCI_SYSTEM_RESET2, types[i], 0, 0) == INVALID_PARAMETERS);
	}
}

/* CPU_SUSPEND for a tenth of a second, lest the timer is up before it */
static long suspend(unsigned long function, unsigned long state, unsigned long entry)
{
	unsigned long ticks;
	long result;

	asm volatile("mrs %0, cntfrq_el0" : "=r" (ticks));
	asm volatile("msr cntv_tval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb" : :
		     "r" (ticks / 10), "r" (1UL));
	result = hvc(function, state, entry, 0);
	asm volatile("msr cntv_ctl_el0, xzr\n\tisb");
	return result;
}

static void suspend_arguments(unsigned long function)
{
	unsigned long entry = (unsigned long)start_secondary;

	EXPECT(suspend(function, 0, NOWHERE) == SUCCESS);
	EXPECT(suspend(function, JUNK | 0x0100ffff, NOWHERE) == SUCCESS);
	EXPECT(suspend(function, 0x10000, entry) == SUCCESS);
	EXPECT(hvc(function, 0x10000, NOWHERE, 0) == INVALID_ADDRESS);
	EXPECT(hvc(function, 0x10000, entry + 2, 0) == INVALID_ADDRESS);
	EXPECT(hvc(function, 0x20000, entry, 0) == INVALID_PARAMETERS);
	EXPECT(hvc(function, 0x4000000, entry, 0) == INVALID_PARAMETERS);
	EXPECT(hvc(function, 0x80000000, entry, 0) == INVALID_PARAMETERS);
}

/* What a 32-bit argument has in its upper half isn't looked at, and reserved bits are */
static void arguments(void)
{
	suspend_arguments(PSCI_CPU_SUSPEND_32);
	suspend_arguments(PSCI_CPU_SUSPEND);
	EXPECT(suspend(PSCI_CPU_SUSPEND_32, 0x10000, JUNK | (unsigned long)start_secondary) ==
	       SUCCESS);
	EXPECT(hvc(PSCI_CPU_SUSPEND, 0x10000, JUNK | (unsigned long)start_secondary, 0) ==
	       INVALID_ADDRESS);
	EXPECT(hvc(JUNK | PSCI_FEATURES, JUNK | PSCI_CPU_ON, 0, 0) == 0);

	EXPECT(hvc(PSCI_AFFINITY_INFO_32, JUNK, JUNK, 0) == 0);
	EXPECT(hvc(PSCI_AFFINITY_INFO, 0, JUNK, 0) == 0);
	EXPECT(hvc(PSCI_AFFINITY_INFO_32, JUNK, JUNK | 4, 0) == INVALID_PARAMETERS);
	EXPECT(hvc(PSCI_AFFINITY_INFO, JUNK, 3, 0) == INVALID_PARAMETERS);
	EXPECT(hvc(PSCI_CPU_ON_32, JUNK, JUNK, JUNK) == ALREADY_ON);
	for (unsigned int bit = 24; bit < 64; bit++) {
		if (bit >= 32 && bit < 40)
			continue;
		EXPECT(hvc(PSCI_AFFINITY_INFO, 1UL << bit, 0, 0) == INVALID_PARAMETERS);
		EXPECT(hvc(PSCI_AFFINITY_INFO, 1UL << bit, 3, 0) == INVALID_PARAMETERS);
		EXPECT(cpu_on(1UL << bit) == INVALID_PARAMETERS);
		if (bit >= 32)
			continue;
		EXPECT(hvc(PSCI_AFFINITY_INFO_32, 1UL << bit, 0, 0) == INVALID_PARAMETERS);
		EXPECT(hvc(PSCI_CPU_ON_32, 1UL << bit, 0, 0) == INVALID_PARAMETERS);
	}
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
	EXPECT(suspend(PSCI_CPU_SUSPEND, 0, 0) == SUCCESS);
	EXPECT(hvc(0xc6001234, 0, 0, 0) == NOT_SUPPORTED);
	EXPECT(smc(0xc6001234, 0, 0, 0) == NOT_SUPPORTED);

	EXPECT(hvc(PSCI_AFFINITY_INFO, 0, 0, 0) == 0);
	EXPECT(hvc(PSCI_AFFINITY_INFO, 0, 1, 0) == 0);
	EXPECT(hvc(PSCI_AFFINITY_INFO, 0x500, 0, 0) == INVALID_PARAMETERS);
	EXPECT(hvc(PSCI_AFFINITY_INFO, 0, 4, 0) == INVALID_PARAMETERS);
	EXPECT(cpu_on(0) == ALREADY_ON);
	EXPECT(cpu_on(0x500) == INVALID_PARAMETERS);
	arguments();
	other_calls();
}

static int is_off(unsigned long target)
{
	return hvc(PSCI_AFFINITY_INFO, target, 0, 0) == 1;
}

/* What CPU_ON says to all but the first, whether it has begun or not */
static int is_on(int answer)
{
	return answer == ALREADY_ON || answer == ON_PENDING;
}

static void wait_all_off(void)
{
	for (unsigned long cpu = 1; cpu < CPUS; cpu++)
		while (!is_off(cpu))
			;
}

/* Up, refused a second time, at work at the same time, down */
static void round(unsigned int times)
{
	set(&release, 0);
	for (unsigned long cpu = 1; cpu < CPUS; cpu++) {
		EXPECT(is_off(cpu));
		EXPECT(hvc(PSCI_CPU_ON, cpu, NOWHERE, 0) == INVALID_ADDRESS);
		EXPECT(hvc(PSCI_CPU_ON, cpu, (unsigned long)start_secondary + 2, 0) ==
		       INVALID_ADDRESS);
		EXPECT(cpu_on(cpu) == SUCCESS);
		EXPECT(!is_off(cpu));
		EXPECT(is_on(cpu_on(cpu)));
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
	wait_all_off();
}

void do_smp(void)
{
	for (unsigned int times = 1; times <= 5 && !failed; times++)
		round(times);
}

/* Of three CPUs that switch on the fourth at the same time, one does */
static void race(unsigned int times)
{
	unsigned int won = 0;

	set(&release, 0);
	for (unsigned long cpu = 0; cpu < LAST; cpu++) {
		set(&result[cpu], NONE);
		if (cpu)
			EXPECT(cpu_on(cpu) == SUCCESS);
	}
	for (unsigned long cpu = 1; cpu < LAST; cpu++)
		while (get(&started[cpu]) < times)
			;
	set(&go, times);
	set(&result[0], cpu_on(LAST));
	for (unsigned long cpu = 0; cpu < LAST; cpu++) {
		while (get(&result[cpu]) == NONE)
			;
		won += get(&result[cpu]) == SUCCESS;
		EXPECT(get(&result[cpu]) == SUCCESS || is_on((int)get(&result[cpu])));
	}
	EXPECT(won == 1);
	while (get(&started[LAST]) < times)
		;
	set(&release, 1);
	wait_all_off();
	EXPECT(get(&started[LAST]) == times);
}

void do_race(void)
{
	set(&racing, 1);
	for (unsigned int times = 1; times <= 50 && !failed; times++)
		race(times);
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
