// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the registers of the kernel's ITS (IHI 0069, 12.18 and 12.19), and of redistributors about
 * LPIs; where SET_GIC can put it; and its command queue.
 */
#include "kselftest_harness.h"
#include "its.h"

#define KIB64		0x10000UL
#define NR		2
#define ADDR(reg)	((reg) & 0xfffffffff000UL)
#define TYPER_PLPIS	1U

FIXTURE(regs) {
	struct vm vm;
	struct vcpu *vcpu;	/* does the accesses */
	struct arm_vcpu_gic_setup setup;
	struct arm_vcpu_info info;
};

FIXTURE_SETUP(regs)
{
	int i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	self->setup = its_setup();
	ASSERT_EQ(0, vm_info(self->vm.fd, &self->info));
	its_place(&self->vm);
	for (i = 0; i < NR; i++)
		vcpu_create(&self->vm);
	self->vcpu = &self->vm.vcpus[0];
	gic_serve(self->vcpu);
}

FIXTURE_TEARDOWN(regs)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

#define READ(addr)		gic_read32(self->vcpu, addr)
#define READ64(addr)		gic_read(self->vcpu, addr, 8)
#define WRITE(addr, value)	gic_write32(self->vcpu, addr, value)
#define WRITE64(addr, value)	gic_write(self->vcpu, addr, 8, value)

static int place(FIXTURE_DATA(regs) *self)
{
	return gic_place(&self->vm, &self->setup);
}

TEST_F(regs, is_told_of)
{
	EXPECT_EQ(ARM_VCPU_GIC_ITS | ARM_VCPU_GIC_KEEP, self->info.gic_flags);
	EXPECT_EQ(8192, self->info.max_lpis);
	EXPECT_EQ(65536, self->info.max_msi_devices);
	EXPECT_EQ(8192, self->info.max_msi_events);
	EXPECT_TRUE(READ(GIC_DIST + GICD_TYPER) & TYPER_LPIS);
	EXPECT_EQ(13, READ(GIC_DIST + GICD_TYPER) >> 19 & 0x1f);	/* 14 bits of INTID */
	EXPECT_TRUE(READ(GIC_REDIST + GICR_TYPER) & TYPER_PLPIS);
}

TEST_F(regs, without_it_there_are_no_lpis)
{
	self->setup = gic_setup(GIC_SPIS, MAX_VCPUS);
	ASSERT_EQ(0, place(self));
	EXPECT_FALSE(READ(GIC_DIST + GICD_TYPER) & TYPER_LPIS);
	EXPECT_EQ(9, READ(GIC_DIST + GICD_TYPER) >> 19 & 0x1f);
	EXPECT_FALSE(READ(GIC_REDIST + GICR_TYPER) & TYPER_PLPIS);
	its_enable_lpis(self->vcpu, 0, GICR_PTZ);
	EXPECT_EQ(0, READ(GIC_REDIST + GICR_CTLR));
	EXPECT_EQ(0, READ64(GIC_REDIST + GICR_PROPBASER));
	EXPECT_EQ(-ENOENT, its_send(&self->vm, GITS_TRANSLATER, 0, 0));
	gic_ask(self->vcpu, GITS_TYPER, 4, false, 0);
	vcpu_expect(self->vcpu, MMIO_READ);
}

TEST_F(regs, has_a_place_of_its_own)
{
	struct arm_vcpu_gic_setup *setup = &self->setup;
	u64 end = 1UL << self->info.ipa_bits_default, off;

	for (off = 1; off < KIB64; off <<= 1) {
		setup->its = GIC_ITS + off;
		EXPECT_EQ(-EINVAL, place(self));
	}
	setup->its = end - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->its = 0UL - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->its = end - 2 * KIB64;
	EXPECT_EQ(0, place(self));
	setup->its = GIC_DIST;
	EXPECT_EQ(-EINVAL, place(self));
	setup->its = GIC_DIST - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->its = GIC_DIST + KIB64;
	EXPECT_EQ(0, place(self));
	setup->its = GIC_REDIST - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->its = GIC_REDIST + MAX_VCPUS * GIC_REDIST_SIZE - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->its = GIC_REDIST + MAX_VCPUS * GIC_REDIST_SIZE;
	EXPECT_EQ(0, place(self));
	setup->its = GUEST_RAM - KIB64;
	EXPECT_EQ(-EEXIST, place(self));
	setup->its = GUEST_RAM + GUEST_RAM_SIZE - KIB64;
	EXPECT_EQ(-EEXIST, place(self));
	/* An address, or a struct that ends before it, and no flag; and the other way round */
	setup->its = GIC_ITS;
	setup->flags = 0;
	EXPECT_EQ(-EINVAL, place(self));
	setup->size = offsetof(struct arm_vcpu_gic_setup, its);
	EXPECT_EQ(0, place(self));
	setup->flags = ARM_VCPU_GIC_ITS;
	EXPECT_EQ(0, place(self));
	gic_ask(self->vcpu, GIC_ITS, 4, false, 0);
	vcpu_expect(self->vcpu, MMIO_READ);
}

