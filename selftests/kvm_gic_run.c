// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what a guest with KVM_DEV_TYPE_ARM_VGIC_V3 takes: SPIs and PPIs by KVM_IRQ_LINE, its
 * timers; and that a program reads and writes all of its GIC by attributes, and has it go on
 * elsewhere.
 */
#include <signal.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "kvm_gic.h"

#define SPI	40U	/* level-sensitive */
#define EDGE	41U
#define LAST	42U	/* level-sensitive, and less urgent */
#define PPI	20U

FIXTURE(kvm_gic_run) {
	struct kvm kvm;
	struct kvm_vcpu vcpu[2];
	int fd;
};

static void begin(FIXTURE_DATA(kvm_gic_run) *self)
{
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu[0]);
	kvm_vcpu(&self->kvm, 1, 0, &self->vcpu[1]);
	self->fd = kvm_gic_make(&self->kvm);
}

static void end(FIXTURE_DATA(kvm_gic_run) *self)
{
	close(self->fd);
	kvm_end(&self->kvm);
}

FIXTURE_SETUP(kvm_gic_run)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	begin(self);
	kvm_gic_enable(self->fd, 2);
	kvm_gic_make_edge(self->fd, EDGE);
	/* One after the other */
	kvm_set_dist(self->fd, GIC_IPRIORITYR + SPI, 0xf0f08000);
	kvm_gic_listen(&self->kvm, &self->vcpu[0]);
	kvm_gic_listen(&self->kvm, &self->vcpu[1]);
}

FIXTURE_TEARDOWN(kvm_gic_run)
{
	if (self->kvm.ram)
		end(self);
}

TEST_F(kvm_gic_run, lines_that_there_are)
{
	struct kvm *kvm = &self->kvm;

	EXPECT_EQ(-ENXIO, kvm_irq(kvm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ, 1));
	EXPECT_EQ(-EINVAL, kvm_spi(kvm, 31, 1));
	EXPECT_EQ(-EINVAL, kvm_spi(kvm, KVM_GIC_IRQS, 1));
	EXPECT_EQ(0, kvm_spi(kvm, KVM_GIC_IRQS - 1, 0));
	EXPECT_EQ(-EINVAL, kvm_irq(kvm, KVM_ARM_IRQ_TYPE_PPI, 0, 15, 1));
	EXPECT_EQ(-EINVAL, kvm_irq(kvm, KVM_ARM_IRQ_TYPE_PPI, 0, 32, 1));
	EXPECT_EQ(-EINVAL, kvm_irq(kvm, KVM_ARM_IRQ_TYPE_PPI, 2, PPI, 1));
	EXPECT_EQ(0, kvm_irq(kvm, KVM_ARM_IRQ_TYPE_PPI, 1, PPI, 0));
	EXPECT_EQ(-EINVAL, kvm_irq(kvm, 3, 0, 40, 1));
}

TEST_F(kvm_gic_run, a_level_comes_until_it_falls)
{
	kvm_start(&self->vcpu[0]);
	sleep_ms(20);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu[0].result));
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI, 2));
	EXPECT_EQ(0, kvm_join(&self->vcpu[0]));
	EXPECT_EQ(SPI, self->vcpu[0].run->mmio.data[0]);
	EXPECT_EQ(SPI, kvm_told(&self->vcpu[0]));
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI, 0));
	ASSERT_EQ(0, kvm_spi(&self->kvm, LAST, 1));
	EXPECT_EQ(LAST, kvm_told(&self->vcpu[0]));
	EXPECT_EQ(0, self->vcpu[0].run->s.regs.device_irq_level);
}

TEST_F(kvm_gic_run, an_edge_comes_once)
{
	ASSERT_EQ(0, kvm_spi(&self->kvm, EDGE, 1));
	ASSERT_EQ(0, kvm_spi(&self->kvm, EDGE, 0));
	EXPECT_EQ(EDGE, kvm_told(&self->vcpu[0]));
	ASSERT_EQ(0, kvm_spi(&self->kvm, LAST, 1));
	EXPECT_EQ(LAST, kvm_told(&self->vcpu[0]));
}

