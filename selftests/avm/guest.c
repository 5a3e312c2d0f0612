// SPDX-License-Identifier: MIT
/*
 * The guest of avm's tests.  It reads commands from the UART, a word a line, and
 * answers each with lines of its own, then "ok" or "FAILED <line>".
 */
#include "guest.h"

unsigned long load_address, dtb_address;
/* a reset loads everything anew, so this is 1 after each */
static unsigned int boots;
static volatile int never;

void uart_put(char byte)
{
	while (read32(UART + UART_FR) & UART_FR_TXFF)
		;
	write32(UART + UART_DR, byte);
}

void print(const char *text)
{
	for (; *text; text++)
		uart_put(*text);
}

void print_hex(unsigned long value)
{
	int shift = 60;

	while (shift && !(value >> shift))
		shift -= 4;
	print("0x");
	for (; shift >= 0; shift -= 4)
		uart_put("0123456789abcdef"[value >> shift & 15]);
}

void print_value(const char *name, unsigned long value)
{
	print(name);
	uart_put(' ');
	print_hex(value);
	print("\n");
}

char uart_get(void)
{
	while (read32(UART + UART_FR) & UART_FR_RXFE)
		;
	return read32(UART + UART_DR);
}

static void read_line(char *line, unsigned int size)
{
	unsigned int length = 0;
	char byte;

	while ((byte = uart_get()) != '\n')
		if (length < size - 1)
			line[length++] = byte;
	line[length] = 0;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Where it was loaded, and whether what it was given is a device tree */
static int do_where(void)
{
	print_value("loaded", load_address);
	print_value("dtb", dtb_address);
	print_value("magic", read32(dtb_address));
	print_value("boots", boots);
	return 0;
}

/* Nothing is there: reads as zero, twice (avm warns once), and is written in vain */
static int do_nowhere(void)
{
	write32(NOWHERE, 0x12345678);
	print_value("nowhere", read32(NOWHERE));
	print_value("nowhere", read32(NOWHERE + 4));
	return 0;
}

/* A load pair has no valid syndrome, and there is no memory */
static int do_fault(void)
{
	asm volatile("ldp x2, x3, [%0]" : : "r" ((unsigned long)NOWHERE) : "x2", "x3", "memory");
	return __LINE__;
}

static int do_jump(void)
{
	((void (*)(void))(unsigned long)NOWHERE)();
	return __LINE__;
}

/* Takes 2000 bytes, with a pause after each, and adds them up */
static int do_sum(void)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < 2000; i++) {
		sum = sum * 31 + (unsigned char)uart_get();
		for (unsigned int pause = 0; pause < 200; pause++)
			asm volatile("" : : : "memory");
	}
	print_value("sum", sum);
	return 0;
}

/* More than any buffer on the way out holds */
static int do_flood(void)
{
	for (unsigned int i = 0; i < 2000; i++)
		print("0123456789abcdefghijklmnopqrst\n");
	return 0;
}

static int do_escape(void)
{
	print_value("key", (unsigned char)uart_get());
	return 0;
}

static int do_off(void)
{
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	return __LINE__;
}

static int do_off_smc(void)
{
	smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	return __LINE__;
}

static int do_reset(void)
{
	boots = 100;
	hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
	return __LINE__;
}

static int do_cpu_off(void)
{
	hvc(PSCI_CPU_OFF, 0, 0, 0);
	return __LINE__;
}

static int do_spin(void)
{
	print("spinning\n");
	while (!never)
		;
	return __LINE__;
}

static int do_sleep(void)
{
	print("sleeping\n");
	while (!never)
		asm volatile("wfi");
	return __LINE__;
}

static int run_command(const char *line)
{
	if (same(line, "where"))
		return do_where();
	if (same(line, "nowhere"))
		return do_nowhere();
	if (same(line, "fault"))
		return do_fault();
	if (same(line, "jump"))
		return do_jump();
	if (same(line, "sum"))
		return do_sum();
	if (same(line, "flood"))
		return do_flood();
	if (same(line, "escape"))
		return do_escape();
	if (same(line, "off"))
		return do_off();
	if (same(line, "off-smc"))
		return do_off_smc();
	if (same(line, "reset"))
		return do_reset();
	if (same(line, "cpu-off"))
		return do_cpu_off();
	if (same(line, "spin"))
		return do_spin();
	if (same(line, "sleep"))
		return do_sleep();
	if (same(line, "psci"))
		return do_psci();
	if (same(line, "smp"))
		return do_smp();
	if (same(line, "smp-run"))
		return do_smp_run();
	if (same(line, "pl011"))
		return do_pl011();
	if (same(line, "pl031"))
		return do_pl031();
	print("no such command: ");
	print(line);
	print("\n");
	return __LINE__;
}

void guest_main(unsigned long loaded, unsigned long dtb)
{
	char line[32];
	int failed;

	load_address = loaded;
	dtb_address = dtb;
	boots++;
	write32(UART + UART_LCR_H, UART_LCR_H_FEN);
	write32(UART + UART_CR, UART_CR_ON);
	print("guest ready\n");
	for (;;) {
		read_line(line, sizeof(line));
		failed = run_command(line);
		if (failed)
			print_value("FAILED", failed);
		else
			print("ok\n");
	}
}
