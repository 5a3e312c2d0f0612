// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the registers of the kernel's GIC (IHI 0069, 12.8 to 12.11): what they say of it, what
 * can be written and read back, and that there is nothing else.
 */
#include "kselftest_harness.h"
#include "gic_vm.h"

#define NR		3
#define TYPER_LAST	(1UL << 4)
#define WAKER_SLEEP	(1U << 1 | 1U << 2)
#define ROUTER_IRM	(1UL << 31)
#define PPI		20U
#define SPI		40U

FIXTURE(regs) {
	struct vm vm;
	struct vcpu *vcpu;	/* does the accesses */
	u64 redist;
};

FIXTURE_SETUP(regs)
{
	int i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	for (i = 0; i < NR; i++)
		vcpu_create(&self->vm);
	self->vcpu = &self->vm.vcpus[0];
	self->redist = GIC_REDIST;
	gic_serve(self->vcpu);
}

FIXTURE_TEARDOWN(regs)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

#define READ(addr)		gic_read32(self->vcpu, addr)
#define WRITE(addr, value)	gic_write32(self->vcpu, addr, value)

TEST_F(regs, the_distributor_describes_itself)
{
	u32 typer = READ(GIC_DIST + GICD_TYPER);

	EXPECT_EQ(GIC_SPIS / 32, typer & 0x1f);
	EXPECT_EQ(9, typer >> 19 & 0x1f);	/* 10 bits of INTID */
	EXPECT_EQ(0, typer & (1 << 10 | 1 << 17));	/* SecurityExtn, LPIS */
	EXPECT_EQ(1, typer >> 16 & 1);		/* MBIS */
	EXPECT_EQ(1, typer >> 24 & 1);		/* A3V */
	EXPECT_EQ(1, typer >> 26 & 1);		/* RSS */
	EXPECT_EQ(0x43b, READ(GIC_DIST + GICD_IIDR) & 0xfff);
	EXPECT_EQ(3, READ(GIC_DIST + GIC_PIDR2) >> 4 & 0xf);
}

TEST_F(regs, control_has_two_groups)
{
	u32 fixed = GICD_CTLR_ARE | GICD_CTLR_DS, value;

	EXPECT_EQ(fixed, READ(GIC_DIST + GICD_CTLR));
	for (value = 0; value < 4; value++) {
		WRITE(GIC_DIST + GICD_CTLR, value);
		EXPECT_EQ(fixed | value, READ(GIC_DIST + GICD_CTLR));
	}
	WRITE(GIC_DIST + GICD_CTLR, ~0U);
	EXPECT_EQ(fixed | 3, READ(GIC_DIST + GICD_CTLR));
	/* Aligned words only */
	gic_write(self->vcpu, GIC_DIST + GICD_CTLR, 1, 0);
	EXPECT_EQ(fixed | 3, READ(GIC_DIST + GICD_CTLR));
}

TEST_F(regs, each_redistributor_describes_itself)
{
	u64 i;

	for (i = 0; i < NR; i++) {
		u64 redist = GIC_REDIST + i * GIC_REDIST_SIZE;
		u64 typer = gic_read(self->vcpu, redist + GICR_TYPER, 8);

		EXPECT_EQ(i << 32 | i << 8 | (i == NR - 1 ? TYPER_LAST : 0), typer);
		EXPECT_EQ((u32)typer, READ(redist + GICR_TYPER));
		EXPECT_EQ(typer >> 32, READ(redist + GICR_TYPER + 4));
		EXPECT_EQ(0x43b, READ(redist + GICR_IIDR) & 0xfff);
		EXPECT_EQ(3, READ(redist + GIC_PIDR2) >> 4 & 0xf);
	}
}

TEST_F(regs, the_last_redistributor_is_so_until_another_comes)
{
	u64 typer = GIC_REDIST + (NR - 1) * GIC_REDIST_SIZE + GICR_TYPER;
	struct vcpu *last = &self->vm.vcpus[NR - 1];

	gic_serve(last);
	EXPECT_TRUE(gic_read32(last, typer) & TYPER_LAST);
	vcpu_create(&self->vm);
	EXPECT_FALSE(gic_read32(last, typer) & TYPER_LAST);
}

