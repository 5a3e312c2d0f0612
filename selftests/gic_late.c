// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows a GIC that comes late: ADD_GIC, to a VM that has memory and vCPUs already; and SET_GIC with
 * KEEP, which has frames appear or move, and an ITS come, and leaves everything else as it is.
 */
#include "kselftest_harness.h"
#include "its.h"

#define SPI	40U

FIXTURE(late) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_gic_setup setup;
};

FIXTURE_SETUP(late)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	vm_create(&self->vm);
	vm_handler(&self->vm, VECTOR_IRQ, guest_interrupt);
	vm_handler(&self->vm, VECTOR_FIQ, guest_interrupt);
	self->vcpu = vcpu_create(&self->vm);
	self->setup = gic_setup(GIC_SPIS, 4);
}

FIXTURE_TEARDOWN(late)
{
	if (self->vm.ram)
		vm_destroy(&self->vm);
}

static int add(struct vm *vm)
{
	return vm_ioctl(vm->fd, ARM_VCPU_ADD_GIC, NULL);
}

static int place(FIXTURE_DATA(late) *self)
{
	return gic_place(&self->vm, &self->setup);
}

TEST(where_the_flag_is)
{
	struct vm vm = { .fd = vm_open() };

	EXPECT_EQ(vgic_vtr() ? 0 : -EOPNOTSUPP, add(&vm));
	EXPECT_EQ(-EINVAL, vm_ioctl(vm.fd, ARM_VCPU_ADD_GIC, &vm));
	close(vm.fd);
}

TEST_F(late, once_and_with_nothing_that_excludes_it)
{
	static const u64 others[] = {
		ARM_VCPU_CONFIG_VGIC, ARM_VCPU_CONFIG_SGI_EXITS,
		ARM_VCPU_CONFIG_VGIC | ARM_VCPU_CONFIG_SGI_EXITS,
	};
	struct vm vm = { .fd = vm_open() };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		ASSERT_EQ(0, vm_configure(vm.fd, 0, others[i]));
		EXPECT_EQ(-EINVAL, add(&vm));
	}
	ASSERT_EQ(0, vm_configure(vm.fd, 0, ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-EEXIST, add(&vm));
	/* CONFIGURE says what there is: there is none then */
	ASSERT_EQ(0, vm_configure(vm.fd, 0, 0));
	EXPECT_EQ(-ENODEV, gic_place(&vm, &self->setup));
	EXPECT_EQ(0, add(&vm));
	EXPECT_EQ(0, gic_place(&vm, &self->setup));
	EXPECT_EQ(-EEXIST, add(&vm));
	close(vm.fd);
}

TEST_F(late, not_after_a_vcpu_has_run)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_expect(self->vcpu, HYPERCALL);
	EXPECT_EQ(-EBUSY, add(&self->vm));
	EXPECT_EQ(-ENODEV, place(self));
	/* Nothing has changed: it has lines */
	self->vcpu->run->lines = ARM_VCPU_LINE_IRQ;
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	vcpu_expect(self->vcpu, HYPERCALL);
}

static void expect_spi(FIXTURE_DATA(late) *self, struct vcpu *vcpu)
{
	gic_write32(vcpu, GIC_DIST + GICD_CTLR, 3);
	gic_enable(vcpu, SPI, 0x80);
	gic_route(vcpu, SPI, vcpu->index);
	gic_line(&self->vm, SPI, 1);
	gic_taken(vcpu, SPI, 0x80);
	gic_line(&self->vm, SPI, 0);
	gic_ended(vcpu, SPI, RPR_IDLE);
	gic_idle(vcpu);
}

/* One that has been entered and one that hasn't, and one that is made afterwards */
TEST_F(late, all_vcpus_have_their_part_of_it)
{
	struct vcpu *before = vcpu_create(&self->vm), *after;

	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, vm_gpa(guest_hvc), 0, 0, 0, 0));
	ASSERT_EQ(0, add(&self->vm));
	after = vcpu_create(&self->vm);
	ASSERT_EQ(0, place(self));
	self->vcpu->run->lines = ARM_VCPU_LINE_IRQ;
	vcpu_expect(self->vcpu, FAIL_ENTRY);
	self->vcpu->run->lines = 0;
	vcpu_expect(self->vcpu, HYPERCALL);
	gic_serve(self->vcpu);
	gic_serve(before);
	gic_serve(after);
	expect_spi(self, self->vcpu);
	expect_spi(self, before);
	expect_spi(self, after);
	EXPECT_EQ(2, gic_read32(after, GIC_REDIST + 2 * GIC_REDIST_SIZE + GICR_TYPER + 4));
}

/* Without SET_ENTRY in between: what ADD_GIC has made of its CPU interface is what it has */
TEST_F(late, one_that_was_entered_before_takes_interrupts)
{
	vcpu_call(self->vcpu, guest_serves, 0xff, GROUP0 | GROUP1);
	ASSERT_EQ(0, add(&self->vm));
	ASSERT_EQ(0, place(self));
	gic_ask(self->vcpu, 0, 0, false, 0);
	gic_idle(self->vcpu);
	expect_spi(self, self->vcpu);
}

/* A VM with a GIC whose guest serves */
static void serve(FIXTURE_DATA(late) *self)
{
	if (add(&self->vm) || place(self))
		die("no GIC");
	gic_serve(self->vcpu);
}

static void __guest guest_finds_it(void)
{
	GUEST_ASSERT_EQ(read_sysreg(id_aa64pfr0_el1) >> 24 & 0xf, 1);
}

TEST_F(late, one_that_was_entered_before_finds_it_in_its_id_registers)
{
	vcpu_call(self->vcpu, guest_finds_it, 0, 0);
	ASSERT_EQ(0, add(&self->vm));
	ASSERT_EQ(0, place(self));
	vcpu_expect_call(self->vcpu, CALL_DONE);
}

