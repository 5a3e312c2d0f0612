// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the kernel's GIC with vCPUs that run: interrupts that they send each other, what wakes
 * them, their timers, and that nothing that another one changes is too late for what is in their
 * list registers.
 */
#include "kselftest_harness.h"
#include "gic_vm.h"

#define SPI		40U
#define PTIMER		30U
#define SGI		3UL
#define NR		3
#define FAR		0x21UL	/* Aff0, of the last */
#define SGI_IRM		(1UL << 40)
#define SGI_RS(n)	((u64)(n) << 44)
#define SGI_AFF1(n)	((u64)(n) << 16)

/* Of a vCPU that waits with its interrupts masked until it is told to go on */
struct target {
	u64 there;	/* the SPI is in a list register */
	u64 gone;	/* it isn't any more */
	u64 go;
};

#define TARGET		((struct target *)(GUEST_SHARED + 0x2000))

FIXTURE(vcpus) {
	struct vm vm;
	struct vcpu *vcpu[NR];
	struct vgic_shared *shared;
	struct target *target;
};

FIXTURE_SETUP(vcpus)
{
	int i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	self->shared = vm_host(&self->vm, GUEST_SHARED);
	self->target = vm_host(&self->vm, (u64)TARGET);
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, 3);
	for (i = 0; i < NR; i++)
		gic_enable(self->vcpu[i], SGI, 0x80);
}

FIXTURE_TEARDOWN(vcpus)
{
	if (self->vcpu[0])
		vm_destroy(&self->vm);
}

static u64 __guest guest_sends(u64 value, u64 group)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	asm volatile("msr daifclr, #3" : : : "memory");
	if (group == GROUP1)
		write_sysreg(value, ICC_SGI1R);
	else
		write_sysreg(value, s3_0_c12_c11_7);
	return 0;
}

static void send(struct vcpu *vcpu, u64 value)
{
	vcpu_call(vcpu, guest_sends, ICC_SGI1R_ID(SGI) | value, GROUP1);
}

TEST_F(vcpus, an_sgi_to_itself)
{
	send(self->vcpu[0], 1);
	gic_comes(self->vcpu[0], SGI, 0x80);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	gic_idle(self->vcpu[1]);
}

