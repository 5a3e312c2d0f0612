// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what becomes of MSIs: who takes them and when, what their configuration does, and the
 * tables that the guest has for them.
 */
#include "lpi.h"

#define SPI		40U
#define MANY		16U	/* more than list registers */

TEST_F(lpi, comes_once)
{
	int i;

	for (i = 0; i < 3; i++) {
		SEND();
		EXPECT_IDLE(0);
		COMES(1);
		EXPECT_IDLE(1);
	}
	/* Twice before it is taken is once; while it is being handled, again */
	SEND();
	SEND();
	gic_taken(self->vcpu[1], LPI + EVENT, 0x80);
	SEND();
	gic_ended(self->vcpu[1], LPI + EVENT, RPR_IDLE);
	COMES(1);
	EXPECT_IDLE(1);
	/* Another device, and another event */
	its_msi(&self->vm, DEV + 1, EVENT);
	its_msi(&self->vm, DEV, OTHER);
	its_msi(&self->vm, DEV, EVENT | 0x10000);
	its_msi(&self->vm, DEV, EVENT | 0x80000000);
	EXPECT_IDLE(1);
}

TEST_F(lpi, comes_by_a_command)
{
	its_ask(self->vcpu[1], ITS_INT(DEV, EVENT));
	COMES(1);
	EXPECT_IDLE(1);
}

/* A vCPU's own store is that of the device 0 */
TEST_F(lpi, comes_by_a_store)
{
	its_configure(&self->vm, LPI + 0x123, LPI_ENABLED | 0x80);
	DO(ITS_MAPD(0, ITS_ITT + 0x1000, 14), ITS_MAPI(0, LPI + 0x123, 1), ITS_SYNC(1));
	gic_write32(self->vcpu[0], GITS_TRANSLATER, LPI + 0x123);
	gic_comes(self->vcpu[1], LPI + 0x123, 0x80);
	gic_write(self->vcpu[0], GITS_TRANSLATER, 2, LPI + 0x123);
	gic_comes(self->vcpu[1], LPI + 0x123, 0x80);
	gic_write(self->vcpu[0], GITS_TRANSLATER, 1, LPI + 0x123);
	gic_write32(self->vcpu[0], GITS_TRANSLATER, (LPI + 0x123) | 0x10000);
	gic_write32(self->vcpu[0], GITS_TRANSLATER + 4, LPI + 0x123);
	EXPECT_IDLE(1);
}

TEST_F(lpi, the_most_urgent_first)
{
	its_configure(&self->vm, LPI + OTHER, LPI_ENABLED | 0x40);
	DO(ITS_MAPTI(DEV, OTHER, LPI + OTHER, 1), ITS_SYNC(1));
	gic_make_edge(self->vcpu[0], SPI);
	gic_enable(self->vcpu[0], SPI, 0x60);
	gic_route(self->vcpu[0], SPI, 1);
	SEND();
	gic_line(&self->vm, SPI, 1);
	its_msi(&self->vm, DEV, OTHER);
	gic_comes(self->vcpu[1], LPI + OTHER, 0x40);
	gic_comes(self->vcpu[1], SPI, 0x60);
	COMES(1);
	/* In the middle of another */
	self->shared->nests = 1;
	SEND();
	gic_taken(self->vcpu[1], LPI + EVENT, 0x80);
	its_msi(&self->vm, DEV, OTHER);
	gic_taken(self->vcpu[1], LPI + OTHER, 0x40);
	gic_ended(self->vcpu[1], LPI + OTHER, 0x80);
	gic_ended(self->vcpu[1], LPI + EVENT, RPR_IDLE);
	EXPECT_IDLE(1);
}

/* All over the range, the least urgent first; by INVALL, for they were mapped before */
TEST_F(lpi, more_than_list_registers)
{
	u32 i;

	for (i = 0; i < MANY; i++)
		DO(ITS_MAPTI(DEV, 8 + i, LPI + 500 * (i + 1), 1), ITS_SYNC(1));
	for (i = 0; i < MANY; i++)
		its_configure(&self->vm, LPI + 500 * (i + 1), LPI_ENABLED | (8 * (i + 1)));
	DO(ITS_INVALL(1), ITS_SYNC(1));
	for (i = MANY; i--;)
		its_msi(&self->vm, DEV, 8 + i);
	for (i = 0; i < MANY; i++)
		gic_comes(self->vcpu[1], LPI + 500 * (i + 1), 8 * (i + 1));
	EXPECT_IDLE(1);
	/* The same without an exit in between but the GIC's own */
	self->shared->quiet = 1;
	self->shared->taken = 0;
	for (i = 0; i < MANY; i++)
		its_msi(&self->vm, DEV, 8 + i);
	EXPECT_IDLE(1);
	EXPECT_EQ(MANY, self->shared->taken);
}

