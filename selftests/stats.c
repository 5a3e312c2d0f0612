// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the counters: known numbers of each exit are counted exactly, in the vCPU's own
 * counters, and can be read while it runs.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include "kselftest_harness.h"
#include "eventfds.h"
#include "probe.h"

#define ADDRESS	(GUEST_MMIO + 0x128)
#define PMCCNTR	ENCODING(3, 3, 9, 13, 0)
#define SMCCC_VERSION 0x80000000

/* x4: how often */
#define AGAIN "sub x4, x4, #1\n cbnz x4, 1b\n hvc #1\n b ."

GUEST_ASM(guest_stores, "1: str w2, [x1]\n" AGAIN);
GUEST_ASM(guest_loads, "1: ldr w2, [x1]\n" AGAIN);
GUEST_ASM(guest_pairs, "1: ldp x2, x3, [x1]\n b 1b");
GUEST_ASM(guest_hvcs, "mov x5, x0\n 1: mov x0, x5\n hvc #0\n" AGAIN);
GUEST_ASM(guest_smcs, "mov x5, x0\n 1: mov x0, x5\n smc #0\n" AGAIN);
GUEST_ASM(guest_reads, "1: mrs x2, id_aa64pfr0_el1\n" AGAIN);
GUEST_ASM(guest_pmu, "1: mrs x2, pmccntr_el0\n msr pmccntr_el0, x2\n b 1b");
GUEST_ASM(guest_touches, "1: str xzr, [x1]\n add x1, x1, #16, lsl #12\n" AGAIN);
GUEST_ASM(guest_fmov,
	  ".arch_extension fp\n mov x3, #3 << 20\n msr cpacr_el1, x3\n isb\n fmov d0, x3\n"
	  "hvc #1\n b .");
GUEST_ASM(guest_brk, "nop\n nop\n nop\n brk #1\n b .");
GUEST_ASM(guest_wfi, "1: wfi\n b 1b");
GUEST_ASM(guest_timer,
	  "mrs x3, cntvct_el0\n msr cntv_cval_el0, x3\n mov x3, #1\n msr cntv_ctl_el0, x3\n"
	  "isb\n 1: b 1b");

FIXTURE(stats) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	u64 before[NR_STATS];
};

FIXTURE_SETUP(stats)
{
	vm_create(&self->vm);
	vm_replace(&self->vm, 0, ARM_VCPU_CONFIG_SYSREG_EXITS | ARM_VCPU_CONFIG_SMCCC);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	probe_init(self->vcpu);
}

FIXTURE_TEARDOWN(stats)
{
	vm_destroy(&self->vm);
}

static void get(struct vcpu *vcpu, u64 *values)
{
	if (vcpu_stats(vcpu, values, NR_STATS) != NR_STATS)
		die("GET_STATS failed");
}

/* The guest's code with x0, x1 and x4; once before, so that its pages are there */
static void start(FIXTURE_DATA(stats) *self, const void *code, u64 x0, u64 x4)
{
	if (vcpu_set_entry(self->vcpu, vm_gpa(code), x0, ADDRESS, 0, 0))
		die("SET_ENTRY failed");
	self->run->x[4] = x4;
	get(self->vcpu, self->before);
}

static void warm(FIXTURE_DATA(stats) *self)
{
	vcpu_set_entry(self->vcpu, vm_gpa(guest_hvcs), 99, 0, 0, 0);
	vcpu_expect_call(self->vcpu, 0);
}

/* What has been counted since start(): pairs of an id and a number, up to 0 */
static void check(struct __test_metadata *_metadata, FIXTURE_DATA(stats) *self,
		  const unsigned int *expected)
{
	u64 now[NR_STATS], want[NR_STATS] = { 0 }, sum = 0;
	unsigned int i;

	get(self->vcpu, now);
	for (; *expected; expected += 2)
		want[expected[0]] = expected[1];
	/* Those come from outside, at any time */
	want[ARM_VCPU_STAT_INTERRUPT] = now[ARM_VCPU_STAT_INTERRUPT] -
					self->before[ARM_VCPU_STAT_INTERRUPT];
	for (i = ARM_VCPU_STAT_INTERRUPT; i <= ARM_VCPU_STAT_ERROR; i++)
		sum += want[i];
	sum += want[ARM_VCPU_STAT_GIC] + want[ARM_VCPU_STAT_IOEVENTFD];
	want[ARM_VCPU_STAT_EXITS] = sum;
	for (i = 0; i < NR_STATS; i++)
		EXPECT_EQ(want[i], now[i] - self->before[i]) TH_LOG("counter %u", i);
}

