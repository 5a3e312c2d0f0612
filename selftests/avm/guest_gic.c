// SPDX-License-Identifier: MIT
/* Commands of avm's test guest: interrupts, by a GICv3 */
#include "guest.h"

#define GICD		0x08000000UL
#define GICD_CTLR	0x0000
#define GICD_GRP1	0x02
#define GICD_ARE	0x10
#define GICD_PIDR2	0xffe8

#define GITS		0x08080000UL
#define GITS_PIDR2	0xffe8

#define GICR		0x080a0000UL
#define GICR_SIZE	0x20000UL
#define GICR_TYPER	0x0008
#define GICR_LAST	0x10
#define GICR_WAKER	0x0014
#define GICR_SLEEP	0x02
#define GICR_ASLEEP	0x04
#define GICR_SGIS	0x10000UL	/* the frame of SGIs and PPIs */

#define IGROUPR		0x0080
#define ISENABLER	0x0100
#define IROUTER		0x6000

#define UART_INTID	33U
#define RTC_INTID	34U
#define SGI		5U
#define SGI_ALL		(1UL << 40)	/* IRM */

#define CPUS		64
#define CLUSTER		16

#define RTC_MR		(RTC + 0x004)
#define RTC_IMSC	(RTC + 0x010)
#define RTC_RIS		(RTC + 0x014)
#define RTC_ICR		(RTC + 0x01c)

/* Shared by the CPUs, and with the handler */
static volatile unsigned int sgis[CPUS];
static volatile unsigned int others;

/* After how many interrupts the handler masks them at the UART, or 0: it clears them */
static volatile unsigned int mask_after;
static volatile unsigned int uart_count, uart_mis;
static volatile unsigned int rtc_count;
static volatile unsigned int key;

static unsigned int cpu_index(void)
{
	unsigned long mpidr;

	asm volatile("mrs %0, mpidr_el1" : "=r" (mpidr));
	return (mpidr >> 8 & 0xff) * CLUSTER + (mpidr & 0xff);
}

static void uart_interrupt(void)
{
	uart_mis = read32(UART + UART_MIS);
	uart_count++;
	if (!mask_after) {
		if (!(read32(UART + UART_FR) & UART_FR_RXFE))
			key = read32(UART + UART_DR);
		write32(UART + UART_ICR, uart_mis);
	} else if (uart_count >= mask_after) {
		write32(UART + UART_IMSC, 0);
	}
}

/* From the vector, with interrupts masked */
void guest_interrupt(void)
{
	unsigned long intid;

	asm volatile("mrs %0, S3_0_C12_C12_0\n\tdsb sy" : "=r" (intid) : : "memory");
	if (intid == SGI) {
		sgis[cpu_index()]++;
	} else if (intid == UART_INTID) {
		uart_interrupt();
	} else if (intid == RTC_INTID) {
		rtc_count++;
		write32(RTC_ICR, 1);
	} else {
		others++;
	}
	asm volatile("dsb sy\n\tmsr S3_0_C12_C12_1, %0\n\tisb" : : "r" (intid) : "memory");
}

static void mask(void)
{
	asm volatile("msr daifset, #2" : : : "memory");
}

static void unmask(void)
{
	asm volatile("msr daifclr, #2\n\tisb" : : : "memory");
}

/* Asleep until there have been so many interrupts: masked while it looks, or the last is missed */
static void wait_for(volatile unsigned int *count, unsigned int value)
{
	mask();
	while (*count < value) {
		asm volatile("dsb sy\n\twfi" : : : "memory");
		unmask();
		mask();
	}
	unmask();
}

/* Time for an interrupt that isn't to come */
static void pause(void)
{
	for (unsigned int i = 0; i < 1000; i++)
		read32(UART + UART_FR);
}

/* This CPU's part: group 1, and SGIs enabled */
static void start_cpu(unsigned int index)
{
	unsigned long redist = GICR + index * GICR_SIZE;

	write32(redist + GICR_WAKER, read32(redist + GICR_WAKER) & ~GICR_SLEEP);
	while (read32(redist + GICR_WAKER) & GICR_ASLEEP)
		;
	write32(redist + GICR_SGIS + IGROUPR, ~0U);
	write32(redist + GICR_SGIS + ISENABLER, 0xffff);
	asm volatile("msr vbar_el1, %0\n\tisb\n\t"
		     "msr S3_0_C4_C6_0, %1\n\t"		/* ICC_PMR_EL1: all priorities */
		     "msr S3_0_C12_C12_7, %2\n\tisb"	/* ICC_IGRPEN1_EL1 */
		     : : "r" (vectors), "r" (0xffUL), "r" (1UL));
	unmask();
}

/* The distributor, the first CPU, and the devices' interrupts, routed to that */
static void start_gic(void)
{
	write32(GICD + GICD_CTLR, GICD_ARE | GICD_GRP1);
	write32(GICD + IGROUPR + 4, ~0U);
	write32(GICD + IROUTER + 8 * UART_INTID, 0);
	write32(GICD + IROUTER + 8 * RTC_INTID, 0);
	others = 0;
	start_cpu(0);
	write32(GICD + ISENABLER + 4, 1U << (UART_INTID % 32) | 1U << (RTC_INTID % 32));
}

/* Its architecture, or 0 where there is none; and what a reset has to switch off */
void do_gic(void)
{
	print_value("GIC", read32(GICD + GICD_PIDR2) >> 4 & 15);
	print_value("ITS", read32(GITS + GITS_PIDR2) >> 4 & 15);
	print_value("groups", read32(GICD + GICD_CTLR) & (GICD_GRP1 | 1));
	print_value("enabled", read32(GICD + ISENABLER + 4));
}