TEST_F(lpi, groups_mask)
{
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, GROUP0);
	SEND();
	EXPECT_IDLE(1);
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, GROUP0 | GROUP1);
	COMES(1);
	vcpu_call(self->vcpu[1], guest_serves, 0xff, GROUP0);
	gic_idle(self->vcpu[1]);
	SEND();
	EXPECT_IDLE(1);
	vcpu_call(self->vcpu[1], guest_serves, 0x80, GROUP0 | GROUP1);
	EXPECT_IDLE(1);
	vcpu_call(self->vcpu[1], guest_serves, 0x88, GROUP0 | GROUP1);
	COMES(1);
}

/* What is in the table counts when the guest says so, by command or by register */
static void reconfigure(FIXTURE_DATA(lpi) *self, int how)
{
	switch (how) {
	case 0:
		DO(ITS_INV(DEV, EVENT), ITS_SYNC(1));
		break;
	case 1:
		DO(ITS_INVALL(1), ITS_SYNC(1));
		break;
	case 2:
		gic_write(self->vcpu[0], its_redist(1) + GICR_INVLPIR, 8, LPI + EVENT);
		break;
	case 3:
		gic_write(self->vcpu[0], its_redist(1) + GICR_INVALLR, 8, 0);
		break;
	}
}

TEST_F(lpi, configuration)
{
	int how;

	for (how = 0; how < 4; how++) {
		its_configure(&self->vm, LPI + EVENT, 0x80);
		SEND();
		COMES(1);
		reconfigure(self, how);
		SEND();
		EXPECT_IDLE(1);
		its_configure(&self->vm, LPI + EVENT, LPI_ENABLED | 0x40);
		EXPECT_IDLE(1);
		reconfigure(self, how);
		gic_comes(self->vcpu[1], LPI + EVENT, 0x40);
		EXPECT_IDLE(1);
		its_configure(&self->vm, LPI + EVENT, LPI_ENABLED | 0x80);
		reconfigure(self, how);
	}
	/* Of others nothing is read, and nobody is hurt */
	its_configure(&self->vm, LPI + EVENT, 0);
	DO(ITS_INV(DEV, OTHER), ITS_INV(DEV + 1, EVENT), ITS_INVALL(7), ITS_INVALL(0xffff));
	gic_write(self->vcpu[0], its_redist(1) + GICR_INVLPIR, 8, LPI + EVENT + 1);
	gic_write(self->vcpu[0], its_redist(1) + GICR_INVLPIR, 8, LPI - 1);
	gic_write(self->vcpu[0], its_redist(1) + GICR_INVLPIR, 8, ~0UL);
	SEND();
	COMES(1);
}

TEST_F(lpi, the_its_and_the_redistributor_can_be_off)
{
	gic_write32(self->vcpu[0], GITS_CTLR, 0);
	SEND();
	gic_write32(self->vcpu[0], GITS_CTLR, GITS_CTLR_ENABLED);
	EXPECT_IDLE(1);
	SEND();
	COMES(1);
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, 0);
	SEND();
	its_enable_lpis(self->vcpu[0], 1, GICR_PTZ);
	EXPECT_IDLE(1);
	SEND();
	COMES(1);
}

/* LPIs that are pending when they are disabled are in the table then, and are read from there */
TEST_F(lpi, the_pending_table)
{
	u8 *table = vm_host(&self->vm, ITS_PENDING(1));
	const u32 at = (LPI + EVENT) / 8, bit = 1 << (LPI + EVENT) % 8;
	const u32 last = LPI + 8191;

	SEND();
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, 0);
	EXPECT_EQ(bit, table[at]);
	EXPECT_EQ(0, table[at - 1] | table[at + 1]);
	EXPECT_IDLE(1);
	its_configure(&self->vm, last, LPI_ENABLED | 0x40);
	table[last / 8] = 1 << last % 8;
	/* Below the first LPI the table is the GIC's own */
	memset(table, 0xff, LPI / 8);
	its_enable_lpis(self->vcpu[0], 1, 0);
	gic_comes(self->vcpu[1], last, 0x40);
	COMES(1);
	EXPECT_IDLE(1);
	/* Said to be zero, it isn't read */
	table[at] = bit;
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, 0);
	EXPECT_EQ(0, table[at] | table[last / 8]);
	table[at] = bit;
	its_enable_lpis(self->vcpu[0], 1, GICR_PTZ);
	EXPECT_IDLE(1);
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, 0);
	table[at] = bit;
	/* That was for once */
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, GICR_CTLR_LPIS);
	COMES(1);
}

