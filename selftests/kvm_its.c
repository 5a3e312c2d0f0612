// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows KVM_DEV_TYPE_ARM_VGIC_ITS: each attribute and each error; KVM_SIGNAL_MSI, which interrupts;
 * and that what is mapped and pending is saved in the guest's memory, and goes on elsewhere.
 */
#include <signal.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "kvm_its.h"

#define ADDRESS	KVM_VGIC_ITS_ADDR_TYPE
#define SPI	40U

#define DEVICE_CTRL(its, what)	kvm_set_attr(its, CTRL, KVM_DEV_ARM_##what, NULL)

FIXTURE(kvm_its) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	int gic;
	int its;
};

static void begin(FIXTURE_DATA(kvm_its) *self)
{
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
	self->gic = kvm_gic_make(&self->kvm);
	self->its = kvm_its_make(&self->kvm);
	kvm_gic_enable(self->gic, 1);
}

static void end(FIXTURE_DATA(kvm_its) *self)
{
	close(self->its);
	close(self->gic);
	kvm_end(&self->kvm);
}

FIXTURE_SETUP(kvm_its)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	begin(self);
}

FIXTURE_TEARDOWN(kvm_its)
{
	if (self->kvm.ram)
		end(self);
}

/* Mapped, and nothing has come */
static void map(FIXTURE_DATA(kvm_its) *self)
{
	kvm_its_map(&self->kvm, self->gic, self->its);
	kvm_gic_listen(&self->kvm, &self->vcpu);
	if (kvm_spi(&self->kvm, SPI, 1) || kvm_told(&self->vcpu) != SPI ||
	    kvm_spi(&self->kvm, SPI, 0))
		die("the guest doesn't take an SPI");
}

