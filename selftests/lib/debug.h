/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU that the VMM debugs: the fixture of the tests of SET_DEBUG, on one CPU and from
 * CPU to CPU.
 */
#ifndef SELFTEST_DEBUG_H
#define SELFTEST_DEBUG_H

#include "kselftest_harness.h"
#include "reg.h"

#define EC_BRK		0x3c
#define CLASS(ec)	((u64)(ec) << 26 | 1 << 25)
#define CALL_TAKEN	0x1001	/* x0: ESR, x1: ELR, x2: FAR, x3: vector */
#define WORD		(GUEST_SHARED + 0x100)
#define VBAR		REG(3, 0, 12, 0, 0)

FIXTURE(debug) {
	struct vm vm;
	struct vcpu *vcpu;
	struct arm_vcpu_run *run;
	struct arm_vcpu_debug debug;
	u64 vector;	/* for an exception from EL1 */
};

FIXTURE_VARIANT(debug) {
	bool moving;
};

FIXTURE_VARIANT_ADD(debug, on_one_cpu) { .moving = false };
FIXTURE_VARIANT_ADD(debug, moving) { .moving = true };

static void __guest guest_taken(struct guest_frame *frame, u64 vector)
{
	guest_call(CALL_TAKEN, frame->esr, frame->elr, frame->far, vector);
	frame->elr += 4;
}

/* Sets up vectors and a stack, and waits */
static void __guest guest_begins(void)
{
	for (;;)
		guest_sync(0);
}

FIXTURE_SETUP(debug)
{
	vm_create(&self->vm);
	vm_handler(&self->vm, VECTOR_SYNC, guest_taken);
	vm_handler(&self->vm, VECTOR_EL0_SYNC, guest_taken);
	self->vcpu = vcpu_create(&self->vm);
	self->run = self->vcpu->run;
	self->debug.size = sizeof(self->debug);
	pin_to(cpu_nth(0));
	vcpu_call(self->vcpu, guest_begins, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->vector = reg_get(self->vcpu, VBAR) + 0x80 * VECTOR_SYNC;
}

FIXTURE_TEARDOWN(debug)
{
	vm_destroy(&self->vm);
}

/* Between two RUNs */
static void move(bool moving)
{
	static int turn;

	if (moving)
		pin_to(cpu_nth(++turn & 1));
}

static int set_debug(FIXTURE_DATA(debug) *self, u64 flags)
{
	self->debug.flags = flags;
	return vm_ioctl(self->vcpu->fd, ARM_VCPU_SET_DEBUG, &self->debug);
}

static u64 begin(FIXTURE_DATA(debug) *self, const void *fn)
{
	self->run->pc = vm_gpa(fn);
	return self->run->pc;
}

#define EXPECT_EVENT(what, where) do {					\
	vcpu_expect(self->vcpu, DEBUG);					\
	EXPECT_EQ(ARM_VCPU_EVENT_##what, self->run->debug.event);	\
	EXPECT_EQ(where, self->run->pc);				\
	move(variant->moving);						\
} while (0)

/* x0: how often */
GUEST_ASM(guest_counts, "1: add x0, x0, #1\n b 1b");

#endif
