// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that SGIs which go straight into a list register, as those do that a vCPU sends itself and
 * those that others have posted for it, are as all others: taken back by who changes what they are,
 * pending behind an active one, by priority, and neither lost nor doubled.
 */
#include <sched.h>
#include "kselftest_harness.h"
#include "gic_vm.h"

#define NR		3
#define SGI		3UL
#define SGIS		16
#define SGIS_OF(n)	(GIC_REDIST + (n) * GIC_REDIST_SIZE + GIC_SGIS)
#define BIT_OF_SGI	(1U << SGI)

/* What the guest's handlers and the host tell each other; those who run write words of their own */
struct shared {
	u64 there;
	u64 go;
	u64 taken;
	u64 id[2 * SGIS];
	u64 priority[2 * SGIS];
	u64 active;
	u64 pending;
	u64 stop;
	u64 out[2];
	u64 own[2];
	u64 others[2];
	u64 rounds[2];
	u64 wrong;
};

#define SHARED		((struct shared *)(GUEST_SHARED + 0x2000))

FIXTURE(sgi) {
	struct vm vm;
	struct vcpu *vcpu[NR];
	struct shared *shared;
};

FIXTURE_SETUP(sgi)
{
	u32 i, id;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	self->shared = vm_host(&self->vm, (u64)SHARED);
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, GROUP1);
	for (i = 0; i < NR; i++)
		for (id = 0; id < SGIS; id++)
			gic_enable(self->vcpu[i], id, 0xf0 - 8 * id);
}

FIXTURE_TEARDOWN(sgi)
{
	if (self->shared)
		vm_destroy(&self->vm);
}

__guest_inline void guest_opens(void)
{
	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
}

__guest_inline void guest_sends(u64 id, u64 cpu)
{
	write_sysreg(ICC_SGI1R_ID(id) | 1UL << cpu, ICC_SGI1R);
	asm volatile("isb" : : : "memory");
}

static void __guest guest_notes(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1), n = SHARED->taken;

	(void)frame;
	(void)vector;
	if (id == INTID_NONE)
		return;
	SHARED->id[n] = id;
	SHARED->priority[n] = read_sysreg(ICC_RPR);
	SHARED->taken = n + 1;
	write_sysreg(id, ICC_EOIR1);
}

static u64 __guest guest_holds_one(void)
{
	guest_opens();
	guest_sends(SGI, 1);
	WRITE_ONCE(SHARED->there, read_sysreg(ICC_HPPIR1) == SGI);
	while (!READ_ONCE(SHARED->go))
		barrier();
	asm volatile("msr daifclr, #2\n isb" : : : "memory");
	return SHARED->taken;
}

/* vCPU 1 has it, and vCPU 0 changes what it is: then nothing comes */
static u64 held(struct __test_metadata *_metadata, FIXTURE_DATA(sgi) *self, u64 addr, u32 value)
{
	vm_handler(&self->vm, VECTOR_IRQ, guest_notes);
	vcpu_call(self->vcpu[1], guest_holds_one, 0, 0);
	vcpu_start(self->vcpu[1]);
	EXPECT_TRUE(wait_for(READ_ONCE(self->shared->there)));
	vm_handler(&self->vm, VECTOR_IRQ, guest_interrupt);
	EXPECT_EQ(BIT_OF_SGI, gic_read32(self->vcpu[0], SGIS_OF(1) + GIC_ISPENDR));
	gic_write32(self->vcpu[0], addr, value);
	vm_handler(&self->vm, VECTOR_IRQ, guest_notes);
	WRITE_ONCE(self->shared->go, 1);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	return self->shared->taken;
}

TEST_F(sgi, that_is_there_is_taken)
{
	EXPECT_EQ(1, held(_metadata, self, SGIS_OF(1) + GIC_ISENABLER, BIT_OF_SGI));
}

TEST_F(sgi, cleared_by_another)
{
	EXPECT_EQ(0, held(_metadata, self, SGIS_OF(1) + GIC_ICPENDR, BIT_OF_SGI));
}

TEST_F(sgi, disabled_by_another)
{
	EXPECT_EQ(0, held(_metadata, self, SGIS_OF(1) + GIC_ICENABLER, BIT_OF_SGI));
}

TEST_F(sgi, its_group_switched_off_by_another)
{
	EXPECT_EQ(0, held(_metadata, self, GIC_DIST + GICD_CTLR, 0));
}

