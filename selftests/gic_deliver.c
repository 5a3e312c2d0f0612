// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what the kernel's GIC makes of interrupts: by edge and by level, by priority, group and
 * mask, in one step and in two, and where there are more than list registers.
 */
#include "kselftest_harness.h"
#include "gic_drop.h"

#define SPI		40U
#define OTHER		77U
#define PPI		20U
#define MANY		16U	/* more than list registers */
#define CALL_PAUSED	0x2010	/* between CALL_TAKEN and CALL_ENDED; as these */

FIXTURE(deliver) {
	struct vm vm;
	struct vcpu *vcpu;
	struct vgic_shared *shared;
};

FIXTURE_SETUP(deliver)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	self->vcpu = vcpu_create(&self->vm);
	self->shared = vm_host(&self->vm, GUEST_SHARED);
	gic_serve(self->vcpu);
	gic_write32(self->vcpu, GIC_DIST + GICD_CTLR, 3);
}

FIXTURE_TEARDOWN(deliver)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

/* Nothing comes */
#define EXPECT_IDLE() do {							\
	gic_idle(self->vcpu);							\
	gic_idle(self->vcpu);							\
} while (0)

TEST_F(deliver, an_edge_comes_once)
{
	int i;

	gic_make_edge(self->vcpu, SPI);
	gic_enable(self->vcpu, SPI, 0x80);
	for (i = 0; i < 3; i++) {
		gic_line(&self->vm, SPI, 1);
		gic_comes(self->vcpu, SPI, 0x80);
		EXPECT_IDLE();
		gic_line(&self->vm, SPI, 0);
		EXPECT_IDLE();
	}
	/* Also if the line has fallen again */
	gic_line(&self->vm, SPI, 1);
	gic_line(&self->vm, SPI, 0);
	gic_comes(self->vcpu, SPI, 0x80);
	EXPECT_IDLE();
}

/* One that rises while the one before is active comes after it */
TEST_F(deliver, an_edge_behind_an_active_one)
{
	gic_make_edge(self->vcpu, SPI);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 0);
	gic_line(&self->vm, SPI, 1);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	gic_comes(self->vcpu, SPI, 0x80);
	EXPECT_IDLE();
}

TEST_F(deliver, a_level_comes_while_it_is_up)
{
	int i;

	gic_enable(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	for (i = 0; i < 5; i++)
		gic_comes(self->vcpu, SPI, 0x80);
	gic_taken(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 0);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	EXPECT_IDLE();
}

/* The guest counts in its handler, and makes no exit between two of them */
TEST_F(deliver, a_level_comes_again_without_an_exit)
{
	gic_enable(self->vcpu, SPI, 0x80);
	self->shared->quiet = 1;
	gic_line(&self->vm, SPI, 1);
	vcpu_start(self->vcpu);
	EXPECT_TRUE(wait_for(READ_ONCE(self->shared->taken) > 20));
	gic_line(&self->vm, SPI, 0);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu));
	self->shared->taken = 0;
	EXPECT_IDLE();
	EXPECT_EQ(0, self->shared->taken);
}

TEST_F(deliver, the_most_urgent_first)
{
	gic_enable(self->vcpu, SPI, 0xa0);
	gic_enable(self->vcpu, OTHER, 0x40);
	gic_enable(self->vcpu, PPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, 0));
	gic_line(&self->vm, OTHER, 1);
	gic_taken(self->vcpu, OTHER, 0x40);
	gic_line(&self->vm, OTHER, 0);
	gic_ended(self->vcpu, OTHER, RPR_IDLE);
	gic_taken(self->vcpu, PPI, 0x80);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 0, 0));
	gic_ended(self->vcpu, PPI, RPR_IDLE);
	gic_taken(self->vcpu, SPI, 0xa0);
	gic_line(&self->vm, SPI, 0);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	EXPECT_IDLE();
}

static u32 nth(u32 i)
{
	return GIC_SPI + 5 + i * 3;
}

