// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that the guest's tables are the bounds of what the kernel's ITS maps, and that it keeps to
 * its own.
 */
#include "kselftest_harness.h"
#include "its.h"

#define NR		2
#define DEV		5U

FIXTURE(tables) {
	struct vm vm;
	struct vcpu *vcpu;
};

FIXTURE_SETUP(tables)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	its_vm(&self->vm);
	while (self->vm.nr_vcpus < NR)
		vcpu_create(&self->vm);
	self->vcpu = &self->vm.vcpus[0];
	gic_serve(self->vcpu);
}

FIXTURE_TEARDOWN(tables)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

#define WRITE(addr, value)	gic_write32(self->vcpu, addr, value)
#define WRITE64(addr, value)	gic_write(self->vcpu, addr, 8, value)

/* An event of a device can be mapped, or not: an interrupt says so */
static bool maps(FIXTURE_DATA(tables) *self, u32 device, u64 itt, u32 bits, u32 event, u32 intid,
		 u32 collection)
{
	struct vgic_shared *shared = vm_host(&self->vm, GUEST_SHARED);

	its_configure(&self->vm, LPI, LPI_ENABLED | 0x80);
	its_configure(&self->vm, LPI + 8191, LPI_ENABLED | 0x80);
	shared->quiet = 1;
	shared->taken = 0;
	its_do(self->vcpu, ITS_MAPD(device, itt, bits),
	       ITS_MAPTI(device, event, intid, collection), ITS_INT(device, event), ITS_SYNC(0));
	gic_idle(self->vcpu);
	its_do(self->vcpu, ITS_DISCARD(device, event), ITS_UNMAPD(device), ITS_SYNC(0));
	return shared->taken;
}

