// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the exit MAINTENANCE of a virtual GICv3: for each cause that the VMM can ask for, as
 * long as it stands, beside kicks and signals; that ends of interrupts which have no list
 * register are counted; and deactivation by the VMM.
 */
#include <errno.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "probe.h"
#include "reg.h"
#include "vgic.h"

#define ID	40UL
#define ALL	(ICH_VMCR_VPMR(0xff) | ICH_VMCR_VENG0 | ICH_VMCR_VENG1)
#define DIR	ENCODING(3, 0, 12, 11, 1)

FIXTURE(maintenance) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_gic *gic;
};

FIXTURE_SETUP(maintenance)
{
	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	vgic_vm(&self->vm, 0);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->gic = &self->run->gic;
}

FIXTURE_TEARDOWN(maintenance)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

/* The exit comes with this cause, and again; and not for who doesn't ask */
static void stands(struct __test_metadata *_metadata, FIXTURE_DATA(maintenance) *self, u64 misr)
{
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(ARM_VCPU_EXIT_MAINTENANCE, vcpu_next(self->vcpu));
		ASSERT_EQ(misr, self->gic->misr);
	}
}

/* The guest is left by its own calls only, whose misr says nothing */
static void quiet(struct __test_metadata *_metadata, FIXTURE_DATA(maintenance) *self)
{
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_next(self->vcpu));
		ASSERT_EQ(CALL_SYNC, self->run->call.immediate);
		ASSERT_EQ(0, self->gic->misr);
	}
}

static void asks(FIXTURE_DATA(maintenance) *self, u64 hcr)
{
	vcpu_enter(self->vcpu, guest_hvc, 0, 0);
	self->gic->vmcr = ALL;
	self->gic->hcr = hcr;
}

TEST_F(maintenance, at_most_one_list_register_is_used)
{
	asks(self, ICH_HCR_UIE);
	stands(_metadata, self, ICH_HCR_UIE);
	self->gic->lr[0] = vgic_pending(ID, 0x80, GROUP1);
	stands(_metadata, self, ICH_HCR_UIE);
	self->gic->lr[3] = vgic_pending(ID + 1, 0x80, GROUP1) ^ ICH_LR_PENDING ^ ICH_LR_ACTIVE;
	quiet(_metadata, self);
	self->gic->lr[0] = 0;
	stands(_metadata, self, ICH_HCR_UIE);
	self->gic->hcr = 0;
	quiet(_metadata, self);
}

TEST_F(maintenance, none_is_pending)
{
	asks(self, ICH_HCR_NPIE);
	stands(_metadata, self, ICH_HCR_NPIE);
	self->gic->lr[2] = vgic_pending(ID, 0x80, GROUP0);
	quiet(_metadata, self);
	self->gic->lr[2] ^= ICH_LR_PENDING | ICH_LR_ACTIVE;
	stands(_metadata, self, ICH_HCR_NPIE);
	self->gic->hcr = 0;
	quiet(_metadata, self);
}

static void group(struct __test_metadata *_metadata, FIXTURE_DATA(maintenance) *self, u64 bit,
		  u64 on, u64 off)
{
	u64 other = bit ^ ICH_VMCR_VENG0 ^ ICH_VMCR_VENG1;

	asks(self, on);
	stands(_metadata, self, on);
	self->gic->vmcr = ALL & ~other;
	stands(_metadata, self, on);
	self->gic->vmcr = ALL & ~bit;
	quiet(_metadata, self);
	/* QEMU 7.2 to 10.0 look at group 1 for VGrp0D: both are off, and then on */
	self->gic->vmcr = ALL & ~bit & ~other;
	quiet(_metadata, self);
	self->gic->hcr = off;
	stands(_metadata, self, off);
	self->gic->vmcr = ALL;
	quiet(_metadata, self);
	self->gic->hcr = on;
	stands(_metadata, self, on);
	self->gic->hcr = 0;
	quiet(_metadata, self);
}

TEST_F(maintenance, a_group_is_on_or_off)
{
	group(_metadata, self, ICH_VMCR_VENG0, ICH_HCR_VGRP0EIE, ICH_HCR_VGRP0DIE);
	group(_metadata, self, ICH_VMCR_VENG1, ICH_HCR_VGRP1EIE, ICH_HCR_VGRP1DIE);
}

/* An end with the EOI bit: the guest goes on with its handler when that was seen to */
TEST_F(maintenance, one_ended_that_tells)
{
	u32 i, lrs = vgic_lrs();

	vgic_listen(self->vcpu);
	for (i = 0; i < lrs; i++) {
		self->gic->lr[i] = vgic_pending(ID, 0x80, GROUP1) | ICH_LR_EOI;
		vgic_expect(self->vcpu, CALL_TAKEN, ID, VECTOR_IRQ, 0x80);
		EXPECT_EQ(0, self->gic->misr);
		stands(_metadata, self, ICH_MISR_EOI);
		EXPECT_EQ(0, ICH_LR_STATE(self->gic->lr[i]));
		EXPECT_TRUE(vgic_idle(self->gic));
		self->gic->lr[i] = 0;
		vgic_expect(self->vcpu, CALL_ENDED, ID, VECTOR_IRQ, RPR_IDLE);
		vcpu_expect_call(self->vcpu, CALL_IDLE);
		EXPECT_EQ(0, self->gic->misr);
	}
}

