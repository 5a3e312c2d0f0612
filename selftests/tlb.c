// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that no stale translation is used: two vCPUs of a VM with different tables and the
 * same ASID take turns on one CPU; and a vCPU that changes its tables with local TLB
 * maintenance and then moves doesn't find the old ones on the CPU it comes back to.
 *
 * Emulation flushes its TLB whenever HCR_EL2.VM changes, which is at every entry: only
 * hardware can fail the first three.
 */
#include "kselftest_harness.h"
#include "vm.h"

#define WINDOW		0xc0000000UL	/* a virtual address: each vCPU's is elsewhere */
#define OTHER		0x140000000UL	/* physical: a second piece of memory */
#define GIB		(1UL << 30)
#define TABLE(n)	(GUEST_TABLES + (n) * 0x1000UL)
#define NOT_GLOBAL	(1UL << 11)
#define BLOCK		(0x1UL | 1UL << 2 | 3UL << 8 | 1UL << 10)	/* see vm_tables() */

FIXTURE(tlb) {
	struct vm vm;
	struct vcpu *vcpu[2];
	u64 *user;
};

static void set_window(struct vm *vm, u64 n, u64 physical)
{
	u64 *table = vm_host(vm, TABLE(n));

	table[WINDOW / GIB] = BLOCK | NOT_GLOBAL | physical;
}

FIXTURE_SETUP(tlb)
{
	u64 n;

	vm_create(&self->vm);
	vm_tables(&self->vm);
	self->user = map_pages(page_size());
	ASSERT_EQ(0, vm_memory(self->vm.fd, 0, OTHER + (GUEST_SHARED - GUEST_RAM), page_size(),
			       self->user));
	memcpy(vm_host(&self->vm, TABLE(1)), vm_host(&self->vm, TABLE(0)), 4096);
	for (n = 0; n < 2; n++) {
		self->vcpu[n] = vcpu_create(&self->vm);
		set_window(&self->vm, n, n ? OTHER : GUEST_RAM);
	}
	*(u64 *)vm_host(&self->vm, GUEST_SHARED) = 100;
	self->user[0] = 101;
}

FIXTURE_TEARDOWN(tlb)
{
	vm_destroy(&self->vm);
}

static u64 __guest guest_reads_window(u64 table)
{
	volatile u64 *window = (void *)(WINDOW + (GUEST_SHARED - GUEST_RAM));

	guest_mmu_on(table);
	while (guest_sync(*window) != 1)
		;
	return 0;
}

TEST_F(tlb, vcpus_with_the_same_asid_use_their_own_tables)
{
	int round;
	u64 n;

	pin_to(cpu_nth(0));
	for (n = 0; n < 2; n++)
		vcpu_call(self->vcpu[n], guest_reads_window, TABLE(n), 0);
	for (round = 0; round < 20; round++) {
		for (n = 0; n < 2; n++) {
			vcpu_expect_call(self->vcpu[n], CALL_SYNC);
			EXPECT_EQ(100 + n, self->vcpu[n]->run->x[0]);
		}
	}
}

static u64 __guest guest_checks_window(u64 table, u64 expected)
{
	volatile u64 *window = (void *)(WINDOW + (GUEST_SHARED - GUEST_RAM));
	u64 i;

	guest_mmu_on(table);
	for (i = 0; i < 3000000; i++)
		GUEST_ASSERT_EQ(*window, expected);
	return 0;
}

TEST_F(tlb, vcpus_that_preempt_each_other_use_their_own_tables)
{
	u64 n;

	for (n = 0; n < 2; n++) {
		vcpu_call(self->vcpu[n], guest_checks_window, TABLE(n), 100 + n);
		self->vcpu[n]->cpu = cpu_nth(0);
		vcpu_start(self->vcpu[n]);
	}
	for (n = 0; n < 2; n++)
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[n]));
}

/* Reads; on the host's word points the window elsewhere with TLB maintenance for itself */
static void __guest guest_moves_window(u64 table)
{
	volatile u64 *window = (void *)(WINDOW + (GUEST_SHARED - GUEST_RAM));
	volatile u64 *entry = (u64 *)table + WINDOW / GIB;
	u64 next = 0;

	guest_mmu_on(table);
	for (;;) {
		next = guest_sync(*window);
		if (!next)
			continue;
		*entry = 0;
		asm volatile("dsb nshst\n tlbi vmalle1\n dsb nsh\n isb" : : : "memory");
		*entry = next;
		asm volatile("dsb nshst\n isb" : : : "memory");
	}
}

TEST_F(tlb, local_maintenance_goes_with_a_vcpu_that_moves)
{
	struct vcpu *vcpu = self->vcpu[0];
	u64 expected, round;

	if (cpu_count() < 2)
		SKIP(return, "hardware: one CPU");
	vcpu_call(vcpu, guest_moves_window, TABLE(0), 0);
	pin_to(cpu_nth(0));
	vcpu_expect_call(vcpu, CALL_SYNC);
	EXPECT_EQ(100, vcpu->run->x[0]);
	for (round = 1; round < 20; round++) {
		expected = 100 + round % 2;
		/* Changed on one CPU, read there, and then on another that has read before */
		pin_to(cpu_nth((int)round));
		vcpu->run->x[0] = BLOCK | NOT_GLOBAL | (round % 2 ? OTHER : GUEST_RAM);
		vcpu_expect_call(vcpu, CALL_SYNC);
		EXPECT_EQ(expected, vcpu->run->x[0]);
		pin_to(cpu_nth((int)round + 1));
		vcpu->run->x[0] = 0;
		vcpu_expect_call(vcpu, CALL_SYNC);
		EXPECT_EQ(expected, vcpu->run->x[0]);
	}
}

/* Broadcast maintenance reaches a vCPU on another CPU */
static u64 __guest guest_watches(u64 table)
{
	volatile u64 *window = (void *)(WINDOW + (GUEST_SHARED - GUEST_RAM));
	u64 i = 0;

	guest_mmu_on(table);
	WRITE_ONCE(*(u64 *)(GUEST_SHARED + 64), 1);
	while (*window == 100)
		i++;
	return *window;
}

static u64 __guest guest_remaps(u64 table)
{
	volatile u64 *entry = (u64 *)table + WINDOW / GIB;

	guest_mmu_on(table);
	*entry = BLOCK | NOT_GLOBAL | OTHER;
	asm volatile("dsb ishst\n tlbi vmalle1is\n dsb ish\n isb" : : : "memory");
	return 0;
}

TEST_F(tlb, broadcast_maintenance_reaches_other_vcpus)
{
	volatile u64 *watching = vm_host(&self->vm, GUEST_SHARED + 64);

	vcpu_call(self->vcpu[0], guest_watches, TABLE(0), 0);
	vcpu_start(self->vcpu[0]);
	ASSERT_TRUE(wait_for(*watching));
	vcpu_call(self->vcpu[1], guest_remaps, TABLE(0), 0);
	vcpu_expect_call(self->vcpu[1], CALL_DONE);
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[0]));
	EXPECT_EQ(101, self->vcpu[0]->run->x[0]);
}

TEST_HARNESS_MAIN