TEST_F(regs, no_region_over_it)
{
	size_t page = page_size();
	void *user = map_pages(4 * KIB64);
	int fd = self->vm.fd;

	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_ITS, page, user));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_ITS + GIC_ITS_SIZE - page, page, user));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_ITS - KIB64, 4 * KIB64, user));
	EXPECT_EQ(0, vm_memory(fd, 0, GIC_ITS - page, page, user));
	EXPECT_EQ(0, vm_memory(fd, 0, GIC_ITS + GIC_ITS_SIZE, page, user));
	munmap(user, 4 * KIB64);
}

TEST_F(regs, describes_itself)
{
	u64 typer = READ64(GITS_TYPER), off;

	EXPECT_EQ(GITS_CTLR_QUIESCENT, READ(GITS_CTLR));
	EXPECT_EQ(0x43b, READ(GITS_IIDR) & 0xfff);
	EXPECT_EQ(3, READ(GITS_PIDR2) >> 4 & 0xf);
	EXPECT_EQ(typer, READ(GITS_TYPER) | (u64)READ(GITS_TYPER + 4) << 32);
	EXPECT_EQ(1, typer & 3);		/* Physical, not Virtual */
	EXPECT_EQ(7, typer >> 4 & 0xf);		/* 8 bytes for an event */
	EXPECT_EQ(15, typer >> 8 & 0x1f);	/* EventID */
	EXPECT_EQ(15, typer >> 13 & 0x1f);	/* DeviceID */
	EXPECT_EQ(0, typer >> 18 & 3);		/* SEIS, PTA */
	EXPECT_EQ(0, typer >> 24 & 0xff);	/* HCC */
	EXPECT_EQ(9, typer >> 32 & 0xf);	/* ICID */
	EXPECT_EQ(1, typer >> 36 & 1);		/* CIL */
	EXPECT_EQ(0, typer >> 37);		/* nothing of GICv4 */
	/* A table of devices, one of collections, no other; of 8 bytes an entry */
	EXPECT_EQ(1UL << 56 | 7UL << 48, READ64(GITS_BASER(0)));
	EXPECT_EQ(4UL << 56 | 7UL << 48, READ64(GITS_BASER(1)));
	for (off = 2; off < 8; off++) {
		WRITE64(GITS_BASER(off), ~0UL);
		EXPECT_EQ(0, READ64(GITS_BASER(off)));
	}
	EXPECT_EQ(0, READ(GITS_TRANSLATER));
}

/* But for what is known, there is nothing, and nothing happens */
TEST_F(regs, the_rest_is_reserved)
{
	u64 off;

	for (off = 0; off < GIC_ITS_SIZE; off += off < 0x200 ? 4 : 0x3fc) {
		bool known = off < 0x10 || (off >= 0x80 && off < 0x98) ||
			     (off >= 0x100 && off < 0x140) || (off >= 0xffd0 && off < KIB64);

		if (known)
			continue;
		WRITE(GIC_ITS + off, ~0U);
		EXPECT_EQ(0, READ(GIC_ITS + off)) TH_LOG("%#lx", off);
	}
	WRITE(GITS_IIDR, 0);
	WRITE64(GITS_TYPER, 0);
	EXPECT_EQ(0x43b, READ(GITS_IIDR) & 0xfff);
	EXPECT_NE(0, READ64(GITS_TYPER));
	WRITE64(GITS_CREADR, 0x40);
	EXPECT_EQ(0, READ64(GITS_CREADR));
}