GUEST_ASM(guest_ends_and_waits,
	  "1: mrs x0, " STR(ICC_IAR1) "\n msr " STR(ICC_EOIR1) ", x0\n wfi\n hvc #1\n b 1b");

/* The exit isn't lost in a WFI that follows at once */
TEST_F(maintenance, one_ended_before_a_wfi)
{
	int i;

	vcpu_enter(self->vcpu, guest_ends_and_waits, 0, 0);
	self->gic->vmcr = ALL;
	for (i = 0; i < 10; i++) {
		self->gic->lr[0] = vgic_pending(ID, 0x80, GROUP1) | ICH_LR_EOI;
		self->run->flags = i & 1 ? ARM_VCPU_RUN_HALT : 0;
		stands(_metadata, self, ICH_MISR_EOI);
		/* which ends with it */
		self->gic->lr[0] = vgic_pending(ID, 0x80, GROUP1);
		vcpu_expect_call(self->vcpu, 1);
	}
}

/* The VMM has taken an active interrupt out of the list registers: its end is counted */
TEST_F(maintenance, ends_without_a_list_register_are_counted)
{
	u64 counted;
	int i;

	vgic_listen(self->vcpu);
	for (i = 1; i <= 40; i++) {
		self->gic->lr[0] = vgic_pending(ID, 0x80, GROUP1);
		vgic_expect(self->vcpu, CALL_TAKEN, ID, VECTOR_IRQ, 0x80);
		self->gic->lr[0] = 0;
		vgic_expect(self->vcpu, CALL_ENDED, ID, VECTOR_IRQ, RPR_IDLE);
		EXPECT_TRUE(vgic_idle(self->gic));
		counted = ICH_HCR_EOICOUNT(self->gic->hcr);
		/* of five bits */
		EXPECT_EQ(i % 32, counted);
		vcpu_expect_call(self->vcpu, CALL_IDLE);
		EXPECT_EQ(counted, ICH_HCR_EOICOUNT(self->gic->hcr));
	}
	self->gic->hcr |= ICH_HCR_LRENPIE;
	stands(_metadata, self, ICH_HCR_LRENPIE);
	EXPECT_EQ(40 % 32, ICH_HCR_EOICOUNT(self->gic->hcr));
	self->gic->hcr = ICH_HCR_LRENPIE;
	vcpu_expect_call(self->vcpu, CALL_IDLE);
	EXPECT_EQ(0, self->gic->misr);
	/* at once, when it is counted */
	self->gic->lr[0] = vgic_pending(ID, 0x80, GROUP1);
	vgic_expect(self->vcpu, CALL_TAKEN, ID, VECTOR_IRQ, 0x80);
	self->gic->lr[0] = 0;
	vcpu_expect(self->vcpu, MAINTENANCE);
	EXPECT_EQ(ICH_HCR_LRENPIE, self->gic->misr);
	EXPECT_EQ(1, ICH_HCR_EOICOUNT(self->gic->hcr));
}

TEST_F(maintenance, all_causes_at_once)
{
	asks(self, ICH_HCR_UIE | ICH_HCR_NPIE | ICH_HCR_VGRP0EIE | ICH_HCR_VGRP1DIE);
	self->gic->vmcr = ICH_VMCR_VENG0;
	self->gic->lr[1] = ICH_LR_EOI;
	stands(_metadata, self, ICH_MISR_EOI | self->gic->hcr);
}

TEST_F(maintenance, beside_a_kick_and_no_enter)
{
	u64 pc;

	asks(self, ICH_HCR_UIE);
	pc = self->run->pc;
	vm_kick(self->vcpu->fd);
	vcpu_expect(self->vcpu, KICKED);
	vcpu_expect(self->vcpu, MAINTENANCE);
	self->run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
	EXPECT_EQ(ICH_HCR_UIE, self->gic->hcr);
	self->run->flags = 0;
	vcpu_expect(self->vcpu, MAINTENANCE);
	self->gic->hcr = 0;
	/* nothing was done twice, or left out */
	EXPECT_EQ(pc, self->run->pc);
	quiet(_metadata, self);
}

/* x0: ICC_IGRPEN1_EL1 */
GUEST_ASM(guest_switches, "msr s3_0_c12_c12_7, x0\n isb\n b .");

struct storm {
	struct vcpu *vcpu;
	pthread_t target;
	bool stop;
	u64 kicked;	/* RUNs that said so: one for each kick */
	bool lost;
};

