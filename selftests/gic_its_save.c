// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that what the kernel's ITS has mapped, and LPIs that are pending, can be saved into the
 * guest's memory and restored from it, and that what is restored is looked at.
 */
#include "kselftest_harness.h"
#include "gic_state.h"
#include "lpi.h"

#define BASE	0x50000000UL

static const struct {
	u32 device, event, intid, vcpu;
} mapped[] = {
	{ DEV, 0, LPI + 100, 2 },
	{ DEV, EVENT, LPI + EVENT, 1 },
	{ DEV, 31, LPI + 8191, 0 },
	{ 8, 7, LPI + 200, 2 },
	{ 511, 0, LPI + 300, 1 },
	{ 511, 1, LPI + 301, 1 },
};

static void everything_comes_back(struct __test_metadata *_metadata, FIXTURE_DATA(lpi) *self,
				  u64 devices)
{
	u32 i;

	DO(ITS_MAPD(8, ITS_ITT + 0x100, 5), ITS_MAPD(511, ITS_ITT + 0x1000, 16 - 4));
	for (i = 0; i < ARRAY_SIZE(mapped); i++) {
		its_configure(&self->vm, mapped[i].intid, LPI_ENABLED | 0x80);
		DO(ITS_MAPTI(mapped[i].device, mapped[i].event, mapped[i].intid, mapped[i].vcpu));
	}
	SEND();
	its_msi(&self->vm, 8, 7);
	gic_taken(self->vcpu[2], LPI + 200, 0x80);
	its_msi(&self->vm, DEV, 0);
	gic_ended(self->vcpu[2], LPI + 200, RPR_IDLE);
	/* One is pending in memory, the other in a list register; saving takes neither away */
	ASSERT_EQ(0, its_save(&self->vm));
	COMES(1);
	EXPECT_IDLE(1);
	its_reset(self->vcpu[0], devices);
	EXPECT_EQ(0, its_restore(&self->vm));
	COMES(1);
	EXPECT_IDLE(1);
	gic_comes(self->vcpu[2], LPI + 100, 0x80);
	EXPECT_IDLE(2);
	for (i = 0; i < ARRAY_SIZE(mapped); i++) {
		its_msi(&self->vm, mapped[i].device, mapped[i].event);
		gic_comes(self->vcpu[mapped[i].vcpu], mapped[i].intid, 0x80);
		EXPECT_IDLE(mapped[i].vcpu);
	}
	/* And nothing else does */
	for (i = 0; i < 32; i++)
		if (i && i != EVENT && i != 31)
			its_msi(&self->vm, DEV, i);
	its_msi(&self->vm, 511, 2);
	its_msi(&self->vm, 9, 7);
	for (i = 0; i < NR; i++)
		EXPECT_IDLE(i);
	/* Devices have as many events as before */
	DO(ITS_MAPTI(8, 31, LPI + 201, 1), ITS_MAPTI(8, 32, LPI + 202, 1));
	its_configure(&self->vm, LPI + 201, LPI_ENABLED | 0x80);
	its_configure(&self->vm, LPI + 202, LPI_ENABLED | 0x80);
	DO(ITS_INVALL(1));
	its_msi(&self->vm, 8, 32);
	EXPECT_IDLE(1);
	its_msi(&self->vm, 8, 31);
	gic_comes(self->vcpu[1], LPI + 201, 0x80);
}

/* Of what the tables had before, nothing is left */
TEST_F(lpi, flat_tables_come_back)
{
	memset(vm_host(&self->vm, ITS_DEVICES), 0xff, ITS_PAGE);
	memset(vm_host(&self->vm, ITS_COLLECTIONS), 0xff, ITS_PAGE);
	memset(vm_host(&self->vm, ITS_ITT), 0xff, ITS_PAGE);
	everything_comes_back(_metadata, self, ITS_FLAT);
}

#define TWO_LEVELS	(ITS_VALID | ITS_INDIRECT | ITS_CACHED | ITS_DEVICES)

/* A device table of two levels; returns the first one */
static u64 *use_two_levels(FIXTURE_DATA(lpi) *self)
{
	u64 *level1 = vm_host(&self->vm, ITS_DEVICES);

	level1[0] = ITS_LEVEL2 | ITS_VALID;
	gic_write32(self->vcpu[0], GITS_CTLR, 0);
	its_tables(self->vcpu[0], TWO_LEVELS);
	gic_write32(self->vcpu[0], GITS_CTLR, GITS_CTLR_ENABLED);
	DO(ITS_MAPD(DEV, ITS_ITT, 5));
	return level1;
}

