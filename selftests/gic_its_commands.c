// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what each command of the ITS does to an LPI that is pending: in memory, in a list register
 * of a vCPU that rests, and in one of a vCPU that runs.
 */
#include "lpi.h"

/* Of a vCPU that waits with its interrupts masked until it is told to go on */
struct target {
	u64 there;	/* the LPI is in a list register */
	u64 go;
};

#define TARGET		((struct target *)(GUEST_SHARED + 0x2000))

/* It is pending, in a list register of a vCPU that doesn't run: that of another interrupt's end */
static void listed(FIXTURE_DATA(lpi) *self)
{
	its_configure(&self->vm, LPI + OTHER, LPI_ENABLED | 0x40);
	DO(ITS_MAPTI(DEV, OTHER, LPI + OTHER, 1), ITS_SYNC(1));
	its_msi(&self->vm, DEV, OTHER);
	gic_taken(self->vcpu[1], LPI + OTHER, 0x40);
	SEND();
	gic_ended(self->vcpu[1], LPI + OTHER, RPR_IDLE);
}

/* Pending in memory, and in a list register */
static void pending(FIXTURE_DATA(lpi) *self, int how)
{
	if (how)
		listed(self);
	else
		SEND();
}

TEST_F(lpi, clear)
{
	int how;

	for (how = 0; how < 2; how++) {
		pending(self, how);
		DO(ITS_CLEAR(DEV, EVENT), ITS_SYNC(1));
		EXPECT_IDLE(1);
		SEND();
		COMES(1);
	}
}

TEST_F(lpi, discard)
{
	int how;

	for (how = 0; how < 2; how++) {
		pending(self, how);
		DO(ITS_DISCARD(DEV, EVENT), ITS_SYNC(1));
		EXPECT_IDLE(1);
		SEND();
		EXPECT_IDLE(1);
		DO(ITS_MAPTI(DEV, EVENT, LPI + EVENT, 1));
	}
}

TEST_F(lpi, movi)
{
	int how;

	for (how = 0; how < 2; how++) {
		pending(self, how);
		DO(ITS_MOVI(DEV, EVENT, 2), ITS_SYNC(2));
		EXPECT_IDLE(1);
		COMES(2);
		SEND();
		EXPECT_IDLE(1);
		COMES(2);
		/* Where nobody is */
		DO(ITS_MOVI(DEV, EVENT, 7), ITS_MOVI(DEV, EVENT, 0xffff));
		SEND();
		COMES(2);
		DO(ITS_MOVI(DEV, EVENT, 1));
	}
}

TEST_F(lpi, movall)
{
	int how;

	for (how = 0; how < 2; how++) {
		pending(self, how);
		DO(ITS_MAPC(1, 2), ITS_SYNC(2));
		SEND();
		gic_taken(self->vcpu[2], LPI + EVENT, 0x80);
		DO(ITS_MOVALL(1, 2), ITS_MOVALL(1, 1), ITS_MOVALL(2, 77), ITS_SYNC(2));
		EXPECT_IDLE(1);
		gic_ended(self->vcpu[2], LPI + EVENT, RPR_IDLE);
		COMES(2);
		EXPECT_IDLE(2);
		DO(ITS_MAPC(1, 1), ITS_SYNC(1));
	}
}

/* To who has no LPIs, they are lost */
TEST_F(lpi, movall_to_nowhere)
{
	SEND();
	gic_write32(self->vcpu[0], its_redist(2) + GICR_CTLR, 0);
	DO(ITS_MOVALL(1, 2), ITS_SYNC(2));
	EXPECT_IDLE(1);
	its_enable_lpis(self->vcpu[0], 2, GICR_PTZ);
	EXPECT_IDLE(2);
}

TEST_F(lpi, unmapped_ones_dont_come)
{
	DO(ITS_UNMAPC(1), ITS_SYNC(1));
	SEND();
	EXPECT_IDLE(1);
	DO(ITS_MAPC(1, 1), ITS_SYNC(1));
	SEND();
	COMES(1);
	/* One that is mapped stays so */
	DO(ITS_MAPTI(DEV, EVENT, LPI + OTHER, 2), ITS_SYNC(1));
	SEND();
	COMES(1);
	DO(ITS_UNMAPD(DEV), ITS_SYNC(1));
	SEND();
	EXPECT_IDLE(1);
	DO(ITS_MAPD(DEV, ITS_ITT, 5), ITS_SYNC(1));
	SEND();
	EXPECT_IDLE(1);
	DO(ITS_MAPTI(DEV, EVENT, LPI + EVENT, 1), ITS_MAPD(DEV, ITS_ITT, 5), ITS_SYNC(1));
	SEND();
	EXPECT_IDLE(1);
}