TEST_F(kvm_gic_run, a_ppi_is_its_vcpus)
{
	ASSERT_EQ(0, kvm_irq(&self->kvm, KVM_ARM_IRQ_TYPE_PPI, 1, PPI, 1));
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI, 1));
	EXPECT_EQ(SPI, kvm_told(&self->vcpu[0]));
	EXPECT_EQ(PPI, kvm_told(&self->vcpu[1]));
}

/* The timer's level isn't the program's to see, and ends no KVM_RUN */
static u64 __guest guest_ticks(void)
{
	write_sysreg(read_sysreg(cntfrq_el0) / 100, cntv_tval_el0);
	write_sysreg(1, cntv_ctl_el0);
	return guest_sleeps();
}

TEST_F(kvm_gic_run, a_timer_interrupts)
{
	kvm_call(&self->vcpu[0], guest_ticks, 0, 0);
	EXPECT_EQ(INTID_VTIMER, kvm_told(&self->vcpu[0]));
	EXPECT_EQ(0, self->vcpu[0].run->s.regs.device_irq_level);
}

TEST_F(kvm_gic_run, registers_while_a_vcpu_runs)
{
	u64 value = 0;

	catch_signal(SIGUSR1, 0);
	kvm_start(&self->vcpu[1]);
	EXPECT_TRUE(wait_for(kvm_get_attr(self->fd, DIST_REGS, GICD_CTLR, &value) == -EBUSY));
	EXPECT_EQ(-EBUSY, kvm_put_attr(self->fd, DIST_REGS, GICD_CTLR, u32, 3));
	EXPECT_EQ(-EBUSY, kvm_get_attr(self->fd, REDIST_REGS, GICR_TYPER, &value));
	EXPECT_EQ(-EBUSY, kvm_get_attr(self->fd, CPU_SYSREGS, KVM_ICC_PMR, &value));
	EXPECT_EQ(-EBUSY, kvm_get_attr(self->fd, LEVEL_INFO, 32, &value));
	pthread_kill(self->vcpu[1].thread, SIGUSR1);
	EXPECT_EQ(-EINTR, kvm_join(&self->vcpu[1]));
	EXPECT_EQ(0, kvm_get_attr(self->fd, DIST_REGS, GICD_CTLR, &value));
}

TEST_F(kvm_gic_run, registers_of_the_distributor_and_of_redistributors)
{
	u64 group = KVM_GIC_OF(1, GIC_SGIS + GIC_IGROUPR);
	u32 value = 0x12345678;

	EXPECT_EQ(KVM_GIC_IRQS / 32 - 1, kvm_dist(self->fd, GICD_TYPER) & 0x1f);
	kvm_set_dist(self->fd, GIC_IGROUPR + 4, value);
	EXPECT_EQ(value, kvm_dist(self->fd, GIC_IGROUPR + 4));
	/* The mpidr doesn't count */
	EXPECT_EQ(value, kvm_gic_reg(self->fd, DIST_REGS, KVM_GIC_OF(7, GIC_IGROUPR + 4), u32));
	EXPECT_EQ(0, kvm_put_attr(self->fd, REDIST_REGS, group, u32, value));
	EXPECT_EQ(value, kvm_gic_reg(self->fd, REDIST_REGS, group, u32));
	EXPECT_EQ(~0U, kvm_gic_reg(self->fd, REDIST_REGS, GIC_SGIS + GIC_IGROUPR, u32));
	/* Not to be set to any other; others that can't be written ignore it */
	value = kvm_dist(self->fd, GICD_IIDR);
	EXPECT_EQ(0, kvm_put_attr(self->fd, DIST_REGS, GICD_IIDR, u32, value));
	EXPECT_EQ(-EINVAL, kvm_put_attr(self->fd, DIST_REGS, GICD_IIDR, u32, value ^ 0x1000));
	EXPECT_EQ(0, kvm_put_attr(self->fd, DIST_REGS, GICD_TYPER, u32, 0));
	EXPECT_EQ(-EFAULT, kvm_get_attr(self->fd, DIST_REGS, GICD_TYPER, NULL));
	EXPECT_EQ(-EFAULT, kvm_set_attr(self->fd, DIST_REGS, GICD_CTLR, NULL));
}

