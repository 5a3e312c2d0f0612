// SPDX-License-Identifier: MIT
/* Arm PL031 real-time clock (DDI 0224): seconds since 1970, and an alarm */
#include <stdlib.h>
#include <time.h>

#include "devices.h"
#include "dtb.h"
#include "machine.h"

#define DR	0x000	/* the time */
#define MR	0x004	/* the alarm */
#define LR	0x008	/* sets the time */
#define CR	0x00c
#define IMSC	0x010
#define RIS	0x014
#define MIS	0x018
#define ICR	0x01c
#define ID	0xfe0

/* The host's time may be set meanwhile: look once a minute at least, in ms */
#define TICK_MAX	60000

static const __u8 ids[] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

/**
 * struct pl031 - a real-time clock
 * @device: for the bus
 * @machine: whose main thread calls tick()
 * @offset: what the guest's time is ahead of the host's, in seconds
 * @match: the alarm's time
 * @load: last value that the time was set to
 * @armed_at: the time when @match was written: the alarm is @match - @armed_at later
 * @armed: the alarm is set, and hasn't gone off
 * @imsc: the alarm's interrupt is enabled
 * @ris: the alarm has gone off
 */
struct pl031 {
	struct device device;
	struct machine *machine;
	__u32 offset;
	__u32 match;
	__u32 load;
	__u32 armed_at;
	bool armed;
	__u32 imsc;
	__u32 ris;
};

static struct pl031 *to_pl031(struct device *dev)
{
	return container_of(dev, struct pl031, device);
}

/* time() may be some ms behind the clock, and so would be the alarm */
static struct timespec host_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now;
}

static __u32 guest_time(const struct pl031 *rtc)
{
	return (__u32)host_time().tv_sec + rtc->offset;
}

/* The alarm goes off when the time reaches it */
static void update(struct pl031 *rtc)
{
	if (rtc->armed && guest_time(rtc) - rtc->armed_at >= rtc->match - rtc->armed_at) {
		rtc->armed = false;
		rtc->ris = 1;
	}
	device_set_irq(&rtc->device, rtc->ris & rtc->imsc);
}

static void arm(struct pl031 *rtc)
{
	rtc->armed_at = guest_time(rtc);
	rtc->armed = true;
	machine_wake(rtc->machine);
}

/* How long it is until the alarm, in ms, or -1 */
static int tick(struct device *dev)
{
	struct pl031 *rtc = to_pl031(dev);
	__u64 wait;

	update(rtc);
	if (!rtc->armed)
		return -1;
	wait = (rtc->match - guest_time(rtc)) * 1000ULL - host_time().tv_nsec / 1000000;
	return wait < TICK_MAX ? wait : TICK_MAX;
}

static __u64 read_register(struct device *dev, __u64 offset, unsigned int width)
{
	struct pl031 *rtc = to_pl031(dev);

	(void)width;
	update(rtc);
	switch (offset) {
	case DR:
		return guest_time(rtc);
	case MR:
		return rtc->match;
	case LR:
		return rtc->load;
	case CR:
		return 1;	/* can't be stopped once it runs */
	case IMSC:
		return rtc->imsc;
	case RIS:
		return rtc->ris;
	case MIS:
		return rtc->ris & rtc->imsc;
	}
	if (offset >= ID && !(offset & 3))
		return ids[(offset - ID) / 4];
	return 0;
}

static void write_register(struct device *dev, __u64 offset, __u64 value, unsigned int width)
{
	struct pl031 *rtc = to_pl031(dev);

	(void)width;
	update(rtc);
	switch (offset) {
	case MR:
		rtc->match = value;
		arm(rtc);
		break;
	case LR:
		rtc->load = value;
		rtc->offset += rtc->load - guest_time(rtc);
		if (rtc->armed)
			arm(rtc);
		break;
	case IMSC:
		rtc->imsc = value & 1;
		break;
	case ICR:
		rtc->ris &= ~value;
		break;
	}
	update(rtc);
}

/* A clock has a battery: the time goes on */
static void reset(struct device *dev)
{
	struct pl031 *rtc = to_pl031(dev);

	rtc->match = 0;
	rtc->load = 0;
	rtc->armed = false;
	rtc->imsc = 0;
	rtc->ris = 0;
	update(rtc);
}

static void describe(struct device *dev, struct dtb *dtb)
{
	dtb_begin_at(dtb, "rtc", dev->map->base);
	dtb_strings(dtb, "compatible", "arm,pl031\0arm,primecell");
	dtb_reg(dtb, dev->map->base, dev->map->size);
	dtb_interrupt(dtb, dev->map->spi, DTB_LEVEL);
	dtb_u32(dtb, "clocks", dtb->clock);
	dtb_string(dtb, "clock-names", "apb_pclk");
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

struct device *pl031_create(const struct map_entry *map, struct machine *machine)
{
	struct pl031 *rtc = calloc(1, sizeof(*rtc));

	if (!rtc)
		return NULL;
	rtc->device.name = "pl031";
	rtc->device.ops = &ops;
	rtc->device.map = map;
	rtc->machine = machine;
	return &rtc->device;
}
