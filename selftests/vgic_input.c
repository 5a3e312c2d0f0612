// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows what the kernel doesn't take for a virtual GICv3, each thing by itself: FAIL_ENTRY, with
 * everything as it was; that a VMM which writes there all the time hurts nobody else's guest,
 * nor the host's own interrupts; and on which hosts there is one.
 */
#include <errno.h>
#include <string.h>
#include "kselftest_harness.h"
#include "vgic.h"

#define ID	40UL

FIXTURE(input) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_gic *gic;
	u64 vtr;
	u32 lrs;
};

FIXTURE_SETUP(input)
{
	self->vtr = vgic_vtr();
	if (!self->vtr)
		SKIP(return, NO_VGIC);
	self->lrs = (u32)ICH_VTR_LRS(self->vtr);
	vgic_vm(&self->vm, 0);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->gic = &self->run->gic;
	vgic_listen(self->vcpu);
}

FIXTURE_TEARDOWN(input)
{
	if (self->vcpu)
		vm_destroy(&self->vm);
}

/* As it is now it can't be entered, with what was there before it can */
static void refused_now(struct __test_metadata *_metadata, FIXTURE_DATA(input) *self,
			const struct arm_vcpu_gic *before, const char *what, u64 value)
{
	struct arm_vcpu_gic asked = *self->gic;
	u64 pc = self->run->pc;

	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(ARM_VCPU_EXIT_FAIL_ENTRY, self->run->exit_reason) {
		TH_LOG("%s: %llx", what, (unsigned long long)value);
	}
	EXPECT_EQ(ARM_VCPU_FAIL_GIC, self->run->fail.reason);
	EXPECT_EQ(pc, self->run->pc);
	asked.misr = self->gic->misr;
	EXPECT_EQ(0, memcmp(&asked, self->gic, sizeof(asked))) TH_LOG("%s", what);
	*self->gic = *before;
	vcpu_expect_call(self->vcpu, CALL_IDLE);
}

static void refused(struct __test_metadata *_metadata, FIXTURE_DATA(input) *self, __u64 *at,
		    u64 value, const char *what)
{
	struct arm_vcpu_gic before = *self->gic;

	*at = value;
	refused_now(_metadata, self, &before, what, value);
}

TEST_F(input, a_list_registers_reserved_bits)
{
	u64 lr = vgic_pending(ID, 0x80, GROUP1), valid;
	u32 n, bit;

	valid = ((1UL << ICH_VTR_ID_BITS(self->vtr)) - 1) | ICH_LR_EOI | ICH_LR_PRIORITY(0xff) |
		ICH_LR_GROUP1 | ICH_LR_PENDING | ICH_LR_ACTIVE;
	for (n = 0; n < self->lrs; n++) {
		for (bit = 0; bit < 64; bit++) {
			if (valid >> bit & 1)
				continue;
			/* pending, and invalid but for that bit */
			refused(_metadata, self, &self->gic->lr[n], lr | 1UL << bit, "LR");
			refused(_metadata, self, &self->gic->lr[n], 1UL << bit, "LR");
		}
	}
}

TEST_F(input, list_registers_and_priorities_that_are_not_there)
{
	struct arm_vcpu_gic before = *self->gic;
	u32 n, pre = (u32)ICH_VTR_PRE_BITS(self->vtr);

	for (n = self->lrs; n < 16; n++) {
		refused(_metadata, self, &self->gic->lr[n], vgic_pending(ID, 0x80, GROUP1), "LR");
		refused(_metadata, self, &self->gic->lr[n], ID, "LR");
	}
	for (n = 1U << (pre - 5); n < 4; n++) {
		self->gic->ap0r[n] = 1;
		refused_now(_metadata, self, &before, "AP0R", n);
		self->gic->ap1r[n] = 1U << 31;
		refused_now(_metadata, self, &before, "AP1R", n);
	}
}

TEST_F(input, hcr)
{
	u64 valid = ICH_HCR_UIE | ICH_HCR_LRENPIE | ICH_HCR_NPIE | ICH_HCR_VGRP0EIE |
		ICH_HCR_VGRP0DIE | ICH_HCR_VGRP1EIE | ICH_HCR_VGRP1DIE | 0x1fUL << 27;
	u32 bit;

	if (self->vtr & ICH_VTR_TDS)
		valid |= ICH_HCR_TDIR;
	for (bit = 0; bit < 64; bit++) {
		if (!(valid >> bit & 1))
			refused(_metadata, self, &self->gic->hcr, 1UL << bit, "HCR");
	}
	self->gic->hcr = valid;
	do {
		ASSERT_EQ(0, vcpu_run(self->vcpu));
	} while (self->run->exit_reason == ARM_VCPU_EXIT_NONE);
	EXPECT_EQ(ARM_VCPU_EXIT_MAINTENANCE, self->run->exit_reason);
}

