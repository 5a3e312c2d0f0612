// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the state of the kernel's GIC as a VMM reads and writes it, piece by piece: which pieces
 * there are, what they can be, and what they are while an interrupt is under way.
 */
#include "kselftest_harness.h"
#include "gic_state.h"

#define PPI		20U
#define SPI		40U
#define PRIORITY	0x80
#define NR		2

#define DIST		ARM_VCPU_GIC_DISTRIBUTOR
#define REDIST		ARM_VCPU_GIC_REDISTRIBUTOR
#define ICC		ARM_VCPU_GIC_CPU_INTERFACE
#define LINES		ARM_VCPU_GIC_LINES
#define HELD		ARM_VCPU_GIC_HELD

#define PMR		ICC_ENCODING(4, 6, 0)
#define BPR0		ICC_ENCODING(12, 8, 3)
#define AP0R(n)		(ICC_ENCODING(12, 8, 4) + (n))
#define AP1R(n)		(ICC_ENCODING(12, 9, 0) + (n))
#define BPR1		ICC_ENCODING(12, 12, 3)
#define CTLR		ICC_ENCODING(12, 12, 4)
#define SRE		ICC_ENCODING(12, 12, 5)
#define IGRPEN0		ICC_ENCODING(12, 12, 6)
#define IGRPEN1		ICC_ENCODING(12, 12, 7)

FIXTURE(state) {
	struct vm vm;
	struct vcpu *vcpu[NR];
};

FIXTURE_SETUP(state)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
}

FIXTURE_TEARDOWN(state)
{
	if (self->vcpu[0])
		vm_destroy(&self->vm);
}

#define EXPECT_STATE(wanted, group, mpidr, offset) do {				\
	u64 value_;								\
										\
	EXPECT_EQ(0, gic_get_state(&self->vm, group, mpidr, offset, &value_));	\
	EXPECT_EQ(wanted, value_) TH_LOG("%#lx", (u64)(offset));		\
} while (0)

#define SET_STATE(group, mpidr, offset, value) \
	ASSERT_EQ(0, gic_set_state(&self->vm, group, mpidr, offset, value))

/* Both commands refuse it */
#define EXPECT_NOT(error, group, mpidr, offset, value) do {			\
	u64 value_;								\
										\
	EXPECT_EQ(-(error), gic_get_state(&self->vm, group, mpidr, offset, &value_))	\
		TH_LOG("%#lx", (u64)(offset));					\
	EXPECT_EQ(-(error), gic_set_state(&self->vm, group, mpidr, offset, value))	\
		TH_LOG("%#lx", (u64)(offset));					\
} while (0)

