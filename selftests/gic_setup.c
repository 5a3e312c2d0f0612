// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the rules of a GIC in the kernel: where CONFIGURE takes it, where SET_GIC can put it and
 * when, and what SET_IRQ takes.
 */
#include "kselftest_harness.h"
#include "gic_vm.h"

#define KIB64	0x10000UL

TEST(the_flag_is_where_list_registers_are)
{
	struct arm_vcpu_info info;
	int fd = vm_open();
	bool there;

	ASSERT_EQ(0, vm_info(fd, &info));
	there = info.config_flags & ARM_VCPU_CONFIG_GIC;
	EXPECT_EQ(!!(info.config_flags & ARM_VCPU_CONFIG_VGIC), there);
	EXPECT_EQ(!!info.ich_vtr, there);
	EXPECT_EQ(there ? 0 : -EOPNOTSUPP, vm_configure(fd, 0, ARM_VCPU_CONFIG_GIC));
	close(fd);
}

FIXTURE(setup) {
	struct vm vm;
	struct arm_vcpu_gic_setup setup;
	struct arm_vcpu_info info;
};

FIXTURE_SETUP(setup)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	vm_create(&self->vm);
	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_GIC);
	self->setup = gic_setup(GIC_SPIS, 4);
	ASSERT_EQ(0, vm_info(self->vm.fd, &self->info));
}

FIXTURE_TEARDOWN(setup)
{
	if (self->vm.ram)
		vm_destroy(&self->vm);
}

static int place(FIXTURE_DATA(setup) *self)
{
	return gic_place(&self->vm, &self->setup);
}

TEST_F(setup, flags_that_exclude_it)
{
	static const u64 others[] = {
		ARM_VCPU_CONFIG_VGIC, ARM_VCPU_CONFIG_SGI_EXITS,
		ARM_VCPU_CONFIG_VGIC | ARM_VCPU_CONFIG_SGI_EXITS,
	};
	int fd = vm_open();
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		EXPECT_EQ(-EINVAL, vm_configure(fd, 0, ARM_VCPU_CONFIG_GIC | others[i]));
	if (self->info.config_flags & ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS)
		EXPECT_EQ(-EINVAL, vm_configure(fd, 0, ARM_VCPU_CONFIG_GIC |
						ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS));
	EXPECT_EQ(0, vm_configure(fd, 0, ARM_VCPU_CONFIG_GIC | ARM_VCPU_CONFIG_SMCCC |
				  ARM_VCPU_CONFIG_SYSREG_EXITS));
	close(fd);
}

TEST_F(setup, only_with_the_flag)
{
	struct vm vm = { .fd = vm_open() };

	EXPECT_EQ(-ENODEV, gic_set_irq(&vm, 32, 0, 0));
	EXPECT_EQ(-ENODEV, gic_place(&vm, &self->setup));
	ASSERT_EQ(0, vm_configure(vm.fd, 0, ARM_VCPU_CONFIG_GIC));
	ASSERT_EQ(0, gic_place(&vm, &self->setup));
	EXPECT_EQ(0, gic_set_irq(&vm, 32, 0, 0));
	/* CONFIGURE again: it is gone */
	ASSERT_EQ(0, vm_configure(vm.fd, 0, 0));
	EXPECT_EQ(-ENODEV, gic_place(&vm, &self->setup));
	EXPECT_EQ(-ENODEV, gic_set_irq(&vm, 32, 0, 0));
	close(vm.fd);
}

/* Nor are frames left where a smaller IPA size has no address */
TEST_F(setup, configure_takes_the_place_back)
{
	struct vm vm = { .fd = vm_open() };

	ASSERT_EQ(0, vm_configure(vm.fd, self->info.ipa_bits_max, ARM_VCPU_CONFIG_GIC));
	ASSERT_EQ(0, gic_place(&vm, &self->setup));
	ASSERT_EQ(0, vm_configure(vm.fd, self->info.ipa_bits_min, ARM_VCPU_CONFIG_GIC));
	EXPECT_EQ(-ENODEV, gic_set_irq(&vm, 32, 0, 0));
	close(vm.fd);
}

