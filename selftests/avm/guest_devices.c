// SPDX-License-Identifier: MIT
/* Commands of avm's test guest: what the devices' registers say */
#include "guest.h"

#define UART_IBRD	0x024
#define UART_FBRD	0x028

static int has_ids(unsigned long base, unsigned int part)
{
	return (read32(base + 0xfe0) | (read32(base + 0xfe4) & 15) << 8) == part &&
	       read32(base + 0xff0) == 0x0d && read32(base + 0xff4) == 0xf0 &&
	       read32(base + 0xff8) == 0x05 && read32(base + 0xffc) == 0xb1;
}

/* In loopback, so that the guest alone decides what is received */
static void loopback(void)
{
	write32(UART + UART_ICR, 0x7ff);
	EXPECT(read32(UART + UART_RIS) == 0);
	EXPECT(read32(UART + UART_FR) & UART_FR_RXFE);

	/* the transmitter is empty again at once; a byte has arrived and waits */
	write32(UART + UART_DR, 'a');
	EXPECT(read32(UART + UART_RIS) == (UART_TX | UART_RT));
	EXPECT(read32(UART + UART_MIS) == 0);
	write32(UART + UART_IMSC, UART_RT);
	EXPECT(read32(UART + UART_MIS) == UART_RT);
	write32(UART + UART_IMSC, 0);
	write32(UART + UART_ICR, UART_TX);

	/* half full is 16 of 32 */
	for (int i = 1; i < 15; i++)
		write32(UART + UART_DR, 'a' + i);
	EXPECT(!(read32(UART + UART_RIS) & UART_RX));
	write32(UART + UART_DR, 'a' + 15);
	EXPECT(read32(UART + UART_RIS) & UART_RX);
	EXPECT(!(read32(UART + UART_FR) & UART_FR_RXFF));
	for (int i = 16; i < 32; i++)
		write32(UART + UART_DR, 'a' + i);
	EXPECT(read32(UART + UART_FR) & UART_FR_RXFF);

	/* reading clears what is no longer so */
	for (int i = 0; i < 17; i++)
		EXPECT(read32(UART + UART_DR) == (unsigned int)'a' + i);
	EXPECT(!(read32(UART + UART_RIS) & UART_RX));
	EXPECT(read32(UART + UART_RIS) & UART_RT);
	for (int i = 17; i < 32; i++)
		EXPECT(read32(UART + UART_DR) == (unsigned int)'a' + i);
	EXPECT(!(read32(UART + UART_RIS) & UART_RT));
	EXPECT(read32(UART + UART_FR) & UART_FR_RXFE);
}

void do_pl011(void)
{
	EXPECT(has_ids(UART, 0x011));
	write32(UART + UART_CR, UART_CR_ON | UART_CR_LBE);
	loopback();
	write32(UART + UART_CR, UART_CR_ON);
}

/* The host's time is after this program was written, and can be set */
void do_pl031(void)
{
	unsigned int time;

	EXPECT(has_ids(RTC, 0x031));
	print_value("time", read32(RTC));

	write32(RTC + 0x008, 1000);
	time = read32(RTC);
	EXPECT(time >= 1000 && time < 1100);

	/* an alarm in the future waits, one that is due has gone off */
	write32(RTC + 0x004, 5000);
	EXPECT(read32(RTC + 0x014) == 0);
	write32(RTC + 0x008, 6000);
	EXPECT(read32(RTC + 0x014) == 0);
	write32(RTC + 0x004, read32(RTC));
	EXPECT(read32(RTC + 0x014) == 1);
	EXPECT(read32(RTC + 0x018) == 0);
	write32(RTC + 0x010, 1);
	EXPECT(read32(RTC + 0x018) == 1);
	write32(RTC + 0x01c, 1);
	EXPECT(read32(RTC + 0x014) == 0);
}

#define GPIO_DATA	0x3fc	/* of all lines */
#define GPIO_DIR	0x400
#define GPIO_IS		0x404
#define GPIO_IBE	0x408
#define GPIO_IEV	0x40c
#define GPIO_IE		0x410
#define GPIO_RIS	0x414
#define GPIO_MIS	0x418
#define GPIO_IC		0x41c
#define GPIO_BUTTON	0x08

/* Its outputs, whose levels make interrupts as those of inputs do */
void do_pl061(void)
{
	EXPECT(has_ids(GPIO, 0x061));
	write32(GPIO + GPIO_DIR, 0x07);
	write32(GPIO + GPIO_DATA, 0xff);
	EXPECT(read32(GPIO + GPIO_DATA) == 0x07);
	EXPECT(read32(GPIO + (0x02 << 2)) == 0x02);
	write32(GPIO + (0x01 << 2), 0);
	EXPECT(read32(GPIO + GPIO_DATA) == 0x06);

	/* a falling edge has come; a rising one, and both */
	EXPECT(read32(GPIO + GPIO_RIS) == 0x01);
	write32(GPIO + GPIO_IC, 0xff);
	write32(GPIO + GPIO_IEV, 0x01);
	write32(GPIO + GPIO_IBE, 0x02);
	write32(GPIO + GPIO_DATA, 0x01);
	EXPECT(read32(GPIO + GPIO_RIS) == 0x07);
	write32(GPIO + GPIO_IC, 0x05);
	EXPECT(read32(GPIO + GPIO_RIS) == 0x02 && read32(GPIO + GPIO_MIS) == 0);
	write32(GPIO + GPIO_IE, 0x02);
	EXPECT(read32(GPIO + GPIO_MIS) == 0x02);
	write32(GPIO + GPIO_IC, 0xff);
	EXPECT(read32(GPIO + GPIO_RIS) == 0);

	/* a level is there until it isn't */
	write32(GPIO + GPIO_IS, 0x01);
	EXPECT(read32(GPIO + GPIO_RIS) == 0x01);
	write32(GPIO + GPIO_IC, 0xff);
	EXPECT(read32(GPIO + GPIO_RIS) == 0x01);
	write32(GPIO + GPIO_DATA, 0);
	EXPECT(read32(GPIO + GPIO_RIS) == 0);
	write32(GPIO + GPIO_IEV, 0);
	EXPECT(read32(GPIO + GPIO_RIS) == 0x01);
}