TEST_F(kvm_gic_run, registers_of_cpu_interfaces)
{
	u64 ctlr = kvm_gic_reg(self->fd, CPU_SYSREGS, KVM_ICC_CTLR, u64);
	u64 pmr = KVM_GIC_OF(1, KVM_ICC_PMR);

	EXPECT_EQ(0, kvm_put_attr(self->fd, CPU_SYSREGS, pmr, u64, 0xf0));
	EXPECT_EQ(0xf0, kvm_gic_reg(self->fd, CPU_SYSREGS, pmr, u64));
	EXPECT_EQ(0, kvm_gic_reg(self->fd, CPU_SYSREGS, KVM_ICC_PMR, u64));
	EXPECT_EQ(-EINVAL, kvm_put_attr(self->fd, CPU_SYSREGS, pmr, u64, 0x100));
	EXPECT_EQ(7, kvm_gic_reg(self->fd, CPU_SYSREGS, KVM_ICC_SRE, u64));
	EXPECT_EQ(0, kvm_put_attr(self->fd, CPU_SYSREGS, KVM_ICC_SRE, u64, 7));
	EXPECT_EQ(-EINVAL, kvm_put_attr(self->fd, CPU_SYSREGS, KVM_ICC_SRE, u64, 0));
	EXPECT_EQ(0, kvm_put_attr(self->fd, CPU_SYSREGS, KVM_ICC_CTLR, u64, ctlr));
	EXPECT_EQ(-EINVAL, kvm_put_attr(self->fd, CPU_SYSREGS, KVM_ICC_CTLR, u64, ctlr ^ 0x700));
}

TEST_F(kvm_gic_run, levels_of_lines)
{
	u32 value = 0;

	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI, 1));
	ASSERT_EQ(0, kvm_irq(&self->kvm, KVM_ARM_IRQ_TYPE_PPI, 1, PPI, 1));
	EXPECT_EQ(1U << (SPI - 32), kvm_gic_reg(self->fd, LEVEL_INFO, 32, u32));
	EXPECT_EQ(1U << PPI, kvm_gic_reg(self->fd, LEVEL_INFO, KVM_GIC_OF(1, 0), u32));
	EXPECT_EQ(0, kvm_gic_reg(self->fd, LEVEL_INFO, KVM_GIC_OF(0, 0), u32));
	EXPECT_EQ(-EINVAL, kvm_get_attr(self->fd, LEVEL_INFO, KVM_GIC_OF(9, 0), &value));
	EXPECT_EQ(0, kvm_put_attr(self->fd, LEVEL_INFO, 32, u32, 0));
	EXPECT_EQ(0, kvm_put_attr(self->fd, LEVEL_INFO, KVM_GIC_OF(1, 0), u32, 0));
	/* Pending is what the latch has: not what the line says */
	EXPECT_EQ(0, kvm_dist(self->fd, GIC_ISPENDR + 4));
	/* What there isn't is zero */
	EXPECT_EQ(0, kvm_put_attr(self->fd, LEVEL_INFO, KVM_GIC_IRQS, u32, ~0U));
	EXPECT_EQ(0, kvm_gic_reg(self->fd, LEVEL_INFO, KVM_GIC_IRQS, u32));
}

static void copy(int from, int to, u32 group, u64 attr)
{
	u64 value = 0;

	if (kvm_attr(from, KVM_GET_DEVICE_ATTR, group, attr, &value) ||
	    kvm_attr(to, KVM_SET_DEVICE_ATTR, group, attr, &value))
		die("attribute %#llx: %s", (unsigned long long)attr, strerror(errno));
}