TEST_F(lpi, tables_of_two_levels_come_back)
{
	use_two_levels(self);
	everything_comes_back(_metadata, self, TWO_LEVELS);
}

TEST_F(lpi, what_isnt_mapped_any_more_doesnt_come_back)
{
	DO(ITS_MAPTI(DEV, OTHER, LPI + OTHER, 1));
	ASSERT_EQ(0, its_save(&self->vm));
	DO(ITS_DISCARD(DEV, EVENT), ITS_UNMAPC(2));
	ASSERT_EQ(0, its_save(&self->vm));
	its_reset(self->vcpu[0], ITS_FLAT);
	ASSERT_EQ(0, its_restore(&self->vm));
	SEND();
	EXPECT_IDLE(1);
	DO(ITS_MAPTI(DEV, EVENT, LPI + EVENT, 2));
	SEND();
	EXPECT_IDLE(2);
	DO(ITS_UNMAPD(DEV));
	ASSERT_EQ(0, its_save(&self->vm));
	its_reset(self->vcpu[0], ITS_FLAT);
	ASSERT_EQ(0, its_restore(&self->vm));
	DO(ITS_MAPTI(DEV, EVENT, LPI + EVENT, 1));
	SEND();
	EXPECT_IDLE(1);
}

/* A device whose events are a chain from entry 0 */
static int restore_chain(FIXTURE_DATA(lpi) *self, u64 device, u64 first, u64 second)
{
	u64 *devices = vm_host(&self->vm, ITS_DEVICES), *events = vm_host(&self->vm, ITS_ITT);
	int ret;

	devices[DEV] = device;
	events[0] = first;
	events[1] = second;
	ret = its_restore(&self->vm);
	SEND();
	EXPECT_IDLE(1);
	return ret;
}

TEST_F(lpi, what_is_restored_is_looked_at)
{
	u64 device = ITS_VALID | ITS_ITT | 4, event = ITS_VALID | 1UL << 48 | LPI;
	u64 *collections = vm_host(&self->vm, ITS_COLLECTIONS);

	ASSERT_EQ(0, its_save(&self->vm));
	EXPECT_EQ(ITS_VALID | 1, collections[1]);
	EXPECT_EQ(0, restore_chain(self, device, event, 0));
	EXPECT_EQ(0, restore_chain(self, device, event | 1UL << 32, event));
	EXPECT_EQ(0, restore_chain(self, device, 1UL << 32, event));
	EXPECT_EQ(0, restore_chain(self, 0, ~0UL, ~0UL));
	/* Backwards, in a circle, beyond the end, without one */
	EXPECT_EQ(-EINVAL, restore_chain(self, device, event | 1UL << 32, event | 1UL << 32));
	EXPECT_EQ(-EINVAL, restore_chain(self, device, event | 32UL << 32, event));
	EXPECT_EQ(-EINVAL, restore_chain(self, device, event | 1UL << 32, 2UL << 32));
	EXPECT_EQ(-EINVAL, restore_chain(self, device, ~0UL, ~0UL));
	/* No LPI; nowhere; no such vCPU */
	EXPECT_EQ(-EINVAL, restore_chain(self, device, ITS_VALID | (LPI - 1), 0));
	EXPECT_EQ(-EINVAL, restore_chain(self, device, ITS_VALID | (LPI + 8192), 0));
	EXPECT_EQ(-EINVAL, restore_chain(self, ITS_VALID | BASE | 4, event, 0));
	EXPECT_EQ(-EINVAL, restore_chain(self, ~0UL, event, 0));
	collections[1] = ITS_VALID | NR;
	EXPECT_EQ(-EINVAL, restore_chain(self, device, event, 0));
	collections[1] = ~0UL;
	EXPECT_EQ(-EINVAL, restore_chain(self, device, event, 0));
}

