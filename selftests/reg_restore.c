// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that a vCPU can be saved in the middle of what it computes, by its registers and its run
 * page, and goes on in a fresh vCPU of a fresh VM on another CPU as if nothing had been: its
 * general, FP and system registers, its MMU, its timer, and its time.
 */
#include <string.h>
#include "kselftest_harness.h"
#include "fp.h"
#include "reg.h"

#define RESULT		GUEST_SHARED
#define FP_RESULT	(GUEST_SHARED + 0x1000)

struct result {
	u64 x;
	u64 compare;	/* of the timer, from its beginning */
	u64 registers[6];
};

static u64 __guest guest_computes(u64 steps, u64 quiet)
{
	struct result *result = (struct result *)RESULT;
	u64 i, x = 1, begin;

	guest_mmu_on(GUEST_TABLES);
	write_sysreg(3 << 20, cpacr_el1);
	write_sysreg(0x1111, tpidr_el1);
	write_sysreg(0x2222, contextidr_el1);
	write_sysreg(4, csselr_el1);
	begin = read_sysreg(cntvct_el0);
	write_sysreg(begin + (1UL << 50), cntv_cval_el0);
	write_sysreg(1, cntv_ctl_el0);
	guest_fp_begin(77);
	for (i = 0; i < steps; i++) {
		guest_fp_step();
		x = x * 6364136223846793005UL + i;
		write_sysreg(x, tpidr_el0);
		write_sysreg(x + read_sysreg(tpidr_el0), sp_el0);
		x ^= read_sysreg(sp_el0) + read_sysreg(tpidr_el1);
		if (!quiet)
			guest_call(CALL_SYNC, i, read_sysreg(cntvct_el0), 0, 0);
	}
	guest_fp_end((struct fp *)FP_RESULT);
	result->x = x;
	result->compare = read_sysreg(cntv_cval_el0) - begin;
	result->registers[0] = read_sysreg(tpidr_el1);
	result->registers[1] = read_sysreg(contextidr_el1);
	result->registers[2] = read_sysreg(csselr_el1);
	result->registers[3] = read_sysreg(cntv_ctl_el0);
	result->registers[4] = read_sysreg(sctlr_el1);
	result->registers[5] = read_sysreg(cpacr_el1);
	return 0;
}

FIXTURE(restore) {
	struct vm vms[2];
	struct vcpu *vcpu;
	u32 moves;
	u64 counter;	/* as it was when it was saved last */
	u64 set_at;	/* host's time before it was set */
};

FIXTURE_SETUP(restore)
{
	vm_create(&self->vms[0]);
	vm_tables(&self->vms[0]);
	self->vcpu = vcpu_create(&self->vms[0]);
}

FIXTURE_TEARDOWN(restore)
{
	vm_destroy(self->vcpu->vm);
}

static void restore(struct __test_metadata *_metadata, FIXTURE_DATA(restore) *self,
		    struct vcpu *from, struct vcpu *to)
{
	struct reg_list list, again;
	u64 value[2], now[2];
	u32 n;

	ASSERT_EQ(0, vcpu_set_entry(to, 0, 0, 0, 0, 0));
	ASSERT_EQ(0, vcpu_list_regs(from, &list));
	ASSERT_EQ(0, vcpu_list_regs(to, &again));
	ASSERT_EQ(list.count, again.count);
	for (n = 0; n < list.count; n++) {
		u64 id = list.ids[n];

		ASSERT_EQ(0, vcpu_get_reg(from, id, value));
		if (id == CNTVCT) {
			self->counter = value[0];
			sleep_ms(30);	/* in which no time passes for the guest */
			self->set_at = now_ns();
		}
		ASSERT_EQ(0, vcpu_set_reg(to, id, value)) TH_LOG("%llx", (unsigned long long)id);
		ASSERT_EQ(0, vcpu_get_reg(to, id, now));
		if (id == CNTVCT)
			continue;
		EXPECT_EQ(value[0], now[0]) TH_LOG("%llx", (unsigned long long)id);
		EXPECT_EQ(value[1], now[1]) TH_LOG("%llx", (unsigned long long)id);
	}
	memcpy(to->run->x, from->run->x, sizeof(to->run->x));
	to->run->pc = from->run->pc;
	to->run->pstate = from->run->pstate;
	to->run->flags = from->run->flags;
}

/* The vCPU to a fresh one, in a fresh VM, on the next CPU; the old VM goes */
static void move(struct __test_metadata *_metadata, FIXTURE_DATA(restore) *self)
{
	struct vcpu *from = self->vcpu, *to;
	struct vm *vm = &self->vms[++self->moves % 2];

	vm_create(vm);
	memcpy(vm->ram, from->vm->ram, GUEST_RAM_SIZE);
	to = vcpu_create(vm);
	restore(_metadata, self, from, to);
	vm_destroy(from->vm);
	self->vcpu = to;
	pin_to(cpu_nth((int)self->moves));
}

static u64 ticks(u64 ns)
{
	return ns / 1000 * read_sysreg(cntfrq_el0) / 1000000;
}