/* Once it is disabled, none is sent any more; nor may one be that was offered before */
static u64 __guest guest_sends_late(void)
{
	guest_opens();
	guest_sends(SGI + 1, 1);
	WRITE_ONCE(SHARED->there, 1);
	while (!READ_ONCE(SHARED->go))
		barrier();
	guest_sends(SGI, 1);
	asm volatile("msr daifclr, #2\n isb" : : : "memory");
	return SHARED->taken;
}

TEST_F(sgi, disabled_by_another_before_it_is_sent)
{
	vcpu_call(self->vcpu[1], guest_sends_late, 0, 0);
	vcpu_start(self->vcpu[1]);
	EXPECT_TRUE(wait_for(READ_ONCE(self->shared->there)));
	gic_write32(self->vcpu[0], SGIS_OF(1) + GIC_ICENABLER, BIT_OF_SGI);
	vm_handler(&self->vm, VECTOR_IRQ, guest_notes);
	WRITE_ONCE(self->shared->go, 1);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[1]));
	EXPECT_EQ(1, self->shared->taken);
	EXPECT_EQ(SGI + 1, self->shared->id[0]);
}

/* While it is active, once; what is pending then is seen, unless it is to stay where it is */
static void __guest guest_sends_again(struct guest_frame *frame, u64 vector)
{
	u64 id = read_sysreg(ICC_IAR1), n = SHARED->taken;

	(void)frame;
	(void)vector;
	SHARED->priority[n] = read_sysreg(ICC_RPR);
	SHARED->taken = n + 1;
	if (!n) {
		if (SHARED->go)
			guest_write32(SGIS_OF(0) + GIC_IPRIORITYR, 0x40404040);
		guest_sends(id, 0);
		if (!SHARED->go) {
			SHARED->active = guest_read32(SGIS_OF(0) + GIC_ISACTIVER);
			SHARED->pending = guest_read32(SGIS_OF(0) + GIC_ISPENDR);
		}
	}
	write_sysreg(id, ICC_EOIR1);
}

static u64 __guest guest_sends_one(void)
{
	/* The page is there from here on: what is active isn't seen in memory by a fault */
	WRITE_ONCE(SHARED->there, 1);
	guest_opens();
	asm volatile("msr daifclr, #2" : : : "memory");
	guest_sends(SGI, 0);
	asm volatile("msr daifset, #2" : : : "memory");
	return SHARED->taken;
}