TEST_F(kvm_its, attributes_that_there_are)
{
	int its = self->its;
	u64 value = 0;

	EXPECT_EQ(0, kvm_has_attr(its, ADDR, ADDRESS));
	EXPECT_EQ(-ENXIO, kvm_has_attr(its, ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST));
	EXPECT_EQ(-ENODEV, kvm_set_attr(its, ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &value));
	EXPECT_EQ(0, kvm_has_attr(its, CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT));
	EXPECT_EQ(0, kvm_has_attr(its, CTRL, KVM_DEV_ARM_ITS_CTRL_RESET));
	EXPECT_EQ(0, kvm_has_attr(its, CTRL, KVM_DEV_ARM_ITS_SAVE_TABLES));
	EXPECT_EQ(0, kvm_has_attr(its, CTRL, KVM_DEV_ARM_ITS_RESTORE_TABLES));
	EXPECT_EQ(-ENXIO, kvm_has_attr(its, CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES));
	EXPECT_EQ(-ENXIO, kvm_set_attr(its, CTRL, 100, NULL));
	EXPECT_EQ(-ENXIO, kvm_get_attr(its, CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	EXPECT_EQ(0, kvm_has_attr(its, ITS_REGS, KVM_ITS_REG(GITS_CTLR)));
	EXPECT_EQ(0, kvm_has_attr(its, ITS_REGS, KVM_ITS_REG(GITS_IIDR)));
	EXPECT_EQ(0, kvm_has_attr(its, ITS_REGS, KVM_ITS_REG(GITS_BASER(7))));
	EXPECT_EQ(-ENXIO, kvm_has_attr(its, ITS_REGS, KVM_ITS_REG(GITS_BASER(8))));
	EXPECT_EQ(-EINVAL, kvm_has_attr(its, ITS_REGS, KVM_ITS_REG(GITS_CBASER) + 4));
	EXPECT_EQ(-ENXIO, kvm_get_attr(its, ITS_REGS, KVM_ITS_REG(GITS_TRANSLATER), &value));
	EXPECT_EQ(-EFAULT, kvm_get_attr(its, ITS_REGS, KVM_ITS_REG(GITS_CTLR), NULL));
	EXPECT_EQ(-ENXIO, kvm_has_attr(its, NR_IRQS, 0));
	EXPECT_EQ(-EEXIST, kvm_device(&self->kvm, KVM_DEV_TYPE_ARM_VGIC_ITS, 0));
}

TEST_F(kvm_its, it_is_somewhere_once)
{
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	u64 addr = 0, end = 1UL << 40;
	int gic, its;

	kvm_begin(&kvm);
	kvm_vcpu(&kvm, 0, 0, &vcpu);
	its = kvm_device(&kvm, KVM_DEV_TYPE_ARM_VGIC_ITS, 0);
	ASSERT_LE(0, its);
	/* Before there is a GIC, it is as with one */
	EXPECT_EQ(0, kvm_get_attr(its, ADDR, ADDRESS, &addr));
	EXPECT_EQ(~0UL, addr);
	EXPECT_EQ(-EFAULT, kvm_set_attr(its, ADDR, ADDRESS, NULL));
	EXPECT_EQ(-EINVAL, kvm_put_attr(its, ADDR, ADDRESS, u64, GIC_ITS + 0x1000));
	EXPECT_EQ(-E2BIG, kvm_put_attr(its, ADDR, ADDRESS, u64, end - 0x10000));
	EXPECT_EQ(-ENXIO, kvm_get_attr(its, ITS_REGS, KVM_ITS_REG(GITS_CTLR), &addr));
	EXPECT_EQ(-ENXIO, DEVICE_CTRL(its, ITS_SAVE_TABLES));
	EXPECT_EQ(-ENODEV, kvm_send(&kvm));
	kvm_enter(&vcpu, guest_spin, 0, 0, 0);
	gic = kvm_gic_make(&kvm);
	EXPECT_EQ(-EBUSY, kvm_run_once(&vcpu));
	EXPECT_EQ(0, kvm_gic_init(its));
	EXPECT_EQ(-ENXIO, kvm_run_once(&vcpu));
	EXPECT_EQ(-EINVAL, kvm_put_attr(its, ADDR, ADDRESS, u64, GIC_DIST - 0x10000));
	EXPECT_EQ(0, kvm_put_attr(its, ADDR, ADDRESS, u64, GIC_ITS));
	EXPECT_EQ(-EEXIST, kvm_put_attr(its, ADDR, ADDRESS, u64, GIC_ITS));
	EXPECT_EQ(0, kvm_get_attr(its, ADDR, ADDRESS, &addr));
	EXPECT_EQ(GIC_ITS, addr);
	vcpu.run->immediate_exit = 1;
	EXPECT_EQ(-EINTR, kvm_run_once(&vcpu));
	close(its);
	close(gic);
	kvm_end(&kvm);
}

/* Registers of the GIC's that were written before there was an ITS are as they were */
TEST_F(kvm_its, one_that_comes_late_leaves_the_gic_as_it_is)
{
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	int gic, its;

	kvm_begin(&kvm);
	kvm_vcpu(&kvm, 0, 0, &vcpu);
	gic = kvm_gic_make(&kvm);
	kvm_set_dist(gic, GIC_IGROUPR + 4, 0x55);
	EXPECT_EQ(0, kvm_dist(gic, GICD_TYPER) & 1 << 17);
	its = kvm_its_make(&kvm);
	EXPECT_EQ(0x55, kvm_dist(gic, GIC_IGROUPR + 4));
	EXPECT_EQ(1 << 17, kvm_dist(gic, GICD_TYPER) & 1 << 17);
	close(its);
	close(gic);
	kvm_end(&kvm);
}

TEST_F(kvm_its, registers)
{
	u64 queue = ITS_VALID | ITS_CACHED | ITS_QUEUE | 0xf;
	u64 iidr = kvm_its_read(self->its, GITS_IIDR);

	EXPECT_EQ(GITS_CTLR_QUIESCENT, kvm_its_read(self->its, GITS_CTLR));
	EXPECT_EQ(0x43b, iidr & 0xfff);
	EXPECT_EQ(0, kvm_put_attr(self->its, ITS_REGS, KVM_ITS_REG(GITS_IIDR), u64, iidr));
	EXPECT_EQ(-EINVAL, kvm_put_attr(self->its, ITS_REGS, KVM_ITS_REG(GITS_IIDR), u64,
					iidr ^ 0x1000));
	kvm_its_write(self->its, GITS_CBASER, queue);
	EXPECT_EQ(queue, kvm_its_read(self->its, GITS_CBASER));
	kvm_its_write(self->its, GITS_CWRITER, 0x80);
	kvm_its_write(self->its, GITS_CREADR, 0x40);
	EXPECT_EQ(0x80, kvm_its_read(self->its, GITS_CWRITER));
	EXPECT_EQ(0x40, kvm_its_read(self->its, GITS_CREADR));
	/* Physical LPIs, and types of tables in the upper half */
	EXPECT_EQ(1, kvm_its_read(self->its, GITS_TYPER) & 1);
	EXPECT_EQ(1, kvm_its_read(self->its, GITS_BASER(0)) >> 56 & 7);
	EXPECT_EQ(4, kvm_its_read(self->its, GITS_BASER(1)) >> 56 & 7);
	EXPECT_EQ(0x3b, kvm_its_read(self->its, GITS_PIDR2));
}

TEST_F(kvm_its, not_while_a_vcpu_runs)
{
	u64 value;

	map(self);
	catch_signal(SIGUSR1, 0);
	kvm_start(&self->vcpu);
	EXPECT_TRUE(wait_for(kvm_get_attr(self->its, ITS_REGS, KVM_ITS_REG(GITS_CTLR),
					  &value) == -EBUSY));
	EXPECT_EQ(-EBUSY, DEVICE_CTRL(self->its, ITS_SAVE_TABLES));
	EXPECT_EQ(-EBUSY, DEVICE_CTRL(self->its, ITS_RESTORE_TABLES));
	EXPECT_EQ(-EBUSY, DEVICE_CTRL(self->its, ITS_CTRL_RESET));
	EXPECT_EQ(-EBUSY, DEVICE_CTRL(self->gic, VGIC_SAVE_PENDING_TABLES));
	pthread_kill(self->vcpu.thread, SIGUSR1);
	EXPECT_EQ(-EINTR, kvm_join(&self->vcpu));
}

TEST_F(kvm_its, an_msi_interrupts_if_it_is_mapped)
{
	struct kvm *kvm = &self->kvm;

	EXPECT_EQ(0, kvm_send(kvm));
	map(self);
	EXPECT_EQ(1, kvm_send(kvm));
	kvm_start(&self->vcpu);
	EXPECT_EQ(0, kvm_join(&self->vcpu));
	EXPECT_EQ((LPI + KVM_ITS_EVENT) & 0xff, self->vcpu.run->mmio.data[0]);
	EXPECT_EQ(LPI >> 8, self->vcpu.run->mmio.data[1]);
	/* Not mapped; and what the program has wrong */
	EXPECT_EQ(0, kvm_msi(kvm, GITS_TRANSLATER, KVM_MSI_VALID_DEVID, KVM_ITS_DEV, 1));
	EXPECT_EQ(0, kvm_msi(kvm, GITS_TRANSLATER, KVM_MSI_VALID_DEVID, 6, KVM_ITS_EVENT));
	EXPECT_EQ(-EINVAL, kvm_msi(kvm, GITS_TRANSLATER, 0, KVM_ITS_DEV, KVM_ITS_EVENT));
	EXPECT_EQ(-EINVAL, kvm_msi(kvm, GITS_TRANSLATER, 3, KVM_ITS_DEV, KVM_ITS_EVENT));
	EXPECT_EQ(-EINVAL, kvm_msi(kvm, GITS_TRANSLATER + 4, KVM_MSI_VALID_DEVID, KVM_ITS_DEV,
				   KVM_ITS_EVENT));
}

TEST_F(kvm_its, reset_forgets)
{
	map(self);
	EXPECT_EQ(1, kvm_send(&self->kvm));
	EXPECT_EQ(LPI + KVM_ITS_EVENT, kvm_told(&self->vcpu));
	ASSERT_EQ(0, DEVICE_CTRL(self->its, ITS_CTRL_RESET));
	EXPECT_EQ(GITS_CTLR_QUIESCENT, kvm_its_read(self->its, GITS_CTLR));
	EXPECT_EQ(0, kvm_its_read(self->its, GITS_CBASER) & ITS_VALID);
	EXPECT_EQ(0, kvm_its_read(self->its, GITS_BASER(0)) & ITS_VALID);
	EXPECT_EQ(0, kvm_its_read(self->its, GITS_BASER(1)) & ITS_VALID);
	EXPECT_EQ(0, kvm_its_read(self->its, GITS_CWRITER));
	EXPECT_EQ(0, kvm_its_read(self->its, GITS_CREADR));
	/* Nor does it come back with the tables */
	kvm_its_write(self->its, GITS_BASER(0), ITS_FLAT);
	kvm_its_write(self->its, GITS_BASER(1), ITS_VALID | ITS_CACHED | ITS_COLLECTIONS);
	kvm_its_write(self->its, GITS_CTLR, GITS_CTLR_ENABLED);
	EXPECT_EQ(0, kvm_send(&self->kvm));
}

static void copy(const FIXTURE_DATA(kvm_its) *self, const FIXTURE_DATA(kvm_its) *other, u64 gits)
{
	kvm_its_write(other->its, gits, kvm_its_read(self->its, gits));
}

TEST_F(kvm_its, a_guest_goes_on_elsewhere)
{
	FIXTURE_DATA(kvm_its) other;

	map(self);
	EXPECT_EQ(1, kvm_send(&self->kvm));
	ASSERT_EQ(0, DEVICE_CTRL(self->its, ITS_SAVE_TABLES));
	ASSERT_EQ(0, DEVICE_CTRL(self->gic, VGIC_SAVE_PENDING_TABLES));

	begin(&other);
	memcpy(other.kvm.ram, self->kvm.ram, GUEST_RAM_SIZE);
	kvm_lpis_enable(other.gic, 0);
	copy(self, &other, GITS_IIDR);
	copy(self, &other, GITS_CBASER);
	copy(self, &other, GITS_CWRITER);
	copy(self, &other, GITS_CREADR);
	copy(self, &other, GITS_BASER(0));
	copy(self, &other, GITS_BASER(1));
	EXPECT_EQ(0, kvm_send(&other.kvm));
	ASSERT_EQ(0, DEVICE_CTRL(other.its, ITS_RESTORE_TABLES));
	copy(self, &other, GITS_CTLR);

	kvm_gic_listen(&other.kvm, &other.vcpu);
	EXPECT_EQ(LPI + KVM_ITS_EVENT, kvm_told(&other.vcpu));
	EXPECT_EQ(1, kvm_send(&other.kvm));
	EXPECT_EQ(LPI + KVM_ITS_EVENT, kvm_told(&other.vcpu));
	end(&other);
}

TEST_F(kvm_its, tables_that_make_no_sense_are_none)
{
	map(self);
	ASSERT_EQ(0, DEVICE_CTRL(self->its, ITS_SAVE_TABLES));
	/* A collection of a redistributor that there isn't */
	*(u64 *)kvm_host(&self->kvm, ITS_COLLECTIONS) = ITS_VALID | 7;
	EXPECT_EQ(-EINVAL, DEVICE_CTRL(self->its, ITS_RESTORE_TABLES));
	EXPECT_EQ(0, kvm_send(&self->kvm));
}

TEST_HARNESS_MAIN
