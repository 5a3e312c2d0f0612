// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows KVM_RUN: loads and stores are completed by the next one, before it looks whether it is to
 * come back at once, and the exit stays as it was; a signal is the reason then; PSCI is in the
 * kernel, and what ends the machine an event; and what no instruction of a program's can do is
 * refused or is the guest's.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include "kselftest_harness.h"
#include "kvm.h"

#define DATA	0x8182838485868788UL

/* x0: where, x1: GUEST_MMIO, x2: data; what is in x4 is told */
#define THEN_TELLS	"\n str w4, [x1]\n b ."
GUEST_ASM(guest_ldrsh, "ldrsh w4, [x0]" THEN_TELLS);
GUEST_ASM(guest_ldr_x, "ldr x4, [x0]\n lsr x4, x4, #32" THEN_TELLS);
GUEST_ASM(guest_str_x, "str x2, [x0]\n mov w4, #1" THEN_TELLS);
GUEST_ASM(guest_strb, "strb w2, [x0]\n mov w4, #1" THEN_TELLS);
GUEST_ASM(guest_ldp, "ldp x4, x5, [x0]" THEN_TELLS);
GUEST_ASM(guest_dc, "dc civac, x0\n mov w4, #2" THEN_TELLS);
GUEST_ASM(guest_hvc_tells, "mov x4, x1\n mov x1, x2\n hvc #0\n mov x1, x4\n mov w4, w0" THEN_TELLS);
GUEST_ASM(guest_smc_tells, "mov x4, x1\n mov x1, x2\n smc #0\n mov x1, x4\n mov w4, w0" THEN_TELLS);

FIXTURE(kvm_run) {
	struct kvm kvm;
	struct kvm_vcpu vcpu;
	struct kvm_run *run;
};

FIXTURE_SETUP(kvm_run)
{
	kvm_begin(&self->kvm);
	kvm_vcpu(&self->kvm, 0, 0, &self->vcpu);
	self->run = self->vcpu.run;
}

FIXTURE_TEARDOWN(kvm_run)
{
	kvm_end(&self->kvm);
}

static void enter(FIXTURE_DATA(kvm_run) *self, const void *code, u64 address)
{
	kvm_enter(&self->vcpu, code, address, GUEST_MMIO, DATA);
}

TEST_F(kvm_run, loads_and_stores_of_every_width)
{
	static const struct { const void *code; u32 len; bool write; u32 told; } accesses[] = {
		{ guest_ldrsh, 2, false, 0xffff8788 },
		{ guest_ldr_x, 8, false, 0x81828384 },
		{ guest_strb, 1, true, 1 },
		{ guest_str_x, 8, true, 1 },
	};
	u64 data = DATA, sent;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(accesses); i++) {
		enter(self, accesses[i].code, GUEST_MMIO + 0x128);
		ASSERT_EQ(KVM_EXIT_MMIO, kvm_next(&self->vcpu));
		EXPECT_EQ(GUEST_MMIO + 0x128, self->run->mmio.phys_addr);
		EXPECT_EQ(accesses[i].len, self->run->mmio.len);
		EXPECT_EQ(accesses[i].write, self->run->mmio.is_write);
		memcpy(&sent, self->run->mmio.data, sizeof(sent));
		if (accesses[i].write)
			EXPECT_EQ(i == 2 ? DATA & 0xff : DATA, sent);
		memcpy(self->run->mmio.data, &data, sizeof(data));
		EXPECT_EQ(accesses[i].told, kvm_told(&self->vcpu));
	}
}

TEST_F(kvm_run, an_access_is_completed_before_anything_else)
{
	u64 data = DATA;

	enter(self, guest_ldr_x, GUEST_MMIO + 8);
	ASSERT_EQ(KVM_EXIT_MMIO, kvm_next(&self->vcpu));
	EXPECT_EQ(vm_gpa(guest_ldr_x), kvm_get(&self->vcpu, KVM_PC));
	memcpy(self->run->mmio.data, &data, sizeof(data));
	self->run->immediate_exit = 1;
	EXPECT_EQ(-EINTR, kvm_run_once(&self->vcpu));
	/* The exit is still to be read */
	EXPECT_EQ(KVM_EXIT_MMIO, self->run->exit_reason);
	EXPECT_EQ(GUEST_MMIO + 8, self->run->mmio.phys_addr);
	EXPECT_EQ(DATA, kvm_get(&self->vcpu, KVM_X(4)));
	EXPECT_EQ(vm_gpa(guest_ldr_x) + 4, kvm_get(&self->vcpu, KVM_PC));
	/* And once only; the program clears it, nobody else */
	memset(self->run->mmio.data, 0, sizeof(self->run->mmio.data));
	EXPECT_EQ(-EINTR, kvm_run_once(&self->vcpu));
	EXPECT_EQ(1, self->run->immediate_exit);
	EXPECT_EQ(DATA, kvm_get(&self->vcpu, KVM_X(4)));
	self->run->immediate_exit = 0;
	EXPECT_EQ(DATA >> 32, kvm_told(&self->vcpu));
}