TEST_F(lpi, saving_needs_memory_and_rest)
{
	struct vm other = { .fd = vm_open() };
	void *user = map_pages(ITS_PAGE);

	/* Read-only by now */
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, ITS_PAGE, user));
	DO(ITS_MAPD(7, BASE, 2), ITS_MAPTI(7, 0, LPI, 1));
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, BASE, 0, NULL));
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_READONLY, BASE, ITS_PAGE, user));
	EXPECT_EQ(-EFAULT, its_save(&self->vm));
	munmap(user, ITS_PAGE);
	EXPECT_EQ(-EFAULT, its_save(&self->vm));
	DO(ITS_UNMAPD(7));
	EXPECT_EQ(0, its_save(&self->vm));
	vcpu_enter(self->vcpu[2], guest_spin, 0, 0);
	vcpu_start(self->vcpu[2]);
	EXPECT_TRUE(wait_for(its_save(&self->vm) == -EBUSY));
	EXPECT_EQ(-EBUSY, its_restore(&self->vm));
	vm_kick(self->vcpu[2]->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu[2]));
	EXPECT_EQ(0, its_restore(&self->vm));
	/* Without tables nothing is saved */
	its_place(&self->vm);
	EXPECT_EQ(0, its_save(&self->vm));
	EXPECT_EQ(0, its_restore(&self->vm));
	/* Without an ITS there is nothing to save */
	ASSERT_EQ(0, vm_configure(other.fd, 0, ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-ENODEV, its_save(&other));
	EXPECT_EQ(-ENODEV, its_restore(&other));
	close(other.fd);
}

/* What the guest has mapped, and taken the entry away from */
TEST_F(lpi, what_has_no_entry_any_more_cannot_be_saved)
{
	u64 *level1 = use_two_levels(self);

	ASSERT_EQ(0, its_save(&self->vm));
	level1[0] = 0;
	EXPECT_EQ(-EFAULT, its_save(&self->vm));
	DO(ITS_UNMAPD(DEV));
	EXPECT_EQ(0, its_save(&self->vm));
}

/* What the process can't read is no empty table, whose devices would be lost */
TEST_F(lpi, a_table_that_cannot_be_read_is_not_restored)
{
	u64 *level1 = use_two_levels(self);
	void *page = (void *)((unsigned long)level1 & -page_size());

	DO(ITS_MAPTI(DEV, EVENT, LPI + EVENT, 1));
	ASSERT_EQ(0, its_save(&self->vm));
	its_reset(self->vcpu[0], TWO_LEVELS);
	ASSERT_EQ(0, mprotect(page, page_size(), PROT_NONE));
	EXPECT_EQ(-EFAULT, its_restore(&self->vm));
	ASSERT_EQ(0, mprotect(page, page_size(), PROT_READ | PROT_WRITE));
	SEND();
	EXPECT_IDLE(1);
	ASSERT_EQ(0, its_restore(&self->vm));
	SEND();
	COMES(1);
}

#define ITS		ARM_VCPU_GIC_ITS_REGISTERS
#define REDIST		ARM_VCPU_GIC_REDISTRIBUTOR
#define OFFSET(reg)	((reg) - GIC_ITS)

/* In the order in which gic.rst has them restored */
static const u64 its_regs[] = {
	OFFSET(GITS_CBASER), OFFSET(GITS_CWRITER), OFFSET(GITS_CREADR), OFFSET(GITS_BASER(0)),
	OFFSET(GITS_BASER(1)),
};

static const u64 lpi_regs[] = { GICR_PROPBASER, GICR_PENDBASER, GICR_CTLR };

/* Of 64 bits, in halves */
static u64 get64(FIXTURE_DATA(lpi) *self, u32 group, u64 mpidr, u64 offset)
{
	u64 low, high;

	if (gic_get_state(&self->vm, group, mpidr, offset, &low) ||
	    gic_get_state(&self->vm, group, mpidr, offset + 4, &high))
		die("group %u has no register at %#lx", group, offset);
	return low | high << 32;
}

static void set64(FIXTURE_DATA(lpi) *self, u32 group, u64 mpidr, u64 offset, u64 value)
{
	if (gic_set_state(&self->vm, group, mpidr, offset, (u32)value) ||
	    gic_set_state(&self->vm, group, mpidr, offset + 4, value >> 32))
		die("group %u: can't write to %#lx", group, offset);
	if (get64(self, group, mpidr, offset) != value)
		die("group %u: at %#lx, %#lx has become %#lx", group, offset, value,
		    get64(self, group, mpidr, offset));
}