/* All at once, the least urgent first; each is ended before the next */
TEST_F(deliver, more_than_list_registers)
{
	u32 i;

	for (i = 0; i < MANY; i++) {
		gic_make_edge(self->vcpu, nth(i));
		gic_enable(self->vcpu, nth(i), 0x08 * (i + 1));
	}
	for (i = MANY; i--;)
		gic_line(&self->vm, nth(i), 1);
	for (i = 0; i < MANY; i++)
		gic_comes(self->vcpu, nth(i), 0x08 * (i + 1));
	EXPECT_IDLE();
}

/* The same without an exit in between but the GIC's own */
TEST_F(deliver, more_than_list_registers_without_an_exit)
{
	u32 i;

	for (i = 0; i < MANY; i++) {
		gic_make_edge(self->vcpu, nth(i));
		gic_enable(self->vcpu, nth(i), 0x80);
	}
	self->shared->quiet = 1;
	for (i = 0; i < MANY; i++)
		gic_line(&self->vm, nth(i), 1);
	EXPECT_IDLE();
	EXPECT_EQ(MANY, self->shared->taken);
}

/* Each in the middle of the one before, and ended in the other order */
TEST_F(deliver, one_in_the_middle_of_another)
{
	u32 i;

	self->shared->nests = 1;
	for (i = 0; i < MANY; i++) {
		gic_make_edge(self->vcpu, nth(i));
		gic_enable(self->vcpu, nth(i), 0xf0 - 8 * i);
	}
	for (i = 0; i < MANY; i++) {
		gic_line(&self->vm, nth(i), 1);
		gic_taken(self->vcpu, nth(i), 0xf0 - 8 * i);
	}
	for (i = MANY; i--;)
		gic_ended(self->vcpu, nth(i), i ? 0xf0 - 8 * (i - 1) : RPR_IDLE);
	EXPECT_IDLE();
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(0, gic_get(self->vcpu, GIC_ISACTIVER, nth(i)));
}

TEST_F(deliver, a_less_urgent_one_waits)
{
	self->shared->nests = 1;
	gic_enable(self->vcpu, SPI, 0x40);
	gic_enable(self->vcpu, OTHER, 0x80);
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu, SPI, 0x40);
	gic_line(&self->vm, OTHER, 1);
	gic_line(&self->vm, SPI, 0);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	gic_taken(self->vcpu, OTHER, 0x80);
	gic_line(&self->vm, OTHER, 0);
	gic_ended(self->vcpu, OTHER, RPR_IDLE);
	EXPECT_IDLE();
}

/* At the distributor, and at the CPU interface */
TEST_F(deliver, groups_mask)
{
	gic_enable(self->vcpu, SPI, 0x80);
	gic_write32(self->vcpu, GIC_DIST + GICD_CTLR, GROUP0);
	gic_line(&self->vm, SPI, 1);
	EXPECT_IDLE();
	gic_ask(self->vcpu, gic_word(self->vcpu, GIC_IGROUPR, SPI), 4, true, 0);
	vgic_expect(self->vcpu, CALL_TAKEN, SPI, VECTOR_FIQ, 0x80);
	gic_line(&self->vm, SPI, 0);
	vgic_expect(self->vcpu, CALL_ENDED, SPI, VECTOR_FIQ, RPR_IDLE);
	gic_idle(self->vcpu);
	vcpu_call(self->vcpu, guest_serves, 0xff, GROUP1);
	gic_idle(self->vcpu);
	gic_line(&self->vm, SPI, 1);
	EXPECT_IDLE();
	gic_line(&self->vm, SPI, 0);
}

/* Those of a group that the CPU interface has switched off are in nobody's way */
TEST_F(deliver, masked_ones_leave_room)
{
	u32 i;

	vcpu_call(self->vcpu, guest_serves, 0xff, GROUP1);
	gic_idle(self->vcpu);
	for (i = 0; i < MANY; i++) {
		gic_make_edge(self->vcpu, nth(i));
		gic_prioritize(self->vcpu, nth(i), 0x20);
		gic_set(self->vcpu, GIC_ISENABLER, nth(i));
		gic_line(&self->vm, nth(i), 1);
	}
	gic_enable(self->vcpu, PPI, 0x80);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, 0));
	gic_taken(self->vcpu, PPI, 0x80);
}