TEST_F(input, intids_that_are_none)
{
	u64 id;
	u32 n;

	for (id = INTID_SPECIAL; id <= INTID_NONE; id++) {
		for (n = 0; n < self->lrs; n++) {
			refused(_metadata, self, &self->gic->lr[n], vgic_pending(id, 0, GROUP1),
				"LR");
			refused(_metadata, self, &self->gic->lr[n], id | ICH_LR_ACTIVE, "LR");
			/* which nobody looks at */
			self->gic->lr[n] = id;
			vcpu_expect_call(self->vcpu, CALL_IDLE);
			self->gic->lr[n] = 0;
		}
	}
}

TEST_F(input, an_intid_twice)
{
	u64 states[] = { ICH_LR_PENDING, ICH_LR_ACTIVE, ICH_LR_PENDING | ICH_LR_ACTIVE };
	u32 a, b, i;

	/* not to be taken */
	self->gic->vmcr &= ~(ICH_VMCR_VENG0 | ICH_VMCR_VENG1);
	for (a = 0; a < self->lrs; a++) {
		for (b = 0; b < self->lrs; b++) {
			if (a == b)
				continue;
			for (i = 0; i < 9; i++) {
				self->gic->lr[a] = ID | states[i / 3] | ICH_LR_GROUP1;
				refused(_metadata, self, &self->gic->lr[b],
					ID | states[i % 3] | ICH_LR_PRIORITY(8), "LR");
			}
			self->gic->lr[b] = ID;
			vcpu_expect_call(self->vcpu, CALL_IDLE);
			self->gic->lr[b] = (ID + 1) | ICH_LR_ACTIVE;
			vcpu_expect_call(self->vcpu, CALL_IDLE);
			self->gic->lr[a] = 0;
			self->gic->lr[b] = 0;
		}
	}
}

/* An EL2 that believed it would have the guest end an interrupt of the host's */
TEST_F(input, after_one_that_is_refused_all_others_work)
{
	refused(_metadata, self, &self->gic->lr[0],
		vgic_pending(ID, 0x80, GROUP1) | ICH_LR_HW | (u64)INTID_VTIMER << 32, "HW");
	self->gic->lr[0] = vgic_pending(ID, 0x80, GROUP1);
	vgic_expect(self->vcpu, CALL_TAKEN, ID, VECTOR_IRQ, 0x80);
	vgic_expect(self->vcpu, CALL_ENDED, ID, VECTOR_IRQ, RPR_IDLE);
}

struct hostile {
	struct vcpu *vcpu;
	u64 lrs;
	bool stop;
};

/* Half of the time what can be, as far as one can tell in this haste */
static void *scribbler(void *arg)
{
	struct hostile *hostile = arg;
	volatile struct arm_vcpu_gic *gic = &hostile->vcpu->run->gic;
	volatile u64 *words = (volatile u64 *)gic;
	u64 i, seed = 0;

	while (!READ_ONCE(hostile->stop)) {
		u64 kind = guest_pattern(seed++, 3);

		for (i = 0; i < sizeof(*gic) / 8; i++)
			words[i] = kind & 1 ? guest_pattern(seed, i) : 0;
		if (kind & 3)
			continue;
		gic->vmcr = guest_pattern(seed, 1);
		gic->hcr = guest_pattern(seed, 2) & 0xfe;
		gic->ap0r[0] = (u32)guest_pattern(seed, 3);
		gic->ap1r[0] = (u32)guest_pattern(seed, 4);
		for (i = 0; i < hostile->lrs; i++)
			gic->lr[i] = (guest_pattern(seed, 5 + i) & 0xf0f8020000000000UL &
				      ~ICH_LR_HW) | (32 + i);
	}
	return NULL;
}

/* Takes the guest through its CPU interface, ends and deactivates what isn't its own */
static u64 __guest guest_meddles(void)
{
	u64 seed = 0, id;

	for (;;) {
		id = guest_pattern(seed++, 7) % 1020;
		write_sysreg(0xff, ICC_PMR);
		write_sysreg(seed & 1, ICC_IGRPEN0);
		write_sysreg(1, ICC_IGRPEN1);
		write_sysreg(seed & 2, ICC_CTLR);
		write_sysreg(read_sysreg(ICC_IAR1), ICC_EOIR1);
		write_sysreg(id, ICC_EOIR0);
		write_sysreg(id, ICC_EOIR1);
		write_sysreg(id, ICC_DIR);
		write_sysreg(seed, ICC_AP0R0);
		write_sysreg(seed, ICC_AP1R0);
		write_sysreg(INTID_VTIMER, ICC_EOIR1);
		write_sysreg(30, ICC_DIR);
		if (seed % 64 == 0)
			guest_sync(seed);
	}
	return 0;
}

/* The host's timers end its sleep, on every CPU: what they need hasn't been taken away */
static void host_wakes(struct __test_metadata *_metadata)
{
	u64 begin;
	int cpu;

	for (cpu = 0; cpu < cpu_count(); cpu++) {
		pin_to(cpu_nth(cpu));
		begin = now_ns();
		sleep_ms(5);
		EXPECT_GE(3 * SECOND * slowness(), now_ns() - begin);
	}
	pin_to(cpu_nth(0));
}