/* Whole and in halves; cached and inner shareable, whatever is written */
TEST_F(regs, addresses_are_kept)
{
	u64 fixed = 1UL << 56 | 7UL << 48, value = ITS_VALID | ITS_INDIRECT | ITS_CACHED |
						   ITS_DEVICES | 2 << 8 | 0x31;

	WRITE64(GITS_BASER(0), value);
	EXPECT_EQ(value | fixed, READ64(GITS_BASER(0)));
	WRITE64(GITS_BASER(0), ~0UL);
	EXPECT_EQ(value >> 59 << 59 | fixed | 0xfffffffff7ffUL, READ64(GITS_BASER(0)));
	WRITE64(GITS_BASER(0), 0);
	EXPECT_EQ(fixed | ITS_CACHED, READ64(GITS_BASER(0)));
	WRITE(GITS_BASER(0), value);
	WRITE(GITS_BASER(0) + 4, value >> 32);
	EXPECT_EQ(value | fixed, READ64(GITS_BASER(0)));
	EXPECT_EQ((u32)value, READ(GITS_BASER(0)));
	EXPECT_EQ((value | fixed) >> 32, READ(GITS_BASER(0) + 4));
	WRITE64(GITS_BASER(0), (value & ~(7UL << 59)) | 2UL << 59);
	EXPECT_EQ(2, READ64(GITS_BASER(0)) >> 59 & 7);

	value = ITS_VALID | ITS_CACHED | ITS_QUEUE | 0xf;
	WRITE64(GITS_CBASER, value);
	EXPECT_EQ(value, READ64(GITS_CBASER));
	WRITE64(GITS_CBASER, ~0UL);
	EXPECT_EQ(ITS_VALID | ITS_CACHED | 0xffffffffff4ffUL, READ64(GITS_CBASER));
	WRITE(GITS_CBASER, value);
	WRITE(GITS_CBASER + 4, value >> 32);
	EXPECT_EQ(value, READ64(GITS_CBASER));
}

TEST_F(regs, registers_of_the_redistributor)
{
	u64 redist = its_redist(1), value = ITS_CONFIG | LPI_CACHED | 13;

	EXPECT_EQ(6, READ(redist + GICR_CTLR));		/* CES, IR */
	WRITE64(redist + GICR_PROPBASER, value);
	EXPECT_EQ(value, READ64(redist + GICR_PROPBASER));
	WRITE64(redist + GICR_PROPBASER, ~0UL);
	EXPECT_EQ(0xffffffffff79fUL, READ64(redist + GICR_PROPBASER));
	WRITE64(redist + GICR_PROPBASER, value & ~LPI_CACHED);
	EXPECT_EQ(value, READ64(redist + GICR_PROPBASER));
	WRITE64(redist + GICR_PENDBASER, ~0UL);
	EXPECT_EQ(0xfffffffff0780UL, READ64(redist + GICR_PENDBASER));
	WRITE64(redist + GICR_PENDBASER, ITS_PENDING(1) | LPI_CACHED | GICR_PTZ);
	EXPECT_EQ(ITS_PENDING(1) | LPI_CACHED, READ64(redist + GICR_PENDBASER));
	/* While LPIs are enabled, nothing changes */
	WRITE(redist + GICR_CTLR, ~0U);
	EXPECT_EQ(7, READ(redist + GICR_CTLR));
	WRITE64(redist + GICR_PROPBASER, 0);
	WRITE64(redist + GICR_PENDBASER, 0);
	EXPECT_EQ(value, READ64(redist + GICR_PROPBASER));
	EXPECT_EQ(ITS_PENDING(1) | LPI_CACHED, READ64(redist + GICR_PENDBASER));
	EXPECT_EQ(0, READ(redist + GICR_SYNCR));
	EXPECT_EQ(0, READ(redist + GICR_INVLPIR));
	/* Its own, too */
	EXPECT_EQ(6, READ(its_redist(0) + GICR_CTLR));
	WRITE64(its_redist(0) + GICR_PROPBASER, value);
	WRITE64(its_redist(0) + GICR_PENDBASER, ITS_PENDING(0) | LPI_CACHED | GICR_PTZ);
	WRITE(its_redist(0) + GICR_CTLR, 1);
	EXPECT_EQ(7, READ(its_redist(0) + GICR_CTLR));
	WRITE(its_redist(0) + GICR_CTLR, 0);
	EXPECT_EQ(6, READ(its_redist(0) + GICR_CTLR));
	WRITE(redist + GICR_CTLR, 0);
	EXPECT_EQ(6, READ(redist + GICR_CTLR));
	WRITE64(redist + GICR_PROPBASER, 0);
	EXPECT_EQ(LPI_CACHED, READ64(redist + GICR_PROPBASER));
}