/* As programs do it: what sets, and not what clears; lines, then what is pending and active */
static void copy_gic(int from, int to)
{
	static const u32 regs[] = {
		GIC_IGROUPR, GIC_ISENABLER, GIC_ISPENDR, GIC_ISACTIVER,
	};
	u32 i, n, reg;

	copy(from, to, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, GICD_CTLR);
	for (reg = GIC_ICFGR + 8; reg < GIC_ICFGR + KVM_GIC_IRQS / 4; reg += 4)
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, reg);
	for (reg = GIC_IPRIORITYR + 32; reg < GIC_IPRIORITYR + KVM_GIC_IRQS; reg += 4)
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, reg);
	for (reg = GICD_IROUTER + 32 * 8; reg < GICD_IROUTER + KVM_GIC_IRQS * 8; reg += 4)
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, reg);
	for (i = 32; i < KVM_GIC_IRQS; i += 32)
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, i);
	for (n = 0; n < ARRAY_SIZE(regs); n++) {
		for (i = 1; i < KVM_GIC_IRQS / 32; i++)
			copy(from, to, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, regs[n] + 4 * i);
		for (i = 0; i < 2; i++)
			copy(from, to, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS,
			     KVM_GIC_OF(i, GIC_SGIS + regs[n]));
	}
	for (i = 0; i < 2; i++) {
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, KVM_GIC_OF(i, KVM_ICC_PMR));
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, KVM_GIC_OF(i, KVM_ICC_CTLR));
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, KVM_GIC_OF(i, KVM_ICC_IGRPEN1));
		copy(from, to, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS,
		     KVM_GIC_OF(i, KVM_ICC(12, 9, 0)));
	}
}

/* The middle of a handler: the interrupt is active, one is pending behind it, and a line is up */
TEST_F(kvm_gic_run, a_guest_goes_on_elsewhere)
{
	FIXTURE_DATA(kvm_gic_run) other;
	struct kvm_regs regs;
	u32 i;

	begin(&other);
	ASSERT_EQ(0, kvm_spi(&self->kvm, EDGE, 1));
	EXPECT_EQ(EDGE, kvm_told(&self->vcpu[0]));
	ASSERT_EQ(0, kvm_spi(&self->kvm, EDGE, 0));
	ASSERT_EQ(0, kvm_spi(&self->kvm, EDGE, 1));
	ASSERT_EQ(0, kvm_spi(&self->kvm, SPI, 1));
	/* The store is done: it can be left out there */
	self->vcpu[0].run->immediate_exit = 1;
	EXPECT_EQ(-EINTR, kvm_run_once(&self->vcpu[0]));

	copy_gic(self->fd, other.fd);
	EXPECT_EQ(1U << (EDGE - 32), kvm_dist(other.fd, GIC_ISACTIVER + 4));
	memcpy(other.kvm.ram, self->kvm.ram, GUEST_RAM_SIZE);
	for (i = 0; i < sizeof(regs.regs) / 8; i++)
		kvm_set(&other.vcpu[0], KVM_CORE(regs.regs[0]) + 2 * i,
			kvm_get(&self->vcpu[0], KVM_CORE(regs.regs[0]) + 2 * i));
	for (i = 0; i < 2; i++)
		kvm_set(&other.vcpu[0], KVM_CORE(sp_el1) + 2 * i,
			kvm_get(&self->vcpu[0], KVM_CORE(sp_el1) + 2 * i));
	kvm_set(&other.vcpu[0], KVM_CORE(spsr[KVM_SPSR_EL1]),
		kvm_get(&self->vcpu[0], KVM_CORE(spsr[KVM_SPSR_EL1])));
	/* VBAR_EL1, CPACR_EL1 */
	kvm_set(&other.vcpu[0], ARM64_SYS_REG(3, 0, 12, 0, 0),
		kvm_get(&self->vcpu[0], ARM64_SYS_REG(3, 0, 12, 0, 0)));
	kvm_set(&other.vcpu[0], ARM64_SYS_REG(3, 0, 1, 0, 2),
		kvm_get(&self->vcpu[0], ARM64_SYS_REG(3, 0, 1, 0, 2)));

	EXPECT_EQ(SPI, kvm_told(&other.vcpu[0]));
	ASSERT_EQ(0, kvm_spi(&other.kvm, SPI, 0));
	EXPECT_EQ(EDGE, kvm_told(&other.vcpu[0]));
	EXPECT_EQ(1U << (EDGE - 32), kvm_dist(other.fd, GIC_ISACTIVER + 4));
	ASSERT_EQ(0, kvm_spi(&other.kvm, LAST, 1));
	EXPECT_EQ(LAST, kvm_told(&other.vcpu[0]));
	end(&other);
}

TEST_HARNESS_MAIN