TEST_F(setup, is_a_struct_as_the_others)
{
	struct arm_vcpu_gic_setup *setup = &self->setup;

	setup->flags = ARM_VCPU_GIC_KEEP << 1;
	EXPECT_EQ(-EOPNOTSUPP, place(self));
	setup->flags = 0;
	setup->redistributors[0].reserved = 1;
	EXPECT_EQ(-EINVAL, place(self));
	setup->redistributors[0].reserved = 0;
	EXPECT_EQ(-EFAULT, gic_place(&self->vm, NULL));
	EXPECT_EQ(0, place(self));
	/* A distributor alone */
	setup->size = offsetof(struct arm_vcpu_gic_setup, redistributors);
	EXPECT_EQ(0, place(self));
}

TEST_F(setup, spis)
{
	u32 spis;

	for (spis = 0; spis < 1100; spis++) {
		self->setup.spis = spis;
		EXPECT_EQ(spis == 988 || (spis < 988 && spis % 32 == 0) ? 0 : -EINVAL, place(self))
			TH_LOG("%u", spis);
	}
	self->setup.spis = ~0U;
	EXPECT_EQ(-EINVAL, place(self));
	self->setup.spis = ~0U - 31;
	EXPECT_EQ(-EINVAL, place(self));
}

TEST_F(setup, frames_are_aligned_to_64_kib)
{
	struct arm_vcpu_gic_setup *setup = &self->setup;
	u64 off;

	for (off = 1; off < KIB64; off <<= 1) {
		setup->distributor = GIC_DIST + off;
		EXPECT_EQ(-EINVAL, place(self));
		setup->distributor = GIC_DIST;
		setup->redistributors[0].addr = GIC_REDIST + off;
		EXPECT_EQ(-EINVAL, place(self));
		setup->redistributors[0].addr = GIC_REDIST;
	}
	setup->redistributors[0].addr = GIC_REDIST + KIB64;
	EXPECT_EQ(0, place(self));
}

TEST_F(setup, frames_end_inside_the_ipa_size)
{
	struct arm_vcpu_gic_setup *setup = &self->setup;
	u64 end = 1UL << self->info.ipa_bits_default;

	setup->distributor = end;
	EXPECT_EQ(-EINVAL, place(self));
	setup->distributor = 0UL - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->distributor = end - KIB64;
	EXPECT_EQ(0, place(self));
	setup->distributor = 0;
	EXPECT_EQ(0, place(self));
	setup->redistributors[0].addr = end - 4 * GIC_REDIST_SIZE + KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->redistributors[0].addr = 0UL - 2 * GIC_REDIST_SIZE;
	EXPECT_EQ(-EINVAL, place(self));
	setup->redistributors[0].addr = end - 4 * GIC_REDIST_SIZE;
	EXPECT_EQ(0, place(self));
	setup->redistributors[0].count = ~0U;
	EXPECT_EQ(-EINVAL, place(self));
	setup->redistributors[0].count = self->info.max_vcpus + 1;
	setup->redistributors[0].addr = GIC_REDIST;
	EXPECT_EQ(-EINVAL, place(self));
}

TEST_F(setup, frames_dont_overlap_each_other)
{
	struct arm_vcpu_gic_setup *setup = &self->setup;
	struct arm_vcpu_gic_region *last = &setup->redistributors[ARM_VCPU_GIC_REDISTRIBUTORS - 1];
	u64 end = GIC_REDIST + 4 * GIC_REDIST_SIZE;
	u32 i;

	setup->distributor = GIC_REDIST;
	EXPECT_EQ(-EINVAL, place(self));
	setup->distributor = end - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	setup->distributor = end;
	EXPECT_EQ(0, place(self));
	setup->distributor = GIC_REDIST - KIB64;
	EXPECT_EQ(0, place(self));

	for (i = 1; i < ARM_VCPU_GIC_REDISTRIBUTORS; i++)
		setup->redistributors[i] = (struct arm_vcpu_gic_region) {
			.addr = GIC_REDIST + 4 * i * GIC_REDIST_SIZE, .count = 4,
		};
	EXPECT_EQ(0, place(self));
	last->addr = end - KIB64;
	EXPECT_EQ(-EINVAL, place(self));
	last->addr = setup->distributor;
	EXPECT_EQ(-EINVAL, place(self));
	last->addr = GIC_REDIST - KIB64 - 4 * GIC_REDIST_SIZE;
	EXPECT_EQ(0, place(self));
}