static void *storms(void *arg)
{
	struct storm *storm = arg;
	u64 n = 0, end;

	while (!READ_ONCE(storm->stop)) {
		vm_kick(storm->vcpu->fd);
		n++;
		end = now_ns() + SECOND * slowness();
		while (READ_ONCE(storm->kicked) != n && !READ_ONCE(storm->stop)) {
			if (now_ns() > end) {
				WRITE_ONCE(storm->lost, true);
				return NULL;
			}
			sleep_ms(1);
		}
		pthread_kill(storm->target, SIGUSR1);
		sleep_ms(1);
	}
	return NULL;
}

/* The guest spins until the one exit that its write is */
TEST_F_TIMEOUT(maintenance, beside_a_storm_of_kicks_and_signals, 60)
{
	struct storm storm = { .vcpu = self->vcpu, .target = pthread_self() };
	u64 i, signals = 0, end = now_ns() + 4 * SECOND * slowness();
	pthread_t thread;
	int ret;

	asks(self, ICH_HCR_VGRP1EIE);
	self->gic->vmcr = 0;
	catch_signal(SIGUSR1, 0);
	pthread_create(&thread, NULL, storms, &storm);
	for (i = 0; i < 200 || now_ns() < end; i++) {
		ASSERT_FALSE(READ_ONCE(storm.lost)) TH_LOG("kick %lu was lost", storm.kicked + 1);
		self->run->pc = vm_gpa(guest_switches);
		self->run->x[0] = !(i & 1);
		self->gic->hcr = i & 1 ? ICH_HCR_VGRP1DIE : ICH_HCR_VGRP1EIE;
		for (;;) {
			ret = vcpu_run(self->vcpu);
			if (ret) {
				ASSERT_EQ(-EINTR, ret);
				signals++;
			} else if (self->run->exit_reason == ARM_VCPU_EXIT_MAINTENANCE) {
				break;
			} else if (self->run->exit_reason == ARM_VCPU_EXIT_KICKED) {
				WRITE_ONCE(storm.kicked, storm.kicked + 1);
			} else {
				ASSERT_EQ(ARM_VCPU_EXIT_NONE, self->run->exit_reason);
			}
		}
		ASSERT_EQ(self->gic->hcr, self->gic->misr);
		ASSERT_EQ(!(i & 1), self->gic->vmcr >> 1 & 1);
	}
	WRITE_ONCE(storm.stop, true);
	pthread_join(thread, NULL);
	TH_LOG("%lu rounds, %lu kicks, %lu signals", i, storm.kicked, signals);
	EXPECT_LT(0, storm.kicked);
	EXPECT_LT(0, signals);
}

/* Other exits have their turn, and an interrupt of the host's isn't one of them */
TEST_F(maintenance, is_not_an_external_interrupt)
{
	asks(self, ICH_HCR_UIE);
	self->run->flags = ARM_VCPU_RUN_EXTERNAL_INTERRUPT;
	stands(_metadata, self, ICH_HCR_UIE);
}

TEST_F(maintenance, is_counted)
{
	u64 before = vcpu_stat(self->vcpu, ARM_VCPU_STAT_MAINTENANCE);

	asks(self, ICH_HCR_UIE);
	stands(_metadata, self, ICH_HCR_UIE);
	EXPECT_EQ(before + 3, vcpu_stat(self->vcpu, ARM_VCPU_STAT_MAINTENANCE));
}

/* ICC_DIR_EL1 as an exit, for who keeps active interrupts elsewhere */
TEST(deactivation_by_the_vmm)
{
	u64 flags[] = { ARM_VCPU_CONFIG_SYSREG_EXITS, 0 };
	struct vcpu *vcpu;
	struct vm vm;
	u32 i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		vgic_vm(&vm, flags[i]);
		vcpu = vcpu_create(&vm);
		probe_init(vcpu);
		vcpu->run->gic.hcr = ICH_HCR_TDIR;
		probe_enter(vcpu, INSN_MSR(DIR, 1), 0, false);
		vcpu->run->x[1] = 4711;
		if (!(vgic_vtr() & ICH_VTR_TDS)) {
			vcpu_expect(vcpu, FAIL_ENTRY);
			EXPECT_EQ(ARM_VCPU_FAIL_GIC, vcpu->run->fail.reason);
		} else if (flags[i]) {
			vcpu_expect(vcpu, SYSREG_WRITE);
			EXPECT_EQ(REG(3, 0, 12, 11, 1), vcpu->run->sysreg.id);
			EXPECT_EQ(4711, vcpu->run->sysreg.value);
			vcpu_expect_call(vcpu, PROBE_CALL);
			EXPECT_EQ(0, vcpu->run->x[0]);
		} else {
			vcpu_expect_call(vcpu, PROBE_CALL);
			EXPECT_TRUE(is_undefined(vcpu->run->x[0]));
		}
		/* and without it the guest's own */
		vcpu->run->gic.hcr = 0;
		probe_enter(vcpu, INSN_MSR(DIR, 1), 0, false);
		vcpu_expect_call(vcpu, PROBE_CALL);
		EXPECT_EQ(0, vcpu->run->x[0]);
		vm_destroy(&vm);
	}
}

TEST_HARNESS_MAIN