TEST_F(regs, affinity_has_four_levels)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, NR);
	u64 redist = GIC_REDIST + NR * GIC_REDIST_SIZE, beyond = redist + 0x1000000;
	int fd = vm_vcpu(self->vm.fd, 0x12UL << 32 | 0x345678);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0x12345678, READ(redist + GICR_TYPER + 4));
	/* A second region: the first ends before it */
	setup.redistributors[1] = (struct arm_vcpu_gic_region) { .addr = beyond, .count = 1 };
	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	EXPECT_EQ((NR - 1) << 8 | TYPER_LAST, READ(redist - GIC_REDIST_SIZE + GICR_TYPER));
	EXPECT_EQ(NR << 8 | TYPER_LAST, READ(beyond + GICR_TYPER));
	EXPECT_EQ(0x12345678, READ(beyond + GICR_TYPER + 4));
	close(fd);
}

TEST_F(regs, a_redistributor_wakes_and_sleeps)
{
	EXPECT_EQ(WAKER_SLEEP, READ(self->redist + GICR_WAKER));
	WRITE(self->redist + GICR_WAKER, 0);
	EXPECT_EQ(0, READ(self->redist + GICR_WAKER));
	EXPECT_EQ(WAKER_SLEEP, READ(self->redist + GIC_REDIST_SIZE + GICR_WAKER));
	WRITE(self->redist + GICR_WAKER, ~0U);
	EXPECT_EQ(WAKER_SLEEP, READ(self->redist + GICR_WAKER));
}

/* The frames that have registers of 32 interrupts, and where in them these are */
static const struct {
	u64 frame;
	u32 word;
} places[] = {
	{ GIC_DIST, 1 }, { GIC_DIST, 2 }, { GIC_REDIST + GIC_SGIS, 0 },
	{ GIC_REDIST + GIC_REDIST_SIZE + GIC_SGIS, 0 },
};

TEST_F(regs, groups)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		u64 reg = places[i].frame + GIC_IGROUPR + 4 * places[i].word;

		EXPECT_EQ(0, READ(reg));
		WRITE(reg, 0x5a0000a5 + i);
		EXPECT_EQ(0x5a0000a5 + i, READ(reg));
	}
	for (i = 0; i < ARRAY_SIZE(places); i++)
		EXPECT_EQ(0x5a0000a5 + i, READ(places[i].frame + GIC_IGROUPR + 4 * places[i].word));
}

/* A register that sets bits, and one that clears them */
static void set_and_clear(struct __test_metadata *_metadata, FIXTURE_DATA(regs) *self, u64 set,
			  u64 clear)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		u64 s = places[i].frame + set + 4 * places[i].word;
		u64 c = places[i].frame + clear + 4 * places[i].word;

		EXPECT_EQ(0, READ(s));
		WRITE(s, 0x80000101);
		WRITE(s, 0x00f00000);
		EXPECT_EQ(0x80f00101, READ(s));
		EXPECT_EQ(0x80f00101, READ(c));
		WRITE(c, 0x00100100);
		WRITE(c, 0);
		EXPECT_EQ(0x80e00001, READ(s));
		EXPECT_EQ(0x80e00001, READ(c));
		/* Not by bytes */
		gic_write(self->vcpu, c, 1, 1);
		gic_write(self->vcpu, c + 2, 2, 0xe0);
		EXPECT_EQ(0x80e00001, READ(s));
	}
	for (i = 0; i < ARRAY_SIZE(places); i++)
		EXPECT_EQ(0x80e00001, READ(places[i].frame + set + 4 * places[i].word));
}

TEST_F(regs, enabled)
{
	set_and_clear(_metadata, self, GIC_ISENABLER, GIC_ICENABLER);
}

TEST_F(regs, pending)
{
	set_and_clear(_metadata, self, GIC_ISPENDR, GIC_ICPENDR);
}

TEST_F(regs, active)
{
	set_and_clear(_metadata, self, GIC_ISACTIVER, GIC_ICACTIVER);
}

TEST_F(regs, priorities_by_byte_and_word)
{
	u32 mask = 0xff << (8 - ICH_VTR_PRI_BITS(vgic_vtr())) & 0xff, i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		u64 reg = places[i].frame + GIC_IPRIORITYR + 32 * places[i].word + 8;

		EXPECT_EQ(0, READ(reg));
		WRITE(reg, 0xffffffff);
		EXPECT_EQ(mask * 0x01010101, READ(reg));
		WRITE(reg, 0x40302010);
		EXPECT_EQ((mask * 0x01010101) & 0x40302010, READ(reg));
		gic_write(self->vcpu, reg + 2, 1, 0x80);
		EXPECT_EQ((mask * 0x01010101) & 0x40802010, READ(reg));
		EXPECT_EQ(0x80, gic_read(self->vcpu, reg + 2, 1));
		EXPECT_EQ(0x10, gic_read(self->vcpu, reg, 1));
		EXPECT_EQ(0x4080, gic_read(self->vcpu, reg + 2, 2));
		EXPECT_EQ(0, READ(reg + 4));
		EXPECT_EQ(0, READ(reg - 4));
	}
}