TEST_F(state, pieces_that_there_are_not)
{
	u64 encoding, value, aprs = 1UL << (ICH_VTR_PRE_BITS(vgic_vtr()) - 5);

	EXPECT_NOT(EINVAL, 5, 0, 0, 0);
	EXPECT_NOT(EINVAL, ~0U, 0, 0, 0);
	/* Of frames: within, and aligned */
	EXPECT_NOT(EINVAL, DIST, 0, 2, 0);
	EXPECT_NOT(EINVAL, DIST, 0, 0x10000, 0);
	EXPECT_NOT(EINVAL, DIST, 0, 1UL << 32, 0);
	EXPECT_NOT(EINVAL, REDIST, 0, 1, 0);
	EXPECT_NOT(EINVAL, REDIST, 0, 0x20000, 0);
	EXPECT_NOT(EINVAL, REDIST, 0, ~3UL, 0);
	/* What isn't there in a frame is as for the guest */
	SET_STATE(DIST, 0, 0xc000, ~0U);
	EXPECT_STATE(0, DIST, 0, 0xc000);
	/* Of vCPUs */
	EXPECT_NOT(EINVAL, DIST, 1, 0, 0);
	EXPECT_NOT(ENOENT, REDIST, NR, 0, 0);
	EXPECT_NOT(ENOENT, ICC, NR, PMR, 0);
	EXPECT_NOT(ENOENT, LINES, NR, 0, 0);
	EXPECT_NOT(EINVAL, REDIST, 1UL << 24, 0, 0);
	EXPECT_NOT(EINVAL, LINES, 1, 32, 0);
	/* Lines by 32 */
	EXPECT_NOT(EINVAL, LINES, 0, 33, 0);
	EXPECT_NOT(EINVAL, LINES, 0, GIC_SPI + GIC_SPIS, 0);
	EXPECT_NOT(EINVAL, LINES, 0, 1UL << 32, 0);
	EXPECT_NOT(EINVAL, LINES, 0, 1UL << 37 | GIC_SPI, 0);
	/* SPIs, the same */
	EXPECT_NOT(EINVAL, HELD, 0, 0, 0);
	EXPECT_NOT(EINVAL, HELD, 0, 33, 0);
	EXPECT_NOT(EINVAL, HELD, 0, GIC_SPI + GIC_SPIS, 0);
	EXPECT_NOT(EINVAL, HELD, 0, 1UL << 37 | GIC_SPI, 0);
	EXPECT_NOT(ENOENT, HELD, NR, GIC_SPI, 0);
	/* Registers of a CPU interface: of all, these */
	for (encoding = 0; encoding < 1 << 16; encoding++) {
		bool there = encoding == PMR || encoding == BPR0 || encoding == BPR1 ||
			     encoding == CTLR || encoding == SRE || encoding == IGRPEN0 ||
			     encoding == IGRPEN1 || encoding - AP0R(0) < aprs ||
			     encoding - AP1R(0) < aprs;

		/* These, what is near them, and some more */
		if (there || encoding % 64 == 1 || encoding > 0xc600)
			ASSERT_EQ(there ? 0 : -ENOENT,
				  gic_get_state(&self->vm, ICC, 0, encoding, &value))
				TH_LOG("%#lx", encoding);
	}
	EXPECT_NOT(ENOENT, ICC, 0, PMR | 1UL << 16, 0);
	EXPECT_NOT(ENOENT, ICC, 0, PMR | 1UL << 32, 0);
}

TEST_F(state, values_that_they_cannot_have)
{
	u64 ctlr, value;

	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, DIST, 0, GICD_CTLR, 1UL << 32));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, REDIST, 0, GICR_WAKER, 1UL << 32));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, LINES, 0, 0, 1UL << 32));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ICC, 0, PMR, 0x100));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ICC, 0, BPR0, 8));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ICC, 0, BPR1, 8));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ICC, 0, IGRPEN0, 2));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ICC, 0, IGRPEN1, 2));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ICC, 0, AP1R(0), 1UL << 32));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, ICC, 0, SRE, 6));
	/* All of the CPU's, and two of the guest's */
	ASSERT_EQ(0, gic_get_state(&self->vm, ICC, 0, CTLR, &ctlr));
	for (value = 1; value; value <<= 1)
		EXPECT_EQ(value & 3 ? 0 : -EINVAL,
			  gic_set_state(&self->vm, ICC, 0, CTLR, ctlr ^ value))
			TH_LOG("%#lx", value);
}

TEST_F(state, not_while_one_runs)
{
	u64 before = vcpu_stat(self->vcpu[1], ARM_VCPU_STAT_INTERRUPT);

	vcpu_enter(self->vcpu[1], guest_spin, 0, 0);
	vcpu_start(self->vcpu[1]);
	/* Its thread is in the guest when the host's interrupts take it out */
	wait_for(vcpu_stat(self->vcpu[1], ARM_VCPU_STAT_INTERRUPT) > before);
	EXPECT_NOT(EBUSY, DIST, 0, GICD_CTLR, 3);
	EXPECT_NOT(EBUSY, REDIST, 0, GICR_WAKER, 0);
	vm_kick(self->vcpu[1]->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu[1]));
	EXPECT_STATE(GICD_CTLR_ARE | GICD_CTLR_DS, DIST, 0, GICD_CTLR);
	SET_STATE(DIST, 0, GICD_CTLR, 3);
	EXPECT_STATE(GICD_CTLR_ARE | GICD_CTLR_DS | 3, DIST, 0, GICD_CTLR);
}