TEST_F(tables, ids_have_bounds)
{
	its_enable(self->vcpu, ITS_FLAT);
	EXPECT_TRUE(maps(self, DEV, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_TRUE(maps(self, DEV, ITS_ITT, 2, 3, LPI + 8191, 0));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 4, LPI, 0));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, ~0U, LPI, 0));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 17, 0, LPI, 0));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 32, 0, LPI, 0));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 0, LPI - 1, 0));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 0, LPI + 8192, 0));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 0, 40, 0));
	/* No such collection, and none that can be */
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 0, LPI, NR));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 0, LPI, 1024));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 0, LPI, 65535));
	/* Of the table of events, what is used is memory that the guest can write to */
	EXPECT_FALSE(maps(self, DEV, 0x50000000, 2, 0, LPI, 0));
	EXPECT_TRUE(maps(self, DEV, GUEST_RAM + GUEST_RAM_SIZE - 256, 16, 0, LPI, 0));
	EXPECT_TRUE(maps(self, DEV, GUEST_RAM + GUEST_RAM_SIZE - 256, 16, 31, LPI, 0));
	EXPECT_FALSE(maps(self, DEV, GUEST_RAM + GUEST_RAM_SIZE - 256, 16, 32, LPI, 0));
	EXPECT_FALSE(maps(self, DEV, GUEST_RAM - 256, 16, 32, LPI, 0));
	/* 8192 devices in the table */
	EXPECT_TRUE(maps(self, 8191, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_FALSE(maps(self, 8192, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_FALSE(maps(self, 65536, ITS_ITT, 2, 0, LPI, 0));
	/* A redistributor that isn't there */
	its_do(self->vcpu, ITS_UNMAPC(0), ITS_MAPC(0, NR), ITS_MAPC(0, ~0U));
	EXPECT_FALSE(maps(self, DEV, ITS_ITT, 2, 0, LPI, 0));
	its_do(self->vcpu, ITS_MAPC(0, 0));
	EXPECT_TRUE(maps(self, DEV, ITS_ITT, 2, 0, LPI, 0));
}

TEST_F(tables, tables_of_two_levels)
{
	u64 *level1 = vm_host(&self->vm, ITS_DEVICES);

	/* Pages of 4 KiB: 512 devices each, and as many pages */
	its_enable(self->vcpu, ITS_VALID | ITS_INDIRECT | ITS_CACHED | ITS_DEVICES);
	level1[0] = ITS_LEVEL2 | ITS_VALID;
	level1[127] = ITS_LEVEL2 | 0x1000 | ITS_VALID;
	EXPECT_TRUE(maps(self, 0, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_TRUE(maps(self, 511, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_FALSE(maps(self, 512, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_FALSE(maps(self, 126 * 512, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_TRUE(maps(self, 127 * 512, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_TRUE(maps(self, 65535, ITS_ITT, 2, 0, LPI, 0));
	/* Not valid; and nowhere */
	level1[1] = ITS_LEVEL2;
	EXPECT_FALSE(maps(self, 512, ITS_ITT, 2, 0, LPI, 0));
	level1[1] = 0x50000000 | ITS_VALID;
	EXPECT_FALSE(maps(self, 512, ITS_ITT, 2, 0, LPI, 0));
	level1[1] = ITS_LEVEL2 | ITS_VALID;
	EXPECT_TRUE(maps(self, 512, ITS_ITT, 2, 0, LPI, 0));
}

TEST_F(tables, tables_have_a_size)
{
	/* 4 KiB, 16 KiB; two pages of 4 KiB */
	its_enable(self->vcpu, ITS_VALID | ITS_CACHED | ITS_DEVICES);
	EXPECT_TRUE(maps(self, 511, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_FALSE(maps(self, 512, ITS_ITT, 2, 0, LPI, 0));
	WRITE(GITS_CTLR, 0);
	its_enable(self->vcpu, ITS_VALID | ITS_CACHED | ITS_DEVICES | 1 << 8);
	EXPECT_TRUE(maps(self, 2047, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_FALSE(maps(self, 2048, ITS_ITT, 2, 0, LPI, 0));
	WRITE(GITS_CTLR, 0);
	its_enable(self->vcpu, ITS_VALID | ITS_CACHED | ITS_DEVICES | 1);
	EXPECT_TRUE(maps(self, 1023, ITS_ITT, 2, 0, LPI, 0));
	EXPECT_FALSE(maps(self, 1024, ITS_ITT, 2, 0, LPI, 0));
	/* None, and one in no memory */
	WRITE(GITS_CTLR, 0);
	its_enable(self->vcpu, ITS_CACHED | ITS_DEVICES);
	EXPECT_FALSE(maps(self, 0, ITS_ITT, 2, 0, LPI, 0));
	WRITE(GITS_CTLR, 0);
	its_enable(self->vcpu, ITS_VALID | ITS_CACHED | 0x50000000);
	EXPECT_FALSE(maps(self, 0, ITS_ITT, 2, 0, LPI, 0));
}

/* Another table has nothing of the one before; the same one has all */
TEST_F(tables, maps_belong_to_tables)
{
	struct vgic_shared *shared = vm_host(&self->vm, GUEST_SHARED);

	its_enable(self->vcpu, ITS_FLAT);
	its_configure(&self->vm, LPI, LPI_ENABLED | 0x80);
	shared->quiet = 1;
	its_do(self->vcpu, ITS_MAPD(DEV, ITS_ITT, 2), ITS_MAPTI(DEV, 0, LPI, 0));
	WRITE(GITS_CTLR, 0);
	its_msi(&self->vm, DEV, 0);
	gic_idle(self->vcpu);
	EXPECT_EQ(0, shared->taken);
	WRITE64(GITS_BASER(0), ITS_FLAT);
	WRITE(GITS_CTLR, GITS_CTLR_ENABLED);
	its_msi(&self->vm, DEV, 0);
	gic_idle(self->vcpu);
	EXPECT_EQ(1, shared->taken);
	WRITE(GITS_CTLR, 0);
	WRITE64(GITS_BASER(0), ITS_FLAT & ~ITS_VALID);
	WRITE64(GITS_BASER(0), ITS_FLAT);
	WRITE(GITS_CTLR, GITS_CTLR_ENABLED);
	its_msi(&self->vm, DEV, 0);
	gic_idle(self->vcpu);
	EXPECT_EQ(1, shared->taken);
}

TEST_HARNESS_MAIN