TEST_F(vcpus, an_sgi_to_a_list)
{
	send(self->vcpu[0], 1 << 1 | 1 << 2 | 1 << 9);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	gic_comes(self->vcpu[1], SGI, 0x80);
	gic_comes(self->vcpu[2], SGI, 0x80);
	gic_idle(self->vcpu[1]);
	/* Another cluster, and none at all */
	send(self->vcpu[0], SGI_AFF1(1) | 1 << 1);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	send(self->vcpu[0], SGI_RS(1) | 1 << 1);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	send(self->vcpu[0], 0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	gic_idle(self->vcpu[1]);
	gic_idle(self->vcpu[2]);
}

TEST_F(vcpus, an_sgi_to_all_others)
{
	send(self->vcpu[1], SGI_IRM);
	vcpu_expect_call(self->vcpu[1], CALL_DONE);
	gic_comes(self->vcpu[0], SGI, 0x80);
	gic_comes(self->vcpu[2], SGI, 0x80);
	gic_idle(self->vcpu[0]);
}

TEST_F(vcpus, an_sgi_beyond_sixteen)
{
	u64 frame = GIC_REDIST + NR * GIC_REDIST_SIZE + GIC_SGIS;
	int fd = vm_vcpu(self->vm.fd, FAR);

	ASSERT_LE(0, fd);
	gic_write32(self->vcpu[1], frame + GIC_IGROUPR, 1U << SGI);
	send(self->vcpu[0], SGI_RS(FAR / 16) | 1 << FAR % 16);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	EXPECT_EQ(1U << SGI, gic_read32(self->vcpu[1], frame + GIC_ISPENDR));
	close(fd);
}

/* The register says the group, and the receiver has one */
TEST_F(vcpus, an_sgi_of_another_group)
{
	vcpu_call(self->vcpu[0], guest_sends, ICC_SGI1R_ID(SGI) | 1 << 1, GROUP0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	gic_idle(self->vcpu[1]);
	gic_write32(self->vcpu[1], gic_word(self->vcpu[1], GIC_IGROUPR, SGI), 0);
	send(self->vcpu[0], 1 << 1);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	gic_idle(self->vcpu[1]);
	vcpu_call(self->vcpu[0], guest_sends, ICC_SGI1R_ID(SGI) | 1 << 1, GROUP0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	vgic_expect(self->vcpu[1], CALL_TAKEN, SGI, VECTOR_FIQ, 0x80);
}

TEST_F(vcpus, an_spi_wakes)
{
	gic_make_edge(self->vcpu[0], SPI);
	gic_enable(self->vcpu[0], SPI, 0x80);
	gic_route(self->vcpu[0], SPI, 1);
	gic_sleep(self->vcpu[1]);
	gic_line(&self->vm, SPI, 1);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	EXPECT_EQ(1, self->shared->taken);
}

TEST_F(vcpus, an_sgi_wakes)
{
	gic_sleep(self->vcpu[1]);
	send(self->vcpu[0], 1 << 1);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	EXPECT_EQ(1, self->shared->taken);
}

static void __guest guest_timer_fires(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	if (id == INTID_NONE)
		return;
	GUEST_ASSERT(id == INTID_VTIMER || id == PTIMER);
	/* Twice, for it is a level */
	if (++VGIC_SHARED->taken % 2 == 0) {
		write_sysreg(0, cntv_ctl_el0);
		write_sysreg(0, cntp_ctl_el0);
	}
	write_sysreg(id, ICC_EOIR1);
}

static u64 __guest guest_waits_for_timer(u64 physical, u64 n)
{
	u64 ticks = read_sysreg(cntfrq_el0) / 500, i, end;

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	for (i = 1; i <= n; i++) {
		if (physical) {
			write_sysreg(ticks, cntp_tval_el0);
			write_sysreg(1, cntp_ctl_el0);
		} else {
			write_sysreg(ticks, cntv_tval_el0);
			write_sysreg(1, cntv_ctl_el0);
		}
		while (READ_ONCE(VGIC_SHARED->taken) < 2 * i)
			wfi_take_irq();
		/* It has stopped */
		asm volatile("msr daifclr, #2" : : : "memory");
		end = read_sysreg(cntvct_el0) + ticks;
		while (read_sysreg(cntvct_el0) < end)
			isb();
		asm volatile("msr daifset, #2" : : : "memory");
		GUEST_ASSERT_EQ(VGIC_SHARED->taken, 2 * i);
	}
	return VGIC_SHARED->taken;
}

TEST_F(vcpus, timers)
{
	u64 physical;

	vm_handler(&self->vm, VECTOR_IRQ, guest_timer_fires);
	gic_enable(self->vcpu[1], INTID_VTIMER, 0x80);
	gic_enable(self->vcpu[1], PTIMER, 0x80);
	for (physical = 0; physical < 2; physical++) {
		self->shared->taken = 0;
		vcpu_call(self->vcpu[1], guest_waits_for_timer, physical, 20);
		vcpu_expect_call(self->vcpu[1], CALL_DONE);
		EXPECT_EQ(40, self->vcpu[1]->run->x[0]);
	}
}

/* Pending while its output is up, although nobody has left the guest for its fall */
static u64 __guest guest_looks_at_timer(u64 reg)
{
	u64 patience = read_sysreg(cntvct_el0) + 10 * read_sysreg(cntfrq_el0);
	u64 bit = 1 << INTID_VTIMER;

	write_sysreg(0, cntv_cval_el0);
	write_sysreg(1, cntv_ctl_el0);
	while (!(guest_read32(reg) & bit))
		if (read_sysreg(cntvct_el0) > patience)
			return 1;
	write_sysreg(0, cntv_ctl_el0);
	isb();
	return guest_read32(reg) & bit;
}

TEST_F(vcpus, a_timer_that_is_off_is_not_pending)
{
	vcpu_call(self->vcpu[1], guest_looks_at_timer,
		  gic_word(self->vcpu[1], GIC_ISPENDR, INTID_VTIMER), 0);
	vcpu_expect_call(self->vcpu[1], CALL_DONE);
	EXPECT_EQ(0, self->vcpu[1]->run->x[0]);
}

/* Has the SPI in a list register, and doesn't take it */
static u64 __guest guest_has_it(u64 id)
{
	u64 patience = read_sysreg(cntvct_el0) + 10 * read_sysreg(cntfrq_el0), now;

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	while (read_sysreg(ICC_HPPIR1) != id)
		isb();
	WRITE_ONCE(TARGET->there, 1);
	do {
		now = read_sysreg(cntvct_el0);
		if (read_sysreg(ICC_HPPIR1) == INTID_NONE)
			WRITE_ONCE(TARGET->gone, 1);
	} while (!READ_ONCE(TARGET->go) && now < patience);
	asm volatile("msr daifclr, #2\n isb" : : : "memory");
	isb();
	return VGIC_SHARED->taken;
}

static void target_has_it(struct __test_metadata *_metadata, FIXTURE_DATA(vcpus) *self, bool edge)
{
	if (edge)
		gic_make_edge(self->vcpu[0], SPI);
	gic_enable(self->vcpu[0], SPI, 0x80);
	gic_route(self->vcpu[0], SPI, 1);
	self->shared->quiet = 1;
	vcpu_call(self->vcpu[1], guest_has_it, SPI, 0);
	vcpu_start(self->vcpu[1]);
	gic_line(&self->vm, SPI, 1);
	ASSERT_TRUE(wait_for(READ_ONCE(self->target->there)));
}

static u64 target_ends(struct __test_metadata *_metadata, FIXTURE_DATA(vcpus) *self)
{
	WRITE_ONCE(self->target->go, 1);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	EXPECT_EQ(CALL_DONE, self->vcpu[1]->run->call.immediate);
	return self->vcpu[1]->run->x[0];
}

TEST_F(vcpus, a_pending_one_is_taken)
{
	target_has_it(_metadata, self, true);
	EXPECT_EQ(1, gic_get(self->vcpu[0], GIC_ISPENDR, SPI));
	EXPECT_EQ(1, target_ends(_metadata, self));
	EXPECT_EQ(0, gic_get(self->vcpu[0], GIC_ISPENDR, SPI));
}

TEST_F(vcpus, a_level_falls)
{
	target_has_it(_metadata, self, false);
	gic_line(&self->vm, SPI, 0);
	EXPECT_TRUE(wait_for(READ_ONCE(self->target->gone)));
	EXPECT_EQ(0, target_ends(_metadata, self));
}

/* Once the write is done, it is too late for the interrupt */
static void recalled(struct __test_metadata *_metadata, FIXTURE_DATA(vcpus) *self, u64 addr,
		     u32 value)
{
	target_has_it(_metadata, self, true);
	gic_write32(self->vcpu[0], GIC_DIST + addr, value);
	EXPECT_EQ(0, target_ends(_metadata, self));
	gic_idle(self->vcpu[0]);
}

TEST_F(vcpus, disabled_by_another)
{
	recalled(_metadata, self, GIC_ICENABLER + SPI / 32 * 4, 1U << SPI % 32);
	EXPECT_EQ(1, gic_get(self->vcpu[0], GIC_ISPENDR, SPI));
}

TEST_F(vcpus, cleared_by_another)
{
	recalled(_metadata, self, GIC_ICPENDR + SPI / 32 * 4, 1U << SPI % 32);
}

TEST_F(vcpus, routed_away_by_another)
{
	recalled(_metadata, self, GICD_IROUTER + 8 * SPI, 2);
	gic_idle(self->vcpu[2]);
	EXPECT_EQ(1, self->shared->taken);
}

TEST_F(vcpus, masked_by_another)
{
	recalled(_metadata, self, GIC_IPRIORITYR + SPI, ~0U);
}

TEST_F(vcpus, a_group_switched_off_by_another)
{
	recalled(_metadata, self, GICD_CTLR, GROUP0);
}

TEST_F(vcpus, moved_to_the_other_group_by_another)
{
	recalled(_metadata, self, GIC_IGROUPR + SPI / 32 * 4, 0);
}

/* It stays active in a list register of one that runs */
static void __guest guest_holds(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	VGIC_SHARED->taken++;
	while (!VGIC_SHARED->nests)
		barrier();
	write_sysreg(id, ICC_EOIR1);
}

TEST_F(vcpus, active_is_seen_by_another)
{
	vm_handler(&self->vm, VECTOR_IRQ, guest_holds);
	target_has_it(_metadata, self, true);
	WRITE_ONCE(self->target->go, 1);
	ASSERT_TRUE(wait_for(READ_ONCE(self->shared->taken)));
	EXPECT_EQ(1, gic_get(self->vcpu[0], GIC_ISACTIVER, SPI));
	EXPECT_EQ(0, gic_get(self->vcpu[0], GIC_ISPENDR, SPI));
	WRITE_ONCE(self->shared->nests, 1);
	EXPECT_EQ(1, target_ends(_metadata, self));
	EXPECT_EQ(0, gic_get(self->vcpu[0], GIC_ISACTIVER, SPI));
}

/* Who has it is told of the next one, whoever that is for by now */
TEST_F(vcpus, an_edge_behind_an_active_one_that_was_routed_away)
{
	vm_handler(&self->vm, VECTOR_IRQ, guest_holds);
	target_has_it(_metadata, self, true);
	WRITE_ONCE(self->target->go, 1);
	ASSERT_TRUE(wait_for(READ_ONCE(self->shared->taken)));
	gic_route(self->vcpu[0], SPI, 2);
	gic_line(&self->vm, SPI, 0);
	gic_line(&self->vm, SPI, 1);
	WRITE_ONCE(self->shared->nests, 1);
	target_ends(_metadata, self);
	gic_idle(self->vcpu[2]);
	EXPECT_EQ(2, self->shared->taken);
}

TEST_HARNESS_MAIN