TEST_F(late, what_is_kept)
{
	struct arm_vcpu_gic_setup *setup = &self->setup;

	setup->flags = ARM_VCPU_GIC_KEEP;
	EXPECT_EQ(-ENODEV, place(self));
	ASSERT_EQ(0, add(&self->vm));
	EXPECT_EQ(-EINVAL, place(self));
	setup->flags = ARM_VCPU_GIC_ITS;
	setup->its = GIC_ITS;
	ASSERT_EQ(0, place(self));
	setup->flags = ARM_VCPU_GIC_ITS | ARM_VCPU_GIC_KEEP;
	EXPECT_EQ(0, place(self));
	setup->spis = GIC_SPIS + 32;
	EXPECT_EQ(-EINVAL, place(self));
	setup->spis = GIC_SPIS;
	setup->distributor = GIC_ITS;
	EXPECT_EQ(-EINVAL, place(self));
	setup->distributor = GUEST_RAM;
	EXPECT_EQ(-EEXIST, place(self));
	setup->distributor = GIC_DIST;
	setup->flags = ARM_VCPU_GIC_KEEP;
	setup->its = 0;
	EXPECT_EQ(-EINVAL, place(self));
}

TEST_F(late, frames_move_and_all_else_stays)
{
	u64 there = GIC_DIST + 0x40000;

	serve(self);
	gic_write32(self->vcpu, GIC_DIST + GIC_IGROUPR + 4, 0x12345678);
	gic_line(&self->vm, SPI, 1);
	self->setup.flags = ARM_VCPU_GIC_KEEP;
	self->setup.distributor = there;
	ASSERT_EQ(0, place(self));
	EXPECT_EQ(0x12345678, gic_read32(self->vcpu, there + GIC_IGROUPR + 4));
	EXPECT_EQ(1U << (SPI - 32), gic_read32(self->vcpu, there + GIC_ISPENDR + 4));
	/* Where it was is nothing */
	gic_ask(self->vcpu, GIC_DIST, 4, false, 0);
	vcpu_expect(self->vcpu, MMIO_READ);
}

TEST_F(late, one_that_is_nowhere_appears)
{
	self->setup.distributor = ARM_VCPU_GIC_NOWHERE;
	self->setup.redistributors[0].addr = ARM_VCPU_GIC_NOWHERE;
	ASSERT_EQ(0, add(&self->vm));
	EXPECT_EQ(-EINVAL, place(self));
	self->setup.redistributors[0] = (struct arm_vcpu_gic_region) { };
	ASSERT_EQ(0, place(self));
	gic_serve(self->vcpu);
	gic_ask(self->vcpu, GIC_DIST, 4, false, 0);
	vcpu_expect(self->vcpu, MMIO_READ);
	gic_idle(self->vcpu);
	/* But there: it has its lines */
	gic_line(&self->vm, SPI, 1);
	self->setup = gic_setup(GIC_SPIS, 4);
	self->setup.flags = ARM_VCPU_GIC_KEEP;
	ASSERT_EQ(0, place(self));
	EXPECT_EQ(1U << (SPI - 32), gic_read32(self->vcpu, GIC_DIST + GIC_ISPENDR + 4));
	EXPECT_EQ(0, gic_read32(self->vcpu, GIC_REDIST + GICR_TYPER + 4));
}

TEST_F(late, an_its_comes_and_moves)
{
	serve(self);
	gic_write32(self->vcpu, GIC_DIST + GIC_IGROUPR + 4, 0x12345678);
	EXPECT_EQ(-ENOENT, its_send(&self->vm, GITS_TRANSLATER, 0, 0));
	EXPECT_FALSE(gic_read32(self->vcpu, GIC_DIST + GICD_TYPER) & TYPER_LPIS);
	self->setup.flags = ARM_VCPU_GIC_ITS | ARM_VCPU_GIC_KEEP;
	self->setup.its = ARM_VCPU_GIC_NOWHERE;
	ASSERT_EQ(0, place(self));
	EXPECT_TRUE(gic_read32(self->vcpu, GIC_DIST + GICD_TYPER) & TYPER_LPIS);
	EXPECT_EQ(-ENOENT, its_send(&self->vm, GITS_TRANSLATER, 0, 0));
	self->setup.its = GIC_ITS;
	ASSERT_EQ(0, place(self));
	EXPECT_EQ(0x12345678, gic_read32(self->vcpu, GIC_DIST + GIC_IGROUPR + 4));
	gic_write(self->vcpu, GITS_CBASER, 8, ITS_VALID | ITS_CACHED | ITS_QUEUE | 0xf);
	EXPECT_EQ(0, its_send(&self->vm, GITS_TRANSLATER, 0, 0));
	self->setup.its = GIC_ITS + 0x20000;
	ASSERT_EQ(0, place(self));
	EXPECT_EQ(-ENOENT, its_send(&self->vm, GITS_TRANSLATER, 0, 0));
	EXPECT_EQ(ITS_VALID | ITS_CACHED | ITS_QUEUE | 0xf,
		  gic_read(self->vcpu, GITS_CBASER + 0x20000, 8));
}

TEST_F(late, frames_do_not_move_while_a_vcpu_runs)
{
	serve(self);
	self->setup.flags = ARM_VCPU_GIC_KEEP;
	vcpu_enter(self->vcpu, guest_spin, 0, 0);
	vcpu_start(self->vcpu);
	EXPECT_TRUE(wait_for(place(self) == -EBUSY));
	vm_kick(self->vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	EXPECT_EQ(0, place(self));
}

TEST_HARNESS_MAIN