TEST_F(setup, nothing_comes_after_the_end)
{
	struct arm_vcpu_gic_region *regions = self->setup.redistributors;

	regions[2] = (struct arm_vcpu_gic_region) { .addr = GIC_REDIST + 0x1000000, .count = 1 };
	EXPECT_EQ(-EINVAL, place(self));
	regions[2].count = 0;
	EXPECT_EQ(-EINVAL, place(self));
	regions[2].addr = 0;
	EXPECT_EQ(0, place(self));
}

TEST_F(setup, not_over_a_region)
{
	struct arm_vcpu_gic_setup *setup = &self->setup;
	u64 end = GUEST_RAM + GUEST_RAM_SIZE;

	setup->distributor = GUEST_RAM;
	EXPECT_EQ(-EEXIST, place(self));
	setup->distributor = end - KIB64;
	EXPECT_EQ(-EEXIST, place(self));
	setup->distributor = end;
	EXPECT_EQ(0, place(self));
	setup->distributor = GUEST_RAM - KIB64;
	EXPECT_EQ(0, place(self));
	setup->distributor = GIC_DIST;
	setup->redistributors[0].addr = GUEST_RAM - 4 * GIC_REDIST_SIZE + KIB64;
	EXPECT_EQ(-EEXIST, place(self));
	setup->redistributors[0].addr = end - KIB64;
	EXPECT_EQ(-EEXIST, place(self));
	setup->redistributors[0].addr = GUEST_RAM - 4 * GIC_REDIST_SIZE;
	EXPECT_EQ(0, place(self));
	setup->redistributors[1] = (struct arm_vcpu_gic_region) { .addr = end - KIB64, .count = 1 };
	EXPECT_EQ(-EEXIST, place(self));
}

TEST_F(setup, no_region_over_it)
{
	u64 page = page_size(), end = GIC_REDIST + 4 * GIC_REDIST_SIZE;
	void *user = map_pages(4 * KIB64);
	int fd = self->vm.fd;

	ASSERT_EQ(0, place(self));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_DIST, page, user));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_DIST + KIB64 - page, page, user));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_DIST - KIB64, 3 * KIB64, user));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_REDIST, page, user));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, end - page, 2 * page, user));
	EXPECT_EQ(0, vm_memory(fd, 0, GIC_DIST - page, page, user));
	EXPECT_EQ(0, vm_memory(fd, 0, GIC_DIST + KIB64, page, user));
	EXPECT_EQ(0, vm_memory(fd, 0, end, page, user));
	/* There is nothing to take away */
	EXPECT_EQ(-ENOENT, vm_memory(fd, 0, GIC_DIST, 0, NULL));
	EXPECT_EQ(-ENOENT, vm_memory(fd, 0, GIC_DIST + page, 0, NULL));
	/* Where it was before, there is room; and it is where it was after an error */
	self->setup.distributor = GIC_DIST + KIB64;
	EXPECT_EQ(-EEXIST, place(self));
	EXPECT_EQ(-EEXIST, vm_memory(fd, 0, GIC_DIST, page, user));
	self->setup.distributor = GIC_DIST + 2 * KIB64;
	EXPECT_EQ(0, place(self));
	EXPECT_EQ(0, vm_memory(fd, 0, GIC_DIST, page, user));
	munmap(user, 4 * KIB64);
}

TEST_F(setup, not_while_a_vcpu_runs)
{
	struct vcpu *vcpu = vcpu_create(&self->vm);

	ASSERT_EQ(0, place(self));
	vcpu_enter(vcpu, guest_spin, 0, 0);
	vcpu_start(vcpu);
	EXPECT_TRUE(wait_for(place(self) == -EBUSY));
	vm_kick(vcpu->fd);
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(vcpu));
	EXPECT_EQ(0, place(self));
}

/* There are no lines, and no TIMER */
TEST_F(setup, the_run_page_has_no_lines)
{
	struct vcpu *vcpu = vcpu_create(&self->vm);

	vcpu_enter(vcpu, guest_hvc, 0, 0);
	vcpu->run->lines = ARM_VCPU_LINE_IRQ;
	vcpu_expect(vcpu, FAIL_ENTRY);
	EXPECT_EQ(ARM_VCPU_FAIL_FLAGS, vcpu->run->fail.reason);
	vcpu->run->lines = 0;
	vcpu_expect(vcpu, HYPERCALL);
}