TEST_F(deliver, priority_masks)
{
	vcpu_call(self->vcpu, guest_serves, 0x80, GROUP1);
	gic_idle(self->vcpu);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	EXPECT_IDLE();
	gic_enable(self->vcpu, OTHER, 0x78);
	gic_line(&self->vm, OTHER, 1);
	gic_taken(self->vcpu, OTHER, 0x78);
	gic_line(&self->vm, OTHER, 0);
	gic_ended(self->vcpu, OTHER, RPR_IDLE);
	EXPECT_IDLE();
}

TEST_F(deliver, a_ppi)
{
	gic_enable(self->vcpu, PPI, 0x80);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, 0));
	gic_comes(self->vcpu, PPI, 0x80);
	gic_taken(self->vcpu, PPI, 0x80);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 0, 0));
	gic_ended(self->vcpu, PPI, RPR_IDLE);
	EXPECT_IDLE();
	gic_make_edge(self->vcpu, PPI);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, 0));
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 0, 0));
	gic_comes(self->vcpu, PPI, 0x80);
	EXPECT_IDLE();
}

TEST_F(deliver, disabled_ones_dont_come)
{
	gic_enable(self->vcpu, SPI, 0x80);
	gic_set(self->vcpu, GIC_ICENABLER, SPI);
	gic_line(&self->vm, SPI, 1);
	EXPECT_IDLE();
	gic_ask(self->vcpu, gic_word(self->vcpu, GIC_ISENABLER, SPI), 4, true, 1U << SPI % 32);
	gic_taken(self->vcpu, SPI, 0x80);
}

static void __guest guest_pauses(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	guest_call(CALL_TAKEN, id, vector, read_sysreg(ICC_RPR), 0);
	guest_call(CALL_PAUSED, id, vector, read_sysreg(ICC_RPR), 0);
	write_sysreg(id, ICC_EOIR1);
	guest_call(CALL_ENDED, id, vector, read_sysreg(ICC_RPR), 0);
}

/* What has come meanwhile comes behind the active one, which is in a list register */
TEST_F(deliver, disabled_and_enabled_while_active)
{
	struct vcpu *other = vcpu_create(&self->vm);

	gic_serve(other);
	vm_handler(&self->vm, VECTOR_IRQ, guest_pauses);
	gic_make_edge(self->vcpu, SPI);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu, SPI, 0x80);
	gic_set(other, GIC_ICENABLER, SPI);
	gic_line(&self->vm, SPI, 0);
	gic_line(&self->vm, SPI, 1);
	vgic_expect(self->vcpu, CALL_PAUSED, SPI, VECTOR_IRQ, 0x80);
	gic_set(other, GIC_ISENABLER, SPI);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	gic_taken(self->vcpu, SPI, 0x80);
}

/* It runs at the priority that it was acknowledged with, and so its end is found */
TEST_F(deliver, made_more_urgent_while_active)
{
	struct vcpu *other = vcpu_create(&self->vm);

	gic_serve(other);
	vm_handler(&self->vm, VECTOR_IRQ, guest_pauses);
	gic_make_edge(self->vcpu, SPI);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 0);
	gic_line(&self->vm, SPI, 1);
	gic_enable(other, SPI, 0x40);
	vgic_expect(self->vcpu, CALL_PAUSED, SPI, VECTOR_IRQ, 0x80);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	gic_taken(self->vcpu, SPI, 0x40);
	vgic_expect(self->vcpu, CALL_PAUSED, SPI, VECTOR_IRQ, 0x40);
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	EXPECT_IDLE();
	EXPECT_EQ(0, gic_read32(other, gic_word(other, GIC_ISACTIVER, SPI)));
}

