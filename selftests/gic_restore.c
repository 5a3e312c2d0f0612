// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a VM with the kernel's GIC can be saved at any moment and goes on in a fresh one:
 * its vCPUs interrupt each other all the time, by SGIs and SPIs, and a timer does as well, and no
 * interrupt is lost, and none comes twice.
 */
#include <stdlib.h>
#include <string.h>
#include "kselftest_harness.h"
#include "gic_state.h"

#define NR		2
#define SGI		3UL
#define SPI		40U	/* of the first one; the other's is the next */
#define ROUNDS		thorough(200)
#define MOVES		12

/* By whom they are taken */
struct counts {
	u64 sgis;
	u64 spis;
	u64 timers;
	u64 sent;	/* by it */
	u64 wrong;
};

#define COUNTS		((struct counts *)(GUEST_SHARED + 0x2000))

__guest_inline u64 guest_index(void)
{
	return read_sysreg(mpidr_el1) & 0xff;
}

static void __guest guest_counts(struct guest_frame *frame, u64 vector)
{
	struct counts *own = &COUNTS[guest_index()];
	const struct counts *other = &COUNTS[!guest_index()];
	u64 id = read_sysreg(ICC_IAR1), i;

	(void)frame;
	(void)vector;
	if (id == SGI) {
		own->sgis++;
	} else if (id == SPI + guest_index()) {
		own->spis++;
	} else if (id == INTID_VTIMER) {
		own->timers++;
		write_sysreg(read_sysreg(cntfrq_el0) / 2000, cntv_tval_el0);
	} else if (id != INTID_NONE) {
		own->wrong++;
	}
	if (id == INTID_NONE)
		return;
	/* Nothing is sent before the last was taken */
	if (own->sgis > READ_ONCE(other->sent) || own->spis > READ_ONCE(other->sent))
		own->wrong++;
	if (VGIC_SHARED->nests)
		asm volatile("msr daifclr, #2\n isb" : : : "memory");
	for (i = 0; i < 50; i++)
		barrier();
	asm volatile("msr daifset, #2" : : : "memory");
	write_sysreg(id, ICC_EOIR1);
}

static u64 __guest guest_interrupts(u64 rounds)
{
	u64 other = !guest_index(), i;
	struct counts *own = &COUNTS[!other], *theirs = &COUNTS[other];

	write_sysreg(0xf0, ICC_PMR);
	write_sysreg(3, ICC_BPR1);
	write_sysreg(1, ICC_IGRPEN1);
	write_sysreg(1, cntv_ctl_el0);
	asm volatile("msr daifclr, #2" : : : "memory");
	for (i = 0; i < rounds; i++) {
		while (READ_ONCE(theirs->sgis) < i || READ_ONCE(theirs->spis) < i ||
		       READ_ONCE(own->timers) < i / 100)
			barrier();
		WRITE_ONCE(own->sent, i + 1);
		dsb();
		write_sysreg(ICC_SGI1R_ID(SGI) | 1 << other, ICC_SGI1R);
		guest_write32(GIC_DIST + GIC_ISPENDR + SPI / 32 * 4, 1U << (SPI + other) % 32);
	}
	while (READ_ONCE(own->sgis) < rounds || READ_ONCE(own->spis) < rounds)
		barrier();
	return 0;
}

FIXTURE(restore) {
	struct vm vms[2];
	struct vm *vm;
	struct counts *counts;
	int moves;
};

FIXTURE_VARIANT(restore) {
	bool nests;
};

FIXTURE_VARIANT_ADD(restore, one_at_a_time) { .nests = false };
FIXTURE_VARIANT_ADD(restore, nested) { .nests = true };

static void new_vm(struct vm *vm)
{
	int i;

	gic_vm(vm);
	vm_handler(vm, VECTOR_IRQ, guest_counts);
	for (i = 0; i < NR; i++)
		vcpu_create(vm);
}

