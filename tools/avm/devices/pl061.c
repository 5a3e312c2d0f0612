// SPDX-License-Identifier: MIT
/* Arm PL061 GPIO (DDI 0190): eight lines, one of which is the machine's power button */
#include <stdlib.h>

#include "devices.h"
#include "dtb.h"
#include "machine.h"

#define DATA	0x000	/* to 0x3fc: bits 9 to 2 of the address say which lines */
#define DIR	0x400	/* outputs */
#define IS	0x404	/* interrupts by level */
#define IBE	0x408	/* by both edges */
#define IEV	0x40c	/* by the high level or the rising edge */
#define IE	0x410
#define RIS	0x414
#define MIS	0x418
#define IC	0x41c
#define AFSEL	0x420
#define ID	0xfe0

/* The line that the button is at, as on QEMU's virt machine, and how long it stays down, in ms */
#define BUTTON		3
#define PRESSED_MS	100

/* What Linux calls that key */
#define KEY_POWER	116

static const __u8 ids[] = { 0x61, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

/**
 * struct pl061 - a GPIO controller
 * @device: for the bus
 * @machine: whose main thread calls tick()
 * @in: levels of the lines from outside
 * @out: what the guest has put on its outputs
 * @dir: see above; so are the next five
 * @is: see above
 * @ibe: see above
 * @iev: see above
 * @ie: see above
 * @afsel: see above
 * @edges: that came, and weren't cleared
 * @release_at: when the button comes up again, by the host's clock in ms; 0: it is up
 */
struct pl061 {
	struct device device;
	struct machine *machine;
	__u8 in;
	__u8 out;
	__u8 dir;
	__u8 is;
	__u8 ibe;
	__u8 iev;
	__u8 ie;
	__u8 afsel;
	__u8 edges;
	__u64 release_at;
};

static struct pl061 *to_pl061(struct device *dev)
{
	return container_of(dev, struct pl061, device);
}

static __u8 levels(const struct pl061 *gpio)
{
	return (gpio->out & gpio->dir) | (gpio->in & ~gpio->dir);
}

static __u8 raw(const struct pl061 *gpio)
{
	return gpio->edges | (gpio->is & ~(levels(gpio) ^ gpio->iev));
}

static void update(struct pl061 *gpio)
{
	device_set_irq(&gpio->device, raw(gpio) & gpio->ie);
}

/* What was @before is so no more */
static void changed(struct pl061 *gpio, __u8 before)
{
	__u8 now = levels(gpio), moved = now ^ before;

	gpio->edges |= moved & ~gpio->is & (gpio->ibe | ~(now ^ gpio->iev));
	update(gpio);
}

static void set_button(struct pl061 *gpio, bool down)
{
	__u8 before = levels(gpio);

	gpio->in = down ? BIT(BUTTON) : 0;
	changed(gpio, before);
}

bool pl061_press(struct device *dev)
{
	struct pl061 *gpio = to_pl061(dev);

	if (!(gpio->ie & BIT(BUTTON)))
		return false;
	gpio->release_at = now_ms() + PRESSED_MS;
	set_button(gpio, true);
	machine_wake(gpio->machine);
	return true;
}

static int tick(struct device *dev)
{
	struct pl061 *gpio = to_pl061(dev);
	__u64 now = now_ms();

	if (!gpio->release_at)
		return -1;
	if (now < gpio->release_at)
		return gpio->release_at - now;
	gpio->release_at = 0;
	set_button(gpio, false);
	return -1;
}

static __u64 read_register(struct device *dev, __u64 offset, unsigned int width)
{
	struct pl061 *gpio = to_pl061(dev);

	(void)width;
	if (offset < DIR)
		return levels(gpio) & (offset >> 2);
	switch (offset) {
	case DIR:
		return gpio->dir;
	case IS:
		return gpio->is;
	case IBE:
		return gpio->ibe;
	case IEV:
		return gpio->iev;
	case IE:
		return gpio->ie;
	case RIS:
		return raw(gpio);
	case MIS:
		return raw(gpio) & gpio->ie;
	case AFSEL:
		return gpio->afsel;
	}
	if (offset >= ID && !(offset & 3))
		return ids[(offset - ID) / 4];
	return 0;
}

static void write_register(struct device *dev, __u64 offset, __u64 value, unsigned int width)
{
	struct pl061 *gpio = to_pl061(dev);
	__u8 before = levels(gpio), lines = offset >> 2;

	(void)width;
	if (offset < DIR)
		gpio->out = (gpio->out & ~lines) | (value & lines & gpio->dir);
	switch (offset) {
	case DIR:
		gpio->dir = value;
		break;
	case IS:
		gpio->is = value;
		break;
	case IBE:
		gpio->ibe = value;
		break;
	case IEV:
		gpio->iev = value;
		break;
	case IE:
		gpio->ie = value;
		break;
	case IC:
		gpio->edges &= ~value;
		break;
	case AFSEL:
		gpio->afsel = value;
		break;
	}
	changed(gpio, before);
}

static void reset(struct device *dev)
{
	struct pl061 *gpio = to_pl061(dev);

	*gpio = (struct pl061){ .device = gpio->device, .machine = gpio->machine };
	update(gpio);
}

static void describe(struct device *dev, struct dtb *dtb)
{
	dtb_begin_at(dtb, "gpio", dev->map->base);
	dtb_strings(dtb, "compatible", "arm,pl061\0arm,primecell");
	dtb_reg(dtb, dev->map->base, dev->map->size);
	dtb_interrupt(dtb, dev->map->spi, DTB_LEVEL);
	dtb_flag(dtb, "gpio-controller");
	dtb_u32(dtb, "#gpio-cells", 2);
	dtb_flag(dtb, "interrupt-controller");
	dtb_u32(dtb, "#interrupt-cells", 2);
	dtb_u32(dtb, "#address-cells", 0);
	dtb_u32(dtb, "clocks", dtb->clock);
	dtb_string(dtb, "clock-names", "apb_pclk");
	dtb_u32(dtb, "phandle", PHANDLE_GPIO);
	dtb_end(dtb);

	dtb_begin(dtb, "gpio-keys");
	dtb_string(dtb, "compatible", "gpio-keys");
	dtb_begin(dtb, "key-power");
	dtb_string(dtb, "label", "power button");
	dtb_u32(dtb, "linux,code", KEY_POWER);
	dtb_cells(dtb, "gpios", (const __u32[]){ PHANDLE_GPIO, BUTTON, 0 }, 3);
	dtb_end(dtb);
	dtb_end(dtb);
}

static const struct device_ops ops = {
	.width = 4,
	.read = read_register,
	.write = write_register,
	.reset = reset,
	.tick = tick,
	.describe = describe,
};

struct device *pl061_create(const struct map_entry *map, struct machine *machine)
{
	struct pl061 *gpio = calloc(1, sizeof(*gpio));

	if (!gpio)
		return NULL;
	gpio->device.name = "pl061";
	gpio->device.ops = &ops;
	gpio->device.map = map;
	gpio->machine = machine;
	return &gpio->device;
}
