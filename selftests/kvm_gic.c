// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows KVM_DEV_TYPE_ARM_VGIC_V3 as a program sets one up: when it can be made, each attribute that
 * says how large it is and where, and each error; and when a vCPU can run.
 */
#include <unistd.h>
#include "kselftest_harness.h"
#include "kvm_gic.h"

#define V3	KVM_DEV_TYPE_ARM_VGIC_V3
#define DIST	KVM_VGIC_V3_ADDR_TYPE_DIST
#define REDIST	KVM_VGIC_V3_ADDR_TYPE_REDIST
#define REGION	KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION
#define NOWHERE	(~0ULL)

#define REGION_OF(index, addr, count)	((u64)(count) << 52 | (addr) | (index))

FIXTURE(kvm_gic) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	int fd;
	u64 end;	/* of guest-physical addresses */
};

FIXTURE_SETUP(kvm_gic)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
	self->fd = kvm_device(&self->kvm, V3, 0);
	ASSERT_LE(0, self->fd);
	self->end = 1UL << 40;
}

FIXTURE_TEARDOWN(kvm_gic)
{
	if (!self->kvm.ram)
		return;
	close(self->fd);
	kvm_end(&self->kvm);
}

TEST(devices_are_where_the_host_has_a_gicv3)
{
	int there = vgic_vtr() ? 0 : -ENODEV, fd;
	struct kvm kvm;

	kvm_begin(&kvm);
	EXPECT_EQ(!there, kvm_check(kvm.dev, KVM_CAP_IRQCHIP));
	EXPECT_EQ(there, kvm_device(&kvm, V3, KVM_CREATE_DEVICE_TEST));
	EXPECT_EQ(there, kvm_device(&kvm, KVM_DEV_TYPE_ARM_VGIC_ITS, KVM_CREATE_DEVICE_TEST));
	EXPECT_EQ(-ENODEV, kvm_device(&kvm, KVM_DEV_TYPE_ARM_VGIC_V2, KVM_CREATE_DEVICE_TEST));
	EXPECT_EQ(-ENODEV, kvm_device(&kvm, KVM_DEV_TYPE_ARM_VGIC_V2, 0));
	EXPECT_EQ(-ENODEV, kvm_device(&kvm, 0xffff, 0));
	EXPECT_EQ(there ? -ENOTTY : -ENODEV, vm_ioctl(kvm.fd, KVM_CREATE_IRQCHIP, NULL));
	/* TEST has made none */
	fd = kvm_device(&kvm, V3, 0);
	EXPECT_EQ(there, fd < 0 ? fd : 0);
	close(fd);
	kvm_end(&kvm);
}

TEST_F(kvm_gic, there_is_one_and_it_stays)
{
	EXPECT_EQ(-EEXIST, kvm_device(&self->kvm, V3, 0));
	EXPECT_EQ(0, kvm_device(&self->kvm, V3, KVM_CREATE_DEVICE_TEST));
	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(-EEXIST, kvm_device(&self->kvm, V3, 0));
	EXPECT_EQ(-EBUSY, kvm_run_once(&self->vcpu));
}

GUEST_ASM(guest_reads, "ldr w0, [x0]\n str w0, [x1]\n b .");

TEST_F(kvm_gic, not_after_a_vcpu_has_run)
{
	struct kvm kvm;
	struct kvm_vcpu vcpu;

	kvm_begin(&kvm);
	kvm_vcpu(&kvm, 0, 0, &vcpu);
	kvm_enter(&vcpu, guest_spin, 0, 0, 0);
	/* That is none */
	vcpu.run->immediate_exit = 1;
	EXPECT_EQ(-EINTR, kvm_run_once(&vcpu));
	vcpu.run->immediate_exit = 0;
	kvm_enter(&vcpu, guest_reads, GUEST_RAM, GUEST_MMIO, 0);
	kvm_told(&vcpu);
	EXPECT_EQ(-EBUSY, kvm_device(&kvm, V3, 0));
	kvm_end(&kvm);
}

