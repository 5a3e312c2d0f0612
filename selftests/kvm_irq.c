// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows a VM without an interrupt controller in the kernel: a program raises and lowers the two
 * lines into a vCPU, which notices in the guest and in WFI; and the timers' outputs are levels
 * that each KVM_RUN shows, and whose changes end one.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "kvm.h"

#define IRQ	KVM_ARM_IRQ_CPU_IRQ
#define FIQ	KVM_ARM_IRQ_CPU_FIQ

FIXTURE(kvm_irq) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	struct kvm_run *run;
};

FIXTURE_SETUP(kvm_irq)
{
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
	self->run = self->vcpu.run;
}

FIXTURE_TEARDOWN(kvm_irq)
{
	kvm_end(&self->kvm);
}

static int line(FIXTURE_DATA(kvm_irq) *self, u32 type, u32 vcpu, u32 number, u32 level)
{
	struct kvm_irq_level irq = {
		.irq = type << KVM_ARM_IRQ_TYPE_SHIFT | (vcpu & 0xff) << KVM_ARM_IRQ_VCPU_SHIFT |
		       (vcpu >> 8) << KVM_ARM_IRQ_VCPU2_SHIFT | number,
		.level = level,
	};

	return vm_ioctl(self->kvm.fd, KVM_IRQ_LINE, &irq);
}

TEST_F(kvm_irq, there_are_two_lines_into_each_vcpu)
{
	struct kvm_vcpu far;

	EXPECT_EQ(0, line(self, KVM_ARM_IRQ_TYPE_CPU, 0, IRQ, 1));
	EXPECT_EQ(0, line(self, KVM_ARM_IRQ_TYPE_CPU, 0, FIQ, 0));
	EXPECT_EQ(-EINVAL, line(self, KVM_ARM_IRQ_TYPE_CPU, 0, 2, 1));
	EXPECT_EQ(-EINVAL, line(self, KVM_ARM_IRQ_TYPE_CPU, 1, IRQ, 1));
	EXPECT_EQ(-ENXIO, line(self, KVM_ARM_IRQ_TYPE_SPI, 0, 32, 1));
	EXPECT_EQ(-ENXIO, line(self, KVM_ARM_IRQ_TYPE_PPI, 0, 16, 1));
	EXPECT_EQ(-EINVAL, line(self, 3, 0, 0, 1));
	kvm_vcpu(&self->kvm, 0x101, 0, &far);
	EXPECT_EQ(0, line(self, KVM_ARM_IRQ_TYPE_CPU, 0x101, IRQ, 1));
	EXPECT_EQ(-EINVAL, line(self, KVM_ARM_IRQ_TYPE_CPU, 0x102, IRQ, 1));
}

GUEST_ASM(guest_isr_tells, "mrs x0, isr_el1\n str w0, [x1]\n b guest_isr_tells");

TEST_F(kvm_irq, the_guest_sees_what_is_up)
{
	kvm_enter(&self->vcpu, guest_isr_tells, 0, GUEST_MMIO, 0);
	EXPECT_EQ(0, kvm_told(&self->vcpu));
	line(self, KVM_ARM_IRQ_TYPE_CPU, 0, IRQ, 1);
	EXPECT_EQ(PSR_I, kvm_told(&self->vcpu));
	line(self, KVM_ARM_IRQ_TYPE_CPU, 0, FIQ, 1);
	EXPECT_EQ(PSR_I | PSR_F, kvm_told(&self->vcpu));
	line(self, KVM_ARM_IRQ_TYPE_CPU, 0, IRQ, 0);
	EXPECT_EQ(PSR_F, kvm_told(&self->vcpu));
	kvm_vcpu_init(&self->vcpu, 1 << KVM_ARM_VCPU_PSCI_0_2);
	kvm_enter(&self->vcpu, guest_isr_tells, 0, GUEST_MMIO, 0);
	EXPECT_EQ(0, kvm_told(&self->vcpu));
}

/* WFI, or a loop, until the line is up, and another until it is down */
GUEST_ASM(guest_waits, "1: wfi\n mrs x0, isr_el1\n cbz x0, 1b\n str w0, [x1]\n b .");
GUEST_ASM(guest_polls, "1: mrs x0, isr_el1\n cbz x0, 1b\n str w0, [x1]\n"
	  "2: mrs x0, isr_el1\n cbnz x0, 2b\n str w0, [x1]\n b .");

TEST_F(kvm_irq, a_line_wakes)
{
	kvm_enter(&self->vcpu, guest_waits, 0, GUEST_MMIO, 0);
	kvm_start(&self->vcpu);
	sleep_ms(30);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu.result));
	line(self, KVM_ARM_IRQ_TYPE_CPU, 0, IRQ, 1);
	EXPECT_EQ(0, kvm_join(&self->vcpu));
	EXPECT_EQ(KVM_EXIT_MMIO, self->run->exit_reason);
}

TEST_F(kvm_irq, a_guest_that_runs_notices_a_rise_and_a_fall)
{
	kvm_enter(&self->vcpu, guest_polls, 0, GUEST_MMIO, 0);
	kvm_start(&self->vcpu);
	sleep_ms(30);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu.result));
	line(self, KVM_ARM_IRQ_TYPE_CPU, 0, FIQ, 1);
	EXPECT_EQ(0, kvm_join(&self->vcpu));
	EXPECT_EQ(PSR_F, self->run->mmio.data[0]);
	kvm_start(&self->vcpu);
	sleep_ms(30);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu.result));
	line(self, KVM_ARM_IRQ_TYPE_CPU, 0, FIQ, 0);
	EXPECT_EQ(0, kvm_join(&self->vcpu));
	EXPECT_EQ(0, self->run->mmio.data[0]);
}