/* They are lost, and where the table would have them is the guest's own */
TEST_F(lpi, too_few_bits_of_intid_are_no_lpis)
{
	u8 *table = vm_host(&self->vm, ITS_PENDING(1)) + LPI / 8;
	u64 redist = its_redist(1);
	u32 changed = 0, i;

	gic_write32(self->vcpu[0], redist + GICR_CTLR, 0);
	memset(table, 0xff, LPI / 8);
	gic_write(self->vcpu[0], redist + GICR_PROPBASER, 8, ITS_CONFIG | 12);
	gic_write32(self->vcpu[0], redist + GICR_CTLR, GICR_CTLR_LPIS);
	memset(table, 0x55, LPI / 8);
	SEND();
	EXPECT_IDLE(1);
	gic_write32(self->vcpu[0], redist + GICR_CTLR, 0);
	for (i = 0; i < LPI / 8; i++)
		changed += table[i] != 0x55;
	EXPECT_EQ(0, changed);
	memset(table, 0, LPI / 8);
	gic_write(self->vcpu[0], redist + GICR_PROPBASER, 8, ITS_CONFIG | 31);
	gic_write32(self->vcpu[0], redist + GICR_CTLR, GICR_CTLR_LPIS);
	EXPECT_IDLE(1);
	SEND();
	COMES(1);
}

TEST_F(lpi, wakes)
{
	gic_sleep(self->vcpu[1]);
	SEND();
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	EXPECT_EQ(1, self->shared->taken);
}

/* As many events as GET_INFO says, and one more: of two devices */
TEST_F_TIMEOUT(lpi, events_have_a_limit, 90)
{
	struct vcpu *vcpu = self->vcpu[0];
	u32 at, n = 1, max = 8192;

	DO(ITS_MAPD(1, ITS_ITT + 0x1000, 13), ITS_MAPD(2, ITS_ITT + 0x20000, 2));
	while (n < max) {
		at = gic_read32(vcpu, GITS_CWRITER);
		do
			at = its_put(&self->vm, at, ITS_MAPTI(1, n, LPI + OTHER, 1));
		while (++n < max && n % 1024);
		gic_write32(vcpu, GITS_CWRITER, at);
		ASSERT_EQ(at, gic_read32(vcpu, GITS_CREADR));
	}
	its_configure(&self->vm, LPI + OTHER, LPI_ENABLED | 0x80);
	DO(ITS_INV(1, 8191), ITS_MAPTI(2, 0, LPI + OTHER, 1));
	its_msi(&self->vm, 2, 0);
	EXPECT_IDLE(1);
	its_msi(&self->vm, 1, 8191);
	gic_comes(self->vcpu[1], LPI + OTHER, 0x80);
	DO(ITS_DISCARD(1, 1), ITS_MAPTI(2, 0, LPI + OTHER, 1), ITS_MAPTI(2, 1, LPI + OTHER, 1));
	its_msi(&self->vm, 2, 1);
	EXPECT_IDLE(1);
	its_msi(&self->vm, 2, 0);
	gic_comes(self->vcpu[1], LPI + OTHER, 0x80);
	/* A device takes its events along */
	DO(ITS_UNMAPD(1), ITS_MAPTI(2, 1, LPI + OTHER, 1));
	its_msi(&self->vm, 2, 1);
	gic_comes(self->vcpu[1], LPI + OTHER, 0x80);
}

/* A queue full of work: a kick comes in between, and the next RUN goes on with it */
TEST_F_TIMEOUT(lpi, a_kick_interrupts_commands, 90)
{
	struct vcpu *vcpu = self->vcpu[0];
	u32 at, left = ITS_PAGE / sizeof(struct its_command) - 1, n;

	at = gic_read32(vcpu, GITS_CWRITER);
	for (n = 0; n < left; n++)
		at = its_put(&self->vm, at, ITS_INVALL(1));
	gic_ask(vcpu, GITS_CWRITER, 4, true, at);
	vcpu_start(vcpu);
	ASSERT_TRUE(wait_for(gic_read32(self->vcpu[2], GITS_CWRITER) == at));
	vm_kick(vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(vcpu));
	EXPECT_NE(at, gic_read32(self->vcpu[2], GITS_CREADR));
	vcpu_start(vcpu);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(vcpu));
	EXPECT_EQ(at, gic_read32(vcpu, GITS_CREADR));
}

TEST_HARNESS_MAIN