TEST_F(regs, edge_or_level)
{
	u64 i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		u64 reg = places[i].frame + GIC_ICFGR + 8 * places[i].word;

		/* SGIs are edges, for ever */
		EXPECT_EQ(places[i].word ? 0 : 0xaaaaaaaa, READ(reg));
		WRITE(reg, 0);
		EXPECT_EQ(places[i].word ? 0 : 0xaaaaaaaa, READ(reg));
		WRITE(reg, 0xffffffff);
		EXPECT_EQ(0xaaaaaaaa, READ(reg));
		EXPECT_EQ(0, READ(reg + 4));
		WRITE(reg + 4, 0x80000008);
		EXPECT_EQ(0x80000008, READ(reg + 4));
		EXPECT_EQ(0xaaaaaaaa, READ(reg));
	}
}

TEST_F(regs, routes_by_32_and_64_bits)
{
	u64 bits = 0xffUL << 32 | ROUTER_IRM | 0xffffff, reg;
	u32 id;

	for (id = 32; id < 32 + GIC_SPIS; id += 21) {
		reg = GIC_DIST + GICD_IROUTER + 8 * id;
		EXPECT_EQ(0, gic_read(self->vcpu, reg, 8));
		gic_write(self->vcpu, reg, 8, ~0UL);
		EXPECT_EQ(bits, gic_read(self->vcpu, reg, 8));
		WRITE(reg, 0x12345678);
		EXPECT_EQ(0xff00345678, gic_read(self->vcpu, reg, 8));
		WRITE(reg + 4, 0x12);
		EXPECT_EQ(0x1200345678, gic_read(self->vcpu, reg, 8));
		EXPECT_EQ(0x345678, READ(reg));
		EXPECT_EQ(0x12, READ(reg + 4));
		gic_write(self->vcpu, reg, 1, 0);
		EXPECT_EQ(0x1200345678, gic_read(self->vcpu, reg, 8));
	}
	EXPECT_EQ(0, gic_read(self->vcpu, reg + 8, 8));
}

/* The line shows, and so does what was latched */
TEST_F(regs, pending_is_level_or_latch)
{
	gic_line(&self->vm, SPI, 1);
	EXPECT_EQ(1, gic_get(self->vcpu, GIC_ISPENDR, SPI));
	gic_set(self->vcpu, GIC_ICPENDR, SPI);
	EXPECT_EQ(1, gic_get(self->vcpu, GIC_ISPENDR, SPI));
	gic_set(self->vcpu, GIC_ISPENDR, SPI);
	gic_line(&self->vm, SPI, 0);
	EXPECT_EQ(1, gic_get(self->vcpu, GIC_ISPENDR, SPI));
	gic_set(self->vcpu, GIC_ICPENDR, SPI);
	EXPECT_EQ(0, gic_get(self->vcpu, GIC_ISPENDR, SPI));
	/* An edge stays */
	gic_make_edge(self->vcpu, SPI);
	gic_line(&self->vm, SPI, 1);
	gic_line(&self->vm, SPI, 0);
	EXPECT_EQ(1, gic_get(self->vcpu, GIC_ISPENDR, SPI));
	gic_set(self->vcpu, GIC_ICPENDR, SPI);
	EXPECT_EQ(0, gic_get(self->vcpu, GIC_ISPENDR, SPI));
}

/* PPIs and SGIs of a vCPU that isn't in RUN are pending as well, and can be cleared */
TEST_F(regs, another_vcpus_are_seen_at_once)
{
	u64 frame = self->redist + GIC_REDIST_SIZE + GIC_SGIS;

	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, 1));
	EXPECT_EQ(1U << PPI, READ(frame + GIC_ISPENDR));
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 0, 1));
	EXPECT_EQ(0, READ(frame + GIC_ISPENDR));
	WRITE(frame + GIC_ICFGR + 4, 2U << 2 * (PPI - 16));
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, 1));
	EXPECT_EQ(1U << PPI, READ(frame + GIC_ISPENDR));
	WRITE(frame + GIC_ICPENDR, 1U << PPI);
	EXPECT_EQ(0, READ(frame + GIC_ISPENDR));
}