#define expect_counts(...) \
	check(_metadata, self, (const unsigned int []){ __VA_ARGS__, 0 })

TEST_F(stats, mmio)
{
	u32 i;

	warm(self);
	start(self, guest_stores, 0, 1000);
	for (i = 0; i < 1000; i++)
		vcpu_expect(self->vcpu, MMIO_WRITE);
	expect_counts(ARM_VCPU_STAT_MMIO_WRITE, 1000);
	start(self, guest_loads, 0, 77);
	for (i = 0; i < 77; i++)
		vcpu_expect(self->vcpu, MMIO_READ);
	vcpu_expect_call(self->vcpu, 1);
	expect_counts(ARM_VCPU_STAT_MMIO_READ, 77, ARM_VCPU_STAT_HVC_USER, 1);
}

TEST_F(stats, stores_that_signal)
{
	int fd = event_new();

	ASSERT_EQ(0, ioeventfd_add(&self->vm, ADDRESS, 4, fd));
	warm(self);
	start(self, guest_stores, 0, 300);
	vcpu_expect_call(self->vcpu, 1);
	expect_counts(ARM_VCPU_STAT_IOEVENTFD, 300, ARM_VCPU_STAT_HVC_USER, 1);
	EXPECT_EQ(300, event_count(fd));
}

TEST_F(stats, calls)
{
	u32 i;

	warm(self);
	start(self, guest_hvcs, SMCCC_VERSION, 500);
	vcpu_expect_call(self->vcpu, 1);
	expect_counts(ARM_VCPU_STAT_HVC, 500, ARM_VCPU_STAT_HVC_USER, 1);
	start(self, guest_smcs, SMCCC_VERSION, 40);
	vcpu_expect_call(self->vcpu, 1);
	expect_counts(ARM_VCPU_STAT_SMC, 40, ARM_VCPU_STAT_HVC_USER, 1);
	start(self, guest_smcs, 0x84000001, 10);	/* PSCI's, too */
	for (i = 0; i < 10; i++)
		ASSERT_NE(ARM_VCPU_EXIT_HYPERCALL, vcpu_next(self->vcpu));
	expect_counts(ARM_VCPU_STAT_SMC_USER, 10);
}

TEST_F(stats, registers)
{
	warm(self);
	start(self, guest_reads, 0, 30);
	vcpu_expect_call(self->vcpu, 1);
	expect_counts(ARM_VCPU_STAT_SYSREG, 30, ARM_VCPU_STAT_HVC_USER, 1);
	start(self, guest_pmu, 0, 0);
	vcpu_expect(self->vcpu, SYSREG_READ);
	vcpu_expect(self->vcpu, SYSREG_WRITE);
	vcpu_expect(self->vcpu, SYSREG_READ);
	expect_counts(ARM_VCPU_STAT_SYSREG_READ, 2, ARM_VCPU_STAT_SYSREG_WRITE, 1);
}

TEST_F(stats, faults)
{
	warm(self);
	start(self, guest_touches, 0, 10);
	self->run->x[1] = GUEST_SHARED + 0x10000;
	vcpu_expect_call(self->vcpu, 1);
	expect_counts(ARM_VCPU_STAT_FAULT, 10, ARM_VCPU_STAT_HVC_USER, 1);
	start(self, guest_pairs, 0, 0);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	vcpu_expect(self->vcpu, MEMORY_FAULT);
	expect_counts(ARM_VCPU_STAT_MEMORY_FAULT, 2);
}

