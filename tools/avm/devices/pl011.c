// SPDX-License-Identifier: MIT
/*
 * Arm PL011 UART (DDI 0183).  Transmission takes no time.  Input waits outside while the
 * FIFO is full, so that unlike a real one it never overruns.  As in QEMU's virt machine, it
 * sends and receives for a guest that has never enabled it too.
 */
#include <stdlib.h>

#include "console.h"
#include "devices.h"
#include "dtb.h"

#define DR		0x000
#define RSR		0x004
#define FR		0x018
#define ILPR		0x020
#define IBRD		0x024
#define FBRD		0x028
#define LCR_H		0x02c
#define CR		0x030
#define IFLS		0x034
#define IMSC		0x038
#define RIS		0x03c
#define MIS		0x040
#define ICR		0x044
#define DMACR		0x048
#define ID		0xfe0

#define DR_OE		BIT(11)

#define FR_CTS		BIT(0)
#define FR_DSR		BIT(1)
#define FR_DCD		BIT(2)
#define FR_RXFE		BIT(4)
#define FR_RXFF		BIT(6)
#define FR_TXFE		BIT(7)

#define LCR_H_FEN	BIT(4)

#define CR_LBE		BIT(7)
#define CR_TXE		BIT(8)
#define CR_RXE		BIT(9)

#define INT_RX		BIT(4)
#define INT_TX		BIT(5)
#define INT_RT		BIT(6)
#define INT_OE		BIT(10)
#define INT_ALL		0x7ff

#define FIFO_SIZE	32

/* Revision r1p5 (its FIFO has 32 entries), then PrimeCell's own */
static const __u8 ids[] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

/**
 * struct pl011 - a UART
 * @device: for the bus
 * @machine: whose console is at the other end
 * @fifo: received bytes, oldest first
 * @count: of them
 * @overrun: loopback has lost a byte
 * @ilpr: and the following: registers of these names
 * @ibrd: integer baud rate
 * @fbrd: fractional baud rate
 * @lcr_h: line control
 * @cr: control
 * @ifls: FIFO levels that interrupt
 * @imsc: interrupt mask
 * @ris: raw interrupts
 * @dmacr: DMA control
 */
struct pl011 {
	struct device device;
	struct machine *machine;
	__u8 fifo[FIFO_SIZE];
	unsigned int count;
	bool overrun;
	__u32 ilpr;
	__u32 ibrd;
	__u32 fbrd;
	__u32 lcr_h;
	__u32 cr;
	__u32 ifls;
	__u32 imsc;
	__u32 ris;
	__u32 dmacr;
};

static struct pl011 *to_pl011(struct device *dev)
{
	return container_of(dev, struct pl011, device);
}

static unsigned int depth(const struct pl011 *uart)
{
	return uart->lcr_h & LCR_H_FEN ? FIFO_SIZE : 1;
}

/* How many received bytes raise INT_RX */
static unsigned int receive_level(const struct pl011 *uart)
{
	static const __u8 eighths[8] = { 1, 2, 4, 6, 7, 7, 7, 7 };

	if (!(uart->lcr_h & LCR_H_FEN))
		return 1;
	return FIFO_SIZE * eighths[uart->ifls >> 3 & 7] / 8;
}

/*
 * INT_RX follows the FIFO's level.  INT_RT stands for a byte that has waited for some
 * time; here any byte has, as no others are on their way along the wire.
 */
static void update(struct pl011 *uart)
{
	if (uart->count < receive_level(uart))
		uart->ris &= ~INT_RX;
	if (!uart->count)
		uart->ris &= ~INT_RT;
	device_set_irq(&uart->device, uart->ris & uart->imsc);
}

static void receive_byte(struct pl011 *uart, __u8 byte)
{
	uart->fifo[uart->count++] = byte;
	uart->ris |= INT_RT;
	if (uart->count >= receive_level(uart))
		uart->ris |= INT_RX;
}

/* Take input as far as there is room */
static void fill(struct pl011 *uart)
{
	int byte;

	if (!(uart->cr & CR_LBE)) {
		while (uart->count < depth(uart)) {
			byte = console_get(uart->machine);
			if (byte < 0)
				break;
			receive_byte(uart, byte);
		}
	}
	update(uart);
}

static void input_has_come(void *uart)
{
	fill(uart);
}

static __u32 read_data(struct pl011 *uart)
{
	__u32 value;

	if (!uart->count)
		return 0;
	value = uart->fifo[0];
	if (uart->overrun)
		value |= DR_OE;
	uart->overrun = false;
	uart->count--;
	for (unsigned int i = 0; i < uart->count; i++)
		uart->fifo[i] = uart->fifo[i + 1];
	fill(uart);
	return value;
}