TEST_F(lpi, disabled_in_a_list_register)
{
	listed(self);
	its_configure(&self->vm, LPI + EVENT, 0x80);
	DO(ITS_INV(DEV, EVENT), ITS_SYNC(1));
	EXPECT_IDLE(1);
	its_configure(&self->vm, LPI + EVENT, LPI_ENABLED | 0x80);
	its_ask(self->vcpu[1], ITS_INV(DEV, EVENT));
	COMES(1);
	gic_ask(self->vcpu[1], 0, 0, false, 0);
	listed(self);
	gic_write32(self->vcpu[0], its_redist(1) + GICR_CTLR, 0);
	EXPECT_IDLE(1);
	EXPECT_EQ(1 << EVENT, *((u8 *)vm_host(&self->vm, ITS_PENDING(1)) + LPI / 8));
}

/* Has the LPI in a list register, and doesn't take it */
static u64 __guest guest_has_it(u64 id)
{
	u64 patience = read_sysreg(cntvct_el0) + 10 * read_sysreg(cntfrq_el0);

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	while (read_sysreg(ICC_HPPIR1) != id)
		isb();
	WRITE_ONCE(TARGET->there, 1);
	while (!READ_ONCE(TARGET->go) && read_sysreg(cntvct_el0) < patience)
		isb();
	asm volatile("msr daifclr, #2\n isb" : : : "memory");
	isb();
	return VGIC_SHARED->taken;
}

static struct target *target(FIXTURE_DATA(lpi) *self)
{
	return vm_host(&self->vm, (u64)TARGET);
}

static void target_has_it(struct __test_metadata *_metadata, FIXTURE_DATA(lpi) *self)
{
	self->shared->quiet = 1;
	vcpu_call(self->vcpu[1], guest_has_it, LPI + EVENT, 0);
	vcpu_start(self->vcpu[1]);
	SEND();
	ASSERT_TRUE(wait_for(READ_ONCE(target(self)->there)));
}

static u64 target_ends(struct __test_metadata *_metadata, FIXTURE_DATA(lpi) *self)
{
	WRITE_ONCE(target(self)->go, 1);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	EXPECT_EQ(CALL_DONE, self->vcpu[1]->run->call.immediate);
	return self->vcpu[1]->run->x[0];
}

TEST_F(lpi, is_taken_by_a_vcpu_that_runs)
{
	target_has_it(_metadata, self);
	SEND();
	EXPECT_EQ(1, target_ends(_metadata, self));
}

/* Once the command is done, it is too late for the interrupt */
static void recalled(struct __test_metadata *_metadata, FIXTURE_DATA(lpi) *self,
		     struct its_command command)
{
	target_has_it(_metadata, self);
	DO(command, ITS_SYNC(1));
	EXPECT_EQ(0, target_ends(_metadata, self));
}

TEST_F(lpi, moved_away_by_another)
{
	recalled(_metadata, self, ITS_MOVI(DEV, EVENT, 2));
	EXPECT_IDLE(2);
	EXPECT_EQ(1, self->shared->taken);
}

TEST_F(lpi, all_moved_away_by_another)
{
	recalled(_metadata, self, ITS_MOVALL(1, 2));
	EXPECT_IDLE(2);
	EXPECT_EQ(1, self->shared->taken);
}

TEST_F(lpi, cleared_by_another)
{
	recalled(_metadata, self, ITS_CLEAR(DEV, EVENT));
}

TEST_F(lpi, discarded_by_another)
{
	recalled(_metadata, self, ITS_DISCARD(DEV, EVENT));
}

TEST_F(lpi, disabled_by_another)
{
	target_has_it(_metadata, self);
	its_configure(&self->vm, LPI + EVENT, 0x80);
	DO(ITS_INV(DEV, EVENT), ITS_SYNC(1));
	EXPECT_EQ(0, target_ends(_metadata, self));
}

TEST_F(lpi, a_group_switched_off_by_another)
{
	target_has_it(_metadata, self);
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, GROUP0);
	EXPECT_EQ(0, target_ends(_metadata, self));
}

TEST_HARNESS_MAIN