TEST_F(state, only_of_a_gic_that_is_somewhere)
{
	struct vm vm;
	u64 value;

	vm_create(&vm);
	EXPECT_EQ(-ENODEV, gic_get_state(&vm, DIST, 0, GICD_CTLR, &value));
	EXPECT_EQ(-ENODEV, gic_set_state(&vm, DIST, 0, GICD_CTLR, 0));
	vm_replace(&vm, 0, ARM_VCPU_CONFIG_GIC);
	EXPECT_EQ(-ENODEV, gic_get_state(&vm, DIST, 0, GICD_CTLR, &value));
	EXPECT_EQ(-ENODEV, gic_set_state(&vm, DIST, 0, GICD_CTLR, 0));
	vm_destroy(&vm);
}

TEST_F(state, is_a_struct_as_the_others)
{
	struct {
		struct arm_vcpu_gic_state state;
		u64 more;
	} arg = { .state = { .size = sizeof(arg), .offset = GICD_CTLR } };

	EXPECT_EQ(0, vm_ioctl(self->vm.fd, ARM_VCPU_GET_GIC_STATE, &arg));
	EXPECT_EQ(GICD_CTLR_ARE | GICD_CTLR_DS, arg.state.value);
	arg.more = 1;
	arg.state.size = sizeof(arg);
	EXPECT_EQ(-E2BIG, vm_ioctl(self->vm.fd, ARM_VCPU_GET_GIC_STATE, &arg));
	EXPECT_EQ(-E2BIG, vm_ioctl(self->vm.fd, ARM_VCPU_SET_GIC_STATE, &arg));
	EXPECT_EQ(-EFAULT, vm_ioctl(self->vm.fd, ARM_VCPU_GET_GIC_STATE, NULL));
	EXPECT_EQ(-EFAULT, vm_ioctl(self->vm.fd, ARM_VCPU_SET_GIC_STATE, NULL));
	arg.state.size = 3;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vm.fd, ARM_VCPU_SET_GIC_STATE, &arg));
}

/* The guest sees what was set, and the VMM what the guest has set */
TEST_F(state, a_cpu_interface_is_the_guests)
{
	u64 ctlr;

	SET_STATE(ICC, 1, PMR, 0x48);
	SET_STATE(ICC, 1, IGRPEN0, 0);
	SET_STATE(ICC, 1, BPR1, 5);
	ASSERT_EQ(0, gic_get_state(&self->vm, ICC, 1, CTLR, &ctlr));
	SET_STATE(ICC, 1, CTLR, ctlr | ICC_CTLR_CBPR);
	EXPECT_STATE(0x48, ICC, 1, PMR);
	EXPECT_STATE(0, ICC, 1, IGRPEN0);
	EXPECT_STATE(1, ICC, 1, IGRPEN1);
	EXPECT_STATE(5, ICC, 1, BPR1);
	EXPECT_STATE(7, ICC, 1, SRE);
	EXPECT_STATE(0xff & ~((1 << (8 - ICH_VTR_PRI_BITS(vgic_vtr()))) - 1), ICC, 0, PMR);
	gic_idle(self->vcpu[1]);
	EXPECT_STATE(0x48, ICC, 1, PMR);
	EXPECT_STATE(ctlr | ICC_CTLR_CBPR, ICC, 1, CTLR);
	EXPECT_STATE(5, ICC, 1, BPR1);
	/* Masked */
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_route(self->vcpu[0], SPI, 1);
	gic_enable(self->vcpu[0], SPI, PRIORITY);
	gic_line(&self->vm, SPI, 1);
	gic_idle(self->vcpu[1]);
	SET_STATE(ICC, 1, PMR, 0xf0);
	gic_taken(self->vcpu[1], SPI, PRIORITY);
}

