// SPDX-License-Identifier: MIT
/*
 * The guest of avm's tests.  It reads commands from the UART, a word a line, and
 * answers each with lines of its own, then "ok" or "FAILED <line>".
 */
#include "guest.h"

static unsigned long load_address, dtb_address;
/* a reset loads everything anew, so this is 1 after each */
static unsigned int boots;
int failed;

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

/* Where it was loaded, whether what it was given is a device tree, and what RAM begins with */
static void do_where(void)
{
	print_value("loaded", load_address);
	print_value("dtb", dtb_address);
	print_value("magic", read32(dtb_address));
	print_value("ram", read32(RAM));
	print_value("boots", boots);
}

/* Nothing is there: reads as zero, twice (avm warns once), and is written in vain */
static void do_nowhere(void)
{
	write32(NOWHERE, 0x12345678);
	print_value("nowhere", read32(NOWHERE));
	print_value("nowhere", read32(NOWHERE + 4));
}

/* There is no memory, and a pair that lies in two pages isn't emulated */
static void do_fault(void)
{
	asm volatile("ldp x2, x3, [%0]" : : "r" (NOWHERE + 0xff8) : "x2", "x3", "memory");
	EXPECT(0);
}

static void do_jump(void)
{
	((void (*)(void))(unsigned long)NOWHERE)();
	EXPECT(0);
}

/* Takes 5000 bytes and adds them up */
static void do_sum(void)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < 5000; i++)
		sum = sum * 31 + (unsigned char)uart_get();
	print_value("sum", sum);
}

/* More than avm and a terminal hold, and without a look at the flags */
static void do_flood(void)
{
	const char *line = "0123456789abcdefghijklmnopqrst\n";

	for (unsigned int i = 0; i < 400; i++)
		for (const char *byte = line; *byte; byte++)
			write32(UART + UART_DR, *byte);
}

static void do_escape(void)
{
	print_value("key", (unsigned char)uart_get());
}

static void do_off(void)
{
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	EXPECT(0);
}

static void do_off_smc(void)
{
	smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	EXPECT(0);
}

static void do_reset(void)
{
	boots = 100;
	hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
	EXPECT(0);
}

/* The type is 32 bits wide in the call of 64 bits too */
static void do_reset2(void)
{
	boots = 100;
	hvc(PSCI_SYSTEM_RESET2, 0xdeadbeefUL << 32, 0, 0);
	EXPECT(0);
}

/* As a reset leaves it: a guest that never enables its UART */
static void do_uart_off(void)
{
	write32(UART + UART_LCR_H, 0);
	write32(UART + UART_CR, UART_CR_ON & ~1);
}

static void do_cpu_off(void)
{
	hvc(PSCI_CPU_OFF, 0, 0, 0);
	EXPECT(0);
}

static void do_spin(void)
{
	print("spinning\n");
	for (;;)
		asm volatile("" : : : "memory");
}

static void do_sleep(void)
{
	print("sleeping\n");
	for (;;)
		asm volatile("wfi");
}

static void run_command(const char *line)
{
	if (same(line, "where"))
		do_where();
	else if (same(line, "nowhere"))
		do_nowhere();
	else if (same(line, "fault"))
		do_fault();
	else if (same(line, "jump"))
		do_jump();
	else if (same(line, "sum"))
		do_sum();
	else if (same(line, "flood"))
		do_flood();
	else if (same(line, "escape"))
		do_escape();
	else if (same(line, "off"))
		do_off();
	else if (same(line, "off-smc"))
		do_off_smc();
	else if (same(line, "reset"))
		do_reset();
	else if (same(line, "reset2"))
		do_reset2();
	else if (same(line, "uart-off"))
		do_uart_off();
	else if (same(line, "cpu-off"))
		do_cpu_off();
	else if (same(line, "spin"))
		do_spin();
	else if (same(line, "sleep"))
		do_sleep();
	else if (same(line, "psci"))
		do_psci();
	else if (same(line, "smp"))
		do_smp();
	else if (same(line, "smp-run"))
		do_smp_run();
	else if (same(line, "pl011"))
		do_pl011();
	else if (same(line, "pl031"))
		do_pl031();
	else if (same(line, "pl061"))
		do_pl061();
	else if (same(line, "button"))
		do_button();
	else if (same(line, "forms"))
		do_forms();
	else if (same(line, "edge"))
		do_edge();
	else if (same(line, "aborts"))
		do_aborts();
	else if (same(line, "race"))
		do_race();
	else if (same(line, "gic"))
		do_gic();
	else if (same(line, "uart-irq"))
		do_uart_irq();
	else if (same(line, "uart-up"))
		do_uart_up();
	else if (same(line, "rtc-irq"))
		do_rtc_irq();
	else if (same(line, "key-irq"))
		do_key_irq();
	else if (same(line, "sgi"))
		do_sgi();
	else
		EXPECT(!"a command");
}

void expect(int condition, int line)
{
	if (!condition && !failed)
		failed = line;
}

void guest_main(unsigned long loaded, unsigned long dtb)
{
	char line[32];

	load_address = loaded;
	dtb_address = dtb;
	boots++;
	write32(UART + UART_LCR_H, UART_LCR_H_FEN);
	write32(UART + UART_CR, UART_CR_ON);
	print("guest ready\n");
	for (;;) {
		read_line(line, sizeof(line));
		failed = 0;
		run_command(line);
		if (failed)
			print_value("FAILED", failed);
		else
			print("ok\n");
	}
}