TEST_F(kvm_gic, attributes_that_there_are)
{
	static const struct { u32 group; u64 attr; int ret; } attrs[] = {
		{ KVM_DEV_ARM_VGIC_GRP_ADDR, DIST, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_ADDR, REDIST, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_ADDR, REGION, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_ITS_ADDR_TYPE, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_ITS_CTRL_RESET, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_DIST_REGS, GICD_CTLR, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 2, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0x5000, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0x10000, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, GICR_TYPER, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, GIC_SGIS + GIC_ISPENDR, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, GIC_ISPENDR, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, KVM_GIC_OF(1, GICR_TYPER), -EINVAL },
		{ KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, KVM_ICC_PMR, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, KVM_ICC(12, 12, 0), -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, KVM_GIC_OF(1, KVM_ICC_PMR), -EINVAL },
		{ KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 0, 0 },
		{ KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 33, -EINVAL },
		{ KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 1 << 10, -EINVAL },
		{ KVM_DEV_ARM_VGIC_GRP_CPU_REGS, 0, -ENXIO },
		{ KVM_DEV_ARM_VGIC_GRP_ITS_REGS, 0, -ENXIO },
		{ 100, 0, -ENXIO },
	};
	u32 value = 0, i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		EXPECT_EQ(attrs[i].ret, kvm_attr(self->fd, KVM_HAS_DEVICE_ATTR, attrs[i].group,
						 attrs[i].attr, NULL)) {
			TH_LOG("group %u, attribute %llx", attrs[i].group,
			       (unsigned long long)attrs[i].attr);
		}
		if (!attrs[i].ret)
			continue;
		EXPECT_EQ(attrs[i].ret, kvm_attr(self->fd, KVM_SET_DEVICE_ATTR, attrs[i].group,
						 attrs[i].attr, &value));
	}
	EXPECT_EQ(-ENOTTY, vm_ioctl(self->fd, KVM_RUN, NULL));
}

TEST_F(kvm_gic, a_distributor_is_somewhere_once)
{
	u64 addr = 0;

	EXPECT_EQ(0, kvm_get_attr(self->fd, ADDR, DIST, &addr));
	EXPECT_EQ(NOWHERE, addr);
	EXPECT_EQ(-EFAULT, kvm_set_attr(self->fd, ADDR, DIST, NULL));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, DIST, GIC_DIST + 0x1000));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, DIST, NOWHERE << 16));
	EXPECT_EQ(-E2BIG, kvm_put_addr(self->fd, DIST, self->end));
	EXPECT_EQ(0, kvm_put_addr(self->fd, DIST, self->end - 0x10000));
	EXPECT_EQ(-EEXIST, kvm_put_addr(self->fd, DIST, GIC_DIST));
	EXPECT_EQ(0, kvm_get_attr(self->fd, ADDR, DIST, &addr));
	EXPECT_EQ(self->end - 0x10000, addr);
}

TEST_F(kvm_gic, redistributors_are_in_a_row)
{
	u64 addr = 0;

	EXPECT_EQ(0, kvm_get_attr(self->fd, ADDR, REDIST, &addr));
	EXPECT_EQ(NOWHERE, addr);
	EXPECT_EQ(0, kvm_put_addr(self->fd, DIST, GIC_DIST));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST, GIC_REDIST + 0x1000));
	EXPECT_EQ(-E2BIG, kvm_put_addr(self->fd, REDIST, self->end - 0x10000));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST, GIC_DIST - 0x10000));
	EXPECT_EQ(0, kvm_put_addr(self->fd, REDIST, GIC_REDIST));
	EXPECT_EQ(-EEXIST, kvm_put_addr(self->fd, REDIST, GIC_REDIST));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST_REGION, REGION_OF(1, 0x9000000, 1)));
	EXPECT_EQ(0, kvm_get_attr(self->fd, ADDR, REDIST, &addr));
	EXPECT_EQ(GIC_REDIST, addr);
	addr = 0;
	EXPECT_EQ(-ENOENT, kvm_get_attr(self->fd, ADDR, REGION, &addr));
}

TEST_F(kvm_gic, or_in_regions)
{
	u64 region = 1;

	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST_REGION, REGION_OF(1, GIC_REDIST, 1)));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST_REGION, REGION_OF(0, GIC_REDIST, 0)));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST_REGION,
					REGION_OF(0, GIC_REDIST | 0x1000, 1)));
	EXPECT_EQ(-E2BIG, kvm_put_addr(self->fd, REDIST_REGION,
				       REGION_OF(0, self->end - 0x20000, 2)));
	EXPECT_EQ(0, kvm_put_addr(self->fd, REDIST_REGION, REGION_OF(0, GIC_REDIST, 2)));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST, GIC_REDIST + 0x40000));
	EXPECT_EQ(-EINVAL, kvm_put_addr(self->fd, REDIST_REGION,
					REGION_OF(1, GIC_REDIST + 0x20000, 1)));
	EXPECT_EQ(-ENOENT, kvm_get_attr(self->fd, ADDR, REGION, &region));
	EXPECT_EQ(0, kvm_put_addr(self->fd, REDIST_REGION,
				  REGION_OF(1, GIC_REDIST + 0x40000, 3)));
	EXPECT_EQ(0, kvm_get_attr(self->fd, ADDR, REGION, &region));
	EXPECT_EQ(REGION_OF(1, GIC_REDIST + 0x40000, 3), region);
}