static void write_data(struct pl011 *uart, __u8 byte)
{
	uart->ris |= INT_TX;
	if (!(uart->cr & CR_LBE)) {
		update(uart);
		console_put(uart->machine, byte);
	} else if (uart->count < depth(uart)) {
		receive_byte(uart, byte);
	} else {
		uart->overrun = true;
		uart->ris |= INT_OE;
	}
	update(uart);
}

static __u32 flags(const struct pl011 *uart)
{
	__u32 value = FR_CTS | FR_DSR | FR_DCD | FR_TXFE;

	if (!uart->count)
		value |= FR_RXFE;
	if (uart->count >= depth(uart))
		value |= FR_RXFF;
	return value;
}

static __u64 read_register(struct device *dev, __u64 offset, unsigned int width)
{
	struct pl011 *uart = to_pl011(dev);

	(void)width;
	switch (offset) {
	case DR:
		return read_data(uart);
	case RSR:
		return uart->overrun ? DR_OE >> 8 : 0;
	case FR:
		return flags(uart);
	case ILPR:
		return uart->ilpr;
	case IBRD:
		return uart->ibrd;
	case FBRD:
		return uart->fbrd;
	case LCR_H:
		return uart->lcr_h;
	case CR:
		return uart->cr;
	case IFLS:
		return uart->ifls;
	case IMSC:
		return uart->imsc;
	case RIS:
		return uart->ris;
	case MIS:
		return uart->ris & uart->imsc;
	case DMACR:
		return uart->dmacr;
	}
	if (offset >= ID && !(offset & 3))
		return ids[(offset - ID) / 4];
	return 0;
}

static void write_register(struct device *dev, __u64 offset, __u64 value, unsigned int width)
{
	struct pl011 *uart = to_pl011(dev);

	(void)width;
	switch (offset) {
	case DR:
		write_data(uart, value);
		return;
	case RSR:
		uart->overrun = false;
		break;
	case ILPR:
		uart->ilpr = value & 0xff;
		break;
	case IBRD:
		uart->ibrd = value & 0xffff;
		break;
	case FBRD:
		uart->fbrd = value & 0x3f;
		break;
	case LCR_H:
		/* a change of FEN flushes a real FIFO; ours keeps what a user has typed */
		uart->lcr_h = value & 0xff;
		break;
	case CR:
		uart->cr = value & 0xff87;
		break;
	case IFLS:
		uart->ifls = value & 0x3f;
		break;
	case IMSC:
		uart->imsc = value & INT_ALL;
		break;
	case ICR:
		uart->ris &= ~(value & INT_ALL);
		break;
	case DMACR:
		uart->dmacr = value & 7;
		break;
	}
	fill(uart);
}

/* What has been received stays: a user has typed it, and the next boot may want it */
static void reset(struct device *dev)
{
	struct pl011 *uart = to_pl011(dev);

	uart->overrun = false;
	uart->ilpr = 0;
	uart->ibrd = 0;
	uart->fbrd = 0;
	uart->lcr_h = 0;
	uart->cr = CR_RXE | CR_TXE;
	uart->ifls = 0x12;
	uart->imsc = 0;
	uart->ris = 0;
	uart->dmacr = 0;
	update(uart);
}

static void describe(struct device *dev, struct dtb *dtb)
{
	const __u32 clocks[] = { dtb->clock, dtb->clock };

	dtb_begin_at(dtb, "serial", dev->map->base);
	dtb_strings(dtb, "compatible", "arm,pl011\0arm,primecell");
	dtb_reg(dtb, dev->map->base, dev->map->size);
	dtb_interrupt(dtb, dev->map->spi, DTB_LEVEL);
	dtb_cells(dtb, "clocks", clocks, 2);
	dtb_strings(dtb, "clock-names", "uartclk\0apb_pclk");
	dtb_end(dtb);
}

static const struct device_ops ops = {
	.width = 4,
	.read = read_register,
	.write = write_register,
	.reset = reset,
	.describe = describe,
};

struct device *pl011_create(const struct map_entry *map, struct machine *machine)
{
	struct pl011 *uart = calloc(1, sizeof(*uart));

	if (!uart)
		return NULL;
	uart->device.name = "pl011";
	uart->device.ops = &ops;
	uart->device.map = map;
	uart->machine = machine;
	console_listen(machine, input_has_come, uart);
	return &uart->device;
}