/* A new vCPU in the redistributor of one that is gone has nothing of it */
TEST_F(regs, a_vcpu_leaves_nothing_behind)
{
	u64 redist = self->redist + NR * GIC_REDIST_SIZE;
	int fd = vm_vcpu(self->vm.fd, NR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, NR));
	WRITE(redist + GIC_SGIS + GIC_ISENABLER, ~0U);
	WRITE(redist + GICR_WAKER, 0);
	close(fd);
	self->vm.nr_vcpus = NR;
	vcpu_create(&self->vm);
	EXPECT_EQ(0, READ(redist + GIC_SGIS + GIC_ISENABLER));
	EXPECT_EQ(WAKER_SLEEP, READ(redist + GICR_WAKER));
	/* It has looked at its lines */
	vcpu_enter(&self->vm.vcpus[NR], guest_hvc, 0, 0);
	vcpu_expect_call(&self->vm.vcpus[NR], CALL_SYNC);
	EXPECT_EQ(0, READ(redist + GIC_SGIS + GIC_ISPENDR));
}

TEST_F(regs, set_gic_resets_them)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, NR);

	WRITE(GIC_DIST + GICD_CTLR, 3);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_enable(self->vcpu, PPI, 0x80);
	gic_route(self->vcpu, SPI, 1);
	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	EXPECT_EQ(GICD_CTLR_ARE | GICD_CTLR_DS, READ(GIC_DIST + GICD_CTLR));
	EXPECT_EQ(0, gic_get(self->vcpu, GIC_ISENABLER, SPI));
	EXPECT_EQ(0, gic_get(self->vcpu, GIC_ISENABLER, PPI));
	EXPECT_EQ(0, gic_get(self->vcpu, GIC_IGROUPR, SPI));
	EXPECT_EQ(0, gic_read(self->vcpu, GIC_DIST + GIC_IPRIORITYR + SPI, 1));
	EXPECT_EQ(0, gic_read(self->vcpu, GIC_DIST + GICD_IROUTER + 8 * SPI, 8));
}

static void nothing(struct __test_metadata *_metadata, FIXTURE_DATA(regs) *self, u64 from, u64 to)
{
	u64 addr;

	for (addr = from; addr < to; addr += 4) {
		WRITE(addr, ~0U);
		EXPECT_EQ(0, READ(addr)) TH_LOG("%#lx", addr);
	}
}

/* Word 0, which are the redistributor's, and beyond the last SPI */
TEST_F(regs, what_isnt_there_is_zero)
{
	static const u64 bits[] = {
		GIC_IGROUPR, GIC_ISENABLER, GIC_ICENABLER, GIC_ISPENDR, GIC_ICPENDR,
		GIC_ISACTIVER, GIC_ICACTIVER,
	};
	u32 words = GIC_SPIS / 32 + 1, i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		nothing(_metadata, self, GIC_DIST + bits[i], GIC_DIST + bits[i] + 4);
		nothing(_metadata, self, GIC_DIST + bits[i] + 4 * words,
			GIC_DIST + bits[i] + 4 * words + 8);
		nothing(_metadata, self, GIC_DIST + bits[i] + 0x7c, GIC_DIST + bits[i] + 0x80);
		/* A redistributor has one word */
		nothing(_metadata, self, self->redist + GIC_SGIS + bits[i] + 4,
			self->redist + GIC_SGIS + bits[i] + 12);
	}
	nothing(_metadata, self, GIC_DIST + GIC_IPRIORITYR, GIC_DIST + GIC_IPRIORITYR + 32);
	nothing(_metadata, self, GIC_DIST + GIC_IPRIORITYR + 32 * words,
		GIC_DIST + GIC_IPRIORITYR + 32 * words + 8);
	nothing(_metadata, self, GIC_DIST + GIC_ICFGR, GIC_DIST + GIC_ICFGR + 8);
	nothing(_metadata, self, GIC_DIST + GIC_ICFGR + 8 * words,
		GIC_DIST + GIC_ICFGR + 8 * words + 8);
	nothing(_metadata, self, GIC_DIST + GICD_IROUTER, GIC_DIST + GICD_IROUTER + 16);
	/* GICD_SETSPI_NSR and on, GICD_ITARGETSR, GICD_SGIR, GICR_SETLPIR */
	nothing(_metadata, self, GIC_DIST + 0x0c, GIC_DIST + 0x80);
	nothing(_metadata, self, GIC_DIST + 0x800, GIC_DIST + 0x840);
	nothing(_metadata, self, GIC_DIST + 0xf00, GIC_DIST + 0xf30);
	nothing(_metadata, self, self->redist + 0x40, self->redist + 0x50);
	nothing(_metadata, self, self->redist + GIC_SGIS, self->redist + GIC_SGIS + 0x40);
}