TEST_F_TIMEOUT(input, a_vmm_that_writes_there_all_the_time, 60)
{
	struct hostile hostile = { .vcpu = self->vcpu, .lrs = self->lrs };
	u64 exits[ARM_VCPU_EXIT_MAINTENANCE + 1] = { 0 }, end = now_ns() + 4 * SECOND, i;
	struct vcpu *good;
	pthread_t thread;
	struct vm vm;
	int ret;

	vgic_vm(&vm, 0);
	good = vcpu_create(&vm);
	vgic_listen(good);
	pin_to(cpu_nth(1));
	pthread_create(&thread, NULL, scribbler, &hostile);
	pin_to(cpu_nth(0));
	vcpu_call(self->vcpu, guest_meddles, 0, 0);
	for (i = 0; now_ns() < end; i++) {
		good->run->gic.lr[1] = vgic_pending(ID, 0x80, GROUP1);
		vgic_expect(good, CALL_TAKEN, ID, VECTOR_IRQ, 0x80);
		ret = vcpu_run(self->vcpu);
		ASSERT_TRUE(!ret || ret == -EINTR) TH_LOG("%d", ret);
		ASSERT_GE(ARM_VCPU_EXIT_MAINTENANCE, self->run->exit_reason);
		exits[self->run->exit_reason]++;
		/* five bits of priority are there in any case */
		ASSERT_EQ(ICH_VMCR_VPMR(0xf8) | ICH_VMCR_VENG0 | ICH_VMCR_VENG1,
			  good->run->gic.vmcr & (ICH_VMCR_VPMR(0xf8) | ICH_VMCR_VENG0 |
						 ICH_VMCR_VENG1 | ICH_VMCR_VEOIM));
		vgic_expect(good, CALL_ENDED, ID, VECTOR_IRQ, RPR_IDLE);
		vcpu_expect_call(good, CALL_IDLE);
		ASSERT_TRUE(vgic_idle(&good->run->gic));
		if (i % 64 == 0)
			host_wakes(_metadata);
	}
	WRITE_ONCE(hostile.stop, true);
	pthread_join(thread, NULL);
	TH_LOG("%lu FAIL_ENTRY, %lu HYPERCALL, %lu MAINTENANCE",
	       exits[ARM_VCPU_EXIT_FAIL_ENTRY], exits[ARM_VCPU_EXIT_HYPERCALL],
	       exits[ARM_VCPU_EXIT_MAINTENANCE]);
	EXPECT_EQ(0, exits[ARM_VCPU_EXIT_INTERNAL_ERROR]);
	EXPECT_LT(0, exits[ARM_VCPU_EXIT_FAIL_ENTRY]);
	EXPECT_LT(0, exits[ARM_VCPU_EXIT_HYPERCALL] + exits[ARM_VCPU_EXIT_MAINTENANCE]);
	vm_destroy(&vm);
}

/* On all of its CPUs */
TEST_F(input, the_hosts_interrupts_are_not_the_guests)
{
	int i;

	vcpu_call(self->vcpu, guest_meddles, 0, 0);
	for (i = 0; i < 200; i++) {
		pin_to(cpu_nth(i));
		vcpu_expect_call(self->vcpu, CALL_SYNC);
		if (i % 20 < cpu_count())
			host_wakes(_metadata);
	}
}

TEST(who_has_one)
{
	bool gicv3, vgic = vgic_vtr();
	struct arm_vcpu_info info;
	int fd = vm_open();

	ASSERT_EQ(0, vm_info(fd, &info));
	gicv3 = info.config_flags & ARM_VCPU_CONFIG_SGI_EXITS;
	/* Every emulated GICv3 of a machine with EL2 has it */
	EXPECT_EQ(gicv3, vgic);
	EXPECT_EQ(vgic, !!(info.config_flags & ARM_VCPU_CONFIG_VGIC));
	EXPECT_EQ(vgic ? 0 : -EOPNOTSUPP, vm_configure(fd, 0, ARM_VCPU_CONFIG_VGIC));
	EXPECT_EQ(vgic ? 0 : -EOPNOTSUPP,
		  vm_configure(fd, 0, ARM_VCPU_CONFIG_VGIC | ARM_VCPU_CONFIG_SGI_EXITS |
			       ARM_VCPU_CONFIG_SYSREG_EXITS));
	if (vgic) {
		EXPECT_GE(16, ICH_VTR_LRS(info.ich_vtr));
		EXPECT_LE(5, ICH_VTR_PRE_BITS(info.ich_vtr));
		EXPECT_GE(7, ICH_VTR_PRE_BITS(info.ich_vtr));
		EXPECT_LE(ICH_VTR_PRE_BITS(info.ich_vtr), ICH_VTR_PRI_BITS(info.ich_vtr));
		/* ListRegs, TDS, IDbits, PREbits and PRIbits alone */
		EXPECT_EQ(0, info.ich_vtr & ~0xff88001fUL);
	}
	close(fd);
}

TEST_HARNESS_MAIN
