/* SPDX-License-Identifier: MIT */
/* The parts of avm's test guest: freestanding, MMU off, everything is Device memory */
#ifndef AVM_GUEST_H
#define AVM_GUEST_H

#define UART		0x09000000UL
#define UART_DR		0x000
#define UART_FR		0x018
#define UART_FR_RXFE	0x10
#define UART_FR_TXFF	0x20
#define UART_FR_RXFF	0x40
#define UART_LCR_H	0x02c
#define UART_LCR_H_FEN	0x10
#define UART_CR		0x030
#define UART_CR_ON	0x301	/* UARTEN, TXE, RXE */
#define UART_CR_LBE	0x080
#define UART_IMSC	0x038
#define UART_RIS	0x03c
#define UART_MIS	0x040
#define UART_ICR	0x044
#define UART_RX		0x10	/* in IMSC, RIS, MIS and ICR */
#define UART_TX		0x20
#define UART_RT		0x40

#define RTC		0x09010000UL
#define GPIO		0x09030000UL

#define NOWHERE		0x0b000000UL
#define RAM		0x40000000UL

#define PSCI_VERSION		0x84000000
#define PSCI_CPU_SUSPEND_32	0x84000001
#define PSCI_CPU_SUSPEND	0xc4000001
#define PSCI_CPU_OFF		0x84000002
#define PSCI_CPU_ON_32		0x84000003
#define PSCI_CPU_ON		0xc4000003
#define PSCI_AFFINITY_INFO_32	0x84000004
#define PSCI_AFFINITY_INFO	0xc4000004
#define PSCI_MIGRATE_INFO_TYPE	0x84000006
#define PSCI_SYSTEM_OFF		0x84000008
#define PSCI_SYSTEM_RESET	0x84000009
#define PSCI_FEATURES		0x8400000a
#define PSCI_SYSTEM_SUSPEND	0xc400000e
#define PSCI_SYSTEM_RESET2_32	0x84000012
#define PSCI_SYSTEM_RESET2	0xc4000012
#define SMCCC_VERSION		0x80000000

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define SUCCESS			0
#define NOT_SUPPORTED		-1
#define INVALID_PARAMETERS	-2
#define ALREADY_ON		-4
#define ON_PENDING		-5
#define INVALID_ADDRESS		-9

/* The line of the first thing that a command didn't find as expected, or 0 */
extern int failed;
void expect(int condition, int line);
#define EXPECT(condition)	expect(condition, __LINE__)

static inline unsigned int read32(unsigned long addr)
{
	unsigned int value;

	asm volatile("ldr %w0, [%1]" : "=r" (value) : "r" (addr) : "memory");
	return value;
}

static inline void write32(unsigned long addr, unsigned int value)
{
	asm volatile("str %w0, [%1]" : : "r" (value), "r" (addr) : "memory");
}

#define CALL_REGISTERS "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)

/* Calls change x0 to x3 at most (SMCCC 1.1): what the compiler keeps elsewhere must stay */
#define DEFINE_CALL(name, instruction)						\
static inline long name(unsigned long function, unsigned long arg1,		\
			unsigned long arg2, unsigned long arg3)			\
{										\
	register unsigned long x0 asm("x0") = function;				\
	register unsigned long x1 asm("x1") = arg1;				\
	register unsigned long x2 asm("x2") = arg2;				\
	register unsigned long x3 asm("x3") = arg3;				\
										\
	asm volatile(instruction : CALL_REGISTERS : : "memory");		\
	return x0;								\
}

DEFINE_CALL(hvc, "hvc #0")
DEFINE_CALL(smc, "smc #0")
/* Not calls of the convention */
DEFINE_CALL(hvc_other, "hvc #1")
DEFINE_CALL(smc_other, "smc #0xffff")

void uart_put(char byte);
char uart_get(void);
void print(const char *text);
void print_hex(unsigned long value);
void print_value(const char *name, unsigned long value);

/* in guest_start.S: where CPUs other than the first begin */
void start_secondary(void);
void guest_secondary(unsigned long index);
void start_gic_secondary(void);
void guest_gic_secondary(unsigned long index);
/*
 * there, too: where interrupts come to; and accesses that may be aborted, and then leave ESR_EL1,
 * FAR_EL1 and ELR_EL1
 */
extern char vectors[];
void guest_interrupt(void);
int try_load(unsigned long addr, unsigned long *taken);
int try_pair(unsigned long addr, unsigned long *taken);
int try_vector(unsigned long addr, unsigned long *taken);
int try_jump(unsigned long addr, unsigned long *taken);
void guest_main(unsigned long loaded, unsigned long dtb);

/* Commands */
void do_psci(void);
void do_smp(void);
void do_smp_run(void);
void do_pl011(void);
void do_pl031(void);
void do_pl061(void);
void do_button(void);
void do_forms(void);
void do_edge(void);
void do_aborts(void);
void do_race(void);
void do_gic(void);
void do_uart_irq(void);
void do_uart_up(void);
void do_rtc_irq(void);
void do_key_irq(void);
void do_sgi(void);

#endif /* AVM_GUEST_H */