TEST_F(stats, floating_point)
{
	u64 now[NR_STATS];

	warm(self);
	start(self, guest_fmov, 0, 0);
	vcpu_expect_call(self->vcpu, 1);
	get(self->vcpu, now);
	/* Once at least: an interrupt may take them away in between */
	EXPECT_LT(self->before[ARM_VCPU_STAT_FP], now[ARM_VCPU_STAT_FP]);
}

TEST_F(stats, undefined)
{
	struct vcpu *vcpu;
	u64 before[NR_STATS], now[NR_STATS];
	struct vm vm;

	vm_create(&vm);
	vcpu = vcpu_create(&vm);
	probe_init(vcpu);
	probe_enter(vcpu, INSN_MRS(PMCCNTR, 5), 0, false);
	get(vcpu, before);
	vcpu_expect_call(vcpu, PROBE_CALL);
	get(vcpu, now);
	EXPECT_EQ(1, now[ARM_VCPU_STAT_UNDEF] - before[ARM_VCPU_STAT_UNDEF]);
	EXPECT_EQ(1, now[ARM_VCPU_STAT_INJECTED] - before[ARM_VCPU_STAT_INJECTED]);
	EXPECT_EQ(0, now[ARM_VCPU_STAT_SYSREG]);
	vm_destroy(&vm);
}

TEST_F(stats, debug_exceptions)
{
	struct arm_vcpu_debug arg = { .size = sizeof(arg), .flags = ARM_VCPU_DEBUG_STEP };
	u64 now[NR_STATS];
	u32 i;

	warm(self);
	start(self, guest_brk, 0, 0);
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_DEBUG, &arg));
	for (i = 0; i < 3; i++)
		vcpu_expect(self->vcpu, DEBUG);
	expect_counts(ARM_VCPU_STAT_DEBUG_USER, 3);
	arg.flags = ARM_VCPU_DEBUG_BRK;
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_DEBUG, &arg));
	vcpu_expect(self->vcpu, DEBUG);
	expect_counts(ARM_VCPU_STAT_DEBUG_USER, 4);
	/* One that the VMM hasn't asked for is the guest's, whose vectors are nowhere */
	arg.flags = ARM_VCPU_DEBUG_STEP;
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_DEBUG, &arg));
	vcpu_next(self->vcpu);
	get(self->vcpu, now);
	EXPECT_EQ(1, now[ARM_VCPU_STAT_DEBUG] - self->before[ARM_VCPU_STAT_DEBUG]);
	EXPECT_EQ(1, now[ARM_VCPU_STAT_INJECTED] - self->before[ARM_VCPU_STAT_INJECTED]);
}

TEST_F(stats, wfi_with_and_without_exits)
{
	u64 now[NR_STATS];

	warm(self);
	start(self, guest_wfi, 0, 0);
	self->run->flags = ARM_VCPU_RUN_HALT;
	vcpu_expect(self->vcpu, HALT);
	vcpu_expect(self->vcpu, HALT);
	expect_counts(ARM_VCPU_STAT_WFX_USER, 2);

	self->run->flags = 0;
	start(self, guest_wfi, 0, 0);
	vcpu_start(self->vcpu);
	EXPECT_TRUE(wait_for(vcpu_stat(self->vcpu, ARM_VCPU_STAT_SLEEP) >
			     self->before[ARM_VCPU_STAT_SLEEP]));
	ASSERT_EQ(0, vm_kick(self->vcpu->fd));
	EXPECT_EQ(ARM_VCPU_EXIT_KICKED, vcpu_join(self->vcpu));
	get(self->vcpu, now);
	EXPECT_EQ(1, now[ARM_VCPU_STAT_WFX] - self->before[ARM_VCPU_STAT_WFX]);
	EXPECT_EQ(1, now[ARM_VCPU_STAT_KICKED] - self->before[ARM_VCPU_STAT_KICKED]);
	EXPECT_LE(1, now[ARM_VCPU_STAT_SLEEP] - self->before[ARM_VCPU_STAT_SLEEP]);
}