TEST_F(state, an_interrupt_under_way)
{
	u64 bit = 1U << SPI % 32, word = SPI / 32 * 4;

	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_enable(self->vcpu[0], SPI, PRIORITY);
	/* By its line: that alone says so */
	gic_line(&self->vm, SPI, 1);
	EXPECT_STATE(bit, LINES, 0, SPI / 32 * 32);
	EXPECT_STATE(0, DIST, 0, GIC_ISPENDR + word);
	gic_taken(self->vcpu[0], SPI, PRIORITY);
	EXPECT_STATE(bit, DIST, 0, GIC_ISACTIVER + word);
	EXPECT_STATE(1U << PRIORITY / 8, ICC, 0, AP1R(0));
	SET_STATE(LINES, 0, SPI / 32 * 32, 0);
	gic_ended(self->vcpu[0], SPI, RPR_IDLE);
	EXPECT_STATE(0, DIST, 0, GIC_ISACTIVER + word);
	EXPECT_STATE(0, ICC, 0, AP1R(0));
	gic_idle(self->vcpu[0]);
	SET_STATE(LINES, 0, SPI / 32 * 32, bit);
	gic_taken(self->vcpu[0], SPI, PRIORITY);
	gic_line(&self->vm, SPI, 0);
	gic_ended(self->vcpu[0], SPI, RPR_IDLE);
	/* By a latch: it is what is written, and the clear register is nothing */
	SET_STATE(DIST, 0, GIC_ISPENDR + word, bit | 1);
	EXPECT_STATE(bit | 1, DIST, 0, GIC_ISPENDR + word);
	EXPECT_STATE(0, DIST, 0, GIC_ICPENDR + word);
	SET_STATE(DIST, 0, GIC_ICPENDR + word, ~0U);
	SET_STATE(DIST, 0, GIC_ISPENDR + word, bit);
	EXPECT_STATE(bit, DIST, 0, GIC_ISPENDR + word);
	EXPECT_STATE(0, LINES, 0, SPI / 32 * 32);
	gic_comes(self->vcpu[0], SPI, PRIORITY);
	gic_idle(self->vcpu[0]);
}

/* Who has it, and not who it is for: in the same VM, it goes there and back */
TEST_F(state, an_active_one_that_was_routed_away)
{
	u64 bit = 1U << SPI % 32;

	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_make_edge(self->vcpu[0], SPI);
	gic_enable(self->vcpu[0], SPI, PRIORITY);
	gic_line(&self->vm, SPI, 1);
	gic_taken(self->vcpu[0], SPI, PRIORITY);
	gic_route(self->vcpu[1], SPI, 1);
	EXPECT_STATE(bit, HELD, 0, GIC_SPI);
	EXPECT_STATE(0, HELD, 1, GIC_SPI);
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, HELD, 1, GIC_SPI, bit | 1));
	EXPECT_EQ(-EINVAL, gic_set_state(&self->vm, HELD, 1, GIC_SPI, bit | 1UL << 32));
	SET_STATE(HELD, 1, GIC_SPI, bit);
	EXPECT_STATE(bit, HELD, 1, GIC_SPI);
	EXPECT_STATE(0, HELD, 0, GIC_SPI);
	SET_STATE(HELD, 0, GIC_SPI, bit);
	gic_idle(self->vcpu[1]);
	gic_ended(self->vcpu[0], SPI, RPR_IDLE);
	EXPECT_STATE(0, HELD, 0, GIC_SPI);
	EXPECT_EQ(0, gic_get(self->vcpu[1], GIC_ISACTIVER, SPI));
}

/* Lines of PPIs, and what was sent to a vCPU that hasn't looked since */
TEST_F(state, a_redistributor)
{
	u64 bit = 1U << PPI;

	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	gic_enable(self->vcpu[1], PPI, PRIORITY);
	SET_STATE(LINES, 1, 0, ~0U);
	/* No SGIs, and no timers */
	EXPECT_STATE(0xffff0000 & ~(1U << 27 | 1U << 30), LINES, 1, 0);
	EXPECT_STATE(0, LINES, 0, 0);
	SET_STATE(LINES, 1, 0, bit);
	gic_taken(self->vcpu[1], PPI, PRIORITY);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 0, 1));
	EXPECT_STATE(0, LINES, 1, 0);
	gic_ended(self->vcpu[1], PPI, RPR_IDLE);
	gic_make_edge(self->vcpu[1], PPI);
	ASSERT_EQ(0, gic_set_irq(&self->vm, PPI, 1, 1));
	EXPECT_STATE(bit, REDIST, 1, GIC_SGIS + GIC_ISPENDR);
	SET_STATE(REDIST, 1, GIC_SGIS + GIC_ISPENDR, 0);
	gic_idle(self->vcpu[1]);
	gic_idle(self->vcpu[1]);
	/* No edge */
	SET_STATE(LINES, 1, 0, 0);
	SET_STATE(LINES, 1, 0, bit);
	EXPECT_STATE(0, REDIST, 1, GIC_SGIS + GIC_ISPENDR);
	gic_idle(self->vcpu[1]);
}

TEST_HARNESS_MAIN