static void behind(struct __test_metadata *_metadata, FIXTURE_DATA(sgi) *self)
{
	vm_handler(&self->vm, VECTOR_IRQ, guest_sends_again);
	vcpu_call(self->vcpu[0], guest_sends_one, 0, 0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	EXPECT_EQ(2, self->shared->taken);
	EXPECT_EQ(0xf0 - 8 * SGI, self->shared->priority[0]);
}

TEST_F(sgi, behind_an_active_one)
{
	behind(_metadata, self);
	EXPECT_EQ(BIT_OF_SGI, self->shared->active);
	EXPECT_EQ(BIT_OF_SGI, self->shared->pending);
	EXPECT_EQ(0xf0 - 8 * SGI, self->shared->priority[1]);
}

TEST_F(sgi, behind_one_that_was_less_urgent)
{
	self->shared->go = 1;
	behind(_metadata, self);
	EXPECT_EQ(0x40, self->shared->priority[1]);
}

/* More than there are list registers, the least urgent first, and twice: of that, once comes */
static u64 __guest guest_sends_all(void)
{
	u64 patience = read_sysreg(cntvct_el0) + 5 * read_sysreg(cntfrq_el0), id;

	guest_opens();
	for (id = 0; id < 2 * SGIS; id++)
		guest_sends(id % SGIS, 0);
	asm volatile("msr daifclr, #2" : : : "memory");
	while (READ_ONCE(SHARED->taken) < SGIS && read_sysreg(cntvct_el0) < patience)
		asm volatile("isb" : : : "memory");
	asm volatile("msr daifset, #2" : : : "memory");
	return SHARED->taken;
}

TEST_F(sgi, all_of_them_at_once)
{
	u64 i;

	vm_handler(&self->vm, VECTOR_IRQ, guest_notes);
	vcpu_call(self->vcpu[0], guest_sends_all, 0, 0);
	vcpu_expect_call(self->vcpu[0], CALL_DONE);
	EXPECT_EQ(SGIS, self->shared->taken);
	for (i = 0; i < SGIS; i++)
		EXPECT_EQ(SGIS - 1 - i, self->shared->id[i]);
}

/*
 * Two send themselves and each other the next one when the last was taken, and a third one changes
 * and looks at what they are.
 */
static void __guest guest_counts(struct guest_frame *frame, u64 vector)
{
	u64 cpu = read_sysreg(mpidr_el1) & 0xff, id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	/* It may have been taken back */
	if (id == INTID_NONE)
		return;
	if (id < SGIS / 2)
		SHARED->own[cpu]++;
	else if (id < SGIS)
		SHARED->others[cpu]++;
	else
		SHARED->wrong++;
	write_sysreg(id, ICC_EOIR1);
}

static u64 __guest guest_plays(u64 cpu)
{
	u64 round = 0;

	guest_opens();
	asm volatile("msr daifclr, #2" : : : "memory");
	while (!READ_ONCE(SHARED->stop)) {
		guest_sends(round % (SGIS / 2), cpu);
		while (READ_ONCE(SHARED->own[cpu]) <= round)
			barrier();
		guest_sends(SGIS / 2 + round % (SGIS / 2), !cpu);
		while (READ_ONCE(SHARED->others[!cpu]) <= round)
			barrier();
		WRITE_ONCE(SHARED->rounds[cpu], ++round);
	}
	/* Who is gone takes nothing, and the other one may have sent it something */
	WRITE_ONCE(SHARED->out[cpu], 1);
	while (!READ_ONCE(SHARED->out[!cpu]))
		barrier();
	return round;
}

static u64 __guest guest_meddles(u64 seed)
{
	u64 i, random, sgis, round = 0;

	while (!READ_ONCE(SHARED->stop)) {
		random = guest_pattern(seed, round++);
		sgis = SGIS_OF(random & 1);
		switch (random >> 8 & 7) {
		case 0:
			guest_write32(GIC_DIST + GICD_CTLR, GROUP1);
			break;
		case 1:
			guest_read32(sgis + GIC_ISPENDR);
			break;
		case 2:
			guest_read32(sgis + GIC_ISACTIVER);
			break;
		case 3:
			guest_write32(sgis + GIC_IPRIORITYR + (random >> 16 & 0xc),
				      random >> 32 & 0x78787878);
			break;
		default:
			guest_write32(sgis + GIC_ICENABLER, random >> 16 & 0xffff);
			guest_write32(sgis + GIC_ISENABLER, 0xffff);
		}
		for (i = 0; i < 400; i++)
			barrier();
	}
	return round;
}

static void move_one(FIXTURE_DATA(sgi) *self, unsigned int n)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu_nth(n % cpu_count()), &set);
	pthread_setaffinity_np(self->vcpu[n % NR]->thread, sizeof(set), &set);
}

TEST_F_TIMEOUT(sgi, none_is_lost_and_none_comes_twice, 120)
{
	struct shared *shared = self->shared;
	unsigned int n = 0, rounds = thorough(400);
	bool fine = true;
	u64 i;

	vm_handler(&self->vm, VECTOR_IRQ, guest_counts);
	for (i = 0; i < NR; i++) {
		vcpu_call(self->vcpu[i], i < 2 ? guest_plays : guest_meddles, i, 0);
		vcpu_start(self->vcpu[i]);
	}
	for (i = 40; fine && i <= rounds; i += 40) {
		fine = wait_for(READ_ONCE(shared->rounds[0]) >= i &&
				READ_ONCE(shared->rounds[1]) >= i);
		move_one(self, n++);
	}
	WRITE_ONCE(shared->stop, 1);
	fine = fine && wait_for(READ_ONCE(shared->out[0]) && READ_ONCE(shared->out[1]));
	EXPECT_TRUE(fine);
	for (i = 0; i < NR; i++) {
		if (!fine)
			vm_kick(self->vcpu[i]->fd);
		vcpu_join(self->vcpu[i]);
	}
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(shared->rounds[i], shared->own[i]);
		EXPECT_EQ(shared->rounds[i], shared->others[!i]);
	}
	EXPECT_EQ(0, shared->wrong);
}

TEST_HARNESS_MAIN