TEST_F(kvm_run, a_signal_that_is_pending_completes_an_access_too)
{
	u64 data = DATA;
	sigset_t set, old;

	catch_signal(SIGUSR1, 0);
	enter(self, guest_ldr_x, GUEST_MMIO + 8);
	ASSERT_EQ(KVM_EXIT_MMIO, kvm_next(&self->vcpu));
	memcpy(self->run->mmio.data, &data, sizeof(data));
	/* Blocked but in KVM_RUN */
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	raise(SIGUSR1);
	{
		struct { struct kvm_signal_mask head; u8 set[8]; } mask = { .head.len = 8 };

		EXPECT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_SIGNAL_MASK, &mask));
		EXPECT_EQ(-EINTR, kvm_run_once(&self->vcpu));
		EXPECT_EQ(KVM_EXIT_INTR, self->run->exit_reason);
		EXPECT_EQ(DATA, kvm_get(&self->vcpu, KVM_X(4)));
		mask.head.len = 4;
		EXPECT_EQ(-EINVAL, vm_ioctl(self->vcpu.fd, KVM_SET_SIGNAL_MASK, &mask));
	}
	EXPECT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_SIGNAL_MASK, NULL));
	/* It has been taken on the way out of KVM_RUN */
	EXPECT_EQ(DATA >> 32, kvm_told(&self->vcpu));
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

TEST_F(kvm_run, a_signal_ends_a_run)
{
	catch_signal(SIGUSR1, 0);
	enter(self, guest_spin, 0);
	kvm_start(&self->vcpu);
	sleep_ms(20);
	EXPECT_EQ(-EAGAIN, READ_ONCE(self->vcpu.result));
	pthread_kill(self->vcpu.thread, SIGUSR1);
	EXPECT_EQ(-EINTR, kvm_join(&self->vcpu));
	EXPECT_EQ(KVM_EXIT_INTR, self->run->exit_reason);
}

TEST_F(kvm_run, commands_wait_for_a_run_to_end)
{
	catch_signal(SIGUSR1, SA_RESTART);
	enter(self, guest_spin, 0);
	kvm_start(&self->vcpu);
	sleep_ms(20);
	self->run->immediate_exit = 1;
	pthread_kill(self->vcpu.thread, SIGUSR1);
	EXPECT_EQ(vm_gpa(guest_spin), kvm_get(&self->vcpu, KVM_PC));
	EXPECT_EQ(-EINTR, kvm_join(&self->vcpu));
}

TEST_F(kvm_run, what_the_instruction_alone_describes_is_for_who_wants_it)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_NISV_TO_USER };

	enter(self, guest_ldp, GUEST_MMIO + 0x20);
	self->run->exit_reason = KVM_EXIT_MMIO;		/* as of a run before */
	EXPECT_EQ(-ENOSYS, kvm_run_once(&self->vcpu));
	EXPECT_EQ(KVM_EXIT_UNKNOWN, self->run->exit_reason);
	ASSERT_EQ(0, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
	ASSERT_EQ(KVM_EXIT_ARM_NISV, kvm_next(&self->vcpu));
	EXPECT_EQ(GUEST_MMIO + 0x20, self->run->arm_nisv.fault_ipa);
	EXPECT_EQ(0, self->run->arm_nisv.esr_iss >> 24);
	EXPECT_EQ(vm_gpa(guest_ldp), kvm_get(&self->vcpu, KVM_PC));
}

/* What an exception says is stored, and told */
static void __guest guest_tells_esr(struct guest_frame *frame, u64 vector)
{
	(void)vector;
	*(volatile u64 *)GUEST_SHARED = frame->far;
	guest_write32(GUEST_MMIO, (u32)frame->esr);
	frame->elr += 4;
}