static void await_button(unsigned int level)
{
	while (!(read32(GPIO + GPIO_MIS) & GPIO_BUTTON))
		;
	EXPECT(read32(GPIO + GPIO_DATA) == level);
	write32(GPIO + GPIO_IC, GPIO_BUTTON);
}

void do_button(void)
{
	write32(GPIO + GPIO_IBE, GPIO_BUTTON);
	write32(GPIO + GPIO_IE, GPIO_BUTTON);
	print("waits\n");
	await_button(GPIO_BUTTON);
	print("pressed\n");
	await_button(0);
	print("released\n");
}

static unsigned long read64(unsigned long addr)
{
	unsigned long value;

	asm volatile("ldr %0, [%1]" : "=r" (value) : "r" (addr) : "memory");
	return value;
}

/* Of registers of 32 bits, as a bus splits them: two, and four */
static void wide_loads(void)
{
	unsigned long first, second;

	EXPECT(read64(UART + 0xff0) == (0xf0UL << 32 | 0x0d));
	EXPECT(read64(RTC + 0xfe0) == (0x10UL << 32 | 0x31));
	EXPECT(read64(UART + UART_FR) >> 32 == 0);	/* nothing is behind it */
	asm volatile("ldp %0, %1, [%2]" : "=&r" (first), "=r" (second) : "r" (UART + 0xff0)
		     : "memory");
	EXPECT(first == (0xf0UL << 32 | 0x0d) && second == (0xb1UL << 32 | 0x05));

	asm volatile("msr cpacr_el1, %0\n isb" : : "r" (3UL << 20));
	asm volatile("ldr q0, [%2]\n mov %0, v0.d[0]\n mov %1, v0.d[1]"
		     : "=&r" (first), "=r" (second) : "r" (RTC + 0xff0) : "memory");
	EXPECT(first == (0xf0UL << 32 | 0x0d) && second == (0xb1UL << 32 | 0x05));
}

static void wide_stores(void)
{
	unsigned long fen = (unsigned long)UART_LCR_H_FEN << 32;
	unsigned int time;

	/* FBRD and LCR_H; then DR, MR, LR and CR */
	write32(UART + UART_LCR_H, 0);
	asm volatile("str %0, [%1]" : : "r" (fen | 0x2a), "r" (UART + UART_FBRD) : "memory");
	EXPECT(read32(UART + UART_FBRD) == 0x2a && read32(UART + UART_LCR_H) == UART_LCR_H_FEN);
	asm volatile("stp %0, %1, [%2]" : : "r" (7000UL << 32), "r" (5000UL), "r" (RTC) : "memory");
	time = read32(RTC);
	EXPECT(read32(RTC + 0x004) == 7000 && time >= 5000 && time < 5100);
	asm volatile("mov v0.d[0], %0\n mov v0.d[1], %1\n str q0, [%2]"
		     : : "r" (8000UL << 32), "r" (6000UL), "r" (RTC) : "memory");
	time = read32(RTC);
	EXPECT(read32(RTC + 0x004) == 8000 && time >= 6000 && time < 6100);
}

/* Accesses that the CPU doesn't describe: a string with write-back, and pairs of registers */
void do_forms(void)
{
	const char *text = "by post-index\n";
	unsigned long uart = UART, first, second;

	for (; *text; text++) {
		asm volatile("str %w1, [%0], #4" : "+r" (uart) : "r" (*text) : "memory");
		EXPECT(uart == UART + 4);
		asm volatile("ldr %w1, [%0, #0x14]!" : "+r" (uart), "=r" (first) : : "memory");
		EXPECT(uart == UART + UART_FR && !(first & UART_FR_TXFF));
		uart = UART;
	}

	asm volatile("ldp %w0, %w1, [%2]" : "=&r" (first), "=r" (second) : "r" (UART + 0xfe0)
		     : "memory");
	EXPECT(first == 0x11 && second == read32(UART + 0xfe4));
	asm volatile("stp %w0, %w1, [%2]" : : "r" (0x123), "r" (0x15), "r" (UART + UART_IBRD)
		     : "memory");
	EXPECT(read32(UART + UART_IBRD) == 0x123 && read32(UART + UART_FBRD) == 0x15);
	asm volatile("ldp %0, %1, [%2]" : "=&r" (first), "=r" (second) : "r" (NOWHERE)
		     : "memory");
	EXPECT(!first && !second);
	wide_loads();
	wide_stores();
}
