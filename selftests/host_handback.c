// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows that after rmmod the registers of EL2 are as they were before insmod, on every CPU,
 * also when guests ran in between, were killed, and when CPUs came and went; and when they had
 * the host's timers and interrupts, or list registers.  The module el2regs reads them: all of
 * the stub's on nVHE; on VHE those that the host kernel doesn't change at run time; and the
 * GIC's CPU interface.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include "kselftest_harness.h"
#include "gic.h"
#include "module.h"
#include "passthrough.h"
#include "vm.h"

#define TIMER		ARM_VCPU_CONFIG_PASSTHROUGH_TIMER
#define INTERRUPTS	ARM_VCPU_CONFIG_PASSTHROUGH_INTERRUPTS

FIXTURE(handback) {
	char before[EL2_REGISTERS_MAX];
	char after[EL2_REGISTERS_MAX];
};

FIXTURE_VARIANT(handback) {
	const char *parameters;
	u64 flags; /* as far as they are offered */
};

FIXTURE_VARIANT_ADD(handback, nothing_passed) { "", 0 };
FIXTURE_VARIANT_ADD(handback, timer_passed) { "passthrough=1", TIMER };
FIXTURE_VARIANT_ADD(handback, all_passed) { "passthrough=1", TIMER | INTERRUPTS };
FIXTURE_VARIANT_ADD(handback, list_registers) { "", ARM_VCPU_CONFIG_VGIC };

FIXTURE_SETUP(handback)
{
	ASSERT_TRUE(module_file_exists(EL2REGS_KO)) {
		TH_LOG("el2regs.ko isn't there: ARM_VCPU_EL2REGS_KO names it");
	}
	if (module_users() >= 0)
		ASSERT_EQ(0, module_unload_idle());
	el2_registers(self->before);
	ASSERT_EQ(0, module_load_with(ARM_VCPU_KO, variant->parameters));
	ASSERT_TRUE(wait_for(!access(DEVICE, R_OK | W_OK)));
}

FIXTURE_TEARDOWN(handback)
{
	passthrough_end();
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

/* Acknowledged and never ended; and nothing of the CPU interface is as the host has it */
static void __guest guest_interrupt_begins(u64 self)
{
	u64 id;

	write_sysreg(0xe0, ICC_PMR);
	write_sysreg(6, ICC_BPR1);
	write_sysreg(1, ICC_IGRPEN1);
	write_sysreg(1, cntv_ctl_el0);
	while ((id = guest_acknowledge(INTID_VTIMER, self)) != INTID_VTIMER)
		if (id < INTID_SPECIAL)
			guest_sync(id);
	write_sysreg(ICC_CTLR_CBPR, ICC_CTLR);
	write_sysreg(0, ICC_IGRPEN1);
}

/* Touches what EL2 switches: timers, FP, debug registers, stage 2; @self: and interrupts */
static u64 __guest guest_busy(u64 n, u64 self)
{
	write_sysreg(3 << 20, cpacr_el1);
	asm volatile("fmov d0, x0\n msr mdscr_el1, xzr");
	write_sysreg(1000, cntp_tval_el0);
	write_sysreg(3, cntp_ctl_el0);
	write_sysreg(1000, cntv_tval_el0);
	write_sysreg(3, cntv_ctl_el0);
	write_sysreg(1, tpidr_el1);
	if (self)
		guest_interrupt_begins(self);
	while (n--)
		guest_sync(n);
	return 0;
}

/* Any trap lets the host have its interrupts */
GUEST_ASM(guest_spin_with_traps, "1: mrs x0, id_aa64pfr0_el1\n b 1b");

/* Return: what was passed to it */
static u64 vm_begin(struct vm *vm, u64 flags)
{
	struct arm_vcpu_info info;
	int ret;

	memset(vm, 0, sizeof(*vm));
	vm->fd = vm_open();
	ret = vm_info(vm->fd, &info);
	if (!ret)
		ret = vm_configure(vm->fd, 0, flags & info.config_flags);
	if (ret)
		die("CONFIGURE: %s", strerror(-ret));
	vm_fill(vm);
	return flags & info.config_flags;
}

/* None of the registers is as it was: pending, active, enabled */
static void fill_gic(struct arm_vcpu_gic *gic)
{
	gic->vmcr = 0xe0000003;
	gic->ap0r[0] = 0x100;
	gic->ap1r[0] = 0x10000;
	gic->lr[0] = 1UL << 62 | 1UL << 60 | 0xa0UL << 48 | 40;
}

static void run_guests(u64 flags)
{
	struct vcpu *vcpu;
	struct vm vm;
	u64 passed;
	int i, n;

	for (n = 0; n < 2; n++) {
		passed = vm_begin(&vm, flags);
		for (i = 0; i < cpu_count(); i++) {
			pin_to(cpu_nth(i));
			vcpu = vcpu_create(&vm);
			vcpu_call(vcpu, guest_busy, 3, passed & INTERRUPTS ?
				  passthrough_sgi_target(cpu_nth(i)) : 0);
			if (passed & ARM_VCPU_CONFIG_VGIC)
				fill_gic(&vcpu->run->gic);
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
	run_guests(variant->flags);
	compare(_metadata, self);
}

TEST_F(handback, after_guests_were_killed)
{
	pid_t pid = fork();
	int i;

	if (!pid) {
		struct vm vm;

		vm_begin(&vm, variant->flags);
		for (i = 0; i < 4; i++) {
			vcpu_enter(vcpu_create(&vm), i & 1 || variant->flags & INTERRUPTS ?
				   guest_spin_with_traps : guest_spin, 0, 0);
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
	run_guests(variant->flags);
	ASSERT_EQ(0, cpu_set_online(cpu, false));
	ASSERT_EQ(0, cpu_set_online(cpu, true));
	run_guests(variant->flags);
	compare(_metadata, self);
}

TEST_HARNESS_MAIN