/* An end of one that isn't active any more is nobody else's */
TEST_F(deliver, ended_after_it_was_deactivated)
{
	struct vcpu *other = vcpu_create(&self->vm);

	gic_serve(other);
	self->shared->nests = 1;
	gic_make_edge(self->vcpu, SPI);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_make_edge(self->vcpu, OTHER);
	gic_enable(self->vcpu, OTHER, 0x40);
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, OTHER, 1);
	gic_taken(self->vcpu, OTHER, 0x40);
	gic_set(other, GIC_ICACTIVER, OTHER);
	gic_ended(self->vcpu, OTHER, 0x80);
	EXPECT_EQ(1, gic_get(other, GIC_ISACTIVER, SPI));
	gic_ended(self->vcpu, SPI, RPR_IDLE);
	EXPECT_EQ(0, gic_get(other, GIC_ISACTIVER, SPI));
}

/* The handler of vgic.h does both EOImodes */
#define gic_dropped(vcpu, id) vgic_expect(vcpu, CALL_DROPPED, id, VECTOR_IRQ, RPR_IDLE)

TEST_F(deliver, eoimode_1)
{
	int i;

	vcpu_call(self->vcpu, guest_splits, 0xff, GROUP1);
	gic_idle(self->vcpu);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	for (i = 0; i < 3; i++) {
		gic_taken(self->vcpu, SPI, 0x80);
		gic_dropped(self->vcpu, SPI);
		if (i == 2)
			gic_line(&self->vm, SPI, 0);
		gic_ended(self->vcpu, SPI, RPR_IDLE);
	}
	EXPECT_IDLE();
}

/* Dropped, and not deactivated: more than there are list registers don't keep others away */
static void drop_many(FIXTURE_DATA(deliver) *self)
{
	u32 i;

	vm_handler(&self->vm, VECTOR_IRQ, guest_drops);
	vcpu_call(self->vcpu, guest_splits, 0xff, GROUP1);
	gic_idle(self->vcpu);
	for (i = 0; i < MANY; i++) {
		gic_make_edge(self->vcpu, nth(i));
		gic_enable(self->vcpu, nth(i), 0x80 + 8 * (i % 3));
	}
	for (i = 0; i < MANY; i++)
		gic_line(&self->vm, nth(i), 1);
	EXPECT_IDLE();
}

TEST_F(deliver, dropped_ones_leave_room)
{
	u32 i;

	drop_many(self);
	EXPECT_EQ(MANY, self->shared->taken);
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(1, gic_get(self->vcpu, GIC_ISACTIVER, nth(i))) TH_LOG("%u", i);
}

/* Each is the one that the guest names, wherever that is */
TEST_F(deliver, dropped_ones_are_deactivated_in_any_order)
{
	u32 i, j;

	drop_many(self);
	for (i = 0; i < MANY; i++) {
		gic_dir(self->vcpu, nth(i * 7 % MANY));
		for (j = 0; j < MANY; j++)
			EXPECT_EQ(j > i, gic_get(self->vcpu, GIC_ISACTIVER, nth(j * 7 % MANY)))
				TH_LOG("%u %u", i, j);
	}
	EXPECT_EQ(MANY, self->shared->taken);
}

/* By another vCPU than that which has taken it */
TEST_F(deliver, dropped_here_and_deactivated_there)
{
	struct vcpu *there = vcpu_create(&self->vm);
	int i;

	gic_serve(there);
	vm_handler(&self->vm, VECTOR_IRQ, guest_drops);
	vcpu_call(self->vcpu, guest_splits, 0xff, GROUP1);
	gic_idle(self->vcpu);
	gic_enable(self->vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 1);
	EXPECT_IDLE();
	/* With EOImode 0 there is no such thing */
	gic_dir(there, SPI);
	EXPECT_IDLE();
	EXPECT_EQ(1, self->shared->taken);
	vcpu_call(there, guest_splits, 0xff, GROUP1);
	gic_idle(there);
	for (i = 2; i < 5; i++) {
		gic_dir(there, SPI);
		EXPECT_IDLE();
		EXPECT_EQ(i, self->shared->taken);
	}
	EXPECT_EQ(1, gic_get(there, GIC_ISACTIVER, SPI));
}

TEST_HARNESS_MAIN
