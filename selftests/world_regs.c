// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that every EL1 and EL0 register of a vCPU is its own: two vCPUs with different
 * patterns take turns, on one CPU and moving between CPUs, in one VM and in two, exiting to
 * the VMM or preempted in the guest; each finds what it wrote.  A new vCPU finds nothing of
 * another's or the host's.
 */
#include <errno.h>
#include "kselftest_harness.h"
#include "vm.h"
#include "regs.h"

#define COUNT(name, bits) + 1
#define NR_FULL (FULL_REGS(COUNT))
#define NR_REGS (NR_FULL PART_REGS(COUNT) + 1)	/* and SCTLR_EL1 */

#define NAME(name, bits) #name,
static const char * const names[NR_REGS] = { FULL_REGS(NAME) PART_REGS(NAME) "sctlr_el1" };

/* In GUEST_SHARED, one each vCPU */
struct world {
	u64 wrote[NR_REGS];
	u64 first[NR_REGS];	/* read back at once */
	u64 later[NR_REGS];	/* read after an exit */
	u64 stop;
	u64 rounds;
	u64 padding[6];
};

#define WRITE(name, bits)						\
	world->wrote[n] = guest_pattern(seed, n) & (bits);		\
	write_sysreg(world->wrote[n], name);				\
	n++;
#define READ(name, bits) values[n++] = read_sysreg(name);

static void __guest guest_write_all(struct world *world, u64 seed)
{
	u64 n = 0, sctlr = read_sysreg(sctlr_el1) & ~SCTLR_BITS;

	FULL_REGS(WRITE)
	PART_REGS(WRITE)
	world->wrote[n] = sctlr | (guest_pattern(seed, n) & SCTLR_BITS);
	write_sysreg(world->wrote[n], sctlr_el1);
}

static void __guest guest_read_all(u64 *values)
{
	u64 n = 0;

	FULL_REGS(READ)
	PART_REGS(READ)
	values[n] = read_sysreg(sctlr_el1);
}

/* Exits between writing and reading */
static u64 __guest guest_exits(u64 index, u64 seed)
{
	struct world *world = (struct world *)GUEST_SHARED + index;

	while (!READ_ONCE(world->stop)) {
		guest_write_all(world, seed);
		guest_read_all(world->first);
		guest_sync(0);
		guest_read_all(world->later);
		guest_sync(1);
		seed += 2;
	}
	return 0;
}

/* Is preempted in between: no exit of its own */
static u64 __guest guest_is_preempted(u64 index, u64 seed)
{
	struct world *world = (struct world *)GUEST_SHARED + index;
	u64 i;

	while (!READ_ONCE(world->stop)) {
		guest_write_all(world, seed);
		guest_read_all(world->first);
		for (i = 0; i < 200000; i++)
			barrier();
		guest_read_all(world->later);
		for (i = 0; i < NR_REGS; i++) {
			if (world->later[i] != world->first[i])
				return i + 1;
		}
		seed += 2;
		world->rounds = world->rounds + 1;
	}
	return 0;
}

static u64 __guest guest_reads_only(u64 index)
{
	struct world *world = (struct world *)GUEST_SHARED + index;

	guest_read_all(world->first);
	return 0;
}

FIXTURE(world) {
	struct vm vm[2];
	struct vcpu *vcpu[2];
	struct world *world[2];
};

FIXTURE_VARIANT(world) {
	bool two_vms;
	bool moving;
};

FIXTURE_VARIANT_ADD(world, one_vm_on_one_cpu) { false, false };
FIXTURE_VARIANT_ADD(world, one_vm_moving) { false, true };
FIXTURE_VARIANT_ADD(world, two_vms_on_one_cpu) { true, false };
FIXTURE_VARIANT_ADD(world, two_vms_moving) { true, true };

FIXTURE_SETUP(world)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct vm *vm = &self->vm[variant->two_vms ? i : 0];

		if (i == 0 || variant->two_vms)
			vm_create(vm);
		self->vcpu[i] = vcpu_create(vm);
		self->world[i] = (struct world *)vm_host(vm, GUEST_SHARED) + i;
	}
}