static void handler(FIXTURE_DATA(kvm_run) *self, const void *fn)
{
	u64 *handlers = (u64 *)((char *)self->kvm.ram + (GUEST_HANDLERS - GUEST_RAM));

	handlers[VECTOR_SYNC] = vm_gpa(fn);
}

static u64 __guest guest_loads_pair(u64 address)
{
	u64 value;

	asm volatile("ldp %0, xzr, [%1]" : "=r" (value) : "r" (address) : "memory");
	guest_write32(GUEST_MMIO, 0x77);
	return value;
}

TEST_F(kvm_run, an_abort_for_the_guest_instead)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_NISV_TO_USER };
	struct kvm_vcpu_events events = { .exception.ext_dabt_pending = 1 };

	handler(self, guest_tells_esr);
	ASSERT_EQ(0, vm_ioctl(self->kvm.fd, KVM_ENABLE_CAP, &cap));
	kvm_call(&self->vcpu, guest_loads_pair, GUEST_MMIO + 0x40, 0);
	ASSERT_EQ(KVM_EXIT_ARM_NISV, kvm_next(&self->vcpu));
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_VCPU_EVENTS, &events));
	EXPECT_EQ(EC_DABT, ESR_EC(kvm_told(&self->vcpu)));
	EXPECT_EQ(GUEST_MMIO + 0x40, *(u64 *)((char *)self->kvm.ram + (GUEST_SHARED - GUEST_RAM)));
	EXPECT_EQ(0x77, kvm_told(&self->vcpu));
}

static u64 __guest guest_jumps(u64 address)
{
	((void (*)(void))address)();
	return 0;
}

TEST_F(kvm_run, a_fetch_from_nowhere_is_the_guests_abort)
{
	handler(self, guest_tells_esr);
	kvm_call(&self->vcpu, guest_jumps, GUEST_MMIO, 0);
	EXPECT_EQ(0x21, ESR_EC(kvm_told(&self->vcpu)));
}

TEST_F(kvm_run, cache_maintenance_of_nowhere_does_nothing)
{
	enter(self, guest_dc, GUEST_MMIO + 0x1000);
	EXPECT_EQ(2, kvm_told(&self->vcpu));
}

TEST_F(kvm_run, a_pending_serror_is_seen)
{
	struct kvm_vcpu_events events = { .exception.serror_pending = 1 };

	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_VCPU_EVENTS, &events));
	memset(&events, 0, sizeof(events));
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_GET_VCPU_EVENTS, &events));
	EXPECT_EQ(1, events.exception.serror_pending);
	EXPECT_EQ(kvm_check(self->kvm.fd, KVM_CAP_ARM_INJECT_SERROR_ESR),
		  events.exception.serror_has_esr);
	events.exception.serror_has_esr = 1;
	events.exception.serror_esr = 0x1234;
	EXPECT_EQ(kvm_check(self->kvm.fd, KVM_CAP_ARM_INJECT_SERROR_ESR) ? 0 : -EINVAL,
		  vm_ioctl(self->vcpu.fd, KVM_SET_VCPU_EVENTS, &events));
	events.reserved[0] = 1;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vcpu.fd, KVM_SET_VCPU_EVENTS, &events));
	kvm_vcpu_init(&self->vcpu, 1 << KVM_ARM_VCPU_PSCI_0_2);
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_GET_VCPU_EVENTS, &events));
	EXPECT_EQ(0, events.exception.serror_pending);
}

TEST_F(kvm_run, calls_are_answered_in_the_kernel)
{
	kvm_enter(&self->vcpu, guest_hvc_tells, PSCI_0_2_FN_PSCI_VERSION, GUEST_MMIO, 0);
	EXPECT_EQ(0x10001, kvm_told(&self->vcpu));
	kvm_enter(&self->vcpu, guest_hvc_tells, 0xc6001234, GUEST_MMIO, 0);
	EXPECT_EQ((u32)PSCI_RET_NOT_SUPPORTED, kvm_told(&self->vcpu));
	kvm_enter(&self->vcpu, guest_smc_tells, 0xc6001234, GUEST_MMIO, 0);
	EXPECT_EQ((u32)PSCI_RET_NOT_SUPPORTED, kvm_told(&self->vcpu));
}

