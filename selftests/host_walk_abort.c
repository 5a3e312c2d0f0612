// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that an abort on the walk of a guest's tables that EL2 asks for by AT costs nobody
 * anything: the guest tries again, and RUN ends by a kick and by a signal as ever.  An SError of
 * that walk is the guest's, as one of its own accesses would be.
 *
 * Memory that fails can't be had, and AT has no other reason to abort.  So a copy of the
 * module is loaded whose AT instructions, one for each mode, are loads from the same address,
 * at which EL2 has nothing; or write that address to DISR_EL1, where the barrier behind AT puts
 * the syndrome of an SError.
 */
#include <errno.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "module.h"
#include "reg.h"
#include "vm.h"

/* Where guest RAM is read-only: its writes are permission faults, which make EL2 use AT */
#define READ_ONLY	0x140000000UL
#define AT_S1E1R	0xd5087800U	/* at s1e1r, x<n> */
#define LDR_XZR		0xf940001fU	/* ldr xzr, [x<n>] */
#define MSR_DISR	0xd518c120U	/* msr disr_el1, x<n> */
#define REGISTER	0x1fU
#define NR_AT		2		/* of the two copies of the world switch */

#define UER		0xc11UL		/* DISR_EL1: recoverable */
#define VSESR		REG(3, 4, 5, 2, 3)
#define VECTOR_SERROR	7
#define CALL_TAKEN	0x1001		/* x1: ELR, x3: vector */

/* x1: where */
GUEST_ASM(guest_writes, "ldr x2, [x1]\n str x0, [x1]\n b .");
GUEST_ASM(guest_writes_unmasked, "msr daifclr, #4\n ldrb w2, [x1]\n 1: strb w0, [x1]\n b 1b");

static void __guest guest_taken(struct guest_frame *frame, u64 vector)
{
	guest_call(CALL_TAKEN, frame->esr, frame->elr, frame->far, vector);
	/* Load first: the host may have taken the page away, and then it isn't a matter of AT */
	frame->elr -= 4;
}

/* Sets up vectors and a stack */
static void __guest guest_begins(void)
{
	guest_sync(0);
}

static u32 at_aborts(u32 instruction)
{
	if ((instruction & ~REGISTER) != AT_S1E1R)
		return instruction;
	return LDR_XZR | (instruction & REGISTER) << 5;
}

static u32 at_defers(u32 instruction)
{
	if ((instruction & ~REGISTER) != AT_S1E1R)
		return instruction;
	return MSR_DISR | (instruction & REGISTER);
}

FIXTURE(walk) {
	struct vm vm;
	struct vcpu *vcpu;
};

FIXTURE_SETUP(walk)
{
	catch_signal(SIGUSR1, 0);
	if (module_users() < 0)
		ASSERT_EQ(0, module_load(ARM_VCPU_KO));
}

FIXTURE_TEARDOWN(walk)
{
	module_unload_idle();
	module_load(ARM_VCPU_KO);
}

static void vm_that_writes(struct __test_metadata *_metadata, FIXTURE_DATA(walk) *self)
{
	u64 at = READ_ONLY - GUEST_RAM;

	vm_create(&self->vm);
	ASSERT_EQ(0, vm_memory(self->vm.fd, ARM_VCPU_MEMORY_READONLY, READ_ONLY, GUEST_RAM_SIZE,
			       self->vm.ram));
	self->vcpu = vcpu_create(&self->vm);
	ASSERT_EQ(0, vcpu_set_entry(self->vcpu, vm_gpa(guest_writes) + at, 7,
				    GUEST_SHARED + at, 0, 0));
}

TEST_F(walk, that_aborts_is_tried_again_for_as_long_as_run_may_last)
{
	u64 faults;
	int i;

	ASSERT_EQ(0, module_unload_idle());
	ASSERT_EQ(NR_AT, module_load_changed(ARM_VCPU_KO, at_aborts));
	vm_that_writes(_metadata, self);
	for (i = 0; i < 10; i++) {
		faults = vcpu_stat(self->vcpu, ARM_VCPU_STAT_FAULT);
		vcpu_start_once(self->vcpu);
		EXPECT_TRUE(wait_for(vcpu_stat(self->vcpu, ARM_VCPU_STAT_FAULT) > faults + 100));
		EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu->result));
		if (i % 2) {
			vm_kick(self->vcpu->fd);
			ASSERT_EQ(0, vcpu_join(self->vcpu));
			EXPECT_EQ(ARM_VCPU_EXIT_KICKED, self->vcpu->run->exit_reason);
			continue;
		}
		/* Not one only: it may come just outside RUN */
		while (READ_ONCE(self->vcpu->result) == -EAGAIN) {
			pthread_kill(self->vcpu->thread, SIGUSR1);
			sleep_ms(2);
		}
		ASSERT_EQ(-EINTR, vcpu_join(self->vcpu));
	}
	vm_destroy(&self->vm);
}

TEST_F(walk, that_fails_by_an_serror_is_the_guests)
{
	u64 address = READ_ONLY + GUEST_SHARED - GUEST_RAM + UER, pc, ras[2];
	unsigned int i;

	ASSERT_EQ(0, module_unload_idle());
	ASSERT_EQ(NR_AT, module_load_changed(ARM_VCPU_KO, at_defers));
	vm_that_writes(_metadata, self);
	if (vcpu_get_reg(self->vcpu, VSESR, ras) == -ENOENT) {
		vm_destroy(&self->vm);
		SKIP(return, "hardware: no FEAT_RAS");
	}
	vm_handler(&self->vm, VECTOR_SERROR, guest_taken);
	pc = vm_gpa(guest_writes_unmasked);
	vcpu_call(self->vcpu, guest_begins, 0, 0);
	vcpu_expect_call(self->vcpu, CALL_SYNC);
	self->vcpu->run->pc = pc;
	self->vcpu->run->x[1] = address;
	for (i = 0; i < 10; i++) {
		vcpu_expect_call(self->vcpu, CALL_TAKEN);
		EXPECT_EQ(VECTOR_SERROR, self->vcpu->run->x[3]);
		EXPECT_EQ(pc + 8, self->vcpu->run->x[1]);
		EXPECT_EQ(i + 1, vcpu_stat(self->vcpu, ARM_VCPU_STAT_SERROR));
	}
	vm_destroy(&self->vm);
}

TEST_F(walk, that_succeeds_tells_the_address)
{
	ASSERT_EQ(0, module_unload_idle());
	ASSERT_EQ(0, module_load(ARM_VCPU_KO));
	vm_that_writes(_metadata, self);
	vcpu_expect(self->vcpu, MMIO_WRITE);
	EXPECT_EQ(READ_ONLY + GUEST_SHARED - GUEST_RAM, self->vcpu->run->ipa);
	EXPECT_EQ(7, self->vcpu->run->mmio.data);
	vm_destroy(&self->vm);
}

TEST_HARNESS_MAIN