FIXTURE_TEARDOWN(world)
{
	vm_destroy(&self->vm[0]);
	if (variant->two_vms)
		vm_destroy(&self->vm[1]);
}

static void check_world(struct __test_metadata *_metadata, const struct world *world,
			const u64 *values)
{
	u64 n;

	for (n = 0; n < NR_REGS; n++) {
		EXPECT_EQ(world->first[n], values[n]) TH_LOG("%s", names[n]);
		if (n < NR_FULL)
			EXPECT_EQ(world->wrote[n], values[n]) TH_LOG("%s", names[n]);
	}
}

TEST_F(world, registers_are_kept_over_exits)
{
	int round, i;

	for (i = 0; i < 2; i++)
		vcpu_call(self->vcpu[i], guest_exits, i, i);
	for (round = 0; round < 24; round++) {
		for (i = 0; i < 2; i++) {
			if (i == 0 || variant->moving)
				pin_to(cpu_nth(variant->moving ? round + i : 0));
			vcpu_expect_call(self->vcpu[i], CALL_SYNC);
			if (self->vcpu[i]->run->x[0] == 1)
				check_world(_metadata, self->world[i], self->world[i]->later);
		}
	}
}

static bool both_went_round(struct world **world)
{
	return __atomic_load_n(&world[0]->rounds, __ATOMIC_RELAXED) &&
	       __atomic_load_n(&world[1]->rounds, __ATOMIC_RELAXED);
}

TEST_F(world, registers_are_kept_over_preemption)
{
	int i, n;

	for (i = 0; i < 2; i++) {
		vcpu_call(self->vcpu[i], guest_is_preempted, i, i);
		self->vcpu[i]->cpu = variant->moving ? -1 : cpu_nth(0);
		vcpu_start(self->vcpu[i]);
	}
	/* Each has to get round once at least, on however slow a host */
	for (n = 0; n < 25 || (n < 3000 && !both_went_round(self->world)); n++) {
		for (i = 0; variant->moving && i < 2; i++) {
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(cpu_nth(n + i), &set);
			pthread_setaffinity_np(self->vcpu[i]->thread, sizeof(set), &set);
		}
		sleep_ms(10);
	}
	for (i = 0; i < 2; i++) {
		self->world[i]->stop = 1;
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[i]));
		EXPECT_EQ(CALL_DONE, self->vcpu[i]->run->call.immediate);
		EXPECT_EQ(0, self->vcpu[i]->run->x[0]) {
			TH_LOG("%s changed", names[self->vcpu[i]->run->x[0] - 1]);
		}
		EXPECT_LT(0, self->world[i]->rounds);
	}
}

/* The same after SET_ENTRY, on any CPU, whoever ran there before: so nobody's */
TEST_F(world, a_new_vcpu_finds_nothing_of_others)
{
	struct world *fresh = self->world[0] + 2;
	struct vcpu *vcpu = vcpu_create(&self->vm[0]), *old = self->vcpu[1];
	u64 values[2][NR_REGS];
	int i, n;

	vcpu->index = 2;
	for (i = 0; i < 2; i++) {
		pin_to(cpu_nth(variant->moving ? i : 0));
		vcpu_call(old, guest_exits, 1, 77 + i);
		vcpu_expect_call(old, CALL_SYNC);
		vcpu_call(vcpu, guest_reads_only, 2, 0);
		vcpu_expect_call(vcpu, CALL_DONE);
		memcpy(values[i], fresh->first, sizeof(values[i]));
		vcpu_expect_call(old, CALL_SYNC);
		check_world(_metadata, self->world[1], self->world[1]->later);
	}
	for (n = 0; n < NR_REGS; n++) {
		EXPECT_EQ(values[0][n], values[1][n]) TH_LOG("%s", names[n]);
		/* No kernel address either */
		EXPECT_NE(0xffff, values[0][n] >> 48) TH_LOG("%s", names[n]);
	}
}

TEST_HARNESS_MAIN
