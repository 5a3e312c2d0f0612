// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that V0 to V31, FPCR and FPSR belong to each vCPU and to each host thread: vCPUs
 * with different patterns take turns on one CPU, move between CPUs and are preempted, and
 * the VMM's registers are what they were after every RUN.
 */
#include <asm/unistd.h>
#include <errno.h>
#include "kselftest_harness.h"
#include "vm.h"

#define FPCR_BITS	0x07c00000UL	/* RMode, FZ, DN, AHP */
#define FPSR_BITS	0x0800009fUL	/* QC and the exceptions' flags */

struct fp {
	u64 v[64];
	u64 fpcr, fpsr;
};

#define ALL_32	"0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25," \
		"26,27,28,29,30,31"

asm(".macro load_fp base\n"
    ".irp n, " ALL_32 "\n ldr q\\n, [\\base, #(16 * \\n)]\n .endr\n"
    "ldr x9, [\\base, #512]\n ldr x10, [\\base, #520]\n"
    "msr fpcr, x9\n msr fpsr, x10\n.endm\n"
    ".macro store_fp base\n"
    ".irp n, " ALL_32 "\n str q\\n, [\\base, #(16 * \\n)]\n .endr\n"
    "mrs x9, fpcr\n mrs x10, fpsr\n"
    "str x9, [\\base, #512]\n str x10, [\\base, #520]\n.endm\n");

/* x0: to load, x1: where to store, again and again */
GUEST_ASM(guest_fp, "mov x9, #(3 << 20)\n msr cpacr_el1, x9\n isb\n"
	  "1: load_fp x0\n hvc #1\n store_fp x1\n hvc #2\n b 1b");
/* The same without an exit in between: x2 counts down */
GUEST_ASM(guest_fp_long, "mov x9, #(3 << 20)\n msr cpacr_el1, x9\n isb\n"
	  "load_fp x0\n 1: subs x2, x2, #1\n b.ne 1b\n store_fp x1\n hvc #2\n b .");

/* host_run(fd, RUN, in, out): RUN with @in in the registers, which go to @out afterwards */
int host_run(int fd, unsigned long command, const struct fp *in, struct fp *out);
asm(".text\n.global host_run\nhost_run:\n"
    "stp x29, x30, [sp, #-176]!\n"
    "stp x19, x20, [sp, #16]\n stp x21, x22, [sp, #32]\n stp x23, x24, [sp, #48]\n"
    "stp x25, x26, [sp, #64]\n stp x27, x28, [sp, #80]\n"
    "stp d8, d9, [sp, #96]\n stp d10, d11, [sp, #112]\n stp d12, d13, [sp, #128]\n"
    "stp d14, d15, [sp, #144]\n"
    "mrs x9, fpcr\n str x9, [sp, #160]\n"
    "mov x19, x2\n mov x20, x3\n mov x21, #0x2121\n mov x28, #0x2828\n"
    "mov x2, #0\n"
    "load_fp x19\n"
    "mov x8, #" STR(__NR_ioctl) "\n svc #0\n"
    "store_fp x20\n"
    "mov x9, #0x2121\n cmp x9, x21\n b.ne 1f\n mov x9, #0x2828\n cmp x9, x28\n b.eq 2f\n"
    "1: mov x0, #-1000\n"
    "2: ldr x9, [sp, #160]\n msr fpcr, x9\n"
    "ldp d14, d15, [sp, #144]\n ldp d12, d13, [sp, #128]\n ldp d10, d11, [sp, #112]\n"
    "ldp d8, d9, [sp, #96]\n ldp x27, x28, [sp, #80]\n ldp x25, x26, [sp, #64]\n"
    "ldp x23, x24, [sp, #48]\n ldp x21, x22, [sp, #32]\n ldp x19, x20, [sp, #16]\n"
    "ldp x29, x30, [sp], #176\n ret\n");

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

/* What the host leaves in the registers isn't seen by a guest that has written none */
GUEST_ASM(guest_fp_fresh, "mov x9, #(3 << 20)\n msr cpacr_el1, x9\n isb\n"
	  "store_fp x1\n hvc #1\n b .");

TEST_F(fp, a_fresh_vcpu_sees_zeros)
{
	struct fp in, out, zero;
	u64 i;

	memset(&zero, 0, sizeof(zero));
	fill(&in, 4711);
	enter(self, 0, guest_fp);
	vcpu_expect_call(self->vcpu[0], 1);
	for (i = 0; i < 2; i++) {
		enter(self, 1, guest_fp_fresh);
		memset(self->out[1], 0xff, sizeof(struct fp));
		ASSERT_EQ(0, host_run(self->vcpu[1]->fd, ARM_VCPU_RUN, &in, &out));
		while (self->vcpu[1]->run->exit_reason == ARM_VCPU_EXIT_NONE)
			vcpu_next(self->vcpu[1]);
		EXPECT_TRUE(same(&zero, self->out[1]));
	}
}

TEST_HARNESS_MAIN