TEST_F(regs, is_fixed_while_enabled)
{
	its_tables(self->vcpu, ITS_FLAT);
	WRITE(GITS_CTLR, ~0U);
	EXPECT_EQ(GITS_CTLR_ENABLED, READ(GITS_CTLR));
	WRITE64(GITS_BASER(0), 0);
	WRITE64(GITS_CBASER, 0);
	EXPECT_EQ(ITS_DEVICES, ADDR(READ64(GITS_BASER(0))));
	EXPECT_EQ(ITS_QUEUE, ADDR(READ64(GITS_CBASER)));
	WRITE(GITS_CTLR, 0);
	EXPECT_EQ(GITS_CTLR_QUIESCENT, READ(GITS_CTLR));
	WRITE64(GITS_CBASER, 0);
	EXPECT_EQ(0, ADDR(READ64(GITS_CBASER)));
}

TEST_F(regs, set_gic_resets_it)
{
	its_enable(self->vcpu, ITS_FLAT);
	EXPECT_NE(0, READ(GITS_CREADR));
	its_place(&self->vm);
	EXPECT_EQ(GITS_CTLR_QUIESCENT, READ(GITS_CTLR));
	EXPECT_EQ(0, ADDR(READ64(GITS_CBASER)));
	EXPECT_EQ(0, READ64(GITS_CREADR));
	EXPECT_EQ(0, READ64(GITS_CWRITER));
	EXPECT_EQ(0, ADDR(READ64(GITS_BASER(0))));
	EXPECT_EQ(6, READ(GIC_REDIST + GICR_CTLR));
	EXPECT_EQ(0, READ64(GIC_REDIST + GICR_PROPBASER));
}

/* Work begins when there is a queue and the ITS is enabled, and goes around */
TEST_F(regs, the_queue)
{
	u32 at, n;

	its_tables(self->vcpu, ITS_FLAT);
	WRITE64(GITS_CBASER, ITS_VALID | ITS_CACHED | ITS_QUEUE); /* 4 KiB */
	for (at = 0; at < 0x1000;)
		at = its_put(&self->vm, at, ITS_SYNC(0));
	WRITE(GITS_CWRITER, 0x60);
	EXPECT_EQ(0x60, READ64(GITS_CWRITER));
	EXPECT_EQ(0, READ64(GITS_CREADR));
	WRITE(GITS_CTLR, GITS_CTLR_ENABLED);
	EXPECT_EQ(0x60, READ64(GITS_CREADR));
	WRITE64(GITS_CWRITER, 0xfe0);
	EXPECT_EQ(0xfe0, READ64(GITS_CREADR));
	WRITE(GITS_CWRITER, 0x40);
	EXPECT_EQ(0x40, READ64(GITS_CREADR));
	/* Beyond its end there is none; a command has 32 bytes */
	WRITE(GITS_CWRITER, 0x1000);
	WRITE(GITS_CWRITER, 0xfffe0);
	EXPECT_EQ(0x40, READ64(GITS_CWRITER));
	WRITE(GITS_CWRITER, 0x5e);
	EXPECT_EQ(0x40, READ64(GITS_CWRITER));
	/* What no command is, is skipped */
	for (at = 0x40, n = 0; at < 0x1000; n++)
		at = its_put(&self->vm, at, ITS_COMMAND(n + 0x10, ~0U, ~0UL, ~0UL, ~0UL));
	WRITE(GITS_CWRITER, 0xfe0);
	EXPECT_EQ(0xfe0, READ64(GITS_CREADR));
	/* Without ITS_VALID there is no queue */
	WRITE(GITS_CTLR, 0);
	WRITE64(GITS_CBASER, ITS_CACHED | ITS_QUEUE);
	EXPECT_EQ(0, READ64(GITS_CWRITER));
	WRITE(GITS_CTLR, GITS_CTLR_ENABLED);
	WRITE(GITS_CWRITER, 0x20);
	EXPECT_EQ(0, READ64(GITS_CREADR));
}

