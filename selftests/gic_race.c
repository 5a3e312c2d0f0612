// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that the kernel's GIC loses no interrupt, and delivers none twice, whatever goes on
 * meanwhile: vCPUs disable and enable what others have in list registers, route it to each
 * other, change its priority and look at it, and the threads that run them change CPUs.
 */
#include <sched.h>
#include <stdlib.h>
#include "kselftest_harness.h"
#include "gic_vm.h"

#define NR		4
#define SPI		40U
#define SPIS		8U
#define SENT		thorough(3000)

/* Each is written by one vCPU alone: there are no atomic accesses without an MMU */
struct counts {
	u64 taken[SPIS];
	u64 wrong;
	u64 rounds;
};

struct shared {
	u64 stop;
	struct counts counts[NR];
};

#define SHARED		((struct shared *)(GUEST_SHARED + 0x2000))

static void __guest guest_counts(struct guest_frame *frame, u64 vector)
{
	struct counts *own = &SHARED->counts[read_sysreg(mpidr_el1) & 0xff];
	u64 id = read_sysreg(ICC_IAR1);

	(void)frame;
	(void)vector;
	/* It may have been taken back */
	if (id == INTID_NONE)
		return;
	if (id >= SPI && id < SPI + SPIS)
		own->taken[id - SPI]++;
	else
		own->wrong++;
	write_sysreg(id, ICC_EOIR1);
}

/* What is disabled is enabled again by the same vCPU, and so are all in the end */
__guest_inline void guest_meddles(u64 random)
{
	u64 id = SPI + random % SPIS, word = GIC_DIST + id / 32 * 4;

	switch (random >> 8 & 7) {
	case 0:
	case 1:
		guest_write32(word + GIC_ICENABLER, 1U << id % 32);
		guest_write32(word + GIC_ISENABLER, 1U << id % 32);
		break;
	case 2:
	case 3:
		guest_write32(GIC_DIST + GICD_IROUTER + 8 * id, random >> 16 & (NR - 1));
		break;
	case 4:
		/* Four at once */
		guest_write32(GIC_DIST + GIC_IPRIORITYR + (id & ~3UL), random >> 16 & 0x78787878);
		break;
	case 5:
		guest_read32(word + GIC_ISPENDR);
		break;
	case 6:
		guest_read32(word + GIC_ISACTIVER);
		break;
	default:
		guest_write32(GIC_DIST + GICD_CTLR, GROUP1);
		break;
	}
}

static u64 __guest guest_races(u64 seed)
{
	struct counts *own = &SHARED->counts[read_sysreg(mpidr_el1) & 0xff];
	u64 i;

	write_sysreg(0xff, ICC_PMR);
	write_sysreg(1, ICC_IGRPEN1);
	asm volatile("msr daifclr, #2" : : : "memory");
	while (!READ_ONCE(SHARED->stop)) {
		guest_meddles(guest_pattern(seed, own->rounds++));
		for (i = 0; i < 200; i++)
			barrier();
	}
	return 0;
}

FIXTURE(race) {
	struct vm vm;
	struct vcpu *vcpu[NR];
	struct shared *shared;
	u64 sent[SPIS];
};

FIXTURE_SETUP(race)
{
	u32 i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	gic_vm(&self->vm);
	vm_handler(&self->vm, VECTOR_IRQ, guest_counts);
	self->shared = vm_host(&self->vm, (u64)SHARED);
	gic_add_vcpus(&self->vm, self->vcpu, NR);
	for (i = SPI; i < SPI + SPIS; i++) {
		gic_make_edge(self->vcpu[0], i);
		gic_enable(self->vcpu[0], i, 0x40);
		gic_route(self->vcpu[0], i, i % NR);
	}
	gic_write32(self->vcpu[0], GIC_DIST + GICD_CTLR, GROUP1);
}

FIXTURE_TEARDOWN(race)
{
	if (self->shared)
		vm_destroy(&self->vm);
}

static u64 taken(FIXTURE_DATA(race) *self, u32 spi)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < NR; i++)
		sum += READ_ONCE(self->shared->counts[i].taken[spi]);
	return sum;
}

static void move_one(FIXTURE_DATA(race) *self)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu_nth(rand() % cpu_count()), &set);
	pthread_setaffinity_np(self->vcpu[rand() % NR]->thread, sizeof(set), &set);
}

/* The next edge of each as soon as the last was taken; less of them where that takes long */
static u64 send(FIXTURE_DATA(race) *self)
{
	u64 total = 0, begin = now_ns(), since = begin, now = begin;
	u32 i;

	while (total < SENT && now - since < 8 * SECOND * slowness() &&
	       (total < SENT / 5 || now - begin < 40 * SECOND)) {
		for (i = 0; i < SPIS; i++) {
			if (taken(self, i) < self->sent[i])
				continue;
			self->sent[i]++;
			gic_line(&self->vm, SPI + i, 1);
			gic_line(&self->vm, SPI + i, 0);
			since = now_ns();
			if (++total % 50 == 0)
				move_one(self);
		}
		sched_yield();
		now = now_ns();
	}
	return total;
}

TEST_F_TIMEOUT(race, none_is_lost_and_none_comes_twice, 120)
{
	u64 i;

	for (i = 0; i < NR; i++) {
		vcpu_call(self->vcpu[i], guest_races, i, 0);
		vcpu_start(self->vcpu[i]);
	}
	EXPECT_LE(SENT / 5, send(self));
	for (i = 0; i < SPIS; i++)
		EXPECT_TRUE(wait_for(taken(self, i) >= self->sent[i])) TH_LOG("SPI %lu", SPI + i);
	sleep_ms(20);
	WRITE_ONCE(self->shared->stop, 1);
	for (i = 0; i < NR; i++) {
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[i]));
		EXPECT_EQ(0, self->shared->counts[i].wrong);
		EXPECT_LT(100, self->shared->counts[i].rounds);
	}
	for (i = 0; i < SPIS; i++)
		EXPECT_EQ(self->sent[i], taken(self, i)) TH_LOG("SPI %lu", SPI + i);
}

TEST_HARNESS_MAIN