FIXTURE_SETUP(restore)
{
	struct vcpu *vcpu;
	u32 i;

	if (!vgic_vtr())
		SKIP(return, NO_VGIC);
	self->vm = &self->vms[0];
	new_vm(self->vm);
	for (i = 0; i < NR; i++) {
		vcpu = &self->vm->vcpus[i];
		gic_serve(vcpu);
		gic_enable(vcpu, SGI, 0x80);
		gic_enable(vcpu, INTID_VTIMER, 0x60);
		gic_make_edge(vcpu, SPI + i);
		gic_enable(vcpu, SPI + i, 0xa0);
		gic_route(vcpu, SPI + i, i);
	}
	gic_write32(&self->vm->vcpus[0], GIC_DIST + GICD_CTLR, 3);
	((struct vgic_shared *)vm_host(self->vm, GUEST_SHARED))->nests = variant->nests;
	for (i = 0; i < NR; i++)
		vcpu_call(&self->vm->vcpus[i], guest_interrupts, ROUNDS, 0);
}

FIXTURE_TEARDOWN(restore)
{
	if (self->vm)
		vm_destroy(self->vm);
}

static void move_vcpu(struct __test_metadata *_metadata, struct vcpu *from, struct vcpu *to)
{
	struct reg_list list;
	u64 value[2];
	u32 n;

	ASSERT_EQ(0, vcpu_set_entry(to, 0, 0, 0, 0, 0));
	ASSERT_EQ(0, vcpu_list_regs(from, &list));
	for (n = 0; n < list.count; n++) {
		ASSERT_EQ(0, vcpu_get_reg(from, list.ids[n], value));
		ASSERT_EQ(0, vcpu_set_reg(to, list.ids[n], value));
	}
	memcpy(to->run->x, from->run->x, sizeof(to->run->x));
	to->run->pc = from->run->pc;
	to->run->pstate = from->run->pstate;
}

static void move(struct __test_metadata *_metadata, FIXTURE_DATA(restore) *self)
{
	struct vm *from = self->vm, *to = &self->vms[++self->moves % 2];
	int i;

	new_vm(to);
	memcpy(to->ram, from->ram, GUEST_RAM_SIZE);
	for (i = 0; i < NR; i++)
		move_vcpu(_metadata, &from->vcpus[i], &to->vcpus[i]);
	gic_move(from, to);
	vm_destroy(from);
	self->vm = to;
}

/* Both, until they are kicked out, or are done; whether one isn't */
static bool run_for_a_while(struct __test_metadata *_metadata, FIXTURE_DATA(restore) *self,
			    bool *done)
{
	int i, reason;

	for (i = 0; i < NR; i++)
		if (!done[i])
			vcpu_start(&self->vm->vcpus[i]);
	if (self->moves < MOVES) {
		usleep((unsigned int)rand() % 10000);
		vm_kick(self->vm->fd);
	}
	for (i = 0; i < NR; i++) {
		if (done[i])
			continue;
		reason = vcpu_join(&self->vm->vcpus[i]);
		done[i] = reason == ARM_VCPU_EXIT_HYPERCALL;
		if (!done[i]) {
			EXPECT_EQ(ARM_VCPU_EXIT_KICKED, reason);
			continue;
		}
		EXPECT_EQ(CALL_DONE, self->vm->vcpus[i].run->call.immediate);
	}
	return !done[0] || !done[1];
}

TEST_F_TIMEOUT(restore, at_any_moment, 55)
{
	const struct counts *counts;
	bool done[NR] = { };
	int i;

	while (run_for_a_while(_metadata, self, done))
		move(_metadata, self);
	counts = vm_host(self->vm, (u64)COUNTS);
	for (i = 0; i < NR; i++) {
		EXPECT_EQ(ROUNDS, counts[i].sgis);
		EXPECT_EQ(ROUNDS, counts[i].spis);
		EXPECT_LE(ROUNDS / 100 - 1, counts[i].timers);
		EXPECT_EQ(0, counts[i].wrong);
	}
	EXPECT_LT(MOVES / 2, self->moves);
}

TEST_HARNESS_MAIN