static void stir(unsigned int cause)
{
	unsigned int bytes = cause == UART_RX ? 16 : 1;

	while (bytes--)
		write32(UART + UART_DR, 'a');
}

static void settle(void)
{
	write32(UART + UART_IMSC, 0);
	while (!(read32(UART + UART_FR) & UART_FR_RXFE))
		read32(UART + UART_DR);
	write32(UART + UART_ICR, 0x7ff);
	uart_count = 0;
}

/* Its interrupt comes again and again while its line is up, and not while it is masked */
static void uart_cause(unsigned int cause)
{
	settle();
	/* of the others RX alone is quiet: each byte is also sent, and waits */
	write32(UART + UART_IMSC, cause == UART_RX ? 0 : UART_RX);
	stir(cause);
	pause();
	EXPECT(uart_count == 0);
	mask_after = 3;
	write32(UART + UART_IMSC, cause);
	wait_for(&uart_count, 3);
	EXPECT(uart_mis == cause);
	pause();
	EXPECT(uart_count == 3);
	EXPECT(read32(UART + UART_RIS) & cause);
}

/* One that is cleared comes once each time */
static void uart_cleared(void)
{
	settle();
	mask_after = 0;
	write32(UART + UART_IMSC, UART_TX);
	for (unsigned int i = 1; i <= 3; i++) {
		write32(UART + UART_DR, 'a');
		wait_for(&uart_count, i);
		EXPECT(uart_mis == UART_TX);
		pause();
		EXPECT(uart_count == i);
	}
}

/* In loopback, so that the guest alone decides what is received */
void do_uart_irq(void)
{
	uart_count = 0;
	start_gic();
	pause();
	EXPECT(uart_count == 0);
	write32(UART + UART_CR, UART_CR_ON | UART_CR_LBE);
	uart_cause(UART_TX);
	uart_cause(UART_RX);
	uart_cause(UART_RT);
	uart_cleared();
	settle();
	write32(UART + UART_CR, UART_CR_ON);
	EXPECT(others == 0);
	mask();
}

/* Leaves its line up, for a reset */
void do_uart_up(void)
{
	start_gic();
	mask();
	write32(UART + UART_IMSC, UART_TX);
	write32(UART + UART_DR, '\n');
	EXPECT(read32(UART + UART_MIS) == UART_TX);
}

/* Nobody looks at the clock meanwhile */
void do_rtc_irq(void)
{
	unsigned int alarm = read32(RTC) + 2;

	rtc_count = 0;
	start_gic();
	write32(RTC_IMSC, 1);
	write32(RTC_MR, alarm);
	wait_for(&rtc_count, 1);
	EXPECT(read32(RTC) - alarm < 60);
	EXPECT(read32(RTC_RIS) == 0);

	write32(RTC_IMSC, 0);
	write32(RTC_MR, read32(RTC));
	pause();
	EXPECT(rtc_count == 1 && read32(RTC_RIS) == 1);
	write32(RTC_IMSC, 1);
	wait_for(&rtc_count, 2);
	pause();
	EXPECT(rtc_count == 2 && others == 0);
	mask();
}

/* Of two keys the first; the FIFO has both, for all that they need not come at once */
void do_key_irq(void)
{
	uart_count = 0;
	mask_after = 0;
	start_gic();
	write32(UART + UART_IMSC, UART_RT);
	print("waiting\n");
	wait_for(&uart_count, 1);
	write32(UART + UART_IMSC, 0);
	print_value("key", key);
	EXPECT(uart_get() == 'k');
	mask();
}

void guest_gic_secondary(unsigned long index)
{
	start_cpu(index);
	sgis[index] = 1;
	for (;;)
		asm volatile("wfi");
}

static void send(unsigned long value)
{
	asm volatile("dsb sy\n\tmsr S3_0_C12_C11_5, %0\n\tisb"	/* ICC_SGI1R_EL1 */
		     : : "r" (value | (unsigned long)SGI << 24) : "memory");
}

static void send_to(unsigned int index)
{
	send((unsigned long)(index / CLUSTER) << 16 | 1UL << index % CLUSTER);
}

/* Each CPU takes what is for it, and then all but one what that one sends */
void do_sgi(void)
{
	unsigned int cpus = 1, cpu;

	while (!(read32(GICR + (cpus - 1) * GICR_SIZE + GICR_TYPER) & GICR_LAST))
		cpus++;
	print_value("CPUs", cpus);
	start_gic();
	sgis[0] = 1;
	for (cpu = 1; cpu < cpus; cpu++) {
		unsigned long target = cpu / CLUSTER << 8 | cpu % CLUSTER;

		EXPECT(hvc(PSCI_CPU_ON, target, (unsigned long)start_gic_secondary, cpu) == 0);
		while (!sgis[cpu])
			;
		EXPECT(read32(GICR + cpu * GICR_SIZE + GICR_TYPER + 4) == target);
	}
	for (cpu = 0; cpu < cpus; cpu++) {
		send_to(cpu);
		while (sgis[cpu] != 2)
			;
	}
	send(SGI_ALL);
	for (cpu = 1; cpu < cpus; cpu++)
		while (sgis[cpu] != 3)
			;
	EXPECT(sgis[0] == 2);
	EXPECT(others == 0);
	mask();
}