TEST_F(regs, stalls_where_it_cant_read)
{
	void *user = map_pages(KIB64);

	WRITE64(GITS_CBASER, ITS_VALID | ITS_CACHED | 0x50000000 | 0xf);
	WRITE(GITS_CTLR, GITS_CTLR_ENABLED);
	WRITE(GITS_CWRITER, 0x40);
	EXPECT_EQ(GITS_CREADR_STALLED, READ64(GITS_CREADR));
	WRITE(GITS_CWRITER, 0x60);
	EXPECT_EQ(GITS_CREADR_STALLED, READ64(GITS_CREADR));
	WRITE(GITS_CWRITER, 0x60 | GITS_CWRITER_RETRY);
	EXPECT_EQ(GITS_CREADR_STALLED, READ64(GITS_CREADR));
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_READONLY, 0x50000000, KIB64, user));
	WRITE(GITS_CWRITER, 0x60 | GITS_CWRITER_RETRY);
	EXPECT_EQ(0x60, READ64(GITS_CREADR));
	/* A region without memory */
	munmap(user, KIB64);
	WRITE(GITS_CWRITER, 0x80);
	EXPECT_EQ(GITS_CREADR_STALLED | 0x60, READ64(GITS_CREADR));
	WRITE(GITS_CTLR, 0);
	WRITE64(GITS_CBASER, ITS_VALID | ITS_CACHED | ITS_QUEUE);
	EXPECT_EQ(0, READ64(GITS_CREADR));
}

TEST_F(regs, send_msi_checks)
{
	struct arm_vcpu_msi msi = { .size = sizeof(msi), .addr = GITS_TRANSLATER };
	struct vm *vm = &self->vm, other = { .fd = vm_open() };

	EXPECT_EQ(0, its_send(vm, GITS_TRANSLATER, 0, 0));
	EXPECT_EQ(0, its_send(vm, GITS_TRANSLATER, 0xffff, ~0U));
	EXPECT_EQ(-EINVAL, its_send(vm, GITS_TRANSLATER, 0x10000, 0));
	EXPECT_EQ(-EINVAL, its_send(vm, GITS_TRANSLATER, ~0U, 0));
	EXPECT_EQ(-ENOENT, its_send(vm, GITS_TRANSLATER + 4, 0, 0));
	EXPECT_EQ(-ENOENT, its_send(vm, 0, 0, 0));
	EXPECT_EQ(-ENOENT, its_send(vm, 1UL << 63 | GITS_TRANSLATER, 0, 0));
	EXPECT_EQ(-EFAULT, vm_ioctl(vm->fd, ARM_VCPU_SEND_MSI, NULL));
	msi.flags = 1;
	EXPECT_EQ(-EOPNOTSUPP, vm_ioctl(vm->fd, ARM_VCPU_SEND_MSI, &msi));
	msi.flags = 0;
	msi.reserved = 1;
	EXPECT_EQ(-EINVAL, vm_ioctl(vm->fd, ARM_VCPU_SEND_MSI, &msi));
	EXPECT_EQ(-ENODEV, its_send(&other, GITS_TRANSLATER, 0, 0));
	ASSERT_EQ(0, vm_configure(other.fd, 0, 0));
	EXPECT_EQ(-ENODEV, its_send(&other, GITS_TRANSLATER, 0, 0));
	ASSERT_EQ(0, vm_configure(other.fd, 0, ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-ENODEV, its_send(&other, GITS_TRANSLATER, 0, 0));
	its_place(&other);
	EXPECT_EQ(0, its_send(&other, GITS_TRANSLATER, 0, 0));
	ASSERT_EQ(0, vm_configure(other.fd, 0, ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-ENODEV, its_send(&other, GITS_TRANSLATER, 0, 0));
	close(other.fd);
}

TEST_HARNESS_MAIN