TEST_F(kvm_run, what_ends_the_machine_is_an_event)
{
	static const struct { u32 function, type; u64 flags; } events[] = {
		{ PSCI_0_2_FN_SYSTEM_OFF, KVM_SYSTEM_EVENT_SHUTDOWN, 0 },
		{ PSCI_0_2_FN_SYSTEM_RESET, KVM_SYSTEM_EVENT_RESET, 0 },
		{ PSCI_1_1_FN64_SYSTEM_RESET2, KVM_SYSTEM_EVENT_RESET,
		  KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2 },
	};
	struct kvm_mp_state state;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		ASSERT_EQ(0, kvm_vcpu_init(&self->vcpu, 1 << KVM_ARM_VCPU_PSCI_0_2));
		kvm_enter(&self->vcpu, guest_hvc_tells, events[i].function, GUEST_MMIO, 0);
		ASSERT_EQ(KVM_EXIT_SYSTEM_EVENT, kvm_next(&self->vcpu));
		EXPECT_EQ(events[i].type, self->run->system_event.type);
		EXPECT_EQ(1, self->run->system_event.ndata);
		EXPECT_EQ(events[i].flags, self->run->system_event.data[0]);
		ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_GET_MP_STATE, &state));
		EXPECT_EQ(KVM_MP_STATE_STOPPED, state.mp_state);
	}
}

/* x0 is told */
GUEST_ASM(guest_second, "mov x1, #0x9000000\n str w0, [x1]\n b .");
GUEST_ASM(guest_cpu_on, "mov x5, x1\n mov x1, #1\n mov x3, #0x99\n hvc #0\n mov x1, x5\n"
	  "mov w4, w0" THEN_TELLS);

TEST_F(kvm_run, a_vcpu_that_is_off_waits_for_another_one)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_HALTED };
	struct kvm_vcpu second;

	kvm_vcpu(&self->kvm, 1, 1 << KVM_ARM_VCPU_POWER_OFF, &second);
	ASSERT_EQ(0, vm_ioctl(second.fd, KVM_GET_MP_STATE, &state));
	EXPECT_EQ(KVM_MP_STATE_STOPPED, state.mp_state);
	kvm_start(&second);
	sleep_ms(20);
	EXPECT_EQ(-EAGAIN, READ_ONCE(second.result));
	kvm_enter(&self->vcpu, guest_cpu_on, PSCI_0_2_FN64_CPU_ON, GUEST_MMIO,
		  vm_gpa(guest_second));
	EXPECT_EQ(0, kvm_told(&self->vcpu));
	EXPECT_EQ(0, kvm_join(&second));
	ASSERT_EQ(KVM_EXIT_MMIO, second.run->exit_reason);
	EXPECT_EQ(0, memcmp(second.run->mmio.data, "\x99\0\0\0", 4));
	ASSERT_EQ(0, vm_ioctl(second.fd, KVM_GET_MP_STATE, &state));
	EXPECT_EQ(KVM_MP_STATE_RUNNABLE, state.mp_state);
}

TEST_F(kvm_run, registers_are_those_after_it_was_switched_on)
{
	struct kvm_mp_state state;
	struct kvm_vcpu second;

	kvm_vcpu(&self->kvm, 1, 1 << KVM_ARM_VCPU_POWER_OFF, &second);
	kvm_enter(&self->vcpu, guest_cpu_on, PSCI_0_2_FN64_CPU_ON, GUEST_MMIO,
		  vm_gpa(guest_second));
	EXPECT_EQ(0, kvm_told(&self->vcpu));
	/* As programs do that stop a machine: all is read, changed, and set again */
	ASSERT_EQ(0, vm_ioctl(second.fd, KVM_GET_MP_STATE, &state));
	EXPECT_EQ(KVM_MP_STATE_RUNNABLE, state.mp_state);
	EXPECT_EQ(vm_gpa(guest_second), kvm_get(&second, KVM_PC));
	EXPECT_EQ(0x99, kvm_get(&second, KVM_X(0)));
	kvm_set(&second, KVM_X(0), 0x98);
	ASSERT_EQ(0, vm_ioctl(second.fd, KVM_SET_MP_STATE, &state));
	EXPECT_EQ(0x98, kvm_told(&second));
}

TEST_F(kvm_run, power_is_the_programs_too)
{
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_STOPPED };

	enter(self, guest_second, 5);
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_MP_STATE, &state));
	self->run->immediate_exit = 1;
	EXPECT_EQ(-EINTR, kvm_run_once(&self->vcpu));
	self->run->immediate_exit = 0;
	state.mp_state = KVM_MP_STATE_HALTED;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vcpu.fd, KVM_SET_MP_STATE, &state));
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_MP_STATE, &state));
	EXPECT_EQ(5, kvm_told(&self->vcpu));
}

