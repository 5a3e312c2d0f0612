// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that after rmmod the registers of EL2 are as they were before insmod, on every CPU,
 * also when guests ran in between, were killed, and when CPUs came and went.  The module
 * el2regs reads them: all of the stub's on nVHE; on VHE those that the host kernel doesn't
 * change at run time.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "module.h"
#include "vm.h"

FIXTURE(handback) {
	char before[EL2_REGISTERS_MAX];
	char after[EL2_REGISTERS_MAX];
};

FIXTURE_SETUP(handback)
{
	ASSERT_TRUE(module_file_exists(EL2REGS_KO)) {
		TH_LOG("el2regs.ko isn't there: ARM_VCPU_EL2REGS_KO names it");
	}
	if (module_users() >= 0)
		ASSERT_EQ(0, module_unload_idle());
	el2_registers(self->before);
	ASSERT_EQ(0, module_load(ARM_VCPU_KO));
	ASSERT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK)));
}

FIXTURE_TEARDOWN(handback)
{
	if (module_users() < 0)
		module_load(ARM_VCPU_KO);
}

static void compare(struct __test_metadata *_metadata, FIXTURE_DATA(handback) *self)
{
	char *a = self->before, *b = self->after, *a_end, *b_end;

	ASSERT_EQ(0, module_unload_idle());
	el2_registers(self->after);
	while (*a && *b) {
		a_end = strchrnul(a, '\n');
		b_end = strchrnul(b, '\n');
		EXPECT_TRUE(a_end - a == b_end - b && !strncmp(a, b, (size_t)(a_end - a))) {
			TH_LOG("%.*s became %.*s", (int)(a_end - a), a, (int)(b_end - b), b);
		}
		a = *a_end ? a_end + 1 : a_end;
		b = *b_end ? b_end + 1 : b_end;
	}
	EXPECT_EQ(*a, *b);
}

/* Touches what EL2 switches: timers, FP, debug registers, stage 2 */
static u64 __guest guest_busy(u64 n)
{
	write_sysreg(3 << 20, cpacr_el1);
	asm volatile("fmov d0, x0\n msr mdscr_el1, xzr");
	write_sysreg(1000, cntv_tval_el0);
	write_sysreg(3, cntv_ctl_el0);
	write_sysreg(1, tpidr_el1);
	while (n--)
		guest_sync(n);
	return 0;
}

static void run_guests(void)
{
	struct vcpu *vcpu;
	struct vm vm;
	int i, n;

	for (n = 0; n < 2; n++) {
		vm_create(&vm);
		for (i = 0; i < cpu_count(); i++) {
			pin_to(cpu_nth(i));
			vcpu = vcpu_create(&vm);
			vcpu_call(vcpu, guest_busy, 3, 0);
			do {
				vcpu_expect(vcpu, HYPERCALL);
			} while (vcpu->run->call.immediate == CALL_SYNC);
		}
		unpin();
		vm_destroy(&vm);
	}
}

TEST_F(handback, after_loading_only)
{
	compare(_metadata, self);
}

TEST_F(handback, after_guests_ran_on_every_cpu)
{
	run_guests();
	compare(_metadata, self);
}

TEST_F(handback, after_guests_were_killed)
{
	pid_t pid = fork();
	int i;

	if (!pid) {
		struct vm vm;

		vm_create(&vm);
		for (i = 0; i < 4; i++) {
			vcpu_enter(vcpu_create(&vm), guest_spin, 0, 0);
			vcpu_start(&vm.vcpus[i]);
		}
		pause();
	}
	sleep_ms(100);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	compare(_metadata, self);
}

TEST_F(handback, after_a_cpu_came_and_went)
{
	int cpu = hotplug_cpu();

	if (cpu < 0)
		SKIP(return, "hardware: no CPU that can go offline");
	run_guests();
	ASSERT_EQ(0, cpu_set_online(cpu, false));
	ASSERT_EQ(0, cpu_set_online(cpu, true));
	run_guests();
	compare(_metadata, self);
}

TEST_HARNESS_MAIN