TEST_F(setup, set_irq)
{
	struct vm *vm = &self->vm;
	struct arm_vcpu_irq irq = { .size = sizeof(irq), .intid = 32 };
	u32 id;

	EXPECT_EQ(-ENODEV, gic_set_irq(vm, 32, 1, 0));
	ASSERT_EQ(0, place(self));
	EXPECT_EQ(-ENOENT, gic_set_irq(vm, 20, 1, 0));
	vcpu_create(vm);
	vcpu_create(vm);
	for (id = 0; id < 1200; id++) {
		bool there = id >= 16 && id < 32 + GIC_SPIS && id != 27 && id != 30;

		EXPECT_EQ(there ? 0 : -EINVAL, gic_set_irq(vm, id, 1, 0)) TH_LOG("%u", id);
		EXPECT_EQ(there ? 0 : -EINVAL, gic_set_irq(vm, id, 0, 0)) TH_LOG("%u", id);
	}
	EXPECT_EQ(-EINVAL, gic_set_irq(vm, ~0U, 0, 0));
	EXPECT_EQ(-EINVAL, gic_set_irq(vm, 32, 2, 0));
	EXPECT_EQ(-EINVAL, gic_set_irq(vm, 20, 2, 0));
	/* Whose PPI; an SPI is nobody's */
	EXPECT_EQ(0, gic_set_irq(vm, 20, 1, 1));
	EXPECT_EQ(-ENOENT, gic_set_irq(vm, 20, 1, 2));
	EXPECT_EQ(-EINVAL, gic_set_irq(vm, 32, 1, 1));
	/* In no MPIDR */
	EXPECT_GT(0, gic_set_irq(vm, 20, 1, 1UL << 24 | 1));
	EXPECT_GT(0, gic_set_irq(vm, 20, 1, 1UL << 40 | 1));
	irq.reserved = 1;
	EXPECT_EQ(-EINVAL, vm_ioctl(vm->fd, ARM_VCPU_SET_IRQ, &irq));
	EXPECT_EQ(-EFAULT, vm_ioctl(vm->fd, ARM_VCPU_SET_IRQ, NULL));
}

TEST_F(setup, up_to_988_spis)
{
	self->setup.spis = 988;
	ASSERT_EQ(0, place(self));
	EXPECT_EQ(0, gic_set_irq(&self->vm, 1019, 1, 0));
	EXPECT_EQ(-EINVAL, gic_set_irq(&self->vm, 1020, 1, 0));
	self->setup.spis = 0;
	ASSERT_EQ(0, place(self));
	EXPECT_EQ(-EINVAL, gic_set_irq(&self->vm, 32, 1, 0));
}

/* Before SET_GIC there is nothing at its address */
TEST_F(setup, without_a_place_there_are_no_frames)
{
	struct vcpu *vcpu = vcpu_create(&self->vm);

	gic_serve(vcpu);
	gic_ask(vcpu, GIC_DIST + GICD_TYPER, 4, false, 0);
	vcpu_expect(vcpu, MMIO_READ);
	EXPECT_EQ(GIC_DIST + GICD_TYPER, vcpu->run->mmio.addr);
}

/* Of redistributors, there are as many as vCPUs; beyond is the VMM's */
TEST_F(setup, a_redistributor_for_each_vcpu)
{
	struct vcpu *vcpu = vcpu_create(&self->vm);

	ASSERT_EQ(0, place(self));
	gic_serve(vcpu);
	EXPECT_NE(0, gic_read32(vcpu, GIC_REDIST + GICR_IIDR));
	gic_ask(vcpu, GIC_REDIST + GIC_REDIST_SIZE + GICR_IIDR, 4, false, 0);
	vcpu_expect(vcpu, MMIO_READ);
	gic_idle(vcpu);
	vcpu_create(&self->vm);
	EXPECT_NE(0, gic_read32(vcpu, GIC_REDIST + GIC_REDIST_SIZE + GICR_IIDR));
}

TEST_HARNESS_MAIN
