// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the GIC's frames are (gic/place.c), and accesses to them (gic/frame.c), for whatever places
 * gic_check() lets pass, each address, width and value: an access is to the frame that has the
 * address, gic_spans() denies no frame, and a register of 32 bits gets what is its own of it.
 * Up to two regions of redistributors, two vCPUs, and 1 MiB of addresses.
 */
#include "kernel.h"

#define IS_ALIGNED(value, size)	(!((value) & ((size) - 1)))

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);

#include "gic/gic.h"
#undef GIC_REDIST_REGIONS
#define GIC_REDIST_REGIONS	2

#include "gic/place.c"
#include "gic/frame.c"

#define CPUS		2
#define IPA_BITS	20

static struct gic_cpu cpu[CPUS];
static struct gic gic;
static struct gic_its its;
static struct vm vm;
static struct vcpu vcpu = { .vm = &vm };

/* What is accessed; the registers as they come: at most two */
struct access {
	unsigned int frame;
	const struct gic_cpu *cpu;
	u32 offset;
	u32 value;
	u32 mask;
};

static struct access made[2];
static unsigned int nr_made;

static u32 access_made(unsigned int frame, const struct gic_cpu *of, u32 offset, u32 value,
		       u32 mask)
{
	u32 found = nondet_u32();

	prove(nr_made < 2 && !(offset % 4));
	prove(offset < (frame == FRAME_DIST ? 0x10000 : 0x20000));
	made[nr_made++] = (struct access) { frame, of, offset, mask ? value : found, mask };
	return found;
}

u32 gic_dist_read(struct gic *g, u32 offset)
{
	return access_made(FRAME_DIST, NULL, offset, 0, 0);
}

void gic_dist_write(struct gic *g, u32 offset, u32 value, u32 mask)
{
	access_made(FRAME_DIST, NULL, offset, value, mask);
}

u32 gic_redist_read(struct gic_cpu *of, u32 offset)
{
	return access_made(FRAME_REDIST, of, offset, 0, 0);
}

void gic_redist_write(struct gic_cpu *of, u32 offset, u32 value, u32 mask)
{
	access_made(FRAME_REDIST, of, offset, value, mask);
}

u32 its_read(struct gic_its *i, u32 offset)
{
	return access_made(FRAME_ITS, NULL, offset, 0, 0);
}

void its_write(struct gic_its *i, struct gic_cpu *by, u32 offset, u32 value, u32 mask)
{
	access_made(FRAME_ITS, NULL, offset, value, mask);
}

static u64 any_place(void)
{
	return nondet_bool() ? ARM_VCPU_GIC_NOWHERE : (u64)(nondet_u8() & 0xf) << 16;
}

static void any_gic(void)
{
	struct arm_vcpu_gic_setup setup = { };
	unsigned int i;

	setup.flags = nondet_u64();
	setup.distributor = any_place();
	setup.its = any_place();
	for (i = 0; i < GIC_REDIST_REGIONS; i++) {
		setup.redistributors[i].addr = any_place();
		setup.redistributors[i].count = nondet_u8() & 0xf;
	}
	gic.nr_cpus = nondet_u8();
	assume(gic.nr_cpus <= CPUS && !gic_check(&setup, IPA_BITS));
	for (i = 0; i < CPUS; i++) {
		cpu[i].gic = &gic;
		cpu[i].index = i;
		gic.cpus[i] = &cpu[i];
	}
	vm.gic = &gic;
	gic.vm = &vm;
	gic.placed = true;
	if (setup.flags & ARM_VCPU_GIC_ITS) {
		its.placed = true;
		its.addr = setup.its;
		gic.its = &its;
	}
	set_frames(&gic, &setup);
}

static bool inside(u64 addr, u64 base, u64 size)
{
	return base != ARM_VCPU_GIC_NOWHERE && addr >= base && addr < base + size;
}

/* What is found has the address; and where something has it, nothing else is found */
void proof_where(void)
{
	u64 addr = nondet_u32() & GENMASK(IPA_BITS - 1, 0);
	struct place place;
	unsigned int i;

	any_gic();
	place = find(&gic, addr);
	prove(!place.frame || gic_spans(&vm, addr));
	switch (place.frame) {
	case FRAME_DIST:
		prove(inside(addr, gic.distributor, 0x10000));
		prove(place.offset == addr - gic.distributor);
		break;
	case FRAME_ITS:
		prove(gic.its && inside(addr, its.addr, 0x20000));
		prove(place.offset == addr - its.addr);
		break;
	case FRAME_REDIST:
		prove(place.cpu >= cpu && place.cpu < cpu + gic.nr_cpus);
		for (i = 0; i < gic.nr_cpus; i++)
			prove(place.cpu != &cpu[i] ||
			      (inside(addr, redist_at(&cpu[i]), 0x20000) &&
			       place.offset == addr - redist_at(&cpu[i])));
		break;
	default:
		prove(!inside(addr, gic.distributor, 0x10000));
		prove(!gic.its || !inside(addr, its.addr, 0x20000));
		for (i = 0; i < gic.nr_cpus; i++)
			prove(!inside(addr, redist_at(&cpu[i]), 0x20000));
	}
}

/* Wherever it is: which registers are accessed, and which part of them */
void proof_registers(void)
{
	struct place place = { nondet_u32(), cpu, nondet_u32() };
	unsigned int log_width = nondet_u32(), width, shift;
	u64 stored = nondet_u64(), value;
	u32 bytes;

	assume(log_width < 4 && place.frame >= FRAME_DIST && place.frame <= FRAME_ITS);
	width = 1U << log_width;
	assume(place.offset < (place.frame == FRAME_DIST ? 0x10000 : 0x20000));
	assume(!(place.offset % width));
	vm.gic = &gic;
	shift = place.offset % 4 * 8;
	bytes = width < 4 ? (1U << (8 * width)) - 1 : ~0U;
	if (nondet_bool()) {
		write(&vcpu, &place, width, stored);
		prove(made[0].mask == bytes << shift);
		prove((made[0].value & made[0].mask) == ((u32)stored & bytes) << shift);
		prove(width < 8 || (made[1].value == stored >> 32 && made[1].mask == ~0U));
	} else {
		value = read(&gic, &place, width);
		prove((u32)value == made[0].value >> shift);
		prove(width < 8 || value >> 32 == made[1].value);
	}
	prove(nr_made == (width == 8 ? 2 : 1));
	prove(made[0].frame == place.frame && made[0].offset == place.offset - shift / 8);
	prove(width < 8 || (made[1].frame == place.frame &&
			    made[1].offset == place.offset + 4));
}

void proof_overlaps(void)
{
	u64 addr = nondet_u64(), from = nondet_u64(), length = nondet_u64();

	any_gic();
	assume(from <= addr && addr - from < length && length <= (1UL << IPA_BITS) - from);
	assume(addr < 1UL << IPA_BITS);
	prove(gic_overlaps(&vm, from, length) || !gic_access(&vcpu, addr, 4, false, &length));
}