/* INTIDs from 1020 on are no interrupts, though the last word has bits for them */
TEST_F(regs, the_last_word_ends_at_1019)
{
	struct arm_vcpu_gic_setup setup = gic_setup(988, NR);

	ASSERT_EQ(0, gic_place(&self->vm, &setup));
	EXPECT_EQ(31, READ(GIC_DIST + GICD_TYPER) & 0x1f);
	WRITE(GIC_DIST + GIC_ISENABLER + 4 * 31, ~0U);
	EXPECT_EQ(0x0fffffff, READ(GIC_DIST + GIC_ISENABLER + 4 * 31));
	WRITE(GIC_DIST + GIC_ISPENDR + 4 * 31, ~0U);
	EXPECT_EQ(0x0fffffff, READ(GIC_DIST + GIC_ISPENDR + 4 * 31));
	gic_write(self->vcpu, GIC_DIST + GICD_IROUTER + 8 * 1020, 8, ~0UL);
	EXPECT_EQ(0, gic_read(self->vcpu, GIC_DIST + GICD_IROUTER + 8 * 1020, 8));
	gic_write(self->vcpu, GIC_DIST + GICD_IROUTER + 8 * 1019, 8, 1);
	EXPECT_EQ(1, gic_read(self->vcpu, GIC_DIST + GICD_IROUTER + 8 * 1019, 8));
}

TEST_F(regs, registers_are_read_only)
{
	u64 typer = gic_read(self->vcpu, self->redist + GICR_TYPER, 8);
	u32 gicd = READ(GIC_DIST + GICD_TYPER), id = READ(GIC_DIST + GIC_PIDR2);

	WRITE(GIC_DIST + GICD_TYPER, ~gicd);
	WRITE(GIC_DIST + GIC_PIDR2, ~id);
	gic_write(self->vcpu, self->redist + GICR_TYPER, 8, ~typer);
	EXPECT_EQ(gicd, READ(GIC_DIST + GICD_TYPER));
	EXPECT_EQ(id, READ(GIC_DIST + GIC_PIDR2));
	EXPECT_EQ(typer, gic_read(self->vcpu, self->redist + GICR_TYPER, 8));
}

/* Whoever answers */
TEST_F(regs, loads_are_counted)
{
	u64 before = vcpu_stat(self->vcpu, ARM_VCPU_STAT_GIC);

	EXPECT_EQ(READ(GIC_DIST + GICD_IIDR), READ(GIC_REDIST + GICR_IIDR));
	EXPECT_EQ(2, vcpu_stat(self->vcpu, ARM_VCPU_STAT_GIC) - before);
	EXPECT_EQ(0, READ(GIC_DIST + GIC_ISENABLER + 4));
	EXPECT_EQ(3, vcpu_stat(self->vcpu, ARM_VCPU_STAT_GIC) - before);
}

static u64 __guest guest_loads_big_endian(u64 addr)
{
	u64 value, little, big;

	asm volatile("mrs %1, sctlr_el1\n orr %2, %1, #1 << 25\n msr sctlr_el1, %2\n isb\n"
		     "ldr %w0, [%3]\n msr sctlr_el1, %1\n isb"
		     : "=r" (value), "=&r" (little), "=&r" (big) : "r" (addr) : "memory");
	return value;
}

TEST_F(regs, a_big_endian_guest)
{
	u64 at[] = { GIC_DIST + GICD_IIDR, GIC_REDIST + GICR_IIDR, GIC_DIST + GIC_PIDR2 }, i;

	for (i = 0; i < ARRAY_SIZE(at); i++) {
		u32 value = READ(at[i]);

		vcpu_call(self->vcpu, guest_loads_big_endian, at[i], 0);
		vcpu_expect_call(self->vcpu, CALL_DONE);
		EXPECT_EQ(__builtin_bswap32(value), self->vcpu->run->x[0]);
		gic_serve(self->vcpu);
	}
}

TEST_HARNESS_MAIN