/* The VMM alone has it all come back, commands that were left, too */
TEST_F(lpi, registers_come_back)
{
	u64 its[ARRAY_SIZE(its_regs)], lpi[NR][ARRAY_SIZE(lpi_regs)], value;
	u32 at = gic_read32(self->vcpu[0], GITS_CWRITER), i, n;

	its_configure(&self->vm, LPI + OTHER, LPI_ENABLED | 0x80);
	DO(ITS_MAPTI(DEV, OTHER, LPI + OTHER, 2));
	SEND();
	at = gic_read32(self->vcpu[0], GITS_CWRITER);
	its_put(&self->vm, at, ITS_INT(DEV, OTHER));
	ASSERT_EQ(0, its_save(&self->vm));
	for (i = 0; i < ARRAY_SIZE(its_regs); i++)
		its[i] = get64(self, ITS, 0, its_regs[i]);
	EXPECT_EQ(at, its[1]);
	EXPECT_EQ(at, its[2]);
	for (n = 0; n < NR; n++)
		for (i = 0; i < ARRAY_SIZE(lpi_regs); i++)
			lpi[n][i] = get64(self, REDIST, n, lpi_regs[i]);

	its_place(&self->vm);
	ASSERT_EQ(0, gic_set_state(&self->vm, ARM_VCPU_GIC_DISTRIBUTOR, 0, GICD_CTLR, 3));
	/* One more than was there */
	its[1] += sizeof(struct its_command);
	for (i = 0; i < ARRAY_SIZE(its_regs); i++)
		set64(self, ITS, 0, its_regs[i], its[i]);
	ASSERT_EQ(0, its_restore(&self->vm));
	for (n = 0; n < NR; n++)
		for (i = 0; i < ARRAY_SIZE(lpi_regs); i++)
			set64(self, REDIST, n, lpi_regs[i], lpi[n][i]);
	ASSERT_EQ(0, gic_set_state(&self->vm, ITS, 0, OFFSET(GITS_CTLR), GITS_CTLR_ENABLED));
	EXPECT_EQ(0, gic_get_state(&self->vm, ITS, 0, OFFSET(GITS_CTLR), &value));
	EXPECT_EQ(GITS_CTLR_ENABLED, value);

	COMES(1);
	EXPECT_IDLE(1);
	gic_comes(self->vcpu[2], LPI + OTHER, 0x80);
	EXPECT_IDLE(2);
	EXPECT_EQ(at + sizeof(struct its_command), gic_read32(self->vcpu[0], GITS_CREADR));
	SEND();
	COMES(1);
}

/* A queue that is stalled is so afterwards; and what can't be, isn't */
TEST_F(lpi, registers_are_looked_at)
{
	struct arm_vcpu_gic_setup setup = gic_setup(GIC_SPIS, MAX_VCPUS);
	struct vm other = { .fd = vm_open() };
	u64 value, creadr = OFFSET(GITS_CREADR);
	u32 at = gic_read32(self->vcpu[0], GITS_CWRITER);

	its_put(&self->vm, at, ITS_INT(DEV, EVENT));
	ASSERT_EQ(0, gic_set_state(&self->vm, ITS, 0, creadr, at | GITS_CREADR_STALLED));
	ASSERT_EQ(0, gic_set_state(&self->vm, ITS, 0, OFFSET(GITS_CWRITER), at + 0x20));
	EXPECT_IDLE(1);
	EXPECT_EQ(at | GITS_CREADR_STALLED, gic_read32(self->vcpu[0], GITS_CREADR));
	ASSERT_EQ(0, gic_set_state(&self->vm, ITS, 0, creadr, at));
	COMES(1);
	/* Behind its end; where nothing is; whose there is none */
	ASSERT_EQ(0, gic_set_state(&self->vm, ITS, 0, creadr, ITS_PAGE));
	EXPECT_EQ(at + 0x20, gic_read32(self->vcpu[0], GITS_CREADR));
	EXPECT_EQ(0, gic_set_state(&self->vm, ITS, 0, 0xc000, ~0U));
	EXPECT_EQ(0, gic_get_state(&self->vm, ITS, 0, 0xc000, &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(-EINVAL, gic_get_state(&self->vm, ITS, 0, 0x10000, &value));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ITS, 0, 0x10040, EVENT));
	EXPECT_EQ(-EINVAL, gic_get_state(&self->vm, ITS, 0, 2, &value));
	EXPECT_EQ(-EINVAL, gic_get_state(&self->vm, ITS, 1, 0, &value));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ITS, 0, OFFSET(GITS_CTLR), 1UL << 32));
	ASSERT_EQ(0, vm_configure(other.fd, 0, ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-ENODEV, gic_get_state(&other, ITS, 0, 0, &value));
	ASSERT_EQ(0, gic_place(&other, &setup));
	EXPECT_EQ(-ENODEV, gic_get_state(&other, ITS, 0, 0, &value));
	EXPECT_EQ(-ENODEV, gic_set_state(&other, ITS, 0, 0, 0));
	close(other.fd);
}

TEST_HARNESS_MAIN