TEST_F(stats, what_ends_a_run)
{
	struct arm_vcpu_inject arg = { .size = sizeof(arg), .flags = ARM_VCPU_INJECT_SERROR };
	u32 i;

	warm(self);
	start(self, guest_timer, 0, 0);
	vcpu_expect(self->vcpu, TIMER);
	expect_counts(ARM_VCPU_STAT_TIMER, 1);

	start(self, guest_stores, 0, 1000);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, vm_kick(self->vcpu->fd));
		vcpu_expect(self->vcpu, KICKED);
	}
	expect_counts(ARM_VCPU_STAT_KICKED, 10);

	start(self, guest_spin, 0, 0);
	self->run->flags = ARM_VCPU_RUN_EXTERNAL_INTERRUPT;
	vcpu_expect(self->vcpu, EXTERNAL_INTERRUPT);
	expect_counts(ARM_VCPU_STAT_INTERRUPT_USER, 1);
	self->run->flags = 0;

	start(self, guest_spin, 0, 0);
	ASSERT_EQ(0, vm_ioctl(self->vcpu->fd, ARM_VCPU_INJECT, &arg));
	expect_counts(ARM_VCPU_STAT_INJECTED, 1);
}

TEST_F(stats, a_signal)
{
	u64 now[NR_STATS];
	int ret;

	catch_signal(SIGALRM, 0);
	warm(self);
	start(self, guest_spin, 0, 0);
	/* Not one only: it may come before RUN, or between two, for NONE may come at any time */
	ualarm(50000, 50000);
	do {
		ret = vcpu_run(self->vcpu);
	} while (!ret);
	ualarm(0, 0);
	EXPECT_EQ(-EINTR, ret);
	get(self->vcpu, now);
	EXPECT_EQ(1, now[ARM_VCPU_STAT_SIGNAL] - self->before[ARM_VCPU_STAT_SIGNAL]);
}

TEST_F(stats, each_vcpu_has_its_own)
{
	struct vcpu *other = vcpu_create(&self->vm);
	u64 values[NR_STATS];
	u32 i;

	warm(self);
	start(self, guest_stores, 0, 10);
	for (i = 0; i < 10; i++)
		vcpu_expect(self->vcpu, MMIO_WRITE);
	get(other, values);
	for (i = 0; i < NR_STATS; i++)
		EXPECT_EQ(0, values[i]) TH_LOG("counter %u", i);
}

TEST_F(stats, room_is_respected)
{
	u64 values[NR_STATS + 1], all[NR_STATS];

	warm(self);
	get(self->vcpu, all);
	memset(values, 0x55, sizeof(values));
	EXPECT_EQ(NR_STATS, vcpu_stats(self->vcpu, values, 3));
	EXPECT_EQ(0, memcmp(values, all, 3 * sizeof(u64)));
	EXPECT_EQ(0x5555555555555555, values[3]);
	EXPECT_EQ(NR_STATS, vcpu_stats(self->vcpu, values, 1000));
	EXPECT_EQ(0, memcmp(values, all, sizeof(all)));
	EXPECT_EQ(0x5555555555555555, values[NR_STATS]);
	EXPECT_EQ(NR_STATS, vcpu_stats(self->vcpu, NULL, 0));
	EXPECT_EQ(-EFAULT, vcpu_stats(self->vcpu, (u64 *)8, 1));
}

TEST_F(stats, another_process_has_no_business_here)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(vcpu_stats(self->vcpu, self->before, NR_STATS) != -EIO);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(stats, can_be_read_while_the_vcpu_runs)
{
	u64 first[NR_STATS], now[NR_STATS];

	warm(self);
	start(self, guest_hvcs, SMCCC_VERSION, ~0UL);
	vcpu_start(self->vcpu);
	get(self->vcpu, first);
	/* From EL2, with no exit in between */
	EXPECT_TRUE(wait_for((get(self->vcpu, now),
			      now[ARM_VCPU_STAT_HVC] > first[ARM_VCPU_STAT_HVC] + 1000)));
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu->result));
	vm_kick(self->vcpu->fd);
	vcpu_join(self->vcpu);
}

TEST_HARNESS_MAIN