GUEST_ASM(guest_steps, "nop\n nop\n brk #7\n str w0, [x1]\n b .");

TEST_F(kvm_run, a_debugger_steps_and_breaks)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP,
	};

	enter(self, guest_steps, 1);
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_GUEST_DEBUG, &debug));
	ASSERT_EQ(KVM_EXIT_DEBUG, kvm_next(&self->vcpu));
	EXPECT_EQ(0x32, ESR_EC(self->run->debug.arch.hsr));
	EXPECT_EQ(vm_gpa(guest_steps) + 4, kvm_get(&self->vcpu, KVM_PC));
	debug.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP;
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_GUEST_DEBUG, &debug));
	ASSERT_EQ(KVM_EXIT_DEBUG, kvm_next(&self->vcpu));
	EXPECT_EQ(0x3c, ESR_EC(self->run->debug.arch.hsr));
	EXPECT_EQ(7, self->run->debug.arch.hsr & 0xffff);
	EXPECT_EQ(vm_gpa(guest_steps) + 8, kvm_get(&self->vcpu, KVM_PC));
	kvm_set(&self->vcpu, KVM_PC, vm_gpa(guest_steps) + 12);
	memset(&debug, 0, sizeof(debug));
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_GUEST_DEBUG, &debug));
	EXPECT_EQ(1, kvm_told(&self->vcpu));
	debug.control = 1 << 20;
	EXPECT_EQ(-EINVAL, vm_ioctl(self->vcpu.fd, KVM_SET_GUEST_DEBUG, &debug));
}

TEST_F(kvm_run, hardware_points_match)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW,
		.arch = {
			/* E, PMC or PAC 3, BAS all */
			.dbg_bcr = { 1 | 3 << 1 | 0xf << 5 },
			.dbg_bvr = { vm_gpa(guest_str_x) },
			.dbg_wcr = { 1 | 3 << 1 | 2 << 3 | 0xff << 5 },
			.dbg_wvr = { GUEST_SHARED },
		},
	};

	enter(self, guest_str_x, GUEST_SHARED);
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_GUEST_DEBUG, &debug));
	ASSERT_EQ(KVM_EXIT_DEBUG, kvm_next(&self->vcpu));
	EXPECT_EQ(0x30, ESR_EC(self->run->debug.arch.hsr));
	EXPECT_EQ(vm_gpa(guest_str_x), kvm_get(&self->vcpu, KVM_PC));
	debug.arch.dbg_bcr[0] = 0;
	ASSERT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_GUEST_DEBUG, &debug));
	ASSERT_EQ(KVM_EXIT_DEBUG, kvm_next(&self->vcpu));
	EXPECT_EQ(0x34, ESR_EC(self->run->debug.arch.hsr));
	EXPECT_EQ(GUEST_SHARED, self->run->debug.arch.far);
}

/* QEMU has memory that it hasn't initialised in those that it doesn't use */
TEST_F(kvm_run, points_with_rubbish_in_them_match_nothing)
{
	struct kvm_guest_debug debug = {
		.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW,
	};
	const __u64 rubbish[] = {
		~1ULL,				/* all but E */
		~0ULL,
		1 | 1 << 13 | 1 << 14,		/* E, HMC, SSC: secure EL2 */
		1 | 1 << 23,			/* E; of a breakpoint, by VMID */
	};

	enter(self, guest_str_x, GUEST_SHARED);
	for (size_t i = 0; i < ARRAY_SIZE(rubbish); i++) {
		debug.arch.dbg_bcr[i % 2] = rubbish[i];
		debug.arch.dbg_bvr[i % 2] = ~0ULL;
		debug.arch.dbg_wcr[i % 2] = rubbish[i];
		debug.arch.dbg_wvr[i % 2] = GUEST_SHARED + 0x1000;
		debug.arch.dbg_bcr[KVM_ARM_MAX_DBG_REGS - 1] = rubbish[i];
		EXPECT_EQ(0, vm_ioctl(self->vcpu.fd, KVM_SET_GUEST_DEBUG, &debug));
	}
	EXPECT_EQ(1, kvm_told(&self->vcpu));
}

TEST_HARNESS_MAIN