/* Kernels of 6.4 and newer give each task some at a tick, ten times a second or less */
TEST_F(kvm_irq, work_of_the_tasks_ends_no_run)
{
	kvm_enter(&self->vcpu, guest_polls, 0, GUEST_MMIO, 0);
	kvm_start(&self->vcpu);
	sleep_ms(500);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu.result));
	line(self, KVM_ARM_IRQ_TYPE_CPU, 0, IRQ, 1);
	EXPECT_EQ(0, kvm_join(&self->vcpu));
	EXPECT_EQ(KVM_EXIT_MMIO, self->run->exit_reason);
}

/* x0: ticks */
GUEST_ASM(guest_virtual, "msr cntv_tval_el0, x0\n mov x2, #1\n msr cntv_ctl_el0, x2\n isb\n b .");
GUEST_ASM(guest_physical, "msr cntp_tval_el0, x0\n mov x2, #1\n msr cntp_ctl_el0, x2\n isb\n b .");
GUEST_ASM(guest_off, "msr cntv_ctl_el0, xzr\n msr cntp_ctl_el0, xzr\n isb\n str w0, [x1]\n b .");

FIXTURE(kvm_timer) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
};

FIXTURE_VARIANT(kvm_timer) {
	const void *code;
	u64 level;
};

FIXTURE_VARIANT_ADD(kvm_timer, virtual)
{
	.code = guest_virtual, .level = KVM_ARM_DEV_EL1_VTIMER,
};

FIXTURE_VARIANT_ADD(kvm_timer, physical)
{
	.code = guest_physical, .level = KVM_ARM_DEV_EL1_PTIMER,
};

FIXTURE_SETUP(kvm_timer)
{
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
}

FIXTURE_TEARDOWN(kvm_timer)
{
	kvm_end(&self->kvm);
}

TEST_F(kvm_timer, a_rise_ends_a_run_and_a_fall_is_shown)
{
	struct kvm_run *run = self->vcpu.run;
	u64 begin = now_ns();

	kvm_enter(&self->vcpu, variant->code, read_sysreg(cntfrq_el0) / 50, GUEST_MMIO, 0);
	/* It comes back for other reasons too */
	while (!run->s.regs.device_irq_level) {
		ASSERT_EQ(-EINTR, kvm_run_once(&self->vcpu));
		ASSERT_EQ(KVM_EXIT_INTR, run->exit_reason);
	}
	EXPECT_LE(19 * MS, now_ns() - begin);
	EXPECT_EQ(variant->level, run->s.regs.device_irq_level);
	kvm_enter(&self->vcpu, guest_off, 6, GUEST_MMIO, 0);
	EXPECT_EQ(6, kvm_told(&self->vcpu));
	EXPECT_EQ(0, run->s.regs.device_irq_level);
}

#define TICKS	20U

/* A life with an interrupt controller in the program; on a busy machine ticks are late */
static void __guest guest_tick(struct guest_frame *frame, u64 vector)
{
	u64 *count = (u64 *)GUEST_SHARED;

	(void)frame;
	(void)vector;
	WRITE_ONCE(*count, *count + 1);
	write_sysreg(read_sysreg(cntfrq_el0) / 500, cntv_tval_el0);
	write_sysreg(*count < TICKS, cntv_ctl_el0);
	/* What an end of interrupt is: the program looks at the level again */
	guest_write32(GUEST_MMIO, (u32)*count);
}

static u64 __guest guest_ticks(u64 unused)
{
	u64 *count = (u64 *)GUEST_SHARED;

	write_sysreg(read_sysreg(cntfrq_el0) / 500, cntv_tval_el0);
	write_sysreg(1, cntv_ctl_el0);
	while (READ_ONCE(*count) < TICKS)
		wfi_take_irq();
	guest_write32(GUEST_MMIO + 4, TICKS);
	return unused;
}

TEST_F(kvm_irq, a_guest_that_ticks)
{
	u64 *handlers = (u64 *)((char *)self->kvm.ram + (GUEST_HANDLERS - GUEST_RAM));
	u64 seen = 0, level;
	u32 told = 0;
	int ret;

	handlers[VECTOR_IRQ] = vm_gpa(guest_tick);
	kvm_call(&self->vcpu, guest_ticks, 0, 0);
	for (;;) {
		ret = kvm_run_once(&self->vcpu);
		ASSERT_TRUE(!ret || ret == -EINTR);
		level = self->run->s.regs.device_irq_level;
		if (level != seen)
			line(self, KVM_ARM_IRQ_TYPE_CPU, 0, IRQ, !!level);
		seen = level;
		if (ret)
			continue;
		ASSERT_EQ(KVM_EXIT_MMIO, self->run->exit_reason);
		if (self->run->mmio.phys_addr != GUEST_MMIO)
			break;
		told++;
		EXPECT_EQ(told, self->run->mmio.data[0]);
	}
	EXPECT_EQ(TICKS, told);
}

TEST_HARNESS_MAIN
