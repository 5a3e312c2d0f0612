// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that V0 to V31, FPCR and FPSR belong to each vCPU and to each host thread: vCPUs
 * with different patterns take turns on one CPU, move between CPUs and are preempted, the
 * VMM's registers are what they were after every RUN, and those of a process that the vCPU
 * takes turns with as well.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kselftest_harness.h"
#include "fp.h"
#include "vm.h"

#define FPCR_BITS	0x07c00000UL	/* RMode, FZ, DN, AHP */
#define FPSR_BITS	0x0800009fUL	/* QC and the exceptions' flags */

static void fill(struct fp *fp, u64 seed)
{
	u64 i;

	for (i = 0; i < 64; i++)
		fp->v[i] = guest_pattern(seed, i);
	fp->fpcr = guest_pattern(seed, 64) & FPCR_BITS;
	fp->fpsr = guest_pattern(seed, 65) & FPSR_BITS;
}

static bool same(const struct fp *a, const struct fp *b)
{
	return !memcmp(a->v, b->v, sizeof(a->v)) && a->fpsr == b->fpsr &&
	       (a->fpcr & 0x03c00000) == (b->fpcr & 0x03c00000);
}

FIXTURE(fp) {
	struct vm vm;
	struct vcpu *vcpu[2];
	struct fp *in[2], *out[2];
};

FIXTURE_VARIANT(fp) {
	bool moving;
};

FIXTURE_VARIANT_ADD(fp, on_one_cpu) { .moving = false };
FIXTURE_VARIANT_ADD(fp, moving) { .moving = true };

FIXTURE_SETUP(fp)
{
	u64 i;

	vm_create(&self->vm);
	for (i = 0; i < 2; i++) {
		self->vcpu[i] = vcpu_create(&self->vm);
		self->in[i] = vm_host(&self->vm, GUEST_SHARED + i * 0x2000);
		self->out[i] = vm_host(&self->vm, GUEST_SHARED + i * 0x2000 + 0x1000);
		fill(self->in[i], 10 + i);
	}
}

FIXTURE_TEARDOWN(fp)
{
	vm_destroy(&self->vm);
}

static void enter(FIXTURE_DATA(fp) *self, u64 i, const void *code)
{
	vcpu_enter(self->vcpu[i], code, GUEST_SHARED + i * 0x2000,
		   GUEST_SHARED + i * 0x2000 + 0x1000);
}

TEST_F(fp, registers_of_vcpus_are_kept_over_exits)
{
	int round, i;

	enter(self, 0, guest_fp);
	enter(self, 1, guest_fp);
	for (round = 0; round < 24; round++) {
		for (i = 0; i < 2; i++) {
			pin_to(cpu_nth(variant->moving ? round + i : 0));
			vcpu_expect(self->vcpu[i], HYPERCALL);
			if (self->vcpu[i]->run->call.immediate == 1)
				continue;
			ASSERT_TRUE(same(self->in[i], self->out[i])) TH_LOG("vCPU %d", i);
			memset(self->out[i], 0, sizeof(struct fp));
			fill(self->in[i], (u64)(100 * round + i));
		}
	}
}

TEST_F(fp, registers_of_vcpus_are_kept_over_preemption)
{
	int round, i;

	for (round = 0; round < 6; round++) {
		for (i = 0; i < 2; i++) {
			enter(self, i, guest_fp_long);
			self->vcpu[i]->run->x[2] = 2000000;
			self->vcpu[i]->cpu = variant->moving ? -1 : cpu_nth(0);
			vcpu_start(self->vcpu[i]);
		}
		for (i = 0; i < 2; i++) {
			ASSERT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[i]));
			ASSERT_TRUE(same(self->in[i], self->out[i])) TH_LOG("vCPU %d", i);
		}
	}
}

TEST_F(fp, registers_of_the_host_are_kept_over_run)
{
	u64 tls = read_sysreg(tpidr_el0);
	struct fp in, out;
	int round, i, ret;

	enter(self, 0, guest_fp);
	enter(self, 1, guest_fp);
	for (round = 0; round < 24; round++) {
		for (i = 0; i < 2; i++) {
			pin_to(cpu_nth(variant->moving ? round + i : 0));
			fill(&in, (u64)(round * 2 + i + 1000));
			memset(&out, 0, sizeof(out));
			ret = host_run(self->vcpu[i]->fd, ARM_VCPU_RUN, &in, &out);
			ASSERT_TRUE(ret == 0 || ret == -EINTR);
			ASSERT_TRUE(same(&in, &out));
			ASSERT_EQ(tls, read_sysreg(tpidr_el0));
		}
	}
}

/* Keeps @pattern in registers without a system call; the status of a child process */
static int child_with_fp(u64 pattern, u64 rounds)
{
	u64 low, high;

	asm volatile("fmov d0, %3\n fmov d31, %3\n"
		     "1: subs %2, %2, #1\n b.ne 1b\n"
		     "fmov %0, d0\n fmov %1, d31"
		     : "=&r" (low), "=&r" (high), "+r" (rounds) : "r" (pattern)
		     : "v0", "v31", "cc");
	return low == pattern && high == pattern ? 0 : 1;
}

/*
 * A task that is preempted by a vCPU has its registers in memory, but the kernel counts on
 * those in the CPU, too, when it comes back.
 */
TEST_F(fp, registers_of_another_process_are_kept)
{
	int round, status;
	pid_t child;

	for (round = 0; round < 6; round++) {
		enter(self, 0, guest_fp_long);
		self->vcpu[0]->run->x[2] = 4000000;
		self->vcpu[0]->cpu = cpu_nth(0);
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			pin_to(cpu_nth(0));
			_exit(child_with_fp(guest_pattern(77, (u64)round), 40000000));
		}
		vcpu_start(self->vcpu[0]);
		EXPECT_EQ(ARM_VCPU_EXIT_HYPERCALL, vcpu_join(self->vcpu[0]));
		EXPECT_TRUE(same(self->in[0], self->out[0]));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		ASSERT_EQ(0, status);
	}
}

/* What the host leaves in the registers isn't seen by a guest that has written none */
TEST_F(fp, a_fresh_vcpu_sees_zeros)
{
	struct fp in, out, zero;
	u64 i;

	memset(&zero, 0, sizeof(zero));
	fill(&in, 4711);
	enter(self, 0, guest_fp);
	vcpu_expect_call(self->vcpu[0], 1);
	for (i = 0; i < 3; i++) {
		/* The last time it had a life before */
		if (i == 2) {
			enter(self, 1, guest_fp);
			vcpu_expect_call(self->vcpu[1], 1);
		}
		enter(self, 1, guest_fp_fresh);
		memset(self->out[1], 0xff, sizeof(struct fp));
		ASSERT_EQ(0, host_run(self->vcpu[1]->fd, ARM_VCPU_RUN, &in, &out));
		while (self->vcpu[1]->run->exit_reason == ARM_VCPU_EXIT_NONE)
			vcpu_next(self->vcpu[1]);
		EXPECT_TRUE(same(&zero, self->out[1]));
	}
}

TEST_HARNESS_MAIN