static void save_result(FIXTURE_DATA(restore) *self, struct result *result, struct fp *fp)
{
	memcpy(result, vm_host(self->vcpu->vm, RESULT), sizeof(*result));
	memcpy(fp, vm_host(self->vcpu->vm, FP_RESULT), sizeof(*fp));
}

static void check_result(struct __test_metadata *_metadata, FIXTURE_DATA(restore) *self,
			 const struct result *wanted, const struct fp *wanted_fp)
{
	struct result result;
	struct fp fp;
	int n;

	save_result(self, &result, &fp);
	EXPECT_EQ(wanted->x, result.x);
	EXPECT_EQ(1UL << 50, result.compare);
	for (n = 0; n < 6; n++)
		EXPECT_EQ(wanted->registers[n], result.registers[n]);
	for (n = 0; n < 64; n++)
		EXPECT_EQ(wanted_fp->v[n], fp.v[n]);
	EXPECT_EQ(wanted_fp->fpcr, fp.fpcr);
	EXPECT_EQ(wanted_fp->fpsr, fp.fpsr);
	EXPECT_NE(0, fp.fpsr);
}

/* All of it in one vCPU, as it should be */
static void undisturbed(FIXTURE_DATA(restore) *self, u64 steps, struct result *result,
			struct fp *fp)
{
	vcpu_call(self->vcpu, guest_computes, steps, 1);
	vcpu_expect_call(self->vcpu, CALL_DONE);
	save_result(self, result, fp);
}

TEST_F(restore, between_two_exits)
{
	struct result wanted;
	struct fp fp;
	u64 step, last = 0;

	undisturbed(self, 12, &wanted, &fp);
	vcpu_call(self->vcpu, guest_computes, 12, 0);
	for (step = 0; step < 12; step++) {
		vcpu_expect_call(self->vcpu, CALL_SYNC);
		ASSERT_EQ(step, self->vcpu->run->x[0]);
		/* Time goes on, from where it was, and without the time of the move */
		EXPECT_LT(last, self->vcpu->run->x[1]);
		last = self->vcpu->run->x[1];
		if (self->moves) {
			EXPECT_LE(self->counter, last);
			EXPECT_GE(self->counter + ticks(now_ns() - self->set_at + MS), last);
		}
		move(_metadata, self);
	}
	vcpu_expect_call(self->vcpu, CALL_DONE);
	check_result(_metadata, self, &wanted, &fp);
}

/* Wherever an interrupt of the host has taken it out of the guest */
TEST_F(restore, at_any_instruction)
{
	struct result wanted;
	struct fp fp;
	u32 reason;

	undisturbed(self, 150000, &wanted, &fp);
	vcpu_call(self->vcpu, guest_computes, 150000, 1);
	self->vcpu->run->flags = ARM_VCPU_RUN_EXTERNAL_INTERRUPT;
	for (;;) {
		reason = vcpu_next(self->vcpu);
		if (reason != ARM_VCPU_EXIT_EXTERNAL_INTERRUPT)
			break;
		if (self->moves == 15)
			self->vcpu->run->flags = 0;
		else
			move(_metadata, self);
	}
	EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, reason);
	EXPECT_EQ(CALL_DONE, self->vcpu->run->call.immediate);
	EXPECT_LT(3, self->moves);
	check_result(_metadata, self, &wanted, &fp);
}

/* x0: ticks */
GUEST_ASM(guest_waits, "msr cntv_tval_el0, x0\n mov x9, #1\n msr cntv_ctl_el0, x9\n isb\n"
	  "mrs x1, cntvct_el0\n hvc #1\n 1: wfi\n b 1b");

TEST_F(restore, a_timer_that_runs)
{
	u64 begin, set;

	vcpu_enter(self->vcpu, guest_waits, ticks(200 * MS), 0);
	vcpu_expect_call(self->vcpu, 1);
	begin = self->vcpu->run->x[1];
	sleep_ms(20);
	move(_metadata, self);
	set = self->counter;
	vcpu_expect(self->vcpu, TIMER);
	EXPECT_EQ(ARM_VCPU_TIMER_VIRTUAL, self->vcpu->run->timers);
	/* Not before 200 ms of the guest's time, of which some went by before the move */
	EXPECT_LE(begin, set);
	EXPECT_LE(begin + ticks(199 * MS), set + ticks(now_ns() - self->set_at));
}

/* x1: address */
GUEST_ASM(guest_loads, "ldrsb w0, [x1]\n hvc #2\n b .");

TEST_F(restore, an_access_that_was_completed_first)
{
	struct arm_vcpu_run *run = self->vcpu->run;

	vcpu_enter(self->vcpu, guest_loads, 0, GUEST_MMIO);
	vcpu_expect(self->vcpu, MMIO_READ);
	run->mmio.data = 0x80;
	run->flags = ARM_VCPU_RUN_NO_ENTER;
	ASSERT_EQ(0, vcpu_run(self->vcpu));
	EXPECT_EQ(0, run->pending);
	run->flags = 0;
	move(_metadata, self);
	vcpu_expect_call(self->vcpu, 2);
	EXPECT_EQ(0xffffff80, self->vcpu->run->x[0]);
}

TEST_HARNESS_MAIN