TEST_F(kvm_gic, it_has_as_many_interrupts_as_is_said_once)
{
	static const u32 bad[] = { 0, 32, 63, 65, 100, 1023, 1056, ~0U };
	u32 value = 0, i;

	EXPECT_EQ(0, kvm_get_attr(self->fd, NR_IRQS, 0, &value));
	EXPECT_EQ(256, value);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(-EINVAL, kvm_put_attr(self->fd, NR_IRQS, 0, u32, bad[i]));
	EXPECT_EQ(-EFAULT, kvm_set_attr(self->fd, NR_IRQS, 0, NULL));
	EXPECT_EQ(0, kvm_put_attr(self->fd, NR_IRQS, 0, u32, 1024));
	EXPECT_EQ(-EBUSY, kvm_put_attr(self->fd, NR_IRQS, 0, u32, 64));
	EXPECT_EQ(0, kvm_get_attr(self->fd, NR_IRQS, 0, &value));
	EXPECT_EQ(1024, value);
	ASSERT_EQ(0, kvm_gic_init(self->fd));
	EXPECT_EQ(1024 / 32 - 1, kvm_dist(self->fd, GICD_TYPER) & 0x1f);
}

TEST_F(kvm_gic, it_is_initialised_for_the_vcpus_that_there_are)
{
	u32 value;

	EXPECT_EQ(-EBUSY, kvm_get_attr(self->fd, DIST_REGS, GICD_CTLR, &value));
	EXPECT_EQ(-EBUSY, kvm_spi(&self->kvm, 32, 1));
	EXPECT_EQ(-ENXIO, kvm_set_attr(self->fd, CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, NULL));
	EXPECT_EQ(-ENXIO, kvm_get_attr(self->fd, CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	EXPECT_EQ(0, kvm_gic_init(self->fd));
	EXPECT_EQ(0, kvm_gic_init(self->fd));
	EXPECT_EQ(-EBUSY, vm_ioctl(self->kvm.fd, KVM_CREATE_VCPU, (void *)1));
	EXPECT_EQ(-EBUSY, kvm_put_attr(self->fd, NR_IRQS, 0, u32, 64));
	EXPECT_EQ(0, kvm_get_attr(self->fd, DIST_REGS, GICD_CTLR, &value));
	EXPECT_EQ(0, kvm_set_attr(self->fd, CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, NULL));
}

TEST_F(kvm_gic, not_without_vcpus)
{
	struct kvm kvm;
	int fd;

	kvm_begin(&kvm);
	fd = kvm_device(&kvm, V3, 0);
	EXPECT_EQ(-ENODEV, kvm_gic_init(fd));
	close(fd);
	kvm_end(&kvm);
}

/* As QEMU does it: registers are read before the address is there, and what they are stays */
TEST_F(kvm_gic, a_vcpu_runs_when_it_is_initialised_and_all_of_it_is_somewhere)
{
	kvm_enter(&self->vcpu, guest_spin, 0, 0, 0);
	EXPECT_EQ(-EBUSY, kvm_run_once(&self->vcpu));
	ASSERT_EQ(0, kvm_gic_init(self->fd));
	EXPECT_EQ(-ENXIO, kvm_run_once(&self->vcpu));
	kvm_gic_enable(self->fd, 1);
	kvm_set_dist(self->fd, GIC_ISPENDR + 4, 2);
	ASSERT_EQ(0, kvm_put_addr(self->fd, DIST, GIC_DIST));
	EXPECT_EQ(-ENXIO, kvm_run_once(&self->vcpu));
	ASSERT_EQ(0, kvm_put_addr(self->fd, REDIST_REGION, REGION_OF(0, GIC_REDIST, 1)));
	EXPECT_EQ(2, kvm_dist(self->fd, GIC_ISPENDR + 4));
	kvm_gic_listen(&self->kvm, &self->vcpu);
	EXPECT_EQ(33, kvm_told(&self->vcpu));
}

/* The guest reads its frames where they are, and they are those of its own vCPU */
static u32 read_by_guest(const struct kvm_vcpu *vcpu, u64 addr)
{
	kvm_enter(vcpu, guest_reads, addr, GUEST_MMIO, 0);
	return kvm_told(vcpu);
}

TEST_F(kvm_gic, vcpus_that_were_there_before_and_after_it_have_redistributors)
{
	struct kvm_vcpu second;

	kvm_vcpu(&self->kvm, 0x12, 0, &second);
	ASSERT_EQ(0, kvm_put_addr(self->fd, REDIST, GIC_REDIST));
	ASSERT_EQ(0, kvm_put_addr(self->fd, DIST, GIC_DIST));
	ASSERT_EQ(0, kvm_gic_init(self->fd));
	EXPECT_EQ(0, read_by_guest(&self->vcpu, GIC_REDIST + GICR_TYPER + 4));
	EXPECT_EQ(0x102, read_by_guest(&second, GIC_REDIST + GIC_REDIST_SIZE + GICR_TYPER + 4));
	EXPECT_EQ(1 << 8 | 1 << 4,
		  read_by_guest(&second, GIC_REDIST + GIC_REDIST_SIZE + GICR_TYPER));
	EXPECT_EQ(1 << 8 | 1 << 4,
		  kvm_gic_reg(self->fd, REDIST_REGS, KVM_GIC_OF(0x102, GICR_TYPER), u32));
	/* GICD_PIDR2: a GICv3 */
	EXPECT_EQ(0x3b, read_by_guest(&self->vcpu, GIC_DIST + GIC_PIDR2));
}

/* ID_AA64PFR0_EL1.GIC: as QEMU does it, what was read before is written afterwards */
TEST_F(kvm_gic, vcpus_show_that_they_have_it)
{
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	u64 pfr0 = ARM64_SYS_REG(3, 0, 0, 4, 0), before, after;
	int fd;

	kvm_begin(&kvm);
	kvm_vcpu(&kvm, 0, 0, &vcpu);
	before = kvm_get(&vcpu, pfr0);
	EXPECT_EQ(0, before >> 24 & 0xf);
	fd = kvm_device(&kvm, V3, 0);
	after = kvm_get(&vcpu, pfr0);
	EXPECT_EQ(before | 1UL << 24, after);
	EXPECT_EQ(0, kvm_set_reg(&vcpu, pfr0, &before));
	EXPECT_EQ(after, kvm_get(&vcpu, pfr0));
	before ^= 1UL << 20;
	EXPECT_EQ(-EINVAL, kvm_set_reg(&vcpu, pfr0, &before));
	close(fd);
	kvm_end(&kvm);
}

TEST_F(kvm_gic, timers_have_their_interrupts)
{
	static const struct { u64 attr; u32 ppi; } timers[] = {
		{ KVM_ARM_VCPU_TIMER_IRQ_VTIMER, 27 }, { KVM_ARM_VCPU_TIMER_IRQ_PTIMER, 30 },
	};
	u32 i, group = KVM_ARM_VCPU_TIMER_CTRL, value, other = 20;
	int cpu = self->vcpu.fd;

	EXPECT_EQ(1, kvm_check(self->kvm.fd, KVM_CAP_VCPU_ATTRIBUTES));
	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		u64 attr = timers[i].attr;

		EXPECT_EQ(0, kvm_attr(cpu, KVM_HAS_DEVICE_ATTR, group, attr, NULL));
		EXPECT_EQ(0, kvm_attr(cpu, KVM_GET_DEVICE_ATTR, group, attr, &value));
		EXPECT_EQ(timers[i].ppi, value);
		EXPECT_EQ(0, kvm_attr(cpu, KVM_SET_DEVICE_ATTR, group, attr, &value));
		EXPECT_EQ(-EINVAL, kvm_attr(cpu, KVM_SET_DEVICE_ATTR, group, attr, &other));
		EXPECT_EQ(-EFAULT, kvm_attr(cpu, KVM_SET_DEVICE_ATTR, group, attr, NULL));
	}
	EXPECT_EQ(-ENXIO, kvm_attr(cpu, KVM_HAS_DEVICE_ATTR, group, 2, NULL));
	EXPECT_EQ(-ENXIO, kvm_attr(cpu, KVM_HAS_DEVICE_ATTR, KVM_ARM_VCPU_PMU_V3_CTRL,
				   KVM_ARM_VCPU_PMU_V3_INIT, NULL));
}

TEST_HARNESS_MAIN
