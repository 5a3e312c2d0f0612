// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC's frames in guest-physical memory, and accesses to them.
 *
 * Registers are of 32 bits.  Those of 64 can be accessed in halves (IHI 0069, 12.1.3), so an
 * access of 64 bits is two; one of 8 or 16 bits reaches the bytes that it names, which only the
 * priorities take.
 */
#include "device.h"
#include "gic.h"
#include "its.h"

#define DIST_SIZE	SZ_64K
#define REDIST_SIZE	SZ_128K
#define ITS_SIZE	SZ_128K

#define FRAME_DIST	1
#define FRAME_REDIST	2
#define FRAME_ITS	3

/**
 * struct place - where an access goes
 * @frame: FRAME_*, or 0: nowhere
 * @cpu: with FRAME_REDIST: whose
 * @offset: in the frame
 */
struct place {
	unsigned int frame;
	struct gic_cpu *cpu;
	u32 offset;
};

static bool within(u64 addr, u64 base, u64 size)
{
	return addr >= base && addr - base < size;
}

static struct place find(struct gic *gic, u64 addr)
{
	const struct arm_vcpu_gic_region *region = gic->redistributors;
	unsigned int index, first = 0;

	if (within(addr, gic->distributor, DIST_SIZE))
		return (struct place) { FRAME_DIST, NULL, addr - gic->distributor };
	if (its_of(gic) && within(addr, gic->its->addr, ITS_SIZE))
		return (struct place) { FRAME_ITS, NULL, addr - gic->its->addr };
	/* gic_check(): there is none behind one that has no vCPUs */
	for (; region < gic->redistributors + GIC_REDIST_REGIONS && region->count; region++) {
		if (within(addr, region->addr, (u64)region->count * REDIST_SIZE)) {
			index = first + (addr - region->addr) / REDIST_SIZE;
			if (index >= gic_nr_cpus(gic))
				break;
			return (struct place) { FRAME_REDIST, gic->cpus[index],
						(addr - region->addr) % REDIST_SIZE };
		}
		first += region->count;
	}
	return (struct place) { };
}

static u32 read32(struct gic *gic, const struct place *place, u32 offset)
{
	switch (place->frame) {
	case FRAME_DIST:
		return gic_dist_read(gic, offset);
	case FRAME_ITS:
		return its_read(gic->its, offset);
	default:
		return gic_redist_read(place->cpu, offset);
	}
}

static void write32(struct vcpu *vcpu, const struct place *place, u32 offset, u32 value, u32 mask)
{
	struct gic *gic = vcpu->vm->gic;

	switch (place->frame) {
	case FRAME_DIST:
		gic_dist_write(gic, offset, value, mask);
		break;
	case FRAME_ITS:
		its_write(gic->its, vcpu->gic, offset, value, mask);
		break;
	default:
		gic_redist_write(place->cpu, offset, value, mask);
	}
}

static u64 read(struct gic *gic, const struct place *place, unsigned int width)
{
	u32 offset = place->offset & ~3U;
	u64 value = read32(gic, place, offset);

	if (width == 8)
		value |= (u64)read32(gic, place, offset + 4) << 32;
	return value >> (place->offset % 4 * 8);
}

static void write(struct vcpu *vcpu, const struct place *place, unsigned int width, u64 value)
{
	u32 offset = place->offset & ~3U;
	unsigned int shift = place->offset % 4 * 8;

	write32(vcpu, place, offset, (u32)value << shift,
		width < 4 ? GENMASK(width * 8 - 1, 0) << shift : ~0U);
	if (width == 8)
		write32(vcpu, place, offset + 4, value >> 32, ~0U);
}

/**
 * gic_access() - an access to guest-physical memory, if it is one to a frame of the GIC
 * @vcpu: whose; it isn't running
 * @addr: guest-physical address
 * @width: 1, 2, 4 or 8 bytes
 * @is_write: it is a store
 * @value: that is stored; or what is read, 0 where nothing is aligned
 *
 * Return: whether there is a frame; of a redistributor, one that has a vCPU.
 */
bool gic_access(struct vcpu *vcpu, u64 addr, unsigned int width, bool is_write, u64 *value)
{
	struct gic *gic = vcpu->vm->gic;
	struct place place;

	if (!gic || !READ_ONCE(gic->placed))
		return false;
	place = find(gic, addr);
	if (!place.frame)
		return false;
	if (addr % width)
		*value = 0;
	else if (is_write)
		write(vcpu, &place, width, *value);
	else
		*value = read(gic, &place, width);
	return true;
}

/* Where its redistributor is, or ARM_VCPU_GIC_NOWHERE */
static u64 redist_at(const struct gic_cpu *cpu)
{
	const struct arm_vcpu_gic_region *region = cpu->gic->redistributors;
	unsigned int index = cpu->index;

	for (; region < cpu->gic->redistributors + GIC_REDIST_REGIONS; region++) {
		if (index < region->count)
			return region->addr + (u64)index * REDIST_SIZE;
		index -= region->count;
	}
	return ARM_VCPU_GIC_NOWHERE;
}

static void show(struct hyp_frame *frame, u64 addr)
{
	frame->at = addr == ARM_VCPU_GIC_NOWHERE ? 0 : addr | HYP_FRAME_VALID;
}

/**
 * gic_show() - tell EL2 what vCPUs read at the beginning of the frames
 * @gic: locked; what they read has changed, or where it is, which it doesn't while one runs
 */
void gic_show(struct gic *gic)
{
	unsigned int i, n;

	for (i = 0; gic->placed && i < gic->nr_cpus; i++) {
		struct gic_cpu *cpu = gic->cpus[i];
		struct vcpu *vcpu = gic_vcpu(cpu);
		struct hyp_frame *frame;

		if (!vcpu)
			continue;
		frame = vcpu->hyp->vgic.frame;
		for (n = 0; n < ARRAY_SIZE(frame->word); n++) {
			WRITE_ONCE(frame[0].word[n], gic_dist_read(gic, 4 * n));
			WRITE_ONCE(frame[1].word[n], gic_redist_read(cpu, 4 * n));
		}
		show(&frame[0], gic->distributor);
		show(&frame[1], redist_at(cpu));
	}
}

/**
 * gic_id() - what a distributor or redistributor is
 * @offset: in its frame, GIC_PIDR or above
 *
 * GICD_PIDR4 to 7, 0 to 3, and CIDR0 to 3 (IHI 0069, 12.1.2): a GICv3, whose designer is Arm.
 *
 * Return: the value of that register.
 */
u32 gic_id(u32 offset)
{
	static const u8 ids[] = { 0x04, 0, 0, 0, 0x92, 0xb4, 0x3b, 0, 0x0d, 0xf0, 0x05, 0xb1 };

	return ids[(offset - GIC_PIDR) / 4];
}
